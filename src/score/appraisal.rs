//! The product of scoring: every card and team of one period, with the explanation of each number as data.

use chrono::{DateTime, NaiveDate, Utc};

use crate::exact::Exact;
use crate::finding::Finding;
use crate::period::Period;
use crate::words::Bilingual;

pub use crate::scheme::{Direction, Level, Unit};

/// All cards of one scheme and period.
#[derive(Clone, Debug)]
pub struct Appraisal {
    /// Which scheme, which version.
    pub scheme: SchemeIdentity,
    /// The days that counted.
    pub period: Period,
    /// When the data was pulled; later changes at the source are not in it.
    pub cut_off: DateTime<Utc>,
    /// One per agent of the population, ordered by team, rank and staff number.
    pub cards: Vec<Card>,
    /// The teams, ordered by id.
    pub teams: Vec<Team>,
    /// Numbers of teams, departments and shops: formulas of their own, and pools.
    pub groups: Vec<GroupFigures>,
    /// What was due for whom, and what was watched.
    pub duties: Vec<DutyDue>,
    /// What scoring noticed.
    pub findings: Vec<Finding>,
}

/// The numbers of one team, department or shop.
#[derive(Clone, Debug)]
pub struct GroupFigures {
    /// What it is.
    pub level: Level,
    /// Its id; empty where the roster names none.
    pub id: String,
    /// The staff numbers of its agents.
    pub members: Vec<String>,
    /// Formulas of this level with their values.
    pub figures: Vec<Figure>,
    /// Pools of this level.
    pub pools: Vec<PoolFigures>,
}

/// A named number.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// How it is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// The number, `None` without data.
    pub value: Option<Exact>,
}

/// A pool of one group.
#[derive(Clone, Debug)]
pub struct PoolFigures {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Yuan in it, unrounded, before a pot below nought is clipped; `None` while it cannot be worked out.
    pub base: Option<Exact>,
    /// Yuan that its parts and prizes sum to; `None` while they cannot be worked out.
    pub paid: Option<Exact>,
    /// Yuan that nobody gets, to the fen.
    pub left: Option<Exact>,
}

/// Something that must be produced, sent or kept, for one person.
#[derive(Clone, Debug)]
pub struct DutyDue {
    /// The duty's id.
    pub id: String,
    /// Its kind, such as `improvement-plan`.
    pub kind: String,
    /// For whom: a staff number.
    pub about: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// By when.
    pub due: Option<Bilingual>,
    /// What it is.
    pub text: Bilingual,
}

/// Which scheme was applied.
#[derive(Clone, Debug)]
pub struct SchemeIdentity {
    /// The file's id, such as `presale-weighted`.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// The version as its author wrote it.
    pub version: String,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// Every value that its author assumed, in reading order.
    pub assumed: Vec<Bilingual>,
    /// The full mark of the total, usually 100; for schemes without one a round number that no total exceeds.
    pub full_marks: Exact,
    /// Whether there is a total; without one every line stands for itself.
    pub has_total: bool,
    /// Whether the scheme declares that full mark.
    pub has_full_marks: bool,
    /// The named levels of lines from best to worst; empty for schemes without any.
    pub levels: Vec<Reached>,
    /// The grades from best to worst, with their lower limits (`None` for the last).
    pub grades: Vec<(Bilingual, Option<Exact>)>,
}

/// A person with a staff number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Staff number (工号).
    pub id: String,
    /// The name as people write it.
    pub name: String,
    /// The mail address of the roster, if there is one.
    pub email: Option<String>,
}

impl Person {
    /// Name and staff number, or the one where they are the same.
    pub fn called(&self) -> Bilingual {
        if self.name == self.id {
            return Bilingual::same(&self.id);
        }
        Bilingual::new(format!("{}（{}）", self.name, self.id), format!("{} ({})", self.name, self.id))
    }
}

/// A team and who leads it.
#[derive(Clone, Debug)]
pub struct Team {
    /// The team's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its manager, if the roster names one.
    pub manager: Option<Person>,
    /// The mean total of its scored agents, with how many they are.
    pub mean_total: Option<Exact>,
}

