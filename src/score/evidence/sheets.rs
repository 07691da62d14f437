//! Check sheets: what applied, what passed (R08).

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::tables::Tables;

/// What a sheet says of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::score) enum Verdict {
    /// Every check of it passed.
    Passed,
    /// A check of it failed.
    Failed,
    /// It did not apply.
    NotApplicable,
    /// Nobody checked it.
    Unchecked,
}

/// Verdicts by agent and item.
#[derive(Debug, Default)]
pub(in crate::score) struct Sheets {
    found: BTreeMap<(String, String), Verdict>,
}

impl Sheets {
    /// Reads the table `checklist_results`; one failed check fails the item.
    pub(in crate::score) fn read(tables: &Tables) -> anyhow::Result<Self> {
        let mut sheets = Self::default();
        let Some(table) = tables.lazy("checklist_results") else { return Ok(sheets) };
        let texts = ["agent_id", "item_id"].iter().map(|name| col(*name).cast(DataType::String));
        let frame = table.select(texts.chain([col("applies"), col("passed")]).collect::<Vec<Expr>>()).collect()?;
        let (agents, items) = (frame.column("agent_id")?.str()?, frame.column("item_id")?.str()?);
        let (applies, passed) = (frame.column("applies")?.bool()?, frame.column("passed")?.bool()?);
        for row in 0..frame.height() {
            let (Some(agent), Some(item)) = (agents.get(row), items.get(row)) else { continue };
            let verdict = match (applies.get(row), passed.get(row)) {
                (Some(false), _) => Verdict::NotApplicable,
                (_, Some(true)) => Verdict::Passed,
                (_, Some(false)) => Verdict::Failed,
                (_, None) => continue,
            };
            let known = sheets.found.entry((agent.to_owned(), item.to_owned())).or_insert(verdict);
            *known = worse(*known, verdict);
        }
        Ok(sheets)
    }

    /// What was found for an agent.
    pub(in crate::score) fn of(&self, agent: &str, item: &str) -> Verdict {
        self.found.get(&(agent.to_owned(), item.to_owned())).copied().unwrap_or(Verdict::Unchecked)
    }
}

fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
        (Verdict::Passed, _) | (_, Verdict::Passed) => Verdict::Passed,
        (one, _) => one,
    }
}
