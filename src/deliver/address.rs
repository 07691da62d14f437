//! The mail address of one mailbox, read strictly from a roster.

use std::fmt;
use std::str::FromStr;

use crate::words::Bilingual;

/// One mailbox, such as `agent7@shop.example`; never a list, a name with an address, or anything a relay could read twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(lettre::Address);

/// Why a text is not taken for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFault {
    /// Nothing is there.
    Empty,
    /// A line break or another control character is inside.
    Control,
    /// More than one address, or a blank inside.
    Several,
    /// A name, a comment, brackets or quotes around or inside it.
    Decorated,
    /// A character outside ASCII, such as a full-width `＠`.
    NotAscii,
    /// No `@`.
    NoAt,
    /// The part before the `@` is not a plain mailbox name.
    Mailbox,
    /// The part after the `@` is not a domain name.
    Domain,
    /// Longer than mail allows: 64 characters before the `@`, 254 in all.
    TooLong,
}

impl AddressFault {
    /// The reason in both languages.
    pub fn text(self) -> Bilingual {
        let (zh, en) = match self {
            Self::Empty => ("没有邮箱地址", "the address is empty"),
            Self::Control => ("邮箱地址里有换行或控制字符", "the address holds a line break or control character"),
            Self::Several => ("只能写一个邮箱地址，中间不能有空格", "the address must be one, with no blank inside"),
            Self::Decorated => ("邮箱地址里不能有姓名、括号或引号", "the address holds a name, brackets or quotes"),
            Self::NotAscii => ("邮箱地址里有非 ASCII 字符，例如全角＠", "the address holds a character outside ASCII"),
            Self::NoAt => ("邮箱地址里没有 @", "the address has no `@`"),
            Self::Mailbox => ("@ 之前不是普通的邮箱名", "what stands before the `@` is not a plain mailbox name"),
            Self::Domain => ("@ 之后不是域名", "what stands after the `@` is not a domain name"),
            Self::TooLong => ("邮箱地址太长", "the address is too long"),
        };
        Bilingual::new(zh, en)
    }
}

impl fmt::Display for AddressFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text().en)
    }
}

impl std::error::Error for AddressFault {}

impl Address {
    /// Reads one bare address; blanks around it are ignored, the domain is put in lower case.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let text = text.trim_matches(' ');
        check_characters(text)?;
        let (mailbox, domain) = text.split_once('@').ok_or(AddressFault::NoAt)?;
        if domain.contains('@') {
            return Err(AddressFault::Several);
        }
        if mailbox.len() > 64 || text.len() > 254 {
            return Err(AddressFault::TooLong);
        }
        if !is_mailbox(mailbox) {
            return Err(AddressFault::Mailbox);
        }
        let domain = domain.to_ascii_lowercase();
        if !is_domain(&domain) {
            return Err(AddressFault::Domain);
        }
        lettre::Address::from_str(&format!("{mailbox}@{domain}")).map(Self).map_err(|_| AddressFault::Mailbox)
    }

    /// The part after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// What lettre's commands and headers want.
    pub(super) fn for_lettre(&self) -> lettre::Address {
        self.0.clone()
    }
}

/// The bare address, which is what `MAIL`, `RCPT` and the ledger use.
impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// The faults that single characters show, in the order in which they are worth telling.
fn check_characters(text: &str) -> Result<(), AddressFault> {
    if text.is_empty() {
        return Err(AddressFault::Empty);
    }
    if text.chars().any(|one| one.is_control() || matches!(one, '\u{2028}' | '\u{2029}')) {
        return Err(AddressFault::Control);
    }
    if text.contains(['<', '>', '"', '(', ')', '[', ']', '\\', ':']) {
        return Err(AddressFault::Decorated);
    }
    if text.contains([',', ';', ' ', '，', '；', '、']) {
        return Err(AddressFault::Several);
    }
    if text.is_ascii() { Ok(()) } else { Err(AddressFault::NotAscii) }
}

/// The unquoted form of RFC 5321 without the characters that relays or shells give a meaning of their own.
fn is_mailbox(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-='&~#$^".contains(&byte);
    let dots = !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
    !text.is_empty() && dots && !text.starts_with('-') && text.bytes().all(allowed)
}

