//! How a walk is cut into legs, and a leg into halves where the source gives less than there is.

use chrono::{DateTime, Days, DurationRound, TimeDelta};
use chrono_tz::Tz;

use super::Walk;
use crate::period::midnight;
use crate::source::Resource;
use crate::source::resource::{Step, Window};

/// The pieces that one request may ask for, in the order of time.
pub fn legs(resource: &Resource, walk: &Walk) -> Vec<Walk> {
    let pieces = resource.window.and_then(|window| window.pieces);
    let (Some(length), Some((start, end))) = (pieces, walk.filling.window) else { return vec![walk.clone()] };
    let mut legs = Vec::new();
    let mut from = start;
    while from < end {
        let to = (from + length).min(end);
        legs.push(with_window(walk, (from, to)));
        from = to;
    }
    legs
}

/// Two requests for the same as one: by time, else by ids; `None` when it asks for the least already.
pub fn halves(resource: &Resource, leg: &Walk) -> Option<[Walk; 2]> {
    resource.window.and_then(|window| by_time(&window, leg)).or_else(|| by_ids(leg))
}

fn by_time(window: &Window, leg: &Walk) -> Option<[Walk; 2]> {
    if window.step == Step::Month {
        return None;
    }
    by_days(leg).or_else(|| window.pieces.and_then(|_| by_minutes(leg)))
}

fn by_days(leg: &Walk) -> Option<[Walk; 2]> {
    let ((from, to), (start, end)) = (leg.days?, leg.filling.window?);
    let middle = from + Days::new(u64::try_from((to - from).num_days() / 2).ok()?);
    let at = midnight(start.timezone(), middle).with_timezone(&start.timezone());
    (start < at && at < end).then(|| {
        let before = Walk { days: Some((from, middle)), ..with_window(leg, (start, at)) };
        [before, Walk { days: Some((middle, to)), ..with_window(leg, (at, end)) }]
    })
}

fn by_minutes(leg: &Walk) -> Option<[Walk; 2]> {
    let (start, end) = leg.filling.window?;
    let middle = (start + (end - start) / 2).duration_trunc(TimeDelta::minutes(1)).ok()?;
    (start < middle && middle < end).then(|| [with_window(leg, (start, middle)), with_window(leg, (middle, end))])
}

/// Halves the largest batch.
fn by_ids(leg: &Walk) -> Option<[Walk; 2]> {
    let batches = &leg.filling.batches;
    let (at, largest) = batches.iter().enumerate().max_by_key(|(_, batch)| batch.ids.len())?;
    let (left, right) = largest.ids.split_at(largest.ids.len() / 2);
    let with_ids = |ids: &[String]| {
        let mut half = leg.clone();
        half.filling.batches[at].ids = ids.to_vec();
        half
    };
    (!left.is_empty()).then(|| [with_ids(left), with_ids(right)])
}

fn with_window(walk: &Walk, window: (DateTime<Tz>, DateTime<Tz>)) -> Walk {
    let mut cut = walk.clone();
    cut.filling.window = Some(window);
    cut
}

#[cfg(test)]
mod tests;
