//! Cards, packs and reports: which have a new edition, their PDFs, and the difference to the edition before.

use std::sync::OnceLock;

use anyhow::Context;
use serde_json::{Value, json};

use crate::diag::{Diagnostic, Diagnostics};
use crate::failpoint;
use crate::finding::Finding;
use crate::job::{Job, Print, Report};
use crate::ledger::{Document, DocumentKind, NewDocument, NewProposal, Run, Scope};
use crate::render::report::About;
use crate::render::{self, Change, Everybody, House};
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Proposal, Standing, Team};
use crate::side_by_side;
use crate::words::Bilingual;

use super::order::{Event, Stage, Watch};
use super::team_views::TeamViews;
use super::{Folders, Pipeline, appeals, appended, press, reports, wording};

/// What became of the documents.
pub(super) struct Issued {
    pub(super) findings: Vec<Finding>,
    pub(super) new_editions: usize,
}

/// Issues every document in scope and renders those that have no PDF yet, on all cores.
pub(super) fn issue(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    appraisal: &Appraisal,
    watch: Watch<'_>,
) -> anyhow::Result<Issued> {
    watch(Event::Begins(Stage::Render));
    let (mut issued, mut new_editions) = (0, 0);
    let (mut waiting, mut cards) = (Vec::new(), Vec::new());
    let mut subjects = subjects(job, run, appraisal);
    failpoint::shuffle(&mut subjects);
    let maker = Maker::new(pipeline, job, run, appraisal);
    maker.issue_each(&subjects, |document, is_new| {
        if document.kind == DocumentKind::Card && document.run_id == run.id {
            cards.push(document.id);
        }
        issued += 1;
        new_editions += usize::from(is_new);
        if prints(job, document.kind) && !is_archived(pipeline, document.pdf_hash.as_deref()) {
            waiting.push(document.into());
        }
    })?;
    if issued == 0 && !appraisal.cards.is_empty() {
        let nobody = Diagnostic::error(format!("nobody matches `{}`", run.scope));
        return Err(Diagnostics::from(nobody.hint(format!("teams: {}", wording::names(&appraisal.teams)))).into());
    }
    appeals::open_windows(pipeline, job, &cards, appraisal.cut_off)?;
    let findings = press::render_all(pipeline, job, appraisal.cut_off, &waiting, watch)?;
    watch(Event::Ends(Stage::Render));
    Ok(Issued { findings, new_editions })
}

/// Whether the job wants a PDF of this kind of document; what it does not print is recorded all the same.
pub(super) fn prints(job: &Job, kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Card => job.prints.contains(&Print::Cards),
        DocumentKind::Pack => job.prints.contains(&Print::Packs),
        _ => true,
    }
}

/// Whether the PDF of that hash lies in the archive as it was rendered; one that was lost is made again.
pub(super) fn is_archived(pipeline: &Pipeline, pdf: Option<&str>) -> bool {
    pdf.is_some_and(|hash| pipeline.folders.holds(Folders::pdf, hash))
}

/// Records every card without a PDF, for the trend of later periods; what such a card would propose is history.
pub(super) fn record_results(pipeline: &Pipeline, job: &Job, run: &Run, appraisal: &Appraisal) -> anyhow::Result<()> {
    let results: Vec<Subject<'_>> = appraisal.cards.iter().map(Subject::Result).collect();
    Maker::new(pipeline, job, run, appraisal).issue_each(&results, |_, _| {})
}

