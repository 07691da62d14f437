//! The lines of the card in one table: heading, line, weight, what is measured, reference.

use crate::scheme::{Amount, Compare, Counts, Indicator, Judged, Unit};

use super::{Reader, Section, say};

impl Reader<'_> {
    /// The table of indicators.
    pub(super) fn indicators(&self) -> Section {
        let rows = self.scheme.indicators.iter().map(|line| {
            vec![
                self.heading(line),
                format!("{}{}", self.text(&line.label), self.assumed_mark(line.assumed.as_ref())),
                self.weight(line),
                self.measured(line),
                self.reference(line),
            ]
        });
        let table = self.table(
            &["类别", "考核项", "权重", "考核内容", "对照"],
            &["group", "indicator", "weight", "what is measured", "reference"],
            rows.collect(),
        );
        self.section("考核项", "Indicators", table)
    }

    /// The group of a line, with the group's own weight.
    fn heading(&self, line: &Indicator) -> String {
        let Some(group) = line.group.as_ref().and_then(|id| self.scheme.group(id)) else { return String::new() };
        let label = self.text(&group.label);
        let assumed = self.assumed_mark(group.assumed.as_ref());
        match (&group.weight, group.apart) {
            (_, true) => say!(self, "{label}（另计）{assumed}", "{label} (apart){assumed}"),
            (Some(weight), false) => format!("{label} {}{assumed}", self.amount(weight, Unit::Ratio)),
            (None, false) => format!("{label}{assumed}"),
        }
    }

    fn weight(&self, line: &Indicator) -> String {
        match &line.counts {
            Counts::Weighted { weight, full_points } if weight == full_points => self.points(weight),
            Counts::Weighted { weight, .. } => self.amount(weight, Unit::Ratio),
            Counts::Added => self.pick("加减分", "added").to_owned(),
            Counts::Shown => self.pick("只列示", "shown only").to_owned(),
        }
    }

    /// What a line is measured against.
    fn reference(&self, line: &Indicator) -> String {
        let Judged::Value { relative_to: Some(reference), compare, .. } = &line.judged else { return String::new() };
        let reference = self.formula(reference);
        match compare {
            Compare::Ratio => format!("÷ {reference}"),
            Compare::Difference => format!("− {reference}"),
            Compare::Growth => say!(self, "比{reference}增长", "growth over {reference}"),
        }
    }

    /// The points that count as all of a line, where they are no constant of the scheme.
    pub(super) fn full_points(&self, line: &Indicator) -> Option<Amount> {
        match &line.counts {
            Counts::Weighted { full_points, .. } => Some(full_points.clone()),
            Counts::Added | Counts::Shown => line.full_points.clone().map(Amount::Known),
        }
    }
}
