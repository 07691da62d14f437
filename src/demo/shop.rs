//! The shop: its people, and its days, each made when it is first asked for.

use std::sync::OnceLock;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

use super::beijing::{self, days_of, month_of};
use super::chance::{Chance, Stream};
use super::desk::{self, DeskDay, Seat};
use super::people::{Agent, Manager, People, Story, Team};
use super::quiet;
use super::rota::{self, Duty};
use super::rows::{Order, Refund, TradeType};
use super::skill;

/// How many days after an order its refund may still change.
const REFUND_REACH: u64 = 9;

/// What shop to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopPlan {
    /// Which of all possible shops.
    pub seed: u64,
    /// Agents over all teams, from one to 99 999.
    pub agents: u32,
    /// How many full months there are.
    pub months: u32,
    /// The first day of the last full month; another day of it does as well.
    pub last_month: NaiveDate,
}

impl ShopPlan {
    /// The default shop: 21 agents and the six months that were over at `now`, on the clocks of Beijing.
    pub fn at(now: DateTime<Utc>) -> Self {
        let running = month_of(beijing::local(now).date());
        Self { seed: 2026, agents: 21, months: 6, last_month: running - Months::new(1) }
    }

    /// The first day of the first month.
    pub fn first_month(&self) -> NaiveDate {
        month_of(self.last_month) - Months::new(self.months.max(1) - 1)
    }
}

/// A small shop in memory; the same plan gives the same rows.
#[derive(Debug)]
pub struct Shop {
    plan: ShopPlan,
    pub(super) people: People,
    days: Vec<Day>,
}

/// One day of the shop, made piece by piece.
#[derive(Debug, Default)]
struct Day {
    desks: OnceLock<Vec<DeskDay>>,
    orders: OnceLock<Orders>,
    refunds: OnceLock<Vec<Refund>>,
}

/// The orders that were created on one day.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// Newest first.
    pub rows: Vec<Order>,
    /// How many of each kind, in the order of [`TradeType::ALL`].
    counts: [usize; TradeType::ALL.len()],
}

impl Orders {
    fn of(mut rows: Vec<Order>) -> Self {
        rows.sort_by_key(|order| std::cmp::Reverse((order.created, order.tid)));
        let mut counts = [0; TradeType::ALL.len()];
        rows.iter().for_each(|order| counts[order.kind as usize] += 1);
        Self { rows, counts }
    }

    /// How many orders are of these kinds.
    pub fn count(&self, kinds: &[TradeType]) -> usize {
        TradeType::ALL.iter().filter(|kind| kinds.contains(kind)).map(|kind| self.counts[*kind as usize]).sum()
    }
}

impl Shop {
    /// Makes the shop of a plan; pure, and quick because days are made when they are asked for.
    pub fn generate(plan: ShopPlan) -> Self {
        let plan = ShopPlan { last_month: month_of(plan.last_month), months: plan.months.max(1), ..plan };
        let people = People::of(&plan);
        let end = plan.last_month + Months::new(2);
        let count = (end - plan.first_month()).num_days().unsigned_abs() as usize;
        let days = std::iter::repeat_with(Day::default).take(count).collect();
        Self { plan, people, days }
    }

    /// The plan it was made by.
    pub fn plan(&self) -> &ShopPlan {
        &self.plan
    }

    /// The teams, in the order of their numbers.
    pub fn teams(&self) -> &[Team] {
        &self.people.teams
    }

    /// The agents, in the order of their numbers.
    pub fn agents(&self) -> &[Agent] {
        &self.people.agents
    }

    /// The managers, one for each team.
    pub fn managers(&self) -> &[Manager] {
        &self.people.managers
    }

    /// Whether a month, given by its first day, is one of the plan's or the one after them.
    pub fn has_month(&self, first: NaiveDate) -> bool {
        first.day() == 1 && self.plan.first_month() <= first && first <= self.plan.last_month + Months::new(1)
    }

    /// What a day is for an agent; `None` when the agent is not expected at all.
    pub(super) fn duty(&self, agent: &Agent, day: NaiveDate) -> Option<Duty> {
        self.day(day)?;
        if !agent.employed(day) {
            return None;
        }
        if agent.story == Story::Absentee && Some(day) == self.absence_day(agent) {
            return Some(rota::absence(self.plan.seed, agent.number, day));
        }
        let late = skill::of(self.plan.seed, agent.number, day).late;
        Some(rota::duty(self.plan.seed, agent.number, day, late))
    }

