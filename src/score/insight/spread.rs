//! How values are distributed: waits of single conversations and calls, and values of single days.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use polars::prelude::*;
use rayon::prelude::*;

use crate::exact::Exact;
use crate::scheme::{Level, Scored};
use crate::score::appraisal::{CountedThing, Direction, Spread, Unit};
use crate::score::compile::Compiled;
use crate::score::desk::Desk;
use crate::score::groups::group_of;
use crate::score::runs::{self, Asked};
use crate::tables::{Member, Tables};

use super::{Maker, Subject, day, judging};

/// Seconds between the ranges of waits where the scheme has no limits of its own, or above the last of them.
const WAITS: [i64; 4] = [15, 30, 60, 120];
/// Whether somebody waited for the answer of a row.
const WAITED: &str = "somebody waited";
/// More limits than a chart can show.
const MOST_LIMITS: usize = 8;
/// About how many ranges a distribution without limits has.
const RANGES: i64 = 8;

/// Where the single waits behind a mean are found.
pub(super) struct Waits {
    table: &'static str,
    seconds: &'static str,
    /// How many answers those seconds are the sum of; one without.
    answers: Option<&'static str>,
    counted: CountedThing,
}

/// Sums of waits in the daily tables and elsewhere, with the rows that they are sums of, the finest first.
const KNOWN: [(&str, Waits); 4] = [
    ("resp_seconds_sum", Waits::of_chats("chats", "response_seconds", Some("response_count"))),
    ("resp_seconds_sum", Waits::of_chats("chat_sessions", "resp_seconds_sum", Some("resp_count"))),
    ("first_resp_seconds_sum", Waits::of_chats("chat_sessions", "first_resp_seconds", None)),
    ("queue_seconds", Waits { table: "calls", seconds: "queue_seconds", answers: None, counted: CountedThing::Calls }),
];

/// How many rows lie in each range.
pub(super) struct Counts {
    counted: CountedThing,
    limits: Vec<Exact>,
    /// By agent.
    agents: BTreeMap<String, Vec<u64>>,
    /// Of each shop's averaged agents, the same for every team of it.
    shops: BTreeMap<String, Vec<u64>>,
}

