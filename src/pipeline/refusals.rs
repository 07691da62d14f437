//! The letter by which an agent learns why an appeal was refused; an accepted one comes with a new edition of the card.

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::job::Audience;
use crate::ledger::{Answered, Appeal, NewReminder};
use crate::score::appraisal::Person;
use crate::words::Bilingual;

use super::reminders::{Matter, planned};
use super::{Pipeline, addresses, appeals, build};

/// Plans the letter about every refused appeal whose agent was not told yet; returns how many are new.
///
/// One that cannot be written now is told of and tried again. While letters go to a tester, none is planned.
pub fn tell_refusals(pipeline: &Pipeline) -> anyhow::Result<usize> {
    if super::is_rehearsal(pipeline) {
        return Ok(0);
    }
    let mut new = 0;
    for appeal in pipeline.ledger.refusals_to_tell()? {
        match letter(pipeline, &appeal) {
            Ok(letter) => {
                new += pipeline.ledger.plan_reminders(letter.as_slice())?;
                pipeline.ledger.note_refusal_told(appeal.id)?;
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(appeal = appeal.id, error, "a refusal cannot be told by letter yet");
            }
        }
    }
    Ok(new)
}

/// The letter; none where the job mails no agents, this one has no address, or nobody knows them any more: the answer is in
/// the console.
fn letter(pipeline: &Pipeline, appeal: &Appeal) -> anyhow::Result<Option<NewReminder>> {
    let job = pipeline.jobs.get(&appeal.job).map_err(Diagnostics::from)?;
    if !job.letters.to.contains(&Audience::Agents) {
        return Ok(None);
    }
    let Some(card) = pipeline.ledger.document(appeal.document_id)? else { return Ok(None) };
    let Some(run) = pipeline.ledger.run(&card.run_id)? else { return Ok(None) };
    let Some(roster) = build::roster_now(pipeline, job, &run)? else { return Ok(None) };
    let Some(member) = roster.member(&appeal.agent) else { return Ok(None) };
    let agent = Person { id: member.id.clone(), name: member.name.clone(), email: member.email.clone() };
    let Some(to) = addresses::mailed(job, &agent) else { return Ok(None) };
    let answered = appeal.answered.as_ref().context("nobody answered it")?;
    // What is locked in the copy of the card does not stand open in a letter.
    let text = if job.letters.pdf_password.is_some() { brief(appeal) } else { whole(appeal, answered) };
    let period = appeal.period.to_string();
    let page = match appeals::link(pipeline, &card)? {
        Some(link) => link,
        None => format!("cards/{}/appeals", card.id),
    };
    let matter = Matter {
        key: &format!("appeal {}", appeal.id),
        period: &period,
        title: Bilingual::new(format!("{period} 申诉已答复"), format!("{period}: your appeal was answered")),
        text,
        page: &page,
    };
    planned(pipeline, job, &matter, (agent.id.clone(), agent.name.clone(), to)).map(Some)
}

fn whole(appeal: &Appeal, answered: &Answered) -> Bilingual {
    let Appeal { name, label, period, edition, .. } = appeal;
    let Answered { by, reason, .. } = answered;
    Bilingual::new(
        format!(
            "{name}：\n\n您对 {period} 绩效卡（第 {edition} 版）“{label}”一项的申诉没有采纳，该项不变。\n\n理由：{reason}\n\
             答复人：{by}\n"
        ),
        format!(
            "{name},\n\nyour appeal of \"{label}\" on the card for {period} (edition {edition}) was not accepted; the line \
             stands.\n\nWhy: {reason}\nAnswered by: {by}\n"
        ),
    )
}

fn brief(appeal: &Appeal) -> Bilingual {
    let Appeal { name, period, .. } = appeal;
    Bilingual::new(
        format!("{name}：\n\n您对 {period} 绩效卡的申诉已有答复，请在下面的页面查看结果和理由。\n"),
        format!(
            "{name},\n\nyour appeal about the card for {period} was answered; see the result and the reason here.\n"
        ),
    )
}
