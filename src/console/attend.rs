//! From a request to an answer: reads it, recognises the person, keeps the gate, and lets the route's page act.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, RawPathParams, Request};
use axum::http::request::Parts;
use axum::response::Response;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::api;
use super::desk::Desk;
use super::doors::{identity, origin};
use super::fields::Fields;
use super::health;
use super::language;
use super::refusal::Refusal;
use super::routes::{Audience, Cost, Method, Route};
use super::sessions::{self, SignedIn};
use super::tokens;
use super::uploads;
use crate::words::Locale;

/// Bytes that a form has at most.
const LARGEST_FORM: usize = 64 * 1024;
/// How long a form may take to arrive.
const SLOWEST_FORM: Duration = Duration::from_secs(10);
/// How long a page waits for its turn at most.
const LONGEST_TURN: Duration = Duration::from_millis(250);
/// How long a password waits for its place.
const LONGEST_QUEUE: Duration = Duration::from_secs(5);

/// One request, read.
pub struct Visit {
    /// The path without its query.
    pub path: String,
    /// The variable parts of the path.
    pub params: Fields,
    /// The query.
    pub query: Fields,
    /// The form that was sent.
    pub form: Fields,
    /// The file that came with it.
    pub upload: Option<Vec<u8>>,
    /// The language of the answer.
    pub locale: Locale,
    /// Where it comes from; unknown in tests without a socket.
    pub address: Option<IpAddr>,
    /// The hash of the session token that came along, valid or not.
    pub token_hash: Option<String>,
    /// Who signed in at the proxy in front of us, as that says.
    pub proxy_user: Option<String>,
    /// The token of a journey to a provider of identities that came along.
    pub journey: Option<String>,
    /// Who signed in; nobody on routes that are open to anyone.
    pub person: Option<SignedIn>,
    /// The token of a monitor that came along.
    pub bearer: Option<String>,
    /// What makes a program's request count once, and what it asks.
    pub ask: api::Ask,
}

/// What came with a request, read as its route wants it.
#[derive(Default)]
pub struct Sent {
    /// The fields of a form.
    pub form: Fields,
    /// The bytes of a form's file.
    pub file: Option<Vec<u8>>,
    /// What a program brings.
    pub ask: api::Ask,
}

impl Visit {
    /// Who signed in; routes behind the gate always have somebody.
    pub fn person(&self) -> Result<&SignedIn, Refusal> {
        self.person.as_ref().ok_or(Refusal::SignInFirst(None))
    }
}

/// Answers one request on `route`.
pub async fn answer(route: &'static Route, desk: Arc<Desk>, params: RawPathParams, request: Request) -> Response {
    let locale = language::of(request.uri(), request.headers(), desk.console.locale);
    let choice = language::asked(request.uri());
    let path = request.uri().path().to_owned();
    let attended = attend(route, desk, params, request, locale).await;
    let mut answer = attended.unwrap_or_else(|refusal| refusal.answer_at(&path, locale));
    if let Some(choice) = choice {
        language::remember(choice, answer.headers_mut());
    }
    answer
}

async fn attend(
    route: &'static Route,
    desk: Arc<Desk>,
    params: RawPathParams,
    request: Request,
    locale: Locale,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    if route.cost == Cost::Upload {
        // Whoever may not hand a file in is told before it travels.
        parts = admitted(route, desk.clone(), parts).await?;
    }
    let sent = match route.cost {
        Cost::Upload => uploads::decode(&parts.headers, read_body(body, uploads::LARGEST).await?).await?,
        Cost::Light | Cost::Password => {
            let body = read_body(body, LARGEST_FORM).await?;
            Sent { form: Fields::decode(&body), file: None, ask: api::Ask::of(route, &parts.headers, body) }
        }
    };
    let place = match route.cost {
        Cost::Password => Some(place_to_hash(&desk).await?),
        Cost::Light if is_page(route) => place_to_compose(&desk).await,
        Cost::Light | Cost::Upload => None,
    };
    let params = params.iter().collect();
    let acting = spawn_blocking(move || {
        // Held by the work itself: whoever hangs up early frees no place.
        let _place = place;
        let visit = receive(route, &desk, parts, params, sent, locale)?;
        (route.act)(&desk, &visit)
    });
    acting.await.map_err(Refusal::broken)?
}

