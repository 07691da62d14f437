//! A named person's answer to an appeal.

use crate::console::{Misfit, read_correction};
use crate::job::ReleasedBy;
use crate::ledger::{Answer, Appeal, NotAnswered, Ruling, Sets};
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::super::arguments::{Accepting, WhatIsSet, WordOnAppeal};
use super::super::fault::Fault;
use super::super::printer::Printer;
use super::super::{Ending, who};
use super::{facts, set, state};

/// Sets the line anew and asks for the run that scores it.
pub(super) fn accept(pipeline: &Pipeline, accepting: &Accepting, printer: &Printer) -> anyhow::Result<Ending> {
    let (appeal, word) = (named(pipeline, accepting.word.id)?, &accepting.word);
    let card = pipeline.ledger.document(appeal.document_id)?.ok_or(NotAnswered::NoSuchAppeal(appeal.id))?;
    let (sets, typed) = what(&accepting.set);
    let correction = read_correction(&card, &appeal.line, sets, typed).map_err(classified)?;
    answer(pipeline, &appeal, word, Ruling::Accept(correction), printer)
}

/// Lets the line stand.
pub(super) fn refuse(pipeline: &Pipeline, word: &WordOnAppeal, printer: &Printer) -> anyhow::Result<Ending> {
    answer(pipeline, &named(pipeline, word.id)?, word, Ruling::Refuse, printer)
}

fn named(pipeline: &Pipeline, id: i64) -> anyhow::Result<Appeal> {
    Ok(pipeline.ledger.appeal(id)?.ok_or_else(|| Fault::Usage(NotAnswered::NoSuchAppeal(id).to_string()))?)
}

/// What is set and to what; the parser lets nobody leave it out.
fn what(set: &WhatIsSet) -> (Sets, &str) {
    match (&set.points, &set.value, &set.numerator) {
        (_, Some(value), _) => (Sets::Value, value),
        (_, _, Some(count)) => (Sets::Numerator, count),
        (points, ..) => (Sets::Points, points.as_deref().unwrap_or_default()),
    }
}

fn answer(
    pipeline: &Pipeline,
    appeal: &Appeal,
    word: &WordOnAppeal,
    ruling: Ruling,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    let job = pipeline.jobs.get(&appeal.job);
    let answer = Answer {
        ruling,
        by: &word.by,
        reason: &word.reason,
        through: &format!("command line of {}", who()),
        send: job.is_ok_and(|job| job.release.by == ReleasedBy::Automatic),
    };
    let done = pipeline.ledger.answer_appeal(appeal.id, &answer).map_err(classified)?;
    let locale = pipeline.settings.locale;
    printer.line(&format!("#{} {} {}: {}", done.id, done.agent, done.label, state(done.state, locale)));
    if let Some(correction) = done.answered.as_ref().and_then(|end| end.correction.as_ref()) {
        printer.line(&match locale {
            Locale::Zh => format!("{}；`scorepost serve` 随即重新计分并出新版次", set(correction)),
            Locale::En => format!("{}; `scorepost serve` scores it again and issues the new edition", set(correction)),
        });
    }
    printer.document(&facts(&done));
    Ok(Ending::Done)
}

/// What names nothing or does not fit is wrong usage; what may not be is refused.
fn classified(error: anyhow::Error) -> anyhow::Error {
    if let Some(wrong) = error.downcast_ref::<Misfit>() {
        return Fault::Usage(wrong.to_string()).into();
    }
    match error.downcast_ref::<NotAnswered>() {
        Some(wrong @ (NotAnswered::NoSuchAppeal(_) | NotAnswered::NoSuchPerson(_) | NotAnswered::NoReason)) => {
            Fault::Usage(wrong.to_string()).into()
        }
        _ => error,
    }
}
