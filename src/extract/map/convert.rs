//! One column of one record: from an untyped cell to a typed and checked value.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::aside::Fault;
use super::cell::Cell;
use super::holds;
use super::number::{self, Written};
use super::plain::plain;
use super::raw::{Given, Raw, Shown};
use super::rows::Value;
use super::share::{Survey, Whole, without_sign};
use super::time::TimeReader;
use crate::extract::plan::Walk;
use crate::source::Kind;
use crate::source::filter::scalar_text;
use crate::source::mapping::{Check, ColumnRule, Origin, Rounding};
use crate::source::quantity::{Unit, span_of_column};

/// Makes the values of one column.
pub(super) struct Converter<'a> {
    rule: &'a ColumnRule,
    time: TimeReader<'a>,
    days: Option<(NaiveDate, NaiveDate)>,
    /// The text of a column that is the same for every record of a walk.
    fixed: Option<String>,
    /// What the bare shares of the file at hand say about their whole.
    survey: Survey,
    /// The day that was read last: files are sorted by day, and reading one is dear.
    last_day: RefCell<Option<(String, NaiveDate)>>,
}

impl<'a> Converter<'a> {
    pub(super) fn new(rule: &'a ColumnRule, zone: Tz, walk: &Walk) -> Self {
        let fixed = match &rule.origin {
            Origin::Text(template) => Some(template.fill(&walk.filling)),
            Origin::Parent(field) => walk.filling.parent.get(field).map(scalar_text),
            _ => None,
        };
        let time = TimeReader::new(&rule.time, zone);
        Self { rule, time, days: walk.days, fixed, survey: Survey::default(), last_day: RefCell::default() }
    }

    /// Whether all values of a file are looked at before the first is converted.
    pub(super) fn wants_survey(&self) -> bool {
        self.rule.unit == Some(Unit::Rate)
    }

    /// A new file begins.
    pub(super) fn begin(&mut self) {
        self.survey = Survey::default();
    }

    /// Looks at a value before any is converted.
    pub(super) fn see(&mut self, cells: &[Cell]) {
        let mut survey = self.survey;
        if let Ok(Given::Raw(raw)) = self.given(cells)
            && raw.shown != Shown::Percentage
        {
            survey.see(&raw.text);
        }
        self.survey = survey;
    }

    /// The value of this column in a record.
    pub(super) fn value(&self, cells: &[Cell]) -> Result<Value, Fault> {
        let rule = self.rule;
        let stand_in =
            |text: &Option<String>| text.as_ref().and_then(|text| plain(rule.column.kind, text)).unwrap_or(Value::Null);
        let value = match self.given(cells)? {
            Given::Absent => stand_in(&rule.when_absent),
            Given::Nothing => stand_in(&rule.when_null),
            Given::Raw(raw) => self.between(self.typed(&raw)?, cells)?,
        };
        if value == Value::Null && rule.column.required {
            return Err(Fault::Missing(rule.column.name));
        }
        Ok(value)
    }

