//! From what was worked out to cards and teams.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::consequence::Duty;
use crate::scheme::{Counting, Scheme};
use crate::tables::{Member, Roster};
use crate::words::Bilingual;

use super::appraisal::{
    Appraisal, Attendance, Card, DutyAsked, Insight, Line, LineKind, Mark, Person, SchemeIdentity, Standing, Status,
    Team, TrendPoint,
};
use super::appraise::Worked;
use super::desk::Desk;
use super::facts::Facts;
use super::slip::Slip;
use super::{Input, PastResult, advice, findings, line, milestone};

/// How many earlier periods a trend shows.
pub(super) const TREND: u32 = 5;

/// Makes every card and team.
pub(super) fn assemble(
    facts: &Facts<'_>,
    input: &Input<'_>,
    mut worked: Worked,
    attendance: &BTreeMap<String, Attendance>,
    insights: Vec<Insight>,
) -> Appraisal {
    let scheme = facts.scheme;
    let mut lines = std::mem::take(&mut worked.lines);
    let desk = Desk::new(facts, &worked.results);
    let mut past: BTreeMap<&str, Vec<&PastResult>> = BTreeMap::new();
    input.past.iter().for_each(|result| past.entry(&result.agent).or_default().push(result));
    let mut totals: BTreeMap<(Period, &str), Vec<Exact>> = BTreeMap::new();
    for result in input.past {
        totals.entry((result.period, &result.team)).or_default().extend(result.total.clone());
    }
    let team_means = totals.into_iter().map(|(team, totals)| (team, mean(totals))).collect();
    let assumed = scheme.assumed();
    let maker = Maker { scheme, input, worked: &worked, slip: Slip::of(&desk), past, team_means, assumed };
    let with_lines = facts.roster.agents().map(|member| (member, lines.remove(&member.id).unwrap_or_default()));
    let agents: Vec<(&Member, Vec<Line>)> = with_lines.collect();
    let card = |(member, lines)| maker.card(member, lines, attendance);
    let mut cards: Vec<Card> = agents.into_par_iter().map(card).collect();
    cards.sort_by(|one, other| {
        (&one.team_id, rank_of(one), &one.agent.id).cmp(&(&other.team_id, rank_of(other), &other.agent.id))
    });
    Appraisal {
        scheme: identity(scheme, &worked),
        period: input.period,
        cut_off: input.cut_off,
        as_of: input.as_of,
        findings: findings::of(facts, input.tables, &cards, &worked.lacking, &worked.unpayable),
        teams: teams(&facts.roster, &cards),
        groups: worked.groups.clone().into(),
        duties: worked.duties.clone().into(),
        asked: asked(scheme),
        alerts: Arc::default(),
        milestones: milestone::of(scheme, &input.period),
        insights,
        cards,
    }
}

/// The duties that depend on nobody's result.
fn asked(scheme: &Scheme) -> Vec<DutyAsked> {
    let always = scheme.duties.iter().filter(|duty| duty.when.is_none());
    let asked = |duty: &Duty| DutyAsked {
        id: duty.id.clone(),
        kind: duty.kind.clone(),
        to: duty.to.clone(),
        due: duty.due.clone(),
        text: duty.text.clone(),
    };
    always.map(asked).collect()
}

struct Maker<'a> {
    scheme: &'a Scheme,
    input: &'a Input<'a>,
    worked: &'a Worked,
    slip: Slip<'a>,
    past: BTreeMap<&'a str, Vec<&'a PastResult>>,
    /// Mean totals of teams in earlier periods.
    team_means: BTreeMap<(Period, &'a str), Option<Exact>>,
    /// What the scheme assumes, which every card says.
    assumed: Vec<Bilingual>,
}

