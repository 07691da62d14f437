//! `user_stats_datas/query`: numbers by person and day or month as text under codes; more than a thousand rows are cut off in silence.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{View, number};
use crate::demo::people::Agent;
use crate::demo::workday::Workday;

/// What the platform gives at most, and it does not say when there was more.
const MOST: usize = 1000;

/// Answers one call.
pub(super) fn answer(view: &View, body: &Value) -> Result<Value, Refusal> {
    let (agents, unknown) = view.users(body, 200)?;
    let days = view.days(body, ["start_date", "end_date"], 31)?;
    // The one who asks must be named.
    body["user_id"].as_str().filter(|user| !user.is_empty()).ok_or(Refusal::Parameter("user_id"))?;
    body["locale"].as_str().filter(|word| ["zh", "en", "ja"].contains(word)).ok_or(Refusal::Parameter("locale"))?;
    let known: Vec<NaiveDate> = days.into_iter().filter(|day| *day < view.now.date()).collect();
    let mut rows = match body["stats_type"].as_str() {
        Some("daily") => daily(view, &agents, &known),
        Some("month") => agents.iter().map(|agent| row(view, agent, &known)).collect(),
        _ => return Err(Refusal::Parameter("stats_type")),
    };
    rows.truncate(MOST);
    Ok(json!({"user_datas": rows, "invalid_user_list": unknown}))
}

fn daily(view: &View, agents: &[&Agent], days: &[NaiveDate]) -> Vec<Value> {
    let each = agents.iter().flat_map(|agent| days.iter().map(move |day| (*agent, *day)));
    let employed = each.filter(|(agent, day)| view.shop.workday(agent, *day).is_some());
    employed.map(|(agent, day)| row(view, agent, &[day])).collect()
}

fn row(view: &View, agent: &Agent, days: &[NaiveDate]) -> Value {
    let workdays: Vec<Workday> = days.iter().filter_map(|day| view.shop.workday(agent, *day)).collect();
    let sum = |of: &dyn Fn(&Workday) -> i64| workdays.iter().map(of).sum::<i64>().to_string();
    let count = |of: &dyn Fn(&Workday) -> bool| workdays.iter().filter(|workday| of(workday)).count().to_string();
    // A free day has no number of punches: it has a dash.
    let dash =
        |text: String| if workdays.iter().all(|workday| workday.shift().is_none()) { "-".to_owned() } else { text };
    let span = days.first().zip(days.last()).map(|(first, last)| format!("{}-{}", number(*first), number(*last)));
    let datas = [
        ("50102", "姓名", agent.name.clone()),
        ("50103", "工号", agent.id.clone()),
        ("52101", "应出勤天数", count(&|workday| workday.shift().is_some())),
        ("52102", "实际出勤天数", count(&Workday::is_present)),
        ("52104", "应出勤时长", sum(&Workday::planned_minutes)),
        ("52105", "实际出勤时长", sum(&Workday::worked_minutes)),
        ("52201", "迟到次数", dash(count(&|workday| workday.late_minutes() > 0))),
        ("52203", "早退次数", dash(count(&|workday| workday.early_minutes() > 0))),
        ("52207", "缺卡次数", dash(sum(&|workday| workday.missed() as i64))),
        ("51501", "打卡结果", prose(&workdays)),
    ];
    let features = json!([{"key": "Span", "value": span}]);
    let data = |(code, title, value): (&str, &str, String)| json!({"code": code, "title": title, "value": value, "features": features});
    json!({"name": agent.name, "user_id": view.named_by.name(agent), "datas": datas.map(data)})
}

/// A value for people to read.
fn prose(workdays: &[Workday]) -> String {
    let side = |at: Option<chrono::NaiveDateTime>| {
        at.map_or("缺卡(-)".to_owned(), |at| format!("正常({})", at.format("%H:%M")))
    };
    let of = |workday: &Workday| match (workday.shift(), workday.punched()) {
        (None, _) => "无需打卡(-), 无需打卡(-)".to_owned(),
        (Some(_), (come, gone)) => format!("{}, {}", side(come), side(gone)),
    };
    workdays.iter().map(of).collect::<Vec<_>>().join("; ")
}
