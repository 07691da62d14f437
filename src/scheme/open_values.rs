//! What an author left open or assumed, for `check`, `scheme list` and the cards.

use crate::words::Bilingual;

use super::consequence::{QuotaSize, Split};
use super::line::OccurrencePoints;
use super::{Amount, Counts, FormulaRule, Indicator, Judged, Scheme, Scored};

impl Scheme {
    /// The name of every value that is still unset, in the order of the file's families.
    pub fn unset(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: Option<&str>| {
            if let Some(name) = name
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        };
        self.parameters.iter().for_each(|one| add(one.value.lacking()));
        for one in &self.formulas {
            match &one.rule {
                FormulaRule::Expression(formula) => add(formula.lacking().as_deref()),
                FormulaRule::Lookup { curve, .. } => curve.unset().iter().for_each(|name| add(Some(name))),
            }
        }
        self.groups.iter().filter_map(|one| one.weight.as_ref()).for_each(|weight| add(weight.lacking()));
        self.indicators.iter().flat_map(unset_in).for_each(|name| add(Some(&name)));
        for grade in &self.grades {
            [&grade.at_least, &grade.amount, &grade.coefficient]
                .into_iter()
                .flatten()
                .for_each(|one| add(one.lacking()));
        }
        for pool in &self.pools {
            add(pool.base.lacking().as_deref());
            match &pool.split {
                Split::Rank { shares, fixed, .. } => shares.iter().chain(fixed).for_each(|one| add(one.lacking())),
                Split::Score { over, .. } => add(over.as_ref().and_then(Amount::lacking)),
            }
        }
        self.pays.iter().for_each(|one| add(one.amount.lacking().as_deref()));
        self.titles.iter().filter_map(|one| one.base_wage.as_ref()).for_each(|wage| add(wage.lacking()));
        self.overrides.iter().flat_map(|one| &one.weights).for_each(|(_, weight)| add(weight.lacking()));
        names
    }

    /// The ids of what its author assumed, with the reason.
    pub fn assumptions(&self) -> Vec<(&str, &Bilingual, &Bilingual)> {
        let mut all: Vec<(&str, &Bilingual, &Bilingual)> = Vec::new();
        macro_rules! from {
            ($($family:ident),*) => {$(
                for one in &self.$family {
                    if let Some(why) = &one.assumed {
                        all.push((one.id.as_str(), &one.label, why));
                    }
                }
            )*};
        }
        from!(parameters, metrics, formulas, groups, indicators, gates, grades, quotas, pools, pays, titles, streaks);
        from!(overrides, watches);
        for one in &self.proposals {
            if let Some(why) = &one.assumed {
                all.push((one.id.as_str(), &one.text, why));
            }
        }
        all
    }

    /// Every assumption of its author, as a card prints it; what was assumed for the same reason is said together.
    pub fn assumed(&self) -> Vec<Bilingual> {
        Bilingual::said_together(self.assumptions().into_iter().map(|(_, label, why)| (label.clone(), why.clone())))
    }
}

impl Indicator {
    /// The names of what is unset in this line, wherever it is needed.
    pub fn unset(&self) -> Vec<String> {
        unset_in(self)
    }
}

fn unset_in(line: &Indicator) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if let Counts::Weighted { weight, full_points } = &line.counts {
        names.extend([weight, full_points].into_iter().filter_map(|one| one.lacking().map(str::to_owned)));
    }
    match &line.scored {
        Scored::Curve(curve) => names.extend(curve.unset()),
        Scored::Ranks(ranks) => {
            let below = ranks.below.iter().map(|(_, points)| points);
            names.extend(ranks.points.iter().chain(below).filter_map(|one| one.lacking().map(str::to_owned)));
        }
        Scored::Linear(_) | Scored::AsIs => {}
    }
    match &line.judged {
        Judged::Rating(rating) => {
            let amounts = rating.mix.values().chain(rating.levels.values());
            names.extend(amounts.filter_map(|one| one.lacking().map(str::to_owned)));
        }
        Judged::Occurrences { start, kinds } => {
            names.extend(start.lacking().map(str::to_owned));
            for kind in kinds {
                let points: Vec<&Amount> = match &kind.points {
                    OccurrencePoints::Each(points) => vec![points],
                    OccurrencePoints::Cumulative(points) => points.iter().collect(),
                    OccurrencePoints::Column { .. } | OccurrencePoints::Nothing => Vec::new(),
                };
                let others = kind.if_none.iter().chain(kind.extra.iter().map(|(_, points)| points));
                names.extend(points.into_iter().chain(others).filter_map(|one| one.lacking().map(str::to_owned)));
            }
        }
        Judged::Points(formula) => names.extend(formula.lacking()),
        Judged::Value { .. } | Judged::Checklist(_) | Judged::Met(_) => {}
    }
    names
}

/// How many a quota takes, in words for people who read the policy.
impl QuotaSize {
    /// `20%` or `1`.
    pub fn words(&self) -> String {
        match self {
            Self::Share(share, _) => format!("{}%", (share.clone() * crate::exact::Exact::whole(100)).trimmed(4)),
            Self::Count(count) => count.to_string(),
        }
    }
}
