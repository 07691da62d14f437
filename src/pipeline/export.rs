//! What a run leaves for other programs: cards, packs and hashes as files, amounts for finance, the PDFs by team and agent.

pub(super) mod delimited;
mod files;
mod pdfs;
mod sheets;

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use crate::exact::Exact;
use crate::extract::Manifest;
use crate::finding::Finding;
use crate::ledger::{self, DocumentHead, DocumentKind, Run, WantedProposals};
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Line, Measured, MoneyLine, Proposal, ReferenceKind, Standing, Team};

use super::consequences::Consequences;
use super::documents::covers;
use super::folders::write_whole;
use super::manifest::manifest;
use super::team_views::TeamViews;
use super::{Outcome, Pipeline, finance};

pub use files::{Format, What, exportable};
pub(super) use pdfs::file_name;

/// Writes everything that a run leaves into a folder: `cards.*`, `finance.*`, `packs.json`, `run.json` and
/// `pdf/<team>/<agent>.pdf`; packs and reports are `pdf/<team>/<kind>.pdf`, reports about all `pdf/shop/<kind>.pdf`,
/// those about one agent `pdf/<team>/<kind>/<agent>.pdf`.
pub fn export(pipeline: &Pipeline, outcome: &Outcome, folder: &Path) -> anyhow::Result<()> {
    for (what, format) in files::all() {
        export_one(pipeline, outcome, what, format, folder)?;
    }
    pdfs::copy(pipeline, &pipeline.ledger.run_heads(&outcome.run.id)?, folder)
}

/// Writes one kind of file and gives the names of what was written.
///
/// # Errors
/// When the run was not scored, when there is no such file, or when one cannot be written.
pub fn export_one(
    pipeline: &Pipeline,
    outcome: &Outcome,
    what: What,
    format: Format,
    folder: &Path,
) -> anyhow::Result<Vec<&'static str>> {
    let sources = Sources::of(pipeline, outcome)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    match what {
        What::Cards => cards(pipeline, outcome, &sources, format, folder),
        What::Finance => finance::write(pipeline, outcome, &sources, format, folder),
    }
}

/// What the ledger knows of a run's cards.
pub(super) struct Sources<'a> {
    pub(super) appraisal: &'a Appraisal,
    pub(super) documents: Vec<DocumentHead>,
    pub(super) proposals: Vec<ledger::Proposal>,
    /// The cards in the run's scope.
    pub(super) cards: Vec<&'a Card>,
}

impl<'a> Sources<'a> {
    fn of(pipeline: &Pipeline, outcome: &'a Outcome) -> anyhow::Result<Self> {
        let appraisal = outcome.appraisal.as_ref().context("a run that was not scored has nothing to export")?;
        let run = &outcome.run;
        let wanted = WantedProposals { job: Some(run.job.clone()), period: Some(run.period), state: None };
        Ok(Self {
            appraisal,
            documents: pipeline.ledger.run_heads(&run.id)?,
            proposals: pipeline.ledger.proposals(&wanted)?,
            cards: appraisal.cards.iter().filter(|card| covers(&run.scope, card)).collect(),
        })
    }
}

fn cards(
    pipeline: &Pipeline,
    outcome: &Outcome,
    sources: &Sources<'_>,
    format: Format,
    folder: &Path,
) -> anyhow::Result<Vec<&'static str>> {
    let (run, cards, findings) = (&outcome.run, &sources.cards, &outcome.findings);
    let Sources { appraisal, documents, proposals, .. } = sources;
    let sheet = Sheet { appraisal, documents, findings, proposals };
    match format {
        Format::Json => {
            let all: Vec<Value> = cards.iter().map(|card| sheet.card(card)).collect();
            write_json(&folder.join("cards.json"), &Value::Array(all))?;
            let in_scope = |team: &&Team| run.scope.team.as_ref().is_none_or(|id| *id == team.id);
            let views = TeamViews::of(appraisal, findings);
            let teams = appraisal.teams.iter().filter(in_scope);
            let packs: Vec<Value> = teams.map(|team| sheet.pack(&views, team)).collect();
            write_json(&folder.join("packs.json"), &Value::Array(packs))?;
            write_json(&folder.join("run.json"), &run_facts(run, documents, manifest(pipeline, &run.id)?.as_deref()))?;
            Ok(vec!["cards.json", "packs.json", "run.json"])
        }
        Format::Csv => {
            write_whole(&folder.join("cards.csv"), &delimited::csv(&COLUMNS, &lines(&sheet, cards))?)?;
            Ok(vec!["cards.csv"])
        }
        Format::Parquet => {
            crate::tables::write_text_table(&folder.join("cards.parquet"), &COLUMNS, &lines(&sheet, cards))?;
            Ok(vec!["cards.parquet"])
        }
        Format::Xlsx => {
            write_whole(&folder.join("cards.xlsx"), &sheets::cards(&sheet, outcome, cards)?)?;
            Ok(vec!["cards.xlsx"])
        }
    }
}

