//! Requests of the console: plans, runs, releases, cancellations, second tries.

use anyhow::Context;
use serde_json::{Value, json};

use crate::ledger::{Letters, Request, RequestKind, RequestState, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Effect, Figures, Order, Pipeline, Plan, Reach};
use crate::words::Bilingual;

use super::work::{Attempt, Place};

/// Requests of a process that died: those without a run wait again, those with one are answered by it.
pub(super) fn recover(pipeline: &Pipeline) -> anyhow::Result<()> {
    let alive = |worker: &str| pipeline.ledger.alive(&pipeline.settings.data, worker);
    for request in pipeline.ledger.recover_requests(alive)? {
        let text = Bilingual::new("服务重启，该运行会继续", "the service was restarted; the run goes on");
        pipeline.ledger.answer_request(request.id, RequestState::Done, Some(&json!({ "text": [text] }).to_string()))?;
    }
    Ok(())
}

/// The period of a job on which a request works, if it makes or mails cards.
pub(super) fn place(request: &Request) -> Option<Place> {
    let works = !matches!(request.kind, RequestKind::Plan | RequestKind::Cancel);
    Period::parse(&request.period).filter(|_| works).map(|period| (request.job.clone(), period))
}

/// Does what was asked and answers it; gives the run that it was about.
pub(super) async fn act(attempt: Attempt, request: Request) -> Option<String> {
    let (state, answer, run) = match answer(&attempt, &request).await {
        Ok((answer, run)) => (RequestState::Done, answer, run),
        Err(error) => {
            tracing::warn!(request = request.id, error = format!("{error:#}"), "a request could not be done");
            (RequestState::Failed, json!({ "text": [Bilingual::same(format!("{error:#}"))] }), None)
        }
    };
    if let Err(error) = attempt.pipeline.ledger.answer_request(request.id, state, Some(&answer.to_string())) {
        tracing::error!(request = request.id, error = format!("{error:#}"), "a request could not be answered");
    }
    run
}

/// Answers a request whose task broke, unless it was answered before that.
pub(super) fn broke(pipeline: &Pipeline, id: i64) -> anyhow::Result<()> {
    let open = pipeline.ledger.request(id)?.is_some_and(|request| request.state == RequestState::Taken);
    if !open {
        return Ok(());
    }
    let text = Bilingual::new("程序出错，请查看日志后重试", "the program broke; look at its log and ask again");
    pipeline.ledger.answer_request(id, RequestState::Failed, Some(&json!({ "text": [text] }).to_string()))
}

/// The answer, and the run that may have been left unfinished.
async fn answer(attempt: &Attempt, request: &Request) -> anyhow::Result<(Value, Option<String>)> {
    let (pipeline, watch) = (&*attempt.pipeline, attempt.watch());
    let outcome = match request.kind {
        RequestKind::Plan => return Ok((plan_answer(&pipeline::plan(pipeline, &order(pipeline, request)?)?), None)),
        RequestKind::Cancel => return Ok((cancel(pipeline, request)?, None)),
        RequestKind::Resend => {
            attempt.begins_to_mail();
            let (run, agent) = (run_of(request)?, request.scope.agent.as_deref());
            let sent = pipeline::resend(pipeline, run, agent, &request.requested_by, &watch).await?.sent_now;
            let text = Bilingual::new(format!("本次发出 {sent} 封"), format!("{sent} letters sent now"));
            return Ok((json!({ "text": [text] }), Some(run.to_owned())));
        }
        RequestKind::Run => {
            let outcome = pipeline::run(pipeline, &order(pipeline, request)?, &watch).await?;
            pipeline.ledger.attach_run(request.id, &outcome.run.id)?;
            outcome
        }
        RequestKind::Release => {
            let letters = pipeline.ledger.request_terms(request.id)?.letters.map_or(Letters::All, Letters::These);
            pipeline::release_letters(pipeline, run_of(request)?, &letters, &request.requested_by, &watch).await?
        }
    };
    Ok((json!({ "text": [ended(&outcome)] }), Some(outcome.run.id)))
}

fn order(pipeline: &Pipeline, request: &Request) -> anyhow::Result<Order> {
    let job = pipeline.jobs.get(&request.job).map_err(crate::diag::Diagnostics::from)?;
    let period = Period::parse_for(job.cycle, &request.period);
    Ok(Order {
        job: job.id.clone(),
        period: period.with_context(|| format!("`{}` is not a period of job `{}`", request.period, job.id))?,
        scope: request.scope.clone(),
        trigger: Trigger::AdHoc,
        requested_by: request.requested_by.clone(),
        refresh: request.refresh,
        send: request.send,
        as_of: None,
        reach: Reach::Documents,
        occasion: None,
        request: Some(request.id),
        scheme_version: pipeline.ledger.request_terms(request.id)?.scheme_version,
        reason: None,
    })
}

fn run_of(request: &Request) -> anyhow::Result<&str> {
    request.run_id.as_deref().context("the request names no run")
}

fn cancel(pipeline: &Pipeline, request: &Request) -> anyhow::Result<Value> {
    let gone = pipeline::cancel(pipeline, run_of(request)?, &request.requested_by, "")?;
    Ok(json!({ "text": [gone.text()] }))
}

/// The plan as the console shows it.
fn plan_answer(plan: &Plan) -> Value {
    let cards = plan.effects.as_ref().map(|effects| effects.cards.iter().map(effect).collect::<Vec<_>>());
    json!({ "text": plan.lines, "cards": cards, "same": plan.effects.as_ref().map(|effects| effects.same) })
}

/// One card's change; of all that differs only why, because the page shows the result itself.
fn effect(one: &Effect) -> Value {
    let figures = |one: &Figures| json!({ "total": one.total(), "grade": one.grade, "rank": one.rank() });
    let told = one.changes.iter().find(|change| change.before.is_empty() && change.after.is_empty());
    json!({
        "agent": one.agent, "name": one.name, "team": one.team,
        "before": one.before.as_ref().map(figures), "after": figures(&one.after), "why": told.map(|one| &one.what),
    })
}

fn ended(outcome: &pipeline::Outcome) -> Bilingual {
    let (run, editions, sent) = (&outcome.run.id, outcome.new_editions, outcome.tally.sent_now);
    if let Some(first) = &outcome.first_word {
        return Bilingual::new(
            format!("{run}：{first} 已放行，还需另一人放行"),
            format!("{run}: released by {first}; another person must release it too"),
        );
    }
    let left = outcome.tally.left;
    if left > 0 {
        return Bilingual::new(
            format!("{run}：发出 {sent} 封，其余 {left} 封未选，等待下次发布"),
            format!("{run}: {sent} letters sent; {left} were not chosen and wait for another release"),
        );
    }
    Bilingual::new(
        format!("{run}：{editions} 个新版次，发出 {sent} 封"),
        format!("{run}: {editions} new editions, {sent} letters sent"),
    )
}