/// The head of a request whose sender may use the route; what they send is not read yet.
async fn admitted(route: &'static Route, desk: Arc<Desk>, parts: Parts) -> Result<Parts, Refusal> {
    let looking = spawn_blocking(move || {
        let (_, _, person) = recognise(route, &desk, &parts)?;
        let person = person.ok_or(Refusal::SignInFirst(None))?;
        if route.facts.audience.includes(person.user.role) { Ok(parts) } else { Err(Refusal::NotFound) }
    });
    looking.await.map_err(Refusal::broken)?
}

async fn read_body(body: Body, largest: usize) -> Result<Vec<u8>, Refusal> {
    match timeout(SLOWEST_FORM, to_bytes(body, largest)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        _ => Err(Refusal::TooLarge),
    }
}

/// Whether this composes something to read; probes are answered however many wait.
fn is_page(route: &Route) -> bool {
    route.facts.method == Method::Get && route.facts.audience != Audience::Anyone
}

/// A place among the pages that are composed; none when those before take long, beside which this one is composed then.
async fn place_to_compose(desk: &Desk) -> Option<OwnedSemaphorePermit> {
    timeout(LONGEST_TURN, desk.reading.clone().acquire_owned()).await.ok()?.ok()
}

async fn place_to_hash(desk: &Desk) -> Result<OwnedSemaphorePermit, Refusal> {
    match timeout(LONGEST_QUEUE, desk.hashing.clone().acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        _ => Err(Refusal::TooMany(5)),
    }
}

fn receive(
    route: &Route,
    desk: &Desk,
    parts: Parts,
    params: Fields,
    sent: Sent,
    locale: Locale,
) -> Result<Visit, Refusal> {
    let (origin, token_hash, person) = recognise(route, desk, &parts)?;
    keep_gate(route, person.as_ref(), &sent.form, &parts)?;
    Ok(Visit {
        path: parts.uri.path().to_owned(),
        params,
        query: Fields::decode(parts.uri.query().unwrap_or("").as_bytes()),
        form: sent.form,
        upload: sent.file,
        locale,
        address: origin.address,
        proxy_user: origin.user,
        journey: identity::presented(desk, &parts.headers),
        token_hash,
        person,
        bearer: health::bearer(&parts.headers).map(str::to_owned),
        ask: sent.ask,
    })
}

/// Where a request comes from, the hash of the session token that came along, and who signed in with it.
fn recognise(
    route: &Route,
    desk: &Desk,
    parts: &Parts,
) -> Result<(origin::Origin, Option<String>, Option<SignedIn>), Refusal> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let origin = origin::of(&desk.console.doors, peer, &parts.headers)?;
    let token_hash = sessions::presented(desk, &parts.headers);
    let person = match (&token_hash, route.facts.audience) {
        (_, Audience::Programs(ability)) => Some(api::recognise(desk, &parts.headers, ability)?),
        (None, _) | (_, Audience::Anyone) => None,
        (Some(hash), _) => sessions::recognise(desk, hash)?,
    };
    // Whoever changed at the proxy is not the one whose session this was.
    let person = person.filter(|person| origin.user.as_ref().is_none_or(|user| *user == person.user.name));
    Ok((origin, token_hash, person))
}

/// The one gate of all routes: who may use it, and whether a changing form carries its session's token.
fn keep_gate(route: &Route, person: Option<&SignedIn>, form: &Fields, parts: &Parts) -> Result<(), Refusal> {
    let facts = route.facts;
    // A program's token comes in a header that no foreign page can send.
    if matches!(facts.audience, Audience::Anyone | Audience::Programs(_)) {
        return Ok(());
    }
    let Some(person) = person else {
        let wanted = parts.uri.path_and_query().map(|path| path.as_str().to_owned());
        return Err(Refusal::SignInFirst(wanted.filter(|_| facts.method == Method::Get)));
    };
    if !facts.audience.includes(person.user.role) {
        return Err(Refusal::NotFound);
    }
    if facts.method == Method::Post && !tokens::same(form.get("csrf"), &person.csrf) {
        return Err(Refusal::Forged);
    }
    Ok(())
}
