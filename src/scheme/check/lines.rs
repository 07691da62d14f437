//! Groups, levels, items and indicators.

use crate::diag::{Place, Spanned, known_names};
use crate::exact::Exact;
use crate::scheme::line::*;
use crate::scheme::policy::{Absent, Level, Measure, Missing, Per};
use crate::scheme::written::{IndicatorTable, ItemTable, RankPointsTable, Weight, Written};
use crate::scheme::{Amount, Direction};

use super::Checker;
use super::values::unplaced;

impl Checker<'_> {
    pub(super) fn groups(&mut self) -> Vec<Group> {
        let written = self.written;
        let mut groups = Vec::new();
        for one in &written.group {
            let weight = match &one.weight {
                Some(weight) => match weight.as_ref() {
                    // Shared out when all weights are known.
                    Weight::Equal => Some(Amount::Known(Exact::zero())),
                    Weight::Own(own) => {
                        Some(self.amount(own, &format!("{}.weight", one.id.as_ref()), self.place(weight)))
                    }
                },
                None => None,
            };
            groups.push(Group {
                id: one.id.as_ref().clone(),
                label: one.label.clone(),
                weight,
                apart: one.apart,
                assumed: one.assumed.clone(),
            });
        }
        groups
    }

    pub(super) fn levels(&self) -> Vec<NamedLevel> {
        let written = self.written;
        written.level.iter().map(|one| NamedLevel { id: one.id.as_ref().clone(), label: one.label.clone() }).collect()
    }

    pub(super) fn item(&mut self, written: &ItemTable) -> Item {
        let id: &String = written.id.as_ref();
        Item {
            id: id.clone(),
            text: written.text.clone(),
            chapter: written.chapter.clone(),
            applies_when: self.maybe_formula(&written.applies_when, &format!("{id}.applies-when")),
            met_when: self.maybe_formula(&written.met_when, &format!("{id}.met-when")),
            of_site: written.of == Level::Shop,
            critical: written.critical,
        }
    }

    pub(super) fn indicator(&mut self, written: &IndicatorTable) -> Indicator {
        let id: &String = written.id.as_ref();
        if let Some(group) = &written.group
            && !self.written.group.iter().any(|one| one.id.as_ref() == group.as_ref())
        {
            let hint = known_names(group.as_ref(), self.written.group.iter().map(|one| one.id.as_ref().as_str()));
            let place = self.place(group);
            self.wrong(place, format!("there is no group `{}`", group.as_ref()), hint);
        }
        let judged = self.judged(written);
        let weekly = written.per == Per::Week;
        if weekly && matches!(judged, Judged::Rating(_) | Judged::Checklist(_)) {
            let place = self.place(&written.id);
            self.wrong(
                place,
                format!("`{id}` would count one judgement four times"),
                "leave out `per = \"week\"`: ratings and check sheets are of the whole period",
            );
        }
        self.nothing_idle(written, &judged);
        let scored = self.scored(written, &judged);
        let counts = self.counts(written, &judged);
        Indicator {
            label: written
                .label
                .clone()
                .or_else(|| self.label_of(&judged))
                .unwrap_or_else(|| crate::words::Bilingual::same(id)),
            id: id.clone(),
            about: written.about.clone(),
            group: written.group.as_ref().map(|group| group.as_ref().clone()),
            counts,
            full_points: unplaced(&written.full_points),
            judged,
            scored,
            per: written.per,
            when: self.maybe_formula(&written.when, &format!("{id}.when")),
            missing: match &written.rating {
                // A rating that waits for its raters makes its line wait.
                Some(rating) if rating.as_ref().absent == Absent::Hold && written.missing == Missing::Renormalise => {
                    Missing::Hold
                }
                _ => written.missing,
            },
            at_least: unplaced(&written.at_least),
            at_most: unplaced(&written.at_most),
            assumed: written.assumed.clone(),
        }
    }

    /// A line that judges one named value has that value's label.
    fn label_of(&self, judged: &Judged) -> Option<crate::words::Bilingual> {
        let Judged::Value { value, .. } = judged else { return None };
        let names = value.names();
        let [(name, _)] = names[..] else { return None };
        let written = self.written;
        let metric = written.metric.iter().find(|one| *one.id.as_ref() == name.id).map(|one| &one.label);
        let formula = written.formula.iter().find(|one| *one.id.as_ref() == name.id).map(|one| &one.label);
        let lookup = written.lookup.iter().find(|one| *one.id.as_ref() == name.id).map(|one| &one.label);
        metric.or(formula).or(lookup).cloned()
    }

    fn counts(&mut self, written: &IndicatorTable, judged: &Judged) -> Counts {
        let id: &String = written.id.as_ref();
        let full_points = Amount::Known(unplaced(&written.full_points).unwrap_or_else(|| Exact::whole(100)));
        match (&written.weight, &written.marks, written.shown) {
            (Some(weight), None, false) => {
                let full_points = match (judged, &written.full_points) {
                    // A met condition and a started ledger have full marks of their own.
                    (Judged::Occurrences { start, .. }, None) if *start != Amount::Known(Exact::zero()) => {
                        start.clone()
                    }
                    _ => full_points,
                };
                let weight = match weight.as_ref() {
                    Weight::Equal => Amount::Known(Exact::zero()),
                    Weight::Own(own) => self.amount(own, &format!("{id}.weight"), self.place(weight)),
                };
                Counts::Weighted { weight, full_points }
            }
            (None, Some(marks), false) => {
                let marks = self.amount(marks.as_ref(), &format!("{id}.marks"), self.place(marks));
                Counts::Weighted { weight: marks.clone(), full_points: marks }
            }
            (None, None, true) => Counts::Shown,
            (None, None, false) => Counts::Added,
            _ => {
                let place = self.place(&written.id);
                self.wrong(
                    place,
                    format!("indicator `{id}` counts in two ways"),
                    "write one of `weight`, `marks` and `shown = true`, or none of them for an addition",
                );
                Counts::Shown
            }
        }
    }

    fn judged(&mut self, written: &IndicatorTable) -> Judged {
        let id: &String = written.id.as_ref();
        let ways = [
            written.metric.is_some(),
            written.rating.is_some(),
            written.checklist.is_some(),
            !written.occurrence.is_empty(),
            written.points.is_some(),
            !written.met_when.is_empty(),
        ];
        if ways.iter().filter(|way| **way).count() != 1 {
            let place = self.place(&written.id);
            self.wrong(
                place,
                format!("indicator `{id}` judges nothing, or more than one thing"),
                "write one of `metric`, `rating`, `checklist`, `[[indicator.occurrence]]`, `points` and `met-when`",
            );
        }
        if let Some(metric) = &written.metric {
            let value = self.formula(metric, &format!("{id}.metric"));
            let names = value.names();
            let only = match names[..] {
                [(name, _)] if name.scope == crate::scheme::formula::Scope::Own && value.text == name.to_string() => {
                    self.written.metric.iter().position(|one| *one.id.as_ref() == name.id)
                }
                _ => None,
            };
            let relative_to = written.relative_to.as_ref().map(|reference| self.reference(reference, &value, id));
            return Judged::Value { metric: only, value, relative_to, compare: written.compare };
        }
        if let Some(rating) = &written.rating {
            return Judged::Rating(self.rating(rating, id));
        }
        if let Some(checklist) = &written.checklist {
            return Judged::Checklist(self.checklist(checklist));
        }
        if !written.occurrence.is_empty() {
            let start = match (&written.start, &written.marks) {
                (Some(start), _) => self.amount(start.as_ref(), &format!("{id}.start"), self.place(start)),
                (None, Some(marks)) => self.amount(marks.as_ref(), &format!("{id}.marks"), self.place(marks)),
                (None, None) => Amount::Known(Exact::zero()),
            };
            let kinds = written.occurrence.iter().filter_map(|one| self.occurrence(one, id)).collect();
            return Judged::Occurrences { start, kinds };
        }
        if let Some(points) = &written.points {
            return Judged::Points(self.formula(points, &format!("{id}.points")));
        }
        Judged::Met(written.met_when.iter().map(|one| self.formula(one, &format!("{id}.met-when"))).collect())
    }

    /// `team`, `shop` and `department` ask for the same value of the group.
    pub(super) fn reference(
        &mut self,
        written: &Spanned<crate::scheme::written::Expression>,
        value: &crate::scheme::Formula,
        id: &str,
    ) -> crate::scheme::Formula {
        use crate::scheme::formula::{Formula, Name, Scope};
        let crate::scheme::written::Expression::Text(text) = written.as_ref() else {
            return self.formula(written, &format!("{id}.relative-to"));
        };
        let scope = match text.as_str() {
            "team" => Scope::Team,
            "department" => Scope::Department,
            "shop" => Scope::Shop,
            _ => return self.formula(written, &format!("{id}.relative-to")),
        };
        match value.names()[..] {
            [(name, _)] if name.scope == Scope::Own => {
                Formula::of_name(Name { scope, id: name.id.clone() }).written_at(written.span())
            }
            _ => {
                let place = self.place(written);
                self.wrong(
                    place,
                    format!("`{text}` needs a value that is one metric or formula"),
                    format!("write the reference out, such as `{text}.conversion`"),
                );
                Formula::constant(Exact::whole(1))
            }
        }
    }

    fn scored(&mut self, written: &IndicatorTable, judged: &Judged) -> Scored {
        let ways = [
            !written.bands.is_empty() || written.steps.is_some(),
            written.linear.is_some(),
            written.rank_points.is_some(),
        ];
        let place = self.place(&written.id);
        if ways.iter().filter(|way| **way).count() > 1 {
            self.wrong(
                place.clone(),
                "a line is scored in one way",
                "keep one of `bands`, `steps`, `linear` and `rank-points`",
            );
        }
        if ways[0] {
            return Scored::Curve(self.curve(written, self.direction(judged)));
        }
        if let Some(linear) = &written.linear {
            if linear.from == *linear.to.as_ref() {
                let at = self.place(&linear.to);
                self.wrong(at, "a line from a number to itself says nothing", "give `from` and `to` different numbers");
            }
            return Scored::Linear(Linear {
                from: linear.from.clone(),
                to: linear.to.as_ref().clone(),
                points_from: linear.points_from.clone(),
                points_to: linear.points_to.clone(),
            });
        }
        if let Some(ranks) = &written.rank_points {
            if matches!(judged, Judged::Value { relative_to: Some(_), .. }) {
                let at = self.place(&ranks.points);
                self.wrong(at, "points by place need a value of their own", "use `metric` without `relative-to`");
            }
            return Scored::Ranks(self.rank_points(ranks, judged, written.id.as_ref()));
        }
        if matches!(judged, Judged::Value { .. }) && !written.shown {
            self.wrong(
                place,
                format!("indicator `{}` has no `bands` and no `steps`", written.id.as_ref()),
                "write for instance `bands = [{ at-least = 0.9, points = 100 }]` and `otherwise = 0`",
            );
        }
        Scored::AsIs
    }

    fn direction(&self, judged: &Judged) -> Option<Direction> {
        match judged {
            Judged::Value { value, .. } if value.names().len() == 1 => Some(self.direction_of(value)),
            Judged::Value { .. } => None,
            Judged::Checklist(checklist) if checklist.measure == Measure::Unmet => Some(Direction::Lower),
            _ => Some(Direction::Higher),
        }
    }

    fn rank_points(&mut self, written: &RankPointsTable, judged: &Judged, id: &str) -> RankPoints {
        let place = self.place(&written.points);
        let points = written
            .points
            .as_ref()
            .iter()
            .map(|one| self.amount(one, &format!("{id}.rank-points"), place.clone()))
            .collect();
        self.prizes_fall(written, &place);
        let value = match judged {
            Judged::Value { value, .. } => value.clone(),
            _ => crate::scheme::Formula::constant(Exact::zero()),
        };
        RankPoints {
            points,
            within: written.within,
            reach: written.reach.as_ref().map(|reach| self.reference(reach, &value, id)),
            below: written.below.as_ref().map(|below| {
                let than = self.reference(&below.than, &value, id);
                (than, self.amount(&below.points, &format!("{id}.below.points"), place.clone()))
            }),
            ties: written.ties,
        }
    }

    /// The first place earns most.
    fn prizes_fall(&mut self, written: &RankPointsTable, place: &Place) {
        let points = written.points.as_ref();
        if points.is_empty() {
            self.wrong(place.clone(), "no place earns anything", "write points by place, such as `points = [3, 2, 1]`");
        }
        let rises = points.windows(2).any(|pair| match pair {
            [Written::Known(better), Written::Known(worse)] => worse > better,
            _ => false,
        });
        if rises {
            self.doubtful(
                place.clone(),
                "a worse place earns more points",
                "write the points of the first place first",
            );
        }
    }
}
