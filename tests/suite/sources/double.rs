//! A small interface on loopback that answers as a test tells it, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use scorepost::diag::AuthoredFile;
use scorepost::source::{self, Source, Variables};
use serde_json::Value;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub query: String,
    pub body: String,
    pub headers: HeaderMap,
    /// How many were asked before.
    pub before: usize,
}

impl Asked {
    /// A query parameter.
    pub fn param(&self, name: &str) -> Option<String> {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.into_owned().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The address that it was sent to.
    pub fn host(&self) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.unwrap_or_default().to_owned()
    }

    pub fn number(&self, name: &str) -> u64 {
        self.param(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

type Answer = dyn Fn(&Asked) -> Response + Send + Sync;

#[derive(Clone)]
struct Desk {
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<Answer>,
}

/// An interface that is being served; it stops when this is dropped.
pub struct Double {
    pub base: String,
    desk: Desk,
    task: tokio::task::JoinHandle<()>,
}

impl Double {
    pub async fn new(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let desk = Desk { asked: Arc::default(), answer: Arc::new(answer) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(reply).with_state(desk.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
        Self { base, desk, task }
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.desk.asked.lock().expect("the list").clone()
    }

    /// Forgets what was asked and says how much that was.
    pub fn take(&self) -> usize {
        std::mem::take(&mut *self.desk.asked.lock().expect("the list")).len()
    }

    /// A source that reads this interface by page, with more lines for the client and its answers.
    pub fn source(&self, client: &str, resource: &str) -> Source {
        self.read(&format!("{client}\n[[resource]]\nid = \"plans\"\npath = \"/plans\"\n{resource}\n{PLANS}"))
    }

    /// The source that a text describes after its head.
    pub fn read(&self, rest: &str) -> Source {
        let text = format!("{HEAD}{rest}");
        let variables = Variables::default().with("BASE", self.base.as_str()).with("SECRET", "s3cr3t-value");
        let read = source::read(&AuthoredFile::from_text("double.toml", &text), &variables);
        read.unwrap_or_else(|found| panic!("{found}"))
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const HEAD: &str = r#"
id = "double"
title = { zh = "替身", en = "Double" }
time-zone = "Asia/Shanghai"
[client]
base-url = "${BASE}"
timeout = "5s"
retry = { times = 3, first = "1ms", cap = "20ms" }
"#;

const PLANS: &str = r#"
[[resource.into]]
table = "plans"
columns.agent_id = { from = "agent" }
columns.month = { value = "2026-10" }
columns.sales_target = { from = "target" }
"#;

/// The paging that most tests use.
pub const PAGES: &str = r#"
query = { state = "all" }
paginator = { kind = "page", page-param = "page", size-param = "size", size = 3, total = "$.total" }
records = "$.list"
"#;

async fn reply(State(desk): State<Desk>, _: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let asked = {
        let mut all = desk.asked.lock().expect("the list");
        let asked = Asked {
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&body).into_owned(),
            headers,
            before: all.len(),
        };
        all.push(asked.clone());
        asked
    };
    (desk.answer)(&asked)
}

pub fn json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

pub fn status(code: u16, body: &str) -> Response {
    (StatusCode::from_u16(code).expect("a status"), body.to_owned()).into_response()
}

/// A plan of the n-th agent.
pub fn plan(number: u64) -> Value {
    serde_json::json!({ "agent": format!("A{number:03}"), "target": format!("{number}.50") })
}

/// A page of three out of so many plans, with their number declared.
pub fn plans(asked: &Asked, total: u64) -> Response {
    let from = (asked.number("page").max(1) - 1) * 3;
    let list: Vec<Value> = (from..total.min(from + 3)).map(|number| plan(number + 1)).collect();
    json(&serde_json::json!({ "total": total, "list": list }))
}
