//! The reports of a job: which there are for a run's scope, what they say, and who reads them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

use crate::job::{Job, Reader, Report, ReportKind};
use crate::ledger::{Document, DocumentKind, NewDocument, RecipientRole, SHOP, Scope};
use crate::render::House;
use crate::render::report::{About, is_for_agent, nobody_commended, report_body};
use crate::score::Appraisal;
use crate::score::appraisal::Person;

use super::Pipeline;
use super::documents::{self, Maker};
use super::team_views::TeamViews;

/// One document of a report, before it has an edition.
pub(super) struct Wanted<'a> {
    pub(super) report: &'a Report,
    pub(super) about: About<'a>,
    pub(super) body: Value,
}

impl Wanted<'_> {
    /// Its kind in the ledger.
    pub(super) fn kind(&self) -> DocumentKind {
        kind_of(self.report.kind)
    }

    /// What the ledger calls that which it is about.
    pub(super) fn subject(&self) -> &str {
        subject(self.about)
    }
}

/// The kind under which the ledger keeps a report.
pub(super) fn kind_of(report: ReportKind) -> DocumentKind {
    match report {
        ReportKind::Ranking => DocumentKind::Ranking,
        ReportKind::Summary => DocumentKind::Summary,
        ReportKind::ResultSheet => DocumentKind::ResultSheet,
        ReportKind::Commendation => DocumentKind::Commendation,
        ReportKind::Tracking => DocumentKind::Tracking,
        ReportKind::ImprovementPlan => DocumentKind::ImprovementPlan,
        ReportKind::Alert => DocumentKind::Alert,
    }
}

/// The report that the ledger keeps under a kind; `None` for cards and packs.
pub(super) fn report_of(kind: DocumentKind) -> Option<ReportKind> {
    ReportKind::ALL.into_iter().find(|report| kind_of(*report) == kind)
}

/// What a team is called whose id is that of everybody together.
const TEAM_CALLED_SHOP: &str = "shop (team)";

fn subject(about: About<'_>) -> &str {
    match about {
        About::Shop => SHOP,
        About::Team(team) if team.id == SHOP => TEAM_CALLED_SHOP,
        About::Team(team) => &team.id,
        About::Agent(card) => &card.agent.id,
    }
}

/// The id of the team that a report is about; empty for one about all.
fn team_id(about: About<'_>) -> &str {
    match about {
        About::Shop => "",
        About::Team(team) => &team.id,
        About::Agent(card) => &card.team_id,
    }
}

/// Every document of a job's reports that has something to say; a run for one agent makes those about that agent alone,
/// one for a team its own.
pub(super) fn wanted<'a>(
    pipeline: &Pipeline,
    job: &'a Job,
    scope: &'a Scope,
    appraisal: &'a Appraisal,
) -> anyhow::Result<Vec<Wanted<'a>>> {
    let views = OnceLock::new();
    let views = || views.get_or_init(|| TeamViews::of(appraisal, &appraisal.findings));
    let mut all = Vec::new();
    for (report, about) in subjects(job, scope, appraisal) {
        let body = body_of(pipeline, job, (report, about), appraisal, views)?;
        all.extend(body.map(|body| Wanted { report, about, body }));
    }
    Ok(all)
}

/// What the reports of a job can be about in a scope, whether or not they have something to say.
pub(super) fn subjects<'a>(
    job: &'a Job,
    scope: &'a Scope,
    appraisal: &'a Appraisal,
) -> impl Iterator<Item = (&'a Report, About<'a>)> {
    let of = |report: &'a Report| About::all(report.of, appraisal).into_iter().map(move |about| (report, about));
    job.reports.iter().flat_map(of).filter(|(_, about)| covers(scope, *about))
}

/// What a report says about one of its subjects, if anything.
fn body_of<'a: 'v, 'v>(
    pipeline: &Pipeline,
    job: &Job,
    (report, about): (&Report, About<'_>),
    appraisal: &'a Appraisal,
    views: impl Fn() -> &'v TeamViews<'a>,
) -> anyhow::Result<Option<Value>> {
    match body(pipeline, report, about, appraisal, views) {
        None => withdrawn(pipeline, job, report, about, appraisal),
        said => Ok(said),
    }
}

