//! What the operator's desk is told about this machine: its schedule, its sources, its settings.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::ledger::{Pause, Run};
use crate::period::Period;
use crate::words::Bilingual;

/// Looks into files and the lake; the console only asks.
pub trait Machine: Send + Sync {
    /// The ids and titles of the sources, those first that others need people from.
    fn sources(&self) -> Vec<(String, Bilingual)>;
    /// What is kept of a source for a month, the running one without a word of it; `None` when there is no such source.
    ///
    /// Errors when a list of what is kept cannot be read.
    fn coverage(&self, source: &str, month: Option<Period>) -> anyhow::Result<Option<Coverage>>;
    /// Every job in order, with what it did last and does next.
    fn schedule(&self) -> anyhow::Result<Vec<Planned>>;
    /// What a run read, a sentence for each source; nothing for one that never came to its data.
    fn read_by(&self, run: &str) -> anyhow::Result<Vec<Bilingual>>;
    /// The settings by name, without any secret.
    fn settings(&self) -> Vec<(Bilingual, String)>;
    /// Everything that is wrong with what people wrote, looked for anew.
    fn check(&self) -> Checked;
    /// What the last such look found, if there was one since the start.
    fn last_check(&self) -> Option<Checked>;
}

/// A job with what it did last and does next.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The job's id.
    pub job: String,
    /// What people call it.
    pub title: Bilingual,
    /// The time zone of its days.
    pub zone: Tz,
    /// Whether it has a schedule at all.
    pub has_schedule: bool,
    /// Its newest run.
    pub last: Option<Run>,
    /// When it does something next, and which milestone that is if it is no run.
    pub next: Option<(DateTime<Utc>, Option<String>)>,
    /// What keeps it from running, or asks for a person.
    pub why_not: Vec<Bilingual>,
    /// Who paused it.
    pub pause: Option<Pause>,
}

/// What is kept of a source for a month.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The month.
    pub month: Period,
    /// The time zone of its days.
    pub zone: Tz,
    /// The last pull that came to its end: the period, and when it was begun.
    pub last_pull: Option<(String, DateTime<Utc>)>,
    /// The last pull that failed.
    pub last_failure: Option<Trouble>,
    /// Resource by resource.
    pub resources: Vec<Covered>,
}

/// A pull that failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The period.
    pub period: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
}

/// What is kept of a resource.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Its id.
    pub resource: String,
    /// Its days; none for one that knows no time.
    pub days: Vec<(NaiveDate, Kept)>,
    /// How many ids are asked for; `None` where it asks for none.
    pub ids: Option<usize>,
    /// How many pages are kept.
    pub pages: u64,
    /// How many records they gave.
    pub records: u64,
    /// When the oldest and the newest of them were pulled.
    pub begun: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// How a day of a resource stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is kept and no longer changes.
    Final,
    /// It is kept and is asked for again, because it may still change.
    Open,
    /// It is not kept, or not for all ids.
    Missing,
    /// It is not there yet, or no longer to be had.
    Unwanted,
}

impl Kept {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::Final, Self::Open, Self::Missing, Self::Unwanted];

    /// Its sign, told from the others without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Final => "●",
            Self::Open => "◐",
            Self::Missing => "○",
            Self::Unwanted => "·",
        }
    }

    /// What it means.
    pub fn words(self) -> Bilingual {
        match self {
            Self::Final => Bilingual::new("已定", "final"),
            Self::Open => Bilingual::new("仍会变化，将重取", "may still change, is pulled again"),
            Self::Missing => Bilingual::new("缺", "missing"),
            Self::Unwanted => {
                Bilingual::new("不需要（未到，或接口已不再提供）", "not wanted (not there yet, or no longer to be had)")
            }
        }
    }
}

/// What a look at everything that people wrote found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// When.
    pub at: DateTime<Utc>,
    /// What is wrong or doubtful, errors first.
    pub faults: Vec<Fault>,
}

/// How grave a thing is that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Something cannot be used because of it.
    Error,
    /// It is doubtful.
    Warning,
    /// It is as it may be, and worth knowing.
    Note,
}

/// One thing that is wrong, doubtful or worth knowing.
#[derive(Clone, Debug)]
pub struct Fault {
    /// How grave it is.
    pub grade: Grade,
    /// What it is.
    pub message: String,
    /// File, line and column, where it is in a file.
    pub place: Option<String>,
    /// What to do.
    pub next_steps: Vec<String>,
}
