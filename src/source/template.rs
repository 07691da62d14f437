//! Text with holes: `${NAME}` is filled when a source is read, `{window.start:%Y-%m-%d}` and `{ids}` for each request.

mod filling;
mod slot;

use std::borrow::Cow;

use super::variable::{Secret, Variables};

pub use filling::{Batch, Filling, Parent};
pub use slot::{Slot, TimeFormat};

/// A text with its holes.
#[derive(Clone, Debug, Default)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// A `${NAME}` and its value; the record of a request keeps the name.
    Variable(String, Secret),
    Slot(Slot),
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFault {
    /// A `${NAME}` without value and without default.
    Missing(String),
    /// A hole that nothing can fill.
    Unknown(String),
    /// A brace without its partner.
    Open,
    /// A time format that cannot be written.
    Format(String),
    /// The name of a time zone that is none.
    Zone(String),
}

impl Template {
    /// Reads a text; a variable without value is reported and stands for an empty text.
    pub fn read(text: &str, variables: &Variables) -> (Self, Vec<TemplateFault>) {
        let mut reader = Reader { variables, parts: Vec::new(), faults: Vec::new() };
        reader.read(text);
        (Self { parts: reader.parts }, reader.faults)
    }

    /// The text for the wire, with secrets.
    pub fn fill(&self, filling: &Filling) -> String {
        self.write(filling, |_, secret| secret.expose().to_owned(), as_it_is)
    }

    /// The text for the wire as a part of a path: what fills a hole of a request cannot lead elsewhere.
    pub fn fill_path(&self, filling: &Filling) -> String {
        self.write(filling, |_, secret| secret.expose().to_owned(), in_path)
    }

    /// The text for manifests and messages, where variables keep their names.
    pub fn record(&self, filling: &Filling) -> String {
        self.write(filling, |name, _| format!("${{{name}}}"), as_it_is)
    }

    /// The same as a part of a path.
    pub fn record_path(&self, filling: &Filling) -> String {
        self.write(filling, |name, _| format!("${{{name}}}"), in_path)
    }

    /// The text of a template that needs no request.
    pub fn plain(&self) -> String {
        self.fill(&Filling::default())
    }

    /// The holes.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some(slot),
            _ => None,
        })
    }

    /// The values of its variables.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(_, secret) => Some(secret),
            _ => None,
        })
    }

    /// The ids of the batch when the whole text is `{ids}` or `{ids.NAME}`; a JSON body then gets a list.
    pub fn only_ids<'f>(&self, filling: &'f Filling) -> Option<&'f [String]> {
        match self.parts.as_slice() {
            [Part::Slot(Slot::Ids(name))] => Some(filling.ids(name.as_deref())),
            _ => None,
        }
    }

    fn write(
        &self,
        filling: &Filling,
        variable: impl Fn(&str, &Secret) -> String,
        escape: fn(&str) -> Cow<'_, str>,
    ) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Variable(name, secret) => text.push_str(&variable(name, secret)),
                Part::Slot(slot) => text.push_str(&escape(&slot.fill(filling))),
            }
        }
        text
    }
}

fn as_it_is(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// One or more signs of one segment of a path; letters of any script stay, the address encodes them itself.
fn in_path(text: &str) -> Cow<'_, str> {
    const PLAIN: &str = "-_.~:@!*(),+=";
    // A segment of dots alone would climb, encoded once or not.
    if matches!(text, "." | "..") {
        return Cow::Owned(text.replace('.', "%252E"));
    }
    let is_plain = |sign: char| !sign.is_ascii() || sign.is_ascii_alphanumeric() || PLAIN.contains(sign);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let one = |sign: char| if is_plain(sign) { sign.to_string() } else { format!("%{:02X}", u32::from(sign)) };
    Cow::Owned(text.chars().map(one).collect())
}

