//! What was worked out by hand against what was scored.

use std::collections::BTreeSet;

use crate::exact::Exact;
use crate::score::appraisal::{Alert, Beyond, Card, Level, Line, Sighting, Standing};

use super::Trial;
use super::story::{Expect, ExpectAlert, ExpectTeam, number};

/// One sentence for each expectation that does not hold.
pub(super) fn differences(trial: &Trial) -> Vec<String> {
    let mut found = Vec::new();
    for expect in &trial.story.expect {
        match trial.appraisal.cards.iter().find(|card| card.agent.id == expect.agent) {
            Some(card) => about(trial, expect, card, &mut found),
            None if expect.scored == Some(false) => {}
            None => found.push(format!("{}: there is no card", expect.agent)),
        }
    }
    for expect in &trial.story.expect_team {
        group(trial, expect, &mut found);
    }
    for expect in &trial.story.expect_finding {
        let mut all = trial.appraisal.findings.iter().chain(&trial.findings);
        let is_it = |finding: &crate::finding::Finding| {
            let about = expect.about.as_ref();
            finding.code == expect.code
                && about.is_none_or(|about| {
                    finding.subject.as_ref() == Some(about) || finding.text.en.contains(about.as_str())
                })
        };
        if !all.any(is_it) {
            let about = expect.about.as_ref().map(|about| format!(" about `{about}`")).unwrap_or_default();
            found.push(format!("no finding `{}`{about}", expect.code));
        }
    }
    if !trial.story.expect_alert.is_empty() {
        found.extend(alerts(trial));
    }
    found
}

/// Alerts that were not expected, and expected ones that are not there.
fn alerts(trial: &Trial) -> Vec<String> {
    let expected: BTreeSet<String> = trial.story.expect_alert.iter().map(expected_alert).collect();
    let alerts = trial.appraisal.alerts.iter();
    let got: BTreeSet<String> =
        alerts.flat_map(|alert| alert.sightings.iter().map(move |one| alert_shown(alert, one))).collect();
    let missing = expected.difference(&got).map(|one| format!("no alert `{one}`"));
    missing.chain(got.difference(&expected).map(|one| format!("an alert that is not expected: `{one}`"))).collect()
}

fn expected_alert(one: &ExpectAlert) -> String {
    let limit = one.limit.iter().map(|limit| format!(", limit {}", normal(limit)));
    let mean = one.mean.iter().map(|mean| format!(", mean of {} days {}", one.days.unwrap_or(0), normal(mean)));
    let beyond: String = limit.chain(mean).collect();
    format!("{} {} {} {}{beyond}", one.watch, one.agent, one.at, normal(&one.value))
}

fn alert_shown(alert: &Alert, one: &Sighting) -> String {
    let limit = |beyond: &Beyond| match beyond {
        Beyond::Above(limit) | Beyond::Below(limit) => format!(", limit {}", limit.notation()),
        Beyond::Worse { mean, days, .. } => format!(", mean of {days} days {}", mean.notation()),
    };
    let beyond: String = one.beyond.iter().map(limit).collect();
    format!("{} {} {} {}{beyond}", alert.watch, alert.about, one.at.en, shown(one.measured.value.as_ref()))
}