/// The rows behind a metric that is the mean of all waits of a table that is there.
pub(super) fn waits(compiled: &Compiled<'_>, metric: usize, tables: &Tables) -> Option<&'static Waits> {
    let counted = &compiled.metrics[metric];
    let sum = &counted.ratio.numerator;
    let some_rows = |part: &Expr| matches!(part, Expr::Filter { .. });
    if counted.keep.is_some() || counted.ratio.denominator.is_none() || sum.into_iter().any(some_rows) {
        return None;
    }
    let reads = |name: &str| {
        let mut columns =
            sum.into_iter().filter_map(|part| if let Expr::Column(name) = part { Some(name) } else { None });
        columns.any(|column| column.as_str() == name)
    };
    KNOWN.iter().find(|(name, waits)| reads(name) && tables.has(waits.table)).map(|(_, waits)| waits)
}

impl Waits {
    const fn of_chats(table: &'static str, seconds: &'static str, answers: Option<&'static str>) -> Self {
        Self { table, seconds, answers, counted: CountedThing::Conversations }
    }

    /// Counts each agent's rows in one scan; a row without an answer waited for nobody.
    pub(super) fn count(&self, desk: &Desk<'_>, tables: &Tables, limits: Vec<Exact>) -> anyhow::Result<Counts> {
        let answer = match tables.has(self.table) {
            true => Some(tables.answered(self.table, &self.question(&limits), || self.ask(tables, &limits))?),
            false => None,
        };
        let agents = answer.as_ref().map(|answer| by_range(answer, limits.len())).transpose()?.unwrap_or_default();
        let mut counts = Counts { counted: self.counted, limits, agents, shops: BTreeMap::new() };
        let shops: BTreeSet<&str> = desk.facts.roster.agents().map(|member| group_of(member, Level::Shop)).collect();
        counts.shops = shops.iter().map(|shop| ((*shop).to_owned(), counts.of(desk, Level::Shop, shop))).collect();
        Ok(counts)
    }

    /// All that the answer depends on beside the rows.
    fn question(&self, limits: &[Exact]) -> String {
        format!("waits of {} {:?} above {limits:?}", self.seconds, self.answers)
    }

    /// How many waits each agent has, and how many above each limit.
    fn ask(&self, tables: &Tables, limits: &[Exact]) -> anyhow::Result<DataFrame> {
        let above = self.above(limits).context("a limit between ranges is too fine")?;
        let answered = col(self.seconds).is_not_null().and(self.answers().gt(lit(0)));
        let waited = col("agent_id").is_not_null().and(answered);
        let names: Vec<String> = (0..=limits.len()).map(above_name).collect();
        let all = std::iter::once(lit(true)).chain(above);
        // A limit is compared in whole numbers, row by row, and a sum of truths is their number.
        let counts =
            all.zip(&names).map(|(above, name)| above.and(col(WAITED)).sum().cast(DataType::UInt64).alias(name));
        let counts: Vec<Expr> = counts.collect();
        let keys = [("agent_id", col("agent_id"))];
        let asked = Asked { keep: None, marks: &[(WAITED.to_owned(), waited)], keys: &keys, sums: &counts };
        let whole = runs::over(tables, self.table, &asked)?;
        let sums: Vec<Expr> = names.iter().map(|name| col(name.as_str()).sum()).collect();
        Ok(whole.lazy().group_by([col("agent_id")]).agg(sums).collect()?)
    }

    fn answers(&self) -> Expr {
        self.answers.map_or_else(|| lit(1), col)
    }

    /// Whether a row's mean wait is above each limit, compared in whole numbers.
    fn above(&self, limits: &[Exact]) -> Option<Vec<Expr>> {
        let above = |limit: &Exact| {
            // Limits are printed seconds, so three decimals are more than any has.
            let thousandths: i64 = (limit.clone() * Exact::whole(1000)).fixed(0).parse().ok()?;
            let (seconds, answers) = (col(self.seconds), self.answers());
            let (wait, limit) = match thousandths % 1000 {
                0 => (seconds.cast(DataType::Int64), thousandths / 1000),
                _ => (seconds.cast(DataType::Int64) * lit(1000i64), thousandths),
            };
            Some(wait.gt(answers.cast(DataType::Int64) * lit(limit)))
        };
        limits.iter().map(above).collect()
    }
}

impl Counts {
    /// Those of a group's averaged agents together.
    fn of(&self, desk: &Desk<'_>, level: Level, group: &str) -> Vec<u64> {
        let averaged = |member: &&Member| desk.facts.crowd.averaged.contains(&member.id);
        let members = desk.facts.of_group(level, group).filter(averaged);
        let mut sum = vec![0; self.limits.len() + 1];
        for own in members.filter_map(|member| self.agents.get(&member.id)) {
            sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
        sum
    }
}

/// The column with how many waits are above so many limits.
fn above_name(limits: usize) -> String {
    format!("above {limits}")
}

/// How many rows of each agent lie between the limits; who waited for nobody is not among them.
fn by_range(answer: &DataFrame, limits: usize) -> anyhow::Result<BTreeMap<String, Vec<u64>>> {
    let above = |place: usize| Ok(answer.column(&above_name(place))?.u64()?.clone());
    let above: Vec<UInt64Chunked> = (0..=limits).map(above).collect::<PolarsResult<_>>()?;
    let count = |place: usize, row: usize| above.get(place).and_then(|counts| counts.get(row)).unwrap_or(0);
    let between = |row| (0..=limits).map(|place| count(place, row) - count(place + 1, row)).collect::<Vec<u64>>();
    let agents = answer.column("agent_id")?.str()?.iter().enumerate();
    let waited = agents.filter(|(row, _)| count(0, *row) > 0);
    Ok(waited.filter_map(|(row, agent)| Some((agent?.to_owned(), between(row)))).collect())
}

/// The limits of the line that judges the value, then those of waits above them; none where nothing suggests any.
pub(super) fn limits(desk: &Desk<'_>, subject: &Subject<'_>) -> Vec<Exact> {
    let mut limits: Vec<Exact> = judging(desk.facts.scheme, subject.metric)
        .filter_map(|line| match &line.scored {
            Scored::Curve(curve) => Some(curve.bands.iter().map(|band| band.edge.limit().clone())),
            _ => None,
        })
        .flatten()
        .filter(|limit| !limit.is_negative())
        .collect();
    limits.sort();
    limits.dedup();
    if limits.len() > MOST_LIMITS {
        limits.clear();
    }
    if subject.unit == Unit::Seconds {
        let last = limits.last().cloned().unwrap_or_else(Exact::zero);
        limits.extend(WAITS.iter().map(|seconds| Exact::whole(*seconds)).filter(|seconds| *seconds > last));
    }
    limits
}

impl Maker<'_> {
    /// The waits of the team's rows, beside the shop's.
    pub(super) fn spread_of(&self, counts: &Counts) -> Option<Spread> {
        let team = counts.of(self.desk, Level::Team, self.team);
        let shop = self.shop().and_then(|shop| counts.shops.get(&shop).cloned());
        self.spread(counts.counted, counts.limits.clone(), team, shop)
    }

    /// The values of single agents on single days.
    pub(super) fn spread_of_days(&self, days: &AgentDays) -> Option<Spread> {
        let values: Vec<&Exact> = self.members().flat_map(|member| days.of(member)).collect();
        let shop = self.shop().and_then(|shop| days.shops.get(&shop));
        let limits = shop.map_or_else(|| limits_of(self.desk, self.subject, &values), |shop| shop.limits.clone());
        let team = counts(self.subject, &limits, &values);
        self.spread(CountedThing::AgentDays, limits, team, shop.map(|shop| shop.counts.clone()))
    }

    fn spread(
        &self,
        counted: CountedThing,
        limits: Vec<Exact>,
        team: Vec<u64>,
        shop: Option<Vec<u64>>,
    ) -> Option<Spread> {
        let mut lines = judging(self.desk.facts.scheme, self.subject.metric);
        let target = lines.find_map(|line| match &line.scored {
            Scored::Curve(curve) => curve.target(curve.most()?).cloned(),
            _ => None,
        });
        let target = target.filter(|target| limits.contains(target));
        team.iter().any(|count| *count > 0).then_some(Spread { counted, limits, team, shop, target })
    }
}

/// What single agents reached on single days under one subject.
#[derive(Default)]
pub(super) struct AgentDays {
    /// By agent.
    values: BTreeMap<String, Vec<Exact>>,
    /// How they lie in each shop, the same for every team of it.
    shops: BTreeMap<String, ShopDays>,
}

/// How the agent-days of one shop lie.
struct ShopDays {
    limits: Vec<Exact>,
    counts: Vec<u64>,
}

impl AgentDays {
    /// Everybody's, under a subject.
    pub(super) fn count(desk: &Desk<'_>, subject: &Subject<'_>, days: &[day::Day<'_>]) -> Self {
        let agents: Vec<&Member> = desk.facts.roster.agents().collect();
        let one = |member: &&Member| (member.id.clone(), day::values_of(desk, days, member, subject));
        let mut found = Self { values: agents.par_iter().map(one).collect(), shops: BTreeMap::new() };
        let shops: BTreeSet<&str> = agents.iter().map(|member| group_of(member, Level::Shop)).collect();
        for shop in shops {
            let values: Vec<&Exact> =
                desk.facts.of_group(Level::Shop, shop).flat_map(|member| found.of(member)).collect();
            let limits = limits_of(desk, subject, &values);
            let counts = counts(subject, &limits, &values);
            found.shops.insert(shop.to_owned(), ShopDays { limits, counts });
        }
        found
    }

    fn of(&self, member: &Member) -> &[Exact] {
        self.values.get(&member.id).map_or(&[], Vec::as_slice)
    }
}

/// The limits of a subject, else even ones over the values.
fn limits_of(desk: &Desk<'_>, subject: &Subject<'_>, values: &[&Exact]) -> Vec<Exact> {
    let limits = limits(desk, subject);
    if limits.is_empty() { even(values) } else { limits }
}

/// How many values lie before, between and beyond limits.
fn counts(subject: &Subject<'_>, limits: &[Exact], values: &[&Exact]) -> Vec<u64> {
    let mut counts = vec![0; limits.len() + 1];
    for value in values {
        let beyond = |limit: &&Exact| match subject.direction {
            Direction::Lower => *value > *limit,
            Direction::Higher => *value >= *limit,
        };
        counts[limits.iter().filter(beyond).count()] += 1;
    }
    counts
}

/// Round limits at even distances between the least and the greatest value.
fn even(values: &[&Exact]) -> Vec<Exact> {
    let (Some(&low), Some(&high)) = (values.iter().min(), values.iter().max()) else { return Vec::new() };
    let wide = (high.clone() - low.clone()).checked_div(&Exact::whole(RANGES)).unwrap_or_else(Exact::zero);
    let Some(step) = Exact::round_steps().find(|step| *step >= wide) else { return Vec::new() };
    let below = low.checked_div(&step).unwrap_or_else(Exact::zero).floor();
    (1..=RANGES + 1).map(|at| (below.clone() + Exact::whole(at)) * step.clone()).filter(|limit| limit <= high).collect()
}
