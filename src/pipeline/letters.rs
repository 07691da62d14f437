//! Letters: who gets what, sealed into its final bytes before the first attempt.

use std::collections::BTreeSet;

use anyhow::Context;
use serde_json::{Value, json};

use crate::deliver::letters::{Kind, compose};
use crate::deliver::{self, Address, Attachment, Identity, Letter, Sender};
use crate::finding::{Finding, Weight};
use crate::job::{Audience, Job, Report};
use crate::ledger::{Document, DocumentKind, NewDelivery, RecipientRole, Run, Scope};
use crate::render::report::brief;
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Line, LineKind, Person, Standing, Team};
use crate::words::{Bilingual, Locale};

use super::documents::{changes_of, covers};
use super::reports::{self, ReportReader};
use super::{Folders, Pipeline, wording};

/// Who in scope cannot be mailed, and why; each is told of once.
pub(super) fn unreachable(pipeline: &Pipeline, job: &Job, scope: &Scope, appraisal: &Appraisal) -> Vec<Finding> {
    let mut findings = of_cards_and_packs(job, scope, appraisal);
    for wanted in reports::wanted(pipeline, job, scope, appraisal) {
        let title = wanted.report.kind.title(appraisal.period.cycle);
        for reader in reports::readers(wanted.report, wanted.about, appraisal) {
            let finding = address_of(job, &reader.person).err();
            let finding = finding.map(|fault| fault.finding(&reader.person, &title.zh, &title.en));
            let is_new = |one: &Finding| {
                !findings.iter().any(|other| (&other.code, &other.subject) == (&one.code, &one.subject))
            };
            findings.extend(finding.filter(is_new));
        }
    }
    findings
}

fn of_cards_and_packs(job: &Job, scope: &Scope, appraisal: &Appraisal) -> Vec<Finding> {
    let mut findings = Vec::new();
    if job.letters.to.contains(&Audience::Agents) {
        for card in appraisal.cards.iter().filter(|card| covers(scope, card)) {
            findings.extend(
                address_of(job, &card.agent).err().map(|fault| fault.finding(&card.agent, "绩效卡", "the card")),
            );
        }
    }
    if job.letters.to.contains(&Audience::Managers) && scope.agent.is_none() {
        let in_scope = |team: &&Team| scope.team.as_ref().is_none_or(|id| *id == team.id);
        for team in appraisal.teams.iter().filter(in_scope) {
            match &team.manager {
                None => findings.push(wording::no_manager(team)),
                Some(manager) => findings
                    .extend(address_of(job, manager).err().map(|fault| fault.finding(manager, "团队汇总", "the pack"))),
            }
        }
    }
    findings
}

/// Why a person cannot be mailed.
enum Unreachable {
    NoAddress,
    Bad(Bilingual),
    Foreign(String),
}

impl Unreachable {
    fn finding(self, person: &Person, zh: &str, en: &str) -> Finding {
        match self {
            Self::NoAddress => wording::no_address(person, zh, en),
            Self::Bad(why) => wording::bad_address(person, &why),
            Self::Foreign(domain) => wording::foreign_domain(person, &domain),
        }
    }
}

fn address_of(job: &Job, person: &Person) -> Result<Address, Unreachable> {
    let text = person.email.as_deref().ok_or(Unreachable::NoAddress)?;
    let address = Address::parse(text).map_err(|fault| Unreachable::Bad(fault.text()))?;
    match allows(job, &address) {
        true => Ok(address),
        false => Err(Unreachable::Foreign(address.domain().to_owned())),
    }
}

/// Whether a person has an address to which the job may mail.
pub(super) fn can_be_mailed(job: &Job, person: &Person) -> bool {
    address_of(job, person).is_ok()
}

/// Whether the job lets mail go to an address.
pub(super) fn allows(job: &Job, address: &Address) -> bool {
    let domain = address.domain().to_lowercase();
    job.letters.allow_domains.contains(&domain)
}

/// Seals and records the letter of every document that has a reader; nobody who is held gets or answers one.
///
/// What was recorded before and has not gone out is brought up to date: a corrected address replaces the old one, and a
/// letter that is no longer to be sent is withdrawn.
pub(super) fn plan_deliveries(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    appraisal: &Appraisal,
    findings: &[Finding],
) -> anyhow::Result<()> {
    let held = findings.iter().filter(|finding| finding.weight == Weight::HoldSubject);
    let post = Post {
        pipeline,
        job,
        appraisal,
        held: held.filter_map(|finding| finding.subject.clone()).collect(),
        key: pipeline.ledger.message_key()?,
        from: sender(job, pipeline.settings.locale)?,
    };
    let mut planned = Vec::new();
    for document in pipeline.ledger.run_documents(&run.id)? {
        if document.pdf_hash.is_some() && !post.held.contains(&document.subject) {
            planned.extend(post.deliveries(run, &document)?);
        }
    }
    pipeline.ledger.plan_deliveries(&planned)?;
    pipeline.ledger.amend_deliveries(&run.id, &planned)
}

