//! The texts of mails: templates with values, four kinds of letter in two languages.
//!
//! The shipped templates are in the binary; a file of the same name in `letters/` of the templates folder replaces one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use minijinja::{Environment, UndefinedBehavior, Value};

use super::clean;
use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::words::Locale;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An agent's card.
    Card,
    /// A manager's pack.
    Pack,
    /// A report, to any of its readers.
    Report,
    /// An alert, to a manager.
    Alert,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Pack, Self::Report, Self::Alert];

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word in the templates' names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Pack => "pack",
            Self::Report => "report",
            Self::Alert => "alert",
        }
    }
}

/// The texts of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The HTML page.
    pub html: String,
}

/// The names of all letter templates, such as `card.zh-CN.html.j2`.
pub fn templates() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The letter templates inside the program: name and text.
pub fn shipped() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHIPPED.iter().copied()
}

/// Writes the texts of a letter from `data`; `overrides` is the templates folder.
///
/// A template that cannot be used, or names a value that `data` lacks, is an error of [`Diagnostics`] with the place.
pub fn compose(
    kind: Kind,
    locale: Locale,
    data: &serde_json::Value,
    overrides: Option<&Path>,
) -> anyhow::Result<Texts> {
    let write = |part: &str| render(&format!("{}.{}.{part}.j2", kind.word(), locale.tag()), data, overrides);
    Ok(Texts { subject: clean::line(&write("subject.txt")?), text: write("txt")?, html: write("html")? })
}

fn render(name: &str, data: &serde_json::Value, overrides: Option<&Path>) -> anyhow::Result<String> {
    let file = source(name, overrides)?;
    let written = environment().render_named_str(name, &file.text, value(data));
    written.map_err(|error| Diagnostics::from(placed(&file, &error)).into())
}

/// What is wrong with a template, where, in the engine's words.
fn placed(file: &AuthoredFile, error: &minijinja::Error) -> Diagnostic {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let start = |line: usize| file.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let range = error.range().or_else(|| error.line().map(|line| start(line)..start(line + 1)));
    Diagnostic::error(format!("the mail template cannot be used: {what}"))
        .at(file.place(range.unwrap_or(0..0)))
        .hint("mend the template, or remove it to use the shipped one")
}

/// Values are escaped in `.html` templates by their name; a missing value is an error and no value enters a message.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(false);
    let mut syntax = minijinja::syntax::SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    environment
}

