//! Text with holes: `${NAME}` is filled when a source is read, `{window.start:%Y-%m-%d}` and `{ids}` for each request.

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;

use super::variable::{Secret, Variables};

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

/// What a hole asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `{window.start:FORMAT}`: the first instant of the request's window.
    WindowStart(String),
    /// `{window.end:FORMAT}`: the first instant after it.
    WindowEnd(String),
    /// `{window.last:FORMAT}`: its last second, for interfaces whose end counts.
    WindowLast(String),
    /// `{period}`: the name of the period, such as `2026-10`, for files by period.
    Period,
    /// `{ids}`: the batch of the fan-out, joined.
    Ids,
}

/// What fills the holes of one request.
#[derive(Clone, Debug, Default)]
pub struct Filling {
    /// The name of the period.
    pub period: String,
    /// The window, if the resource has one.
    pub window: Option<(DateTime<Tz>, DateTime<Tz>)>,
    /// The batch of the fan-out, if the resource has one.
    pub ids: Vec<String>,
    /// What stands between two ids.
    pub join: String,
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
        self.write(filling, |_, secret| secret.expose().to_owned())
    }

    /// The text for manifests and messages, where variables keep their names.
    pub fn record(&self, filling: &Filling) -> String {
        self.write(filling, |name, _| format!("${{{name}}}"))
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

    /// Whether the whole text is `{ids}`; a JSON body then gets a list.
    pub fn is_only_ids(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Slot(Slot::Ids)])
    }

    fn write(&self, filling: &Filling, variable: impl Fn(&str, &Secret) -> String) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Variable(name, secret) => text.push_str(&variable(name, secret)),
                Part::Slot(slot) => text.push_str(&slot.fill(filling)),
            }
        }
        text
    }
}

impl Slot {
    /// Whether it needs a window; a period does, so that one that is not over is noticed.
    pub fn needs_window(&self) -> bool {
        !matches!(self, Self::Ids)
    }

    fn read(text: &str) -> Result<Self, TemplateFault> {
        let (name, format) = text.split_once(':').unwrap_or((text, "%Y-%m-%d"));
        match text {
            "ids" => return Ok(Self::Ids),
            "period" => return Ok(Self::Period),
            _ => {}
        }
        if chrono::format::StrftimeItems::new(format).any(|item| item == chrono::format::Item::Error) {
            return Err(TemplateFault::Format(format.to_owned()));
        }
        match name {
            "window.start" => Ok(Self::WindowStart(format.to_owned())),
            "window.end" => Ok(Self::WindowEnd(format.to_owned())),
            "window.last" => Ok(Self::WindowLast(format.to_owned())),
            _ => Err(TemplateFault::Unknown(name.to_owned())),
        }
    }

    fn fill(&self, filling: &Filling) -> String {
        let in_window = |write: &dyn Fn(DateTime<Tz>, DateTime<Tz>) -> String| {
            filling.window.map_or_else(String::new, |(start, end)| write(start, end))
        };
        match self {
            Self::WindowStart(format) => in_window(&|start, _| start.format(format).to_string()),
            Self::WindowEnd(format) => in_window(&|_, end| end.format(format).to_string()),
            Self::WindowLast(format) => in_window(&|_, end| (end - TimeDelta::seconds(1)).format(format).to_string()),
            Self::Period => filling.period.clone(),
            Self::Ids => filling.ids.join(&filling.join),
        }
    }
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
        let ids = vec!["甲".into(), "乙".into()];
        Filling { period: "2026-10".into(), window: Some((start, end)), ids, join: ",".into() }
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
        ];
        for (text, expected) in cases {
            assert_eq!(Template::read(text, &Variables::default()).1, [expected], "{text}");
        }
    }
}
