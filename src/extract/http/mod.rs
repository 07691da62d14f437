//! Requests that are sent: paced, signed, repeated when that may help, and read with a limit.

mod answer;
mod client;
mod send;
mod sign;
mod throttle;
mod token;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use backon::{ExponentialBuilder, Retryable};
use serde_json::Value;

use super::Progress;
use super::call::{Asked, Call};
use crate::clock::Clock;
use crate::source::{Resource, Source};
pub use answer::MISSING;
use throttle::Throttle;
use token::TokenBox;
use trouble::Trouble;

/// A good answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Whether it is what was asked for.
    pub verdict: Verdict,
    /// The headers that the paginator names, in lower case; values without secrets.
    pub headers: BTreeMap<String, String>,
    /// The whole body.
    pub body: Vec<u8>,
    /// The same as JSON, for resources that give JSON.
    pub json: Option<Value>,
}

/// Whether an answer is what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it.
    Whole,
    /// It counts as empty, by a rule of the source.
    Empty,
    /// Too much was asked for at once: the window, else the batch, is halved.
    TooLarge,
}

/// What reads one source.
pub struct Fetcher<'a> {
    source: &'a Source,
    client: reqwest::Client,
    throttle: Throttle,
    token: TokenBox,
    clock: Clock,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl<'a> Fetcher<'a> {
    /// A fetcher for a source.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up, for instance without any root certificate.
    pub fn new(source: &'a Source, clock: Clock, progress: &'a (dyn Fn(Progress) + Send + Sync)) -> Result<Self> {
        Ok(Self {
            source,
            client: client::build(&source.client)?,
            throttle: Throttle::new(source.client.per_second),
            token: TokenBox::default(),
            clock,
            progress,
        })
    }

    /// Sends a request until it is answered well, or says why that will not happen.
    ///
    /// # Errors
    /// Names the request and the last trouble; never a secret.
    pub async fn fetch(&self, resource: &Resource, asked: &Asked) -> Result<Answer> {
        let retry = self.source.client.retry;
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(retry.first)
            .with_max_delay(retry.cap)
            .with_max_times(retry.times as usize);
        let outcome = (|| self.attempt(resource, &asked.wire))
            .retry(backoff)
            .when(Trouble::may_pass)
            .adjust(|trouble, wait| trouble.wait(wait, retry.cap))
            .notify(|trouble, wait| self.notify(&resource.id, trouble, wait))
            .await;
        outcome.map_err(Trouble::into_error).with_context(|| asked.label())
    }

    /// One try; a refused token is fetched anew once.
    async fn attempt(&self, resource: &Resource, call: &Call) -> Result<Answer, Trouble> {
        match self.try_once(resource, call).await {
            Err(Trouble::StaleToken(_)) => match self.try_once(resource, call).await {
                Err(Trouble::StaleToken(why)) => Err(Trouble::last(format!("{why}, also with a new token"))),
                other => other,
            },
            other => other,
        }
    }

    async fn try_once(&self, resource: &Resource, call: &Call) -> Result<Answer, Trouble> {
        let token = self.token().await?;
        let outcome = self.send(call, token.as_deref(), Some(resource)).await;
        if matches!(outcome, Err(Trouble::StaleToken(_))) {
            self.token.forget(token.as_deref()).await;
        }
        outcome
    }

    fn notify(&self, resource: &str, trouble: &Trouble, wait: Duration) {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(source = self.source.id, resource, wait.ms = millis, why = %trouble, "a request is repeated");
        (self.progress)(Progress::Waiting {
            source: self.source.id.clone(),
            resource: resource.to_owned(),
            millis,
            why: trouble.to_string(),
        });
    }
}
