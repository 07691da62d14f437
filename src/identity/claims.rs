//! What an identity says, checked before a word of it is believed.
//!
//! It comes straight from the provider's token endpoint, over the encrypted line on which this process asked with the
//! code and its PKCE verifier, never through a browser. There the line's certificate says who wrote it, in place of the
//! signature (OpenID Connect Core 1.0, part 3.1.3.7, rule 6); everything else that the rule lists is checked here.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Seconds by which the provider's clock may differ from ours.
const LEEWAY: i64 = 60;

/// What an identity must say.
pub(super) struct Wanted<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) claim: &'a str,
    pub(super) now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// For whom an identity is: one program, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is for this program and no other; whoever else it is for could show it to us.
    fn is_only(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Several(all) => matches!(all.as_slice(), [one] if one == client),
        }
    }
}

/// The user's name in an identity.
///
/// Errors when it is not from the issuer, not for us alone, not now, or no answer to our question.
pub(super) fn user(token: &str, wanted: &Wanted<'_>) -> Result<String> {
    let claims = read(token)?;
    let now = wanted.now.timestamp();
    ensure!(claims.iss == wanted.issuer, "the identity is from another provider");
    ensure!(claims.aud.is_only(wanted.client), "the identity is for another program");
    ensure!(claims.azp.as_deref().is_none_or(|party| party == wanted.client), "the identity is for another program");
    ensure!(!claims.sub.is_empty(), "the identity is nobody's");
    ensure!(now < claims.exp.saturating_add(LEEWAY), "the identity has expired");
    ensure!(claims.iat.saturating_sub(LEEWAY) <= now, "the identity is from the future");
    ensure!(claims.nonce.as_deref() == Some(wanted.nonce), "the identity answers another question");
    named(&claims, wanted.claim)
}

fn read(token: &str) -> Result<Claims> {
    let mut parts = token.split('.');
    let (_header, body) = (parts.next(), parts.next().context("the identity is no token")?);
    let bytes = URL_SAFE_NO_PAD.decode(body).context("the identity cannot be read")?;
    serde_json::from_slice(&bytes).context("the identity lacks what every identity says")
}

fn named(claims: &Claims, claim: &str) -> Result<String> {
    // Anybody can claim an address that nobody verified.
    if claim == "email" && claims.rest.get("email_verified") != Some(&Value::Bool(true)) {
        bail!("the provider has not verified the address");
    }
    let name = match claim {
        "sub" => Some(claims.sub.as_str()),
        claim => claims.rest.get(claim).and_then(Value::as_str),
    };
    let name = name.filter(|name| !name.is_empty());
    name.map(str::to_owned).with_context(|| format!("the identity has no `{claim}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn good() -> Value {
        json!({
            "iss": "https://id.example", "aud": "scorepost", "sub": "42", "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "preferred_username": "lead1", "email": "lead1@shop.example", "email_verified": true,
        })
    }

    fn token(claims: &Value) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn name(token: &str, claim: &str) -> Result<String> {
        let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
        user(token, &Wanted { issuer: "https://id.example", client: "scorepost", nonce: "n", claim, now })
    }

    #[test]
    fn an_identity_that_is_ours_names_its_user() {
        for (claim, expected) in [("preferred_username", "lead1"), ("email", "lead1@shop.example"), ("sub", "42")] {
            assert_eq!(name(&token(&good()), claim).expect("a user"), expected);
        }
        let mut listed = good();
        listed["aud"] = json!(["scorepost"]);
        assert!(name(&token(&listed), "sub").is_ok());
    }

    #[test]
    fn whatever_is_wrong_with_an_identity_it_is_refused() {
        for (claim, value) in [
            ("iss", json!("https://evil.example")),
            ("aud", json!("another")),
            ("aud", json!(["scorepost", "another"])),
            ("aud", json!([])),
            ("azp", json!("another")),
            ("sub", json!("")),
            ("exp", json!(NOW - 60)),
            ("exp", json!("tomorrow")),
            ("iat", json!(NOW + 61)),
            ("nonce", json!("another")),
            ("nonce", Value::Null),
            ("preferred_username", json!("")),
            ("preferred_username", Value::Null),
        ] {
            let mut claims = good();
            claims[claim] = value.clone();
            assert!(name(&token(&claims), "preferred_username").is_err(), "{claim} = {value}");
        }
        for missing in ["iss", "aud", "sub", "exp", "iat", "nonce", "preferred_username"] {
            let mut claims = good();
            claims.as_object_mut().expect("claims").remove(missing);
            assert!(name(&token(&claims), "preferred_username").is_err(), "without {missing}");
        }
        let mut unverified = good();
        unverified["email_verified"] = json!(false);
        assert!(name(&token(&unverified), "email").is_err());
        for nonsense in ["", "one", "a.b.c", "e30.e30.e30"] {
            assert!(name(nonsense, "sub").is_err(), "{nonsense}");
        }
    }
}
