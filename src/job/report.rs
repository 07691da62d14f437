//! `[[report]]`: a document beside cards and packs: what it is, whom it is about, who gets it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Place, Spanned};
use crate::period::Cycle;
use crate::words::Bilingual;

/// A checked report of a job.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it is.
    pub kind: ReportKind,
    /// Whom one document of it is about.
    pub of: Of,
    /// Who gets it.
    pub to: Vec<Reader>,
    /// What stands beside names and places.
    pub shows: Vec<Shown>,
    /// For how many working days a public result may be questioned.
    pub objection_days: u32,
    /// Where it is written.
    pub place: Place,
}

/// What a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// Who stands where, with the points of every indicator (排名).
    Ranking,
    /// All teams side by side, with money, pools and what needs a decision (汇总).
    Summary,
    /// Results as they are made public: name, place, total, grade (公示表).
    ResultSheet,
    /// Who is commended, and for what (服务之星).
    Commendation,
}

/// Whom one document of a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// One team; there is one document for each.
    Team,
    /// Everybody of the job.
    Shop,
}

/// Who gets a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The managers of the teams that it is about.
    Managers,
    /// The agents whom it is about.
    Agents,
    /// One mail address.
    Address(String),
}

/// What may stand beside a name and a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// The total.
    Total,
    /// The grade.
    Grade,
    /// By how many places somebody rose or fell since the period before.
    Change,
    /// The points of every indicator.
    Points,
}

/// `[[report]]` as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ReportTable {
    /// What it is.
    kind: Spanned<ReportKind>,
    /// Whom one document is about; each kind has its usual one.
    of: Option<Spanned<Of>>,
    /// Who gets it: `managers`, `agents`, or mail addresses; nobody without.
    #[serde(default)]
    to: Vec<Spanned<String>>,
    /// What stands beside names and places; only for rankings and result sheets.
    shows: Option<Spanned<Vec<Shown>>>,
    /// For how many working days a result sheet may be questioned; five where it does not say.
    objection_days: Option<Spanned<u32>>,
}

impl ReportTable {
    /// Whether it goes to anybody.
    pub(super) fn is_mailed(&self) -> bool {
        !self.to.is_empty()
    }
}

impl ReportKind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Ranking, Self::Summary, Self::ResultSheet, Self::Commendation];

    /// The word in jobs, in the ledger and in names of templates and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Summary => "summary",
            Self::ResultSheet => "result-sheet",
            Self::Commendation => "commendation",
        }
    }

    /// What people call it where a period has this length.
    pub fn title(self, cycle: Cycle) -> Bilingual {
        match (self, cycle) {
            (Self::Ranking, Cycle::Week) => Bilingual::new("周排名", "Weekly ranking"),
            (Self::Ranking, Cycle::Day) => Bilingual::new("日排名", "Daily ranking"),
            (Self::Ranking, Cycle::Quarter) => Bilingual::new("季度排名", "Quarterly ranking"),
            (Self::Ranking, _) => Bilingual::new("月排名", "Monthly ranking"),
            (Self::Summary, _) => Bilingual::new("绩效汇总", "Performance summary"),
            (Self::ResultSheet, _) => Bilingual::new("考核结果公示", "Results of the appraisal"),
            (Self::Commendation, _) => Bilingual::new("服务之星", "Stars of service"),
        }
    }

    fn usual_of(self) -> Of {
        match self {
            Self::Ranking => Of::Team,
            Self::Summary | Self::ResultSheet | Self::Commendation => Of::Shop,
        }
    }

    /// What it shows where the job does not say, and thereby what can be chosen.
    fn usual_shows(self) -> &'static [Shown] {
        match self {
            Self::Ranking => &[Shown::Total, Shown::Grade, Shown::Change, Shown::Points],
            Self::ResultSheet => &[Shown::Total, Shown::Grade],
            Self::Summary | Self::Commendation => &[],
        }
    }
}

impl Report {
    /// Whether people read in it about others who are not theirs to lead: then nobody who is held stands in it, and
    /// nothing but names, places and what it [`shows`](Self::shows).
    pub fn is_public(&self) -> bool {
        let meant_for_all = matches!(self.kind, ReportKind::ResultSheet | ReportKind::Commendation);
        let across_teams = self.of == Of::Shop && self.to.contains(&Reader::Managers);
        meant_for_all || across_teams || self.to.contains(&Reader::Agents)
    }
}

/// For how many working days a result may be questioned where the job does not say.
const OBJECTION_DAYS: u32 = 5;