    /// What a record gives for this column, in the words of the column.
    fn given<'c>(&'c self, cells: &[Cell<'c>]) -> Result<Given<'c>, Fault> {
        let rule = self.rule;
        if rule.null_when.as_ref().is_some_and(|condition| holds(condition, cells)) {
            return Ok(Given::Nothing);
        }
        let cell = match &rule.origin {
            Origin::Nothing => Cell::Nothing,
            Origin::Text(_) | Origin::Parent(_) => self.fixed.as_deref().map_or(Cell::Absent, Cell::Text),
            Origin::Presence(field) => Cell::Bool(!cells[*field].is_empty()),
            Origin::Field(field) => cells[*field],
        };
        let given = Given::read(cell, rule)?;
        match (rule.words, given) {
            (Some(field), Given::Raw(raw)) => self.in_words_of_row(raw, cells[field]),
            (_, given) => Ok(given),
        }
    }

    /// The word that a row has for a text, by the JSON object in another of its fields.
    fn in_words_of_row<'c>(&self, raw: Raw<'c>, words: Cell) -> Result<Given<'c>, Fault> {
        let words: BTreeMap<String, String> =
            words.text().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let word = words.get(raw.text.as_ref()).ok_or(Fault::NotAllowed(self.rule.column.name))?;
        Ok(Given::Raw(Raw { text: word.clone().into(), shown: raw.shown }))
    }

    /// The number, if it lies where other fields of its record say; a bound that they do not say is none.
    fn between(&self, value: Value, cells: &[Cell]) -> Result<Value, Fault> {
        let Some((least, most)) = self.rule.between else { return Ok(value) };
        let places = self.rule.column.kind.places();
        let bound = |field: usize| {
            let text = cells[field].text()?;
            Written::read(&text)?.scaled((1, 1), places, Rounding::HalfUp)
        };
        let number = match value {
            Value::Int(number) => i128::from(number),
            Value::Decimal(units) => units,
            _ => return Ok(value),
        };
        let is_within =
            bound(least).is_none_or(|least| least <= number) && bound(most).is_none_or(|most| number <= most);
        if is_within { Ok(value) } else { Err(Fault::NotBetween(self.rule.column.name)) }
    }

    fn typed(&self, raw: &Raw) -> Result<Value, Fault> {
        let column = self.rule.column;
        let text: &str = &raw.text;
        let value = match column.kind {
            Kind::Text if column.name == MONTH && !is_month(text) => return Err(Fault::NotAMonth(MONTH)),
            Kind::Text => Some(Value::Text(text.to_owned())),
            Kind::Int => self.int(raw)?.map(Value::Int),
            Kind::Decimal(places) => self.number(raw, places)?.map(Value::Decimal),
            Kind::Bool => truth(text),
            Kind::Date => return self.date(raw),
            Kind::DateTime => return self.datetime(raw),
        };
        let value = value.ok_or_else(|| Fault::not(column.name, column.kind))?;
        if self.rule.checks.iter().all(|check| allowed(check, &value, column.kind)) {
            Ok(value)
        } else {
            Err(Fault::NotAllowed(column.name))
        }
    }

    fn int(&self, raw: &Raw) -> Result<Option<i64>, Fault> {
        match number::int(&raw.text).filter(|_| self.rule.unit.is_none()) {
            Some(number) => Ok(Some(number)),
            None => Ok(self.number(raw, 0)?.and_then(|number| i64::try_from(number).ok())),
        }
    }

    /// The number in units of the last of so many decimals.
    fn number(&self, raw: &Raw, places: u32) -> Result<Option<i128>, Fault> {
        let text: &str = &raw.text;
        let (text, factor) = match self.rule.unit {
            None | Some(Unit::One) => (text, (1, 1)),
            Some(Unit::Hundredth) => (text, (1, 100)),
            Some(Unit::Span(millis)) => return Ok(self.span(raw, millis, places)),
            Some(unit) => match (without_sign(text), raw.shown) {
                (_, Shown::Percentage) => (text, (1, 1)),
                (Some(text), _) => (text, (1, 100)),
                (None, _) => (text, self.whole(unit)?),
            },
        };
        Ok(Written::read(text).and_then(|number| number.scaled(factor, places, self.rounding(raw))))
    }

    /// What a bare share is multiplied with.
    fn whole(&self, unit: Unit) -> Result<(i64, i64), Fault> {
        match (unit, self.survey.whole()) {
            (Unit::Percent, _) | (Unit::Rate, Whole::Hundred) => Ok((1, 100)),
            (Unit::Rate, Whole::Unclear) => Err(Fault::Unclear(self.rule.column.name)),
            _ => Ok((1, 1)),
        }
    }

    /// A length of time; of a column of whole ones a part that has begun is left away.
    fn span(&self, raw: &Raw, millis: i64, places: u32) -> Option<i128> {
        let one = span_of_column(self.rule.column.name)?;
        let rounding = match self.rounding(raw) {
            Rounding::Refuse if places == 0 => Rounding::Down,
            other => other,
        };
        match Written::clock(&raw.text) {
            Some(seconds) => seconds.scaled((1_000, one), places, rounding),
            None => Written::read(&raw.text)?.scaled((millis, one), places, rounding),
        }
    }

    /// A spreadsheet holds numbers only nearly, so what is beyond the column's decimals says nothing.
    fn rounding(&self, raw: &Raw) -> Rounding {
        let is_near = matches!(raw.shown, Shown::Figure | Shown::Percentage);
        if is_near && self.rule.column.kind.places() > 0 { Rounding::HalfUp } else { self.rule.rounding }
    }

    fn date(&self, raw: &Raw) -> Result<Value, Fault> {
        let column = self.rule.column;
        let text: &str = &raw.text;
        let mut last_day = self.last_day.borrow_mut();
        let day = match (raw.shown, last_day.as_ref()) {
            (Shown::Moment(time), _) => Some(self.time.moment(time).date()),
            (_, Some((last, day))) if last == text => Some(*day),
            _ => {
                let day = self.time.date(text);
                *last_day = day.map(|day| (text.to_owned(), day));
                day
            }
        };
        let day = day.ok_or_else(|| Fault::not(column.name, column.kind))?;
        self.within(day)?;
        let days = (day - DateTime::UNIX_EPOCH.date_naive()).num_days();
        i32::try_from(days).map(Value::Date).map_err(|_| Fault::not(column.name, column.kind))
    }

    fn datetime(&self, raw: &Raw) -> Result<Value, Fault> {
        let column = self.rule.column;
        let time: Option<NaiveDateTime> = match raw.shown {
            Shown::Moment(time) => Some(self.time.moment(time)),
            _ => self.time.local(&raw.text),
        };
        let time = time.ok_or_else(|| Fault::not(column.name, column.kind))?;
        self.within(time.date())?;
        Ok(Value::DateTime(time.and_utc().timestamp_micros()))
    }

    fn within(&self, day: NaiveDate) -> Result<(), Fault> {
        let inside = self.days.is_none_or(|(start, end)| start <= day && day < end);
        if inside || !self.rule.checks.contains(&Check::WithinWindow) {
            Ok(())
        } else {
            Err(Fault::OutsideWindow(self.rule.column.name))
        }
    }
}

/// The column that says of which month a row is.
const MONTH: &str = "month";

/// Whether a text names a month as periods do: `2026-10`.
fn is_month(text: &str) -> bool {
    let day = format!("{text}-01");
    day.parse::<NaiveDate>().is_ok_and(|read| read.to_string() == day)
}

pub(super) fn truth(text: &str) -> Option<Value> {
    match text {
        "true" | "1" => Some(Value::Bool(true)),
        "false" | "0" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn allowed(check: &Check, value: &Value, kind: Kind) -> bool {
    match (check, value) {
        (Check::OneOf(words), Value::Text(text)) => words.contains(text),
        (Check::NoneOf(words), Value::Text(text)) => !words.contains(text),
        (Check::Without(signs), Value::Text(text)) => !text.contains(|sign| signs.contains(sign)),
        (Check::StartsWithLetter, Value::Text(text)) => text.starts_with(char::is_alphabetic),
        (Check::AtLeast(least), Value::Int(number)) => number >= least,
        (Check::AtLeast(least), Value::Decimal(amount)) => *amount >= i128::from(*least) * 10_i128.pow(kind.places()),
        // The check of the source file lets no check meet a value of another kind.
        _ => true,
    }
}
