//! The parameters of a call: those of the gateway in the form, those of the method in one JSON text among them.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDateTime, TimeDelta};
use serde_json::Value;

use super::refusal::Refusal;
use crate::demo::beijing;

/// The parameters of the gateway.
pub(super) struct System(BTreeMap<String, String>);

/// The parameters of the method.
pub(super) struct Business(Value);

impl System {
    /// Reads the form.
    pub fn read(form: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(form).into_owned().collect())
    }

    /// All parameters in the order of the bytes of their keys.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// A parameter; an empty one counts as missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The parameters of the method; a method without any needs no text.
    pub fn business(&self) -> Result<Business, Refusal> {
        let text = self.get("360buy_param_json").unwrap_or("{}");
        let value: Value = serde_json::from_str(text).map_err(|_| Refusal::InvalidJson)?;
        if value.is_object() { Ok(Business(value)) } else { Err(Refusal::InvalidJson) }
    }
}

impl Business {
    /// A text that must be there.
    pub fn text(&self, name: &'static str) -> Result<&str, Refusal> {
        let text = self.0[name].as_str().filter(|text| !text.is_empty());
        text.ok_or(Refusal::Parameter(name, "不能为空"))
    }

    /// How many rows come before the asked page, and how many it has; numbers may come as texts.
    pub fn page(&self) -> Result<(usize, usize), Refusal> {
        let (page, size) = (self.positive("page", 1)?, self.positive("pageSize", 20)?);
        if size > 100 {
            return Err(Refusal::Parameter("pageSize", "不能超过 100"));
        }
        Ok(((page - 1).saturating_mul(size), size))
    }

    fn positive(&self, name: &'static str, default: usize) -> Result<usize, Refusal> {
        let number = match &self.0[name] {
            Value::Null => return Ok(default),
            Value::String(text) => text.parse().ok(),
            other => other.as_u64().and_then(|number| usize::try_from(number).ok()),
        };
        number.filter(|number| *number > 0).ok_or(Refusal::Parameter(name, "必须是正整数"))
    }

    /// `startTime` and `endTime`: at most seven days, at most three months ago.
    pub fn span(&self, now: NaiveDateTime) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
        let time = |name| beijing::parse(self.text(name)?).ok_or(Refusal::Parameter(name, "格式错误"));
        let (from, to) = (time("startTime")?, time("endTime")?);
        if to < from || to - from > TimeDelta::days(7) {
            return Err(Refusal::Parameter("endTime", "时间跨度不能超过 7 天"));
        }
        if from < beijing::midnight(now.date() - Months::new(3)) {
            return Err(Refusal::Parameter("startTime", "只能查询 3 个月以内的数据"));
        }
        Ok((from, to.min(now)))
    }

    /// The days of `startTime` and `endTime`, both included; their times do not count.
    pub fn days(&self, now: NaiveDateTime) -> Result<impl Iterator<Item = chrono::NaiveDate>, Refusal> {
        let (from, to) = self.span(now)?;
        let yesterday = now.date() - Days::new(1);
        Ok(beijing::days_between(from.date(), to.date().min(yesterday)))
    }
}
