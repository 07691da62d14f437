//! The months before the last one, for the trend: each is pulled from the platforms as they were when it had settled.
//!
//! Platforms keep three months, so no single day would give all of them: the clock of the shop stands on each month's day.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::Trigger;
use crate::period::{Period, midnight};
use crate::pipeline::{self, Pipeline, Reach};
use crate::words::Locale;

use super::super::printer::Printer;
use super::{JOB, MONTHS, order};

/// Pulls and scores the months before `last` that have no results yet; leaves the clock on the last of them.
pub(super) async fn replay(pipeline: &Pipeline, last: &Period, printer: &Printer) -> anyhow::Result<()> {
    let months = missing(pipeline, last)?;
    let (Some(from), Some(to)) = (months.first(), months.last()) else { return Ok(()) };
    printer.say(&match pipeline.settings.locale {
        Locale::Zh => format!("补算 {from} 至 {to}：按各月当时的平台拉取，用于走势"),
        Locale::En => format!("earlier months {from} to {to}: pull from the platforms as they were, for the trend"),
    });
    for month in months {
        printer.say(&match pipeline.settings.locale {
            Locale::Zh => format!("补算 {month}：拉取、评分"),
            Locale::En => format!("earlier month {month}: pull and score"),
        });
        pipeline.settings.clock.set(settled(&month));
        pipeline::run(pipeline, &order(month, Trigger::History, Reach::Results), &|_| {}).await?;
    }
    Ok(())
}

/// The months of the shop before `last` that no run has scored, oldest first: a trend reads those before its own.
fn missing(pipeline: &Pipeline, last: &Period) -> anyhow::Result<Vec<Period>> {
    let runs = pipeline.ledger.runs(Some(JOB), 100)?;
    let is_scored = |month: &Period| runs.iter().any(|run| run.period == *month && run.state.is_over());
    let earlier = std::iter::successors(Some(last.previous()), |month| Some(month.previous()));
    let mut months: Vec<Period> = earlier.take(MONTHS as usize - 1).filter(|month| !is_scored(month)).collect();
    months.reverse();
    Ok(months)
}

/// The ninth of the month after, when payments and refunds have settled.
fn settled(month: &Period) -> DateTime<Utc> {
    midnight(chrono_tz::Asia::Shanghai, month.end) + TimeDelta::days(8) + TimeDelta::hours(9)
}
