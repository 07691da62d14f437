//! The one list of routes; the router is built from it, and the tests of rights walk it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, on};

use super::attend::{self, Visit};
use super::desk::Desk;
use super::doors::{identity, links};
use super::refusal::Refusal;
use super::{
    api, appeals, assets, audit_page, cards, documents, events, forms, guard, headers, health, home, insight, language,
    letters, operator, people, policy, previews, proposals, recorded, release_desk, requests, rerun, run_actions,
    run_page,
};
use super::{setup, sign_in, unknowns, verdicts};
use crate::ledger::{Ability, Role};

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
    /// Programs with a token that may do this; no browser's session opens it.
    Programs(Ability),
    /// Those who keep the machine.
    Operators,
}

impl Audience {
    /// Whether a role belongs to it.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Anyone | Self::SignedIn => true,
            Self::Runners => role != Role::Agent,
            Self::Overseers => matches!(role, Role::Operator | Role::Hr),
            Self::Programs(_) => false,
            Self::Operators => role == Role::Operator,
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
    /// A file comes along.
    Upload,
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

/// What answers a visit.
pub(super) type Act = fn(&Arc<Desk>, &Visit) -> Result<Response, Refusal>;

/// A route by which one looks.
pub(super) const fn get(path: &'static str, audience: Audience, act: Act) -> Route {
    Route { facts: RouteFacts { method: Method::Get, path, audience }, cost: Cost::Light, act }
}

/// A route by which something changes.
pub(super) const fn post(path: &'static str, audience: Audience, act: Act) -> Route {
    Route { facts: RouteFacts { method: Method::Post, path, audience }, cost: Cost::Light, act }
}

const fn with_password(path: &'static str, act: Act) -> Route {
    Route { cost: Cost::Password, ..post(path, Audience::Anyone, act) }
}

const fn with_file(path: &'static str, audience: Audience, act: Act) -> Route {
    Route { cost: Cost::Upload, ..post(path, audience, act) }
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
    post("/sign-in/link", Audience::Anyone, links::ask),
    get("/sign-in/link", Audience::Anyone, links::form),
    post("/sign-in/link/open", Audience::Anyone, links::open),
    get("/sign-in/identity", Audience::Anyone, identity::begin),
    get("/sign-in/identity/back", Audience::Anyone, identity::end),
    post("/sign-out", Audience::SignedIn, sign_in::leave),
    get("/me", Audience::SignedIn, people::own),
    Route { cost: Cost::Password, ..post("/me/password", Audience::SignedIn, people::change_password) },
    post("/me/sessions/end", Audience::SignedIn, people::end_others),
    get("/people", Audience::Overseers, people::list),
    post("/people/add", Audience::Overseers, people::add),
    get("/people/{person}", Audience::Overseers, people::person),
    post("/people/{person}/change", Audience::Overseers, people::change),
    post("/people/{person}/disable", Audience::Overseers, people::disable),
    post("/people/{person}/enable", Audience::Overseers, people::enable),
    post("/people/{person}/sessions/end", Audience::Overseers, people::end_sessions),
    post("/people/{person}/grant", Audience::Overseers, people::grant),
    post("/people/{person}/revoke", Audience::Overseers, people::revoke),
    get("/audit", Audience::Overseers, audit_page::show),
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
    get("/cards/{card}/appeals", Audience::SignedIn, appeals::my_card),
    post("/cards/{card}/question", Audience::SignedIn, appeals::open),
    post("/cards/{card}/withdraw", Audience::SignedIn, appeals::withdraw),
    post("/cards/{card}/acknowledge", Audience::SignedIn, appeals::acknowledge),
    get("/my/{link}", Audience::Anyone, appeals::my_card),
    post("/my/{link}/question", Audience::Anyone, appeals::open),
    post("/my/{link}/withdraw", Audience::Anyone, appeals::withdraw),
    post("/my/{link}/acknowledge", Audience::Anyone, appeals::acknowledge),
    get("/appeals", Audience::Runners, appeals::list),
    get("/appeals/rates", Audience::Overseers, appeals::rates),
    get("/appeals/{appeal}", Audience::Runners, appeals::one),
    post("/appeals/{appeal}/answer", Audience::Runners, appeals::answer),
    get("/forms", Audience::SignedIn, forms::list),
    get("/forms/{job}/{period}/{form}", Audience::SignedIn, forms::overview),
    get("/forms/{job}/{period}/{form}/items/{item}", Audience::SignedIn, forms::item),
    post("/forms/{job}/{period}/{form}/items/{item}/save", Audience::SignedIn, forms::save),
    post("/forms/{job}/{period}/{form}/hand-in", Audience::SignedIn, forms::hand_in),
    get("/forms/{job}/{period}/{form}/workbook", Audience::SignedIn, forms::workbook),
    with_file("/forms/{job}/{period}/{form}/upload", Audience::SignedIn, forms::upload),
    get("/forms/{job}/{period}/{form}/preview", Audience::SignedIn, forms::uploaded),
    post("/forms/{job}/{period}/{form}/take", Audience::SignedIn, forms::take),
    get("/recorded", Audience::Runners, recorded::teams),
    get("/recorded/{job}/{period}/{team_id}", Audience::Runners, recorded::team),
    post("/recorded/{job}/{period}/{team_id}/add", Audience::Runners, recorded::add),
    post("/recorded/{job}/{period}/{team_id}/withdraw", Audience::Runners, recorded::withdraw),
    get("/unknowns", Audience::Runners, unknowns::show),
    get("/proposals", Audience::Runners, proposals::show),
    post("/proposals/{proposal}/decide", Audience::Runners, proposals::decide),
    get("/rerun", Audience::Runners, rerun::form),
    post("/rerun/plan", Audience::Runners, rerun::plan),
    post("/rerun/run", Audience::Runners, rerun::run),
    get("/preview", Audience::Overseers, previews::form),
    get("/preview/file", Audience::Overseers, previews::file),
    get("/requests/{request}", Audience::Runners, requests::show),
    get("/api/v1/openapi.json", Audience::Anyone, api::describe),
    get("/policy", Audience::Overseers, policy::list),
    get("/policy/schemes/{scheme}", Audience::Overseers, policy::version),
    post("/policy/schemes/{scheme}/values", Audience::Overseers, policy::fill),
    get("/policy/compare", Audience::Overseers, policy::compare),
    get("/policy/simulate", Audience::Overseers, policy::simulate),
    post("/policy/simulate/ask", Audience::Overseers, policy::ask),
    get("/policy/simulations/{simulation}", Audience::Overseers, policy::simulated),
    get("/policy/simulations/{simulation}/csv", Audience::Overseers, policy::csv),
    get("/policy/calendar", Audience::Overseers, policy::calendar),
    get("/insight", Audience::Runners, insight::overview),
    get("/insight/heat", Audience::Runners, insight::heat),
    get("/insight/correlation", Audience::Runners, insight::correlation),
    get("/operator", Audience::Operators, operator::schedule),
    post("/operator/jobs/{job}/pause", Audience::Operators, operator::pause),
    post("/operator/jobs/{job}/resume", Audience::Operators, operator::resume),
    get("/operator/runs", Audience::Operators, operator::runs),
    get("/operator/runs/{run}/log", Audience::Operators, operator::run_log),
    get("/operator/holds", Audience::Operators, operator::holds),
    get("/operator/sources", Audience::Operators, operator::sources),
    get("/operator/settings", Audience::Operators, operator::settings),
    post("/operator/settings/check", Audience::Operators, operator::check),
];

/// The pages, and what programs may ask.
fn all() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(api::OPERATIONS.iter().map(|operation| &operation.route))
}

/// Every route of the console; there are no others.
pub fn routes() -> impl Iterator<Item = RouteFacts> {
    all().map(|route| route.facts)
}

/// The router: the list, with the door before it and the headers around everything.
pub fn build(desk: Arc<Desk>) -> Router {
    let mut router = Router::new();
    for route in all() {
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
    let locale = language::of(request.uri(), request.headers(), desk.console.locale);
    Refusal::NotFound.answer_at(request.uri().path(), locale)
}

async fn wrong_method(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let locale = language::of(request.uri(), request.headers(), desk.console.locale);
    Refusal::WrongMethod.answer_at(request.uri().path(), locale)
}