/// What takes back an earlier edition that commended somebody, now that nobody is.
fn withdrawn(
    pipeline: &Pipeline,
    job: &Job,
    report: &Report,
    about: About<'_>,
    appraisal: &Appraisal,
) -> anyhow::Result<Option<Value>> {
    let (kind, subject) = (kind_of(report.kind), subject(about));
    if report.kind != ReportKind::Commendation
        || pipeline.ledger.latest_document(&job.id, &appraisal.period, kind, subject)?.is_none()
    {
        return Ok(None);
    }
    let (house, locale) = (House::of_machine(&pipeline.settings), pipeline.settings.locale);
    Ok(Some(nobody_commended(appraisal, report, (about, subject), &house, locale)))
}

fn covers(scope: &Scope, about: About<'_>) -> bool {
    match about {
        About::Agent(card) => documents::covers(scope, card),
        _ => scope.agent.is_none() && scope.team.as_ref().is_none_or(|team| team_id(about) == team),
    }
}

fn body<'a: 'v, 'v>(
    pipeline: &Pipeline,
    report: &Report,
    about: About<'_>,
    appraisal: &'a Appraisal,
    views: impl Fn() -> &'v TeamViews<'a>,
) -> Option<Value> {
    let (house, locale) = (House::of_machine(&pipeline.settings), pipeline.settings.locale);
    let about_it = (about, subject(about));
    match about {
        About::Shop | About::Agent(_) => report_body(appraisal, report, about_it, &house, locale),
        // A team's readers are told nothing that was noticed about others' people.
        About::Team(team) => report_body(&views().of_team(team), report, about_it, &house, locale),
    }
}

/// A report about one of its subjects, as it is to be issued; none where it has nothing to say.
pub(super) fn document(
    maker: &Maker<'_>,
    (report, about): (&Report, About<'_>),
) -> anyhow::Result<Option<NewDocument>> {
    let said = body_of(maker.pipeline, maker.job, (report, about), maker.appraisal, || maker.views())?;
    let Some(body) = said else { return Ok(None) };
    let name = body["subject"]["name"].as_str().unwrap_or_default().to_owned();
    maker.document(kind_of(report.kind), (subject(about), &name, team_id(about)), body).map(Some)
}

/// A reader of a report, and as what they read it.
pub(super) struct ReportReader {
    pub(super) person: Person,
    pub(super) role: RecipientRole,
}

/// The report of the job that a document is, if it still has it, and whom it is about.
pub(super) fn report_behind<'a>(
    job: &'a Job,
    appraisal: &'a Appraisal,
    document: &Document,
) -> Option<(&'a Report, About<'a>)> {
    job.reports.iter().filter(|report| kind_of(report.kind) == document.kind).find_map(|report| {
        let about = About::all(report.of, appraisal).into_iter().find(|about| subject(*about) == document.subject)?;
        Some((report, about))
    })
}

/// Everybody who reads a report, each once, in the order of the job's file.
pub(super) fn readers(report: &Report, about: About<'_>, appraisal: &Appraisal) -> Vec<ReportReader> {
    let mut seen = BTreeSet::new();
    let mut readers = Vec::new();
    for to in &report.to {
        let (role, people) = match to {
            Reader::Managers => (
                RecipientRole::Manager,
                about.teams(appraisal).into_iter().filter_map(|team| team.manager.clone()).collect(),
            ),
            Reader::Agents => {
                let cards = match (report.kind, about) {
                    // The scheme says whether the agent gets the plan too.
                    (ReportKind::ImprovementPlan, About::Agent(card)) if !is_for_agent(appraisal, &card.agent.id) => {
                        Vec::new()
                    }
                    _ => about.cards(appraisal),
                };
                (RecipientRole::Agent, cards.into_iter().map(|card| card.agent.clone()).collect::<Vec<Person>>())
            }
            Reader::Address(address) => (RecipientRole::Reader, vec![named_by_address(address)]),
        };
        for person in people {
            let key = person.email.clone().unwrap_or_else(|| person.id.clone()).to_lowercase();
            if seen.insert(key) {
                readers.push(ReportReader { person, role });
            }
        }
    }
    readers
}

/// A reader of whom nothing but the address is known.
fn named_by_address(address: &str) -> Person {
    Person { id: address.to_owned(), name: String::new(), email: Some(address.to_owned()) }
}