/// Labels of letters, digits and inner hyphens, at least two of them unless it is `localhost`, the last not a number.
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !label.is_empty() && label.len() <= 63 && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    let last_is_number = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (text == "localhost" || text.contains('.')) && !last_is_number && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_read_and_shown_bare() {
        let long = format!("{}@shop.example", "a".repeat(64));
        for text in
            ["a@shop.example", "li.wei+hr@mail.shop.example", "x_1-2@xn--fiq228c.example", "root@localhost", &long]
        {
            assert_eq!(Address::parse(text).map(|one| one.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Address::parse("  Li@Shop.EXAMPLE ").expect("blanks around").to_string(), "Li@shop.example");
    }

    #[test]
    fn each_fault_is_named() {
        use AddressFault::*;
        let cases = [
            ("", Empty),
            ("a@b.example\r\nBcc: c@d.example", Control),
            ("a@b.example, c@d.example", Several),
            ("Li <a@b.example>", Decorated),
            ("a＠b.example", NotAscii),
            ("a.b.example", NoAt),
            ("a%b@c.example", Mailbox),
            ("a@b", Domain),
            (&format!("{}@b.example", "a".repeat(65)), TooLong),
        ];
        for (text, fault) in cases {
            assert_eq!(Address::parse(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn a_hundred_hostile_texts_are_all_refused() {
        let mut hostile: Vec<String> = [
            "@",
            "a@",
            "@b.example",
            "a@@b.example",
            "a@b@c.example",
            "a@b..example",
            "a@.b.example",
            "a@b.example.",
            "a@-b.example",
            "a@b-.example",
            "a@b_c.example",
            "a@b.example/x",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a@1.2",
            "a@[IPv6:::1]",
            ".a@b.example",
            "a.@b.example",
            "a..b@b.example",
            "-oQ@b.example",
            "a|sh@b.example",
            "`id`@b.example",
            "a!b@c.example",
            "a%b@c.example",
            "/etc/passwd@b.example",
            "a/b@b.example",
            "*@b.example",
            "a?b@c.example",
            "{a,b}@c.example",
            "\"a b\"@c.example",
            "\"a\"@c.example",
            "a\\@b@c.example",
            "a b@c.example",
            "a@b .example",
            "a\t@b.example",
            "a@b.example\n",
            "\ra@b.example",
            "a@b.example\0",
            "a\u{7f}@b.example",
            "a@b.example;c@d.example",
            "a@b.example c@d.example",
            "a@b.example，c@d.example",
            "a@b.example；c@d.example",
            "a@b.example、c@d.example",
            "<a@b.example>",
            "Li <a@b.example>",
            "boss@c.example <a@b.example>",
            "\"boss@c.example\" <a@b.example>",
            "a@b.example (boss)",
            "(boss)a@b.example",
            "@x.example:a@b.example",
            "mailto:a@b.example",
            "a@b.example>",
            "a@b.example> SIZE=1",
            "a@b.example> NOTIFY=NEVER",
            "group:a@b.example;",
            "undisclosed-recipients:;",
            "李@b.example",
            "a@店.example",
            "a＠b.example",
            "ａ@b.example",
            "a@b。example",
            "a\u{202e}@b.example",
            "a\u{200b}@b.example",
            "\u{feff}a@b.example",
            "a@b.example\u{2028}",
            "a\u{a0}@b.example",
            "аdmin@b.example",
            "=?utf-8?q?a?=@b.example",
            "a@b.example?cc=d@e.example",
            "a@b.example#x",
            "a@b.example\\",
            "a@b,example",
            "a@b.example,",
            ",a@b.example",
            "n/a",
            "none",
            "-",
            "无",
            "null",
            "0",
            "a@b",
            "a@b.1",
            "a@.",
            "a@..",
            "a@ ",
            " @b.example",
            "a@b.example\r\nRCPT TO:<c@d.example>",
            "a@b.example\r\n.\r\n",
            "a@b.example%0d%0a",
            "a@b.exam ple",
            "a@b.example\u{85}",
            "a@b.ex\u{ad}ample",
            "[a@b.example]",
            "a@(x)b.example",
            "'a@b.example",
        ]
        .map(str::to_owned)
        .to_vec();
        hostile.pop();
        hostile.push(format!("a@{}.example", "b".repeat(64)));
        hostile.push(format!("{}@b.example", "a".repeat(300)));
        hostile.push(format!("a@{}example", "b.".repeat(140)));
        for control in 0..0x20u8 {
            hostile.push(format!("a{}b@c.example", char::from(control)));
        }
        assert!(hostile.len() >= 100, "{}", hostile.len());
        for text in hostile {
            assert!(Address::parse(&text).is_err(), "{text:?} was taken");
        }
    }
}