    /// The first planned day after the middle of the last full month.
    fn absence_day(&self, agent: &Agent) -> Option<NaiveDate> {
        days_of(self.plan.last_month).skip(14).find(|day| rota::is_planned(agent.number, *day))
    }

    /// The desks of a day: the shared account first, then the agents by number.
    pub(super) fn desks(&self, day: NaiveDate) -> &[DeskDay] {
        self.day(day).map_or(&[], |slot| slot.desks.get_or_init(|| self.make_desks(day)))
    }

    /// The orders created on a day.
    pub(super) fn orders(&self, day: NaiveDate) -> &Orders {
        static NONE: Orders = Orders { rows: Vec::new(), counts: [0; TradeType::ALL.len()] };
        self.day(day).map_or(&NONE, |slot| slot.orders.get_or_init(|| self.make_orders(day)))
    }

    /// The refunds last changed on a day, newest first.
    pub(super) fn refunds(&self, day: NaiveDate) -> &[Refund] {
        self.day(day).map_or(&[], |slot| slot.refunds.get_or_init(|| self.make_refunds(day)))
    }

    fn day(&self, day: NaiveDate) -> Option<&Day> {
        let offset = (day - self.plan.first_month()).num_days();
        self.days.get(usize::try_from(offset).ok()?)
    }

    fn make_desks(&self, day: NaiveDate) -> Vec<DeskDay> {
        let shared = std::iter::once(quiet::shared(self.plan.seed, day));
        shared.chain(self.people.agents.iter().map(|agent| self.make_desk(agent, day))).collect()
    }

    fn make_desk(&self, agent: &Agent, day: NaiveDate) -> DeskDay {
        let Some(Duty::Work(shift)) = self.duty(agent, day) else { return DeskDay::default() };
        let (from, to) = shift.presence();
        let skill = skill::of(self.plan.seed, agent.number, day);
        desk::work(Seat { seed: self.plan.seed, number: agent.number, day }, from, to, &skill)
    }

    fn make_orders(&self, day: NaiveDate) -> Orders {
        let desks = self.desks(day - Days::new(1)).iter().chain(self.desks(day));
        let chatted = desks.flat_map(|desk| &desk.orders).filter(|order| order.created.date() == day).cloned();
        Orders::of(chatted.chain(quiet::silent(self.plan.seed, self.plan.agents, day)).collect())
    }

    fn make_refunds(&self, day: NaiveDate) -> Vec<Refund> {
        let earlier = beijing::days_between(day - Days::new(REFUND_REACH), day);
        let refunds = earlier.flat_map(|from| &self.orders(from).rows).filter_map(|order| self.refund_of(order));
        let mut rows: Vec<Refund> = refunds.filter(|refund| refund.modified.date() == day).collect();
        rows.sort_by_key(|refund| std::cmp::Reverse((refund.modified, refund.id)));
        rows
    }

    /// One paid order in eighteen comes back.
    fn refund_of(&self, order: &Order) -> Option<Refund> {
        let mut chance = Chance::of(self.plan.seed, Stream::Refund, &[order.tid]);
        let paid = order.paid.filter(|_| chance.happens(0.055))?;
        let created = paid + TimeDelta::seconds(chance.between(3600, 5 * 86_400));
        let modified = created + TimeDelta::seconds(chance.between(600, 3 * 86_400));
        let whole = chance.happens(0.7);
        let (status, share) = match chance.unit() {
            x if x < 0.8 => ("SUCCESS", x),
            x if x < 0.9 => ("CLOSED", x),
            x => ("WAIT_SELLER_AGREE", x),
        };
        Some(Refund {
            id: order.tid % 1_000_000_000_000_000,
            tid: order.tid,
            kind: order.kind,
            total_fen: order.fen,
            refund_fen: if whole { order.fen } else { 100 + (order.fen as f64 * share / 2.0) as i64 },
            created,
            modified,
            status,
            reason: if whole { "七天无理由" } else { "少件或破损" },
            phase: if order.status == "TRADE_FINISHED" { "aftersale" } else { "onsale" },
        })
    }
}
