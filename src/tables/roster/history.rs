//! One person out of several rows with their validity.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::period::Period;

use super::member::{Member, Role};

/// What the rows of all people come to.
#[derive(Debug, Default)]
pub struct People {
    /// One row a person, by staff number: where they are scored, or where they lead now.
    pub members: Vec<Member>,
    /// The rows of the managers in office at the cut-off, by staff number.
    pub managers: Vec<Member>,
    /// The rows by which somebody led a team on some day of the period or leads it at the cut-off, and whether they do.
    pub leads: Vec<(Member, bool)>,
    /// Staff numbers of which two rows hold on the same day.
    pub repeated: BTreeSet<String>,
}

/// Chooses a row for everybody who worked on some day of the period, and for the managers in office at the cut-off.
pub fn choose(rows: Vec<Member>, period: &Period, cut_off: NaiveDate) -> People {
    let mut people = People::default();
    for (id, rows) in by_number(rows, period, cut_off) {
        if contradict(&rows) {
            people.repeated.insert(id);
        }
        let leads = rows.iter().filter(|row| row.role == Role::Manager);
        people.leads.extend(leads.map(|row| (row.clone(), row.leads_on(cut_off))));
        let manager = rows.iter().find(|row| row.leads_on(cut_off));
        people.managers.extend(manager.cloned());
        people.members.extend(scored_row(&rows, period).or(manager).cloned());
    }
    people
}

/// The rows that matter now, in the order of the table.
fn by_number(rows: Vec<Member>, period: &Period, cut_off: NaiveDate) -> BTreeMap<String, Vec<Member>> {
    let mut people: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.works_in(period) || row.leads_on(cut_off)) {
        people.entry(row.id.clone()).or_default().push(row);
    }
    people
}

fn contradict(rows: &[Member]) -> bool {
    rows.iter().enumerate().any(|(place, row)| rows[place + 1..].iter().any(|other| row.contradicts(other)))
}

/// The row that holds on the period's last day, else the one that held last; of contradicting rows the first.
fn scored_row<'a>(rows: &'a [Member], period: &Period) -> Option<&'a Member> {
    let working = rows.iter().filter(|row| row.works_in(period));
    let on_last_day = working.clone().find(|row| row.holds_on(period.last_day()));
    // A maximum keeps the last of equal ones, so it goes backwards.
    on_last_day.or_else(|| working.rev().max_by_key(|row| row.active_to))
}
