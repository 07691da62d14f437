//! The lines of a card: how each counts, what it judges, and how it is scored (R05–R11 of the catalogue).

use std::collections::BTreeMap;

use crate::diag::Place;
use crate::exact::Exact;
use crate::words::Bilingual;

use super::formula::Formula;
use super::policy::{Absent, AllowanceMode, Compare, Measure, Missing, Per, RankTies, Unchecked, Within};
use super::{Amount, Curve};

/// A heading whose indicators sum to its weight.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// What its indicators sum to; `None` where they stand apart from the total or are additions.
    pub weight: Option<Amount>,
    /// Whether its lines stand apart from the total.
    pub apart: bool,
    /// Why its author assumed the weight, if so.
    pub assumed: Option<Bilingual>,
}

/// A named level, such as 优秀.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedLevel {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
}

/// One line of a check sheet.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id, as the sheet numbers it.
    pub id: String,
    /// What is checked.
    pub text: Bilingual,
    /// The chapter of the sheet.
    pub chapter: Option<String>,
    /// To whom it applies; to everybody without.
    pub applies_when: Option<Formula>,
    /// The verdict, where it is computed and not ticked.
    pub met_when: Option<Formula>,
    /// Whether it is checked at the site and not at a person.
    pub of_site: bool,
    /// Whether failing it fails the whole line.
    pub critical: bool,
}

/// A line on the card.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// What a rater and the agent should know about it.
    pub about: Option<Bilingual>,
    /// The heading under which it stands.
    pub group: Option<String>,
    /// How it enters the total.
    pub counts: Counts,
    /// Points at best as written, for lines that say so without a weight.
    pub full_points: Option<Exact>,
    /// What is judged.
    pub judged: Judged,
    /// How that becomes points.
    pub scored: Scored,
    /// Over which stretch.
    pub per: Per,
    /// To whom it applies; to everybody without.
    pub when: Option<Formula>,
    /// What happens without data.
    pub missing: Missing,
    /// Its points are never fewer.
    pub at_least: Option<Exact>,
    /// Its points are never more.
    pub at_most: Option<Exact>,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// How a line enters the total.
#[derive(Clone, Debug)]
pub enum Counts {
    /// Points / full points × weight.
    Weighted {
        /// Its part of the total.
        weight: Amount,
        /// The points that count as all of it.
        full_points: Amount,
    },
    /// Its points are added as they are (加减分).
    Added,
    /// It is printed only.
    Shown,
}

/// What a line judges.
#[derive(Clone, Debug)]
pub enum Judged {
    /// A named value, maybe beside a reference.
    Value {
        /// The value.
        value: Formula,
        /// The metric that it is, if it is just one.
        metric: Option<usize>,
        /// What it is compared with before the curve sees it.
        relative_to: Option<Formula>,
        /// How.
        compare: Compare,
    },
    /// Scores given by people.
    Rating(Rating),
    /// Items of a check sheet.
    Checklist(Checklist),
    /// Recorded events.
    Occurrences {
        /// The points before any event.
        start: Amount,
        /// The kinds of events.
        kinds: Vec<Occurrence>,
    },
    /// Points by an expression.
    Points(Formula),
    /// Full points when every condition holds.
    Met(Vec<Formula>),
}

/// How a judged number becomes points.
#[derive(Clone, Debug)]
pub enum Scored {
    /// By bands.
    Curve(Curve),
    /// By a straight line.
    Linear(Linear),
    /// By the place among others.
    Ranks(RankPoints),
    /// The number, stretched to full points where it is a share.
    AsIs,
}

/// A straight line between two points, flat beyond them.
#[derive(Clone, Debug)]
pub struct Linear {
    /// Where it begins.
    pub from: Exact,
    /// Where it ends.
    pub to: Exact,
    /// The points at the beginning.
    pub points_from: Exact,
    /// The points at the end.
    pub points_to: Exact,
}

impl Linear {
    /// points-from + (value − from) / (to − from) × (points-to − points-from), within the ends.
    pub fn at(&self, value: &Exact) -> Exact {
        let way = (value.clone() - self.from.clone()).checked_div(&(self.to.clone() - self.from.clone()));
        let way = way.unwrap_or_else(Exact::zero).clamp(Exact::zero(), Exact::whole(1));
        self.points_from.clone() + way * (self.points_to.clone() - self.points_from.clone())
    }
}

/// Points by place.
#[derive(Clone, Debug)]
pub struct RankPoints {
    /// For the first, the second, …
    pub points: Vec<Amount>,
    /// Among whom.
    pub within: Within,
    /// A value that must be reached to get any.
    pub reach: Option<Formula>,
    /// The reference below which something else is given.
    pub below: Option<(Formula, Amount)>,
    /// What equal values do.
    pub ties: RankTies,
}

/// Scores given by people for one item.
#[derive(Clone, Debug)]
pub struct Rating {
    /// The item of the table `ratings`.
    pub item: String,
    /// The best score that can be given.
    pub max: Exact,
    /// Weights by role; without any, the plain mean of all scores.
    pub mix: BTreeMap<String, Amount>,
    /// Roles whose scores are shown and do not count.
    pub reference_only: Vec<String>,
    /// What a silent role does.
    pub absent: Absent,
    /// The score of a level that a rater chose.
    pub levels: BTreeMap<String, Amount>,
}

/// Items of a check sheet.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Places in the scheme's items.
    pub items: Vec<usize>,
    /// What is counted.
    pub measure: Measure,
    /// What an unchecked item does.
    pub unchecked: Unchecked,
}

/// One kind of recorded event.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// What happened.
    pub what: Bilingual,
    /// The table that records it.
    pub table: String,
    /// The SQL condition on a row.
    pub keep: Option<String>,
    /// Where it is written.
    pub place: Place,
    /// The points that it moves.
    pub points: OccurrencePoints,
    /// From how many on the whole line is nought.
    pub zero_at: Option<u32>,
    /// How many are free.
    pub allowance: u32,
    /// What the allowance frees.
    pub allowance_mode: AllowanceMode,
    /// Points when there was none.
    pub if_none: Option<Amount>,
    /// The sum of this kind is never more.
    pub at_most: Option<Exact>,
    /// The sum of this kind is never less.
    pub at_least: Option<Exact>,
    /// Points once so many are reached.
    pub extra: Option<(u32, Amount)>,
    /// The columns that name who is charged.
    pub agents: Vec<String>,
    /// The SQL expression of how many a row stands for.
    pub count: Option<String>,
    /// The column whose text is shown as evidence.
    pub note: Option<String>,
}

/// What an event moves.
#[derive(Clone, Debug)]
pub enum OccurrencePoints {
    /// The same for each.
    Each(Amount),
    /// What a column says, within limits.
    Column {
        /// The column.
        column: String,
        /// The least and the most.
        between: (Exact, Exact),
    },
    /// The sum after the first, the second, …; the last stands for all beyond.
    Cumulative(Vec<Amount>),
    /// Nothing by itself.
    Nothing,
}
