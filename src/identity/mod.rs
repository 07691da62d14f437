//! A provider of identities, asked by the code flow of OpenID Connect with discovery, PKCE and a nonce.
//!
//! The usual crate for this needs `rsa`, which has no answer to RUSTSEC-2023-0071 and which `deny.toml` bans. Without
//! tokens that pass through the browser the flow is two requests, and no signature is ours to check (see `claims.rs`).

mod claims;
mod fetch;

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use crate::clock::Clock;
use crate::settings::IdentityProvider;

/// How long what a provider says of itself is believed without asking again.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// What binds an answer of the provider to a question; all three are random and used once.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Comes back with the code.
    pub state: &'a str,
    /// Comes back inside the identity.
    pub nonce: &'a str,
    /// Proves that whoever asks for the identity asked the question.
    pub verifier: &'a str,
    /// Where the provider leads the browser back to.
    pub back: &'a str,
}

/// A provider as the settings name it.
pub struct Provider {
    settings: IdentityProvider,
    clock: Clock,
    known: Mutex<Option<(DateTime<Utc>, Discovered)>>,
}

/// What a provider says of itself.
#[derive(Clone, Debug, Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
}

/// The answer to a code.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    /// A provider that nobody asked yet.
    pub fn new(settings: IdentityProvider, clock: Clock) -> Self {
        Self { settings, clock, known: Mutex::default() }
    }

    /// Where a browser goes with this question.
    ///
    /// Errors when the provider cannot be reached or names itself otherwise than the settings do.
    pub async fn ask(&self, question: Question<'_>) -> Result<Url> {
        let mut there = self.discover().await?.authorization_endpoint;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(question.verifier.as_bytes()));
        there
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "openid profile email")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", question.back)
            .append_pair("state", question.state)
            .append_pair("nonce", question.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(there)
    }

    /// The name, by the claim that the settings choose, of whom the code was given to.
    ///
    /// Errors when the provider refuses the code or its identity does not answer this very question.
    pub async fn answer(&self, question: Question<'_>, code: &str) -> Result<String> {
        let known = self.discover().await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", question.back),
            ("client_id", &self.settings.client_id),
            ("code_verifier", question.verifier),
        ];
        let secret = self.settings.secret.as_deref().map(|secret| (self.settings.client_id.as_str(), secret));
        let tokens: Tokens = fetch::post(&known.token_endpoint, &form, secret).await.context("the code was refused")?;
        let wanted = claims::Wanted {
            issuer: &known.issuer,
            client: &self.settings.client_id,
            nonce: question.nonce,
            claim: &self.settings.claim,
            now: self.clock.now(),
        };
        claims::user(&tokens.id_token, &wanted)
    }

    async fn discover(&self) -> Result<Discovered> {
        let now = self.clock.now();
        if let Some((at, known)) = &*self.known.lock().unwrap_or_else(PoisonError::into_inner)
            && now - *at < REMEMBERED
        {
            return Ok(known.clone());
        }
        let issuer = self.settings.issuer.as_str().trim_end_matches('/');
        let place = Url::parse(&format!("{issuer}/.well-known/openid-configuration"))?;
        let found: Discovered = fetch::get(&place).await.context("what the provider says of itself")?;
        ensure!(
            found.issuer.trim_end_matches('/') == issuer,
            "the provider calls itself `{}`: write that as `issuer` in `[sign-in.identity]`",
            found.issuer
        );
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, found.clone()));
        Ok(found)
    }
}