impl Maker<'_> {
    fn card(&self, member: &Member, lines: Vec<Line>, attendance: &BTreeMap<String, Attendance>) -> Card {
        let trend = self.trend(member);
        let standing = self.standing(member, &trend);
        let scored = matches!(standing, Standing::Scored { .. });
        Card {
            agent: person(member),
            team_id: member.team_id.clone(),
            team_name: member.team_name.clone(),
            advice: if scored { advice::advise(self.scheme, &lines) } else { Vec::new() },
            trend,
            money: self.slip.lines(member),
            proposals: self.worked.proposals.get(&member.id).cloned().unwrap_or_default(),
            marks: self.marks(member),
            remarks: self.remarks(member, &lines),
            attendance: attendance.get(&member.id).cloned(),
            standing,
            lines,
        }
    }

    fn standing(&self, member: &Member, trend: &[TrendPoint]) -> Standing {
        let results = &self.worked.results;
        let (Some(total), Some((rank, of))) = (results.totals.get(&member.id), results.places.get(&member.id)) else {
            return Standing::NotScored { reason: self.worked.reasons.get(&member.id).cloned().unwrap_or_default() };
        };
        let grade = results.grades.get(&member.id).and_then(|place| self.scheme.grades.get(*place));
        let previous = trend.last().filter(|point| point.period == self.input.period.previous());
        Standing::Scored {
            total: total.clone(),
            rank: *rank,
            of: *of,
            grade: grade.map(|grade| grade.label.clone()).unwrap_or_default(),
            grade_id: grade.map(|grade| grade.id.clone()).unwrap_or_default(),
            previous: previous.and_then(|point| point.total.clone()),
        }
    }

    fn marks(&self, member: &Member) -> Vec<Mark> {
        let gates = self.scheme.gates.iter().map(|one| (&one.id, &one.label));
        let all = gates.chain(self.scheme.quotas.iter().map(|one| (&one.id, &one.label)));
        let held = all.filter(|(id, _)| self.worked.results.holds(&member.id, id));
        held.map(|(id, label)| Mark { id: id.clone(), label: label.clone() }).collect()
    }

    /// What is assumed, provisional or missing on one card, and what the scheme says to everybody.
    fn remarks(&self, member: &Member, lines: &[Line]) -> Vec<Bilingual> {
        let missing = lines.iter().filter(|line| line.status == Status::Missing && line.kind != LineKind::Shown);
        let missing = missing.map(|line| {
            let why = Bilingual::new(format!("数据不足。{}", line.rule.zh), line.rule.en.clone());
            (line.label.clone(), why)
        });
        let provisional = lines.iter().filter(|line| line.status == Status::Provisional).map(|line| {
            let why =
                Bilingual::new("数据尚未成熟，本期数值为临时值", "the data is not final yet, the value is provisional");
            (line.label.clone(), why)
        });
        let said = self.worked.said.get(&member.id).into_iter().flatten().cloned();
        Bilingual::said_together(missing.chain(provisional))
            .into_iter()
            .chain(said)
            .chain(self.assumed.iter().cloned())
            .chain(self.scheme.remarks.iter().cloned())
            .collect()
    }

    /// What the scheme calls a grade now; the word that was kept where it has no such grade any more.
    fn grade_label(&self, id: &str) -> Option<Bilingual> {
        let known = self.scheme.grades.iter().find(|grade| grade.id == id).map(|grade| grade.label.clone());
        known.or_else(|| Some(Bilingual::same(id))).filter(|_| !id.is_empty())
    }

    fn trend(&self, member: &Member) -> Vec<TrendPoint> {
        let mut period = self.input.period;
        let nothing = Vec::new();
        let past = self.past.get(member.id.as_str()).unwrap_or(&nothing);
        let mut points: Vec<TrendPoint> = (0..TREND)
            .map(|_| {
                period = period.previous();
                let own = past.iter().find(|result| result.period == period);
                let team_mean =
                    own.and_then(|own| self.team_means.get(&(period, own.team.as_str())).cloned().flatten());
                let grade = own.and_then(|own| self.grade_label(own.grade.as_deref()?));
                let place = own.and_then(|own| own.rank.zip(own.ranked));
                TrendPoint { period, total: own.and_then(|own| own.total.clone()), grade, team_mean, place }
            })
            .collect();
        points.reverse();
        let known = points.iter().position(|point| point.total.is_some()).unwrap_or(points.len());
        points.split_off(known)
    }
}

fn person(member: &Member) -> Person {
    Person { id: member.id.clone(), name: member.name.clone(), email: member.email.clone() }
}

fn mean(values: Vec<Exact>) -> Option<Exact> {
    let count = Exact::whole(values.len() as i64);
    values.into_iter().sum::<Exact>().checked_div(&count)
}

fn rank_of(card: &Card) -> u32 {
    match card.standing {
        Standing::Scored { rank, .. } => rank,
        Standing::NotScored { .. } => u32::MAX,
    }
}

fn teams(roster: &Roster, cards: &[Card]) -> Vec<Team> {
    let names: BTreeSet<(&String, &String)> = cards.iter().map(|card| (&card.team_id, &card.team_name)).collect();
    let mut totals: BTreeMap<&String, Vec<Exact>> = BTreeMap::new();
    for card in cards {
        if let Standing::Scored { total, .. } = &card.standing {
            totals.entry(&card.team_id).or_default().push(total.clone());
        }
    }
    let team = |(id, name): (&String, &String)| Team {
        id: id.clone(),
        name: name.clone(),
        manager: roster.manager_of(id).map(person),
        mean_total: mean(totals.get(id).cloned().unwrap_or_default()),
    };
    names.into_iter().map(team).collect()
}

fn identity(scheme: &Scheme, worked: &Worked) -> SchemeIdentity {
    let limit = |amount: &crate::scheme::Amount| amount.known().cloned();
    SchemeIdentity {
        id: scheme.id.clone(),
        title: scheme.title.clone(),
        version: scheme.version.clone(),
        hash: scheme.hash.clone(),
        assumed: scheme.assumed(),
        full_marks: full_marks(scheme, worked),
        has_total: scheme.total.counts == Counting::Sum,
        has_full_marks: scheme.full_marks.is_some(),
        levels: scheme.levels.iter().map(line::reached).collect(),
        grades: scheme
            .grades
            .iter()
            .map(|grade| (grade.label.clone(), grade.at_least.as_ref().and_then(limit)))
            .collect(),
    }
}

/// What totals are drawn against: the full marks, or without any the next ten above the best total.
fn full_marks(scheme: &Scheme, worked: &Worked) -> Exact {
    if let Some(marks) = scheme.total.normalise_to.as_ref().or(scheme.full_marks.as_ref()) {
        return marks.clone();
    }
    let best = worked.results.totals.values().max().cloned().unwrap_or_else(Exact::zero);
    let tens = best.checked_div(&Exact::whole(10)).unwrap_or_else(Exact::zero).floor() + Exact::whole(1);
    tens.max(Exact::whole(1)) * Exact::whole(10)
}
