//! Cards, packs and reports: which have a new edition, their PDFs, and the difference to the edition before.

use anyhow::Context;
use serde_json::{Value, json};

use crate::diag::{Diagnostic, Diagnostics};
use crate::failpoint;
use crate::finding::{Finding, Names};
use crate::job::{Job, Print};
use crate::ledger::{Document, DocumentKind, NewDocument, NewProposal, Run, Scope};
use crate::render::{self, Change, Everybody, House};
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Proposal, Standing, Team};
use crate::words::Bilingual;

use super::order::{Event, Stage, Watch};
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
    let mut new_editions = 0;
    let (mut waiting, mut cards) = (Vec::new(), Vec::new());
    let mut wanted = wanted(pipeline, job, run, appraisal)?;
    failpoint::shuffle(&mut wanted);
    for (document, is_new) in issue_all(pipeline, run, &wanted)? {
        if document.kind == DocumentKind::Card && document.run_id == run.id {
            cards.push(document.id);
        }
        new_editions += usize::from(is_new);
        if prints(job, document.kind) && !is_archived(pipeline, &document) {
            waiting.push(document);
        }
    }
    appeals::open_windows(pipeline, job, &cards, appraisal.cut_off)?;
    let findings = press::render_all(pipeline, job, appraisal.cut_off, &waiting, watch)?;
    watch(Event::Ends(Stage::Render));
    Ok(Issued { findings, new_editions })
}

/// How many editions share one commit of the ledger, each of which waits for the disk.
const A_COMMIT: usize = 200;

fn issue_all(pipeline: &Pipeline, run: &Run, wanted: &[NewDocument]) -> anyhow::Result<Vec<(Document, bool)>> {
    let mut issued = Vec::with_capacity(wanted.len());
    for part in wanted.chunks(A_COMMIT) {
        issued.extend(pipeline.ledger.issue_all(&run.id, part)?);
    }
    Ok(issued)
}

/// Whether the job wants a PDF of this kind of document; what it does not print is recorded all the same.
pub(super) fn prints(job: &Job, kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Card => job.prints.contains(&Print::Cards),
        DocumentKind::Pack => job.prints.contains(&Print::Packs),
        _ => true,
    }
}

/// Whether the document's PDF lies in the archive as it was rendered; one that was lost is made again.
pub(super) fn is_archived(pipeline: &Pipeline, document: &Document) -> bool {
    document.pdf_hash.as_deref().is_some_and(|hash| pipeline.folders.holds(Folders::pdf, hash))
}

/// Records every card without a PDF, for the trend of later periods; what such a card would propose is history.
pub(super) fn record_results(pipeline: &Pipeline, job: &Job, run: &Run, appraisal: &Appraisal) -> anyhow::Result<()> {
    let result = |card| Ok(NewDocument { proposals: None, ..card_document(pipeline, job, run, appraisal, card)? });
    let results = appraisal.cards.iter().map(result).collect::<anyhow::Result<Vec<_>>>()?;
    issue_all(pipeline, run, &results).map(drop)
}

fn wanted(pipeline: &Pipeline, job: &Job, run: &Run, appraisal: &Appraisal) -> anyhow::Result<Vec<NewDocument>> {
    let mut documents = Vec::new();
    for card in appraisal.cards.iter().filter(|card| covers(&run.scope, card)) {
        documents.push(card_document(pipeline, job, run, appraisal, card)?);
    }
    if run.scope.agent.is_none() && prints(job, DocumentKind::Pack) {
        let everybody = Everybody::of(appraisal);
        let in_scope = |team: &&Team| run.scope.team.as_ref().is_none_or(|id| *id == team.id);
        for team in appraisal.teams.iter().filter(in_scope) {
            documents.push(pack_document(pipeline, job, run, (appraisal, &everybody), team)?);
        }
    }
    documents.extend(reports::documents(pipeline, job, run, appraisal)?);
    if documents.is_empty() && !appraisal.cards.is_empty() {
        let nobody = Diagnostic::error(format!("nobody matches `{}`", run.scope));
        return Err(Diagnostics::from(nobody.hint(format!("teams: {}", wording::names(&appraisal.teams)))).into());
    }
    Ok(documents)
}

/// Whether a card is in a run's scope.
pub(super) fn covers(scope: &Scope, card: &Card) -> bool {
    scope.includes(&card.team_id, &card.agent.id)
}

