//! `getcheckindata`: punches with Chinese words for what they are; a punch that nobody made is listed too.

use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::clockings::{Clocking, Way, Worth};
use crate::demo::people::Agent;
use crate::demo::rota::{Duty, PunchResult};
use crate::demo::shop::Shop;
use crate::demo::workday::Workday;

/// The body of a call.
#[derive(Deserialize)]
struct Asked {
    /// 1 for coming and going, 2 for punches outside, 3 for all.
    opencheckindatatype: u8,
    starttime: i64,
    endtime: i64,
    useridlist: Vec<String>,
}

/// Answers one call; there are no pages.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    let (from, to) = super::span(asked.starttime, asked.endtime)?;
    let agents = super::agents(shop, &asked.useridlist)?;
    if !(1..=3).contains(&asked.opencheckindatatype) {
        return Err(Refusal::Parameter("opencheckindatatype"));
    }
    let mut rows = Vec::new();
    for day in beijing::days_between(from.date(), to.date()) {
        let workdays = agents.iter().filter_map(|agent| Some((*agent, shop.workday(agent, day)?)));
        rows.extend(workdays.flat_map(|(agent, workday)| day_rows(shop, agent, &workday, asked.opencheckindatatype)));
    }
    let inside = |row: &Row| from <= row.at && row.at <= to && row.at < now;
    let shown: Vec<Value> = rows.iter().filter(|row| inside(row)).map(Row::json).collect();
    Ok(json!({ "checkindata": shown }))
}

/// One line of the list.
struct Row {
    userid: String,
    group: u32,
    kind: &'static str,
    exception: &'static str,
    at: NaiveDateTime,
    planned: Option<NaiveDateTime>,
    note: &'static str,
}

fn day_rows(shop: &Shop, agent: &Agent, workday: &Workday, wanted: u8) -> Vec<Row> {
    let all = shop.clockings(agent, workday);
    let made = all.iter().map(|one| punch(agent, one));
    let rows = made.chain(missing(agent, workday));
    rows.filter(|row| wanted == 3 || (wanted == 2) == (row.kind == OUTSIDE)).collect()
}

const OUTSIDE: &str = "外出打卡";

fn kind(way: Way) -> &'static str {
    if way == Way::In { "上班打卡" } else { "下班打卡" }
}

fn punch(agent: &Agent, one: &Clocking) -> Row {
    let out_of_time =
        matches!(one.result, Some(PunchResult::Late(_) | PunchResult::Early(_) | PunchResult::Absenteeism(_)));
    let exception = match (out_of_time, one.worth) {
        (false, Worth::Illegal) => "地点异常",
        (true, Worth::Illegal) => "时间异常;地点异常",
        (true, _) => "时间异常",
        (false, _) => "",
    };
    Row {
        userid: agent.wecom.clone(),
        group: agent.team,
        // Who punches on a free day is somewhere else than at work, as far as the rules go.
        kind: if one.planned.is_some() { kind(one.way) } else { OUTSIDE },
        exception,
        at: one.at,
        planned: one.planned,
        note: if one.worth == Worth::Approved { "补卡" } else { "" },
    }
}

/// A planned punch that nobody made and nothing excuses carries the planned time all the same.
fn missing(agent: &Agent, workday: &Workday) -> Vec<Row> {
    let shift = workday.shift().filter(|_| !matches!(workday.duty, Duty::Leave(_))).into_iter();
    let both = shift.flat_map(|shift| [(Way::In, &shift.on), (Way::Out, &shift.off)]);
    let unsigned = both.filter(|(_, punch)| punch.result == PunchResult::NotSigned);
    let row = |(way, punch): (Way, &crate::demo::rota::Punch)| Row {
        userid: agent.wecom.clone(),
        group: agent.team,
        kind: kind(way),
        exception: "未打卡",
        at: punch.planned,
        planned: Some(punch.planned),
        note: "",
    };
    unsigned.map(row).collect()
}

impl Row {
    fn json(&self) -> Value {
        let mut row = json!({
            "userid": self.userid,
            "groupname": format!("客服{}组", self.group),
            "checkin_type": self.kind,
            "exception_type": self.exception,
            "checkin_time": beijing::epoch(self.at),
            "location_title": "示例园区",
            "wifiname": "示例办公区",
            "notes": self.note,
            "mediaids": [],
            "groupid": self.group,
            "schedule_id": 0,
            "timeline_id": 1,
        });
        if let Some(planned) = self.planned {
            row["sch_checkin_time"] = json!(beijing::epoch(planned));
        }
        row
    }
}
