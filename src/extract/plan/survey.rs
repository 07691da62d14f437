//! What is wanted of a resource, before anybody looks at what is kept; and the walks for a part of it.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::batch::{self, Group};
use super::reach::Reach;
use super::{Circumstance, Walk, window};
use crate::extract::coverage::{Cell, Gap, product};
use crate::extract::keep::Errand;
use crate::source::Resource;
use crate::source::resource::{FanOut, Step};
use crate::source::template::{Batch, Filling, Parent};

/// Everything that is wanted of one resource.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The days; none for a resource that knows no time.
    pub reach: Option<Reach>,
    /// The ids, one of each fan-out; one cell of nothing where there is no fan-out.
    pub cells: Vec<Cell>,
    /// Whether a fan-out over people found no ids.
    pub without_ids: bool,
    groups: Vec<Group>,
    step: Step,
    granularity: TimeDelta,
    period: String,
    job: String,
    zone: Tz,
}

impl Survey {
    /// Looks at one resource.
    ///
    /// # Errors
    /// When the ids of a fan-out were not pulled, or a table or record lacks them.
    pub fn of(resource: &Resource, circumstance: &Circumstance) -> Result<Self> {
        let groups = batch::groups(&resource.fan_outs, circumstance)?;
        Ok(Self {
            cells: groups.all.iter().flat_map(|(batches, _)| product(&lists(batches))).collect(),
            without_ids: groups.lacks_people,
            groups: groups.all,
            ..Self::without_ids(resource, circumstance)
        })
    }

    /// The same where the ids of its fan-outs are not known.
    pub fn without_ids(resource: &Resource, circumstance: &Circumstance) -> Self {
        let window = resource.window.as_ref();
        Self {
            reach: window.map(|window| Reach::of(window, &resource.request, circumstance)),
            cells: Vec::new(),
            without_ids: false,
            groups: Vec::new(),
            step: window.map_or(Step::Whole, |window| window.step),
            granularity: window.map_or(TimeDelta::seconds(1), |window| window.granularity),
            period: circumstance.period.name(),
            job: circumstance.job.to_owned(),
            zone: circumstance.zone,
        }
    }

    /// The same for other cells.
    pub fn with_cells(&self, cells: Vec<Cell>) -> Self {
        Self { cells, ..self.clone() }
    }

    /// The name of the period and the id of the job, as requests may carry them.
    pub fn names(&self) -> (&str, &str) {
        (&self.period, &self.job)
    }

    /// The same without the days around the period.
    pub fn within_period(&self) -> Self {
        Self { reach: self.reach.as_ref().map(Reach::within_period), ..self.clone() }
    }

    /// The walks that ask for days and cells, by window, then batch; batches stay as they are planned for all ids, so
    /// that the same cells always make the same requests.
    pub fn walks(&self, gaps: &[Gap]) -> Vec<Walk> {
        let mut walks = Vec::new();
        for (spans, cells) in gaps {
            let cells: BTreeSet<&Cell> = cells.iter().collect();
            let parts: Vec<Group> = self.groups.iter().filter_map(|group| part(group, &cells)).collect();
            for window in self.windows(spans) {
                walks.extend(parts.iter().map(|(batches, parent)| self.walk(window, batches.clone(), parent.clone())));
            }
        }
        walks.sort_by(|one, other| {
            (one.days, lists(&one.filling.batches)).cmp(&(other.days, lists(&other.filling.batches)))
        });
        walks
    }

    /// The walk on given days with given batches.
    fn walk(&self, days: Option<(NaiveDate, NaiveDate)>, batches: Vec<Batch>, parent: Parent) -> Walk {
        let window = days.map(|days| window::instants(days, self.zone));
        let (period, job, granularity) = (self.period.clone(), self.job.clone(), self.granularity);
        let filling = Filling { period, job, window, granularity, batches, parent };
        Walk { filling, days }
    }

    fn windows(&self, spans: &[(NaiveDate, NaiveDate)]) -> Vec<Option<(NaiveDate, NaiveDate)>> {
        match &self.reach {
            None => vec![None],
            Some(_) => spans.iter().flat_map(|span| window::cut(self.step, span.0, span.1)).map(Some).collect(),
        }
    }
}

/// The walk of an errand that was kept, to map its pages anew or to see whether its request is still the same.
pub fn walk_of(resource: &Resource, zone: Tz, (period, job): (&str, &str), errand: &Errand) -> Walk {
    let batch = |(fan_out, ids): (&FanOut, &Vec<String>)| Batch {
        slot: fan_out.slot.clone(),
        ids: ids.clone(),
        join: fan_out.join.clone(),
    };
    let filling = Filling {
        period: period.to_owned(),
        job: job.to_owned(),
        window: errand.days.map(|days| window::instants(days, zone)),
        granularity: resource.window.map_or(TimeDelta::seconds(1), |window| window.granularity),
        batches: resource.fan_outs.iter().zip(&errand.ids).map(batch).collect(),
        parent: errand.parent.clone(),
    };
    Walk { filling, days: errand.days }
}

/// What of a group is among the cells; none when nothing is.
fn part((batches, parent): &Group, cells: &BTreeSet<&Cell>) -> Option<Group> {
    let lists = lists(batches);
    let wanted: Vec<Cell> = product(&lists).into_iter().filter(|cell| cells.contains(cell)).collect();
    let only = |(place, batch): (usize, &Batch)| Batch {
        ids: batch.ids.iter().filter(|id| wanted.iter().any(|cell| cell.get(place) == Some(id))).cloned().collect(),
        ..batch.clone()
    };
    (!wanted.is_empty()).then(|| (batches.iter().enumerate().map(only).collect(), parent.clone()))
}

/// The ids of batches.
pub fn lists(batches: &[Batch]) -> Vec<Vec<String>> {
    batches.iter().map(|batch| batch.ids.clone()).collect()
}