/// What decides whether a card needs another edition.
pub(super) fn digest_of(pipeline: &Pipeline, appraisal: &Appraisal, card: &Card) -> String {
    render::digest(&body_of(pipeline, appraisal, card))
}

pub(super) fn body_of(pipeline: &Pipeline, appraisal: &Appraisal, card: &Card) -> Value {
    render::card_body(appraisal, card, &House::of_machine(&pipeline.settings), pipeline.settings.locale)
}

fn card_document(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    appraisal: &Appraisal,
    card: &Card,
) -> anyhow::Result<NewDocument> {
    let body = body_of(pipeline, appraisal, card);
    let marks = card.marks.iter().map(|mark| mark.id.clone()).collect();
    let proposals = Some(card.proposals.iter().map(recorded).collect());
    let Standing::Scored { total, rank, of, grade, grade_id, .. } = &card.standing else {
        let subject = (card.agent.id.as_str(), card.agent.name.as_str(), card.team_id.as_str());
        return Ok(NewDocument {
            marks,
            proposals,
            ..document(pipeline, job, run, DocumentKind::Card, subject, body)?
        });
    };
    Ok(NewDocument {
        total: Some(total.clone()),
        rank: Some(*rank),
        of: Some(*of),
        grade: Some(grade.get(pipeline.settings.locale).to_owned()),
        grade_id: Some(grade_id.clone()),
        marks,
        proposals,
        ..document(pipeline, job, run, DocumentKind::Card, (&card.agent.id, &card.agent.name, &card.team_id), body)?
    })
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

fn pack_document(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    (appraisal, everybody): (&Appraisal, &Everybody),
    team: &Team,
) -> anyhow::Result<NewDocument> {
    let (own, house) = (for_team(appraisal, team), House::of_machine(&pipeline.settings));
    let mut body = render::pack_body(&own, team, everybody, &house, pipeline.settings.locale);
    if job.letters.pack_cards {
        body["cards"] = appended::named(pipeline, appraisal, team);
    }
    document(pipeline, job, run, DocumentKind::Pack, (&team.id, &team.name, &team.id), body)
}

/// What a team's manager may read: findings about others' people are left out.
pub(super) fn for_team(appraisal: &Appraisal, team: &Team) -> Appraisal {
    let foreign = |subject: &String| {
        appraisal.cards.iter().any(|card| card.agent.id == *subject && card.team_id != team.id)
            || appraisal.teams.iter().any(|other| other.id == *subject && other.id != team.id)
            || appraisal.teams.iter().any(|other| {
                other.id != team.id && other.manager.as_ref().is_some_and(|manager| manager.id == *subject)
            })
    };
    // An account of two people names both of them, wherever they work.
    let others = appraisal.cards.iter().filter(|card| card.team_id != team.id);
    let names: Names = others.flat_map(|card| [card.agent.id.clone(), card.agent.name.clone()]).collect();
    let is_theirs =
        |finding: &&Finding| !finding.subject.as_ref().is_some_and(foreign) && !finding.mentions_any(&names);
    let findings = appraisal.findings.iter().filter(is_theirs);
    let insights = appraisal.insights.iter().filter(|insight| insight.team_id == team.id);
    Appraisal {
        cards: appraisal.cards.iter().filter(|card| card.team_id == team.id).cloned().collect(),
        findings: findings.cloned().collect(),
        insights: insights.cloned().collect(),
        scheme: appraisal.scheme.clone(),
        teams: appraisal.teams.clone(),
        groups: appraisal.groups.clone(),
        duties: appraisal.duties.clone(),
        asked: appraisal.asked.clone(),
        alerts: appraisal.alerts.clone(),
        milestones: appraisal.milestones.clone(),
        ..*appraisal
    }
}

/// The edition to be issued of one document, with what differs from the edition before.
pub(super) fn document(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    kind: DocumentKind,
    (subject, name, team): (&str, &str, &str),
    body: Value,
) -> anyhow::Result<NewDocument> {
    let latest = pipeline.ledger.latest_document(&job.id, &run.period, kind, subject)?;
    let changed = match &latest {
        Some(_) => {
            let reason = pipeline.ledger.reason_of(&run.id)?;
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

/// What an edition says otherwise than the one before, as it was found when it was issued.
pub fn changes_of(document: &Document) -> Vec<Change> {
    let Some(Ok(Value::Array(all))) = document.changed.as_deref().map(serde_json::from_str) else { return Vec::new() };
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