fn source(name: &str, overrides: Option<&Path>) -> anyhow::Result<AuthoredFile> {
    if let Some(folder) = overrides {
        let file = folder.join("letters").join(name);
        match fs::read_to_string(&file) {
            Ok(text) => return Ok(AuthoredFile::from_text(file, &text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        }
    }
    let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    let text = shipped.map(|(_, text)| *text).with_context(|| format!("there is no mail template `{name}`"))?;
    Ok(AuthoredFile::from_text(Path::new(HOME).join(name), text))
}

macro_rules! shipped {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../report-templates/letters/", $name)))),*]
    };
}

/// The folder's name in messages about templates in the binary.
const HOME: &str = "report-templates/letters";

/// The templates in the binary.
const SHIPPED: [(&str, &str); 24] = shipped! {
    "card.zh-CN.subject.txt.j2" "card.zh-CN.txt.j2" "card.zh-CN.html.j2"
    "card.en.subject.txt.j2" "card.en.txt.j2" "card.en.html.j2"
    "pack.zh-CN.subject.txt.j2" "pack.zh-CN.txt.j2" "pack.zh-CN.html.j2"
    "pack.en.subject.txt.j2" "pack.en.txt.j2" "pack.en.html.j2"
    "report.zh-CN.subject.txt.j2" "report.zh-CN.txt.j2" "report.zh-CN.html.j2"
    "report.en.subject.txt.j2" "report.en.txt.j2" "report.en.html.j2"
    "alert.zh-CN.subject.txt.j2" "alert.zh-CN.txt.j2" "alert.zh-CN.html.j2"
    "alert.en.subject.txt.j2" "alert.en.txt.j2" "alert.en.html.j2"
};

/// JSON as the template engine holds it: plain data, nothing that can be called.
fn value(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::from(number.as_f64()), Value::from),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Json::Object(fields) => {
            Value::from(fields.iter().map(|(name, field)| (name.clone(), value(field))).collect::<BTreeMap<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn card() -> serde_json::Value {
        json!({
            "company": "晨星商贸", "lock": null, "colour": "#8a1f4b", "colour_text": "#8a1f4b", "agent": {"id": "A07", "name": "㛃堃犇"},
            "team": "售前一组", "scheme": "售前考核", "period": "2026-10", "period_text": "2026年10月",
            "total": "90.0", "full": "100", "grade": "优秀", "rank": "1", "of": "8",
            "previous": "86.5", "delta": "+3.5",
            "lines": [
                {"label": "转化率", "value": "64.0%", "target": "≥ 64%", "level": null, "points": "100", "full": "100", "weight": "40%"},
                {"label": "首次响应", "value": "21 秒", "target": null, "level": null, "points": "90", "full": "100", "weight": "30%"},
                {"label": "好评率", "value": "98.2%", "target": null, "level": null, "points": "80", "full": "100", "weight": "30%"}
            ],
            "more": 2, "best": false, "appeal": "五个工作日内提出", "link": null,
            "advice": [{"label": "好评率", "text": "再有 2 个好评", "gain": "+0.6"}],
            "edition": 1, "changed": [], "not_scored_reason": null, "judged": false, "reply_to_name": "王玥"
        })
    }

    fn pack() -> serde_json::Value {
        json!({
            "company": "晨星商贸", "lock": null, "colour": "#8a1f4b", "colour_text": "#8a1f4b", "scheme": "售前考核",
            "best": "90.0", "lowest": "61.0", "proposals": "1", "changed": [], "manager": {"name": "王玥"}, "team": "售前一组", "period": "2026-10",
            "period_text": "2026年10月", "scored": "7", "population": "8", "mean": "78.3",
            "top": [{"rank": "1", "name": "㛃堃犇", "total": "90.0", "grade": "优秀"}], "findings": "2", "edition": 1
        })
    }

    fn with(mut data: serde_json::Value, changes: serde_json::Value) -> serde_json::Value {
        for (name, value) in changes.as_object().expect("an object") {
            data[name] = value.clone();
        }
        data
    }

    fn shipped(kind: Kind, locale: Locale, data: &serde_json::Value) -> Texts {
        compose(kind, locale, data, None).unwrap_or_else(|error| panic!("{error:#}"))
    }

    #[test]
    fn a_card_says_the_same_in_text_and_html() {
        for locale in [Locale::Zh, Locale::En] {
            let texts = shipped(Kind::Card, locale, &card());
            for body in [&texts.text, &texts.html] {
                let facts = [
                    "㛃堃犇",
                    "90.0",
                    "优秀",
                    "86.5",
                    "+3.5",
                    "转化率",
                    "64.0%",
                    "好评率",
                    "王玥",
                    "晨星商贸",
                    "A07",
                    "再有 2 个好评",
                    "+0.6",
                    "五个工作日内提出",
                ];
                for fact in facts {
                    assert!(body.contains(fact), "{fact} is not in {body}");
                }
            }
            assert!(texts.subject.contains("2026年10月") && texts.subject.contains("㛃堃犇"));
            assert!(!texts.subject.contains("90.0"), "a subject shows on locked screens");
        }
    }

    #[test]
    fn the_shipped_texts_are_these() {
        insta::assert_snapshot!("card-zh", shipped(Kind::Card, Locale::Zh, &card()).text);
        insta::assert_snapshot!("card-en", shipped(Kind::Card, Locale::En, &card()).text);
        insta::assert_snapshot!("pack-zh", shipped(Kind::Pack, Locale::Zh, &pack()).text);
        insta::assert_snapshot!("pack-en", shipped(Kind::Pack, Locale::En, &pack()).text);
    }

    #[test]
    fn a_new_edition_says_so_and_what_changed() {
        let changed = json!({"edition": 2, "changed": [{"what": "转化率", "before": "60.1%", "after": "64.0%"}]});
        for (locale, word) in [(Locale::Zh, "第2版"), (Locale::En, "edition 2")] {
            let texts = shipped(Kind::Card, locale, &with(card(), changed.clone()));
            assert!(texts.subject.contains(word), "{}", texts.subject);
            for body in [&texts.text, &texts.html] {
                assert!(body.contains("60.1%"), "{body}");
            }
            let pack = shipped(Kind::Pack, locale, &with(pack(), json!({"edition": "2"})));
            assert!(pack.subject.contains(word), "{}", pack.subject);
            assert!(!shipped(Kind::Pack, locale, &pack_of("1")).subject.contains(word));
        }
    }

    fn pack_of(edition: &str) -> serde_json::Value {
        with(pack(), json!({"edition": edition}))
    }

    #[test]
    fn one_without_a_score_is_told_why() {
        let data = with(
            card(),
            json!({"not_scored_reason": "本期无接待", "total": null, "grade": null, "rank": null,
            "of": null, "previous": null, "delta": null, "lines": [], "advice": [], "reply_to_name": null}),
        );
        for locale in [Locale::Zh, Locale::En] {
            let texts = shipped(Kind::Card, locale, &data);
            for body in [&texts.text, &texts.html] {
                assert!(body.contains("本期无接待") && !body.contains("none") && !body.contains("None"), "{body}");
            }
        }
    }

    #[test]
    fn a_card_without_total_names_its_levels() {
        let line = json!({"label": "解决率", "value": "91.0%", "target": null, "level": "良好", "points": null, "full": null, "weight": null});
        let data = with(
            card(),
            json!({"judged": true, "not_scored_reason": "本方案逐项评定", "total": null, "grade": null, "rank": null,
            "of": null, "previous": null, "delta": null, "lines": [line]}),
        );
        for locale in [Locale::Zh, Locale::En] {
            let texts = shipped(Kind::Card, locale, &data);
            for body in [&texts.text, &texts.html] {
                assert!(body.contains("解决率") && body.contains("91.0%") && body.contains("良好"), "{body}");
                assert!(!body.contains("none") && !body.contains("没有评分") && !body.contains("not scored"), "{body}");
            }
        }
    }

    #[test]
    fn a_total_without_grade_and_full_marks_is_told_plainly() {
        let line = json!({"label": "考勤", "value": "2", "target": null, "level": null, "points": "-3", "full": null, "weight": null});
        let data = with(card(), json!({"grade": "", "previous": null, "delta": null, "lines": [line]}));
        let texts = [Locale::Zh, Locale::En].map(|locale| shipped(Kind::Card, locale, &data));
        for body in texts.iter().flat_map(|texts| [&texts.text, &texts.html]) {
            assert!(body.contains("90.0") && body.contains("考勤") && body.contains("-3"), "{body}");
            assert!(!body.contains("none") && !body.contains("等级") && !body.contains("Grade"), "{body}");
        }
        assert!(texts[0].text.contains("  - 考勤：2，得 -3 分\n"), "{}", texts[0].text);
        assert!(texts[1].text.contains("  - 考勤: 2, -3 points\n"), "{}", texts[1].text);
    }

    #[test]
    fn html_is_escaped_and_fetches_nothing() {
        let hostile = "<script>alert(1)</script>\"'&{{ company }}";
        let data =
            with(card(), json!({"agent": {"id": hostile, "name": hostile}, "reply_to_name": hostile, "team": hostile}));
        for locale in [Locale::Zh, Locale::En] {
            for html in [shipped(Kind::Card, locale, &data).html, shipped(Kind::Pack, locale, &pack()).html] {
                assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("http"), "{html}");
                assert!(html.contains("max-width:600px"));
            }
            assert!(shipped(Kind::Card, locale, &data).html.contains("&lt;script&gt;"));
        }
    }

    #[test]
    fn a_missing_value_is_an_error_with_its_place() {
        let mut data = card();
        data.as_object_mut().expect("an object").remove("team");
        let error = compose(Kind::Card, Locale::Zh, &data, None).expect_err("no team");
        let found = error.downcast::<Diagnostics>().expect("diagnostics");
        let found = found.sorted();
        let place = found[0].place.clone().expect("a place");
        assert!(place.file.path.ends_with("letters/card.zh-CN.txt.j2"), "{:?}", place.file.path);
        assert!(place.file.text[place.span.clone()].contains("team"), "{:?}", place.span);
        assert!(!found[0].message.contains("90.0"), "{}", found[0].message);
    }

    #[test]
    fn a_folder_replaces_single_templates() {
        let folder = tempfile::tempdir().expect("a folder");
        let letters = folder.path().join("letters");
        fs::create_dir(&letters).expect("letters");
        fs::write(letters.join("card.en.subject.txt.j2"), "Hi {{ agent.name }}\r\nBcc: x@y.example\n")
            .expect("a template");
        let texts = compose(Kind::Card, Locale::En, &card(), Some(folder.path())).expect("texts");
        assert_eq!(texts.subject, "Hi 㛃堃犇 Bcc: x@y.example");
        assert_eq!(texts.html, shipped(Kind::Card, Locale::En, &card()).html);
        fs::write(letters.join("card.en.html.j2"), "{{ nobody }}").expect("a template");
        assert!(compose(Kind::Card, Locale::En, &card(), Some(folder.path())).is_err());
    }
}
