//! A request with its holes: method, path, parameters, body.

use serde_json::Number;

use crate::source::template::{Slot, Template};

/// A request with its holes.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path after the base address.
    pub path: Template,
    /// Query parameters, sorted by name.
    pub query: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
}

/// The method of a request; both only read, so both may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

impl Method {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// `application/x-www-form-urlencoded`, sorted by name.
    Form(Vec<(String, Template)>),
    /// JSON.
    Json(JsonTemplate),
}

impl Request {
    /// Every text in it.
    pub fn templates(&self) -> Vec<&Template> {
        let query = self.query.iter().map(|(_, text)| text);
        [&self.path].into_iter().chain(query).chain(self.body.templates()).collect()
    }

    /// Whether it is another request for every job.
    pub fn names_job(&self) -> bool {
        self.templates().into_iter().flat_map(Template::slots).any(|slot| *slot == Slot::Job)
    }

    /// Whether its query, form or JSON body has a parameter of this name.
    pub fn has_param(&self, name: &str) -> bool {
        let in_body = match &self.body {
            Body::Form(form) => form.iter().any(|(own, _)| own == name),
            Body::Json(JsonTemplate::Map(map)) => map.iter().any(|(own, _)| own == name),
            Body::Json(_) | Body::None => false,
        };
        in_body || self.query.iter().any(|(own, _)| own == name)
    }

    /// Whether it adds a query parameter of this name from a variable, whose value may be a secret.
    pub fn adds_secret(&self, name: &str) -> bool {
        self.query.iter().any(|(own, text)| own == name && text.secrets().next().is_some())
    }
}

impl Body {
    /// Every text in it.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::None => Vec::new(),
            Self::Form(params) => params.iter().map(|(_, text)| text).collect(),
            Self::Json(json) => json.templates(),
        }
    }
}

impl JsonTemplate {
    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Text(text) | Self::Plain(text) | Self::Filled(text) | Self::One(text) => vec![text],
            Self::Number(_) | Self::Bool(_) => Vec::new(),
            Self::List(list) => list.iter().flat_map(Self::templates).collect(),
            Self::Map(map) => map.iter().flat_map(|(_, one)| one.templates()).collect(),
        }
    }
}

/// A JSON value whose texts have holes; a text that is only `{ids}` becomes a list.
#[derive(Clone, Debug)]
pub enum JsonTemplate {
    /// A text.
    Text(Template),
    /// A text that stays one, also where it is only `{ids}`.
    Plain(Template),
    /// A number with holes; one that is only `{ids}` becomes a list of numbers.
    Filled(Template),
    /// A number with holes that stays one, also where it is only `{ids}`.
    One(Template),
    /// A number.
    Number(Number),
    /// A truth value.
    Bool(bool),
    /// A list.
    List(Vec<JsonTemplate>),
    /// An object.
    Map(Vec<(String, JsonTemplate)>),
}
