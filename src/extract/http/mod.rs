//! Requests that are sent: paced, signed, repeated when that may help, and read with a limit.

mod answer;
mod broken;
mod client;
mod hosts;
mod redirect;
mod retry_after;
mod send;
mod sign;
mod skew;
mod throttle;
mod token;
mod trouble;
mod veil;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use backon::{ExponentialBuilder, Retryable};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::Progress;
use super::call::{Asked, Call};
use crate::clock::Clock;
use crate::source::{Resource, Source};
pub use answer::MISSING;
pub use hosts::Hosts;
use throttle::Throttle;
use token::{TokenBox, Told};
use trouble::Trouble;
use veil::Veil;

/// A good answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Whether it is what was asked for.
    pub verdict: Verdict,
    /// The headers that the paginator names, in lower case; values without secrets.
    pub headers: BTreeMap<String, String>,
    /// The whole body, without the keys that it repeats.
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
    hosts: Hosts,
    host: Arc<Throttle>,
    /// One permit for each request that may be under way.
    under_way: Semaphore,
    token: TokenBox,
    veil: Veil,
    clock: Clock,
    /// When the pull must be through.
    deadline: Instant,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl<'a> Fetcher<'a> {
    /// A fetcher for a source, whose deadline begins now.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up, for instance without any root certificate.
    pub fn new(
        source: &'a Source,
        clock: Clock,
        hosts: &Hosts,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Result<Self> {
        Ok(Self {
            source,
            client: client::build(&source.client)?,
            hosts: hosts.clone(),
            host: match &source.client.shared_as {
                Some(word) => hosts.named(word),
                None => hosts.of(source.client.base_url.as_ref()),
            },
            under_way: Semaphore::new(source.client.concurrency),
            token: TokenBox::default(),
            veil: Veil::over(&source.client),
            clock,
            deadline: Instant::now() + source.client.deadline,
            progress,
        })
    }

    /// Sends a request until it is answered well, or says why that will not happen.
    ///
    /// # Errors
    /// Names the request and the last trouble, never a secret.
    pub async fn fetch(&self, resource: &Resource, asked: &Asked) -> Result<Answer> {
        let last = Mutex::new(None);
        let outcome = tokio::time::timeout_at(self.deadline, self.persist(resource, &asked.wire, &last)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(self.too_late(last)));
        outcome.with_context(|| asked.label())
    }

    /// Repeats a request while its trouble may pass; what happened `last` is noted.
    async fn persist(&self, resource: &Resource, call: &Call, last: &Mutex<Option<Trouble>>) -> Result<Answer> {
        let retry = self.source.client.retry;
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(retry.first)
            .with_max_delay(retry.cap)
            .with_max_times(retry.times as usize);
        let told = Told::default();
        let outcome = (|| self.attempt(resource, call, &told))
            .retry(backoff)
            .when(Trouble::may_pass)
            .adjust(|trouble, wait| trouble.wait(wait, retry.cap))
            .notify(|trouble, wait| self.notify(&resource.id, trouble, wait, last))
            .await;
        outcome.map_err(|trouble| trouble.into_error(retry.times.saturating_add(1)))
    }

    /// One try; a refused token is fetched anew once.
    async fn attempt(&self, resource: &Resource, call: &Call, told: &Told) -> Result<Answer, Trouble> {
        match self.try_once(resource, call, told).await {
            Err(Trouble::StaleToken(_)) => match self.try_once(resource, call, told).await {
                Err(Trouble::StaleToken(why)) => {
                    Err(Trouble::last(format!("{why}, also with a new token; check the key and its rights")))
                }
                other => other,
            },
            other => other,
        }
    }

    async fn try_once(&self, resource: &Resource, call: &Call, told: &Told) -> Result<Answer, Trouble> {
        let token = self.token(told).await?;
        let outcome = self.send(call, token.as_deref(), resource).await;
        if matches!(outcome, Err(Trouble::StaleToken(_))) {
            self.token.forget(token.as_deref()).await;
        }
        outcome
    }

    fn notify(&self, resource: &str, trouble: &Trouble, wait: Duration, last: &Mutex<Option<Trouble>>) {
        if matches!(trouble, Trouble::RateLimited { .. }) {
            self.host.close(wait);
        }
        *last.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(trouble.clone());
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(source = self.source.id, resource, wait.ms = millis, why = %trouble, "a request is repeated");
        (self.progress)(Progress::Waiting {
            source: self.source.id.clone(),
            resource: resource.to_owned(),
            millis,
            why: trouble.to_string(),
        });
    }

    fn too_late(&self, last: Mutex<Option<Trouble>>) -> anyhow::Error {
        let last = last.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        let last = last.map(|trouble| format!(" (last: {trouble})")).unwrap_or_default();
        anyhow!(
            "not through after {} s{last}; pull again to go on where it stopped, or raise `deadline`",
            self.source.client.deadline.as_secs_f32()
        )
    }
}
