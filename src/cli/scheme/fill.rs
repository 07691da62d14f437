//! `scheme fill`: a value that a scheme leaves unset, filled in by a person and kept in the ledger.

use serde_json::json;

use crate::cli::fault::Fault;
use crate::diag::{Diagnostic, Diagnostics, known_names};
use crate::exact::Exact;
use crate::ledger::{Ledger, NewSchemeValue, SchemeValue};
use crate::scheme::{Fill, Registry, Scheme};
use crate::score;
use crate::settings::Settings;
use crate::words::Locale;

use super::super::arguments::FillOptions;
use super::super::printer::Printer;
use super::super::{Ending, who};
use super::folder;

/// Fills in one value, or lists what is unset and what was filled in.
pub(super) fn fill(settings: &Settings, options: &FillOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let (registry, _) = Registry::review(&folder(settings));
    let scheme = version(&registry, options)?;
    let ledger = Ledger::open_at(&settings.ledger, settings.clock.clone())?;
    if let (Some(name), Some(value)) = (&options.name, &options.value) {
        record(settings, &ledger, scheme, (name, value), options.reason.as_deref().unwrap_or_default())?;
    }
    list(&ledger, scheme, settings.locale, printer)
}

/// The version that is meant; the newest of several.
fn version<'a>(registry: &'a Registry, options: &FillOptions) -> Result<&'a Scheme, Diagnostics> {
    let of_id = || registry.all().iter().filter(|scheme| scheme.id == options.scheme);
    let meant = of_id().rfind(|scheme| options.version.as_ref().is_none_or(|version| scheme.version == *version));
    meant.ok_or_else(|| {
        let known: Vec<&str> = registry.all().iter().map(|scheme| scheme.id.as_str()).collect();
        let hint = match of_id().next() {
            Some(_) => format!("versions: {}", of_id().map(|one| one.version.as_str()).collect::<Vec<_>>().join(", ")),
            None => known_names(&options.scheme, known),
        };
        Diagnostic::error(format!("there is no such version of a scheme `{}`", options.scheme)).hint(hint).into()
    })
}

fn record(
    settings: &Settings,
    ledger: &Ledger,
    scheme: &Scheme,
    (name, value): (&str, &str),
    reason: &str,
) -> anyhow::Result<()> {
    let number = Exact::parse(value).ok_or_else(|| Fault::Usage(format!("`{value}` is not a number")))?;
    let unset = scheme.unset();
    if !unset.iter().any(|known| known == name) {
        let wrong = Diagnostic::error(format!("scheme `{}` leaves no `{name}` unset", scheme.id));
        return Err(Diagnostics::from(wrong.hint(format!("unset: {}", unset.join(", ")))).into());
    }
    if reason.trim().is_empty() {
        return Err(Fault::Usage("say why with --reason".to_owned()).into());
    }
    let fill = |one: &SchemeValue| Fill {
        name: one.name.clone(),
        value: one.value.clone(),
        who: one.who.clone(),
        day: one.at.date_naive(),
        reason: one.reason.clone(),
    };
    let mut fills: Vec<Fill> = ledger.scheme_values(&scheme.id, &scheme.version)?.iter().map(fill).collect();
    let (who, day) = (who(), settings.clock.now().date_naive());
    fills.push(Fill { name: name.to_owned(), value: number.clone(), who: who.clone(), day, reason: reason.to_owned() });
    // Refused before it is written when the rules do not hold with it.
    score::compile(&scheme.filled(&fills)?)?;
    let (scheme, version) = (&scheme.id, &scheme.version);
    ledger.fill_scheme_value(&NewSchemeValue { scheme, version, name, value: &number, reason, who: &who })
}

fn list(ledger: &Ledger, scheme: &Scheme, locale: Locale, printer: &Printer) -> anyhow::Result<Ending> {
    let values = ledger.scheme_values(&scheme.id, &scheme.version)?;
    let last = |name: &String| values.iter().rfind(|one| one.name == *name);
    let row = |name: String| {
        let filled = last(&name);
        let cell = |part: &dyn Fn(&SchemeValue) -> String| filled.map_or_else(|| "-".to_owned(), part);
        let (value, who) = (cell(&|one| one.value.trimmed(6)), cell(&|one| one.who.clone()));
        vec![name, value, who, cell(&|one| one.at.format("%Y-%m-%d").to_string()), cell(&|one| one.reason.clone())]
    };
    let head = match locale {
        Locale::Zh => ["未设定", "填为", "填写人", "日期", "理由"],
        Locale::En => ["unset", "filled in", "by", "on", "why"],
    };
    printer.table(&head, scheme.unset().into_iter().map(row).collect());
    let open: Vec<String> = scheme.unset().into_iter().filter(|name| last(name).is_none()).collect();
    printer.document(&json!({
        "scheme": scheme.id, "version": scheme.version, "unset": open,
        "filled": values.iter().map(|one| json!({
            "name": one.name, "value": one.value.trimmed(12), "by": one.who, "at": one.at.to_rfc3339(), "reason": one.reason,
        })).collect::<Vec<_>>(),
    }));
    Ok(Ending::Done)
}
