//! What a reader would call different between two editions of one document.

use serde_json::Value;

use super::body::digest;
use super::issue::Change;
use super::report::differences;
use crate::words::Bilingual;

/// What stands in the place of a value that an edition does not have.
const NOTHING: &str = "—";

/// The differences of two bodies, in the order of the page: of cards total, grade, rank, each line's value and points, and
/// money; of reports the places and totals of people.
///
/// Bodies that differ in anything else alone give one change without values; equal bodies give none.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found: Vec<Change> = standing_changes(before, after)
        .into_iter()
        .chain(line_changes(before, after))
        .chain(money_changes(before, after))
        .chain(differences(before, after))
        .collect();
    if found.is_empty() && digest(before) != digest(after) {
        let what = Bilingual::new(
            "其他内容（趋势、参照或说明）有更新",
            "other content (trend, references or notes) was updated",
        );
        found.push(sentence(what));
    } else if let Some(why) = cause(before, after) {
        found.insert(0, sentence(why));
    }
    found
}

/// A change that is told in words alone.
fn sentence(what: Bilingual) -> Change {
    Change { what, before: String::new(), after: String::new() }
}

/// Why a card says something else: another scheme, corrected data, or what the others reached.
fn cause(before: &Value, after: &Value) -> Option<Bilingual> {
    if after["kind"] != "card" {
        return None;
    }
    let version = |body: &Value| shown(&body["scheme"]["version"]);
    if (&before["scheme"]["title"], version(before)) != (&after["scheme"]["title"], version(after)) {
        let (old, new) = (version(before), version(after));
        return Some(Bilingual::new(
            format!("原因：考核方案由版本 {old} 改为版本 {new}"),
            format!("Why: the scheme went from version {old} to version {new}"),
        ));
    }
    let corrected = moved(before, after, |line| (line["value"].clone(), line["parts"].clone()));
    if !corrected.is_empty() {
        return Some(Bilingual::new(
            format!("原因：数据有更正（{}）", corrected.join("、")),
            format!("Why: data was corrected ({})", corrected.join(", ")),
        ));
    }
    let beside = moved(before, after, |line| (line["reference"]["value"].clone(), line["reference"]["parts"].clone()));
    if !beside.is_empty() {
        return Some(Bilingual::new(
            format!("原因：用来对比的参照值有更正（{}）", beside.join("、")),
            format!("Why: what values are compared with was corrected ({})", beside.join(", ")),
        ));
    }
    if before["scheme"]["hash"] != after["scheme"]["hash"] {
        return Some(Bilingual::new("原因：考核方案的规则有修改", "Why: the rules of the scheme were changed"));
    }
    let alone = before["standing"]["total"] == after["standing"]["total"]
        && place(&before["standing"]) != place(&after["standing"]);
    alone.then(|| Bilingual::new("原因：其他人的成绩有更正", "Why: results of others were corrected"))
}

/// The labels of lines of which something moved.
fn moved<T: PartialEq>(before: &Value, after: &Value, of: impl Fn(&Value) -> T) -> Vec<String> {
    let differs = |new: &&Value| lines(before).find(|old| old["id"] == new["id"]).is_none_or(|old| of(old) != of(new));
    lines(after).filter(differs).map(|line| shown(&line["label"])).collect()
}

fn standing_changes(before: &Value, after: &Value) -> Vec<Change> {
    let (old, new) = (&before["standing"], &after["standing"]);
    [
        change(Bilingual::new("总分", "Total"), shown(&old["total"]), shown(&new["total"])),
        change(Bilingual::new("等级", "Grade"), shown(&old["grade"]), shown(&new["grade"])),
        change(Bilingual::new("名次", "Rank"), place(old), place(new)),
        change(Bilingual::new("未评分原因", "Reason for no score"), shown(&old["reason"]), shown(&new["reason"])),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn line_changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    for new in lines(after) {
        let old = lines(before).find(|old| old["id"] == new["id"]).unwrap_or(&Value::Null);
        found.extend(line_change(new, old, new));
    }
    for old in lines(before).filter(|old| !lines(after).any(|new| new["id"] == old["id"])) {
        found.extend(line_change(old, old, &Value::Null));
    }
    found
}

fn line_change(named: &Value, old: &Value, new: &Value) -> impl Iterator<Item = Change> {
    let label = shown(&named["label"]);
    let value = Bilingual::new(format!("{label}·本期值"), format!("{label}: value"));
    let points = Bilingual::new(format!("{label}·得分"), format!("{label}: points"));
    let value = change(value, shown(&old["value"]), shown(&new["value"]));
    let points = change(points, shown(&old["points"]), shown(&new["points"]));
    let level = Bilingual::new(format!("{label}·等次"), format!("{label}: level"));
    let level = change(level, shown(&old["level"]["label"]), shown(&new["level"]["label"]));
    value.into_iter().chain(points).chain(level)
}

/// What became of each amount of money, and of their sum.
fn money_changes(before: &Value, after: &Value) -> Vec<Change> {
    let (old, new) = (amounts(before), amounts(after));
    let labels = new.iter().chain(old.iter().filter(|(label, _)| !new.iter().any(|(other, _)| other == label)));
    let of = |amounts: &[(String, String)], label: &str| {
        amounts.iter().find(|(other, _)| other == label).map_or(NOTHING.to_owned(), |(_, amount)| amount.clone())
    };
    labels.filter_map(|(label, _)| change(Bilingual::same(label), of(&old, label), of(&new, label))).collect()
}

fn amounts(body: &Value) -> Vec<(String, String)> {
    let lines = body["money"]["lines"].as_array().into_iter().flatten();
    lines.map(|line| (shown(&line["label"]), shown(&line["amount"]))).collect()
}

fn lines(body: &Value) -> impl Iterator<Item = &Value> {
    body["lines"].as_array().into_iter().flatten()
}

fn place(standing: &Value) -> String {
    match (&standing["rank"], &standing["of"]) {
        (Value::Number(rank), Value::Number(of)) => format!("{rank} / {of}"),
        _ => NOTHING.to_owned(),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().unwrap_or(NOTHING).to_owned()
}

fn change(what: Bilingual, before: String, after: String) -> Option<Change> {
    (before != after).then_some(Change { what, before, after })
}
