//! From the file as written to a [`Job`].

use chrono::TimeDelta;
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned};
use crate::period::Cycle;
use crate::words::Bilingual;

use super::gate::{self, GateTable};
use super::notice::{self, NoticeTable};
use super::release::{self, ReleaseWritten};
use super::report::{self, ReportTable};
use super::schedule::{self, MilestoneTable, ScheduleTable};
use super::{ApprovedBy, Audience, Calendar, Job, Letters, OnlyTeam, PdfPassword, Periods, Print, Reader, Report};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct JobFile {
    id: Spanned<String>,
    title: Bilingual,
    cycle: Cycle,
    /// Whether it waits for the end of a period or follows it while it runs.
    periods: Option<Spanned<Periods>>,
    time_zone: Spanned<String>,
    sources: Spanned<Vec<String>>,
    scheme: String,
    only_team: Option<OnlyTeam>,
    /// Which days people work: a file of `calendars/` beside the jobs, without `.toml`; Mondays to Fridays without.
    calendar: Option<Spanned<String>>,
    schedule: Option<Spanned<ScheduleTable>>,
    /// What else it does for each period, each on a day of its own.
    #[serde(default)]
    milestone: Vec<Spanned<MilestoneTable>>,
    letters: LettersTable,
    #[serde(default)]
    release: ReleaseWritten,
    /// How many persons approve its proposals: `one-person`, or `two-person`, of whom the second is not the first.
    #[serde(default)]
    proposals: ApprovedBy,
    /// Which of `cards` and `packs` become PDFs; both without. Results of cards are recorded all the same.
    prints: Option<Spanned<Vec<Print>>>,
    /// Documents beside cards and packs.
    #[serde(default)]
    report: Vec<Spanned<ReportTable>>,
    /// What the data of a run must stand up to before anything goes out.
    #[serde(default)]
    gate: Vec<Spanned<GateTable>>,
    /// Robots that tell managers in their chat that letters are going out, with a link and no number.
    #[serde(default)]
    notice: Vec<NoticeTable>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct LettersTable {
    from: Spanned<String>,
    from_name: Bilingual,
    to: Vec<Audience>,
    #[serde(default)]
    allow_domains: Vec<Spanned<String>>,
    /// Whether the cards of the team follow its pack, in the same file; for managers who print.
    #[serde(default)]
    pack_cards: bool,
    /// Locks the mailed copy of each PDF: `staff-number` or `staff-number-last-6` of its recipient.
    pdf_password: Option<PdfPassword>,
    /// Addresses that are reminded of what no one person of the roster is asked for, such as the release of a whole run.
    #[serde(default)]
    remind_to: Vec<Spanned<String>>,
}

/// Reads and checks one file; everything wrong is reported at once.
pub(super) fn check(file: &AuthoredFile) -> Result<Job, Diagnostics> {
    let written: JobFile = file.parse_toml()?;
    let mut checker = Checker { file, found: Diagnostics::new() };
    checker.id(&written.id);
    checker.sources(&written.sources);
    let time_zone = checker.time_zone(&written.time_zone);
    let calendar = checker.calendar(written.calendar.as_ref());
    let has_readers =
        !written.letters.to.is_empty() || written.report.iter().any(|report| report.get_ref().is_mailed());
    let letters = checker.letters(written.letters, has_readers);
    let periods = checker.periods(written.periods.as_ref(), &letters);
    let prints = checker.prints(written.prints, &letters);
    let found = &mut checker.found;
    let release = release::check(written.release, file, found);
    let schedule = written.schedule.map(|schedule| schedule::schedule(schedule, periods, file, found));
    let milestones = schedule::milestones(written.milestone, schedule.as_ref(), release.by, file, found);
    let reports = report::check(written.report, &letters.allow_domains, file, &mut checker.found);
    checker.locked(&reports, &letters);
    let gates = gate::check(written.gate, written.sources.as_ref(), file, &mut checker.found);
    let notices = notice::check(written.notice, file, &mut checker.found);
    let job = Job {
        id: written.id.into_inner(),
        title: written.title,
        cycle: written.cycle,
        periods,
        time_zone,
        sources: written.sources.into_inner(),
        scheme: written.scheme,
        only_team: written.only_team,
        schedule,
        milestones,
        calendar,
        letters,
        release,
        proposals: written.proposals,
        prints,
        reports,
        gates,
        notices,
        file: file.clone(),
    };
    checker.found.into_result(job)
}

/// The JSON Schema of a job file.
pub(super) fn schema() -> schemars::Schema {
    schemars::schema_for!(JobFile)
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    found: Diagnostics,
}

impl Checker<'_> {
    fn wrong<T>(&mut self, spanned: &Spanned<T>, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(spanned.span())).hint(hint));
    }

    /// The id names folders and runs, so it must be the file's own name.
    fn id(&mut self, id: &Spanned<String>) {
        let stem = self.file.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let text: &str = id.as_ref();
        let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if text.is_empty() || text.len() > 60 || !text.chars().all(plain) {
            self.wrong(id, format!("`{text}` is not an id"), "use lower-case letters, digits and hyphens");
        } else if text != stem {
            self.wrong(id, format!("the id is `{text}` but the file is `{stem}.toml`"), "make them the same");
        }
    }

    fn sources(&mut self, sources: &Spanned<Vec<String>>) {
        if sources.as_ref().is_empty() {
            self.wrong(sources, "a job needs at least one source", "name files of `sources/` without `.toml`");
        }
    }

    fn time_zone(&mut self, name: &Spanned<String>) -> Tz {
        name.as_ref().parse().unwrap_or_else(|_| {
            self.wrong(name, format!("`{}` is not a time zone", name.as_ref()), "write for instance `Asia/Shanghai`");
            Tz::UTC
        })
    }

    /// Cards of a period that is not over are for nobody's mailbox.
    fn periods(&mut self, written: Option<&Spanned<Periods>>, letters: &Letters) -> Periods {
        let Some(written) = written else { return Periods::default() };
        let periods = *written.get_ref();
        if periods == Periods::Running && !letters.to.is_empty() {
            self.wrong(
                written,
                "cards and packs of a period that is not over are not mailed",
                "write `to = []` in `[letters]` and add a `[[report]]` of kind `tracking`",
            );
        }
        periods
    }

    /// What is mailed must be printed.
    fn prints(&mut self, written: Option<Spanned<Vec<Print>>>, letters: &Letters) -> Vec<Print> {
        let Some(written) = written else { return vec![Print::Cards, Print::Packs] };
        let mails = |audience| letters.to.contains(&audience);
        for (print, audience, word) in
            [(Print::Cards, Audience::Agents, "cards"), (Print::Packs, Audience::Managers, "packs")]
        {
            if mails(audience) && !written.get_ref().contains(&print) {
                let hint = format!("add `{word}` to `prints`, or take their readers out of `to` in `[letters]`");
                self.wrong(&written, format!("{word} are mailed but not printed"), hint);
            }
        }
        written.into_inner()
    }

    /// Who is known by an address alone has no staff number, and would get what others need a password for.
    fn locked(&mut self, reports: &[Report], letters: &Letters) {
        if letters.pdf_password.is_none() {
            return;
        }
        for report in reports {
            let named = report.to.iter().find_map(|reader| match reader {
                Reader::Address(address) => Some(address),
                Reader::Managers | Reader::Agents => None,
            });
            if let Some(address) = named {
                let message = format!("`{address}` has no staff number that could open a PDF with `pdf-password`");
                let hint = "move the report to a job without `pdf-password`, or give it to `managers` or `agents`";
                self.found.push(Diagnostic::error(message).at(report.place.clone()).hint(hint));
            }
        }
    }

    /// The calendar beside the job; what is wrong with it is told once for each job that names it.
    fn calendar(&mut self, name: Option<&Spanned<String>>) -> Calendar {
        let Some(name) = name else { return Calendar::default() };
        match Calendar::beside(&self.file.path, name.as_ref()) {
            Ok(calendar) => calendar,
            Err(wrong) => {
                let message = format!("the calendar `{}` cannot be used", name.as_ref());
                self.wrong(name, message, "it is a file of `calendars/` beside the jobs, named without `.toml`");
                self.found.extend(wrong);
                Calendar::default()
            }
        }
    }

    fn letters(&mut self, written: LettersTable, has_readers: bool) -> Letters {
        if !written.from.as_ref().contains('@') {
            self.wrong(
                &written.from,
                format!("`{}` is not a mail address", written.from.as_ref()),
                "write the sender's address",
            );
        }
        for domain in &written.allow_domains {
            let text: &str = domain.as_ref();
            if text.contains('@') || text.contains('*') || text.is_empty() {
                self.wrong(
                    domain,
                    format!("`{text}` is not a domain"),
                    "write the part after the @, without wildcards",
                );
            }
        }
        written.remind_to.iter().for_each(|address| self.reminded(address, &written.allow_domains));
        if has_readers && written.allow_domains.is_empty() {
            self.wrong(
                &written.from,
                "letters may go to no domain",
                "name the domains of your staff, such as `allow-domains = [\"example.com\"]`, so that nothing can go elsewhere",
            );
        }
        Letters {
            from: written.from.into_inner(),
            from_name: written.from_name,
            to: written.to,
            pack_cards: written.pack_cards,
            allow_domains: written.allow_domains.into_iter().map(|domain| domain.into_inner().to_lowercase()).collect(),
            pdf_password: written.pdf_password,
            remind_to: written.remind_to.into_iter().map(Spanned::into_inner).collect(),
        }
    }

    /// Whoever is reminded must be one of those to whom mail may go.
    fn reminded(&mut self, address: &Spanned<String>, allowed: &[Spanned<String>]) {
        let text: &str = address.as_ref();
        let domain = text.split_once('@').filter(|(name, _)| !name.is_empty()).map(|(_, domain)| domain.to_lowercase());
        match domain {
            None => self.wrong(address, format!("`{text}` is not a mail address"), "write whoever is to be reminded"),
            Some(domain) if !allowed.iter().any(|one| one.as_ref().to_lowercase() == domain) => {
                let message = format!("the job does not let mail go to `{domain}`");
                self.wrong(address, message, "add the domain to `allow-domains` if it is meant");
            }
            Some(_) => {}
        }
    }
}

/// `30m`, `12h` or `7d`.
pub(super) fn duration(text: &str) -> Option<TimeDelta> {
    let count: i64 = text.get(..text.len().checked_sub(1)?)?.parse().ok().filter(|count| *count >= 0)?;
    match text.get(text.len() - 1..)? {
        "m" => TimeDelta::try_minutes(count),
        "h" => TimeDelta::try_hours(count),
        "d" => TimeDelta::try_days(count),
        _ => None,
    }
}
