//! Why a page is not shown, and the plain page that says so; nothing of the inside is told.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::api::problem;
use super::page::Page;
use crate::ledger::Ability;
use crate::words::{Bilingual, Locale};

/// Why a page is not shown.
#[derive(Debug)]
pub enum Refusal {
    /// There is no such thing, or it is not for this person; both look the same.
    NotFound,
    /// Known only to people who signed in; the path is where they wanted to go.
    SignInFirst(Option<String>),
    /// Known only to programs that bring a token.
    TokenFirst,
    /// The token lacks this ability.
    TooWeak(Ability),
    /// The form did not come from our page.
    Forged,
    /// A provider of identities knows them, and we do not.
    Unknown,
    /// The request came under a name that is not ours.
    WrongHost,
    /// Too many tries; seconds to wait.
    TooMany(u32),
    /// The form is too large.
    TooLarge,
    /// The method does not fit the path.
    WrongMethod,
    /// What a program sent cannot be read.
    Malformed(Bilingual),
    /// What a program sent can be read but not done.
    Unfit(Bilingual),
    /// It does not fit what the thing is now, such as sending a run that was sent.
    Conflict(Bilingual),
    /// We failed.
    Broken(anyhow::Error),
}

impl Refusal {
    /// Wraps whatever failed.
    pub fn broken(error: impl Into<anyhow::Error>) -> Self {
        Self::Broken(error.into())
    }

    /// What is told at this path: a page to a person, a problem document to a program.
    pub fn answer_at(self, path: &str, locale: Locale) -> Response {
        if let Self::Broken(error) = &self {
            tracing::error!(error = format!("{error:#}"), "the console could not answer");
        }
        let (status, what) = self.told();
        let mut answer = match &self {
            Self::SignInFirst(next) => Redirect::to(&sign_in_path(next.clone())).into_response(),
            _ if path.starts_with("/api/") => problem::answer(status, what.get(locale)),
            _ => plain(locale, status, what),
        };
        if let Self::TooMany(seconds) = self {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Self::TokenFirst | Self::TooWeak(_) = self {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge(&self));
        }
        answer
    }

    /// The status and the words; nothing of the inside.
    fn told(&self) -> (StatusCode, Bilingual) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, not_found()),
            Self::SignInFirst(_) => (StatusCode::SEE_OTHER, not_found()),
            Self::TokenFirst => (StatusCode::UNAUTHORIZED, token_first()),
            Self::TooWeak(ability) => (StatusCode::FORBIDDEN, too_weak(*ability)),
            Self::Forged => (StatusCode::FORBIDDEN, forged()),
            Self::Unknown => (StatusCode::FORBIDDEN, unknown()),
            Self::WrongHost => (StatusCode::MISDIRECTED_REQUEST, wrong_host()),
            Self::TooMany(seconds) => (StatusCode::TOO_MANY_REQUESTS, too_many(*seconds)),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, too_large()),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, not_found()),
            Self::Malformed(what) => (StatusCode::BAD_REQUEST, what.clone()),
            Self::Unfit(what) => (StatusCode::UNPROCESSABLE_ENTITY, what.clone()),
            Self::Conflict(what) => (StatusCode::CONFLICT, what.clone()),
            Self::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, broke()),
        }
    }
}

/// What a client without the right token is told to bring (RFC 6750).
fn challenge(refusal: &Refusal) -> HeaderValue {
    match refusal {
        Refusal::TooWeak(_) => HeaderValue::from_static("Bearer error=\"insufficient_scope\""),
        _ => HeaderValue::from_static("Bearer"),
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

#[derive(Template)]
#[template(path = "refusal.html", config = "src/console/askama.toml")]
struct RefusalPage<'a> {
    page: Page,
    what: &'a str,
}

fn plain(locale: Locale, status: StatusCode, what: Bilingual) -> Response {
    let page = RefusalPage { page: Page::for_strangers(locale, "/"), what: what.get(locale) };
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => status.into_response(),
    }
}

fn sign_in_path(next: Option<String>) -> String {
    match next.filter(|path| path != "/") {
        None => "/sign-in".to_owned(),
        Some(path) => {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &path).finish();
            format!("/sign-in?{query}")
        }
    }
}

fn not_found() -> Bilingual {
    Bilingual::new(
        "这里没有内容：地址不存在，或者不属于您。",
        "There is nothing here: no such page, or it is not yours.",
    )
}

fn token_first() -> Bilingual {
    Bilingual::new(
        "请在 Authorization 请求头中附上有效的令牌：`Bearer …`。令牌由 `scorepost token add` 生成。",
        "Send a valid token in the header `Authorization: Bearer …`; `scorepost token add` makes one.",
    )
}

fn too_weak(ability: Ability) -> Bilingual {
    Bilingual::new(
        format!("这个令牌没有 `{ability}` 权限。请用带 `--may {ability}` 的令牌。"),
        format!("This token may not `{ability}`; make one with `--may {ability}`."),
    )
}

fn forged() -> Bilingual {
    Bilingual::new(
        "这个表单不是从本页面提交的，或已过期。请返回，刷新页面后再提交。",
        "This form did not come from our page, or is out of date. Go back, reload the page and send it again.",
    )
}

fn unknown() -> Bilingual {
    Bilingual::new(
        "您已在身份系统登录，但这里没有您的用户。请联系管理员添加。",
        "You are signed in there, but there is nobody of your name here. Ask your operator to add you.",
    )
}

fn wrong_host() -> Bilingual {
    Bilingual::new(
        "控制台不使用这个主机名。请用管理员告知的地址访问。",
        "The console is not known under this host name. Use the address that your operator gave you.",
    )
}

fn too_large() -> Bilingual {
    Bilingual::new("提交的内容太大。", "What was sent is too large.")
}

fn too_many(seconds: u32) -> Bilingual {
    Bilingual::new(
        format!("尝试次数过多。请在 {seconds} 秒后再试。"),
        format!("Too many tries. Try again in {seconds} seconds."),
    )
}

fn broke() -> Bilingual {
    Bilingual::new(
        "我们这边出错了，您没有做错。请稍后再试；仍然出错请告知管理员。",
        "Something broke on our side, not on yours. Try again later; if it stays, tell your operator.",
    )
}
