//! `[monitor]`: how monitors reach `/metrics`, and when the disk counts as full.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Variables;

/// The variable that holds the token which monitors must send.
const TOKEN: &str = "SCOREPOST_MONITOR_TOKEN";

/// How monitors are let in.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// Where they are answered, if not where the console is.
    pub listen: Option<SocketAddr>,
    /// What they send as `Authorization: Bearer …` for `/metrics`, if anything.
    pub token: Option<String>,
    /// Fewer free bytes than this on the data folder's disk are too few.
    pub least_free: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Written {
    listen: Option<String>,
    least_free_mib: u64,
}

impl Default for Written {
    fn default() -> Self {
        Self { listen: None, least_free_mib: 512 }
    }
}

impl Written {
    pub(super) fn check(self, variables: &Variables, found: &mut Diagnostics) -> Monitor {
        let listen = variables.get("SCOREPOST_MONITOR_LISTEN").map(str::to_owned).or(self.listen);
        Monitor {
            listen: listen.and_then(|text| address(&text, found)),
            token: variables.get(TOKEN).map(str::to_owned),
            least_free: self.least_free_mib.saturating_mul(1024 * 1024),
        }
    }
}

fn address(text: &str, found: &mut Diagnostics) -> Option<SocketAddr> {
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let wrong = Diagnostic::error(format!("`{text}` is not an address such as 127.0.0.1:9464"));
        found.push(wrong.hint("it is `listen` in `[monitor]`, or `SCOREPOST_MONITOR_LISTEN`"));
    }
    parsed
}
