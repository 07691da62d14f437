//! The texts of mails: templates with values, three kinds of letter in two languages.
//!
//! The shipped templates are in the binary; a file of the same name in `letters/` of the templates folder replaces one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use minijinja::{Environment, UndefinedBehavior, Value};

use super::clean;
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
}

impl Kind {
    /// The word in the templates' names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Pack => "pack",
            Self::Report => "report",
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

/// Writes the texts of a letter from `data`; `overrides` is the templates folder.
///
/// A value that a template names and `data` lacks is an error that names the template and its line.
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
    let source = source(name, overrides)?;
    environment()
        .render_named_str(name, &source, value(data))
        .with_context(|| format!("the mail template `letters/{name}` cannot be used"))
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

fn source(name: &str, overrides: Option<&Path>) -> anyhow::Result<String> {
    if let Some(folder) = overrides {
        let file = folder.join("letters").join(name);
        match fs::read_to_string(&file) {
            Ok(text) => return Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        }
    }
    let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    shipped.map(|(_, text)| (*text).to_owned()).with_context(|| format!("there is no mail template `{name}`"))
}

macro_rules! shipped {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../report-templates/letters/", $name)))),*]
    };
}

/// The templates in the binary.
const SHIPPED: [(&str, &str); 18] = shipped! {
    "card.zh-CN.subject.txt.j2" "card.zh-CN.txt.j2" "card.zh-CN.html.j2"
    "card.en.subject.txt.j2" "card.en.txt.j2" "card.en.html.j2"
    "pack.zh-CN.subject.txt.j2" "pack.zh-CN.txt.j2" "pack.zh-CN.html.j2"
    "pack.en.subject.txt.j2" "pack.en.txt.j2" "pack.en.html.j2"
    "report.zh-CN.subject.txt.j2" "report.zh-CN.txt.j2" "report.zh-CN.html.j2"
    "report.en.subject.txt.j2" "report.en.txt.j2" "report.en.html.j2"
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
            "company": "晨星商贸", "agent": {"id": "A07", "name": "㛃堃犇"}, "team": "售前一组",
            "period": "2026-10", "period_text": "2026年10月", "total": "90.0", "grade": "优秀", "rank": "1", "of": "8",
            "previous": "86.5", "delta": "+3.5",
            "lines": [
                {"label": "转化率", "value": "64.0%", "level": null, "points": "100", "full": "100", "weight": "40%"},
                {"label": "首次响应", "value": "21 秒", "level": null, "points": "90", "full": "100", "weight": "30%"},
                {"label": "好评率", "value": "98.2%", "level": null, "points": "80", "full": "100", "weight": "30%"},
                {"label": "第四项", "value": "1", "level": null, "points": "1", "full": "1", "weight": "0%"}
            ],
            "edition": 1, "changed": [], "not_scored_reason": null, "judged": false, "reply_to_name": "王玥"
        })
    }

    fn pack() -> serde_json::Value {
        json!({
            "company": "晨星商贸", "manager": {"name": "王玥"}, "team": "售前一组", "period": "2026-10",
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
                let facts =
                    ["㛃堃犇", "90.0", "优秀", "86.5", "+3.5", "转化率", "64.0%", "好评率", "王玥", "晨星商贸", "A07"];
                for fact in facts {
                    assert!(body.contains(fact), "{fact} is not in {body}");
                }
                assert!(!body.contains("第四项"), "{body}");
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
            "of": null, "previous": null, "delta": null, "lines": [], "reply_to_name": null}),
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
        let line =
            json!({"label": "解决率", "value": "91.0%", "level": "良好", "points": null, "full": null, "weight": null});
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
        let line = json!({"label": "考勤", "value": "2", "level": null, "points": "-3", "full": null, "weight": null});
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
        let error = format!("{:#}", compose(Kind::Card, Locale::Zh, &data, None).expect_err("no team"));
        assert!(error.contains("card.zh-CN.txt.j2") && error.contains("line") || error.contains(".j2:"), "{error}");
        assert!(!error.contains("90.0"), "{error}");
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