/// What an edition is about.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Card(&'a Card),
    /// A card that nobody reads.
    Result(&'a Card),
    Pack(&'a Team),
    Report(&'a Report, About<'a>),
}

/// Whatever a run may issue: its cards, its packs, and the reports of its job.
fn subjects<'a>(job: &'a Job, run: &'a Run, appraisal: &'a Appraisal) -> Vec<Subject<'a>> {
    let cards = appraisal.cards.iter().filter(|card| covers(&run.scope, card)).map(Subject::Card);
    let mut subjects: Vec<Subject<'_>> = cards.collect();
    if run.scope.agent.is_none() && prints(job, DocumentKind::Pack) {
        let in_scope = |team: &&Team| run.scope.team.as_ref().is_none_or(|id| *id == team.id);
        subjects.extend(appraisal.teams.iter().filter(in_scope).map(Subject::Pack));
    }
    subjects
        .extend(reports::subjects(job, &run.scope, appraisal).map(|(report, about)| Subject::Report(report, about)));
    subjects
}

/// Whether a card is in a run's scope.
pub(super) fn covers(scope: &Scope, card: &Card) -> bool {
    scope.includes(&card.team_id, &card.agent.id)
}

/// How many editions share one commit of the ledger, each of which waits for the disk, and are in memory at once.
const A_COMMIT: usize = 200;

/// Makes what a run issues.
pub(super) struct Maker<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) job: &'a Job,
    run: &'a Run,
    pub(super) appraisal: &'a Appraisal,
    views: OnceLock<TeamViews<'a>>,
    everybody: OnceLock<Everybody>,
}

impl<'a> Maker<'a> {
    fn new(pipeline: &'a Pipeline, job: &'a Job, run: &'a Run, appraisal: &'a Appraisal) -> Self {
        Self { pipeline, job, run, appraisal, views: OnceLock::new(), everybody: OnceLock::new() }
    }

    /// What each team's manager may read.
    pub(super) fn views(&self) -> &TeamViews<'a> {
        self.views.get_or_init(|| TeamViews::of(self.appraisal, &self.appraisal.findings))
    }

    /// Issues all, some at a time; `then` hears of each edition and whether it is new. What was issued before one could not
    /// be made stays issued: the run that is begun again finds it unchanged.
    fn issue_each(&self, subjects: &[Subject<'_>], mut then: impl FnMut(Document, bool)) -> anyhow::Result<()> {
        for part in subjects.chunks(A_COMMIT) {
            let made = side_by_side::each(part, |subject| self.about(subject))?;
            let made: Vec<Option<NewDocument>> = made.into_iter().collect::<anyhow::Result<_>>()?;
            let made: Vec<NewDocument> = made.into_iter().flatten().collect();
            let issued = self.pipeline.ledger.issue_all(&self.run.id, &made)?;
            issued.into_iter().for_each(|(document, is_new)| then(document, is_new));
        }
        Ok(())
    }

    fn about(&self, subject: &Subject<'_>) -> anyhow::Result<Option<NewDocument>> {
        match subject {
            Subject::Card(card) => self.card(card).map(Some),
            Subject::Result(card) => Ok(Some(NewDocument { proposals: None, ..self.card(card)? })),
            Subject::Pack(team) => self.pack(team).map(Some),
            Subject::Report(report, about) => reports::document(self, (report, *about)),
        }
    }

    fn card(&self, card: &Card) -> anyhow::Result<NewDocument> {
        let body = body_of(self.pipeline, self.appraisal, card);
        let subject = (card.agent.id.as_str(), card.agent.name.as_str(), card.team_id.as_str());
        let plain = NewDocument {
            marks: card.marks.iter().map(|mark| mark.id.clone()).collect(),
            proposals: Some(card.proposals.iter().map(recorded).collect()),
            ..self.document(DocumentKind::Card, subject, body)?
        };
        let Standing::Scored { total, rank, of, grade, grade_id, .. } = &card.standing else { return Ok(plain) };
        Ok(NewDocument {
            total: Some(total.clone()),
            rank: Some(*rank),
            of: Some(*of),
            grade: Some(grade.get(self.pipeline.settings.locale).to_owned()),
            grade_id: Some(grade_id.clone()),
            ..plain
        })
    }

    fn pack(&self, team: &Team) -> anyhow::Result<NewDocument> {
        let everybody = self.everybody.get_or_init(|| Everybody::of(self.appraisal));
        let (own, settings) = (self.views().of_team(team), &self.pipeline.settings);
        let mut body = render::pack_body(&own, team, everybody, &House::of_machine(settings), settings.locale);
        if self.job.letters.pack_cards {
            body["cards"] = appended::named(self.pipeline, self.appraisal, self.views().cards(team));
        }
        self.document(DocumentKind::Pack, (&team.id, &team.name, &team.id), body)
    }

    /// The edition to be issued of one document, with what differs from the edition before.
    pub(super) fn document(
        &self,
        kind: DocumentKind,
        (subject, name, team): (&str, &str, &str),
        body: Value,
    ) -> anyhow::Result<NewDocument> {
        let (ledger, job, run) = (&self.pipeline.ledger, self.job, self.run);
        let latest = ledger.latest_document(&job.id, &run.period, kind, subject)?;
        let changed = match &latest {
            Some(_) => {
                let reason = ledger.reason_of(&run.id)?;
                Some(changes_to_json(&because(reason, differences(latest.as_ref(), &body)?)))
            }
            None => None,
        };
        Ok(NewDocument {
            kind,
            job: job.id.clone(),
            period: run.period,
            subject: subject.to_owned(),
            name: name.to_owned(),
            team: team.to_owned(),
            content_hash: render::digest(&body),
            data: body.to_string(),
            total: None,
            rank: None,
            of: None,
            grade: None,
            grade_id: None,
            marks: Vec::new(),
            changed,
            proposals: None,
        })
    }
}

