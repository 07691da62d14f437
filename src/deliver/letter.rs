//! A letter before it is sealed, and the name that it keeps for ever.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Address;

/// Who a letter is from.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name that a reader sees.
    pub name: String,
    /// The mailbox, also the envelope's return path.
    pub address: Address,
}

/// A file that goes with a letter.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The name with its extension; Chinese is fine, anything unfit for a file name is replaced.
    pub file_name: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// The media type, such as `application/pdf`.
    pub media_type: String,
}

/// One mail to one person: no other recipient exists in it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Who it is from.
    pub from: Sender,
    /// The name of the recipient.
    pub to_name: String,
    /// The only recipient.
    pub to: Address,
    /// Where an answer goes, if not to the sender.
    pub reply_to: Option<Address>,
    /// The subject, one line.
    pub subject: String,
    /// The body for readers without HTML.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The files that go with it.
    pub attachments: Vec<Attachment>,
    /// Its identity, `local@domain` of `[a-z0-9.-]` without brackets; see [`message_id`].
    pub message_id: String,
    /// The instant in its `Date` header.
    pub date: DateTime<Utc>,
    /// The run that sends it.
    pub run: String,
    /// The edition of the card or pack inside, counted from one.
    pub edition: u32,
    /// The `List-Id` that lets readers sort these mails, of the characters of a domain name.
    pub list_id: Option<String>,
}

/// What makes a letter itself: the same parts are the same letter, however often it is tried.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The job.
    pub job: &'a str,
    /// The period.
    pub period: &'a str,
    /// `card` or `pack`.
    pub kind: &'a str,
    /// The agent or team that it is about.
    pub subject: &'a str,
    /// Who gets it.
    pub recipient: &'a Address,
    /// The edition.
    pub edition: u32,
}

/// The Message-ID of a letter without brackets: the first 32 hex digits of an HMAC-SHA256, `@`, the domain.
///
/// It tells nothing about the person, and a relay's log can be searched for it.
pub fn message_id(key: &[u8; 32], parts: Identity<'_>, domain: &str) -> String {
    // HMAC fills a key up to its block with noughts; doing so here leaves nothing that could fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    let recipient = parts.recipient.to_string();
    let edition = parts.edition.to_string();
    for part in [parts.job, parts.period, parts.kind, parts.subject, recipient.as_str(), edition.as_str()] {
        // The length before each part keeps `a|b` + `c` apart from `a` + `b|c`.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    let digest = hex::encode(mac.finalize().into_bytes());
    format!("{}@{}", &digest[..32], domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_gives_one_id_and_any_change_another() {
        let to = Address::parse("a@shop.example").expect("address");
        let other = Address::parse("b@shop.example").expect("address");
        let base =
            Identity { job: "monthly", period: "2026-10", kind: "card", subject: "A1", recipient: &to, edition: 1 };
        let id = |parts| message_id(&[7; 32], parts, "Shop.example");
        let first = id(base);
        assert_eq!(first, id(base));
        assert_eq!(first.len(), 32 + 1 + "shop.example".len());
        assert!(first.ends_with("@shop.example") && first[..32].bytes().all(|byte| byte.is_ascii_hexdigit()));
        let others = [
            Identity { job: "monthly2", period: "026-10", ..base },
            Identity { period: "2026-11", ..base },
            Identity { kind: "pack", ..base },
            Identity { subject: "A2", ..base },
            Identity { recipient: &other, ..base },
            Identity { edition: 2, ..base },
        ];
        for changed in others {
            assert_ne!(first, id(changed), "{changed:?}");
        }
        assert_ne!(first, message_id(&[8; 32], base, "shop.example"));
    }
}
