//! The reports of a job: which there are for a run's scope, what they say, and who reads them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::job::{Job, Reader, Report, ReportKind};
use crate::ledger::{Document, DocumentKind, NewDocument, RecipientRole, Run, SHOP, Scope};
use crate::render::House;
use crate::render::report::{About, is_for_agent, nobody_commended, report_body};
use crate::score::Appraisal;
use crate::score::appraisal::Person;

use super::Pipeline;
use super::documents::{self, document, for_team};

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
    scope: &Scope,
    appraisal: &'a Appraisal,
) -> anyhow::Result<Vec<Wanted<'a>>> {
    let mut all = Vec::new();
    for report in &job.reports {
        for about in About::all(report.of, appraisal).into_iter().filter(|about| covers(scope, *about)) {
            let body = match body(pipeline, report, about, appraisal) {
                None => withdrawn(pipeline, job, report, about, appraisal)?,
                said => said,
            };
            all.extend(body.map(|body| Wanted { report, about, body }));
        }
    }
    Ok(all)
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

fn body(pipeline: &Pipeline, report: &Report, about: About<'_>, appraisal: &Appraisal) -> Option<Value> {
    let (house, locale) = (House::of_machine(&pipeline.settings), pipeline.settings.locale);
    let about_it = (about, subject(about));
    match about {
        About::Shop | About::Agent(_) => report_body(appraisal, report, about_it, &house, locale),
        // A team's readers are told nothing that was noticed about others' people.
        About::Team(team) => report_body(&for_team(appraisal, team), report, about_it, &house, locale),
    }
}

/// The documents of a job's reports, as they are to be issued.
pub(super) fn documents(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    appraisal: &Appraisal,
) -> anyhow::Result<Vec<NewDocument>> {
    let mut documents = Vec::new();
    for one in wanted(pipeline, job, &run.scope, appraisal)? {
        let name = one.body["subject"]["name"].as_str().unwrap_or_default().to_owned();
        let about = (one.subject(), name.as_str(), team_id(one.about));
        documents.push(document(pipeline, job, run, one.kind(), about, one.body.clone())?);
    }
    Ok(documents)
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
