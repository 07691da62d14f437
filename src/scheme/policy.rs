//! The choices that a scheme's author makes by a word.

use schemars::JsonSchema;
use serde::Deserialize;

/// Declares enums that are written in kebab-case, the first variant being the default.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$other_doc:meta])* $other:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$other_doc])* $other),*
        }
    )*};
}

words! {
    /// What happens to the total when an indicator has no data.
    Missing {
        /// Its weight is shared out over the other indicators of its group, or of the card.
        Renormalise,
        /// The agent is not scored until the data is there.
        Hold,
        /// It counts as full points.
        Full,
        /// It counts as no points.
        Zero,
    }

    /// Among whom an agent is compared.
    Within {
        /// The agent's own team.
        Team,
        /// The agent's department.
        Department,
        /// All agents of the shop.
        Shop,
    }

    /// What equal totals do to the places after them.
    Method {
        /// 1, 1, 3.
        Competition,
        /// 1, 1, 2.
        Dense,
        /// 1, 2, 3: what the tie-breakers leave equal is ordered by staff number.
        Ordinal,
    }

    /// Who is scored.
    Subjects {
        /// The agents of the roster.
        Agents,
        /// The departments.
        Departments,
    }

    /// Whose number it is.
    Level {
        /// One agent's.
        Agent,
        /// One team's.
        Team,
        /// One department's.
        Department,
        /// The whole shop's.
        Shop,
    }

    /// What a team's or shop's value of a metric is.
    Average {
        /// Σ numerators / Σ denominators.
        RatioOfSums,
        /// The mean of the agents' own values.
        MeanOfAgents,
    }

    /// What a ratio is when its denominator is nought.
    ZeroDenominator {
        /// There is no value.
        Missing,
        /// It is nought.
        Zero,
        /// It is one, the whole.
        Full,
    }

    /// How a value is compared with its reference.
    Compare {
        /// Value / reference.
        Ratio,
        /// Value − reference.
        Difference,
        /// Value / reference − 1.
        Growth,
    }

    /// Over which stretch an indicator is evaluated.
    Per {
        /// Once over the whole period.
        Period,
        /// In the four parts of a month: days 1–7, 8–14, 15–21 and the rest; the points are summed.
        Week,
    }

    /// What equal values do to points by place.
    RankTies {
        /// Everybody gets the points of the better place.
        Share,
        /// They share the points of their places equally.
        Average,
        /// The staff number decides.
        Break,
    }

    /// What is counted on a check sheet.
    Measure {
        /// Items passed / items that apply.
        Passed,
        /// The number of items that failed.
        Unmet,
    }

    /// What an item that nobody checked does.
    Unchecked {
        /// The sheet is incomplete: there is no value.
        Missing,
        /// It is left out.
        LeftOut,
    }

    /// What a rater's silence does.
    Absent {
        /// The other raters' weights are stretched.
        Renormalise,
        /// The rating waits for it.
        Hold,
    }

    /// What an allowance frees.
    AllowanceMode {
        /// Only the excess is charged.
        Excess,
        /// All are charged once it is exceeded.
        All,
    }

    /// Whether lines are added to a total.
    Counting {
        /// They are.
        Sum,
        /// They stand for themselves: no total, no rank, no grade.
        None,
    }

    /// Which of a table's rows count.
    Rows {
        /// All of the period.
        All,
        /// Those of the last day that has any, for snapshots.
        LastDay,
    }

    /// Whom a consequence may reach.
    Whom {
        /// Those who are scored.
        Scored,
        /// Those who take places, scored or not.
        Ranked,
        /// Everybody of the roster.
        Everybody,
    }

    /// From which end a quota counts.
    End {
        /// The best.
        Top,
        /// The last.
        Bottom,
    }

    /// How a part of people becomes a number of people.
    Rounding {
        /// To the nearest, halves up.
        HalfUp,
        /// Down.
        Floor,
        /// Up.
        Ceil,
    }

    /// What equals at a quota's limit do.
    QuotaTies {
        /// The rank's tie-breakers and then the staff number decide.
        Break,
        /// All equals are in.
        Include,
        /// None of those who are equal across the limit is in.
        Exclude,
    }

    /// What a pot below nought becomes.
    Negative {
        /// Nought; the shortfall is reported.
        Clip,
        /// It stays negative and is shared as a charge.
        Carry,
    }

    /// What becomes of a pot after the places with shares of their own.
    Rest {
        /// It is kept.
        Keep,
        /// The others share it equally.
        Equal,
    }

    /// What happens when scores sum to more than what they are divided by.
    Above {
        /// Everybody's part is scaled down, so that the pot is enough.
        Scale,
        /// More than the pot is paid.
        Allow,
    }

    /// What a period without a result does to a streak.
    Gaps {
        /// It ends it.
        Break,
        /// It is passed over.
        Skip,
    }

    /// How often a watch looks.
    Cadence {
        /// Every day.
        Day,
        /// Every part of the month.
        Week,
        /// Once over the period.
        Period,
    }

    /// The month of a milestone's day.
    MilestoneMonth {
        /// The month after the period.
        Next,
        /// The month in which the period ends.
        Same,
    }

    /// How an insight is drawn.
    Chart {
        /// A line over the days of the period, or over its weeks where it is longer than a month.
        Trend,
        /// A field of agents and days.
        Heatmap,
        /// A distribution.
        Histogram,
    }
}
