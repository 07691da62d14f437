//! Conditions that hold for several periods running (R18), over the results that were kept.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::consequence::Streak;
use crate::scheme::formula::{Env, Name, Scope, Value};
use crate::scheme::{Amount, Gaps, Scheme};
use crate::tables::Member;
use crate::words::Bilingual;

use super::PastResult;
use super::appraisal::Proposal;
use super::desk::Desk;

/// One period's result as expressions see it.
struct Then<'a> {
    scheme: &'a Scheme,
    result: &'a PastResult,
}

impl Env for Then<'_> {
    fn value(&self, name: &Name) -> Value {
        if name.scope != Scope::Own {
            return Value::Missing;
        }
        let whole = |number: Option<u32>| Value::of(number.map(|number| Exact::whole(number.into())));
        match name.id.as_str() {
            "total" => Value::of(self.result.total.clone()),
            "rank" => whole(self.result.rank),
            "ranked" => whole(self.result.ranked),
            "grade" => Value::text(self.result.grade.as_deref()),
            id if self.scheme.is_mark(id) => Value::Truth(self.result.marks.contains(id)),
            id => match self.scheme.parameters.iter().find(|one| one.id == id).map(|one| &one.value) {
                Some(Amount::Known(number)) => Value::Number(number.clone()),
                Some(Amount::Unset(lacking)) => Value::Unset(lacking.clone()),
                None => Value::Missing,
            },
        }
    }

    fn members(&self, _: &dyn Fn(&dyn Env) -> Value) -> Vec<Value> {
        Vec::new()
    }
}

/// How many periods before this one a streak looks at. A gap that is passed over must end somewhere: none is looked for
/// beyond four times its length.
pub(super) fn reaches_back(streak: &Streak) -> u32 {
    (streak.periods * 4).saturating_sub(1)
}

/// What a streak proposes for an agent, or the name of what is unset in its condition.
pub(super) fn proposal(
    desk: &Desk<'_>,
    streak: &Streak,
    member: &Member,
    past: &BTreeMap<Period, &PastResult>,
) -> Result<Option<Proposal>, String> {
    let (mut held, mut open) = (Vec::new(), None);
    let now = result_now(desk, member);
    let mut period = desk.facts.period;
    for _ in 0..=reaches_back(streak) {
        let result = if period == desk.facts.period { Some(&now) } else { past.get(&period).copied() };
        match result.filter(|result| result.total.is_some()) {
            Some(result) => match streak.when.evaluate(&Then { scheme: desk.facts.scheme, result }) {
                Value::Truth(true) => held.push(result),
                Value::Unset(name) => {
                    open = Some(name);
                    held.push(result);
                }
                _ => break,
            },
            None if streak.gaps == Gaps::Skip => {}
            None => break,
        }
        if held.len() == streak.periods as usize {
            // Where a threshold is unset, nobody can say whether it held.
            return match open {
                Some(name) => Err(name),
                None => Ok(Some(propose(streak, &held))),
            };
        }
        period = period.previous();
    }
    Ok(None)
}

fn result_now(desk: &Desk<'_>, member: &Member) -> PastResult {
    let place = desk.results.places.get(&member.id).copied();
    let grade = desk.results.grades.get(&member.id).and_then(|place| desk.facts.scheme.grades.get(*place));
    PastResult {
        agent: member.id.clone(),
        team: member.team_id.clone(),
        period: desk.facts.period,
        total: desk.results.totals.get(&member.id).cloned(),
        rank: place.map(|place| place.0),
        ranked: place.map(|place| place.1),
        grade: grade.map(|grade| grade.id.clone()),
        marks: desk.results.marks.get(&member.id).cloned().unwrap_or_default(),
    }
}

fn propose(streak: &Streak, held: &[&PastResult]) -> Proposal {
    let one = |result: &&PastResult| {
        let total = result.total.as_ref().map_or("-".to_owned(), |total| total.fixed(2));
        match (result.rank, result.ranked) {
            (Some(rank), Some(ranked)) => format!("{} {total} ({rank}/{ranked})", result.period),
            _ => format!("{} {total}", result.period),
        }
    };
    let periods: Vec<String> = held.iter().rev().map(one).collect();
    Proposal {
        rule: streak.id.clone(),
        kind: streak.kind.clone(),
        text: streak.propose.clone(),
        evidence: Bilingual::new(
            format!("连续 {} 期：{}", streak.periods, periods.join("、")),
            format!("{} periods running: {}", streak.periods, periods.join(", ")),
        ),
        amount: None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::diag::AuthoredFile;
    use crate::scheme::Scheme;

    #[test]
    fn results_are_read_as_far_back_as_streaks_and_trends_look() {
        let reach = |id: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("jobs/schemes/{id}.toml"));
            crate::score::reaches_back(&Scheme::parse(&AuthoredFile::read(&path).expect("a file")).expect("a scheme"))
        };
        assert_eq!(reach("presale-weighted"), 5, "a trend of five periods, and no streak");
        assert_eq!(reach("presale-kpi-pool"), 11, "three periods running, with gaps among the eleven before this one");
    }
}
