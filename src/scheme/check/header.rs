//! The head of the file: the day from which it is in force, the population, the total.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use toml::value::Datetime;

use crate::diag::{Place, Spanned};
use crate::scheme::consequence::TotalRule;
use crate::scheme::data::{Minimum, Population};

use crate::scheme::written::FullMarks;

use super::Checker;
use super::values::unplaced;

/// Days outside these years are slips of the pen.
const YEARS: RangeInclusive<i32> = 1970..=2099;

impl Checker<'_> {
    /// The older version that this one replaces.
    pub(super) fn supersedes(&mut self) -> Option<(String, Place)> {
        let older = self.written.supersedes.as_ref()?;
        let place = self.place(older);
        if *older.as_ref() == self.written.version {
            self.wrong(
                place.clone(),
                format!("version `{}` supersedes itself", self.written.version),
                "name the version before this one, or leave `supersedes` out",
            );
        }
        Some((older.as_ref().clone(), place))
    }

    pub(super) fn effective_from(&mut self) -> NaiveDate {
        self.day(&self.written.effective_from, "effective-from")
    }

    /// A calendar day; a date that does not exist or has a time is reported.
    pub(super) fn day(&mut self, written: &Spanned<Datetime>, key: &str) -> NaiveDate {
        let date = written
            .as_ref()
            .date
            .and_then(|date| NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()));
        let place = self.place(written);
        match date {
            Some(date) if written.as_ref().time.is_none() => {
                if !YEARS.contains(&date.year()) {
                    self.wrong(place, format!("`{key}` {date} is no day of an appraisal"), "years are 1970 to 2099");
                }
                date
            }
            _ => {
                self.wrong(place, format!("`{key}` is a day such as 2026-01-01"), "leave out the time of day");
                NaiveDate::default()
            }
        }
    }

    pub(super) fn population(&mut self) -> Population {
        let written = &self.written.population;
        let exclude =
            written.exclude.iter().map(|one| (self.formula(&one.when, "exclude.when"), one.reason.clone())).collect();
        if let Some(minimum) = &written.minimum {
            self.knows_metric(&minimum.metric);
        }
        Population {
            subjects: written.subjects,
            roles: written.roles.clone(),
            scored: self.maybe_formula(&written.scored, "population.scored"),
            ranked: self.maybe_formula(&written.ranked, "population.ranked"),
            averaged: self.maybe_formula(&written.averaged, "population.averaged"),
            headcount: self.maybe_formula(&written.headcount, "population.headcount"),
            exclude,
            minimum: written.minimum.as_ref().map(|one| Minimum {
                metric: one.metric.as_ref().clone(),
                at_least: one.at_least.clone(),
                reason: one.reason.clone(),
            }),
        }
    }

    pub(super) fn total(&mut self) -> TotalRule {
        let written = &self.written.total;
        self.bounds(&written.at_least, &written.at_most, "the total");
        if let Some(full) = written.normalise_to.as_ref().filter(|full| *full.as_ref() <= 0) {
            let place = self.place(full);
            self.wrong(place, "`normalise-to` is above nought", "write the total at best, such as 100");
        }
        if let (Some(full), FullMarks::None) = (&written.normalise_to, &self.written.full_marks) {
            let place = self.place(full);
            self.wrong(
                place,
                "`normalise-to` says nothing without full marks",
                "declare `full-marks`, or leave it out",
            );
        }
        let mut becomes: Vec<_> = written.becomes.iter().map(|one| (one.at_least.clone(), one.total.clone())).collect();
        becomes.sort_by(|one, other| other.0.cmp(&one.0));
        TotalRule {
            counts: written.counts,
            normalise_to: written.normalise_to.as_ref().map(|full| full.as_ref().clone()),
            at_least: unplaced(&written.at_least),
            at_most: unplaced(&written.at_most),
            rounded_to: written.rounded_to.as_ref().map(|places| self.decimals(places)),
            becomes,
        }
    }
}
