//! From `[schedule]` and `[[milestone]]` as written to what the scheduler goes by.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::{NaiveTime, TimeDelta};
use croner::Cron;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatchUp, DayRule, Does, Earliest, Holidays, Milestone, OnDay, Overlap, Schedule, When};
use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned};
use crate::job::check::duration;
use crate::job::{Periods, ReleasedBy};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::job) struct ScheduleTable {
    /// Five fields: minute, hour, day of month, month, day of week. Instead of `on` and `at`.
    cron: Option<Spanned<String>>,
    /// `day-1` to `day-28`, `last-day`, `working-day-1` to `working-day-15` or `last-working-day`.
    on: Option<Spanned<String>>,
    /// The time of day, such as `09:00`.
    at: Option<Spanned<String>>,
    /// Only in these months, 1 to 12.
    months: Option<Spanned<Vec<u32>>>,
    /// What happens when people do not work on that day.
    holidays: Option<Spanned<Holidays>>,
    #[serde(default)]
    catch_up: CatchUp,
    start_deadline: Option<Spanned<String>>,
    /// What happens to an occasion while a run of the job is at work.
    #[serde(default)]
    overlap: Overlap,
    /// Whether an occasion waits for its data to be final.
    earliest: Option<Spanned<Earliest>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::job) struct MilestoneTable {
    /// Its name within the job, in lower-case letters, digits and hyphens.
    id: Spanned<String>,
    /// What is done.
    does: Spanned<Does>,
    /// As in `[schedule]`.
    cron: Option<Spanned<String>>,
    /// As in `[schedule]`.
    on: Option<Spanned<String>>,
    /// As in `[schedule]`.
    at: Option<Spanned<String>>,
    /// As in `[schedule]`.
    months: Option<Spanned<Vec<u32>>>,
    /// As in `[schedule]`.
    holidays: Option<Spanned<Holidays>>,
    /// The folder that gets the forms; for `does = "forms"`.
    folder: Option<Spanned<String>>,
}

/// The keys that say when, of either table.
struct Written<'a> {
    cron: Option<&'a Spanned<String>>,
    on: Option<&'a Spanned<String>>,
    at: Option<&'a Spanned<String>>,
    months: Option<&'a Spanned<Vec<u32>>>,
    holidays: Option<&'a Spanned<Holidays>>,
}

/// How late an occasion may be caught up where the job does not say.
const START_DEADLINE: TimeDelta = TimeDelta::days(7);

/// Checks the schedule of a job.
pub(in crate::job) fn schedule(
    table: Spanned<ScheduleTable>,
    periods: Periods,
    file: &AuthoredFile,
    found: &mut Diagnostics,
) -> Schedule {
    let mut checker = Checker { file, found };
    let place = file.place(table.span());
    let written = table.get_ref();
    let keys = Written {
        cron: written.cron.as_ref(),
        on: written.on.as_ref(),
        at: written.at.as_ref(),
        months: written.months.as_ref(),
        holidays: written.holidays.as_ref(),
    };
    Schedule {
        when: checker.when(&table, &keys),
        catch_up: written.catch_up,
        start_deadline: checker.start_deadline(written.start_deadline.as_ref()),
        overlap: written.overlap,
        earliest: checker.earliest(written.earliest.as_ref(), periods),
        place,
    }
}

