//! Letters: who gets what, sealed into its final bytes before the first attempt.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Context;
use serde_json::{Value, json};

use crate::deliver::letters::{Kind, compose};
use crate::deliver::{self, Address, Attachment, Identity, Letter, Sender};
use crate::failpoint;
use crate::finding::{Finding, Weight};
use crate::job::{Audience, Job, Report, ReportKind};
use crate::ledger::{DeliveryState, Document, DocumentHead, DocumentKind, NewDelivery, RecipientRole, Run};
use crate::render::report::brief;
use crate::render::{self, Covering};
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Person, Team};
use crate::side_by_side;
use crate::words::{Bilingual, Locale};

use super::archivist::{Archivist, keep_beside};
use super::documents::changes_of;
use super::folders::write_whole;
use super::order::{Event, Stage, Unit, Watch};
use super::reports::{self, ReportReader};
use super::{Folders, Pipeline, addresses, appeals};

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
    watch: Watch<'_>,
) -> anyhow::Result<()> {
    watch(Event::Begins(Stage::Seal));
    let held = findings.iter().filter(|finding| finding.weight == Weight::HoldSubject);
    let post = Post {
        pipeline,
        job,
        appraisal,
        cards: appraisal.cards.iter().map(|card| (card.agent.id.as_str(), card)).collect(),
        teams: appraisal.teams.iter().map(|team| (team.id.as_str(), team)).collect(),
        held: held.filter_map(|finding| finding.subject.clone()).collect(),
        gone: gone(pipeline, run)?,
        key: pipeline.ledger.message_key()?,
        from: sender(job, pipeline.settings.locale)?,
    };
    let mut documents = pipeline.ledger.run_heads(&run.id)?;
    failpoint::shuffle(&mut documents);
    documents.retain(|document| document.pdf_hash.is_some() && !post.held.contains(&document.subject));
    // The ledger hears of the letters when all of them are on the disk.
    let sealed = keep_beside(
        &pipeline.folders,
        Folders::letter,
        |_| Ok(()),
        |archivist| side_by_side::each(&documents, |head| post.deliveries(run, head, archivist)),
    )?;
    let sealed = sealed.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let planned: Vec<NewDelivery> = sealed.into_iter().flatten().collect();
    pipeline.ledger.plan_deliveries(&planned)?;
    pipeline.ledger.amend_deliveries(&run.id, &planned, &post.gone)?;
    watch(Event::Counted { stage: Stage::Seal, unit: Unit::Letters, count: planned.len() as u64 });
    watch(Event::Ends(Stage::Seal));
    Ok(())
}

/// Whom the job's letters are from.
pub(super) fn sender(job: &Job, locale: Locale) -> anyhow::Result<Sender> {
    let address = Address::parse(&job.letters.from)
        .map_err(|fault| anyhow::anyhow!("`from` of job `{}` cannot be used: {}", job.id, fault.text().en))?;
    Ok(Sender { name: job.letters.from_name.get(locale).to_owned(), address })
}

/// The letters of a run's documents that went out: they are neither sealed nor changed again.
fn gone(pipeline: &Pipeline, run: &Run) -> anyhow::Result<HashSet<(i64, String)>> {
    let deliveries = pipeline.ledger.deliveries(&run.id)?.into_iter();
    let gone = deliveries.filter(|one| matches!(one.state, DeliveryState::Sent | DeliveryState::ResolvedSent));
    Ok(gone.map(|one| (one.document_id, one.recipient)).collect())
}

/// Who gets a letter, and as what.
struct Addressed<'a> {
    person: &'a Person,
    role: RecipientRole,
}

/// Where sealed letters go.
type Sealed = Archivist<()>;

/// What all letters of a run have in common.
struct Post<'a> {
    pipeline: &'a Pipeline,
    job: &'a Job,
    appraisal: &'a Appraisal,
    cards: HashMap<&'a str, &'a Card>,
    teams: HashMap<&'a str, &'a Team>,
    /// Agents and teams whose documents are held, and people who are.
    held: BTreeSet<String>,
    /// Letters that went out, by document and reader: no run changes them.
    gone: HashSet<(i64, String)>,
    key: [u8; 32],
    from: Sender,
}

