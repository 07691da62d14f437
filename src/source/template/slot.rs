//! One hole of a text and what fills it.

use chrono::DateTime;
use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;

use super::{Filling, TemplateFault};
use crate::source::filter::scalar_text;

/// How a time is written when nothing is said.
const DAY: &str = "%Y-%m-%d";

/// What a hole asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `{window.start:FORMAT}`: the first instant of the request's window.
    WindowStart(TimeFormat),
    /// `{window.end:FORMAT}`: the first instant after it.
    WindowEnd(TimeFormat),
    /// `{window.last:FORMAT}`: its last instant, for interfaces whose end counts.
    WindowLast(TimeFormat),
    /// `{period}`: the name of the period, such as `2026-10`, for files by period.
    Period,
    /// `{job}`: the id of the job for which a source is read, for files by job.
    Job,
    /// `{ids}` or `{ids.NAME}`: the batch of the fan-out, joined.
    Ids(Option<String>),
    /// `{parent.FIELD}`: a field of the record for which this request is made.
    Parent(String),
}

/// How a time is written: `FORMAT`, or `FORMAT@ZONE` for another clock than the source's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFormat {
    format: String,
    zone: Option<Tz>,
}

impl Slot {
    /// Whether it needs a window; a period does, so that one that is not over is noticed.
    pub fn needs_window(&self) -> bool {
        !matches!(self, Self::Ids(_) | Self::Parent(_) | Self::Job)
    }

    pub(super) fn read(text: &str) -> Result<Self, TemplateFault> {
        let (name, format) = text.split_once(':').unwrap_or((text, DAY));
        match name {
            "ids" if text == name => return Ok(Self::Ids(None)),
            "period" if text == name => return Ok(Self::Period),
            "job" if text == name => return Ok(Self::Job),
            "window.start" => return TimeFormat::read(format).map(Self::WindowStart),
            "window.end" => return TimeFormat::read(format).map(Self::WindowEnd),
            "window.last" => return TimeFormat::read(format).map(Self::WindowLast),
            _ => {}
        }
        match text.split_once('.') {
            Some(("ids", name)) if !name.is_empty() => Ok(Self::Ids(Some(name.to_owned()))),
            Some(("parent", field)) if !field.is_empty() => Ok(Self::Parent(field.to_owned())),
            _ => Err(TemplateFault::Unknown(name.to_owned())),
        }
    }

    pub(super) fn fill(&self, filling: &Filling) -> String {
        let write = |format: &TimeFormat, at: Option<DateTime<Tz>>| at.map_or_else(String::new, |at| format.write(at));
        match self {
            Self::WindowStart(format) => write(format, filling.window.map(|(start, _)| start)),
            Self::WindowEnd(format) => write(format, filling.window.map(|(_, end)| end)),
            Self::WindowLast(format) => write(format, filling.window.map(|(_, end)| end - filling.granularity)),
            Self::Period => filling.period.clone(),
            Self::Job => filling.job.clone(),
            Self::Ids(slot) => {
                filling.batch(slot.as_deref()).map_or_else(String::new, |batch| batch.ids.join(&batch.join))
            }
            Self::Parent(field) => filling.parent.get(field).map(scalar_text).unwrap_or_default(),
        }
    }
}

impl TimeFormat {
    fn read(text: &str) -> Result<Self, TemplateFault> {
        let (format, zone) = match text.rsplit_once('@') {
            None => (text, None),
            Some((format, zone)) => (format, Some(zone.parse().map_err(|_| TemplateFault::Zone(zone.to_owned()))?)),
        };
        if StrftimeItems::new(format).any(|item| item == Item::Error) {
            return Err(TemplateFault::Format(format.to_owned()));
        }
        Ok(Self { format: format.to_owned(), zone })
    }

    fn write(&self, at: DateTime<Tz>) -> String {
        let at = self.zone.map_or(at, |zone| at.with_timezone(&zone));
        at.format(&self.format).to_string()
    }
}
