//! Sealing: a letter becomes the exact bytes that are archived and sent, the same bytes every time.

use anyhow::{Context, bail, ensure};
use chrono::Datelike;
use lettre::Message;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::letter::{Attachment, Letter};
use super::{Address, clean};

/// Who the relay is told about: one sender, one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The return path.
    pub from: Address,
    /// The recipient.
    pub to: Address,
}

/// A letter whose bytes will not change any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Who the relay is told about.
    pub envelope: Envelope,
    /// Its identity without brackets.
    pub message_id: String,
    /// The whole mail as RFC 5322 text: ASCII, every line ends in CRLF, the last one too.
    pub bytes: Vec<u8>,
    /// The SHA-256 of `bytes` in hex.
    pub sha256: String,
}

/// Seals a letter; the same letter gives the same bytes, on every machine.
///
/// Fails when the Message-ID, the List-Id, the date or a media type is not of its form; names and texts are cleaned instead.
pub fn seal(letter: &Letter) -> anyhow::Result<Sealed> {
    check(letter)?;
    let mut bytes = Vec::new();
    let boundary = hex::encode(Sha256::digest(letter.message_id.as_bytes()));
    let message =
        heading(letter).multipart(parts(letter, &boundary[..32])?).context("cannot put the letter together")?;
    bytes.extend_from_slice(&message.formatted());
    ensure!(bytes.is_ascii() && bytes.ends_with(b"\r\n"), "the sealed letter is not plain ASCII lines");
    // RFC 5322 §2.1.1: relays cut or refuse longer lines.
    ensure!(longest_line(&bytes) <= 998, "a line of the sealed letter is longer than 998 characters");
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let envelope = Envelope { from: letter.from.address.clone(), to: letter.to.clone() };
    Ok(Sealed { envelope, message_id: letter.message_id.clone(), bytes, sha256 })
}

/// The length of the longest line without its end.
fn longest_line(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).len()).max().unwrap_or(0)
}

/// What lettre would write as it stands, or panic over.
fn check(letter: &Letter) -> anyhow::Result<()> {
    let Some((local, domain)) = letter.message_id.split_once('@') else {
        bail!("the message id `{}` has no `@`", clean::line(&letter.message_id));
    };
    let long = letter.message_id.len() > 300;
    ensure!(is_plain(local) && is_plain(domain) && !long, "the message id is not `[a-z0-9.-]+@[a-z0-9.-]+`");
    ensure!((1970..=9999).contains(&letter.date.year()), "the date {} is outside 1970 to 9999", letter.date);
    if let Some(list) = &letter.list_id {
        ensure!(is_plain(list) && list.len() <= 200, "the list id is not `[a-z0-9.-]+`");
    }
    Ok(())
}

