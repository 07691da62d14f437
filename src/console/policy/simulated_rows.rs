//! The rows of a simulation's page and of its spreadsheet.

use crate::console::charts::scale;
use crate::ledger::{TriedAgent, TriedOutcome, TriedTotals};
use crate::words::{Bilingual, Locale};

/// So many ranges of totals at about.
const RANGES: f64 = 8.0;

/// A number of the period before and after.
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Under the scheme in force.
    pub before: String,
    /// Under the draft.
    pub after: String,
}

/// One agent who changes.
pub struct AgentRow {
    /// The staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// What the team is called.
    pub team: String,
    /// Total, place, grade and pay, each before and after where they differ.
    pub cells: [String; 4],
}

impl AgentRow {
    /// The row of an agent.
    pub fn of(one: &TriedAgent, locale: Locale) -> Self {
        let cell = |part: &dyn Fn(&TriedOutcome) -> Option<String>| {
            from_to(one.before.as_ref().and_then(part), one.after.as_ref().and_then(part))
        };
        Self {
            agent: one.agent.clone(),
            name: one.name.clone(),
            team: one.team_name.clone(),
            cells: [
                cell(&|one| one.total.as_deref().map(two_decimals)),
                cell(&|one| one.rank.map(|rank| rank.to_string())),
                cell(&|one| one.grade.as_ref().map(|grade| grade.get(locale).to_owned())),
                cell(&|one| Some(format!("¥{}", one.pay))),
            ],
        }
    }
}

/// `before → after`, or the one where they are the same.
fn from_to(before: Option<String>, after: Option<String>) -> String {
    let word = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "–".to_owned());
    let (before, after) = (word(before), word(after));
    if before == after { before } else { format!("{before} → {after}") }
}

fn two_decimals(total: &str) -> String {
    crate::exact::Exact::parse(total).map_or_else(|| total.to_owned(), |total| total.fixed(2))
}

/// How many are scored, where the totals lie, the grades and what is paid.
pub fn facts(totals: &[TriedTotals; 2], locale: Locale) -> Vec<Fact> {
    let fact = |zh: &str, en: &str, part: &dyn Fn(&TriedTotals) -> String| Fact {
        name: Bilingual::new(zh, en).get(locale).to_owned(),
        before: part(&totals[0]),
        after: part(&totals[1]),
    };
    let five = |place: usize| {
        move |one: &TriedTotals| one.quartiles.as_ref().map_or("–".to_owned(), |five| five[place].clone())
    };
    let mut facts = vec![
        fact("有分数的人", "agents scored", &|one| one.scored.to_string()),
        fact("最低分", "least total", &five(0)),
        fact("下四分位", "lower quartile", &five(1)),
        fact("中位数", "median", &five(2)),
        fact("上四分位", "upper quartile", &five(3)),
        fact("最高分", "greatest total", &five(4)),
        fact("平均分", "mean", &|one| one.mean.clone().unwrap_or_else(|| "–".to_owned())),
    ];
    let mut labels: Vec<&Bilingual> = Vec::new();
    for (label, _) in totals.iter().flat_map(|one| &one.grades) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    for label in labels {
        let count = |one: &TriedTotals| {
            one.grades.iter().find(|(known, _)| known == label).map_or("–".to_owned(), |(_, count)| count.to_string())
        };
        facts.push(fact(&format!("{}（人）", label.zh), &format!("{} (agents)", label.en), &count));
    }
    facts.push(fact("应发合计", "pay-out", &|one| format!("¥{}", one.pay)));
    facts.push(fact("待批准合计", "for approval", &|one| format!("¥{}", one.for_approval)));
    facts
}

/// How many totals lie in each of some even ranges, before and after; a total on a limit lies above it.
pub fn ranges(agents: &[TriedAgent]) -> Vec<(String, Vec<u64>)> {
    let total = |one: &Option<TriedOutcome>| one.as_ref()?.total.as_ref()?.parse::<f64>().ok();
    let sides: [Vec<f64>; 2] = [
        agents.iter().filter_map(|agent| total(&agent.before)).collect(),
        agents.iter().filter_map(|agent| total(&agent.after)).collect(),
    ];
    let all = || sides.iter().flatten().copied();
    let (Some(low), Some(high)) = (all().reduce(f64::min), all().reduce(f64::max)) else { return Vec::new() };
    let (low, _, step) = scale(low, high.max(low + 1.0), RANGES);
    let place = |value: f64| ((value - low) / step).floor() as usize;
    let count = place(high) + 1;
    let range = |index: usize| {
        let from = low + index as f64 * step;
        let digits = usize::from(step < 1.0);
        let counts = sides.iter().map(|side| side.iter().filter(|value| place(**value) == index).count() as u64);
        (format!("{from:.digits$}–{:.digits$}", from + step), counts.collect())
    };
    (0..count).map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(before: Option<&str>, after: Option<&str>) -> TriedAgent {
        let outcome = |total: &str| TriedOutcome { total: Some(total.to_owned()), ..TriedOutcome::default() };
        TriedAgent { before: before.map(outcome), after: after.map(outcome), ..TriedAgent::default() }
    }

    #[test]
    fn totals_are_counted_in_even_ranges_and_a_limit_lies_above() {
        let agents = [agent(Some("61.5"), Some("70")), agent(Some("69.99"), Some("80")), agent(Some("80"), None)];
        let ranges = ranges(&agents);
        let told: Vec<String> = ranges.iter().map(|(name, counts)| format!("{name}: {counts:?}")).collect();
        assert_eq!(told, ["60–65: [1, 0]", "65–70: [1, 0]", "70–75: [0, 1]", "75–80: [0, 0]", "80–85: [1, 1]",]);
        assert!(super::ranges(&[]).is_empty());
    }

    #[test]
    fn what_is_the_same_is_said_once() {
        assert_eq!(AgentRow::of(&agent(Some("60"), Some("60.004")), Locale::En).cells[0], "60.00");
        assert_eq!(AgentRow::of(&agent(None, Some("60")), Locale::En).cells[0], "– → 60.00");
    }
}
