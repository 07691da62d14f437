//! What every page has around its content.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::assets;
use super::attend::Visit;
use super::refusal::Refusal;
use super::routes::Audience;
use super::say;
use super::sessions::SignedIn;
use crate::words::{Bilingual, Locale};

/// The frame of a page: language, who looks at it, what it loads.
pub struct Page {
    /// The language of its words.
    pub locale: Locale,
    /// The path to stay on when the language changes.
    pub here: String,
    /// Who signed in.
    pub person: Option<PersonCard>,
    /// The style sheet's path.
    pub style: String,
    /// The script's path.
    pub script: String,
    /// The path of the sign in the browser's tab.
    pub sign: String,
}

/// Who looks at a page.
pub struct PersonCard {
    /// The name they sign in with.
    pub name: String,
    /// Their role in words.
    pub role: Bilingual,
    /// The token of their forms.
    pub csrf: String,
    /// Whether they may ask for runs.
    pub may_run: bool,
    /// Whether they see the whole shop.
    pub oversees: bool,
    /// Whether they keep the machine.
    pub operates: bool,
}

impl Page {
    /// The frame for this visit.
    pub fn of(visit: &Visit) -> Self {
        let person = visit.person.as_ref().map(PersonCard::of);
        Self { person, ..Self::for_strangers(visit.locale, &visit.path) }
    }

    /// The frame for nobody in particular.
    pub fn for_strangers(locale: Locale, here: &str) -> Self {
        Self {
            locale,
            here: here.to_owned(),
            person: None,
            style: assets::STYLE.path(),
            script: assets::SCRIPT.path(),
            sign: assets::SIGN.path(),
        }
    }

    /// The words of the page's language.
    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.locale.say(zh, en)
    }

    /// A text in the page's language.
    pub fn of_both<'a>(&self, text: &'a Bilingual) -> &'a str {
        text.get(self.locale)
    }

    /// The other language's tag.
    pub fn other_tag(&self) -> &'static str {
        match self.locale {
            Locale::Zh => Locale::En.tag(),
            Locale::En => Locale::Zh.tag(),
        }
    }

    /// Whether whoever looks keeps the machine.
    pub fn operates(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.operates)
    }

    /// Whether whoever looks may ask for runs.
    pub fn may_run(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.may_run)
    }

    /// The token of this person's forms; empty for strangers.
    pub fn csrf(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.csrf)
    }
}

impl PersonCard {
    fn of(person: &SignedIn) -> Self {
        Self {
            name: person.user.name.clone(),
            role: say::role(person.user.role),
            csrf: person.csrf.clone(),
            may_run: Audience::Runners.includes(person.user.role),
            oversees: Audience::Overseers.includes(person.user.role),
            operates: Audience::Operators.includes(person.user.role),
        }
    }
}

/// What a page may load that holds frames of our own.
const FRAMING_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; \
     object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
);

/// Turns a template that holds a frame of our own into an answer.
pub fn show_with_frame(template: &impl Template) -> Result<Response, Refusal> {
    let mut answer = show(template)?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, FRAMING_POLICY);
    Ok(answer)
}

/// Turns a template into an answer.
pub fn show(template: &impl Template) -> Result<Response, Refusal> {
    Ok(Html(template.render().map_err(Refusal::broken)?).into_response())
}
