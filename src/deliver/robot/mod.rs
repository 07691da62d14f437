//! Robots in chats: one message with a link, signed as each platform wants it, sent at most once.
//!
//! reqwest has its second home here. The client of `extract` tries again, follows pages and keeps what it read; a message
//! that must not come twice may have none of that, and the two have nothing else in common.

mod dingtalk;
mod feishu;
mod webhook;
mod wecom;

use std::time::Duration;

use anyhow::Context;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use serde_json::Value;
use sha2::Sha256;

use super::Outcome;

/// How long the whole exchange may take.
const LIMIT: Duration = Duration::from_secs(20);
/// How long to wait before a robot is asked again; all three count by the minute.
const AFTER_TROUBLE: Duration = Duration::from_secs(60);
/// The longest answer that is read.
const LONGEST: usize = 64 * 1024;

/// How many messages a robot takes in a minute: twenty, by the rules of all three.
pub const A_MINUTE: u32 = 20;

/// What is said: a line, and where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// One line, without a number or a name of an agent.
    pub text: String,
    /// The page to look at.
    pub link: String,
    /// Names the message; the same at every try.
    pub id: String,
    /// The run that it is about.
    pub run: String,
    /// The id of the team that it is about.
    pub team: String,
}

/// Whose robot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// DingTalk (钉钉).
    Dingtalk,
    /// WeCom (企业微信).
    Wecom,
    /// Feishu (飞书).
    Feishu,
    /// A program of one's own.
    Webhook,
}

/// A robot and how to speak with it.
#[derive(Debug)]
pub struct Robot {
    dialect: Dialect,
    url: String,
    secret: Option<String>,
    client: reqwest::Client,
}

/// What goes to a robot: the address with its signature, and the body.
struct Call {
    url: String,
    body: Value,
    headers: Vec<(&'static str, String)>,
}

/// What a platform's own code of an answer means.
enum Meaning {
    Taken,
    Busy,
    Refused,
}

impl Robot {
    /// Fails when the address is none, or would show its key on the way.
    pub fn new(dialect: Dialect, url: &str, secret: Option<&str>) -> anyhow::Result<Self> {
        let parsed = url::Url::parse(url).ok().context("the address of the robot cannot be read")?;
        let here = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        anyhow::ensure!(parsed.scheme() == "https" || here, "the address of the robot must begin with `https://`");
        let client = reqwest::Client::builder().timeout(LIMIT).redirect(Policy::none()).build()?;
        Ok(Self { dialect, url: url.to_owned(), secret: secret.map(str::to_owned), client })
    }

    /// Says a message once and tells what became of it; `seconds` since 1970 enter the signature.
    ///
    /// The caller has it marked as in doubt before. Only an answer that says so is a success or a refusal; a connection
    /// that never came about is tried later; anything else leaves it unknown whether the chat shows it.
    pub async fn say(&self, message: &Message, seconds: i64) -> Outcome {
        let call = match self.call(message, seconds) {
            Ok(call) => call,
            Err(error) => return Outcome::Halt { reason: format!("{error:#}") },
        };
        let mut request = self.client.post(&call.url).header("content-type", "application/json");
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let sent = request.body(call.body.to_string()).send().await;
        match sent {
            // The address holds the robot's key, so nothing is told with it.
            Err(error) if error.is_connect() => later(format!("the robot cannot be reached: {}", error.without_url())),
            Err(error) => unknown(format!("no answer of the robot: {}", error.without_url())),
            Ok(answer) => self.meant(answer).await,
        }
    }

    fn call(&self, message: &Message, seconds: i64) -> anyhow::Result<Call> {
        match self.dialect {
            Dialect::Dingtalk => dingtalk::call(&self.url, self.secret.as_deref(), message, seconds),
            Dialect::Wecom => Ok(wecom::call(&self.url, message)),
            Dialect::Feishu => feishu::call(&self.url, self.secret.as_deref(), message, seconds),
            Dialect::Webhook => webhook::call(&self.url, self.secret.as_deref(), message, seconds),
        }
    }

    async fn meant(&self, answer: reqwest::Response) -> Outcome {
        let status = answer.status();
        match status {
            StatusCode::TOO_MANY_REQUESTS => return later("the robot has no time: 429".to_owned()),
            status if status.is_client_error() => {
                return Outcome::Refused { reason: format!("the robot refuses: {status}") };
            }
            // A gateway says so also when what stands behind it has done its work.
            status if !status.is_success() => return unknown(format!("the robot's server is in trouble: {status}")),
            // What its own program says beside the status is nobody's business here.
            status if self.dialect == Dialect::Webhook => return Outcome::Sent { reply: status.to_string() },
            _ => {}
        }
        match body(answer).await {
            Ok(body) => self.by_code(&body),
            Err(error) => unknown(format!("no whole answer of the robot: {error:#}")),
        }
    }

    fn by_code(&self, body: &Value) -> Outcome {
        let (code, words, meaning) = match self.dialect {
            Dialect::Dingtalk => ("errcode", "errmsg", dingtalk::meaning as fn(i64) -> Meaning),
            Dialect::Wecom => ("errcode", "errmsg", wecom::meaning as fn(i64) -> Meaning),
            Dialect::Feishu => ("code", "msg", feishu::meaning as fn(i64) -> Meaning),
            Dialect::Webhook => return unknown("a program's answer has no code".to_owned()),
        };
        let Some(number) = body[code].as_i64() else { return unknown(format!("the robot's answer has no `{code}`")) };
        let words: String =
            body[words].as_str().unwrap_or_default().chars().filter(|one| !one.is_control()).take(300).collect();
        match meaning(number) {
            Meaning::Taken => Outcome::Sent { reply: format!("{number} {words}") },
            Meaning::Busy => later(format!("the robot has no time: {number} {words}")),
            Meaning::Refused => Outcome::Refused { reason: format!("the robot refuses: {number} {words}") },
        }
    }
}

async fn body(mut answer: reqwest::Response) -> anyhow::Result<Value> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        anyhow::ensure!(bytes.len() + piece.len() <= LONGEST, "it is endless");
        bytes.extend_from_slice(&piece);
    }
    serde_json::from_slice(&bytes).context("it is no JSON")
}

/// The Base64 of an HMAC-SHA256, by which DingTalk and Feishu know who asks.
fn signature(key: &str, text: &str) -> anyhow::Result<String> {
    use base64::Engine as _;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).context("the robot's key cannot be used")?;
    mac.update(text.as_bytes());
    Ok(base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes()))
}

fn later(reason: String) -> Outcome {
    Outcome::TryLater { reason, wait: AFTER_TROUBLE }
}

fn unknown(reason: String) -> Outcome {
    Outcome::Unknown { reason }
}
