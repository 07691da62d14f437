//! What one agent gets: the standing, the lines, what follows from them, and where they come from.

use super::*;

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
    /// The condition that holds, with the numbers that stand in it.
    pub evidence: Bilingual,
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

/// One earlier period of the same agent.
#[derive(Clone, Debug)]
pub struct TrendPoint {
    /// The period.
    pub period: Period,
    /// The agent's total, `None` when not scored.
    pub total: Option<Exact>,
    /// The team's mean total.
    pub team_mean: Option<Exact>,
    /// The agent's place, and among how many, where there was one.
    pub place: Option<(u32, u32)>,
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
