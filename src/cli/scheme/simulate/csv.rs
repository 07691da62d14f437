//! A simulation for a spreadsheet: one row per agent and period, before and after.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::console::SimulatedSheet;
use crate::ledger::TriedAgent;
use crate::pipeline::Simulation;
use crate::scheduler::tried;
use crate::words::Locale;

/// Opens the file before anything is computed, so that a path that cannot be written is said at once.
pub(super) fn open(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    // It holds people's pay.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Writes everybody, changed or not.
pub(super) fn write(mut file: File, simulation: &Simulation, locale: Locale) -> anyhow::Result<()> {
    let mut sheet = SimulatedSheet::new()?;
    for one in &simulation.periods {
        let tried: Vec<TriedAgent> = one.changes.iter().map(tried).collect();
        sheet.add(&one.period.name(), &tried, locale)?;
    }
    file.set_len(0)?;
    Ok(file.write_all(&sheet.bytes()?)?)
}
