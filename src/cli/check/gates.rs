//! Gates of jobs about tables that nothing fills: they would hold every run, or none.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::{Gate, GateKind, Job, Jobs};
use crate::source::{Source, Table};
use crate::tables;

/// What is wrong with the gates of all jobs; a job whose sources could not all be read may be right.
pub(super) fn unfilled(jobs: &Jobs, sources: &BTreeMap<String, Source>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for job in jobs.all() {
        let read: Option<Vec<&Source>> = job.sources.iter().map(|id| sources.get(id)).collect();
        let Some(read) = read else { continue };
        for gate in &job.gates {
            wrong(job, gate, &read).into_iter().for_each(|one| found.push(one));
        }
    }
    found
}

fn wrong(job: &Job, gate: &Gate, sources: &[&Source]) -> Vec<Diagnostic> {
    let Some(place) = &gate.place else { return Vec::new() };
    let all: BTreeSet<Table> = sources.iter().flat_map(|source| source.fills()).collect();
    let empty = gate.tables().into_iter().filter(|table| !tables::can_have(*table, &all)).map(|table| {
        let message =
            format!("no source of job `{}` fills the table `{}`, which a gate looks at", job.id, table.name());
        Diagnostic::error(message).hint(format!("they fill {}", listed(&all)))
    });
    let foreign = pairs(gate).into_iter().filter_map(|(id, table)| {
        let filled = sources.iter().find(|source| source.id == id)?.fills();
        let message = format!("source `{id}` does not fill the table `{}`, which a gate looks at", table.name());
        let hint = format!("it fills {}", listed(&filled));
        (!filled.contains(&table)).then(|| Diagnostic::error(message).hint(hint))
    });
    empty.chain(foreign).map(|one| one.at(place.clone())).collect()
}

/// The tables that a gate looks at in what one source gave.
fn pairs(gate: &Gate) -> Vec<(&str, Table)> {
    match &gate.kind {
        GateKind::Totals { sum, with } => {
            [sum, with].into_iter().filter_map(|side| Some((side.source.as_deref()?, side.table))).collect()
        }
        GateKind::EmptyDays { table, .. } | GateKind::Range { table, .. } => {
            gate.source.as_deref().map(|source| (source, *table)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn listed(tables: &BTreeSet<Table>) -> String {
    tables.iter().map(|table| format!("`{}`", table.name())).collect::<Vec<String>>().join(", ")
}
