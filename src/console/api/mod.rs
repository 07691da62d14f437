//! What programs may ask: JSON under `/api/v1`, by a token, with the same rights as its user has in the pages.
//!
//! Every operation stands in one list with its route, its parameters and the shapes of what it takes and gives; the router
//! and the description at `/api/v1/openapi.json` are both made from it.

mod actions;
mod ask;
mod cards;
mod description;
mod pace;
pub mod problem;
mod requests;
mod runs;
mod shapes;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::desk::Desk;
use super::health;
use super::refusal::Refusal;
use super::rights::Sight;
use super::routes::{Audience, Route, get, post};
use super::sessions::SignedIn;
use super::tokens;
use crate::ledger::{Ability, ApiToken, User};

pub use ask::Ask;
pub use description::describe;

/// The use of a token is noted again only after this long, so that looking costs no write.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Makes the schema of a shape.
type ShapeOf = fn(&mut SchemaGenerator) -> Schema;

/// One thing that a program may ask.
pub struct Operation {
    /// Where it is asked and what answers.
    pub route: Route,
    /// Its name for generated clients.
    id: &'static str,
    /// What it does, in one sentence.
    says: &'static str,
    /// What may be said in the query.
    query: &'static [Parameter],
    /// What it takes.
    takes: Option<ShapeOf>,
    /// What it gives.
    gives: Gives,
}

/// A part of a query.
struct Parameter {
    name: &'static str,
    says: &'static str,
    shape: ShapeOf,
    need: Need,
}

/// Whether a part of a query may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
}

impl Parameter {
    const fn optional(name: &'static str, says: &'static str, shape: ShapeOf) -> Self {
        Self { name, says, shape, need: Need::Optional }
    }

    const fn required(self) -> Self {
        Self { need: Need::Required, ..self }
    }
}

/// What an operation answers.
enum Gives {
    /// Something that is there.
    Found(ShapeOf),
    /// A request that was accepted.
    Accepted,
    /// A PDF.
    Pdf,
}

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

const JOB: Parameter = Parameter::optional("job", "The job's id.", shape::<String>);
const PERIOD: Parameter =
    Parameter::optional("period", "The period, such as `2026-10` or `2026-W41`.", shape::<String>);
const LIMIT: Parameter = Parameter::optional("limit", "At most this many; 50 unless told.", pace::limit);
const OFFSET: Parameter = Parameter::optional("offset", "After this many.", pace::offset);

/// A way to look, for tokens that may read.
const fn look(
    path: &'static str,
    act: super::routes::Act,
    id: &'static str,
    says: &'static str,
    query: &'static [Parameter],
    gives: Gives,
) -> Operation {
    Operation { route: get(path, Audience::Programs(Ability::Read), act), id, says, query, takes: None, gives }
}

/// A way to have something done, by a request to the scheduler.
const fn have_done(
    path: &'static str,
    ability: Ability,
    act: super::routes::Act,
    id: &'static str,
    says: &'static str,
    takes: Option<ShapeOf>,
) -> Operation {
    let route = post(path, Audience::Programs(ability), act);
    Operation { route, id, says, query: &[], takes, gives: Gives::Accepted }
}

/// Everything that programs may ask; there is nothing else.
pub static OPERATIONS: &[Operation] = &[
    look("/api/v1/jobs", runs::jobs, "listJobs", "The jobs and when they run next.", &[], found::<shapes::Jobs>()),
    look(
        "/api/v1/runs",
        runs::list,
        "listRuns",
        "The newest runs of which the token's user may see anything.",
        &[JOB, PERIOD, runs::STATE, LIMIT, OFFSET],
        found::<shapes::Runs>(),
    ),
    look(
        "/api/v1/runs/{run}",
        runs::show,
        "showRun",
        "One run: how far it is and what was found.",
        &[],
        found::<shapes::RunInFull>(),
    ),
    look(
        "/api/v1/runs/{run}/cards",
        runs::cards,
        "listCardsOfRun",
        "The cards on which a run stands, by team and staff number.",
        &[LIMIT, OFFSET],
        found::<shapes::Cards>(),
    ),
    look(
        "/api/v1/runs/{run}/deliveries",
        runs::deliveries,
        "listDeliveriesOfRun",
        "The mails of a run and how far each is; addresses are not told.",
        &[LIMIT, OFFSET],
        found::<shapes::Deliveries>(),
    ),
    look(
        "/api/v1/cards",
        cards::list,
        "listCards",
        "The newest editions of the cards of a job and period.",
        &[JOB.required(), PERIOD.required(), cards::TEAM, cards::AGENT, cards::TEXT, LIMIT, OFFSET],
        found::<shapes::Cards>(),
    ),
    look(
        "/api/v1/cards/{card}",
        cards::show,
        "showCard",
        "One edition of a card with its lines, and the numbers of its editions.",
        &[],
        found::<shapes::CardInFull>(),
    ),
    look("/api/v1/cards/{card}/pdf", super::cards::pdf, "showPdf", "The PDF exactly as it was made.", &[], Gives::Pdf),
    look(
        "/api/v1/requests/{request}",
        requests::show,
        "showRequest",
        "What was asked and what came of it.",
        &[],
        found::<shapes::Request>(),
    ),
    have_done(
        "/api/v1/requests",
        Ability::Request,
        requests::ask,
        "ask",
        "Asks for a plan, or for a run.",
        Some(shape::<shapes::Asked>),
    ),
    have_done(
        "/api/v1/runs/{run}/cancel",
        Ability::Request,
        actions::cancel,
        "cancelRun",
        "Asks that a run stops.",
        None,
    ),
    have_done(
        "/api/v1/runs/{run}/release",
        Ability::Release,
        actions::release,
        "releaseRun",
        "Asks that a run's mails go out.",
        None,
    ),
    have_done(
        "/api/v1/runs/{run}/resend",
        Ability::Release,
        actions::resend,
        "resendRun",
        "Asks that a run's failed mails are tried again.",
        None,
    ),
];

const fn found<T: JsonSchema>() -> Gives {
    Gives::Found(shape::<T>)
}

/// In whose name a program asks, if its token may do this.
pub fn recognise(desk: &Desk, headers: &HeaderMap, ability: Ability) -> Result<SignedIn, Refusal> {
    let token_hash = health::bearer(headers).map(tokens::hashed).ok_or(Refusal::TokenFirst)?;
    let (user, token) = able(desk, &token_hash, ability)?;
    if token.last_used_at.is_none_or(|last| desk.console.clock.now() - last >= NOTED_EVERY) {
        desk.console.ledger.touch_api_token(token.id)?;
    }
    let sight = Sight::of(&desk.console.ledger, &user)?;
    Ok(SignedIn { user, csrf: String::new(), token_hash, sight })
}

/// The token of that hash with its user, if it may do this.
fn able(desk: &Desk, token_hash: &str, ability: Ability) -> Result<(User, ApiToken), Refusal> {
    let (user, token) = desk.console.ledger.api_token(token_hash)?.ok_or(Refusal::TokenFirst)?;
    if token.abilities.contains(&ability) { Ok((user, token)) } else { Err(Refusal::TooWeak(ability)) }
}

fn json(value: &impl Serialize) -> Result<Response, Refusal> {
    with_status(StatusCode::OK, value)
}

fn with_status(status: StatusCode, value: &impl Serialize) -> Result<Response, Refusal> {
    let text = serde_json::to_string(value).map_err(Refusal::broken)?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], text).into_response())
}
