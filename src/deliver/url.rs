//! `SCOREPOST_MAIL_URL`: where letters go and how the way is protected.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use url::{Host, Url};

use crate::diag::Diagnostic;

use super::Notify;

/// Where letters go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailUrl {
    /// `folder:PATH`: an outbox folder.
    Folder(PathBuf),
    /// `smtp://…`, `smtps://…`, `smtp+starttls://…`: relays with blanks between, in the order of preference.
    Smtp(Vec<Relay>),
}

/// A mail relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// The name or address to connect to, and the name that its certificate must carry; IPv6 without brackets.
    pub host: String,
    /// The port; 25, 465 or 587 when the URL has none.
    pub port: u16,
    /// How the way is protected.
    pub tls: Tls,
    /// The login name.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// `?ca=PATH`: a PEM file whose certificates are trusted beside the machine's own.
    pub ca: Option<PathBuf>,
    /// `?hello=NAME`: how this machine greets; its own address in brackets when absent.
    pub hello: Option<String>,
    /// `?notify=success`: what it is asked to report.
    pub notify: Notify,
}

/// How the way to a relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a relay on this machine, or a trusted network without a login.
    None,
    /// The relay must offer STARTTLS; without it nothing is sent.
    Starttls,
    /// Encrypted from the first byte.
    Implicit,
}

/// A password, which no output ever shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

impl Relay {
    /// Whether the host is this machine by its very name.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// The URL as a person may see it, with `***` for the password.
impl fmt::Display for MailUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(out, "folder:{}", path.display()),
            Self::Smtp(relays) => {
                let each: Vec<String> = relays.iter().map(Relay::to_string).collect();
                out.write_str(&each.join(" "))
            }
        }
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.tls {
            Tls::None => "smtp",
            Tls::Starttls => "smtp+starttls",
            Tls::Implicit => "smtps",
        };
        write!(out, "{scheme}://")?;
        if let Some(user) = &self.user {
            write!(out, "{user}:***@")?;
        }
        if self.host.contains(':') {
            write!(out, "[{}]", self.host)?
        } else {
            out.write_str(&self.host)?
        }
        write!(out, ":{}", self.port)
    }
}

impl MailUrl {
    /// Reads a mail URL, or several of relays; a fault never repeats the text, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        if let Some(path) = text.strip_prefix("folder:") {
            return match path {
                "" => Err(wrong("the mail URL `folder:` has no path", "write for example `folder:outbox`")),
                path => Ok(Self::Folder(path.into())),
            };
        }
        if text.contains(|one: char| one.is_control() || (one.is_whitespace() && one != ' ')) {
            return Err(wrong("the mail URL holds a control character", "write one blank between several relays"));
        }
        match text.split(' ').map(Relay::parse).collect::<Result<Vec<_>, _>>()? {
            relays if relays.len() > MOST_RELAYS => {
                Err(wrong("the mail URL names more than ten relays", "name those that can do for each other"))
            }
            relays => Ok(Self::Smtp(relays)),
        }
    }
}

/// More than these are no way to send but a way to be a nuisance.
const MOST_RELAYS: usize = 10;

impl Relay {
    fn parse(text: &str) -> Result<Self, Diagnostic> {
        let url = Url::parse(text).map_err(|error| malformed(&error.to_string()))?;
        let (tls, port) = match url.scheme() {
            "smtp" => (Tls::None, 25),
            "smtp+starttls" => (Tls::Starttls, 587),
            "smtps" => (Tls::Implicit, 465),
            other => return Err(malformed(&format!("`{other}` is no way to send mail"))),
        };
        let mut relay = Relay {
            host: host_of(&url)?,
            port: url.port().unwrap_or(port),
            tls,
            user: Some(decode(url.username())?).filter(|user| !user.is_empty()),
            password: url.password().map(decode).transpose()?.map(Secret),
            ca: None,
            hello: None,
            notify: Notify::default(),
        };
        read_query(&url, &mut relay)?;
        check(&url, &relay)?;
        Ok(relay)
    }
}

pub(super) fn wrong(message: impl Into<String>, hint: &str) -> Diagnostic {
    Diagnostic::error(message).hint(hint)
}

fn malformed(reason: &str) -> Diagnostic {
    wrong(
        format!("the mail URL cannot be read: {reason}"),
        "write `folder:PATH`, `smtp+starttls://USER:PASSWORD@HOST:587`, `smtps://…:465` or `smtp://localhost:25`; \
         in user and password write `%40` for `@`, `%2F` for `/`, `%23` for `#`, `%25` for `%`",
    )
}

