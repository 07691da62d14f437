//! From a source as written to a source that can be pulled: every fault is found in one pass.

mod auth;
mod client;
mod column;
mod column_fit;
mod column_time;
mod fan_out;
mod field;
mod folder;
mod format;
mod mapping;
mod pages;
mod parents;
mod request;
mod resource;
mod response;
mod window;

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use chrono_tz::Tz;
use serde_json_path::JsonPath;
use sha2::{Digest, Sha256};

use super::template::{Template, TemplateFault};
use super::variable::{Secret, Variables};
use super::written::{Placed, SourceFile};
use super::{Resource, Source, quantity, variable_hint};
use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned};

/// Checks a whole file; the source is given even when something is wrong with it, so that all faults show.
pub fn check(written: SourceFile, file: &AuthoredFile, variables: &Variables) -> (Option<Source>, Diagnostics) {
    let mut checker = Checker::new(file, variables);
    checker.id(&written.id);
    let zone = checker.zone(&written.time_zone);
    let client = checker.client(&written.client);
    let filters = written.response.iter().filter_map(|table| checker.filter(table)).collect();
    checker.token_rules(&written);
    checker.body_rules(&written);
    checker.folder_client(&written);
    if written.resource.is_empty() {
        checker.found.push(
            Diagnostic::error("no `[[resource]]`").at(file.place(written.id.span())).hint(
                "a source gives nothing without one: add `[[resource]]` with `id`, `path` and `[[resource.into]]`",
            ),
        );
    }
    checker.distinct_ids(&written);
    checker.asked_for = parents::asked_for(&written);
    let mut resources: Vec<Resource> =
        written.resource.iter().filter_map(|table| checker.resource(table.get_ref(), zone)).collect();
    checker.parents(&written, &mut resources);
    let source = client.map(|client| Source {
        id: written.id.into_inner(),
        title: written.title,
        zone,
        client,
        filters,
        resources,
        unresolved: checker.unresolved,
        path: file.path.clone(),
        hash: hex::encode(Sha256::digest(file.text.as_bytes())),
    });
    (source, checker.found)
}

/// What the checks share: the file, the variables and what was found.
pub struct Checker<'a> {
    file: &'a AuthoredFile,
    variables: &'a Variables,
    found: Diagnostics,
    unresolved: BTreeSet<String>,
    /// Resources for each of whose records another one asks.
    asked_for: BTreeSet<String>,
}

impl<'a> Checker<'a> {
    fn new(file: &'a AuthoredFile, variables: &'a Variables) -> Self {
        Self { file, variables, found: Diagnostics::new(), unresolved: BTreeSet::new(), asked_for: BTreeSet::new() }
    }