fn about(trial: &Trial, expect: &Expect, card: &Card, found: &mut Vec<String>) {
    let agent = &expect.agent;
    let mut differ = |what: String, expected: &str, got: String| {
        if expected != got {
            found.push(format!("{agent}: {what} should be {expected}, is {got}"));
        }
    };
    let (total, rank, grade) = match &card.standing {
        Standing::Scored { total, rank, grade_id, .. } => (Some(total), Some(*rank), Some(grade_id)),
        Standing::NotScored { .. } => (None, None, None),
    };
    if let Some(scored) = expect.scored {
        differ("scored".to_owned(), &scored.to_string(), total.is_some().to_string());
    }
    if let Some(expected) = &expect.total {
        differ("the total".to_owned(), &normal(expected), shown(total));
    }
    if let Some(expected) = expect.rank {
        differ(
            "the rank".to_owned(),
            &expected.to_string(),
            rank.map_or("missing".to_owned(), |rank| rank.to_string()),
        );
    }
    if let Some(expected) = &expect.grade {
        differ("the grade".to_owned(), expected, grade.cloned().unwrap_or_else(|| "missing".to_owned()));
    }
    for (id, expected) in &expect.points {
        let line = card.lines.iter().find(|line| line.id == *id);
        differ(format!("points of `{id}`"), &normal(expected), line.map_or("not a line".to_owned(), points));
    }
    for (id, expected) in &expect.levels {
        let level = card.lines.iter().find(|line| line.id == *id).and_then(|line| line.level.as_ref());
        differ(format!("the level of `{id}`"), expected, level.map_or("none".to_owned(), |level| level.id.clone()));
    }
    for (id, expected) in &expect.values {
        let value = trial.values.get(agent).and_then(|values| values.get(id));
        differ(format!("`{id}`"), &normal(expected), value.map_or("not a name".to_owned(), value_shown));
    }
    for (id, expected) in &expect.money {
        let amount = card.money.iter().find(|line| line.id == *id).map(|line| line.amount.clone());
        let amount = amount.unwrap_or_else(Exact::zero);
        let expected = number(expected).map_or_else(|| expected.clone(), |expected| expected.fixed(2));
        differ(format!("money `{id}`"), &expected, amount.fixed(2));
    }
    for (id, expected) in &expect.status {
        let line = card.lines.iter().find(|line| line.id == *id);
        differ(
            format!("the status of `{id}`"),
            expected,
            line.map_or("not a line".to_owned(), |line| line.status.word().to_owned()),
        );
    }
    if let Some(expected) = &expect.marks {
        let marks = card.marks.iter().map(|mark| mark.id.clone());
        differ("marks".to_owned(), &listed(expected.iter().cloned()), listed(marks));
    }
    if let Some(expected) = &expect.proposals {
        let kinds = card.proposals.iter().map(|proposal| proposal.kind.clone());
        differ("proposals".to_owned(), &listed(expected.iter().cloned()), listed(kinds));
    }
}

fn group(trial: &Trial, expect: &ExpectTeam, found: &mut Vec<String>) {
    let wanted = [(Level::Team, &expect.team), (Level::Department, &expect.department), (Level::Shop, &expect.shop)];
    for (level, id) in wanted.into_iter().filter_map(|(level, id)| Some((level, id.as_ref()?))) {
        let figures = trial.appraisal.groups.iter().find(|one| one.level == level && one.id == *id);
        for (name, expected) in &expect.values {
            let got = figures.and_then(|figures| {
                let (pool, left) = name.strip_suffix(".left").map_or((name.as_str(), false), |pool| (pool, true));
                let pool = figures.pools.iter().find(|one| one.id == pool);
                let of_pool = pool.map(|pool| if left { pool.left.clone() } else { pool.base.clone() });
                of_pool.or_else(|| figures.figures.iter().find(|one| one.id == *name).map(|one| one.value.clone()))
            });
            let got = got.map_or("not a figure".to_owned(), |value| shown(value.as_ref()));
            if normal(expected) != got {
                found.push(format!("{id}: `{name}` should be {}, is {got}", normal(expected)));
            }
        }
    }
}

fn points(line: &Line) -> String {
    match (&line.points, &line.lacking) {
        (Some(points), _) => points.notation(),
        (None, Some(_)) => "unset".to_owned(),
        (None, None) => "missing".to_owned(),
    }
}

fn shown(number: Option<&Exact>) -> String {
    number.map_or("missing".to_owned(), Exact::notation)
}

fn value_shown(value: &crate::scheme::formula::Value) -> String {
    use crate::scheme::formula::Value;
    match value {
        Value::Number(number) => number.notation(),
        Value::Text(text) => text.clone(),
        Value::Truth(truth) => truth.to_string(),
        Value::Unset(_) => "unset".to_owned(),
        Value::Missing => "missing".to_owned(),
    }
}

/// A number in the notation of comparison; words stay as they are.
fn normal(text: &str) -> String {
    number(text).map_or_else(|| text.to_owned(), |number| number.notation())
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    format!("[{}]", words.join(", "))
}
