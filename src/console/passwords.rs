//! Passwords: which are taken, how they are kept, how they are checked.

use anyhow::{anyhow, bail};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;

use crate::words::Bilingual;

/// Bytes that a password has at least.
pub const SHORTEST: usize = 12;
/// Bytes that a password has at most; more would only cost us time.
pub const LONGEST: usize = 1024;

const COMMON: &str = include_str!("assets/common-passwords.txt");

/// Hashes a password with argon2id (32 MiB, 3 passes) for the ledger, as a PHC string.
///
/// Errors when it has fewer than 12 or more than 1024 bytes, or when everybody would guess it.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    let password = normal(password);
    if !(SHORTEST..=LONGEST).contains(&password.len()) {
        bail!("a password has {SHORTEST} to {LONGEST} bytes; choose a longer one, such as four unrelated words");
    }
    if is_common(&password) {
        bail!("this password is one of the first that are guessed; choose another, such as four unrelated words");
    }
    hash(&password)
}

/// Hashes a password that was typed twice, or says what is wrong with it.
pub fn chosen(password: &str, again: &str) -> Result<String, Bilingual> {
    if password != again {
        return Err(Bilingual::new("两次输入的密码不一致。", "The two passwords differ."));
    }
    hash_password(password).map_err(|_| {
        Bilingual::new(
            "密码太短（至少 12 个字节）或太常见。请换一个，例如四个不相关的词。",
            "The password is too short (at least 12 bytes) or too common. Choose another, such as four unrelated words.",
        )
    })
}

/// Whether `password` is the one behind `kept`, a PHC string; a string that cannot be read fits nothing.
pub fn fits(password: &str, kept: &str) -> bool {
    #[cfg(test)]
    CHECKED.set(CHECKED.get() + 1);
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    password.len() <= LONGEST && Argon2::default().verify_password(normal(password).as_bytes(), &kept).is_ok()
}

#[cfg(test)]
thread_local! {
    /// How many passwords this thread has checked.
    pub static CHECKED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// A hash of nobody's password.
pub struct Decoy(String);

impl Decoy {
    /// Hashes a random password.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(hash(&super::tokens::fresh()?)?))
    }

    /// Does the work of [`fits`] and fits nothing.
    pub fn check(&self, password: &str) {
        let _never = fits(password, &self.0);
    }
}

fn hash(password: &str) -> anyhow::Result<String> {
    let params =
        Params::new(32 * 1024, 3, 1, None).map_err(|error| anyhow!("argon2 refused its parameters: {error}"))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| anyhow!("the password could not be hashed: {error}"))
}

/// The same characters however a keyboard composed them.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// Whether it is a listed password, a listed one with digits or signs around it, or a run of one character or of neighbours.
fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let bare = lower.trim_matches(|sign: char| !sign.is_alphabetic());
    let listed = COMMON.lines().any(|line| line == lower || (!bare.is_empty() && line == bare));
    listed || steps_alike(&lower)
}

/// Whether every character follows the one before by the same step of -1, 0 or 1, as in `aaaa` and `4567`.
fn steps_alike(password: &str) -> bool {
    let codes: Vec<i64> = password.chars().map(|sign| i64::from(u32::from(sign))).collect();
    let steps: Vec<i64> = codes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.first().is_none_or(|first| first.abs() <= 1 && steps.iter().all(|step| step == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_only_its_own_hash() {
        let kept = hash_password("蓝色 河流 石桥 纸灯").expect("a good password");
        assert!(kept.starts_with("$argon2id$v=19$m=32768,t=3,p=1$"), "{kept}");
        assert!(fits("蓝色 河流 石桥 纸灯", &kept));
        assert!(!fits("蓝色 河流 石桥 纸船", &kept));
        assert!(!fits("蓝色 河流 石桥 纸灯", "not a hash"));
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        let kept = hash_password("caf\u{e9} au lait 7").expect("a good password");
        assert!(fits("cafe\u{301} au lait 7", &kept));
    }

    #[test]
    fn what_everybody_guesses_is_refused() {
        for weak in [
            "short",
            "elevenbytes",
            "Password12345!",
            "aaaaaaaaaaaaaa",
            "123456789012",
            "1qaz2wsx3edc",
            "QWERTYUIOP123",
        ] {
            assert!(hash_password(weak).is_err(), "{weak}");
        }
        assert!(hash_password(&"ab".repeat(513)).is_err(), "too long");
        assert!(hash_password(&"ab".repeat(512)).is_ok(), "just short enough");
        assert!(hash_password("12 is fine!!").is_ok(), "just long enough");
    }
}