/// The result of one agent for one period.
#[derive(Clone, Debug)]
pub struct Card {
    /// Whose card it is.
    pub agent: Person,
    /// The team in which they were ranked.
    pub team_id: String,
    /// The name of that team.
    pub team_name: String,
    /// Total, rank and grade, or why there are none.
    pub standing: Standing,
    /// The indicators in the scheme's order.
    pub lines: Vec<Line>,
    /// What would raise the total most, best first.
    pub advice: Vec<Advice>,
    /// Earlier periods, oldest first, without this one.
    pub trend: Vec<TrendPoint>,
    /// Amounts of money, component by component.
    pub money: Vec<MoneyLine>,
    /// Consequences that a person must approve.
    pub proposals: Vec<Proposal>,
    /// Gates and quotas that hold.
    pub marks: Vec<Mark>,
    /// What is assumed, provisional or missing on this card.
    pub remarks: Vec<Bilingual>,
    /// Days on which the agent appeared, and days planned, where attendance is known.
    pub attendance: Option<Attendance>,
}

/// A consequence that a person must approve; nothing pays or dismisses by itself.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The rule that proposes it.
    pub rule: String,
    /// Its kind, such as `demote`.
    pub kind: String,
    /// What is proposed.
    pub text: Bilingual,
    /// The numbers that led to it.
    pub evidence: Bilingual,
    /// Yuan, where it is about money.
    pub amount: Option<Exact>,
}

impl Proposal {
    /// What is proposed, with its amount and the numbers that led to it.
    pub fn said(&self) -> Bilingual {
        let amount = self.amount.as_ref().map(|amount| format!(" ¥{}", amount.fixed(2))).unwrap_or_default();
        Bilingual::new(
            format!("{}{amount}（{}）", self.text.zh, self.evidence.zh),
            format!("{}{amount} ({})", self.text.en, self.evidence.en),
        )
    }
}

/// A gate or quota that holds for an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
}

/// Whether an agent was scored.
#[derive(Clone, Debug)]
pub enum Standing {
    /// A total with its place.
    Scored {
        /// The unrounded total.
        total: Exact,
        /// The place in the ranking.
        rank: u32,
        /// How many were ranked with them.
        of: u32,
        /// The grade's label; empty for schemes without grades.
        grade: Bilingual,
        /// The grade's id; empty for schemes without grades.
        grade_id: String,
        /// The total of the period before, where there was one.
        previous: Option<Exact>,
    },
    /// Listed but not scored, with the reason.
    NotScored {
        /// Why, such as too few handled calls.
        reason: Bilingual,
    },
}

impl Standing {
    /// Why nobody has a total under a scheme that makes none.
    pub fn line_by_line() -> Bilingual {
        Bilingual::new("本方案逐项评定，不计总分", "this scheme judges line by line, without a total")
    }

    /// Whether every line was judged under such a scheme.
    pub fn is_judged(&self) -> bool {
        matches!(self, Self::NotScored { reason } if *reason == Self::line_by_line())
    }
}

/// A measured value with what it was made of.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The value itself, unrounded; `None` when the denominator is nought.
    pub value: Option<Exact>,
    /// What was counted or summed.
    pub numerator: Exact,
    /// What it was divided by, where the metric is a ratio.
    pub denominator: Option<Exact>,
}

/// Whose value a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// The team's.
    Team,
    /// The shop's.
    Shop,
    /// The agent's own, such as a plan.
    Own,
}

/// What a value was compared with.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Whose value it is.
    pub kind: ReferenceKind,
    /// What it is: the team's value, the agent's plan.
    pub label: Bilingual,
    /// The reference itself with its parts, in the metric's unit.
    pub measured: Measured,
    /// The agent's value divided by the reference: what the bands decide on.
    pub relation: Option<Exact>,
}

/// How far a number may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It stands.
    Final,
    /// It may still change until its data has matured (临时).
    Provisional,
    /// A value of the scheme behind it is assumed.
    Assumed,
    /// There was no data; it is not nought.
    Missing,
    /// A value of the scheme behind it is unset.
    Unset,
    /// The indicator does not concern this agent in this period.
    NotApplicable,
}

impl Status {
    /// The word of exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Provisional => "provisional",
            Self::Assumed => "assumed",
            Self::Missing => "missing",
            Self::Unset => "unset",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A named level that a line reached, such as 优秀.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
}

/// How a line enters the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// By its weight.
    Weighted,
    /// Its points are added as they are.
    Added,
    /// It is printed only, or belongs to a sum apart.
    Shown,
}

