//! The gates of a job that writes none.

use super::{Days, Gate, GateKind, Severity, Tolerance};
use crate::exact::Exact;
use crate::source::Table;

/// Tables of single facts that a shop has every day; a day without any is worth a look.
const EVERY_DAY: [&str; 3] = ["chats", "orders", "calls"];

/// Unmapped rows up to this share are told account by account and hold nothing.
const UNMAPPED: &str = "5%";

/// The written gates, and those that stand beside them: of each kind, or table, of which none is written for all sources.
pub(super) fn with_standing(written: Vec<Gate>) -> Vec<Gate> {
    let missing: Vec<Gate> = standing().filter(|one| !written.iter().any(|gate| stands_for(gate, one))).collect();
    written.into_iter().chain(missing).collect()
}

fn stands_for(written: &Gate, standing: &Gate) -> bool {
    written.source.is_none()
        && match (&written.kind, &standing.kind) {
            (GateKind::EmptyDays { table, .. }, GateKind::EmptyDays { table: other, .. }) => table == other,
            (GateKind::UnmappedAccounts { table } | GateKind::Duplicates { table }, _) if table.is_some() => false,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
}

fn standing() -> impl Iterator<Item = Gate> {
    let gate = |kind, tolerance, severity| Gate { kind, source: None, tolerance, severity, place: None };
    let unmapped = Exact::parse(UNMAPPED).map_or_else(Tolerance::none, Tolerance::Share);
    let tables = EVERY_DAY.into_iter().filter_map(Table::from_name);
    let days = move |table| gate(GateKind::EmptyDays { table, days: Days::Every }, Tolerance::none(), Severity::Note);
    [
        gate(GateKind::Declared, Tolerance::none(), Severity::Hold),
        gate(GateKind::OrdersWithoutChats, Tolerance::none(), Severity::Note),
        gate(GateKind::UnmappedAccounts { table: None }, unmapped, Severity::Hold),
        gate(GateKind::SharedAccounts, Tolerance::none(), Severity::Hold),
        gate(GateKind::Duplicates { table: None }, Tolerance::none(), Severity::Note),
    ]
    .into_iter()
    .chain(tables.map(days))
}
