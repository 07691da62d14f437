//! Requests of the console: plans, runs, releases, cancellations, second tries.

use anyhow::Context;
use serde_json::{Value, json};

use crate::ledger::{Request, RequestKind, RequestState, RunState, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Order, Pipeline, Plan, Reach};
use crate::words::Bilingual;

/// Requests of a process that died: those without a run wait again, those with one are answered by it.
pub(super) fn recover(pipeline: &Pipeline) -> anyhow::Result<()> {
    for request in pipeline.ledger.recover_requests()? {
        let text = Bilingual::new("服务重启，该运行会继续", "the service was restarted; the run goes on");
        pipeline.ledger.answer_request(request.id, RequestState::Done, Some(&json!({ "text": [text] }).to_string()))?;
    }
    Ok(())
}

/// Does what was asked and answers it.
pub(super) async fn act(pipeline: &Pipeline, request: &Request) {
    let (state, answer) = match answer(pipeline, request).await {
        Ok(answer) => (RequestState::Done, answer),
        Err(error) => {
            tracing::warn!(request = request.id, error = format!("{error:#}"), "a request could not be done");
            (RequestState::Failed, json!({ "text": [Bilingual::same(format!("{error:#}"))] }))
        }
    };
    if let Err(error) = pipeline.ledger.answer_request(request.id, state, Some(&answer.to_string())) {
        tracing::error!(request = request.id, error = format!("{error:#}"), "a request could not be answered");
    }
}

async fn answer(pipeline: &Pipeline, request: &Request) -> anyhow::Result<Value> {
    match request.kind {
        RequestKind::Plan => Ok(plan_answer(&pipeline::plan(pipeline, &order(pipeline, request)?)?)),
        RequestKind::Run => {
            let outcome = pipeline::run(pipeline, &order(pipeline, request)?, &|_| {}).await?;
            pipeline.ledger.attach_run(request.id, &outcome.run.id)?;
            Ok(json!({ "text": [ended(&outcome)] }))
        }
        RequestKind::Release => {
            let outcome = pipeline::release(pipeline, run_of(request)?, &request.requested_by, &|_| {}).await?;
            Ok(json!({ "text": [ended(&outcome)] }))
        }
        RequestKind::Resend => {
            let agent = request.scope.agent.as_deref();
            let tally = pipeline::resend(pipeline, run_of(request)?, agent, &request.requested_by, &|_| {}).await?;
            Ok(
                json!({ "text": [Bilingual::new(format!("本次发出 {} 封", tally.sent_now), format!("{} letters sent now", tally.sent_now))] }),
            )
        }
        RequestKind::Cancel => cancel(pipeline, request),
    }
}

fn order(pipeline: &Pipeline, request: &Request) -> anyhow::Result<Order> {
    let job = pipeline.jobs.get(&request.job).map_err(crate::diag::Diagnostics::from)?;
    let period = Period::parse(&request.period).filter(|period| period.cycle == job.cycle);
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
    })
}

fn run_of(request: &Request) -> anyhow::Result<&str> {
    request.run_id.as_deref().context("the request names no run")
}

fn cancel(pipeline: &Pipeline, request: &Request) -> anyhow::Result<Value> {
    let id = run_of(request)?;
    let run = pipeline.ledger.run(id)?.with_context(|| format!("there is no run `{id}`"))?;
    anyhow::ensure!(!run.state.is_over(), "run `{id}` is over already");
    pipeline.ledger.finish_run(id, RunState::Cancelled, Some(&format!("cancelled by {}", request.requested_by)))?;
    Ok(json!({ "text": [Bilingual::new("已取消", "cancelled")] }))
}

/// The plan as the console shows it.
fn plan_answer(plan: &Plan) -> Value {
    let effects: Vec<Bilingual> = plan
        .effects
        .iter()
        .flatten()
        .map(|effect| {
            let words = |zh: bool| -> String {
                let changes: Vec<String> = effect
                    .changes
                    .iter()
                    .map(|one| {
                        let what = if zh { &one.what.zh } else { &one.what.en };
                        format!("{what} {} → {}", one.before, one.after)
                    })
                    .collect();
                match (changes.is_empty(), zh) {
                    (true, true) => format!("{} {}：首版", effect.agent, effect.name),
                    (true, false) => format!("{} {}: first edition", effect.agent, effect.name),
                    _ => format!("{} {}: {}", effect.agent, effect.name, changes.join(", ")),
                }
            };
            Bilingual::new(words(true), words(false))
        })
        .collect();
    json!({ "text": plan.lines, "effects": effects })
}

fn ended(outcome: &pipeline::Outcome) -> Bilingual {
    let (run, editions, sent) = (&outcome.run.id, outcome.new_editions, outcome.tally.sent_now);
    Bilingual::new(
        format!("{run}：{editions} 个新版次，发出 {sent} 封"),
        format!("{run}: {editions} new editions, {sent} letters sent"),
    )
}
