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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::clock::Clock;
    use crate::diag::Severity;
    use crate::exact::Exact;
    use crate::ledger::NewSchemeValue;

    #[test]
    fn what_was_filled_in_is_told_with_author_and_day_and_the_rest_is_warned_of() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
        let (schemes, _) = Registry::review(&folder);
        let ledger = Ledger::open_in_memory(Clock::fixed("2026-11-03T09:00:00Z".parse().expect("an instant")));
        let ledger = ledger.expect("a ledger");
        let said = |ledger: Option<&Ledger>| -> Vec<(Severity, String)> {
            let found = unset(&schemes, ledger);
            let ours = |one: &&Diagnostic| one.message.contains("`presale-weighted` leaves `quarrel-penalty`");
            found.sorted().into_iter().filter(ours).map(|one| (one.severity, one.message.clone())).collect()
        };
        assert_eq!(said(Some(&ledger)), said(None));
        assert_eq!(said(None)[0].0, Severity::Warning);
        let scheme = schemes.all().iter().find(|one| one.id == "presale-weighted").expect("the scheme");
        let (version, value) = (scheme.version.as_str(), Exact::whole(-5));
        let new = NewSchemeValue {
            scheme: "presale-weighted",
            version,
            name: "quarrel-penalty",
            value: &value,
            reason: "agreed",
            who: "hr",
        };
        ledger.fill_scheme_value(&new).expect("filled in");
        let (severity, told) = said(Some(&ledger)).remove(0);
        assert_eq!(severity, Severity::Note);
        assert!(told.ends_with("`hr` filled in -5 on 2026-11-03: agreed"), "{told}");
    }
}
