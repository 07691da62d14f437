//! Letters that remind people: raters of what they have not rated, and whoever may release of a run that waits.
//!
//! They say what is asked for and where, and nobody's results. Each person is reminded of a thing once, by the same
//! delivery as all letters: sealed first, in doubt before the last byte, unknown when nobody can tell.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use sha2::{Digest, Sha256};
use url::Url;

use crate::deliver::{self, Address, Identity, Letter, Limits, MailUrl, Outcome, Postman, Sealed, Sender};
use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::{Errand, NewReminder, Note, Reminder, Run};
use crate::score::appraisal::Person;
use crate::words::{Bilingual, Locale};

use super::{Owed, Pipeline, addresses, build, errands, letters};

/// How long a reminder waits at least when no letter can go out before a person mends something.
const AFTER_A_HALT: Duration = Duration::from_secs(60);

/// What somebody is reminded or told of.
pub(super) struct Matter<'a> {
    /// The same for the same thing.
    pub(super) key: &'a str,
    /// The period as a label.
    pub(super) period: &'a str,
    /// One line.
    pub(super) title: Bilingual,
    /// What is asked for.
    pub(super) text: Bilingual,
    /// The page of the console where it is done.
    pub(super) page: &'a str,
}

/// Plans a letter to each rater who still owes ratings, about theirs alone; what anybody may rate goes to `remind-to`.
pub fn remind_raters(pipeline: &Pipeline, job: &str, key: &str, period: &str, owed: &[Owed]) -> anyhow::Result<usize> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    let mut shares: BTreeMap<Option<String>, Vec<&Owed>> = BTreeMap::new();
    for one in owed {
        shares.entry(one.rater.as_ref().map(|rater| rater.id.clone())).or_default().push(one);
    }
    let mut planned = Vec::new();
    for (rater, share) in shares {
        let list = |locale| share.iter().map(|one| format!("- {}\n", one.text().get(locale))).collect::<String>();
        let matter = Matter {
            key,
            period,
            title: Bilingual::new(format!("{period} 尚缺评分"), format!("{period}: ratings still owed")),
            text: Bilingual::new(
                format!("以下评分尚未提交，请尽快填写：\n\n{}", list(Locale::Zh)),
                format!("These ratings have not been handed in; please fill them in:\n\n{}", list(Locale::En)),
            ),
            page: "forms",
        };
        let named = share.first().and_then(|one| one.rater.as_ref()).filter(|_| rater.is_some());
        planned.extend(to_all(pipeline, job, &matter, named)?);
    }
    pipeline.ledger.plan_reminders(&planned)
}

/// Plans a letter to whoever may let a run's letters go: the manager of its team, and `remind-to` in any case.
pub fn remind_of_release(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    key: &str,
    text: Bilingual,
) -> anyhow::Result<usize> {
    let period = run.period.to_string();
    let title = Bilingual::new(format!("{period} 等待放行"), format!("{period} waits for its release"));
    let page = format!("runs/{}", run.id);
    let matter = Matter { key, period: &period, title, text, page: &page };
    let manager = manager_of(pipeline, job, run)?;
    let mut planned = to_all(pipeline, job, &matter, None)?;
    if let Some(manager) = &manager {
        planned.extend(to_all(pipeline, job, &matter, Some(manager))?);
    }
    pipeline.ledger.plan_reminders(&planned)
}