fn sender(job: &Job, locale: Locale) -> anyhow::Result<Sender> {
    let address = Address::parse(&job.letters.from)
        .map_err(|fault| anyhow::anyhow!("`from` of job `{}` cannot be used: {}", job.id, fault.text().en))?;
    Ok(Sender { name: job.letters.from_name.get(locale).to_owned(), address })
}

/// Who gets a letter, and as what.
struct Addressed<'a> {
    person: &'a Person,
    role: RecipientRole,
}

/// What all letters of a run have in common.
struct Post<'a> {
    pipeline: &'a Pipeline,
    job: &'a Job,
    appraisal: &'a Appraisal,
    /// Agents and teams whose documents are held, and people who are.
    held: BTreeSet<String>,
    key: [u8; 32],
    from: Sender,
}

impl Post<'_> {
    fn locale(&self) -> Locale {
        self.pipeline.settings.locale
    }

    /// The letters that carry a document: one to each of its readers.
    fn deliveries(&self, run: &Run, document: &Document) -> anyhow::Result<Vec<NewDelivery>> {
        let mut sealed = Vec::new();
        match document.kind {
            DocumentKind::Card if self.job.letters.to.contains(&Audience::Agents) => {
                let card = self.appraisal.cards.iter().find(|card| card.agent.id == document.subject);
                if let Some(card) = card {
                    let reader = Addressed { person: &card.agent, role: RecipientRole::Agent };
                    sealed.extend(self.seal(run, document, &reader, Kind::Card, &self.card_data(document, card))?);
                }
            }
            DocumentKind::Pack if self.job.letters.to.contains(&Audience::Managers) => {
                let team = self.appraisal.teams.iter().find(|team| team.id == document.subject);
                if let Some((team, manager)) = team.and_then(|team| Some((team, team.manager.as_ref()?))) {
                    let reader = Addressed { person: manager, role: RecipientRole::Manager };
                    let data = self.pack_data(document, team, manager);
                    sealed.extend(self.seal(run, document, &reader, Kind::Pack, &data)?);
                }
            }
            DocumentKind::Card | DocumentKind::Pack => {}
            _ => sealed.extend(self.report(run, document)?),
        }
        Ok(sealed)
    }

    /// The letters that carry a report, as long as the job has it.
    fn report(&self, run: &Run, document: &Document) -> anyhow::Result<Vec<NewDelivery>> {
        let mut sealed = Vec::new();
        let Some((report, about)) = reports::report_behind(self.job, self.appraisal, document) else {
            return Ok(sealed);
        };
        for reader in reports::readers(report, about, self.appraisal) {
            let data = self.report_data(document, report, &reader)?;
            let reader = Addressed { person: &reader.person, role: reader.role };
            sealed.extend(self.seal(run, document, &reader, Kind::Report, &data)?);
        }
        Ok(sealed)
    }

    fn seal(
        &self,
        run: &Run,
        document: &Document,
        reader: &Addressed<'_>,
        kind: Kind,
        data: &Value,
    ) -> anyhow::Result<Option<NewDelivery>> {
        let Addressed { person, role } = *reader;
        let Some(to) = self.address(person) else { return Ok(None) };
        let texts = compose(kind, self.locale(), data, self.overrides())?;
        let period = document.period.to_string();
        let identity = Identity {
            job: &document.job,
            period: &period,
            kind: document.kind.word(),
            subject: &document.subject,
            recipient: &to,
            edition: document.edition,
        };
        let message_id = deliver::message_id(&self.key, identity, self.from.address.domain());
        let letter = Letter {
            from: self.from.clone(),
            to_name: person.name.clone(),
            to: to.clone(),
            reply_to: if role == RecipientRole::Agent { self.manager_address(person) } else { None },
            subject: texts.subject,
            text: texts.text,
            html: texts.html,
            attachments: vec![self.attachment(document)?],
            message_id: message_id.clone(),
            date: document.created_at,
            run: document.run_id.clone(),
            edition: document.edition,
            list_id: None,
        };
        let sealed = deliver::seal(&letter)?;
        self.pipeline.folders.keep(Folders::letter, &sealed.bytes)?;
        Ok(Some(NewDelivery {
            document_id: document.id,
            run_id: run.id.clone(),
            recipient: person.id.clone(),
            role,
            address: to.to_string(),
            message_id,
            mime_hash: sealed.sha256,
        }))
    }

    fn overrides(&self) -> Option<&std::path::Path> {
        Some(self.pipeline.settings.templates.as_path()).filter(|folder| folder.is_dir())
    }

    fn manager_of(&self, document: &Document) -> Option<&Person> {
        self.appraisal.teams.iter().find(|team| team.id == document.team)?.manager.as_ref()
    }

    /// Where a person can be mailed; somebody held, for instance because two share an address, cannot.
    fn address(&self, person: &Person) -> Option<Address> {
        if self.held.contains(&person.id) { None } else { address_of(self.job, person).ok() }
    }

    /// Replies of an agent go to the manager of the team.
    fn manager_address(&self, agent: &Person) -> Option<Address> {
        let card = self.appraisal.cards.iter().find(|card| card.agent.id == agent.id)?;
        let team = self.appraisal.teams.iter().find(|team| team.id == card.team_id)?;
        self.address(team.manager.as_ref()?)
    }

    fn attachment(&self, document: &Document) -> anyhow::Result<Attachment> {
        let hash = document.pdf_hash.as_deref().context("a letter needs a rendered document")?;
        let path = self.pipeline.folders.pdf(hash);
        let bytes = std::fs::read(&path).with_context(|| format!("reading `{}` from the archive", path.display()))?;
        let subject = crate::render::subject_of(&bytes);
        anyhow::ensure!(
            subject.as_deref() == Some(document.subject.as_str()),
            "the PDF in `{}` is not about `{}`; nothing was mailed",
            path.display(),
            document.subject
        );
        let title = self.title(document);
        let file_name = format!("{title}_{}_{}.pdf", document.name, document.period.name());
        Ok(Attachment { file_name, bytes, media_type: "application/pdf".to_owned() })
    }

    /// What a document is called in the name of its file.
    fn title(&self, document: &Document) -> String {
        let title = match reports::report_of(document.kind) {
            Some(report) => report.title(document.period.cycle),
            None if document.kind == DocumentKind::Pack => Bilingual::new("团队汇总", "Team-pack"),
            None => Bilingual::new("绩效卡", "Scorecard"),
        };
        title.get(self.locale()).replace(' ', "-")
    }

    fn report_data(&self, document: &Document, report: &Report, reader: &ReportReader) -> anyhow::Result<Value> {
        let locale = self.locale();
        let body: Value = serde_json::from_str(&document.data).context("the ledger's copy of a report is damaged")?;
        let is_person = reader.role != RecipientRole::Reader;
        let brief = brief(report.kind, &body, is_person.then_some(reader.person.id.as_str()), locale);
        Ok(json!({
            "company": self.pipeline.settings.house.company.get(locale),
            "title": body["title"],
            "name": document.name,
            "reader": is_person.then_some(&reader.person.name),
            "period": document.period.name(),
            "period_text": crate::render::period_in_words(&document.period, locale),
            "edition": document.edition.to_string(),
            "changed": self.changed(document),
            "public": report.is_public(),
            "facts": brief["facts"],
            "table": brief["table"],
            "own": brief["own"],
            "note": brief["note"],
        }))
    }

    fn card_data(&self, document: &Document, card: &Card) -> Value {
        let locale = self.locale();
        let lines: Vec<Value> = card.lines.iter().filter_map(|line| line_data(line, locale)).collect();
        let mut data = json!({
            "company": self.pipeline.settings.house.company.get(locale),
            "agent": { "id": card.agent.id, "name": card.agent.name },
            "team": card.team_name,
            "period": document.period.name(),
            "period_text": crate::render::period_in_words(&document.period, locale),
            "total": null, "grade": null, "rank": null, "of": null, "previous": null, "delta": null,
            "not_scored_reason": null,
            "judged": card.standing.is_judged(),
            "lines": lines,
            "edition": document.edition.to_string(),
            "changed": self.changed(document),
            "reply_to_name": self.manager_of(document).map(|manager| manager.name.clone()),
        });
        let standing = match &card.standing {
            Standing::NotScored { reason } => json!({ "not_scored_reason": reason.get(locale) }),
            Standing::Scored { total, rank, of, grade, previous, .. } => json!({
                "total": total.fixed(2), "grade": grade.get(locale), "rank": rank.to_string(), "of": of.to_string(),
                "previous": previous.as_ref().map(|previous| previous.fixed(2)),
                "delta": previous.as_ref().map(|previous| signed(&(total.clone() - previous.clone()).fixed(2))),
            }),
        };
        if let (Value::Object(data), Value::Object(standing)) = (&mut data, standing) {
            data.extend(standing);
        }
        data
    }

    fn changed(&self, document: &Document) -> Vec<Value> {
        let one = |change: &crate::render::Change| json!({ "what": change.what.get(self.locale()), "before": change.before, "after": change.after });
        changes_of(document).iter().map(one).collect()
    }

    fn pack_data(&self, document: &Document, team: &Team, manager: &Person) -> Value {
        let locale = self.locale();
        let cards: Vec<&Card> = self.appraisal.cards.iter().filter(|card| card.team_id == team.id).collect();
        let top: Vec<Value> = cards.iter().filter_map(|card| match &card.standing {
            Standing::Scored { total, rank, grade, .. } => Some(json!({
                "rank": rank.to_string(), "name": card.agent.name, "total": total.fixed(2), "grade": grade.get(locale),
            })),
            Standing::NotScored { .. } => None,
        }).collect();
        let body: Value = serde_json::from_str(&document.data).unwrap_or_default();
        let findings = body["findings"].as_array().map_or(0, Vec::len);
        json!({
            "company": self.pipeline.settings.house.company.get(locale),
            "manager": { "id": manager.id, "name": manager.name },
            "team": team.name,
            "period": document.period.name(),
            "period_text": crate::render::period_in_words(&document.period, locale),
            "scored": (top.len() + cards.iter().filter(|card| card.standing.is_judged()).count()).to_string(),
            "population": cards.len().to_string(),
            "mean": team.mean_total.as_ref().map(|mean| mean.fixed(2)),
            "top": top.into_iter().take(3).collect::<Vec<_>>(),
            "findings": findings.to_string(),
            "edition": document.edition.to_string(),
        })
    }
}

