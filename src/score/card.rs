//! From values to cards: lines, totals, ranks, grades, trends, and the teams they belong to.

use std::collections::{BTreeMap, BTreeSet};

use crate::exact::Exact;
use crate::finding::Finding;
use crate::scheme::{Missing, Scheme, Within};
use crate::tables::{Member, Roster};
use crate::words::Bilingual;

use super::appraisal::{Appraisal, Attendance, Card, Line, Person, SchemeIdentity, Standing, Status, Team, TrendPoint};
use super::baseline::Baselines;
use super::measure::Measures;
use super::order::{self, Key};
use super::total::{self, Sum};
use super::{Input, advice, line};

/// How many earlier periods a trend shows.
const TREND: usize = 5;

/// A card before it is ranked.
struct Draft<'a> {
    member: &'a Member,
    lines: Vec<Line>,
    /// The key for ranking, or why there is none.
    outcome: Result<Key, Bilingual>,
}

/// Makes every card and team.
pub(super) fn assemble(
    scheme: &Scheme,
    input: &Input<'_>,
    measures: &Measures,
    attendance: &BTreeMap<String, Attendance>,
) -> Appraisal {
    let roster = &input.tables.roster;
    let baselines = Baselines::of(measures, roster);
    let drafts: Vec<Draft<'_>> = roster.agents().map(|member| draft(scheme, member, measures, &baselines)).collect();
    let places = places(scheme, &drafts);
    let mut cards: Vec<Card> =
        drafts.iter().zip(places).map(|(draft, place)| card(scheme, input, draft, place, attendance)).collect();
    cards.sort_by(|one, other| {
        (&one.team_id, rank_of(one), &one.agent.id).cmp(&(&other.team_id, rank_of(other), &other.agent.id))
    });
    let teams = teams(roster, &cards);
    Appraisal {
        scheme: identity(scheme),
        period: input.period,
        cut_off: input.cut_off,
        findings: findings(scheme, &cards),
        cards,
        teams,
    }
}

fn draft<'a>(scheme: &Scheme, member: &'a Member, measures: &Measures, baselines: &Baselines) -> Draft<'a> {
    let nothing = BTreeMap::new();
    let own = measures.get(&member.id).unwrap_or(&nothing);
    let score = |indicator| line::score(scheme, indicator, &member.team_id, own, baselines);
    let mut lines: Vec<Line> = scheme.indicators.iter().filter_map(score).collect();
    let value = |id: &String| {
        let index = scheme.metrics.iter().position(|metric| metric.id == *id)?;
        own.get(&index)?.measured().value
    };
    let too_few =
        scheme.minimum.as_ref().filter(|minimum| value(&minimum.metric).is_none_or(|value| value < minimum.at_least));
    let sum = total::add_up(scheme, &mut lines);
    let outcome = match (too_few, sum) {
        (Some(minimum), _) => Err(minimum.reason.clone()),
        (None, Sum::None(reason)) => Err(reason),
        (None, Sum::Total(total)) => Ok(Key { total, ties: scheme.rank.ties.iter().map(value).collect() }),
    };
    if outcome.is_err() {
        lines.iter_mut().for_each(|line| line.contribution = None);
    }
    Draft { member, lines, outcome }
}

/// The place of each draft among those it is ranked with, and how many they are.
fn places(scheme: &Scheme, drafts: &[Draft<'_>]) -> Vec<Option<(u32, u32)>> {
    let group_of = |draft: &Draft<'_>| match scheme.rank.within {
        Within::Team => draft.member.team_id.clone(),
        Within::Shop => String::new(),
    };
    let mut groups: BTreeMap<String, Vec<(usize, Key)>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Ok(key) = &draft.outcome {
            groups.entry(group_of(draft)).or_default().push((index, key.clone()));
        }
    }
    let mut found = vec![None; drafts.len()];
    for group in groups.into_values() {
        let keys: Vec<Key> = group.iter().map(|(_, key)| key.clone()).collect();
        for ((index, _), place) in group.iter().zip(order::places(scheme.rank.method, &keys)) {
            found[*index] = Some((place, keys.len() as u32));
        }
    }
    found
}

fn card(
    scheme: &Scheme,
    input: &Input<'_>,
    draft: &Draft<'_>,
    place: Option<(u32, u32)>,
    attendance: &BTreeMap<String, Attendance>,
) -> Card {
    let member = draft.member;
    let trend = trend(input, member);
    let previous = trend.last().filter(|point| point.period == input.period.previous());
    let standing = match (&draft.outcome, place) {
        (Ok(key), Some((rank, of))) => Standing::Scored {
            total: key.total.clone(),
            rank,
            of,
            grade: order::grade(scheme, &key.total),
            previous: previous.and_then(|point| point.total.clone()),
        },
        (Err(reason), _) => Standing::NotScored { reason: reason.clone() },
        (Ok(_), None) => Standing::NotScored { reason: Bilingual::default() },
    };
    let scored = matches!(standing, Standing::Scored { .. });
    Card {
        agent: person(member),
        team_id: member.team_id.clone(),
        team_name: member.team_name.clone(),
        standing,
        advice: if scored { advice::advise(scheme, &draft.lines) } else { Vec::new() },
        trend,
        money: Vec::new(),
        proposals: Vec::new(),
        remarks: remarks(scheme, &draft.lines),
        attendance: attendance.get(&member.id).cloned(),
        lines: draft.lines.clone(),
    }
}

fn person(member: &Member) -> Person {
    Person { id: member.id.clone(), name: member.name.clone(), email: member.email.clone() }
}