/// Checks the milestones of a job.
pub(in crate::job) fn milestones(
    tables: Vec<Spanned<MilestoneTable>>,
    schedule: Option<&Schedule>,
    by: ReleasedBy,
    file: &AuthoredFile,
    found: &mut Diagnostics,
) -> Vec<Milestone> {
    let mut checker = Checker { file, found };
    let mut all: Vec<Milestone> = Vec::new();
    for table in tables {
        if schedule.is_none() {
            let hint = "add `[schedule]`: it says when the cards are made, and how late anything may be caught up";
            checker.wrong(&table, "a milestone needs a `[schedule]`".to_owned(), hint);
        }
        let milestone = checker.milestone(&table, by);
        if all.iter().any(|other| other.id == milestone.id) {
            let at = &table.get_ref().id;
            checker.wrong(at, format!("there are two milestones `{}`", milestone.id), "give each a name of its own");
        }
        all.push(milestone);
    }
    all
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    found: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: String, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(at.span())).hint(hint));
    }

    fn milestone(&mut self, table: &Spanned<MilestoneTable>, by: ReleasedBy) -> Milestone {
        let written = table.get_ref();
        let id: &str = written.id.as_ref();
        let plain = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        if id.is_empty() || id.len() > 40 || !id.chars().all(plain) {
            self.wrong(&written.id, format!("`{id}` is not a name"), "use lower-case letters, digits and hyphens");
        }
        let does = *written.does.get_ref();
        if does == Does::Release && by != ReleasedBy::Automatic {
            let message = "a milestone releases only what is released automatically".to_owned();
            let hint = "write `by = \"automatic\"` in `[release]`, or remove the milestone: people release this job";
            self.wrong(&written.does, message, hint);
        }
        match (does, &written.folder) {
            (Does::Forms, None) => {
                let hint = "add `folder`, where the source `forms` looks for them";
                self.wrong(&written.does, "forms need a folder".to_owned(), hint);
            }
            (Does::Forms, Some(_)) | (_, None) => {}
            (_, Some(folder)) => {
                let message = format!("`folder` means nothing to a milestone that does `{}`", does.word());
                self.wrong(folder, message, "remove it");
            }
        }
        let keys = Written {
            cron: written.cron.as_ref(),
            on: written.on.as_ref(),
            at: written.at.as_ref(),
            months: written.months.as_ref(),
            holidays: written.holidays.as_ref(),
        };
        let when = self.when(table, &keys);
        let folder = written.folder.as_ref().map(|folder| PathBuf::from(folder.get_ref()));
        Milestone { id: id.to_owned(), when, does, folder }
    }

    /// A cron line or a day rule; what is wrong is reported, and something harmless stands for it.
    fn when<T>(&mut self, table: &Spanned<T>, keys: &Written<'_>) -> When {
        match (keys.cron, keys.on) {
            (Some(cron), None) => {
                for (key, at) in [
                    ("at", keys.at.map(Spanned::span)),
                    ("months", keys.months.map(Spanned::span)),
                    ("holidays", keys.holidays.map(Spanned::span)),
                ] {
                    if let Some(span) = at {
                        let wrong = Diagnostic::error(format!("`{key}` belongs to `on`, not to a cron line"));
                        self.found
                            .push(wrong.at(self.file.place(span)).hint("remove it, or write `on` instead of `cron`"));
                    }
                }
                self.cron(cron)
            }
            (None, Some(on)) => self.day(on, keys),
            (Some(_), Some(on)) => {
                self.wrong(on, "`cron` and `on` both say when".to_owned(), "remove one of the two");
                self.day(on, keys)
            }
            (None, None) => {
                let hint = "write `cron = \"0 9 9 * *\"`, or `on = \"last-working-day\"` with `at = \"09:00\"`";
                self.wrong(table, "nothing says when".to_owned(), hint);
                When::Cron(String::new())
            }
        }
    }

    fn cron(&mut self, written: &Spanned<String>) -> When {
        let cron: &str = written.as_ref();
        if cron.split_whitespace().count() != 5 || Cron::from_str(cron).is_err() {
            let hint = "five fields: minute, hour, day of month, month, day of week, such as `0 9 9 * *`";
            self.wrong(written, format!("`{cron}` is not a cron line"), hint);
        }
        When::Cron(cron.to_owned())
    }

    fn day(&mut self, on: &Spanned<String>, keys: &Written<'_>) -> When {
        let day = on_day(on.as_ref());
        if day.is_none() {
            let hint = "write `day-1` to `day-28`, `last-day`, `working-day-1` to `working-day-15`, or \
                        `last-working-day`; what has no 31st has a last day";
            self.wrong(on, format!("`{}` is not a day of every month", on.as_ref()), hint);
        }
        let day = day.unwrap_or(OnDay::Last);
        let holidays = keys.holidays.map_or(Holidays::AsIs, |written| *written.get_ref());
        if let (OnDay::Working(_) | OnDay::LastWorking, Some(written)) = (day, keys.holidays) {
            let message = "a working day is never a holiday".to_owned();
            self.wrong(written, message, "remove `holidays`");
        }
        When::Day(DayRule { on: day, at: self.time(on, keys.at), months: self.months(keys.months), holidays })
    }

    fn time(&mut self, on: &Spanned<String>, at: Option<&Spanned<String>>) -> NaiveTime {
        let Some(at) = at else {
            self.wrong(on, "a day needs a time".to_owned(), "add for instance `at = \"09:00\"`");
            return NaiveTime::MIN;
        };
        let text: &str = at.as_ref();
        NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5).unwrap_or_else(|| {
            self.wrong(at, format!("`{text}` is not a time of day"), "write for instance `09:00`");
            NaiveTime::MIN
        })
    }

    fn months(&mut self, written: Option<&Spanned<Vec<u32>>>) -> Vec<u32> {
        let Some(written) = written else { return Vec::new() };
        let months = written.get_ref();
        if months.is_empty() || months.iter().any(|month| !(1..=12).contains(month)) {
            self.wrong(written, "months are 1 to 12".to_owned(), "write for instance `[1, 4, 7, 10]`");
        }
        months.clone()
    }

    fn start_deadline(&mut self, written: Option<&Spanned<String>>) -> TimeDelta {
        let Some(written) = written else { return START_DEADLINE };
        duration(written.as_ref()).unwrap_or_else(|| {
            let message = format!("`{}` is not a length of time", written.as_ref());
            self.wrong(written, message, "write for instance `12h` or `7d`");
            START_DEADLINE
        })
    }

    fn earliest(&mut self, written: Option<&Spanned<Earliest>>, periods: Periods) -> Earliest {
        let Some(written) = written else { return Earliest::default() };
        if *written.get_ref() == Earliest::Mature && periods == Periods::Running {
            let message = "the data of a running period is never final".to_owned();
            self.wrong(written, message, "remove `earliest`, or the job's `periods`");
        }
        *written.get_ref()
    }
}

/// Reads a word for a day of every month.
fn on_day(text: &str) -> Option<OnDay> {
    let number = |text: &str, most: u32| {
        let number: u32 = text.parse().ok()?;
        ((1..=most).contains(&number) && number.to_string() == text).then_some(number)
    };
    match text {
        "last-day" => Some(OnDay::Last),
        "last-working-day" => Some(OnDay::LastWorking),
        _ => match text.strip_prefix("working-day-") {
            Some(rest) => number(rest, 15).map(OnDay::Working),
            None => number(text.strip_prefix("day-")?, 28).map(OnDay::Day),
        },
    }
}
