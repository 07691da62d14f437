//! One letter before it goes: its head, its page in a frame that can do nothing, its text, and its document.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::Post;
use super::opened::Opened;
use super::row::LetterRow;

/// What is shown runs nothing, loads nothing and leads nowhere; only our own page may hold it.
const FRAME_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'; sandbox";

#[derive(Template)]
#[template(path = "letter.html", config = "src/console/askama.toml")]
struct LetterPage {
    page: Page,
    run: String,
    row: LetterRow,
    letter: Option<Opened>,
    document: Option<String>,
}

/// `GET /runs/{run}/letters/{delivery}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let post = Post::of(desk, visit)?;
    let (row, letter) = named(desk, visit, &post)?;
    let run = post.seen.run.id.clone();
    let document = row.card.as_ref().map(|card| format!("{card}/pdf")).filter(|_| row.pdf.is_some());
    page::show_with_frame(&LetterPage { page: Page::of(visit), run, row, letter, document })
}

/// `GET /runs/{run}/letters/{delivery}/html`: the letter's page alone.
pub fn html(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let post = Post::of(desk, visit)?;
    let (_, letter) = named(desk, visit, &post)?;
    let html = letter.map(|letter| letter.html).filter(|html| !html.is_empty()).ok_or(Refusal::NotFound)?;
    let mut answer = Response::new(Body::from(html));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FRAME_POLICY));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(answer)
}

fn named(desk: &Desk, visit: &Visit, post: &Post) -> Result<(LetterRow, Option<Opened>), Refusal> {
    let id = visit.params.number("delivery").ok_or(Refusal::NotFound)?;
    let found = post.row(&desk.console.ledger, &visit.person()?.sight, id)?;
    let (row, mail) = found.ok_or(Refusal::NotFound)?;
    Ok((row, Opened::read(desk, &mail.mime_hash)?))
}
