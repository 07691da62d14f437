//! What follows from points: total, gates, ranks, grades, quotas, money, titles, streaks (R10, R12–R20).

use chrono::NaiveDate;

use crate::exact::Exact;
use crate::words::Bilingual;

use super::Amount;
use super::formula::Formula;
use super::policy::*;

/// How the total is made of the lines.
#[derive(Clone, Debug, Default)]
pub struct TotalRule {
    /// Whether there is one.
    pub counts: Counting,
    /// What full marks become.
    pub normalise_to: Option<Exact>,
    /// It is never less.
    pub at_least: Option<Exact>,
    /// It is never more.
    pub at_most: Option<Exact>,
    /// Decimals to which it is rounded before anything decides on it.
    pub rounded_to: Option<u32>,
    /// From a limit on it counts as another, best first.
    pub becomes: Vec<(Exact, Exact)>,
}

/// A condition and what follows from it.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Its id, a truth value in expressions.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// When it holds.
    pub when: Formula,
    /// Indicators that are nought then.
    pub zero: Vec<String>,
    /// The grade that is given then, whatever the total.
    pub grade: Option<usize>,
    /// Components of pay and pools of which nothing is paid then.
    pub no_pay: Vec<String>,
    /// Quotas that pass over the agent then.
    pub not_eligible: Vec<String>,
    /// What is proposed then, with its kind.
    pub propose: Option<(String, Bilingual)>,
    /// Whom it may reach.
    pub whom: Whom,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

impl Gate {
    /// Whether it is decided before the total is known.
    pub fn comes_before_the_total(&self) -> bool {
        !self.zero.is_empty()
    }
}

/// How agents are ordered.
#[derive(Clone, Debug)]
pub struct Rank {
    /// Among whom.
    pub within: Within,
    /// What equal keys do to the places after them.
    pub method: Method,
    /// What is compared first; the total without.
    pub key: Option<Sorted>,
    /// What orders equals.
    pub ties: Vec<Sorted>,
}

/// A value by which people are ordered.
#[derive(Clone, Debug)]
pub enum Sorted {
    /// By a value, better first.
    By(Formula, super::Direction),
    /// By staff number.
    StaffNumber,
}

/// A label for a range of totals.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Its id, or its Chinese label.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Its lower limit, inclusive; `None` for the last.
    pub at_least: Option<Amount>,
    /// Yuan that hang on it.
    pub amount: Option<Amount>,
    /// The coefficient that hangs on it.
    pub coefficient: Option<Amount>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// So many of the best, or of the last.
