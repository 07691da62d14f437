//! Robots tell managers in their chats that letters are going out: a line with a link, no number, no agent's name.

use std::collections::BTreeSet;

use anyhow::Context;

use crate::deliver::Outcome;
use crate::deliver::robot::{A_MINUTE, Dialect, Message, Robot as Speaker};
use crate::job::{Job, Notice as Written, Robot};
use crate::ledger::{DocumentKind, Errand, Note, Notice, Run};

use super::{Pipeline, errands};

/// Plans a notice for each robot of the job about each team of which this run made a new edition.
pub(super) fn plan(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<()> {
    if job.notices.is_empty() {
        return Ok(());
    }
    let documents = pipeline.ledger.run_heads(&run.id)?;
    let is_new = |kind| matches!(kind, DocumentKind::Card | DocumentKind::Pack);
    let new = documents.into_iter().filter(|one| one.run_id == run.id && is_new(one.kind));
    let teams: BTreeSet<String> = new.map(|one| one.team).collect();
    for notice in &job.notices {
        let told = teams.iter().filter(|team| notice.team.as_ref().is_none_or(|only| only == *team)).cloned();
        pipeline.ledger.plan_notices(&run.id, &notice.channel, &told.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Says every notice that is due, of whatever run; returns how many were taken.
///
/// A robot in trouble holds nothing else up: its notices wait in the ledger, and `serve` comes back to them.
pub async fn notify(pipeline: &Pipeline) -> anyhow::Result<u64> {
    if super::is_rehearsal(pipeline) {
        return Ok(0);
    }
    let data = pipeline.settings.data.clone();
    pipeline.ledger.recover_errands(Errand::Notice, |worker| pipeline.ledger.alive(&data, worker))?;
    let mut taken = 0;
    while let Some(notice) = pipeline.ledger.claim_notice(&pipeline.worker.id, A_MINUTE)? {
        let note = match prepare(pipeline, &notice) {
            Err(error) => Note::Failed { reason: format!("{error:#}") },
            Ok((speaker, message)) => {
                // The request goes out as one piece with its connection, so the mark stands before both.
                pipeline.ledger.note_errand(Errand::Notice, notice.id, &Note::InDoubt)?;
                let outcome = speaker.say(&message, pipeline.settings.clock.now().timestamp()).await;
                taken += u64::from(matches!(outcome, Outcome::Sent { .. }));
                errands::note_of(pipeline, notice.attempts, outcome)
            }
        };
        pipeline.ledger.note_errand(Errand::Notice, notice.id, &note)?;
    }
    Ok(taken)
}

/// The robot with its secrets, and what it is to say.
fn prepare(pipeline: &Pipeline, notice: &Notice) -> anyhow::Result<(Speaker, Message)> {
    let run = pipeline.ledger.run(&notice.run_id)?.context("its run is gone from the ledger")?;
    let job = pipeline.jobs.get(&run.job).map_err(crate::diag::Diagnostics::from)?;
    let written = job.notices.iter().find(|one| one.channel == notice.channel);
    let written = written.with_context(|| format!("job `{}` has no channel `{}` any more", job.id, notice.channel))?;
    let names = pipeline.ledger.team_names(&job.id)?;
    let team = names.get(&notice.team).unwrap_or(&notice.team).clone();
    Ok((speaker(pipeline, written)?, message(pipeline, job, (&run, notice), &team)?))
}

fn speaker(pipeline: &Pipeline, written: &Written) -> anyhow::Result<Speaker> {
    let value = |name: &str| {
        let value = pipeline.settings.variables.get(name);
        value.with_context(|| format!("`{name}` is not set; put it into the environment or the secrets file"))
    };
    let dialect = match written.robot {
        Robot::Dingtalk => Dialect::Dingtalk,
        Robot::Wecom => Dialect::Wecom,
        Robot::Feishu => Dialect::Feishu,
        Robot::Webhook => Dialect::Webhook,
    };
    Speaker::new(dialect, value(&written.url)?, written.secret.as_deref().map(value).transpose()?)
}

fn message(pipeline: &Pipeline, job: &Job, (run, notice): (&Run, &Notice), team: &str) -> anyhow::Result<Message> {
    let locale = pipeline.settings.locale;
    let console = pipeline.settings.console_url.as_ref();
    let console = console.context("a notice links to the console: set `console-url` or `SCOREPOST_CONSOLE_URL`")?;
    // What would be markup in a chat is none in a name.
    let plain = |text: &str| text.chars().filter(|one| !"[]()*_`<>#@|\\\n".contains(*one)).collect::<String>();
    let (title, team) = (plain(job.title.get(locale)), plain(team));
    let text = match locale {
        crate::words::Locale::Zh => format!("{title} {}：{team} 的结果已发出，点此查看", run.period),
        crate::words::Locale::En => format!("{title} {}: the results of {team} are out, look here", run.period),
    };
    Ok(Message {
        text,
        link: console.join(&format!("runs/{}", run.id))?.to_string(),
        id: format!("{}.{}.{}", run.id, notice.channel, notice.id),
        run: run.id.clone(),
        team: notice.team.clone(),
    })
}
