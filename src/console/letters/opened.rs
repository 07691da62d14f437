//! A sealed letter, opened to be looked at: exactly what would be sent.

use anyhow::{Context, ensure};
use mail_parser::{MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};

use super::super::desk::Desk;

/// What a letter holds.
pub struct Opened {
    /// What stands above it.
    pub subject: String,
    /// Who sends it.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// Its plain text.
    pub text: String,
    /// Its page; empty where it has none.
    pub html: String,
    /// The names of the files that it carries.
    pub files: Vec<String>,
}

impl Opened {
    /// The letter that was sealed under this hash; `None` when it is no longer kept.
    ///
    /// Errors when the file is another than the one that was sealed.
    pub fn read(desk: &Desk, hash: &str) -> anyhow::Result<Option<Self>> {
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let path = desk.console.letters.join(&hash[..2]).join(format!("{hash}.eml"));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("a sealed letter cannot be read"),
        };
        ensure!(hex::encode(Sha256::digest(&bytes)) == hash, "the sealed letter `{hash}` was changed");
        Self::parse(&bytes).map(Some)
    }

    fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let mail = MessageParser::default().parse(bytes).context("a sealed letter cannot be read")?;
        let named = |list: Option<&mail_parser::Address<'_>>| {
            let one = |one: &mail_parser::Addr<'_>| match (one.name(), one.address()) {
                (Some(name), Some(address)) => format!("{name} <{address}>"),
                (_, address) => address.unwrap_or_default().to_owned(),
            };
            list.into_iter().flat_map(|list| list.iter()).map(one).collect::<Vec<_>>().join(", ")
        };
        let name = |file: &mail_parser::MessagePart<'_>| file.attachment_name().unwrap_or_default().to_owned();
        Ok(Self {
            subject: mail.subject().unwrap_or_default().to_owned(),
            from: named(mail.from()),
            to: named(mail.to()),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: if mail.html_body_count() > 0 {
                mail.body_html(0).unwrap_or_default().into_owned()
            } else {
                String::new()
            },
            files: mail.attachments().map(name).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_and_the_files_are_found() {
        let mail = "From: Shop <hr@shop.example>\r\nTo: Agent 001 <a001@shop.example>\r\nSubject: October\r\n\
                    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\
                    Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nplain words\r\n\
                    --a\r\nContent-Type: text/html\r\n\r\n<p>page</p>\r\n--a--\r\n--m\r\nContent-Type: application/pdf\r\n\
                    Content-Disposition: attachment; filename=\"card.pdf\"\r\n\r\n%PDF\r\n--m--\r\n";
        let opened = Opened::parse(mail.as_bytes()).expect("a letter");
        assert_eq!((opened.subject.as_str(), opened.to.as_str()), ("October", "Agent 001 <a001@shop.example>"));
        assert!(opened.text.contains("plain words") && opened.html.contains("<p>page</p>"), "{}", opened.html);
        assert_eq!(opened.files, ["card.pdf"]);
    }
}
