//! What a message of the mail system says about a letter: RFC 3464 in RFC 6522.

use std::collections::BTreeSet;

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It could not be delivered.
    Failed,
    /// It was delivered, handed on, or is still being tried: in any case the relay has it.
    Taken,
}

/// What is reported of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// By what the letter may be known: a Message-ID, or the token before its `@`; the surest first.
    pub names: Vec<String>,
    /// What became of it.
    pub action: Action,
    /// The status and what the last server said, on one line.
    pub diagnostic: String,
}

/// The longest diagnostic that is kept.
const LONGEST: usize = 500;

/// Reads a message of the mail system; `None` for any other, such as a note of absence.
pub fn read(bytes: &[u8]) -> Option<Returned> {
    let message = MessageParser::default().parse(bytes)?;
    let status = message.parts.iter().find(|part| is_of(*part, "message", "delivery-status"))?;
    let groups = groups(&String::from_utf8_lossy(status.contents()));
    // The first group is about the message, each other about one recipient; a letter has only one.
    let recipient = groups.get(1)?;
    let action = match field(recipient, "action")?.to_ascii_lowercase().as_str() {
        "failed" => Action::Failed,
        "delivered" | "relayed" | "expanded" | "delayed" => Action::Taken,
        _ => return None,
    };
    let said = [field(recipient, "status"), field(recipient, "diagnostic-code")];
    let diagnostic = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let names = names(&message, groups.first().map(Vec::as_slice).unwrap_or_default());
    Some(Returned { names, action, diagnostic: plain(&diagnostic) })
}

type Fields = Vec<(String, String)>;

/// The fields of a status part, group by group; groups have an empty line between, folded lines are joined.
fn groups(text: &str) -> Vec<Fields> {
    let mut groups: Vec<Fields> = vec![Vec::new()];
    for line in text.lines() {
        let last = groups.last_mut().and_then(|group| group.last_mut());
        match (line.trim().is_empty(), line.starts_with([' ', '\t']), last, line.split_once(':')) {
            (true, ..) => groups.push(Vec::new()),
            (_, true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (_, _, _, Some((name, value))) => {
                if let Some(group) = groups.last_mut() {
                    group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
            _ => {}
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

fn is_of<'x>(part: &impl MimeHeaders<'x>, kind: &str, subkind: &str) -> bool {
    let matches = |wanted: &str, found: &str| found.eq_ignore_ascii_case(wanted);
    part.content_type()
        .is_some_and(|one| matches(kind, one.ctype()) && one.subtype().is_some_and(|sub| matches(subkind, sub)))
}

/// The name that we gave when we sent it, the one in the headers that came back, and the token in the return path.
fn names(report: &Message<'_>, about_message: &[(String, String)]) -> Vec<String> {
    let envelope = field(about_message, "original-envelope-id").map(decoded);
    let inside = report.parts.iter().find_map(returned_id);
    let tokens = report.to().into_iter().flat_map(|to| to.iter()).filter_map(|one| one.address()).filter_map(token);
    let mut seen = BTreeSet::new();
    let all = envelope.into_iter().chain(inside).chain(tokens.map(str::to_owned));
    all.filter(|name| !name.is_empty() && seen.insert(name.clone())).collect()
}

/// The Message-ID of the letter, or of its headers, that a report brings back.
fn returned_id(part: &mail_parser::MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Message(letter) => letter.message_id().map(str::to_owned),
        _ if is_of(part, "text", "rfc822-headers") || is_of(part, "message", "rfc822") => {
            MessageParser::default().parse(part.contents())?.message_id().map(str::to_owned)
        }
        _ => None,
    }
}

/// The letter's token in `bounces+TOKEN@…`: the thirty-two hex digits that every Message-ID of ours begins with.
fn token(address: &str) -> Option<&str> {
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    let is_token = |piece: &&str| piece.len() == 32 && piece.bytes().all(|byte| byte.is_ascii_hexdigit());
    local.split(['+', '-', '=', '.']).find(is_token)
}

/// Undoes the `+XX` of RFC 3461.
fn decoded(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('+') {
        plain.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii);
        match byte {
            Some(byte) => plain.push(char::from(byte)),
            None => plain.push('+'),
        }
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    plain + rest
}

fn plain(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef@shop.example";

    fn report(action: &str, about_message: &str, returned: &str, to: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nAction: failed is only said here\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.example\r\n{about_message}\r\n\
             Final-Recipient: rfc822; agent1@shop.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <agent1@shop.example>:\r\n    no such user\r\n\r\n\
             {returned}--b--\r\n"
        )
    }

    fn headers() -> String {
        format!("--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: <{ID}>\r\n\r\n")
    }

    #[test]
    fn a_failure_names_its_letter_and_says_why() {
        let read = read(report("failed", "", &headers(), "scorepost@shop.example").as_bytes()).expect("a report");
        assert_eq!((read.names, read.action), (vec![ID.to_owned()], Action::Failed));
        assert_eq!(read.diagnostic, "5.1.1 smtp; 550 5.1.1 <agent1@shop.example>: no such user");
    }

    #[test]
    fn a_letter_is_known_by_any_of_its_names() {
        let envelope = format!("Original-Envelope-Id: {}\r\n", ID.replace('-', "+2D"));
        let whole = format!("--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{ID}>\r\n\r\nbody\r\n");
        let tagged = "bounces+0123456789abcdef0123456789abcdef@shop.example";
        for (about, back, to, name) in [
            (envelope.as_str(), String::new(), "x@shop.example", ID),
            ("", whole, "x@shop.example", ID),
            ("", String::new(), tagged, &ID[..32]),
        ] {
            let read = read(report("delivered", about, &back, to).as_bytes()).expect("a report");
            assert_eq!((read.names, read.action), (vec![name.to_owned()], Action::Taken), "{about:?} {to}");
        }
    }

    #[test]
    fn what_is_no_report_is_none() {
        let absence =
            "From: a@b.example\r\nTo: x@y.example\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\nfailed";
        assert_eq!(read(absence.as_bytes()), None);
        assert_eq!(read(report("unheard-of", "", &headers(), "a@b.example").as_bytes()), None);
        for bytes in [&b""[..], b"\0\xff", b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"] {
            assert_eq!(read(bytes), None);
        }
    }

    #[test]
    fn a_cut_report_never_panics() {
        let whole = report("failed", "Original-Envelope-Id: a+2\r\n", &headers(), "a@b.example");
        (0..whole.len()).for_each(|end| drop(read(&whole.as_bytes()[..end])));
        assert_eq!((decoded("a+2Bb+"), decoded("+é"), decoded("+2")), ("a+b+".into(), "+é".into(), "+2".into()));
    }
}
