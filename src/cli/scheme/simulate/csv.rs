//! A simulation for a spreadsheet: one row per agent and period, before and after.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::pipeline::{SchemeChange, SchemeOutcome, Simulation};
use crate::words::Locale;

use super::cells::{reached, yuan};

const COLUMNS: [&str; 17] = [
    "period",
    "agent_id",
    "name",
    "team_id",
    "team",
    "total_before",
    "total_after",
    "rank_before",
    "rank_after",
    "grade_before",
    "grade_after",
    "pay_before",
    "pay_after",
    "for_approval_before",
    "for_approval_after",
    "proposals_before",
    "proposals_after",
];

/// Opens the file before anything is computed, so that a path that cannot be written is said at once.
pub(super) fn open(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    // It holds people's pay.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Writes everybody, changed or not: UTF-8 with a mark, so that spreadsheets show Chinese.
pub(super) fn write(mut file: File, simulation: &Simulation, locale: Locale) -> anyhow::Result<()> {
    file.set_len(0)?;
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(COLUMNS)?;
    for one in &simulation.periods {
        for change in &one.changes {
            writer.write_record(record(&one.period.name(), change, locale))?;
        }
    }
    Ok(writer.flush()?)
}

fn record(period: &str, change: &SchemeChange, locale: Locale) -> Vec<String> {
    let people = [period, &change.agent, &change.name, &change.team, &change.team_name];
    let mut cells: Vec<String> = people.into_iter().map(harmless).collect();
    let mut pair = |cell: &dyn Fn(&SchemeOutcome) -> Option<String>| {
        cells.extend([&change.before, &change.after].map(|one| one.as_ref().and_then(cell).unwrap_or_default()));
    };
    pair(&|one| reached(Some(one)).map(|one| one.total.trimmed(12)));
    pair(&|one| reached(Some(one)).map(|one| one.rank.to_string()));
    pair(&|one| reached(Some(one)).map(|one| harmless(one.grade.get(locale))));
    pair(&|one| Some(yuan(&one.pay)));
    pair(&|one| Some(yuan(&one.for_approval)));
    pair(&|one| Some(one.proposals.join(" ")));
    cells
}

/// A text that a spreadsheet would compute is quoted by an apostrophe.
fn harmless(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