    fn fault(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(span)).hint(hint));
    }

    fn id(&mut self, id: &Placed) {
        let stem = self.file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if !is_kebab(id.get_ref()) {
            self.kebab_fault(id);
        } else if stem.is_some_and(|stem| stem != *id.get_ref()) {
            let message = format!("the source `{}` lies in a file of another name", id.get_ref());
            self.fault(id.span(), message, format!("name the file `{}.toml` or change the id", id.get_ref()));
        }
    }

    fn distinct_ids(&mut self, written: &SourceFile) {
        let mut seen = BTreeSet::new();
        for resource in &written.resource {
            let id = &resource.get_ref().id;
            if !is_kebab(id.get_ref()) {
                self.kebab_fault(id);
            }
            if !seen.insert(id.get_ref()) {
                self.fault(id.span(), format!("two resources are named `{}`", id.get_ref()), "give each its own id");
            }
        }
    }

    fn kebab_fault(&mut self, id: &Placed) {
        let message = format!("`{}` is not a name", id.get_ref());
        self.fault(id.span(), message, "names are lower-case letters, digits and `-`, such as `taobao-top`");
    }

    /// The zone, or UTC when it is unknown and reported.
    fn zone(&mut self, zone: &Placed) -> Tz {
        zone.get_ref().parse().unwrap_or_else(|_| {
            let message = format!("`{}` is not a time zone", zone.get_ref());
            self.fault(zone.span(), message, "use a name such as `Asia/Shanghai` or `UTC`");
            Tz::UTC
        })
    }

    fn template(&mut self, text: &str, span: Range<usize>) -> Template {
        let (template, faults) = Template::read(text, self.variables);
        for fault in faults {
            self.template_fault(fault, span.clone());
        }
        template
    }

    fn template_fault(&mut self, fault: TemplateFault, span: Range<usize>) {
        let place = self.file.place(span.clone());
        match fault {
            TemplateFault::Missing(name) => {
                let message = format!("`{name}` has no value");
                self.found.push(Diagnostic::warning(message).at(place).hint(variable_hint(&name)));
                self.unresolved.insert(name);
            }
            TemplateFault::Unknown(name) => self.fault(
                span,
                format!("nothing fills `{{{name}}}`"),
                "known are `{window.start:FORMAT}`, `{window.end:FORMAT}`, `{window.last:FORMAT}`, `{period}`, `{job}`, \
                 `{ids}`, `{ids.SLOT}` and `{parent.FIELD}`",
            ),
            TemplateFault::Open => {
                self.fault(span, "a brace without its partner", "write `{{` or `}}` for the sign itself");
            }
            TemplateFault::Format(format) => {
                self.fault(span, format!("`{format}` is not a time format"), "an example is `%Y-%m-%d %H:%M:%S`");
            }
            TemplateFault::Zone(zone) => {
                let hint = "after `@` stands a name such as `UTC` or `Asia/Shanghai`";
                self.fault(span, format!("`{zone}` is not a time zone"), hint);
            }
        }
    }

    /// A text that must not depend on the request.
    fn plain(&mut self, text: &Placed) -> String {
        let template = self.template(text.get_ref(), text.span());
        self.same_for_all(&template, text);
        template.plain()
    }

    fn same_for_all(&mut self, template: &Template, text: &Placed) {
        if template.slots().next().is_some() {
            self.fault(text.span(), "this value is the same for all requests", "only `${NAME}` can stand here");
        }
    }

    fn secret(&mut self, text: &Placed) -> Secret {
        Secret::new(self.plain(text))
    }

    fn json_path(&mut self, text: &Placed) -> Option<JsonPath> {
        match JsonPath::parse(text.get_ref()) {
            Ok(path) => Some(path),
            Err(error) => {
                let message = format!("`{}` is not a JSON path: {}", text.get_ref(), error.message());
                self.fault(text.span(), message, "an example is `$.data.list`");
                None
            }
        }
    }

    fn optional_path(&mut self, text: Option<&Placed>) -> Option<JsonPath> {
        text.and_then(|text| self.json_path(text))
    }

    fn duration(&mut self, text: Option<&Placed>, default: Duration) -> Duration {
        let Some(text) = text else { return default };
        quantity::duration(text.get_ref()).unwrap_or_else(|| {
            let message = format!("`{}` is not a length of time", text.get_ref());
            self.fault(text.span(), message, "examples are `500ms`, `30s`, `15m` and `2h`");
            default
        })
    }

    fn days(&mut self, text: &Placed) -> Option<u64> {
        let days = quantity::days(text.get_ref());
        if days.is_none() {
            let message = format!("`{}` is not a number of days", text.get_ref());
            self.fault(text.span(), message, "an example is `7d`");
        }
        days
    }

    fn at_least_one(&mut self, number: &Spanned<u64>, what: &str) -> u64 {
        if *number.get_ref() == 0 {
            self.fault(number.span(), format!("{what} must be at least 1"), "write a number from 1");
        }
        (*number.get_ref()).max(1)
    }
}

fn is_kebab(name: &str) -> bool {
    let sign = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !name.is_empty() && name.chars().all(sign) && !name.starts_with('-')
}
