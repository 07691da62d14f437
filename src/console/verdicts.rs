//! What became of a mail of which nobody knows whether it arrived: a person looks, decides and says why.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights::{self, Sight};
use super::{requests, run_actions};
use crate::ledger::{Delivery, DeliveryState, DocumentHead, NewRequest, RequestKind, Resolution, Run, RunState, Scope};
use crate::words::Bilingual;

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;

/// Whether this person may decide about mails of this document: operators, HR and the team's manager.
pub fn may_decide(sight: &Sight, document: &DocumentHead) -> bool {
    sight.commands_in(&document.job, &document.period, Some(&document.team))
}

/// `POST /runs/{run}/deliveries/{delivery}/resolve`
pub fn resolve(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let ledger = &desk.console.ledger;
    let seen = rights::open_run(ledger, &person.sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
    let id = visit.params.number("delivery").ok_or(Refusal::NotFound)?;
    let found = seen.letter(ledger, &person.sight, id)?;
    let found = found.filter(|(document, _)| may_decide(&person.sight, document));
    let (document, mail) = found.ok_or(Refusal::NotFound)?;
    let resolution = Resolution::from_word(visit.form.get("verdict")).ok_or_else(|| Refusal::Conflict(say_which()))?;
    let reason = visit.form.given("reason").filter(|reason| reason.chars().count() <= LONGEST_REASON);
    let reason = reason.ok_or_else(|| Refusal::Conflict(say_why()))?;
    match mail.state {
        DeliveryState::Unknown => ledger.resolve_unknown(id, resolution, &person.user.name, reason)?,
        // The same form sent twice.
        state if state == after(resolution) => {}
        _ => return Err(Refusal::Conflict(run_actions::moved_on())),
    }
    lead_on(desk, visit, &seen.run, &document, &mail, resolution)
}

/// Ends the run if that was its last open mail, or asks for the mail to go out again.
fn lead_on(
    desk: &Arc<Desk>,
    visit: &Visit,
    run: &Run,
    document: &DocumentHead,
    mail: &Delivery,
    resolution: Resolution,
) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let page = Redirect::to(&format!("/runs/{}", run.id)).into_response();
    // In any other state the mail goes with the others of its run, when those go.
    if run.state != RunState::PartlySent {
        return Ok(page);
    }
    if resolution == Resolution::Arrived {
        if desk.console.ledger.all_settled(&run.id)? {
            desk.console.ledger.finish_run(&run.id, RunState::Sent, None)?;
        }
        return Ok(page);
    }
    // A mail that is in doubt a second time can be asked for a second time.
    let doubt = format!("delivery {} {:?}", mail.id, mail.in_doubt_at);
    let asked = requests::ask(
        desk,
        visit,
        NewRequest {
            key: requests::key(person, RequestKind::Resend, &doubt),
            kind: RequestKind::Resend,
            job: run.job.clone(),
            period: run.period.to_string(),
            scope: Scope { team: Some(document.team.clone()), agent: Some(mail.recipient.clone()) },
            refresh: false,
            send: true,
            run_id: Some(run.id.clone()),
            requested_by: person.user.name.clone(),
        },
    )?;
    Ok(Redirect::to(&requests::path(asked)).into_response())
}

fn after(resolution: Resolution) -> DeliveryState {
    match resolution {
        Resolution::Arrived => DeliveryState::ResolvedSent,
        Resolution::SendAgain => DeliveryState::ResolvedResend,
    }
}

fn say_which() -> Bilingual {
    Bilingual::new("请选择“已送达”或“重新投递”。", "Say whether it arrived or is to be sent again.")
}

fn say_why() -> Bilingual {
    Bilingual::new(
        "请写明依据（不超过 500 字），例如“收件人已确认收到”。",
        "Say why, in at most 500 letters, such as \u{201c}the recipient has it\u{201d}.",
    )
}
