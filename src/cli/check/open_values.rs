//! What schemes leave unset: by whom and when it was filled in, or that a run which needs it is held.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::diag::{Diagnostic, Diagnostics};
use crate::ledger::{Ledger, SchemeValue};
use crate::scheme::{Registry, Scheme};
use crate::settings::{LedgerPlace, Settings};

/// What is known of the values that somebody filled in.
pub(in crate::cli) enum Known {
    /// Nobody can have filled in any: there is no ledger yet.
    None,
    /// What this ledger holds.
    Ledger(Ledger),
    /// A check cannot tell, for this reason.
    Nothing(Diagnostic),
}

/// The ledger of this machine, where one is kept in a file already; a check makes and changes none, and asks no server.
pub(super) fn known(settings: &Settings) -> Known {
    match &settings.ledger {
        LedgerPlace::File(path) if !path.exists() => Known::None,
        LedgerPlace::File(path) => match Ledger::look(path, settings.clock.clone()) {
            Ok(Some(ledger)) => Known::Ledger(ledger),
            Ok(None) => Known::Nothing(Diagnostic::note(
                "what was filled in for schemes is known after the next start: the ledger is of another version",
            )),
            Err(error) => Known::Nothing(unread(&error)),
        },
        LedgerPlace::Server(_) => Known::Nothing(Diagnostic::note(
            "what was filled in for schemes is not known here: a check does not ask the ledger's server",
        )),
    }
}

/// A line for every value that a file leaves unset, and one for all those together of schemes that nobody uses.
pub(super) fn unset(schemes: &Registry, is_used: impl Fn(&str) -> bool, known: &Known) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut unused: BTreeMap<&str, usize> = BTreeMap::new();
    for scheme in schemes.all() {
        let names = scheme.unset();
        if names.is_empty() {
            continue;
        }
        let values = match known {
            Known::Ledger(ledger) => ledger.scheme_values(&scheme.id, &scheme.version),
            Known::None | Known::Nothing(_) => Ok(Vec::new()),
        };
        let values = values.unwrap_or_else(|error| {
            found.push(unread(&error));
            Vec::new()
        });
        for name in names {
            // The last word counts.
            match values.iter().rfind(|value| value.name == name) {
                Some(value) => found.push(filled(scheme, value)),
                None if is_used(&scheme.id) => found.push(open(scheme, &name, known)),
                None => *unused.entry(&scheme.id).or_default() += 1,
            }
        }
    }
    if let Known::Nothing(why) = known {
        found.push(why.clone());
    }
    if !unused.is_empty() {
        let (values, count) = (unused.values().sum::<usize>(), unused.len());
        let text = format!("schemes that no job uses leave values unset: {values} in {count} of them");
        found.push(Diagnostic::note(text).hint("`scorepost scheme list` names them"));
    }
    found
}

fn open(scheme: &Scheme, name: &str, known: &Known) -> Diagnostic {
    let unless = if matches!(known, Known::Nothing(_)) { " unless somebody filled it in" } else { "" };
    Diagnostic::warning(format!("scheme `{}` leaves `{name}` unset; a run that needs it is held{unless}", scheme.id))
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
        let said = |known: &Known| -> Vec<(Severity, String)> {
            let found = unset(&schemes, |scheme| scheme == "presale-weighted", known);
            let ours = |one: &&Diagnostic| one.message.contains("`presale-weighted` leaves `quarrel-penalty`");
            found.sorted().into_iter().filter(ours).map(|one| (one.severity, one.message.clone())).collect()
        };
        let known = Known::Ledger(ledger.clone());
        assert_eq!(said(&known), said(&Known::None));
        assert_eq!(said(&Known::None)[0].0, Severity::Warning);
        let untold = said(&Known::Nothing(Diagnostic::note("on a server"))).remove(0);
        assert!(untold.1.ends_with("is held unless somebody filled it in"), "{}", untold.1);
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
        let all = unset(&schemes, |scheme| scheme == "presale-weighted", &known);
        let open = all.sorted().iter().filter(|one| one.severity == Severity::Warning).count();
        let together = all.sorted().iter().filter(|one| one.message.contains("that no job uses")).count();
        assert_eq!((open, together), (0, 1));
        let (severity, told) = said(&known).remove(0);
        assert_eq!(severity, Severity::Note);
        assert!(told.ends_with("`hr` filled in -5 on 2026-11-03: agreed"), "{told}");
    }
}
