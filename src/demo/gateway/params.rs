//! The parameters of a call, sorted as the signature wants them, and how the methods read them.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::rows::TradeType;

/// The parameters of a call.
pub(super) struct Params(BTreeMap<String, String>);

/// One page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// Rows before it.
    pub skip: usize,
    /// Rows on it at most.
    pub size: usize,
    /// How the caller learns whether there are more.
    pub tail: Tail,
}

/// How a list says whether there are more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// `total_results`, the number of rows on all pages.
    Total,
    /// `has_next`, which spares the platform the counting.
    HasNext,
}

impl Params {
    /// Reads the query and the form; where both name a key, the form wins.
    pub fn read(query: &str, form: &[u8]) -> Self {
        let all = url::form_urlencoded::parse(query.as_bytes()).chain(url::form_urlencoded::parse(form));
        Self(all.map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }

    /// All parameters in the order of the bytes of their keys.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// A parameter; an empty one counts as missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or(Refusal::Missing(name))
    }

    /// A comma list that must be there.
    pub fn list(&self, name: &'static str) -> Result<Vec<&str>, Refusal> {
        Ok(self.required(name)?.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
    }

    /// A time, `yyyy-MM-dd HH:mm:ss`.
    pub fn time(&self, name: &'static str) -> Result<Option<NaiveDateTime>, Refusal> {
        self.get(name).map(|text| beijing::parse(text).ok_or(Refusal::Malformed(name))).transpose()
    }

    /// A time that must be there, `yyyyMMddHHmmss`.
    pub fn compact_time(&self, name: &'static str) -> Result<NaiveDateTime, Refusal> {
        let text = self.required(name)?;
        let digits = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
        let time = NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok().filter(|_| digits);
        time.ok_or(Refusal::Malformed(name))
    }

    /// How many rows come before a page and how many it has, for methods with another word for the page's number.
    pub fn slice(&self, number: &'static str, most: usize) -> Result<(usize, usize), Refusal> {
        let (number, size) = (self.positive(number, 1)?, self.positive("page_size", 40)?);
        if size > most {
            return Err(Refusal::OverLimit("page_size", "每页条数超过上限"));
        }
        Ok(((number - 1).saturating_mul(size), size))
    }

    /// The page that `page_no` (1) and `page_size` (40, at most `most`) ask for.
    pub fn page(&self, most: usize) -> Result<Page, Refusal> {
        let (skip, size) = self.slice("page_no", most)?;
        let tail = if self.get("use_has_next") == Some("true") { Tail::HasNext } else { Tail::Total };
        Ok(Page { skip, size, tail })
    }

    fn positive(&self, name: &'static str, default: usize) -> Result<usize, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or(Refusal::Malformed(name)),
        }
    }

    /// The trade types asked for; who leaves `type` out gets only `default`, and is not told.
    pub fn types(&self, default: &[TradeType]) -> Result<Vec<TradeType>, Refusal> {
        if self.get("type").is_none() {
            return Ok(default.to_vec());
        }
        let read = |word: &str| TradeType::from_word(word).ok_or(Refusal::OverLimit("type", "交易类型不存在"));
        self.list("type")?.into_iter().map(read).collect()
    }
}