/// Checks every report of a job; mail may go to `domains` alone.
pub(super) fn check(
    written: Vec<Spanned<ReportTable>>,
    domains: &[String],
    file: &AuthoredFile,
    found: &mut Diagnostics,
) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for table in written {
        let mut checker = Checker { file, domains, found: &mut *found, place: file.place(table.span()) };
        let report = checker.report(table.into_inner());
        if reports.iter().any(|other| (other.kind, other.of) == (report.kind, report.of)) {
            checker.twice(&report);
        }
        reports.push(report);
    }
    reports
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    domains: &'a [String],
    found: &'a mut Diagnostics,
    place: Place,
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(at.span())).hint(hint));
    }

    fn report(&mut self, written: ReportTable) -> Report {
        let kind = *written.kind.get_ref();
        let of = written.of.as_ref().map_or(kind.usual_of(), |of| *of.get_ref());
        let to = written.to.iter().map(|reader| self.reader(kind, of, reader)).collect();
        Report {
            kind,
            of,
            to,
            shows: self.shows(kind, written.shows.as_ref()),
            objection_days: self.objection_days(kind, written.objection_days.as_ref()),
            place: self.place.clone(),
        }
    }

    fn twice(&mut self, report: &Report) {
        let of = if report.of == Of::Team { "team" } else { "shop" };
        let message = format!("there are two reports of kind `{}` about the same `{of}`", report.kind.word());
        self.found.push(Diagnostic::error(message).at(self.place.clone()).hint("give one of them all readers in `to`"));
    }

    fn reader(&mut self, kind: ReportKind, of: Of, written: &Spanned<String>) -> Reader {
        let text: &str = written.as_ref();
        match text {
            "agents" if kind == ReportKind::Summary => {
                let message = "a summary tells what others are paid and may not go to `agents`";
                self.wrong(written, message, "give agents a `ranking` or a `result-sheet`");
                Reader::Agents
            }
            "managers" if (kind, of) == (ReportKind::Summary, Of::Shop) => {
                let message = "a summary of the shop tells every manager what other teams are paid";
                self.wrong(written, message, "write `of = \"team\"`, or name the addresses of those who may read all");
                Reader::Managers
            }
            "agents" => Reader::Agents,
            "managers" => Reader::Managers,
            address => {
                self.address(address, written);
                Reader::Address(address.to_owned())
            }
        }
    }

    fn address(&mut self, address: &str, written: &Spanned<String>) {
        let domain = address.split_once('@').filter(|(name, _)| !name.is_empty()).map(|(_, domain)| domain);
        match domain {
            Some(domain) if self.domains.contains(&domain.to_lowercase()) => {}
            Some(domain) if !domain.is_empty() && !domain.contains('@') => {
                let message = format!("the job does not let mail go to `{domain}`");
                self.wrong(written, message, "add the domain to `allow-domains` if it is meant");
            }
            _ => {
                let message = format!("`{address}` is nobody who can be mailed");
                self.wrong(written, message, "write `managers`, `agents` or a mail address");
            }
        }
    }

    fn shows(&mut self, kind: ReportKind, written: Option<&Spanned<Vec<Shown>>>) -> Vec<Shown> {
        let usual = kind.usual_shows();
        let Some(written) = written else { return usual.to_vec() };
        if let Some(foreign) = written.get_ref().iter().find(|shown| !usual.contains(shown)) {
            let message = format!("a report of kind `{}` does not show {}", kind.word(), foreign.word());
            self.wrong(
                written,
                message,
                match usual {
                    [] => "remove `shows`".to_owned(),
                    usual => {
                        let words: Vec<String> = usual.iter().map(|shown| format!("`{}`", shown.word())).collect();
                        format!("it can show {}", words.join(", "))
                    }
                },
            );
        }
        written.get_ref().clone()
    }

    fn objection_days(&mut self, kind: ReportKind, written: Option<&Spanned<u32>>) -> u32 {
        let Some(written) = written else { return OBJECTION_DAYS };
        if kind != ReportKind::ResultSheet {
            let message = format!("`objection-days` means nothing to a report of kind `{}`", kind.word());
            self.wrong(written, message, "remove it");
        } else if !(1..=60).contains(written.get_ref()) {
            let message = format!("{} working days are no time to question a result", written.get_ref());
            self.wrong(written, message, "write 1 to 60");
        }
        *written.get_ref()
    }
}

impl Shown {
    /// The word in jobs and in the data of templates.
    pub fn word(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Grade => "grade",
            Self::Change => "change",
            Self::Points => "points",
        }
    }
}