/// The part of a month in which a weekly line was scored.
#[derive(Clone, Debug)]
pub struct WeekPoints {
    /// 1 to 4.
    pub week: u32,
    /// The value, `None` without data.
    pub measured: Option<Measured>,
    /// Points won, `None` without data.
    pub points: Option<Exact>,
    /// The rule that fired.
    pub rule: Bilingual,
}

/// One scored indicator.
#[derive(Clone, Debug)]
pub struct Line {
    /// The indicator's id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// What it asks for, in a sentence.
    pub about: Option<Bilingual>,
    /// The heading under which it stands.
    pub group: Option<Bilingual>,
    /// Whether that heading sums its lines apart from the total.
    pub apart: bool,
    /// How it enters the total.
    pub kind: LineKind,
    /// The level that it reached, where the scheme names levels.
    pub level: Option<Reached>,
    /// The parts of the month, for weekly lines.
    pub weeks: Vec<WeekPoints>,
    /// How its value is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// Whether more is better.
    pub direction: Direction,
    /// The value, or `None` without data.
    pub measured: Option<Measured>,
    /// What it was compared with, where the scheme compares.
    pub reference: Option<Reference>,
    /// The value that earns full marks, in the metric's own unit, where the curve has one.
    pub target: Option<Exact>,
    /// Points won, `None` without data.
    pub points: Option<Exact>,
    /// Points at best.
    pub full_marks: Exact,
    /// The weight as written, in parts of the scheme's total.
    pub weight: Exact,
    /// The weight that counted, once weights without data were shared out.
    pub effective_weight: Exact,
    /// What it adds to the total, unrounded.
    pub contribution: Option<Exact>,
    /// How far the number may be trusted.
    pub status: Status,
    /// The name of the value that nobody has set, where that is why there are no points.
    pub lacking: Option<String>,
    /// The band or rule that fired, in words.
    pub rule: Bilingual,
    /// The reason of an assumption behind it.
    pub assumed: Option<Bilingual>,
    /// The occurrences behind a ledger indicator, with dates.
    pub occurrences: Vec<Occurrence>,
    /// The items of a check sheet that were not met.
    pub unmet: Vec<Unmet>,
    /// The tables and filters from which the value came, for `explain`.
    pub origins: Vec<Origin>,
}

/// Where a value came from, so that its rows can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What is counted, in words.
    pub label: Bilingual,
    /// The canonical table.
    pub table: String,
    /// The metric's SQL expression.
    pub expression: String,
    /// The SQL condition on rows, if any.
    pub filter: Option<String>,
    /// The columns that name whose rows they are, where they are not the usual ones.
    pub agents: Vec<String>,
}

/// An item of a check sheet that an agent did not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Its id, as the sheet numbers it.
    pub id: String,
    /// What is asked for.
    pub text: Bilingual,
    /// Whether failing it alone fails the whole line.
    pub critical: bool,
}

/// One logged event that cost or won points.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The day, where the record has one.
    pub on: Option<NaiveDate>,
    /// What happened.
    pub what: Bilingual,
    /// The points it moved.
    pub points: Exact,
}

/// The cheapest next band of one indicator.
#[derive(Clone, Debug)]
pub struct Advice {
    /// The indicator's id.
    pub indicator: String,
    /// What to reach, in the metric's own unit: "3 more paid customers".
    pub text: Bilingual,
    /// What that adds to the total.
    pub gain: Exact,
}

/// One earlier period of the same agent.
#[derive(Clone, Debug)]
pub struct TrendPoint {
    /// The period.
    pub period: Period,
    /// The agent's total, `None` when not scored.
    pub total: Option<Exact>,
    /// The team's mean total.
    pub team_mean: Option<Exact>,
}

/// One amount of money.
#[derive(Clone, Debug)]
pub struct MoneyLine {
    /// The component's id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Yuan, to the fen.
    pub amount: Exact,
    /// The rule as its author wrote it.
    pub rule: String,
    /// The rule in words, with the numbers that stood in it.
    pub worked: Bilingual,
    /// Whether it is paid only when a person has approved it.
    pub needs_approval: bool,
}

/// Attendance of one agent in the period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Days with a planned shift.
    pub planned_days: u32,
    /// Days with a punch.
    pub present_days: u32,
    /// Times late.
    pub late: u32,
    /// Times left early.
    pub early: u32,
    /// Days absent.
    pub absent: u32,
    /// Punches missed.
    pub missed: u32,
}