struct Sheet<'a> {
    appraisal: &'a Appraisal,
    documents: &'a [DocumentHead],
    findings: &'a [Finding],
    proposals: &'a [ledger::Proposal],
}

impl Sheet<'_> {
    fn edition(&self, kind: DocumentKind, subject: &str) -> Option<u32> {
        self.documents.iter().find(|one| one.kind == kind && one.subject == subject).map(|one| one.edition)
    }

    fn findings(&self, subject: &str) -> Vec<Value> {
        self.findings.iter().filter(|one| one.subject.as_deref() == Some(subject)).map(finding).collect()
    }

    fn card(&self, card: &Card) -> Value {
        let (scored, total, rank, of, grade) = match &card.standing {
            Standing::Scored { total, rank, of, grade, .. } => {
                (true, number(total), json!(rank), json!(of), json!(grade.zh))
            }
            Standing::NotScored { .. } => (false, Value::Null, Value::Null, Value::Null, Value::Null),
        };
        let consequences = Consequences::of(card, self.proposals);
        json!({
            "agent": card.agent.id,
            "name": card.agent.name,
            "team": card.team_id,
            "scored": scored,
            "total": total,
            "rank": rank,
            "of": of,
            "grade": grade,
            "edition": self.edition(DocumentKind::Card, &card.agent.id),
            "scheme": self.appraisal.scheme.id,
            "scheme_version": self.appraisal.scheme.version,
            "money": amounts(&consequences.agreed),
            "money_pending": amounts(&consequences.pending),
            "marks": card.marks.iter().map(|one| json!(one.id)).collect::<Vec<_>>(),
            "lines": card.lines.iter().map(line).collect::<Vec<_>>(),
            "proposals": consequences.proposals.iter().map(|(one, known)| proposal(one, *known)).collect::<Vec<_>>(),
            "findings": self.findings(&card.agent.id),
        })
    }

    fn pack(&self, views: &TeamViews<'_>, team: &Team) -> Value {
        let cards = views.cards(team);
        let scored = cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. })).count();
        json!({
            "team": team.id,
            "name": team.name,
            "manager": team.manager.as_ref().map(|manager| json!({ "id": manager.id, "name": manager.name })),
            "edition": self.edition(DocumentKind::Pack, &team.id),
            "population": cards.len(),
            "scored": scored,
            "mean_total": team.mean_total.as_ref().map(number),
            "references": references(cards),
            "agents": cards.iter().map(|card| json!(card.agent.id)).collect::<Vec<_>>(),
            "findings": views.findings(team).map(finding).collect::<Vec<_>>(),
        })
    }
}

/// What the team's values were compared with, indicator by indicator; agents' own plans are on their cards.
fn references(cards: &[&Card]) -> Value {
    let mut all = serde_json::Map::new();
    for line in cards.iter().flat_map(|card| &card.lines) {
        let Some(reference) = &line.reference else { continue };
        let of = match reference.kind {
            ReferenceKind::Team => "team",
            ReferenceKind::Shop => "shop",
            ReferenceKind::Own => continue,
        };
        all.entry(line.id.clone()).or_insert_with(|| {
            let mut parts = measured(Some(&reference.measured));
            parts["of"] = json!(of);
            parts
        });
    }
    Value::Object(all)
}

fn line(line: &Line) -> Value {
    let parts = measured(line.measured.as_ref());
    json!({
        "id": line.id,
        "label": line.label.zh,
        "value": parts["value"],
        "numerator": parts["numerator"],
        "denominator": parts["denominator"],
        "reference": line.reference.as_ref().and_then(|one| one.measured.value.as_ref()).map(number),
        "points": line.points.as_ref().map(number),
        "full_marks": number(&line.full_marks),
        "weight": number(&line.weight),
        "contribution": line.contribution.as_ref().map(number),
        "status": line.status.word(),
        "rule": line.rule.zh,
        "level": line.level.as_ref().map(|level| json!({ "id": level.id, "zh": level.label.zh, "en": level.label.en })),
        "weeks": line.weeks.iter().map(|week| json!({
            "week": week.week, "value": measured(week.measured.as_ref())["value"],
            "points": week.points.as_ref().map(number), "rule": week.rule.zh,
        })).collect::<Vec<_>>(),
    })
}

