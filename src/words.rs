//! The two languages that people read: zh-CN (the default) and en.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A language of reports, mails, console and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// 简体中文.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// Both, the default one first.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// Reads `zh-CN` or `en`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "zh-CN" | "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// `zh-CN` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The text in this language.
    pub fn say<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// One text in both languages; in files either one string for both or `{ zh = "…", en = "…" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Bilingual {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// How a text may be written in a file.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text is written \"…\", or in both languages { zh = \"…\", en = \"…\" }")]
enum Written {
    One(String),
    Both(Both),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    zh: String,
    en: String,
}

impl From<Written> for Bilingual {
    fn from(written: Written) -> Self {
        match written {
            Written::One(text) => Self::same(text),
            Written::Both(Both { zh, en }) => Self { zh, en },
        }
    }
}

impl JsonSchema for Bilingual {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "one text for both languages, or { zh = \"…\", en = \"…\" }",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": { "zh": { "type": "string" }, "en": { "type": "string" } },
                    "required": ["zh", "en"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

impl Bilingual {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The same text in both, for names that are not translated.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    /// What is said of several things, "甲、乙：原因": those of which the same is said stand together, in order.
    pub fn said_together(pairs: impl Iterator<Item = (Self, Self)>) -> Vec<Self> {
        let mut all: Vec<(Vec<Self>, Self)> = Vec::new();
        for (what, said) in pairs {
            match all.iter_mut().find(|(_, known)| *known == said) {
                Some((whats, _)) if whats.contains(&what) => {}
                Some((whats, _)) => whats.push(what),
                None => all.push((vec![what], said)),
            }
        }
        let joined = |(whats, said): (Vec<Self>, Self)| {
            let zh: Vec<&str> = whats.iter().map(|what| what.zh.as_str()).collect();
            let en: Vec<&str> = whats.iter().map(|what| what.en.as_str()).collect();
            Self::new(format!("{}：{}", zh.join("、"), said.zh), format!("{}: {}", en.join(", "), said.en))
        };
        all.into_iter().map(joined).collect()
    }

    /// The text in `locale`.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::Zh => &self.zh,
            Locale::En => &self.en,
        }
    }
}

/// English, for logs and errors.
impl fmt::Display for Bilingual {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.en)
    }
}