fn trend(input: &Input<'_>, member: &Member) -> Vec<TrendPoint> {
    let mut period = input.period;
    let mut points: Vec<TrendPoint> = (0..TREND)
        .map(|_| {
            period = period.previous();
            let then = |past: &&super::PastTotal| past.period == period;
            let own = input.past.iter().filter(then).find(|past| past.agent == member.id);
            let team: Vec<Exact> = input
                .past
                .iter()
                .filter(then)
                .filter(|past| own.is_some_and(|own| own.team == past.team))
                .filter_map(|past| past.total.clone())
                .collect();
            TrendPoint { period, total: own.and_then(|own| own.total.clone()), team_mean: mean(team) }
        })
        .collect();
    points.reverse();
    let known = points.iter().position(|point| point.total.is_some()).unwrap_or(points.len());
    points.split_off(known)
}

fn mean(values: Vec<Exact>) -> Option<Exact> {
    let count = Exact::whole(values.len() as i64);
    values.into_iter().sum::<Exact>().checked_div(&count)
}

/// What is assumed or missing on one card, and what the scheme says to everybody.
fn remarks(scheme: &Scheme, lines: &[Line]) -> Vec<Bilingual> {
    let missing = lines.iter().filter(|line| line.status == Status::Missing).map(|line| {
        Bilingual::new(
            format!("{}：数据不足。{}", line.label.zh, line.rule.zh),
            format!("{}: {}", line.label.en, line.rule.en),
        )
    });
    missing.chain(scheme.assumed()).chain(scheme.remarks.iter().cloned()).collect()
}

fn rank_of(card: &Card) -> u32 {
    match card.standing {
        Standing::Scored { rank, .. } => rank,
        Standing::NotScored { .. } => u32::MAX,
    }
}

fn teams(roster: &Roster, cards: &[Card]) -> Vec<Team> {
    let ids: BTreeSet<(&String, &String)> = cards.iter().map(|card| (&card.team_id, &card.team_name)).collect();
    ids.into_iter()
        .map(|(id, name)| {
            let totals = cards.iter().filter(|card| card.team_id == *id).filter_map(|card| match &card.standing {
                Standing::Scored { total, .. } => Some(total.clone()),
                Standing::NotScored { .. } => None,
            });
            Team {
                id: id.clone(),
                name: name.clone(),
                manager: roster.manager_of(id).map(person),
                mean_total: mean(totals.collect()),
            }
        })
        .collect()
}

fn identity(scheme: &Scheme) -> SchemeIdentity {
    SchemeIdentity {
        id: scheme.id.clone(),
        title: scheme.title.clone(),
        version: scheme.version.clone(),
        hash: scheme.hash.clone(),
        assumed: scheme.assumed(),
        full_marks: scheme.full_marks.clone(),
        grades: scheme.grades.iter().map(|grade| (grade.label.clone(), grade.at_least.clone())).collect(),
    }
}

/// Unset values hold the run; people without a score are listed.
fn findings(scheme: &Scheme, cards: &[Card]) -> Vec<Finding> {
    let needed = cards.iter().any(|card| card.lines.iter().any(|line| needs_unset(scheme, line)));
    let unset = scheme.unset().into_iter().filter(|_| needed).map(|name| {
        Finding::hold(
            "unset-value",
            Bilingual::new(
                format!("考核方案 {} 的 {name} 尚未设定", scheme.id),
                format!("scheme {} leaves {name} unset", scheme.id),
            ),
            Bilingual::new("请在方案文件中填入该值后重新运行", "write the value into the scheme's file and run again"),
        )
    });
    let not_scored = cards.iter().filter_map(|card| match &card.standing {
        Standing::Scored { .. } => None,
        Standing::NotScored { reason } => Some(
            Finding::note(
                "not-scored",
                Bilingual::new(
                    format!("{}未评分：{}", card.agent.called().zh, reason.zh),
                    format!("{} is not scored: {}", card.agent.called().en, reason.en),
                ),
            )
            .about(&card.agent.id),
        ),
    });
    unset.chain(cards.iter().flat_map(|card| waiting(scheme, card))).chain(not_scored).collect()
}

/// Whether an unset value is in the way of a line; without data, any of its bands might be.
fn needs_unset(scheme: &Scheme, line: &Line) -> bool {
    let indicator = scheme.indicators.iter().find(|one| one.id == line.id);
    let unset_bands = indicator.is_some_and(|one| !one.curve.unset().is_empty());
    line.status == Status::Unset || (line.status == Status::Missing && unset_bands)
}

/// Lines whose data must be waited for hold the agent's documents.
fn waiting<'a>(scheme: &'a Scheme, card: &'a Card) -> impl Iterator<Item = Finding> + 'a {
    let holds = |line: &&Line| scheme.indicators.iter().any(|one| one.id == line.id && one.missing == Missing::Hold);
    card.lines.iter().filter(|line| line.status == Status::Missing).filter(holds).map(|line| {
        Finding::hold_subject(
            "waiting-for-data",
            &card.agent.id,
            Bilingual::new(
                format!("{}（{}）的“{}”尚无数据，其文件已挂起", card.agent.name, card.agent.id, line.label.zh),
                format!(
                    "\"{}\" of {} ({}) has no data yet; their documents are held",
                    line.label.en, card.agent.name, card.agent.id
                ),
            ),
            Bilingual::new("数据到齐后用 --refresh 重新运行", "run again with `--refresh` once the data is there"),
        )
    })
}
