//! What a relay offers beyond the plain dialogue, as its answer to `EHLO` says.

/// The extensions that lettre does not know and we make use of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    /// RFC 2920: several commands may go out in one write.
    pub(super) pipelining: bool,
    /// RFC 3461: it reports what becomes of a letter.
    pub(super) dsn: bool,
    /// RFC 1870: the largest letter that it takes, where it says so.
    pub(super) size: Option<u64>,
}

impl Offers {
    /// Reads the replies since the connection began; only lines of the last one, of code 250, name extensions.
    pub(super) fn read(heard: &str) -> Self {
        let mut offers = Self::default();
        // The first line of the reply is the relay's name, which may be anything.
        let lines = heard.lines().filter_map(|line| line.strip_prefix("250-").or_else(|| line.strip_prefix("250 ")));
        for line in lines.skip(1) {
            let mut words = line.split_ascii_whitespace();
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "PIPELINING" => offers.pipelining = true,
                "DSN" => offers.dsn = true,
                // Nought means that there is no fixed limit.
                "SIZE" => offers.size = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0),
                _ => {}
            }
        }
        offers
    }

    /// Why the relay would refuse a letter of so many bytes, if it says that it would.
    pub(super) fn too_large(&self, bytes: usize) -> Option<String> {
        let most = self.size.filter(|most| bytes as u64 > *most)?;
        Some(format!(
            "the letter has {bytes} bytes and the relay takes at most {most}: raise its limit, or make the PDF smaller"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read_from_the_last_reply() {
        let heard = "220 pipelining\r\n250-PIPELINING\r\n250-size 1000\r\n250-DSN\r\n250 HELP\r\n";
        assert_eq!(Offers::read(heard), Offers { pipelining: false, dsn: true, size: Some(1000) });
        assert!(Offers::read("250-relay\r\n250 PIPELINING\r\n").pipelining);
        assert_eq!(Offers::read("250-relay\r\n250 SIZE 0\r\n").size, None);
        assert_eq!(Offers::read("220 relay\r\n250 relay\r\n"), Offers::default());
    }

    #[test]
    fn a_letter_is_too_large_above_the_limit_only() {
        let offers = Offers { size: Some(1000), ..Offers::default() };
        assert_eq!(offers.too_large(1000), None);
        assert!(offers.too_large(1001).is_some_and(|why| why.contains("1001") && why.contains("1000")));
        assert_eq!(Offers::default().too_large(usize::MAX), None);
    }
}