impl Post<'_> {
    fn locale(&self) -> Locale {
        self.pipeline.settings.locale
    }

    /// The letters that carry a document: one to each of its readers.
    fn deliveries(&self, run: &Run, head: &DocumentHead, archivist: &Sealed) -> anyhow::Result<Vec<NewDelivery>> {
        let mut sealed = Vec::new();
        if head.kind == DocumentKind::Card && self.gone.contains(&(head.id, head.subject.clone())) {
            return Ok(sealed);
        }
        let document = self.pipeline.ledger.document(head.id)?.context("an edition is gone from the ledger")?;
        let document = &document;
        match document.kind {
            DocumentKind::Card if self.job.letters.to.contains(&Audience::Agents) => {
                if let Some(card) = self.cards.get(document.subject.as_str()) {
                    let reader = Addressed { person: &card.agent, role: RecipientRole::Agent };
                    sealed.extend(self.seal(
                        run,
                        document,
                        &reader,
                        Kind::Card,
                        &self.card_data(document)?,
                        archivist,
                    )?);
                }
            }
            DocumentKind::Pack if self.job.letters.to.contains(&Audience::Managers) => {
                let team = self.teams.get(document.subject.as_str());
                if let Some(manager) = team.and_then(|team| team.manager.as_ref()) {
                    let reader = Addressed { person: manager, role: RecipientRole::Manager };
                    let data = self.pack_data(document, manager)?;
                    sealed.extend(self.seal(run, document, &reader, Kind::Pack, &data, archivist)?);
                }
            }
            DocumentKind::Card | DocumentKind::Pack => {}
            _ => sealed.extend(self.report(run, document, archivist)?),
        }
        Ok(sealed)
    }

    /// The letters that carry a report, as long as the job has it.
    fn report(&self, run: &Run, document: &Document, archivist: &Sealed) -> anyhow::Result<Vec<NewDelivery>> {
        let mut sealed = Vec::new();
        let Some((report, about)) = reports::report_behind(self.job, self.appraisal, document) else {
            return Ok(sealed);
        };
        for reader in reports::readers(report, about, self.appraisal) {
            let data = self.report_data(document, report, &reader)?;
            let reader = Addressed { person: &reader.person, role: reader.role };
            let kind = if report.kind == ReportKind::Alert { Kind::Alert } else { Kind::Report };
            sealed.extend(self.seal(run, document, &reader, kind, &data, archivist)?);
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
        archivist: &Sealed,
    ) -> anyhow::Result<Option<NewDelivery>> {
        let Addressed { person, role } = *reader;
        if self.gone.contains(&(document.id, person.id.clone())) {
            return Ok(None);
        }
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
            attachments: vec![self.attachment(document, reader)?],
            message_id: message_id.clone(),
            date: document.created_at,
            run: document.run_id.clone(),
            edition: document.edition,
            list_id: Some(self.list_id()),
        };
        let sealed = deliver::seal(&letter)?;
        archivist.take((), sealed.bytes)?;
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

    /// The job under the sender's domain, by which readers sort these letters.
    fn list_id(&self) -> String {
        let plain = |one: char| if one.is_ascii_alphanumeric() || ".-".contains(one) { one } else { '-' };
        format!("{}.{}", self.job.id, self.from.address.domain()).to_ascii_lowercase().chars().map(plain).collect()
    }

    fn manager_of(&self, document: &Document) -> Option<&Person> {
        self.teams.get(document.team.as_str())?.manager.as_ref()
    }

    /// Where a person can be mailed; somebody held, for instance because two share an address, cannot.
    fn address(&self, person: &Person) -> Option<Address> {
        if self.held.contains(&person.id) { None } else { addresses::mailed(self.job, person) }
    }

    /// Replies of an agent go to the manager of the team.
    fn manager_address(&self, agent: &Person) -> Option<Address> {
        let card = self.cards.get(agent.id.as_str())?;
        let team = self.teams.get(card.team_id.as_str())?;
        self.address(team.manager.as_ref()?)
    }

    fn attachment(&self, document: &Document, reader: &Addressed<'_>) -> anyhow::Result<Attachment> {
        let hash = document.pdf_hash.as_deref().context("a letter needs a rendered document")?;
        let path = self.pipeline.folders.pdf(hash);
        let bytes = std::fs::read(&path).with_context(|| format!("reading `{}` from the archive", path.display()))?;
        let subject = render::subject_of(&bytes);
        anyhow::ensure!(
            subject.as_deref() == Some(document.subject.as_str()),
            "the PDF in `{}` is not about `{}`; nothing was mailed",
            path.display(),
            document.subject
        );
        // Readers with an address alone do not come together with a rule; `check` sees to that.
        let bytes = match self.job.letters.pdf_password {
            None => bytes,
            Some(rule) => self.locked(hash, &bytes, &rule.of(&reader.person.id))?,
        };
        let title = self.title(document);
        let file_name = format!("{title}_{}_{}.pdf", document.name, document.period.name());
        Ok(Attachment { file_name, bytes, media_type: "application/pdf".to_owned() })
    }

    /// The locked copy of a PDF, made once: a run that goes on mails the very same bytes.
    fn locked(&self, hash: &str, pdf: &[u8], password: &str) -> anyhow::Result<Vec<u8>> {
        let path = self.pipeline.folders.locked(&deliver::lock_name(&self.key, hash, password));
        if !path.is_file() {
            write_whole(&path, &deliver::lock(&self.key, pdf, password)?)?;
        }
        std::fs::read(&path).with_context(|| format!("reading `{}`", path.display()))
    }

    /// The rule by which attachments open, in the reader's language.
    fn lock_words(&self) -> Option<String> {
        self.job.letters.pdf_password.map(|rule| rule.words().get(self.locale()).to_owned())
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
        let body = stated(document)?;
        let is_person = reader.role != RecipientRole::Reader;
        let brief = brief(report.kind, &body, is_person.then_some(reader.person.id.as_str()), locale);
        let changed = changes_of(document.changed.as_deref());
        let lock = if is_person { self.lock_words() } else { None };
        let covering = Covering {
            edition: document.edition,
            changed: &changed,
            answered_by: None,
            appeal: "",
            link: None,
            lock: lock.as_deref(),
        };
        let named = is_person.then_some(reader.person.name.as_str());
        if report.kind == ReportKind::Alert {
            return Ok(render::alert_letter(&body, covering, named));
        }
        let mut data = render::any_letter(&body, covering);
        data["title"] = body["title"].clone();
        data["name"] = document.name.clone().into();
        data["reader"] = named.into();
        data["public"] = report.is_public().into();
        for part in ["facts", "table", "own", "note"] {
            data[part] = brief[part].clone();
        }
        Ok(data)
    }

    /// The figures of the card as its PDF prints them.
    fn card_data(&self, document: &Document) -> anyhow::Result<Value> {
        let answered_by = self.manager_of(document).map(|manager| manager.name.as_str());
        let (body, changed, lock) = (stated(document)?, changes_of(document.changed.as_deref()), self.lock_words());
        let appeal = render::appeal_of(&body, self.appraisal.cut_off, self.job.time_zone, &self.job.calendar);
        let link = appeals::link(self.pipeline, document)?;
        let covering = Covering {
            edition: document.edition,
            changed: &changed,
            answered_by,
            appeal: &appeal,
            link: link.as_deref(),
            lock: lock.as_deref(),
        };
        Ok(render::card_letter(&body, covering))
    }

    fn pack_data(&self, document: &Document, manager: &Person) -> anyhow::Result<Value> {
        let (changed, lock) = (changes_of(document.changed.as_deref()), self.lock_words());
        let covering = Covering {
            edition: document.edition,
            changed: &changed,
            answered_by: None,
            appeal: "",
            link: None,
            lock: lock.as_deref(),
        };
        Ok(render::pack_letter(&stated(document)?, covering, (&manager.id, &manager.name)))
    }
}

/// What a document says, as the ledger keeps it.
fn stated(document: &Document) -> anyhow::Result<Value> {
    serde_json::from_str(&document.data).context("the ledger's copy of a document is damaged")
}

/// What the template of a report's letter is given, made up.
pub fn sample_report_letter() -> Value {
    json!({
        "company": "示例店", "colour": "#1f5f8b", "colour_text": "#1f5f8b", "title": "周排名", "name": "售前一组", "reader": "小满", "period": "2026-W41",
        "period_text": "2026年第41周（10月5日—10月11日）", "edition": "2", "public": true, "lock": null,
        "changed": [{ "what": "小满", "before": "3 · 86.0", "after": "2 · 88.0" }],
        "facts": [{ "label": "参加排名", "value": "7 人" }],
        "table": { "head": ["名次", "姓名", "总分"], "rows": [["1", "小满", "88.0"]] },
        "own": "第 1 名，88.0 分", "note": "对结果有异议的，请在异议期内提出。",
    })
}
