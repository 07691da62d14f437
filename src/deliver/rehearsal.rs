//! A sealed letter turned into one for whoever tries out a mailing: the same text and file, another reader.

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Address, Envelope, Sealed};

/// The letter as `to` gets it in place of `recipient`, for the `number`-th time.
///
/// The subject begins with the mark of a test and whom the letter is for, the header `X-Scorepost-Test` says the same,
/// and it has a Message-ID of its own, so that nobody takes it for the letter. Everything else is as it was.
pub fn rehearsal(sealed: &Sealed, recipient: &str, to: &Address, number: i64) -> anyhow::Result<Sealed> {
    let text = std::str::from_utf8(&sealed.bytes).context("the sealed letter is no text")?;
    let (head, body) = text.split_once("\r\n\r\n").context("the sealed letter has no body")?;
    let message_id = format!("test.{number}.{}", sealed.message_id);
    let mut fields = Vec::new();
    for field in fields_of(head) {
        match field.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim_start())) {
            Some((name, _)) if name == "to" => fields.push(format!("To: {to}")),
            Some((name, _)) if name == "reply-to" => {}
            Some((name, _)) if name == "message-id" => fields.push(format!("Message-ID: <{message_id}>")),
            Some((name, subject)) if name == "subject" => {
                fields.push(format!("Subject: {}\r\n {subject}", mark(recipient)))
            }
            _ => fields.push(field),
        }
    }
    fields.push(format!("X-Scorepost-Test: {}", super::clean::token(recipient)));
    let bytes = format!("{}\r\n\r\n{body}", fields.join("\r\n")).into_bytes();
    ensure!(bytes.is_ascii(), "the letter of a test is not plain ASCII lines");
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(Sealed { envelope: Envelope { from: sealed.envelope.from.clone(), to: to.clone() }, message_id, bytes, sha256 })
}

/// What the subject begins with, as an encoded word; the blank before the next encoded word is not shown.
fn mark(recipient: &str) -> String {
    let recipient: String = super::clean::token(recipient).chars().take(20).collect();
    format!("=?utf-8?b?{}?=", STANDARD.encode(format!("【测试 TEST → {recipient}】")))
}

/// The fields of a head, each with its folded lines.
fn fields_of(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => {
                field.push_str("\r\n");
                field.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;
    use crate::deliver::{Attachment, Letter, Sender, seal};

    fn sealed(subject: &str) -> Sealed {
        let address = |text: &str| Address::parse(text).expect("an address");
        let letter = Letter {
            from: Sender { name: "绩效".to_owned(), address: address("scorepost@shop.example") },
            to_name: "一个名字很长很长很长很长很长很长很长很长很长很长的人".to_owned(),
            to: address("agent1@shop.example"),
            reply_to: Some(address("lead@shop.example")),
            subject: subject.to_owned(),
            text: "To: nobody\r\n\r\nSubject: none".to_owned(),
            html: "<p>x</p>".to_owned(),
            attachments: vec![Attachment {
                file_name: "卡.pdf".to_owned(),
                bytes: vec![7; 300],
                media_type: "application/pdf".to_owned(),
            }],
            message_id: format!("{:032x}@shop.example", 5),
            date: "2026-11-01T01:00:00Z".parse().expect("a date"),
            run: "r".to_owned(),
            edition: 1,
            list_id: None,
        };
        seal(&letter).expect("sealed")
    }

    #[test]
    fn only_the_reader_the_subject_and_the_name_differ() {
        // Between two encoded words no blank is shown, before plain words there is one.
        for (subject, blank) in [("plain", " "), (&*"2026年10月绩效卡 · 一个很长的标题".repeat(3), "")] {
            let sealed = sealed(subject);
            let to = Address::parse("tester@other.example").expect("an address");
            let test = rehearsal(&sealed, "A001", &to, 3).expect("a test letter");
            let (before, after) =
                (MessageParser::default().parse(&sealed.bytes), MessageParser::default().parse(&test.bytes));
            let (before, after) = (before.expect("a mail"), after.expect("a mail"));
            assert_eq!(after.subject(), Some(format!("【测试 TEST → A001】{blank}{subject}").as_str()));
            assert_eq!(
                after.to().and_then(|to| to.first()).and_then(|one| one.address()),
                Some("tester@other.example")
            );
            assert_eq!(after.to().map(|to| to.iter().count()), Some(1));
            assert!(after.reply_to().is_none() && !String::from_utf8_lossy(&test.bytes).contains("agent1@"));
            assert_eq!(after.message_id(), Some(format!("test.3.{}", sealed.message_id).as_str()));
            assert_eq!(after.header_raw("X-Scorepost-Test").map(str::trim), Some("A001"));
            assert_eq!(before.attachment(0).map(|one| one.contents()), after.attachment(0).map(|one| one.contents()));
            assert_eq!((before.body_text(0), before.date()), (after.body_text(0), after.date()));
            assert_eq!(test.envelope.to, to);
        }
    }

    #[test]
    fn a_hostile_staff_number_adds_no_header() {
        let to = Address::parse("tester@other.example").expect("an address");
        let test = rehearsal(&sealed("x"), "A1\r\nBcc: a@b.example", &to, 1).expect("a test letter");
        let mail = MessageParser::default().parse(&test.bytes).expect("a mail");
        assert!(mail.bcc().is_none());
    }
}
