//! What schemes leave unset: by whom and when it was filled in, or that a run which needs it is held.

use std::fmt::Display;

use crate::diag::{Diagnostic, Diagnostics};
use crate::ledger::{Ledger, SchemeValue};
use crate::scheme::{Registry, Scheme};
use crate::settings::{LedgerPlace, Settings};

/// The ledger of this machine, where one is kept in a file already; a check makes none and asks no server.
pub(super) fn kept_ledger(settings: &Settings) -> Result<Option<Ledger>, Diagnostic> {
    match &settings.ledger {
        LedgerPlace::File(path) if path.exists() => {
            Ledger::open_at(&settings.ledger, settings.clock.clone()).map(Some).map_err(|error| unread(&error))
        }
        LedgerPlace::File(_) | LedgerPlace::Server(_) => Ok(None),
    }
}

/// A line for every value that a file leaves unset.
pub(super) fn unset(schemes: &Registry, ledger: Option<&Ledger>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for scheme in schemes.all() {
        let names = scheme.unset();
        if names.is_empty() {
            continue;
        }
        let values = ledger.map_or_else(|| Ok(Vec::new()), |ledger| ledger.scheme_values(&scheme.id, &scheme.version));
        let values = values.unwrap_or_else(|error| {
            found.push(unread(&error));
            Vec::new()
        });
        for name in names {
            // The last word counts.
            found.push(match values.iter().rfind(|value| value.name == name) {
                Some(value) => filled(scheme, value),
                None => open(scheme, &name),
            });
        }
    }
    found
}

fn open(scheme: &Scheme, name: &str) -> Diagnostic {
    Diagnostic::warning(format!("scheme `{}` leaves `{name}` unset; a run that needs it is held", scheme.id))
        .at(scheme.file.place(0..0))
        .hint("write the value, mark an assumption with its reason, or fill it in with `scorepost scheme fill`")
}

fn filled(scheme: &Scheme, value: &SchemeValue) -> Diagnostic {
    let SchemeValue { name, value, who, at, reason, .. } = value;
    let (value, day) = (value.trimmed(6), at.format("%Y-%m-%d"));
    Diagnostic::note(format!(
        "scheme `{}` leaves `{name}` unset; `{who}` filled in {value} on {day}: {reason}",
        scheme.id
    ))
    .at(scheme.file.place(0..0))
}

fn unread(error: &dyn Display) -> Diagnostic {
    Diagnostic::warning(format!("what was filled in for schemes is not known: {error:#}"))
        .hint("`scorepost ledger check` looks into it")
}
