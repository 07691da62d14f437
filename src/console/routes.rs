//! The one list of routes; the router is built from it, and the tests of rights walk it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, on};

use super::attend::{self, Visit};
use super::desk::Desk;
use super::refusal::Refusal;
use super::{
    assets, cards, documents, events, guard, headers, health, home, language, letters, previews, proposals,
    release_desk, requests, rerun, run_actions, run_page,
};
use super::{setup, sign_in, unknowns, verdicts};
use crate::ledger::Role;

/// Looking or changing; nothing changes by looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET and HEAD.
    Get,
    /// POST, with the form's token.
    Post,
}

/// Who may use a route at all; what they see there is decided thing by thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who signed in.
    SignedIn,
    /// Those who ask for runs: operators, HR, managers.
    Runners,
    /// Those who see the whole shop: operators and HR.
    Overseers,
}

impl Audience {
    /// Whether a role belongs to it.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Anyone | Self::SignedIn => true,
            Self::Runners => role != Role::Agent,
            Self::Overseers => matches!(role, Role::Operator | Role::Hr),
        }
    }
}

/// How dear an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// A few reads of the ledger.
    Light,
    /// A password is hashed; such answers queue for a few places.
    Password,
}

/// One route.
pub struct Route {
    /// What is public about it.
    pub facts: RouteFacts,
    /// How dear it is.
    pub cost: Cost,
    /// What answers.
    pub act: Act,
}

/// What a route is, without what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteFacts {
    /// Looking or changing.
    pub method: Method,
    /// The path, with `{names}` for its variable parts.
    pub path: &'static str,
    /// Who may use it.
    pub audience: Audience,
}

type Act = fn(&Arc<Desk>, &Visit) -> Result<Response, Refusal>;

const fn get(path: &'static str, audience: Audience, act: Act) -> Route {
    Route { facts: RouteFacts { method: Method::Get, path, audience }, cost: Cost::Light, act }
}

const fn post(path: &'static str, audience: Audience, act: Act) -> Route {
    Route { facts: RouteFacts { method: Method::Post, path, audience }, cost: Cost::Light, act }
}

const fn with_password(path: &'static str, act: Act) -> Route {
    Route { cost: Cost::Password, ..post(path, Audience::Anyone, act) }
}

static ROUTES: &[Route] = &[
    get("/healthz", Audience::Anyone, health::alive),
    get("/readyz", Audience::Anyone, health::ready),
    get("/metrics", Audience::Anyone, health::metrics),
    get("/assets/{file}", Audience::Anyone, assets::show),
    get("/setup", Audience::Anyone, setup::form),
    with_password("/setup", setup::create),
    get("/sign-in", Audience::Anyone, sign_in::form),
    with_password("/sign-in", sign_in::enter),
    post("/sign-out", Audience::SignedIn, sign_in::leave),
    get("/", Audience::SignedIn, home::show),
    get("/runs/{run}", Audience::SignedIn, run_page::show),
    get("/runs/{run}/events", Audience::SignedIn, events::follow),
    get("/runs/{run}/documents/{document}/pdf", Audience::SignedIn, documents::pdf),
    post("/runs/{run}/release", Audience::Runners, run_actions::release),
    get("/runs/{run}/desk", Audience::Runners, release_desk::show),
    post("/runs/{run}/hold", Audience::Runners, release_desk::hold),
    get("/runs/{run}/letters", Audience::Runners, letters::show),
    post("/runs/{run}/letters/send", Audience::Runners, letters::send),
    get("/runs/{run}/letters/{delivery}", Audience::Runners, letters::show_letter),
    get("/runs/{run}/letters/{delivery}/html", Audience::Runners, letters::html),
    post("/runs/{run}/cancel", Audience::Runners, run_actions::cancel),
    post("/runs/{run}/resend", Audience::Runners, run_actions::resend),
    post("/runs/{run}/deliveries/{delivery}/resolve", Audience::Runners, verdicts::resolve),
    get("/cards", Audience::SignedIn, cards::search),
    get("/cards/{card}", Audience::SignedIn, cards::show),
    get("/cards/{card}/pdf", Audience::SignedIn, cards::pdf),
    get("/cards/{card}/editions", Audience::SignedIn, cards::compare),
    get("/cards/{card}/explanation", Audience::Runners, cards::explain),
    post("/cards/{card}/resend", Audience::Runners, cards::resend),
    get("/unknowns", Audience::Runners, unknowns::show),
    get("/proposals", Audience::Runners, proposals::show),
    post("/proposals/{proposal}/decide", Audience::Runners, proposals::decide),
    get("/rerun", Audience::Runners, rerun::form),
    post("/rerun/plan", Audience::Runners, rerun::plan),
    post("/rerun/run", Audience::Runners, rerun::run),
    get("/preview", Audience::Overseers, previews::form),
    get("/preview/file", Audience::Overseers, previews::file),
    get("/requests/{request}", Audience::Runners, requests::show),
];

/// Every route of the console; there are no others.
pub fn routes() -> impl Iterator<Item = RouteFacts> {
    ROUTES.iter().map(|route| route.facts)
}

/// The router: the list, with the door before it and the headers around everything.
pub fn build(desk: Arc<Desk>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let filter = match route.facts.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        let handler = move |State(desk): State<Arc<Desk>>, params: RawPathParams, request: Request| {
            attend::answer(route, desk, params, request)
        };
        router = router.route(route.facts.path, on(filter, handler));
    }
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(desk.clone(), guard::check))
        .layer(from_fn_with_state(desk.clone(), headers::add))
        .with_state(desk)
}

async fn nothing_here(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    Refusal::NotFound.answer(language::of(request.uri(), request.headers(), desk.console.locale))
}

async fn wrong_method(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    Refusal::WrongMethod.answer(language::of(request.uri(), request.headers(), desk.console.locale))
}
