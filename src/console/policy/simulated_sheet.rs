//! A simulation for a spreadsheet.

use crate::ledger::{TriedAgent, TriedOutcome};
use crate::words::Locale;

/// A simulation for a spreadsheet: one row per agent and period, before and after.
pub struct SimulatedSheet(csv::Writer<Vec<u8>>);

/// The columns of the spreadsheet.
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

impl SimulatedSheet {
    /// The head alone: UTF-8 with a mark, so that spreadsheets show Chinese.
    pub fn new() -> anyhow::Result<Self> {
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(COLUMNS)?;
        Ok(Self(writer))
    }

    /// Everybody of one period.
    pub fn add(&mut self, period: &str, agents: &[TriedAgent], locale: Locale) -> anyhow::Result<()> {
        for one in agents {
            let mut cells: Vec<String> =
                [period, &one.agent, &one.name, &one.team, &one.team_name].into_iter().map(harmless).collect();
            let mut pair = |part: &dyn Fn(&TriedOutcome) -> Option<String>| {
                cells.extend([&one.before, &one.after].map(|side| side.as_ref().and_then(part).unwrap_or_default()));
            };
            pair(&|one| one.total.clone());
            pair(&|one| one.rank.map(|rank| rank.to_string()));
            pair(&|one| one.grade.as_ref().map(|grade| harmless(grade.get(locale))));
            pair(&|one| Some(one.pay.clone()));
            pair(&|one| Some(one.for_approval.clone()));
            pair(&|one| Some(harmless(&one.proposals.join(" "))));
            self.0.write_record(&cells)?;
        }
        Ok(())
    }

    /// The file.
    pub fn bytes(self) -> anyhow::Result<Vec<u8>> {
        self.0.into_inner().map_err(|error| anyhow::anyhow!("a spreadsheet could not be written: {error}"))
    }
}

/// A text that a spreadsheet would compute is quoted by an apostrophe.
fn harmless(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
