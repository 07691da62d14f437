//! Templates shown to whoever writes them: a form, what is wrong with the template, and what it makes.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::http::header;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::fields::Fields;
use super::page::{self, Page};
use super::refusal::Refusal;

/// Renders templates; the console only asks.
pub trait Previews: Send + Sync {
    /// The names of the templates, documents first.
    fn templates(&self) -> anyhow::Result<Vec<String>>;
    /// The names of the invented data that a template can be shown with.
    fn fixtures(&self) -> Vec<&'static str>;
    /// What a template makes; a wish that nobody can fulfil is told in [`Previewed::found`].
    fn show(&self, wish: &PreviewWish) -> Previewed;
}

/// What somebody wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviewWish {
    /// The template's name, as [`Previews::templates`] gave it.
    pub template: String,
    /// The name of invented data; issued data without one.
    pub fixture: Option<String>,
    /// The staff number of an agent or the id of a team; the newest document without one.
    pub subject: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previewed {
    /// The document, with its media type; `None` when the template cannot be used.
    pub file: Option<(&'static str, Vec<u8>)>,
    /// Whose data it was.
    pub of: String,
    /// What is wrong, each with its place; empty when nothing is.
    pub found: Vec<String>,
}

/// What is shown runs nothing and loads nothing; only our own page may hold it.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'";

/// The page may hold what [`file`] answers.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
     frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

#[derive(Template)]
#[template(path = "previews.html", config = "src/console/askama.toml")]
struct PreviewPage {
    page: Page,
    templates: Vec<String>,
    fixtures: Vec<&'static str>,
    wish: PreviewWish,
    shown: Previewed,
    frame: String,
}

impl PreviewPage {
    fn is_fixture(&self, fixture: &str) -> bool {
        self.wish.fixture.as_deref() == Some(fixture)
    }
}

/// `GET /preview?template=&fixture=&subject=`
pub fn form(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let previews = &desk.console.previews;
    let templates = previews.templates()?;
    let wish = wish(&visit.query, &templates);
    let shown = previews.show(&wish);
    let frame = format!(
        "/preview/file?template={}&fixture={}&subject={}",
        encoded(&wish.template),
        encoded(wish.fixture.as_deref().unwrap_or_default()),
        encoded(wish.subject.as_deref().unwrap_or_default()),
    );
    let fixtures = previews.fixtures();
    let mut answer = page::show(&PreviewPage { page: Page::of(visit), templates, fixtures, wish, shown, frame })?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(PAGE_POLICY));
    Ok(answer)
}

/// `GET /preview/file?template=&fixture=&subject=`: the document alone.
pub fn file(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let previews = &desk.console.previews;
    let (media_type, bytes) =
        previews.show(&wish(&visit.query, &previews.templates()?)).file.ok_or(Refusal::NotFound)?;
    Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .header(header::CONTENT_DISPOSITION, "inline")
        .header(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY)
        .header(header::X_FRAME_OPTIONS, "SAMEORIGIN")
        .body(Body::from(bytes))
        .map_err(Refusal::broken)
}

/// The first template where none is named that exists.
fn wish(query: &Fields, templates: &[String]) -> PreviewWish {
    let asked = query.get("template");
    let template = templates.iter().find(|known| *known == asked).or(templates.first());
    PreviewWish {
        template: template.cloned().unwrap_or_default(),
        fixture: query.given("fixture").map(str::to_owned),
        subject: query.given("subject").map(str::to_owned),
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
