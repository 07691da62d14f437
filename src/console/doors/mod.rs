//! The ways in beside the password: a link by mail, a proxy that knows the person, a provider of identities.

pub mod identity;
pub mod links;
pub mod origin;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderName;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::{sessions, sign_in};
use crate::ledger::User;
use crate::words::Locale;

pub use identity::{Identified, Identity, Journey};

/// Which ways in are open beside the password.
#[derive(Clone, Default)]
pub struct Doors {
    /// Where the console is, `https://scores.example`, as links and providers name it.
    pub base: String,
    /// Carries one-time links; without it none are given.
    pub post: Option<Arc<dyn LinkPost>>,
    /// The addresses of proxies in front of the console, whose word about the client counts.
    pub proxies: Vec<IpAddr>,
    /// The header in which such a proxy names who signed in there.
    pub proxy_header: Option<HeaderName>,
    /// A provider of identities.
    pub identity: Option<Arc<dyn Identity>>,
}

/// Carries one-time links to people.
pub trait LinkPost: Send + Sync {
    /// Mails a link; errors when it surely did not go out.
    fn send(&self, letter: &LinkLetter) -> anyhow::Result<()>;
}

/// One link and whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkLetter {
    /// The mail address.
    pub to: String,
    /// The user's name.
    pub name: String,
    /// The whole link; a secret.
    pub url: String,
    /// The language in which it was asked for.
    pub locale: Locale,
    /// For how many minutes it works.
    pub minutes: i64,
}

/// Opens a session for somebody whom another door let in, in place of the one that the browser had.
pub fn enter(desk: &Desk, visit: &Visit, user: &User, door: &str, next: &str) -> Result<Response, Refusal> {
    let ledger = &desk.console.ledger;
    if let Some(old) = &visit.token_hash {
        ledger.close_session(old)?;
    }
    let cookie = sessions::open(desk, &user.name)?;
    ledger.audit(&user.name, "sign-in", &user.name, &format!("{} by {door}", sign_in::from(visit)))?;
    Ok(sign_in::with_cookie(cookie, sign_in::local(next)))
}
