//! What a letter says of the document that it carries: the same figures, printed as the PDF prints them.

use serde_json::{Value, json};

use super::issue::Change;
use crate::words::Locale;

/// Lines that a letter shows; the others are in the PDF.
const MOST_LINES: usize = 6;
/// Steps towards a better score that a letter shows.
const MOST_ADVICE: usize = 2;
/// Agents that a manager's letter names.
const MOST_NAMED: usize = 3;

/// The colour of plain words.
const INK: &str = "#1c2733";

/// Which issue of a document a letter carries, and who answers questions about it.
#[derive(Clone, Copy, Debug)]
pub struct Covering<'a> {
    /// The edition, counted from one.
    pub edition: u32,
    /// What changed since the edition before.
    pub changed: &'a [Change],
    /// Who reads an answer to the letter; `None` when the team has no manager.
    pub answered_by: Option<&'a str>,
    /// How the document can be questioned and until when; see [`appeal_of`](super::appeal_of).
    pub appeal: &'a str,
    /// Where the reader questions it and says that it was read.
    pub link: Option<&'a str>,
    /// The rule by which the attachment opens, where it is locked.
    pub lock: Option<&'a str>,
}

/// The data of the letter with an agent's card, from the card's [`card_body`](super::card_body).
pub fn card_letter(body: &Value, covering: Covering<'_>) -> Value {
    let standing = &body["standing"];
    let mut data = any_letter(body, covering);
    let own = json!({
        "agent": { "id": body["agent"]["id"], "name": body["agent"]["name"] },
        "total": standing["total"],
        "full": body["scheme"]["full_marks"],
        "grade": standing["grade"],
        "rank": counted(&standing["rank"]),
        "of": counted(&standing["of"]),
        "previous": standing["previous"],
        "delta": standing["change"]["text"],
        "not_scored_reason": standing["reason"],
        "judged": standing["judged"].as_bool().unwrap_or_default(),
        "advice": advice(body),
        "best": body["best"].as_bool().unwrap_or_default(),
        "appeal": covering.appeal,
        "link": covering.link,
        "reply_to_name": covering.answered_by,
    });
    extend(&mut data, own);
    let all = told_lines(body);
    let shown = weightiest(&all);
    extend(&mut data, json!({ "more": all.len() - shown.len(), "lines": shown }));
    data
}

/// The data of the letter with a team's pack, from the pack's [`pack_body`](super::pack_body), for the manager of that
/// staff number and name.
pub fn pack_letter(body: &Value, covering: Covering<'_>, (id, name): (&str, &str)) -> Value {
    let count = |key: &str| body[key].as_array().map_or(0, Vec::len);
    let tiles = &body["tiles"];
    let scored = tiles["scored"].as_u64().unwrap_or_default() as usize + count("judged");
    let top = body["ranking"].as_array().into_iter().flatten().take(MOST_NAMED).map(|row| {
        let text = |key: &str| row[key].clone();
        json!({ "rank": counted(&row["rank"]), "name": text("name"), "total": text("total"), "grade": text("grade") })
    });
    let mut data = any_letter(body, covering);
    let own = json!({
        "manager": { "id": id, "name": name },
        "scored": scored.to_string(),
        "population": counted(&tiles["of"]),
        "mean": tiles["mean"],
        "best": tiles["best"],
        "lowest": tiles["lowest"],
        "top": top.collect::<Vec<_>>(),
        "findings": count("findings").to_string(),
        "proposals": count("proposals").to_string(),
    });
    extend(&mut data, own);
    data
}

/// The data of the letter with a team's alert, from the alert's body: every number beyond a limit, with the limit.
pub fn alert_letter(body: &Value, covering: Covering<'_>, reader: Option<&str>) -> Value {
    let mut data = any_letter(body, covering);
    let own = json!({
        "title": body["title"],
        "name": body["subject"]["name"],
        "reader": reader,
        "count": counted(&body["count"]),
        "agents": counted(&body["agents"]),
        "watches": body["watches"],
    });
    extend(&mut data, own);
    data
}

/// What every letter is given: whose house, which team and period, which edition and what changed in it.
pub fn any_letter(body: &Value, covering: Covering<'_>) -> Value {
    let locale = body["locale"].as_str().and_then(Locale::parse).unwrap_or_default();
    let changed = covering
        .changed
        .iter()
        .map(|change| json!({ "what": change.what.get(locale), "before": change.before, "after": change.after }));
    json!({
        "company": body["house"]["company"],
        "colour": body["house"]["colour"],
        "colour_text": readable(body["house"]["colour"].as_str().unwrap_or_default()),
        "team": body["team"]["name"],
        "scheme": body["scheme"]["title"],
        "period": body["period"]["id"],
        "period_text": body["period"]["words"],
        "edition": covering.edition.to_string(),
        "changed": changed.collect::<Vec<_>>(),
        "lock": covering.lock,
    })
}

/// The house's colour for words on white; dark ink where the colour is too light to be read.
fn readable(colour: &str) -> &str {
    let part = |at: usize| colour.get(at..at + 2).and_then(|two| u32::from_str_radix(two, 16).ok()).unwrap_or(255);
    // Rec. 709 luma, in thousandths of the 8-bit scale.
    let luma = part(1) * 213 + part(3) * 715 + part(5) * 72;
    if luma <= 130_000 { colour } else { INK }
}

fn extend(data: &mut Value, more: Value) {
    if let (Value::Object(data), Value::Object(more)) = (data, more) {
        data.extend(more);
    }
}

/// A count as text; templates compare nothing and print everything.
fn counted(number: &Value) -> Option<String> {
    number.as_u64().map(|number| number.to_string())
}

/// The lines that have a value and either points or a level, each with its place in the PDF's table.
fn told_lines(body: &Value) -> Vec<(usize, Value)> {
    let told = |(at, line): (usize, &Value)| {
        let is_told = !line["value"].is_null() && ["points", "level"].iter().any(|key| !line[key].is_null());
        is_told.then(|| (at, line_data(line)))
    };
    body["lines"].as_array().into_iter().flatten().enumerate().filter_map(told).collect()
}

fn line_data(line: &Value) -> Value {
    json!({
        "label": line["label"],
        "value": line["value"],
        "target": line["target"],
        "level": line["level"]["label"],
        "points": line["points"],
        "full": line["full_marks"],
        "weight": line["weight"],
    })
}

/// Those of most weight, in the order of the scheme.
fn weightiest(all: &[(usize, Value)]) -> Vec<Value> {
    let weight = |line: &Value| -> f64 {
        let text = line["weight"].as_str().unwrap_or_default().replace(',', "");
        text.trim_end_matches('%').parse().unwrap_or(0.0)
    };
    let mut chosen: Vec<&(usize, Value)> = all.iter().collect();
    chosen.sort_by(|(_, one), (_, other)| weight(other).total_cmp(&weight(one)));
    chosen.truncate(MOST_LINES);
    chosen.sort_by_key(|(at, _)| *at);
    chosen.into_iter().map(|(_, line)| line.clone()).collect()
}

/// The first steps of somebody who was scored, each with the line that it raises where its text does not say so.
fn advice(body: &Value) -> Vec<Value> {
    let is_scored = body["standing"]["scored"].as_bool().unwrap_or_default();
    let all = body["advice"].as_array().filter(|_| is_scored).into_iter().flatten().take(MOST_ADVICE);
    all.map(|one| json!({ "label": one["label"], "text": one["text"], "gain": one["gain"] })).collect()
}
