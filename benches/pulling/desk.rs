//! An invented help desk on loopback that gives its events page by page, from memory, in a thread of its own.

use std::sync::Arc;
use std::sync::mpsc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::{Value, json};

/// How many pages the larger desk has.
pub const PAGES: usize = 1_000;
/// How many rows each page has.
pub const ROWS: usize = 200;

/// A desk that is open.
pub struct Desk {
    /// Its address.
    pub base: String,
}

impl Desk {
    /// Opens one with so many pages; it stays open until the program ends.
    pub fn open(pages: usize) -> Self {
        let bodies: Arc<Vec<Bytes>> = Arc::new((0..pages).map(|page| body(page, pages)).collect());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || serve(bodies, &tell));
        Self { base: told.recv().unwrap_or_else(|error| panic!("{error}")) }
    }
}

fn serve(bodies: Arc<Vec<Bytes>>, tell: &mpsc::Sender<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap_or_else(|error| panic!("{error}")).block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap_or_else(|error| panic!("{error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("{error}"));
        tell.send(format!("http://{address}")).unwrap_or_else(|error| panic!("{error}"));
        let router = Router::new().route("/events", get(page)).with_state(bodies);
        axum::serve(listener, router).await.unwrap_or_else(|error| panic!("{error}"));
    });
}

#[derive(serde::Deserialize)]
struct Asked {
    page: usize,
}

async fn page(State(bodies): State<Arc<Vec<Bytes>>>, Query(asked): Query<Asked>) -> impl IntoResponse {
    let body = bodies.get(asked.page.wrapping_sub(1)).cloned().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], body)
}

fn body(page: usize, pages: usize) -> Bytes {
    let list: Vec<Value> = (0..ROWS).map(|row| event(page * ROWS + row)).collect();
    json!({ "code": 0, "total": pages * ROWS, "list": list }).to_string().into()
}

/// One event, with fields that nobody asks for, as real interfaces have them.
fn event(number: usize) -> Value {
    json!({
        "id": format!("E{number:08}"),
        "agent": format!("A{:04}", number % 500),
        "type": if number.is_multiple_of(3) { "late" } else { "praise" },
        "at": format!("2026-10-{:02} {:02}:{:02}:{:02}", 1 + number % 31, number % 24, number % 60, number % 59),
        "count": number % 7,
        "verified": number.is_multiple_of(2),
        "note": format!("客户 {} 表扬了接待", number % 977),
        "channel": { "id": number % 5, "name": "web" },
        "tags": ["a", "b"],
        "updated": null,
    })
}
