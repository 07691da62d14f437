//! Calendars: which days people work, as `calendars/*.toml` beside the jobs say.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned};
use crate::words::Bilingual;

/// Public holidays, and weekends on which people work; without any, Mondays to Fridays.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    known: Arc<Known>,
}

#[derive(Debug, Default)]
struct Known {
    id: String,
    holidays: BTreeSet<NaiveDate>,
    working_days: BTreeSet<NaiveDate>,
    years: BTreeSet<i32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CalendarFile {
    /// What people call it.
    #[serde(rename = "title")]
    _title: Bilingual,
    /// Who announced these days, and where.
    #[serde(rename = "source")]
    _source: String,
    /// The years of which every holiday stands here.
    years: Spanned<Vec<i32>>,
    /// Days off: `2026-01-01`, or the first and the last of several, `2026-01-01/2026-01-03`.
    holidays: Vec<Spanned<String>>,
    /// Saturdays and Sundays on which people work.
    #[serde(default)]
    working_days: Vec<Spanned<String>>,
}

/// No holiday is longer; a longer one is a slip of the pen.
const LONGEST: usize = 31;

impl Calendar {
    /// Reads the calendar of that name beside a job's file.
    pub fn beside(job: &Path, name: &str) -> Result<Self, Diagnostics> {
        let folder = job.parent().unwrap_or(Path::new("")).join("calendars");
        Self::parse(&AuthoredFile::read(&folder.join(format!("{name}.toml")))?)
    }

    /// Reads and checks one file.
    pub fn parse(file: &AuthoredFile) -> Result<Self, Diagnostics> {
        let written: CalendarFile = file.parse_toml()?;
        let mut checker = Checker { file, years: written.years.get_ref(), found: Diagnostics::new() };
        if written.years.get_ref().is_empty() {
            checker.wrong(&written.years, "the calendar covers no year".to_owned(), "write for instance `[2026]`");
        }
        let holidays = checker.days(&written.holidays);
        let working_days = checker.working_days(&written.working_days, &holidays);
        let id = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let years = written.years.get_ref().iter().copied().collect();
        checker.found.into_result(Self { known: Arc::new(Known { id, holidays, working_days, years }) })
    }

    /// The name of its file; empty for the one without holidays.
    pub fn id(&self) -> &str {
        &self.known.id
    }

    /// Whether people work on that day.
    pub fn works(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.known.working_days.contains(&day) || !(weekend || self.known.holidays.contains(&day))
    }

    /// Whether the holidays of that day's year are known; always, where none are.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.known.id.is_empty() || self.known.years.contains(&day.year())
    }

    /// The last year of which the holidays are known.
    pub fn last_year(&self) -> Option<i32> {
        self.known.years.last().copied()
    }

    /// The working day that is so many after a day; the day itself for nought.
    pub fn working_days_after(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let later = std::iter::successors(Some(day), |day| day.checked_add_days(Days::new(1))).skip(1);
        match count.checked_sub(1) {
            None => day,
            Some(skipped) => later.filter(|day| self.works(*day)).nth(skipped as usize).unwrap_or(day),
        }
    }
}

/// The JSON Schema of a calendar file.
pub(super) fn schema() -> schemars::Schema {
    schemars::schema_for!(CalendarFile)
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    years: &'a [i32],
    found: Diagnostics,
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: String, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(at.span())).hint(hint));
    }

    fn days(&mut self, written: &[Spanned<String>]) -> BTreeSet<NaiveDate> {
        written.iter().flat_map(|one| self.span_of_days(one)).collect()
    }

    fn span_of_days(&mut self, written: &Spanned<String>) -> Vec<NaiveDate> {
        let text: &str = written.as_ref();
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let (Ok(first), Ok(last)) = (first.parse::<NaiveDate>(), last.parse::<NaiveDate>()) else {
            let hint = "write `2026-01-01`, or `2026-01-01/2026-01-03` for several";
            self.wrong(written, format!("`{text}` is not a day"), hint);
            return Vec::new();
        };
        let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).take(LONGEST + 1).collect();
        if days.is_empty() || days.len() > LONGEST {
            self.wrong(written, format!("`{text}` is not a holiday's length"), "write its first and its last day");
        }
        if let Some(outside) = days.iter().find(|day| !self.years.contains(&day.year())) {
            let hint = "add the year to `years` when all its days are here";
            self.wrong(written, format!("{outside} lies in no year of the calendar"), hint);
        }
        days
    }

    fn working_days(&mut self, written: &[Spanned<String>], holidays: &BTreeSet<NaiveDate>) -> BTreeSet<NaiveDate> {
        let mut all = BTreeSet::new();
        for one in written {
            let days = self.span_of_days(one);
            if let Some(both) = days.iter().find(|day| holidays.contains(day)) {
                self.wrong(one, format!("{both} is both a holiday and a working day"), "remove one of the two");
            }
            all.extend(days);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn shipped() -> Calendar {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/calendars/china.toml");
        Calendar::parse(&AuthoredFile::read(&path).expect("the file")).expect("a calendar")
    }

    #[test]
    fn weekends_are_worked_and_weekdays_are_free_where_the_calendar_says_so() {
        let china = shipped();
        for (text, works) in [
            ("2026-02-14", true),
            ("2026-02-16", false),
            ("2026-02-24", true),
            ("2026-10-10", true),
            ("2026-10-11", false),
            ("2026-11-09", true),
        ] {
            assert_eq!(china.works(day(text)), works, "{text}");
        }
        assert_eq!(china.working_days_after(day("2026-09-30"), 1), day("2026-10-08"));
        assert_eq!(china.working_days_after(day("2026-09-30"), 3), day("2026-10-10"));
        assert_eq!(china.working_days_after(day("2026-10-03"), 0), day("2026-10-03"));
        assert!(china.covers(day("2026-12-31")) && !china.covers(day("2027-01-01")));
    }

    #[test]
    fn without_a_calendar_mondays_to_fridays_are_worked() {
        let plain = Calendar::default();
        assert_eq!(plain.working_days_after(day("2026-12-21"), 10), day("2027-01-04"));
        assert!(plain.covers(day("2099-01-01")));
    }

    #[test]
    fn every_slip_is_told_with_its_place() {
        let text = "title = \"x\"\nsource = \"x\"\nyears = [2026]\nholidays = [\n  \"2026-13-01\",\n  \"2026-01-03/2026-01-01\",\n  \
                    \"2027-01-01\",\n  \"2026-05-01\",\n]\nworking-days = [\"2026-05-01\"]\n";
        let found = Calendar::parse(&AuthoredFile::from_text("x.toml", text)).expect_err("four slips");
        let told: Vec<(usize, String)> = found
            .sorted()
            .iter()
            .map(|one| (one.place.as_ref().expect("a place").line_and_column().0, one.message.clone()))
            .collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6, 7, 10]);
    }
}
