//! From the file as written to a [`Scheme`]: every rule runs, and all that is wrong is reported at once.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Place};
use crate::exact::Exact;

use super::written::*;
use super::*;

/// Reads and checks one file.
pub(super) fn check(file: &AuthoredFile) -> Result<Scheme, Diagnostics> {
    let written: SchemeFile = file.parse_toml()?;
    let mut found = Diagnostics::new();
    let checker = Checker { file, written: &written };
    checker.ids(&mut found);
    checker.names(&mut found);
    checker.weights(&mut found);
    checker.grades(&mut found);
    let effective_from = checker.effective_from(&mut found);
    let indicators = written.indicator.iter().map(|one| checker.indicator(one, &mut found)).collect();
    let scheme = checker.scheme(effective_from, indicators);
    found.into_result(scheme)
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    written: &'a SchemeFile,
}

impl Checker<'_> {
    fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        place_of(self.file, spanned)
    }

    fn ids(&self, found: &mut Diagnostics) {
        let written = self.written;
        self.kebab_case(&written.id, found);
        let families: [(&str, Vec<&Spanned<String>>); 3] = [
            ("metric", written.metric.iter().map(|one| &one.id).collect()),
            ("indicator", written.indicator.iter().map(|one| &one.id).collect()),
            ("filter", written.filter.iter().map(|one| &one.id).collect()),
        ];
        for (family, ids) in families {
            let mut seen = BTreeSet::new();
            for id in ids {
                self.kebab_case(id, found);
                if !seen.insert(id.as_ref()) {
                    found.push(
                        Diagnostic::error(format!("two {family}s are called `{}`", id.as_ref()))
                            .at(self.place(id))
                            .hint("give each its own id"),
                    );
                }
            }
        }
        if written.indicator.is_empty() {
            found.push(
                Diagnostic::error("a scheme needs at least one `[[indicator]]`")
                    .at(self.place(&written.id))
                    .hint("add `[[indicator]]` with an id, a metric, a weight and bands"),
            );
        }
    }

    fn kebab_case(&self, id: &Spanned<String>, found: &mut Diagnostics) {
        let text: &str = id.as_ref();
        let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if text.is_empty() || text.len() > 60 || !text.chars().all(plain) {
            found.push(
                Diagnostic::error(format!("`{text}` is not an id"))
                    .at(self.place(id))
                    .hint("use lower-case letters, digits and hyphens, such as `paid-amount`"),
            );
        }
    }

    /// Every name that refers to something must find it.
    fn names(&self, found: &mut Diagnostics) {
        let metrics: Vec<&str> = self.written.metric.iter().map(|one| one.id.as_ref().as_str()).collect();
        let mut refer = |name: &Spanned<String>, also: &[&str]| {
            let text: &str = name.as_ref();
            if !metrics.contains(&text) && !also.contains(&text) {
                let known: Vec<String> = also.iter().chain(&metrics).map(|one| format!("`{one}`")).collect();
                found.push(
                    Diagnostic::error(format!("there is no metric `{text}`"))
                        .at(place_of(self.file, name))
                        .hint(format!("known here: {}", known.join(", "))),
                );
            }
        };
        for indicator in &self.written.indicator {
            refer(&indicator.metric, &[]);
            if let Some(baseline) = &indicator.relative_to {
                refer(baseline, &["team", "shop"]);
            }
        }
        self.written.rank.ties.iter().for_each(|tie| refer(tie, &[]));
        if let Some(minimum) = &self.written.population.minimum {
            refer(&minimum.metric, &[]);
        }
    }

    /// Weights sum to the declared full marks, unless one of them is unset.
    fn weights(&self, found: &mut Diagnostics) {
        let known: Vec<&Exact> = self.written.indicator.iter().filter_map(|one| one.weight.as_ref().known()).collect();
        if known.len() < self.written.indicator.len() {
            return;
        }
        for indicator in &self.written.indicator {
            if indicator.weight.as_ref().known().is_some_and(Exact::is_negative) {
                found.push(Diagnostic::error("a weight cannot be negative").at(self.place(&indicator.weight)));
            }
        }
        let sum: Exact = known.into_iter().cloned().sum();
        if let Some(last) = self.written.indicator.last().filter(|_| sum != self.written.full_marks) {
            found.push(
                Diagnostic::error(format!("the weights sum to {sum}, not to {}", self.written.full_marks))
                    .at(self.place(&last.weight))
                    .hint(format!("change a weight, or declare `full-marks = {sum}` at the top of the file")),
            );
        }
    }

    fn grades(&self, found: &mut Diagnostics) {
        let grades = &self.written.grade;
        for (index, grade) in grades.iter().enumerate() {
            let last = index + 1 == grades.len();
            let limit = grade.as_ref().at_least.as_ref();
            match limit {
                Some(_) if last => found.push(
                    Diagnostic::error("totals below the last grade have no grade")
                        .at(self.place(grade))
                        .hint("leave `at-least` out of the last grade, so that it takes the rest"),
                ),
                None if !last => found.push(
                    Diagnostic::error("grades after this one can never be given")
                        .at(self.place(grade))
                        .hint("give it `at-least`, or move it to the end"),
                ),
                _ => {}
            }
            let above = index.checked_sub(1).and_then(|before| grades[before].as_ref().at_least.as_ref());
            if let (Some(limit), Some(above)) = (limit, above)
                && limit >= above
            {
                found.push(
                    Diagnostic::error(format!("this grade starts at {limit}, not below the one before it ({above})"))
                        .at(self.place(grade))
                        .hint("write grades from best to worst"),
                );
            }
        }
    }

    fn effective_from(&self, found: &mut Diagnostics) -> NaiveDate {
        let written = &self.written.effective_from;
        let date = written
            .as_ref()
            .date
            .and_then(|date| NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()));
        if date.is_none() || written.as_ref().time.is_some() {
            found.push(Diagnostic::error("`effective-from` is a day such as 2026-01-01").at(self.place(written)));
        }
        date.unwrap_or_default()
    }

    fn indicator(&self, written: &IndicatorTable, found: &mut Diagnostics) -> Indicator {
        let metric = self.written.metric.iter().find(|one| one.id.as_ref() == written.metric.as_ref());
        let label = written.label.as_ref().or(metric.map(|one| &one.label));
        Indicator {
            id: written.id.as_ref().clone(),
            label: label.cloned().unwrap_or_default(),
            metric: written.metric.as_ref().clone(),
            relative_to: written.relative_to.as_ref().map(|name| match name.as_ref().as_str() {
                "team" => Baseline::Team,
                "shop" => Baseline::Shop,
                metric => Baseline::Metric(metric.to_owned()),
            }),
            weight: written.weight.as_ref().clone(),
            full_points: written.full_points.clone(),
            curve: self.curve(written, metric.map(|one| one.direction), found),
            missing: written.missing,
            assumed: written.assumed.clone(),
        }
    }

    fn curve(&self, written: &IndicatorTable, direction: Option<Direction>, found: &mut Diagnostics) -> Curve {
        let bands = match &written.steps {
            Some(steps) if written.bands.is_empty() => self.steps(steps, found),
            Some(steps) => {
                found.push(
                    Diagnostic::error("an indicator has either `bands` or `steps`, not both").at(self.place(steps)),
                );
                Vec::new()
            }
            None => written.bands.iter().filter_map(|band| self.band(band, found)).collect(),
        };
        if written.steps.is_none() && written.bands.is_empty() {
            found.push(
                Diagnostic::error(format!("indicator `{}` has no `bands` and no `steps`", written.id.as_ref()))
                    .at(self.place(&written.id))
                    .hint("write for instance `bands = [{ at-least = 0.9, points = 100 }]` and `otherwise = 0`"),
            );
        }
        if written.otherwise.is_none() {
            found.push(
                Diagnostic::error(format!("indicator `{}` leaves a gap beyond its last band", written.id.as_ref()))
                    .at(self.place(&written.id))
                    .hint("say what everything else earns, for instance `otherwise = 0`"),
            );
        }
        self.order(written, &bands, direction, found);
        Curve { bands, otherwise: written.otherwise.clone().unwrap_or(Amount::Unset) }
    }

    fn band(&self, written: &Spanned<BandTable>, found: &mut Diagnostics) -> Option<Band> {
        let table = written.as_ref();
        let edges = [
            table.at_least.clone().map(Edge::AtLeast),
            table.above.clone().map(Edge::Above),
            table.at_most.clone().map(Edge::AtMost),
            table.below.clone().map(Edge::Below),
        ];
        let mut edges = edges.into_iter().flatten();
        match (edges.next(), edges.next()) {
            (Some(edge), None) => Some(Band { edge, points: table.points.clone() }),
            _ => {
                found.push(
                    Diagnostic::error("a band has exactly one edge")
                        .at(self.place(written))
                        .hint("write one of `at-least` (≥), `above` (>), `at-most` (≤), `below` (<)"),
                );
                None
            }
        }
    }

    /// Bands must be written from best to worst, look the same way, and each be reachable.
    fn order(&self, written: &IndicatorTable, bands: &[Band], direction: Option<Direction>, found: &mut Diagnostics) {
        let span = |index: usize| match written.bands.get(index) {
            Some(band) => self.place(band),
            None => self.place(&written.id),
        };
        for (index, pair) in bands.windows(2).enumerate() {
            if pair[0].edge.looks_up() != pair[1].edge.looks_up() {
                found.push(Diagnostic::error("bands look both ways").at(span(index + 1)).hint(
                    "use only `at-least`/`above` where more is better, only `at-most`/`below` where less is better",
                ));
            } else if pair[0].edge.covers(&pair[1].edge) {
                found.push(
                    Diagnostic::error(format!(
                        "this band can never fire: {} {} is already taken by {} {}",
                        pair[1].edge.sign(),
                        pair[1].edge.limit(),
                        pair[0].edge.sign(),
                        pair[0].edge.limit(),
                    ))
                    .at(span(index + 1))
                    .hint("write bands from best to worst"),
                );
            }
        }
        if let (Some(first), Some(direction)) = (bands.first(), direction)
            && first.edge.looks_up() != (direction == Direction::Higher)
        {
            found.push(
                Diagnostic::error("the bands reward the other direction than the metric's")
                    .at(span(0))
                    .hint("set the metric's `direction` to `higher` or `lower`, or turn the edges round"),
            );
        }
    }

    /// Evenly spaced bands: `from` 100% `to` 50% `step` 2% gives twenty-six.
    fn steps(&self, written: &Spanned<StepsTable>, found: &mut Diagnostics) -> Vec<Band> {
        let table = written.as_ref();
        let span = (table.to.clone() - table.from.clone()).abs();
        let count = span.checked_div(&table.step);
        let count = count.filter(|count| *count >= 0 && *count == count.floor() && *count <= 1000);
        let Some(count) = count else {
            found.push(
                Diagnostic::error(format!("`step` {} does not divide {} to {}", table.step, table.from, table.to))
                    .at(self.place(written))
                    .hint("`step` is positive and divides the way from `from` to `to` into at most 1000 whole steps"),
            );
            return Vec::new();
        };
        let upwards = table.from >= table.to;
        let stride = if upwards { -table.step.clone() } else { table.step.clone() };
        let last = count.to_f64() as i64;
        (0..=last)
            .map(|index| {
                let limit = table.from.clone() + stride.clone() * Exact::whole(index);
                let points = table.points.clone() - table.points_step.clone() * Exact::whole(index);
                let edge = if upwards { Edge::AtLeast(limit) } else { Edge::AtMost(limit) };
                Band { edge, points: Amount::Known(points) }
            })
            .collect()
    }

    fn scheme(&self, effective_from: NaiveDate, indicators: Vec<Indicator>) -> Scheme {
        let written = self.written;
        Scheme {
            id: written.id.as_ref().clone(),
            catalogue: written.catalogue.clone(),
            title: written.title.clone(),
            version: written.version.clone(),
            supersedes: written.supersedes.clone(),
            effective_from,
            cycle: written.cycle,
            full_marks: written.full_marks.clone(),
            remarks: written.remarks.clone(),
            minimum: written.population.minimum.as_ref().map(|one| Minimum {
                metric: one.metric.as_ref().clone(),
                at_least: one.at_least.clone(),
                reason: one.reason.clone(),
            }),
            filters: written.filter.iter().map(|one| self.filter(one)).collect(),
            metrics: written.metric.iter().map(|one| self.metric(one)).collect(),
            indicators,
            rank: Rank {
                within: written.rank.within,
                method: written.rank.method,
                ties: written.rank.ties.iter().map(|tie| tie.as_ref().clone()).collect(),
            },
            grades: written
                .grade
                .iter()
                .map(|one| Grade { label: one.as_ref().label.clone(), at_least: one.as_ref().at_least.clone() })
                .collect(),
            file: self.file.clone(),
            hash: hex::encode(Sha256::digest(self.file.text.as_bytes())),
        }
    }

    fn filter(&self, written: &FilterTable) -> Filter {
        Filter {
            id: written.id.as_ref().clone(),
            table: written.table.as_ref().clone(),
            keep: written.keep.as_ref().clone(),
            place: self.place(&written.keep),
        }
    }

    fn metric(&self, written: &MetricTable) -> Metric {
        Metric {
            id: written.id.as_ref().clone(),
            label: written.label.clone(),
            table: written.table.as_ref().clone(),
            expression: written.expression.as_ref().clone(),
            unit: written.unit,
            decimals: written.decimals.unwrap_or(written.unit.decimals()),
            direction: written.direction,
            counts: written.counts.clone(),
            place: self.place(&written.expression),
        }
    }
}
