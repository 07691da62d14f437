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
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let envelope = Envelope { from: letter.from.address.clone(), to: letter.to.clone() };
    Ok(Sealed { envelope, message_id: letter.message_id.clone(), bytes, sha256 })
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
