//! How the operator is told: by mail on its own way, apart from cards, and by a message to a web address.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::deliver::{Address, Identity, Letter, Limits, MailUrl, Outcome, Postman, Sender, hook, message_id, seal};
use crate::diag::Diagnostics;
use crate::pipeline::Pipeline;
use crate::settings::ALERT_SECRET;
use crate::words::{Bilingual, Locale};

use super::causes::Cause;

/// A way to the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Mail to the addresses of `[alerts]`.
    Mail,
    /// A message to the web address of `[alerts]`.
    Webhook,
}

/// What became of a message on one way.
#[derive(Debug)]
pub struct Told {
    /// The way.
    pub channel: Channel,
    /// Why the operator was not reached, if so.
    pub result: anyhow::Result<()>,
}

/// Sends a trial on every way that is set up.
pub async fn tell_trial(pipeline: &Pipeline) -> Vec<Told> {
    let trial = Cause {
        key: "trial".to_owned(),
        kind: "trial",
        run: None,
        what: Bilingual::new("这是一条测试消息", "this is a trial"),
        next: Bilingual::new("无需处理", "there is nothing to do"),
    };
    tell(pipeline, &[trial]).await
}

/// Tells the operator of these causes on every way that is set up.
pub(super) async fn tell(pipeline: &Pipeline, causes: &[Cause]) -> Vec<Told> {
    let alerts = &pipeline.settings.alerts;
    let mut told = Vec::new();
    if !alerts.mail.is_empty() {
        told.push(Told { channel: Channel::Mail, result: mail(pipeline, causes).await });
    }
    if let Some(url) = &alerts.webhook {
        let key = pipeline.settings.variables.get(ALERT_SECRET);
        let now = pipeline.settings.clock.now();
        let result = hook::post_json(url, &message(causes, now), key, now).await;
        told.push(Told { channel: Channel::Webhook, result });
    }
    told
}

/// What goes to the web address: runs, causes and next actions.
fn message(causes: &[Cause], now: DateTime<Utc>) -> Value {
    let one = |cause: &Cause| {
        json!({
            "kind": cause.kind, "cause": cause.key, "run": cause.run,
            "what": { "zh": cause.what.zh, "en": cause.what.en },
            "next": { "zh": cause.next.zh, "en": cause.next.en },
        })
    };
    json!({ "program": "scorepost", "at": now.to_rfc3339(), "alerts": causes.iter().map(one).collect::<Vec<_>>() })
}

async fn mail(pipeline: &Pipeline, causes: &[Cause]) -> anyhow::Result<()> {
    let url = MailUrl::parse(&pipeline.settings.mail_url).map_err(Diagnostics::from)?;
    let mut postman = Postman::open(&url, Limits::default())?;
    let mut outcomes = Vec::new();
    for (index, to) in pipeline.settings.alerts.mail.iter().enumerate() {
        let letter = letter(pipeline, causes, to)?;
        let outcome = postman.deliver(&seal(&letter)?, &mut async || Ok(())).await;
        outcomes.push(taken(outcome).map_err(|error| error.context(format!("address {} of `mail`", index + 1))));
    }
    postman.close().await;
    outcomes.into_iter().collect()
}

/// A letter of which nobody knows counts as taken: twice is no harm here, and a storm of repeats is.
fn taken(outcome: Outcome) -> anyhow::Result<()> {
    match outcome {
        Outcome::Sent { .. } | Outcome::Unknown { .. } => Ok(()),
        Outcome::TryLater { reason, .. }
        | Outcome::Away { reason, .. }
        | Outcome::Refused { reason }
        | Outcome::Halt { reason } => anyhow::bail!(reason),
    }
}

fn letter(pipeline: &Pipeline, causes: &[Cause], to: &str) -> anyhow::Result<Letter> {
    let address = |text: &str| {
        Address::parse(text)
            .map_err(|fault| anyhow::anyhow!("an address of `[alerts]` cannot be used: {}", fault.text().en))
    };
    let (locale, now) = (pipeline.settings.locale, pipeline.settings.clock.now());
    let to = address(to)?;
    let from = pipeline.settings.alerts.from.as_deref().map(address).transpose()?.unwrap_or_else(|| to.clone());
    let text = body(causes, locale);
    let keys: Vec<&str> = causes.iter().map(|cause| cause.key.as_str()).collect();
    let subject = hex::encode(Sha256::digest(keys.join("\n").as_bytes()));
    let instant = now.to_rfc3339();
    let identity = Identity {
        job: "operator",
        period: &instant,
        kind: "operator-alert",
        subject: &subject,
        recipient: &to,
        edition: 1,
    };
    Ok(Letter {
        message_id: message_id(&pipeline.ledger.message_key()?, identity, from.domain()),
        from: Sender { name: "scorepost".to_owned(), address: from },
        to_name: String::new(),
        to,
        reply_to: None,
        subject: headline(causes, locale),
        html: format!("<pre>{}</pre>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
        text,
        attachments: Vec::new(),
        date: now,
        run: "operator".to_owned(),
        edition: 1,
        list_id: None,
    })
}

fn headline(causes: &[Cause], locale: Locale) -> String {
    match causes {
        [one] => format!("[scorepost] {}", one.what.get(locale)),
        _ => match locale {
            Locale::Zh => format!("[scorepost] {} 件事需要处理", causes.len()),
            Locale::En => format!("[scorepost] {} things need you", causes.len()),
        },
    }
}

fn body(causes: &[Cause], locale: Locale) -> String {
    let one = |cause: &Cause| format!("* {}\n  → {}\n", cause.what.get(locale), cause.next.get(locale));
    causes.iter().map(one).collect()
}