#[derive(Clone, Debug)]
pub struct Quota {
    /// Its id, a truth value in expressions.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// From which end.
    pub from: End,
    /// How many.
    pub size: QuotaSize,
    /// Among whom.
    pub within: Within,
    /// Never fewer in a group that is large enough.
    pub at_least: u32,
    /// From how many people on a group is large enough.
    pub minimum_group: u32,
    /// How many in smaller groups.
    pub small_group: u32,
    /// What equals at the limit do.
    pub ties: QuotaTies,
    /// Who may be chosen; everybody ranked without.
    pub among: Option<Formula>,
    /// By what; the rank's order without.
    pub key: Option<Sorted>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// How many a quota takes.
#[derive(Clone, Debug)]
pub enum QuotaSize {
    /// A share of the group.
    Share(Exact, Rounding),
    /// A number.
    Count(u32),
}

/// A pot and how it is split.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Whose pot it is.
    pub of: Level,
    /// Yuan in it.
    pub base: Formula,
    /// What a pot below nought becomes.
    pub negative: Negative,
    /// Who has a part; everybody scored without.
    pub among: Option<Formula>,
    /// How.
    pub split: Split,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// How a pot is split.
#[derive(Clone, Debug)]
pub enum Split {
    /// The first places have shares and prizes of their own.
    Rank {
        /// Parts of the pot by place.
        shares: Vec<Amount>,
        /// Yuan on top by place.
        fixed: Vec<Amount>,
        /// What becomes of the rest.
        rest: Rest,
    },
    /// In proportion to a score.
    Score {
        /// The score.
        score: Formula,
        /// What it is divided by; the sum of all scores without.
        over: Option<Amount>,
        /// What happens when the scores sum to more.
        above: Above,
    },
}

/// One component of pay.
#[derive(Clone, Debug)]
pub struct Pay {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Yuan.
    pub amount: Formula,
    /// When it is paid; always without.
    pub when: Option<Formula>,
    /// Whether a person must approve it first, with the kind of proposal.
    pub approval: Option<String>,
    /// It is never less.
    pub at_least: Option<Exact>,
    /// It is never more.
    pub at_most: Option<Exact>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// One step of the ladder of titles.
#[derive(Clone, Debug)]
pub struct TitleLevel {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The base wage in yuan.
    pub base_wage: Option<Amount>,
    /// What it takes to be proposed for it.
    pub requires: Option<Formula>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// A condition that holds for several periods running.
#[derive(Clone, Debug)]
pub struct Streak {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The condition, over the results of one period.
    pub when: Formula,
    /// How many periods.
    pub periods: u32,
    /// What a period without a result does.
    pub gaps: Gaps,
    /// The kind of proposal.
    pub kind: String,
    /// What is proposed.
    pub propose: Bilingual,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// A consequence that a person must approve.
#[derive(Clone, Debug)]
pub struct ProposalRule {
    /// Its id.
    pub id: String,
    /// Its kind, such as `promote`.
    pub kind: String,
    /// When it is proposed.
    pub when: Formula,
    /// What is proposed.
    pub text: Bilingual,
    /// Whom it may reach.
    pub whom: Whom,
    /// Yuan, where it is about money.
    pub amount: Option<Formula>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// What is different on some days.
#[derive(Clone, Debug)]
pub struct Override {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Which days.
    pub days: Days,
    /// Weights of indicators on those days.
    pub weights: Vec<(String, Amount)>,
    /// Expressions of metrics for the rows of those days, by the metric's place.
    pub expressions: Vec<(usize, String, crate::diag::Place)>,
    /// Metrics for which those days do not count.
    pub leave_out: Vec<usize>,
    /// Limits of watches on those days, by the watch's id.
    pub limits: Vec<(String, Amount)>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// Days of the calendar.
#[derive(Clone, Debug)]
pub enum Days {
    /// From the first to the last, both included.
    Range(NaiveDate, NaiveDate),
    /// Those that the table `calendar` marks so.
    Tagged(String),
}

/// A daily number that people are told about.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The metric's place.
    pub metric: usize,
    /// How often it looks.
    pub per: Cadence,
    /// Told above this.
    pub above: Option<Formula>,
    /// Told below this.
    pub below: Option<Formula>,
    /// Told when worse than the trailing mean by this part of it.
    pub worse_by: Option<Exact>,
    /// Days of the trailing mean.
    pub trailing: u32,
    /// Who is told.
    pub to: Vec<String>,
    /// The question of the case that is opened.
    pub open_case: Option<Bilingual>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// A day by which somebody does something.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// Its id.
    pub id: String,
    /// When.
    pub due: Due,
    /// Who.
    pub who: Bilingual,
    /// What.
    pub what: Bilingual,
}

/// When a milestone is due.
#[derive(Clone, Debug)]
pub enum Due {
    /// On a day of a month.
    Day(u32, MilestoneMonth),
    /// On a day of every week.
    Weekday(chrono::Weekday),
    /// Again and again.
    Every(Cadence),
}

/// Two numbers that must agree.
#[derive(Clone, Debug)]
pub struct Reconcile {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Whose numbers they are.
    pub of: Level,
    /// The number that stands.
    pub value: Formula,
    /// The number that it is compared with.
    pub with: Formula,
    /// The part of the first by which they may differ.
    pub within: Exact,
}

/// Something that must be produced, sent or kept.
#[derive(Clone, Debug)]
pub struct Duty {
    /// Its id.
    pub id: String,
    /// Its kind, such as `improvement-plan`.
    pub kind: String,
    /// For whom; for everybody without.
    pub when: Option<Formula>,
    /// Who gets it.
    pub to: Vec<String>,
    /// By when.
    pub due: Option<Bilingual>,
    /// What it is.
    pub text: Bilingual,
}

/// A chart or text that counts nothing.
#[derive(Clone, Debug)]
pub struct Insight {
    /// Its id.
    pub id: String,
    /// How it is drawn.
    pub chart: Chart,
    /// The value.
    pub value: Formula,
    /// How it is printed, where it is no named value that says so itself.
    pub unit: Option<super::Unit>,
    /// What it says.
    pub text: Option<Bilingual>,
}
