//! One column of one record: from an untyped cell to a typed and checked value.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::aside::Fault;
use super::cell::Cell;
use super::holds;
use super::number;
use super::rows::Value;
use super::time::TimeReader;
use crate::source::Kind;
use crate::source::mapping::{Check, ColumnRule, Origin};

/// Makes the values of one column.
pub(super) struct Converter<'a> {
    rule: &'a ColumnRule,
    time: TimeReader<'a>,
    days: Option<(NaiveDate, NaiveDate)>,
    /// The day that was read last: files are sorted by day, and reading one is dear.
    last_day: Option<(String, NaiveDate)>,
}

impl<'a> Converter<'a> {
    pub(super) fn new(rule: &'a ColumnRule, zone: Tz, days: Option<(NaiveDate, NaiveDate)>) -> Self {
        Self { rule, time: TimeReader::new(&rule.time, zone), days, last_day: None }
    }

    /// The value of this column in a record.
    pub(super) fn value(&mut self, cells: &[Cell]) -> Result<Value, Fault> {
        let rule = self.rule;
        let value = match self.raw(cells)? {
            None => Value::Null,
            Some(text) => self.typed(&self.mapped(text)?)?,
        };
        if value == Value::Null && rule.column.required {
            return Err(Fault::Missing(rule.column.name));
        }
        Ok(value)
    }

    /// The text of the value, or nothing.
    fn raw<'c>(&self, cells: &[Cell<'c>]) -> Result<Option<Cow<'c, str>>, Fault>
    where
        'a: 'c,
    {
        let rule = self.rule;
        if rule.null_when.as_ref().is_some_and(|condition| holds(condition, cells)) {
            return Ok(None);
        }
        let cell = match &rule.origin {
            Origin::Nothing => Cell::Nothing,
            Origin::Constant(text) => Cell::Text(text),
            Origin::Presence(field) => Cell::Bool(!cells[*field].is_empty()),
            Origin::Field(field) => cells[*field],
        };
        if matches!(cell, Cell::Nested) {
            return Err(Fault::not(rule.column.name, rule.column.kind));
        }
        Ok(cell.text().filter(|text| !rule.null.iter().any(|null| null == text)))
    }

    fn mapped<'c>(&self, text: Cow<'c, str>) -> Result<Cow<'c, str>, Fault>
    where
        'a: 'c,
    {
        let Some(map) = &self.rule.map else { return Ok(text) };
        let found = map.iter().find(|(from, _)| *from == text);
        found.map(|(_, to)| Cow::Borrowed(to.as_str())).ok_or(Fault::NotAllowed(self.rule.column.name))
    }

    fn typed(&mut self, text: &str) -> Result<Value, Fault> {
        let column = self.rule.column;
        let value = match column.kind {
            Kind::Text => Some(Value::Text(text.to_owned())),
            Kind::Int => number::int(text).map(Value::Int),
            Kind::Decimal(places) => self.amount(text, places),
            Kind::Bool => truth(text),
            Kind::Date => return self.date(text),
            Kind::DateTime => return self.datetime(text),
        };
        let value = value.ok_or_else(|| Fault::not(column.name, column.kind))?;
        if self.rule.checks.iter().all(|check| allowed(check, &value, column.kind)) {
            Ok(value)
        } else {
            Err(Fault::NotAllowed(column.name))
        }
    }

    fn amount(&self, text: &str, places: u32) -> Option<Value> {
        let amount = number::decimal(text, places)?;
        let per_unit = i128::from(self.rule.per_unit);
        (amount % per_unit == 0).then_some(Value::Decimal(amount / per_unit))
    }

    fn date(&mut self, text: &str) -> Result<Value, Fault> {
        let column = self.rule.column;
        let day = match &self.last_day {
            Some((last, day)) if last == text => *day,
            _ => {
                let day = self.time.date(text).ok_or_else(|| Fault::not(column.name, column.kind))?;
                self.last_day = Some((text.to_owned(), day));
                day
            }
        };
        self.within(day)?;
        let days = (day - DateTime::UNIX_EPOCH.date_naive()).num_days();
        i32::try_from(days).map(Value::Date).map_err(|_| Fault::not(column.name, column.kind))
    }

    fn datetime(&self, text: &str) -> Result<Value, Fault> {
        let column = self.rule.column;
        let time = self.time.local(text).ok_or_else(|| Fault::not(column.name, column.kind))?;
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