/// What a letter says of a line that has a value; points, full marks and weight only where the line has them.
fn line_data(line: &Line, locale: Locale) -> Option<Value> {
    let value = line.measured.as_ref()?.value.as_ref()?;
    let is_level_alone = line.level.is_some() && line.full_marks.is_zero();
    let points = line.points.as_ref().filter(|_| !is_level_alone);
    if points.is_none() && line.level.is_none() {
        return None;
    }
    Some(json!({
        "label": line.label.get(locale),
        "value": line.unit.print(value, line.decimals),
        "level": line.level.as_ref().map(|level| level.label.get(locale)),
        "points": points.map(|points| points.trimmed(2)),
        "full": Some(&line.full_marks).filter(|full| **full > 0).map(|full| full.trimmed(2)),
        "weight": (line.kind == LineKind::Weighted).then(|| line.weight.trimmed(2)),
    }))
}

fn signed(number: &str) -> String {
    if number.starts_with('-') { number.to_owned() } else { format!("+{number}") }
}

/// What the template of a card's letter is given, made up.
pub fn sample_card_letter() -> Value {
    json!({
        "company": "示例店", "agent": { "id": "A001", "name": "小满" }, "team": "售前一组", "period": "2026-10",
        "period_text": "2026年10月", "total": "88.00", "grade": "良好", "rank": "2", "of": "7", "previous": "86.00",
        "delta": "+2.00", "not_scored_reason": null, "judged": false, "edition": "2", "reply_to_name": "立春",
        "lines": [{ "label": "付款转化率", "value": "61.3%", "level": null, "points": "94", "full": "100", "weight": "40" }],
        "changed": [{ "what": "总分", "before": "86.00", "after": "88.00" }],
    })
}

/// What the template of a pack's letter is given, made up.
pub fn sample_pack_letter() -> Value {
    json!({
        "company": "示例店", "manager": { "id": "M01", "name": "立春" }, "team": "售前一组", "period": "2026-10",
        "period_text": "2026年10月", "scored": "6", "population": "7", "mean": "80.10", "findings": "1", "edition": "1",
        "top": [{ "rank": "1", "name": "小满", "total": "88.00", "grade": "良好" }],
    })
}

/// What the template of a report's letter is given, made up.
pub fn sample_report_letter() -> Value {
    json!({
        "company": "示例店", "title": "周排名", "name": "售前一组", "reader": "小满", "period": "2026-W41",
        "period_text": "2026年第41周（10月5日—10月11日）", "edition": "2", "public": true,
        "changed": [{ "what": "小满", "before": "3 · 86.0", "after": "2 · 88.0" }],
        "facts": [{ "label": "参加排名", "value": "7 人" }],
        "table": { "head": ["名次", "姓名", "总分"], "rows": [["1", "小满", "88.0"]] },
        "own": "第 1 名，88.0 分", "note": "对结果有异议的，请在异议期内提出。",
    })
}