/// The manager of the one team that a run is about.
fn manager_of(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Option<Person>> {
    let Some(team) = &run.scope.team else { return Ok(None) };
    let roster = build::roster_now(pipeline, job, run)?;
    let manager = roster.as_ref().and_then(|roster| roster.manager_of(team));
    Ok(manager.map(|one| Person { id: one.id.clone(), name: one.name.clone(), email: one.email.clone() }))
}

/// One letter to a person of the roster, else one to each address of `remind-to`; nobody else can be mailed.
fn to_all(
    pipeline: &Pipeline,
    job: &Job,
    matter: &Matter<'_>,
    named: Option<&Person>,
) -> anyhow::Result<Vec<NewReminder>> {
    let readers: Vec<(String, String, Address)> = match named {
        Some(person) => {
            addresses::mailed(job, person).map(|to| (person.id.clone(), person.name.clone(), to)).into_iter().collect()
        }
        None => {
            let parsed = job.letters.remind_to.iter().filter_map(|text| Address::parse(text).ok());
            parsed.map(|to| (to.to_string(), String::new(), to)).collect()
        }
    };
    if readers.is_empty() {
        tracing::warn!(
            job = job.id,
            "a reminder reaches nobody: name an address in `remind-to` of the job's `[letters]`"
        );
    }
    readers.into_iter().map(|(id, name, to)| planned(pipeline, job, matter, (id, name, to))).collect()
}

/// A letter to one person, sealed.
pub(super) fn planned(
    pipeline: &Pipeline,
    job: &Job,
    matter: &Matter<'_>,
    (recipient, to_name, to): (String, String, Address),
) -> anyhow::Result<NewReminder> {
    let locale = pipeline.settings.locale;
    let from = letters::sender(job, locale)?;
    let identity = Identity {
        job: &job.id,
        period: matter.period,
        kind: Errand::Reminder.word(),
        subject: matter.key,
        recipient: &to,
        edition: 1,
    };
    let message_id = deliver::message_id(&pipeline.ledger.message_key()?, identity, from.address.domain());
    let text = body(pipeline.settings.console_url.as_ref(), matter, locale)?;
    let letter = Letter {
        subject: format!("{} · {}", job.title.get(locale), matter.title.get(locale)),
        html: format!("<pre style=\"font-family:inherit;white-space:pre-wrap;\">{}</pre>", escaped(&text)),
        text,
        from,
        to_name,
        to: to.clone(),
        reply_to: None,
        attachments: Vec::new(),
        message_id: message_id.clone(),
        date: pipeline.settings.clock.now(),
        run: Errand::Reminder.word().to_owned(),
        edition: 1,
        list_id: None,
    };
    let sealed = deliver::seal(&letter)?;
    Ok(NewReminder {
        key: matter.key.to_owned(),
        job: job.id.clone(),
        recipient,
        address: to.to_string(),
        message_id,
        letter: String::from_utf8(sealed.bytes).context("a sealed letter is ASCII")?,
    })
}

fn body(console: Option<&Url>, matter: &Matter<'_>, locale: Locale) -> anyhow::Result<String> {
    let link = console.map(|console| console.join(matter.page)).transpose()?;
    let link = link.map(|link| format!("\n{link}\n")).unwrap_or_default();
    let end = match locale {
        Locale::Zh => "本邮件由系统自动发出。",
        Locale::En => "Sent automatically.",
    };
    Ok(format!("{}\n{link}\n{end}\n", matter.text.get(locale).trim_end()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Mails every reminder that is due; returns how many were taken. While letters go to a tester, none goes.
pub async fn mail_reminders(pipeline: &Pipeline) -> anyhow::Result<u64> {
    if super::is_rehearsal(pipeline) {
        return Ok(0);
    }
    let data = pipeline.settings.data.clone();
    pipeline.ledger.recover_errands(Errand::Reminder, |worker| pipeline.ledger.alive(&data, worker))?;
    let (mut taken, mut postman) = (0, None);
    while !pipeline.stopping.load(Ordering::SeqCst)
        && let Some(reminder) = pipeline.ledger.claim_reminder(&pipeline.worker.id)?
    {
        let note = match sealed(pipeline, &reminder) {
            Err(error) => Note::Failed { reason: format!("{error:#}") },
            Ok(sealed) => one(pipeline, &mut postman, &reminder, &sealed).await?,
        };
        taken += u64::from(matches!(note, Note::Sent { .. }));
        pipeline.ledger.note_errand(Errand::Reminder, reminder.id, &note)?;
    }
    if let Some(mut postman) = postman {
        postman.close().await;
    }
    Ok(taken)
}

/// Carries one reminder and says what the ledger is to know of it.
async fn one(
    pipeline: &Pipeline,
    postman: &mut Option<Postman>,
    reminder: &Reminder,
    sealed: &Sealed,
) -> anyhow::Result<Note> {
    let doubt = || pipeline.ledger.note_errand(Errand::Reminder, reminder.id, &Note::InDoubt);
    let mut marked = false;
    let mut in_doubt = async || {
        doubt()?;
        marked = true;
        Ok(())
    };
    let outcome = match opened(postman, pipeline) {
        Ok(postman) => postman.deliver(sealed, &mut in_doubt).await,
        Err(error) => Outcome::Halt { reason: format!("{error:#}") },
    };
    // An outbox folder is never in doubt, but the ledger knows one way to these states only.
    if !marked && matches!(outcome, Outcome::Sent { .. } | Outcome::Unknown { .. }) {
        doubt()?;
    }
    // What a person must mend is no fault of the letter, which waits for that.
    let outcome = match outcome {
        Outcome::Halt { reason } => Outcome::Away { reason, wait: AFTER_A_HALT },
        other => other,
    };
    Ok(errands::note_of(pipeline, reminder.attempts, outcome))
}

/// The one postman of a round, made when the first reminder needs it.
fn opened<'a>(postman: &'a mut Option<Postman>, pipeline: &Pipeline) -> anyhow::Result<&'a mut Postman> {
    if postman.is_none() {
        let url = MailUrl::parse(&pipeline.settings.mail_url).map_err(Diagnostics::from)?;
        *postman = Some(Postman::open(&url, Limits::default())?);
    }
    postman.as_mut().context("there is no postman")
}

/// The exact bytes that were sealed, to the address that the job still allows.
fn sealed(pipeline: &Pipeline, reminder: &Reminder) -> anyhow::Result<Sealed> {
    let planned = &reminder.planned;
    let job = pipeline.jobs.get(&planned.job).map_err(Diagnostics::from)?;
    let to = Address::parse(&planned.address).map_err(|fault| anyhow::anyhow!("{}", fault.text().en))?;
    anyhow::ensure!(addresses::allows(job, &to), "the recipient's domain is not allowed by the job");
    let Sender { address: from, .. } = letters::sender(job, pipeline.settings.locale)?;
    Ok(Sealed {
        envelope: deliver::Envelope { from, to },
        message_id: planned.message_id.clone(),
        bytes: planned.letter.clone().into_bytes(),
        sha256: hex::encode(Sha256::digest(&planned.letter)),
    })
}
