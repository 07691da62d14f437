//! The parts of a request: path, parameters, body.

use chrono::DateTime;
use chrono_tz::Tz;
use serde_json::Number;

use super::Checker;
use crate::diag::Spanned;
use crate::source::resource::{Body, JsonTemplate, Method};
use crate::source::template::{Filling, Template};
use crate::source::written::{Params, Verb};

/// The method that a verb means.
pub(super) fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::Get,
        Verb::Post => Method::Post,
    }
}

impl Checker<'_> {
    pub(super) fn params(&mut self, params: &Params) -> Vec<(String, Template)> {
        let one = |(name, value): (&String, &Spanned<_>)| (name.clone(), self.scalar(value));
        params.iter().map(one).collect()
    }

    fn scalar(&mut self, value: &Spanned<crate::source::written::Scalar>) -> Template {
        self.template(&value.get_ref().0, value.span())
    }

    pub(super) fn body(&mut self, verb: Verb, form: &Params, json: Option<&Spanned<toml::Value>>) -> Body {
        let place = form.values().next().map(Spanned::span).or_else(|| json.map(Spanned::span));
        if let (Verb::Get, Some(span)) = (verb, place.clone()) {
            self.fault(span, "a `GET` carries no body", "add `method = \"POST\"`, or move the parameters to `query`");
        }
        match json {
            None if form.is_empty() => Body::None,
            None => Body::Form(self.params(form)),
            Some(json) => {
                if !form.is_empty() {
                    self.fault(json.span(), "both `form` and `body` are given", "a request carries one of them");
                }
                Body::Json(self.json(json.get_ref(), json))
            }
        }
    }

    fn json(&mut self, value: &toml::Value, whole: &Spanned<toml::Value>) -> JsonTemplate {
        match value {
            toml::Value::String(text) => JsonTemplate::Text(self.template(text, whole.span())),
            toml::Value::Integer(number) => JsonTemplate::Number((*number).into()),
            toml::Value::Float(number) => match Number::from_f64(*number) {
                Some(number) => JsonTemplate::Number(number),
                None => {
                    self.fault(whole.span(), "JSON has no such number", "use a finite number");
                    JsonTemplate::Number(0.into())
                }
            },
            toml::Value::Boolean(truth) => JsonTemplate::Bool(*truth),
            toml::Value::Datetime(time) => JsonTemplate::Text(self.template(&time.to_string(), whole.span())),
            toml::Value::Array(list) => JsonTemplate::List(list.iter().map(|one| self.json(one, whole)).collect()),
            toml::Value::Table(table) if table.keys().any(|name| name.starts_with('$')) => self.typed(table, whole),
            toml::Value::Table(table) => {
                JsonTemplate::Map(table.iter().map(|(name, one)| (name.clone(), self.json(one, whole))).collect())
            }
        }
    }

    /// `{ "$number" = "..." }` and `{ "$text" = "..." }`: what a filled text is in the body.
    fn typed(&mut self, table: &toml::Table, whole: &Spanned<toml::Value>) -> JsonTemplate {
        let mut entries = table.iter();
        match (entries.next(), entries.next()) {
            (Some((name, toml::Value::String(text))), None) if name == "$text" => {
                JsonTemplate::Plain(self.template(text, whole.span()))
            }
            (Some((name, toml::Value::String(text))), None) if name == "$number" => {
                let template = self.template(text, whole.span());
                self.must_be_number(&template, text, whole);
                JsonTemplate::Filled(template)
            }
            (Some((name, toml::Value::Table(inner))), None) if name == "$number" => self.one_number(inner, whole),
            _ => {
                let hint = "write `{ \"$number\" = \"{window.start:%s}\" }` or `{ \"$text\" = \"{ids}\" }`";
                self.fault(whole.span(), "a name with `$` says what a filled text becomes, and stands alone", hint);
                JsonTemplate::Bool(false)
            }
        }
    }

    /// `{ "$number" = { "$text" = "{ids}" } }`: one number, where the hole alone would be a list.
    fn one_number(&mut self, table: &toml::Table, whole: &Spanned<toml::Value>) -> JsonTemplate {
        match (table.get("$text"), table.len()) {
            (Some(toml::Value::String(text)), 1) => JsonTemplate::One(self.template(text, whole.span())),
            _ => {
                let hint = "write `{ \"$number\" = { \"$text\" = \"{ids}\" } }` for one number";
                self.fault(whole.span(), "`$number` holds a text, or `$text` alone", hint);
                JsonTemplate::Bool(false)
            }
        }
    }

    /// Tried with an instant whose every part is a number; ids are known only when they are asked for.
    fn must_be_number(&mut self, template: &Template, text: &str, whole: &Spanned<toml::Value>) {
        if template.slots().any(|slot| !slot.needs_window()) {
            return;
        }
        let at = DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC);
        let filling = Filling { window: Some((at, at)), period: "2026".to_owned(), ..Filling::default() };
        if template.fill(&filling).parse::<i64>().is_err() {
            let message = format!("`{text}` does not become a number");
            self.fault(whole.span(), message, "an example is `{window.start:%Y%m%d}`");
        }
    }
}