/// Yuan to the fen, component by component.
fn amounts(lines: &[&MoneyLine]) -> Value {
    Value::Object(lines.iter().map(|line| (line.id.clone(), json!(line.amount.fixed(2)))).collect())
}

fn proposal(one: &Proposal, known: Option<&ledger::Proposal>) -> Value {
    json!({
        "id": known.map(|known| known.id), "state": known.map(|known| known.state.word()),
        "rule": one.rule, "kind": one.kind, "zh": one.text.zh, "en": one.text.en, "evidence": one.evidence.zh,
        "amount": one.amount.as_ref().map(|amount| json!(amount.fixed(2))),
    })
}

fn measured(measured: Option<&Measured>) -> Value {
    json!({
        "value": measured.and_then(|one| one.value.as_ref()).map(number),
        "numerator": measured.map(|one| number(&one.numerator)),
        "denominator": measured.and_then(|one| one.denominator.as_ref()).map(number),
    })
}

/// JSON numbers are binary; the exact decimals stand on the card and in `money`.
fn number(value: &Exact) -> Value {
    json!(value.to_f64())
}

fn finding(one: &Finding) -> Value {
    json!({ "code": one.code, "weight": one.weight.word(), "subject": one.subject, "zh": one.text.zh, "en": one.text.en })
}

const COLUMNS: [&str; 20] = [
    "agent",
    "name",
    "team",
    "scored",
    "total",
    "rank",
    "of",
    "grade",
    "edition",
    "line",
    "label",
    "value",
    "numerator",
    "denominator",
    "reference",
    "points",
    "weight",
    "contribution",
    "status",
    "rule",
];

/// One row per card line, exact to twelve decimals.
fn lines(sheet: &Sheet<'_>, cards: &[&Card]) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for card in cards {
        for line in &card.lines {
            let (scored, total, rank, of, grade) = match &card.standing {
                Standing::Scored { total, rank, of, grade, .. } => {
                    ("true", exact(Some(total)), Some(rank.to_string()), Some(of.to_string()), Some(grade.zh.clone()))
                }
                Standing::NotScored { .. } => ("false", None, None, None, None),
            };
            let measured = line.measured.as_ref();
            rows.push(vec![
                Some(card.agent.id.clone()),
                Some(card.agent.name.clone()),
                Some(card.team_id.clone()),
                Some(scored.to_owned()),
                total,
                rank,
                of,
                grade,
                sheet.edition(DocumentKind::Card, &card.agent.id).map(|edition| edition.to_string()),
                Some(line.id.clone()),
                Some(line.label.zh.clone()),
                exact(measured.and_then(|one| one.value.as_ref())),
                exact(measured.map(|one| &one.numerator)),
                exact(measured.and_then(|one| one.denominator.as_ref())),
                exact(line.reference.as_ref().and_then(|one| one.measured.value.as_ref())),
                exact(line.points.as_ref()),
                exact(Some(&line.weight)),
                exact(line.contribution.as_ref()),
                Some(line.status.word().to_owned()),
                Some(line.rule.zh.clone()),
            ]);
        }
    }
    rows
}

fn exact(value: Option<&Exact>) -> Option<String> {
    value.map(|value| value.trimmed(12))
}

fn run_facts(run: &Run, documents: &[DocumentHead], manifest: Option<&[Manifest]>) -> Value {
    let pdfs: serde_json::Map<String, Value> =
        documents.iter().map(|one| (format!("{}/{}", one.kind.word(), one.subject), json!(one.pdf_hash))).collect();
    json!({
        "run": run.id,
        "job": run.job,
        "period": run.period.to_string(),
        "scope": run.scope.to_string(),
        "state": run.state.word(),
        "cut_off": run.cut_off.map(|at| at.to_rfc3339()),
        "raw": run.pins.raw,
        "scheme": { "id": run.pins.scheme_id, "version": run.pins.scheme_version, "hash": run.pins.scheme },
        "templates": run.pins.templates,
        "fonts": run.pins.fonts,
        "pdfs": pdfs,
        "data": manifest,
    })
}

pub(super) fn write_json(path: &Path, value: &Value) -> anyhow::Result<()> {
    write_whole(path, serde_json::to_string_pretty(value)?.as_bytes())
}