fn is_plain(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

fn heading(letter: &Letter) -> MessageBuilder {
    let builder = Message::builder()
        .from(mailbox(&letter.from.name, &letter.from.address))
        .to(mailbox(&letter.to_name, &letter.to))
        .subject(clean::line(&letter.subject))
        .date(letter.date.into())
        .raw_header(fixed("Message-ID", format!("<{}>", letter.message_id)))
        .raw_header(fixed("Auto-Submitted", "auto-generated".to_owned()))
        // Exchange asks for its own word before it keeps absence notes from whoever reads the replies.
        .raw_header(fixed("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()))
        .raw_header(fixed("X-Scorepost-Run", clean::token(&letter.run)))
        .raw_header(fixed("X-Scorepost-Edition", letter.edition.to_string()));
    let builder = match &letter.reply_to {
        Some(reply_to) => builder.reply_to(mailbox("", reply_to)),
        None => builder,
    };
    match &letter.list_id {
        Some(list) => builder.raw_header(fixed("List-Id", format!("<{list}>"))),
        None => builder,
    }
}

fn mailbox(name: &str, address: &Address) -> Mailbox {
    let name = clean::line(name);
    Mailbox::new(if name.is_empty() { None } else { Some(name) }, address.for_lettre())
}

/// A header whose value was checked to be short ASCII, so that it is never folded or encoded.
fn fixed(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// `mixed( alternative(text, html), files )`; lettre would draw the boundaries by lot.
fn parts(letter: &Letter, boundary: &str) -> anyhow::Result<MultiPart> {
    let bodies = MultiPart::alternative()
        .boundary(format!("scorepost-body-{boundary}"))
        .singlepart(SinglePart::plain(clean::body(&letter.text)))
        .singlepart(SinglePart::html(clean::body(&letter.html)));
    let mut mixed = MultiPart::mixed().boundary(format!("scorepost-mail-{boundary}")).multipart(bodies);
    for attachment in &letter.attachments {
        mixed = mixed.singlepart(attached(attachment)?);
    }
    Ok(mixed)
}

/// A file named twice: by RFC 2231 in the disposition, and by RFC 2047 in the type for older readers.
fn attached(file: &Attachment) -> anyhow::Result<SinglePart> {
    let name = clean::file_name(&file.file_name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte);
    ensure!(file.media_type.bytes().all(plain), "the media type of `{name}` is not of the form `application/pdf`");
    let described = format!("{}; name=\"{}\"", file.media_type, encoded_words(&name));
    let media_type = ContentType::parse(&described)
        .with_context(|| format!("the media type of `{name}` is not of the form `application/pdf`"))?;
    Ok(SinglePart::builder()
        .header(ContentDisposition::attachment(&name))
        .header(media_type)
        .header(ContentTransferEncoding::Base64)
        .body(file.bytes.clone()))
}

/// ASCII as it is, else encoded words of at most 45 bytes each, which is the longest that RFC 2047 allows.
fn encoded_words(text: &str) -> String {
    use base64::Engine as _;
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut pieces = vec![String::new()];
    for one in text.chars() {
        if pieces.last().is_some_and(|piece| piece.len() + one.len_utf8() > 45) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(one);
        }
    }
    let encode = |piece: &String| format!("=?UTF-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(piece));
    pieces.iter().map(encode).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    use super::*;
    use crate::deliver::Sender;

    fn letter() -> Letter {
        let address = |text: &str| Address::parse(text).expect("an address");
        Letter {
            from: Sender { name: "晨星客服 绩效".to_owned(), address: address("scorepost@shop.example") },
            to_name: "㛃堃犇".to_owned(),
            to: address("agent7@shop.example"),
            reply_to: Some(address("lead@shop.example")),
            subject: "2026年10月绩效卡 · 㛃堃犇（第2版）".to_owned(),
            text: "您好：\n.\n..\n总分 90.0\n".to_owned(),
            html: "<p>总分 <b>90.0</b></p>".to_owned(),
            attachments: vec![Attachment {
                file_name: "绩效卡_㛃堃犇_2026-10_晨星客服旗舰店售前一组.pdf".to_owned(),
                bytes: (0..=255).cycle().take(3000).collect(),
                media_type: "application/pdf".to_owned(),
            }],
            message_id: "0123456789abcdef0123456789abcdef@shop.example".to_owned(),
            date: "2026-11-01T01:02:03Z".parse().expect("a date"),
            run: "monthly-scorecard/2026-10/1".to_owned(),
            edition: 2,
            list_id: Some("scorecards.shop.example".to_owned()),
        }
    }

    fn addresses(list: Option<&mail_parser::Address<'_>>) -> Vec<(Option<String>, Option<String>)> {
        let of = |one: &mail_parser::Addr<'_>| (one.name().map(str::to_owned), one.address().map(str::to_owned));
        list.map(|list| list.iter().map(of).collect()).unwrap_or_default()
    }

    fn pair(name: &str, address: &str) -> Vec<(Option<String>, Option<String>)> {
        vec![(Some(name.to_owned()), Some(address.to_owned()))]
    }

    #[test]
    fn a_sealed_letter_reads_back_as_it_was_meant() {
        let sealed = seal(&letter()).expect("sealed");
        let mail = MessageParser::default().parse(&sealed.bytes).expect("a mail");
        assert_eq!(addresses(mail.from()), pair("晨星客服 绩效", "scorepost@shop.example"));
        assert_eq!(addresses(mail.to()), pair("㛃堃犇", "agent7@shop.example"));
        assert_eq!(addresses(mail.reply_to()), [(None, Some("lead@shop.example".to_owned()))]);
        assert!(mail.cc().is_none() && mail.bcc().is_none());
        assert_eq!(mail.subject(), Some("2026年10月绩效卡 · 㛃堃犇（第2版）"));
        assert_eq!(mail.message_id(), Some("0123456789abcdef0123456789abcdef@shop.example"));
        assert_eq!(mail.date().map(|date| date.to_rfc3339()), Some("2026-11-01T01:02:03Z".to_owned()));
        let raw = |name: &'static str| mail.header_raw(name).map(str::trim);
        assert_eq!(raw("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(raw("X-Auto-Response-Suppress"), Some("OOF, AutoReply"));
        assert_eq!(raw("X-Scorepost-Run"), Some("monthly-scorecard/2026-10/1"));
        assert_eq!(raw("X-Scorepost-Edition"), Some("2"));
        assert_eq!(raw("List-Id"), Some("<scorecards.shop.example>"));
        assert_eq!(
            mail.body_text(0).as_deref().map(|text| text.replace("\r\n", "\n")),
            Some("您好：\n.\n..\n总分 90.0\n".to_owned())
        );
        assert!(mail.body_html(0).is_some_and(|html| html.contains("<b>90.0</b>")));
        let attached: Vec<_> = mail.attachments().collect();
        assert_eq!(attached.len(), 1);
        assert_eq!(attached[0].attachment_name(), Some("绩效卡_㛃堃犇_2026-10_晨星客服旗舰店售前一组.pdf"));
        assert_eq!(attached[0].contents(), letter().attachments[0].bytes);
    }

    #[test]
    fn no_line_is_longer_than_relays_take() {
        let long = |text: &str| text.repeat(5000);
        let letter =
            Letter {
                text: long("长"), html: long("<b>x</b>"), subject: long("题"), to_name: long("名"), ..letter()
            };
        assert!(longest_line(&seal(&letter).expect("sealed").bytes) <= 998);
        assert_eq!(longest_line(b"ab\r\nabc\r\n"), 3);
        let letter = Letter { run: "r".repeat(5000), ..letter };
        assert!(longest_line(&seal(&letter).expect("sealed").bytes) <= 998);
    }

    #[test]
    fn a_chinese_file_name_is_given_in_both_ways() {
        let sealed = seal(&letter()).expect("sealed");
        let text = String::from_utf8(sealed.bytes).expect("ASCII");
        assert!(text.contains("filename*0*=utf-8''"), "{text}");
        assert!(text.contains("name=\"=?UTF-8?B?"), "{text}");
        let words: Vec<&str> =
            text.split(['"', ' ', '\r', '\n']).filter(|word| word.starts_with("=?UTF-8?B?")).collect();
        assert!(words.len() >= 2 && words.iter().all(|word| word.len() <= 75 && word.ends_with("?=")), "{words:?}");
    }

    #[test]
    fn the_same_letter_gives_the_same_canonical_bytes() {
        let first = seal(&letter()).expect("sealed");
        assert_eq!(first, seal(&letter()).expect("sealed"));
        assert_eq!(first.sha256, hex::encode(Sha256::digest(&first.bytes)));
        let text = std::str::from_utf8(&first.bytes).expect("ASCII");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert_eq!(text.matches('\r').count(), text.matches("\r\n").count());
        assert!(text.split("\r\n").all(|line| line.len() <= 998));
        let other = Letter { message_id: "1@shop.example".to_owned(), ..letter() };
        assert_ne!(first.bytes, seal(&other).expect("sealed").bytes);
    }

    #[test]
    fn what_is_not_of_its_form_is_refused() {
        for id in ["", "a", "a@", "@b", "A@b.example", "a b@c", "a@b>\r\nBcc: c@d.example", "a@b@c", "é@b"] {
            assert!(seal(&Letter { message_id: id.to_owned(), ..letter() }).is_err(), "{id:?}");
        }
        for list in ["", "a b", "a>\r\nBcc: c@d.example"] {
            assert!(seal(&Letter { list_id: Some(list.to_owned()), ..letter() }).is_err(), "{list:?}");
        }
        for date in ["1969-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
            assert!(seal(&Letter { date: date.parse().expect("a date"), ..letter() }).is_err(), "{date}");
        }
        for media_type in ["", "pdf", "a/b\r\nBcc: c@d.example", "application/pdf; x=\"y"] {
            let mut letter = letter();
            letter.attachments[0].media_type = media_type.to_owned();
            assert!(seal(&letter).is_err(), "{media_type:?}");
        }
    }

    /// Puts `payload` into every text field and reads the mail back.
    fn survives(payload: &str) -> Result<(), String> {
        let mut hostile = letter();
        for field in [&mut hostile.from.name, &mut hostile.to_name, &mut hostile.subject, &mut hostile.text] {
            *field = payload.to_owned();
        }
        hostile.html = payload.to_owned();
        hostile.run = payload.to_owned();
        hostile.attachments[0].file_name = payload.to_owned();
        let sealed = seal(&hostile).map_err(|error| error.to_string())?;
        let mail = MessageParser::default().parse(&sealed.bytes).ok_or("unreadable")?;
        let expected: Vec<String> = seal(&letter()).map_err(|error| error.to_string())?.header_names();
        let checks = [
            ("headers", sealed.header_names() == expected),
            ("to", addresses(mail.to()).iter().map(|one| one.1.as_deref()).eq([Some("agent7@shop.example")])),
            ("from", addresses(mail.from()).iter().map(|one| one.1.as_deref()).eq([Some("scorepost@shop.example")])),
            ("cc", mail.cc().is_none() && mail.bcc().is_none()),
            ("attachments", mail.attachment_count() == 1),
            ("content", mail.attachment(0).is_some_and(|part| part.contents() == hostile.attachments[0].bytes)),
            ("subject", mail.subject().unwrap_or_default() == clean::line(payload)),
            ("lone CR or LF", {
                let text = String::from_utf8_lossy(&sealed.bytes).replace("\r\n", "");
                !text.contains(['\r', '\n'])
            }),
        ];
        match checks.into_iter().find(|(_, fine)| !fine) {
            None => Ok(()),
            Some((what, _)) => Err(format!("{what}: {payload:?}\n{}", String::from_utf8_lossy(&sealed.bytes))),
        }
    }

    impl Sealed {
        /// The names of the top headers, in order.
        fn header_names(&self) -> Vec<String> {
            let text = String::from_utf8_lossy(&self.bytes);
            let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
            let own = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
            own.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
        }
    }

    #[test]
    fn no_payload_adds_a_header_or_a_recipient() {
        let payloads = [
            "x\r\nBcc: evil@d.example",
            "x\nBcc: evil@d.example",
            "x\rBcc: evil@d.example",
            "\r\n\r\nbody",
            "\r\n.\r\nMAIL FROM:<>",
            "x\u{2028}Bcc: evil@d.example",
            "x\u{85}Bcc: evil@d.example",
            "x\0y",
            "\u{202e}fdp.exe",
            "\u{2066}x\u{2069}",
            "\u{feff}",
            "\"<evil@d.example>\"",
            "evil@d.example",
            "evil@d.example, b@d.example",
            "<evil@d.example>",
            "a\" <evil@d.example>, \"b",
            "=?utf-8?b?DQpCY2M6IGV2aWxAZC5leGFtcGxl?=",
            "=?utf-8?q?=0D=0ABcc:_evil?=",
            "张三\r\nBcc: evil@d.example",
            "\\\"",
            "\\",
            "(comment)",
            ";",
            "x; filename=evil.exe",
            "../../etc/passwd",
            "..\\..\\x",
            "CON",
            "a/b",
            "",
            " ",
            "\t",
            ".",
            "..",
            "--scorepost-mail-00000000",
            "Content-Type: text/html",
            "%0d%0aBcc: evil@d.example",
            "'; drop",
            "𠮷𩸽",
            "👩‍👩‍👧",
            "\u{1b}[2J",
        ];
        for payload in payloads {
            survives(payload).unwrap_or_else(|fault| panic!("{fault}"));
        }
        survives(&"长".repeat(3000)).unwrap_or_else(|fault| panic!("{fault}"));
        survives(&"x".repeat(3000)).unwrap_or_else(|fault| panic!("{fault}"));
        survives(&"a b ".repeat(900)).unwrap_or_else(|fault| panic!("{fault}"));
    }

    proptest! {
        #[test]
        fn no_text_at_all_breaks_a_letter(payload in any::<String>()) {
            prop_assert_eq!(survives(&payload), Ok(()));
        }
    }
}