/// The host without brackets; a name may only have the characters of a domain name.
pub(super) fn host_of(url: &Url) -> Result<String, Diagnostic> {
    match url.host() {
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Domain(name)) if is_name(name) => Ok(name.to_ascii_lowercase()),
        _ => Err(malformed("it has no host name")),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

fn read_query(url: &Url, relay: &mut Relay) -> Result<(), Diagnostic> {
    for (key, value) in url.query_pairs() {
        match &*key {
            "ca" if !value.is_empty() => relay.ca = Some(value.as_ref().into()),
            "hello" if is_name(&value) => relay.hello = Some(value.into_owned()),
            "notify" if value == "success" => relay.notify = Notify::Everything,
            "ca" | "hello" | "notify" => return Err(malformed(&format!("`{key}` has no fit value"))),
            _ => {
                let hint = "known are `ca`, a PEM file to trust, `hello`, the name that this machine greets with, and \
                            `notify=success`, to be told also of letters that arrived";
                return Err(wrong("the mail URL has an option that is not known", hint));
            }
        }
    }
    Ok(())
}

fn check(url: &Url, relay: &Relay) -> Result<(), Diagnostic> {
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(malformed("something follows the host"));
    }
    if relay.port == 0 {
        return Err(malformed("the port is 0"));
    }
    if relay.user.is_some() != relay.password.is_some() {
        return Err(malformed("a user and a password belong together"));
    }
    if relay.ca.is_some() && relay.tls == Tls::None {
        return Err(wrong("`ca` has no use with `smtp://`", "write `smtp+starttls://` or `smtps://`"));
    }
    if relay.user.is_some() && relay.tls == Tls::None && !relay.is_loopback() {
        let hint = "write `smtp+starttls://` (usually port 587) or `smtps://` (port 465)";
        return Err(wrong(format!("`smtp://` would send the password to `{}` in the clear", relay.host), hint));
    }
    Ok(())
}

/// Undoes `%XX`; controls are refused because they would end a command.
pub(super) fn decode(text: &str) -> Result<String, Diagnostic> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.ok_or_else(|| malformed("`%` is not followed by two hex digits"))?);
        rest = &rest[2..];
    }
    let decoded = String::from_utf8(bytes).map_err(|_| malformed("the user or password is not UTF-8"))?;
    if decoded.chars().any(char::is_control) {
        return Err(malformed("the user or password holds a control character"));
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(text: &str) -> Relay {
        match MailUrl::parse(text) {
            Ok(MailUrl::Smtp(mut relays)) if relays.len() == 1 => relays.remove(0),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn folders_and_relays_are_read() {
        assert_eq!(MailUrl::parse("folder:out box").ok(), Some(MailUrl::Folder("out box".into())));
        let full = relay(
            "smtp+starttls://li%40shop.example:p%3Aa%2Fss%25@Mail.shop.example:2525?ca=/etc/ca.pem&hello=me.example",
        );
        assert_eq!((full.host.as_str(), full.port, full.tls), ("mail.shop.example", 2525, Tls::Starttls));
        assert_eq!(full.user.as_deref(), Some("li@shop.example"));
        assert_eq!(full.password.as_ref().map(Secret::reveal), Some("p:a/ss%"));
        assert_eq!((full.ca, full.hello.as_deref()), (Some("/etc/ca.pem".into()), Some("me.example")));
        assert_eq!(relay("smtps://h.example").port, 465);
        assert_eq!(relay("smtp+starttls://h.example").port, 587);
        assert_eq!((relay("smtp://h.example").port, relay("smtp://h.example").tls), (25, Tls::None));
        assert_eq!(relay("smtp://a:b@[::1]:2525").host, "::1");
    }

    #[test]
    fn several_relays_stand_in_their_order() {
        let url = MailUrl::parse("smtps://a:b@one.example?notify=success smtp://two.example").expect("two relays");
        assert_eq!(url.to_string(), "smtps://a:***@one.example:465 smtp://two.example:25");
        let MailUrl::Smtp(relays) = url else { panic!("relays") };
        assert_eq!(relays.iter().map(|one| one.notify).collect::<Vec<_>>(), [Notify::Everything, Notify::Trouble]);
        let many = ["smtp://a.example"; 11].join(" ");
        for wrong in ["smtps://one.example folder:x", "smtps://one.example  smtps://two.example", &many] {
            assert!(MailUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = MailUrl::parse("smtps://li:hunter2@h.example").expect("a URL");
        assert_eq!(url.to_string(), "smtps://li:***@h.example:465");
        assert!(!format!("{url:?}").contains("hunter2"));
        for text in ["smtp://li:hunter2@h.example", "smpt://li:hunter2@h.example", "smtp://li:hunter2@h.example:99999"]
        {
            let fault = MailUrl::parse(text).expect_err(text);
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
            assert!(!fault.hints.is_empty());
        }
    }

    #[test]
    fn a_login_in_the_clear_is_for_this_machine_only() {
        for here in ["localhost", "127.0.0.1", "[::1]"] {
            relay(&format!("smtp://a:b@{here}:2525"));
        }
        for away in ["mail.example", "192.168.1.5", "localhost.evil.example", "127.0.0.1.evil.example"] {
            let fault = MailUrl::parse(&format!("smtp://a:b@{away}")).expect_err(away);
            assert!(fault.message.contains("in the clear"), "{fault:?}");
        }
        relay("smtp://mail.example");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let cases = [
            "",
            "smtp",
            "smtp:",
            "smtp://",
            "smtp://:25",
            "folder:",
            "http://h.example",
            "smtp://h.example:0",
            "smtp://h.example:x",
            "smtp://h.example/path",
            "smtp://h.example#x",
            "smtps://a@h.example",
            "smtps://:b@h.example",
            "smtps://a:%zz@h.example",
            "smtps://a:%0d%0a@h.example",
            "smtps://a:%ff@h.example",
            "smtps://a:b@h.example?insecure=true",
            "smtps://h.example?ca=",
            "smtps://h.example?notify=never",
            "smtp://localhost?ca=/x.pem",
            "smtps://h.example?hello=a%20b",
            "smtps://h\r\n.example",
            "smtps://h example",
            "smtps://a:p/w@h.example",
        ];
        for text in cases {
            assert!(MailUrl::parse(text).is_err(), "{text:?} was taken");
        }
    }
}
