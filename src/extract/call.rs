//! One request for one page, ready to be signed: as sent, and as recorded without secrets.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::page::{Link, Turn};
use crate::source::resource::{Body, JsonTemplate, Method, Place, Request};
use crate::source::template::{Filling, Template};

/// How long a parameter may be in a message.
const LABEL_VALUE: usize = 40;

/// A request without address, token and signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path after the base address.
    pub path: String,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: CallBody,
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq)]
pub enum CallBody {
    /// Nothing.
    None,
    /// Form parameters.
    Form(Vec<(String, String)>),
    /// JSON.
    Json(Value),
}

/// A request in both shapes.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As sent, with secrets.
    pub wire: Call,
    /// As recorded, where variables keep their names.
    pub record: Call,
}

/// How texts and paths are filled.
struct Texts<'a> {
    text: &'a dyn Fn(&Template) -> String,
    path: &'a dyn Fn(&Template) -> String,
    query: fn(&Link) -> &[(String, String)],
}

impl Asked {
    /// The request for one page.
    pub fn new(request: &Request, filling: &Filling, page: &Turn) -> Self {
        let wire = Texts {
            text: &|text| text.fill(filling),
            path: &|text| text.fill_path(filling),
            query: |link| &link.query,
        };
        let record = Texts {
            text: &|text| text.record(filling),
            path: &|text| text.record_path(filling),
            query: |link| &link.record,
        };
        Self { wire: Call::build(request, filling, page, &wire), record: Call::build(request, filling, page, &record) }
    }

    /// SHA-256 over the resource and the recorded request, in hex.
    pub fn fingerprint(&self, resource: &str) -> String {
        let call = &self.record;
        let body = match &call.body {
            CallBody::None => Value::Null,
            CallBody::Form(form) => serde_json::json!({ "form": form }),
            CallBody::Json(json) => serde_json::json!({ "json": json }),
        };
        let whole = serde_json::json!([resource, call.method.word(), call.path, call.query, body]);
        hex::encode(Sha256::digest(whole.to_string().as_bytes()))
    }

    /// The request for people, such as `POST /router/rest method=shop.chats.get page_no=2`.
    pub fn label(&self) -> String {
        let call = &self.record;
        let mut label = format!("{} {}", call.method.word(), call.path);
        let mut add = |name: &str, value: &str| {
            let short: String = value.chars().take(LABEL_VALUE).collect();
            let dots = if short.len() < value.len() { "…" } else { "" };
            label.push_str(&format!(" {name}={short}{dots}"));
        };
        call.query.iter().for_each(|(name, value)| add(name, value));
        match &call.body {
            CallBody::None => {}
            CallBody::Form(form) => form.iter().for_each(|(name, value)| add(name, value)),
            CallBody::Json(Value::Object(map)) => {
                map.iter().for_each(|(name, value)| add(name, &crate::source::filter::scalar_text(value)));
            }
            CallBody::Json(other) => add("body", &other.to_string()),
        }
        label
    }
}

impl Call {
    /// Fills a request; `texts` decides between the wire and the record.
    fn build(request: &Request, filling: &Filling, page: &Turn, texts: &Texts) -> Self {
        let stays = |name: &String| !page.without.contains(name);
        let params = |list: &[(String, Template)]| {
            let list = list.iter().filter(|(name, _)| stays(name));
            list.map(|(name, one)| (name.clone(), (texts.text)(one))).collect::<Vec<_>>()
        };
        let mut call = Self {
            method: request.method,
            path: (texts.path)(&request.path),
            query: params(&request.query),
            body: match &request.body {
                Body::None => CallBody::None,
                Body::Form(form) => CallBody::Form(params(form)),
                Body::Json(json) => CallBody::Json(fill_json(json, filling, texts.text)),
            },
        };
        if let CallBody::Json(Value::Object(map)) = &mut call.body {
            map.retain(|name, _| stays(name));
        }
        match &page.link {
            Some(link) => call.go_to(&link.path, (texts.query)(link), request),
            None => page.params.iter().for_each(|(name, value)| call.set(name, value, page.place)),
        }
        call
    }

    /// Asks an address that the answer before gave; what the request adds from a variable stays.
    fn go_to(&mut self, path: &str, query: &[(String, String)], request: &Request) {
        path.clone_into(&mut self.path);
        self.query.retain(|(name, _)| request.adds_secret(name));
        self.query.extend(query.iter().cloned());
    }

    /// Page parameters go into the form, else the JSON body, else the query, or always into the query.
    fn set(&mut self, name: &str, value: &Value, place: Place) {
        let text = crate::source::filter::scalar_text(value);
        if place == Place::Query {
            return self.query.push((name.to_owned(), text));
        }
        match &mut self.body {
            CallBody::Form(form) => form.push((name.to_owned(), text)),
            CallBody::Json(Value::Object(map)) => {
                map.insert(name.to_owned(), value.clone());
            }
            CallBody::Json(_) | CallBody::None => self.query.push((name.to_owned(), text)),
        }
    }
}

fn fill_json(json: &JsonTemplate, filling: &Filling, text: &dyn Fn(&Template) -> String) -> Value {
    match json {
        JsonTemplate::Text(template) => match template.only_ids(filling) {
            Some(ids) => ids.iter().map(|id| Value::String(id.clone())).collect(),
            None => Value::String(text(template)),
        },
        JsonTemplate::Plain(template) => Value::String(text(template)),
        JsonTemplate::Filled(template) => match template.only_ids(filling) {
            Some(ids) => ids.iter().map(|id| number(id)).collect(),
            None => number(&text(template)),
        },
        JsonTemplate::One(template) => number(&text(template)),
        JsonTemplate::Number(number) => Value::Number(number.clone()),
        JsonTemplate::Bool(truth) => Value::Bool(*truth),
        JsonTemplate::List(list) => list.iter().map(|one| fill_json(one, filling, text)).collect(),
        JsonTemplate::Map(map) => {
            let filled = map.iter().map(|(name, one)| (name.clone(), fill_json(one, filling, text)));
            Value::Object(filled.collect::<Map<String, Value>>())
        }
    }
}

/// A number where the text is one; an id that is none goes as it is, so that the source can refuse it.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from)
}