/// What decides whether a card needs another edition.
pub(super) fn digest_of(pipeline: &Pipeline, appraisal: &Appraisal, card: &Card) -> String {
    render::digest(&body_of(pipeline, appraisal, card))
}

pub(super) fn body_of(pipeline: &Pipeline, appraisal: &Appraisal, card: &Card) -> Value {
    render::card_body(appraisal, card, &House::of_machine(&pipeline.settings), pipeline.settings.locale)
}

/// A card's proposal as the ledger keeps it.
pub(super) fn recorded(one: &Proposal) -> NewProposal {
    NewProposal {
        rule: one.rule.clone(),
        kind: one.kind.clone(),
        text: one.text.clone(),
        evidence: one.evidence.clone(),
        amount: one.amount.clone(),
    }
}

pub(super) fn differences(latest: Option<&Document>, body: &Value) -> anyhow::Result<Vec<Change>> {
    let Some(latest) = latest else { return Ok(Vec::new()) };
    let before: Value =
        serde_json::from_str(&latest.data).context("the ledger's copy of the last edition is damaged")?;
    Ok(render::changes(&before, body))
}

/// What changed, after what a person says of it.
fn because(reason: Option<String>, changes: Vec<Change>) -> Vec<Change> {
    let said = reason.filter(|_| !changes.is_empty()).map(|reason| {
        let what = Bilingual::new(format!("重新发放的原因：{reason}"), format!("Why it is issued again: {reason}"));
        Change { what, before: String::new(), after: String::new() }
    });
    said.into_iter().chain(changes).collect()
}

fn changes_to_json(changes: &[Change]) -> String {
    let one = |change: &Change| json!({ "what": change.what, "before": change.before, "after": change.after });
    Value::Array(changes.iter().map(one).collect()).to_string()
}

/// What an edition says otherwise than the one before, from what was kept of that when it was issued.
pub fn changes_of(changed: Option<&str>) -> Vec<Change> {
    let Some(Ok(Value::Array(all))) = changed.map(serde_json::from_str) else { return Vec::new() };
    all.iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            let what = Bilingual::new(
                one["what"]["zh"].as_str().unwrap_or_default(),
                one["what"]["en"].as_str().unwrap_or_default(),
            );
            Change { what, before: text("before"), after: text("after") }
        })
        .collect()
}