struct Reader<'a> {
    variables: &'a Variables,
    parts: Vec<Part>,
    faults: Vec<TemplateFault>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '$']) {
            self.text(&rest[..at]);
            rest = self.step(&rest[at..]);
        }
        self.text(rest);
    }

    /// Reads one hole, escape or plain sign at the start of `rest` and gives what follows it.
    fn step<'t>(&mut self, rest: &'t str) -> &'t str {
        for (escape, plain) in [("{{", "{"), ("}}", "}")] {
            if let Some(after) = rest.strip_prefix(escape) {
                self.text(plain);
                return after;
            }
        }
        let (inner, is_variable) = match (rest.strip_prefix("${"), rest.strip_prefix('{')) {
            (Some(inner), _) => (inner, true),
            (None, Some(inner)) => (inner, false),
            (None, None) if rest.starts_with('$') => {
                self.text("$");
                return &rest[1..];
            }
            (None, None) => return self.open(),
        };
        let Some((inside, after)) = inner.split_once('}') else { return self.open() };
        if is_variable {
            self.variable(inside)
        } else {
            self.slot(inside)
        }
        after
    }

    fn open<'t>(&mut self) -> &'t str {
        self.faults.push(TemplateFault::Open);
        ""
    }

    fn variable(&mut self, inside: &str) {
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inside, None),
        };
        let value = self.variables.get(name).or(default);
        if value.is_none() {
            self.faults.push(TemplateFault::Missing(name.to_owned()));
        }
        self.parts.push(Part::Variable(name.to_owned(), Secret::new(value.unwrap_or_default())));
    }

    fn slot(&mut self, inside: &str) {
        match Slot::read(inside) {
            Ok(slot) => self.parts.push(Part::Slot(slot)),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn text(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(before)) => before.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn october() -> Filling {
        let zone = chrono_tz::Asia::Shanghai;
        let start = zone.with_ymd_and_hms(2026, 10, 1, 0, 0, 0).single().expect("an instant");
        let end = zone.with_ymd_and_hms(2026, 10, 8, 0, 0, 0).single().expect("an instant");
        let batch = |slot: Option<&str>, ids: &[&str]| Batch {
            slot: slot.map(str::to_owned),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            join: ",".to_owned(),
        };
        let batches = vec![batch(None, &["甲", "乙"]), batch(Some("column"), &["7"])];
        Filling { period: "2026-10".into(), window: Some((start, end)), batches, ..Filling::default() }
    }

    fn filled(text: &str) -> String {
        let (template, faults) = Template::read(text, &Variables::default());
        assert_eq!(faults, []);
        template.fill(&october())
    }

    #[test]
    fn a_time_may_be_told_on_the_clock_of_another_zone() {
        assert_eq!(filled("{window.start:%Y-%m-%dT%H:%M:%SZ@UTC}"), "2026-09-30T16:00:00Z");
        assert_eq!(filled("{window.last:%d %H@Asia/Tokyo}"), "08 00");
    }

    #[test]
    fn batches_fill_the_holes_of_their_names() {
        assert_eq!(filled("{ids}|{ids.column}|{ids.nobody}"), "甲,乙|7|");
        let (template, _) = Template::read("{ids.column}", &Variables::default());
        assert_eq!(template.only_ids(&october()), Some(&["7".to_owned()][..]));
    }

    #[test]
    fn what_fills_a_hole_of_a_path_stays_one_segment() {
        let at = |id: &str| {
            let (template, _) = Template::read("/of/{ids}/all", &Variables::default());
            let ids = vec![id.to_owned()];
            let batches = vec![Batch { slot: None, ids, join: String::new() }];
            template.fill_path(&Filling { batches, ..Filling::default() })
        };
        assert_eq!(at("店铺:甲-1"), "/of/店铺:甲-1/all");
        assert_eq!(at("a/b?c#d%"), "/of/a%2Fb%3Fc%23d%25/all");
        assert_eq!(at(".."), "/of/%252E%252E/all");
    }

    #[test]
    fn holes_are_filled_and_secrets_are_not_recorded() {
        let known = Variables::default().with("KEY", "k-123");
        let (template, faults) = Template::read(
            "{{a}} ${KEY} ${HOST:-local} {ids} {period} {window.last:%Y-%m-%d %H:%M:%S} {window.end:%s%3f} $5",
            &known,
        );
        assert_eq!(faults, []);
        assert_eq!(template.fill(&october()), "{a} k-123 local 甲,乙 2026-10 2026-10-07 23:59:59 1791388800000 $5");
        assert!(template.record(&october()).starts_with("{a} ${KEY} ${HOST} 甲,乙"));
        assert!(!format!("{template:?}").contains("k-123"));
    }

    #[test]
    fn faults_are_named() {
        let cases = [
            ("${NOPE}", TemplateFault::Missing("NOPE".into())),
            ("{window.middle}", TemplateFault::Unknown("window.middle".into())),
            ("{ids", TemplateFault::Open),
            ("a } b", TemplateFault::Open),
            ("{window.start:%Q}", TemplateFault::Format("%Q".into())),
            ("{window.start:%H@Mars}", TemplateFault::Zone("Mars".into())),
            ("{ids.}", TemplateFault::Unknown("ids.".into())),
        ];
        for (text, expected) in cases {
            assert_eq!(Template::read(text, &Variables::default()).1, [expected], "{text}");
        }
    }
}
