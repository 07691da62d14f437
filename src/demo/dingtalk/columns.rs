//! `POST /topapi/attendance/getattcolumns`: the columns of the smart report; their ids differ from tenant to tenant.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::shop::Shop;
use crate::demo::workday::Workday;

/// A column of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    ShouldAttend,
    Attended,
    RestDays,
    WorkTime,
    LateTimes,
    LateMinutes,
    EarlyTimes,
    EarlyMinutes,
    Absent,
    MissedOn,
    MissedOff,
    /// The name of the shift group, which needs no daily computing.
    Class,
}

impl Column {
    /// Every column that has an id, in the order of their ids.
    pub const ALL: [Self; 12] = [
        Self::ShouldAttend,
        Self::Attended,
        Self::RestDays,
        Self::WorkTime,
        Self::LateTimes,
        Self::LateMinutes,
        Self::EarlyTimes,
        Self::EarlyMinutes,
        Self::Absent,
        Self::MissedOn,
        Self::MissedOff,
        Self::Class,
    ];

    /// The column of an id of this tenant.
    pub fn from_id(id: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.id() == id)
    }

    /// The id in this tenant.
    pub fn id(self) -> u64 {
        81_001 + self as u64 * 7
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ShouldAttend => ("should_attendance_days", "应出勤天数"),
            Self::Attended => ("attendance_days", "出勤天数"),
            Self::RestDays => ("attendance_rest_days", "休息天数"),
            Self::WorkTime => ("attendance_work_time", "工作时长"),
            Self::LateTimes => ("late_times", "迟到次数"),
            Self::LateMinutes => ("late_minute", "迟到时长"),
            Self::EarlyTimes => ("leave_early_times", "早退次数"),
            Self::EarlyMinutes => ("leave_early_minute", "早退时长"),
            Self::Absent => ("absenteeism_days", "旷工天数"),
            Self::MissedOn => ("on_work_lack_card_times", "上班缺卡次数"),
            Self::MissedOff => ("off_work_lack_card_times", "下班缺卡次数"),
            Self::Class => ("attendance_class", "考勤组"),
        }
    }

    /// What the column says of a day.
    pub fn of(self, workday: &Workday) -> i64 {
        let missed = workday.missed() as i64;
        match self {
            Self::ShouldAttend => i64::from(workday.shift().is_some()),
            Self::Attended => i64::from(workday.is_present()),
            Self::RestDays => i64::from(workday.shift().is_none()),
            Self::WorkTime => workday.worked_minutes(),
            Self::LateTimes => i64::from(workday.late_minutes() > 0),
            Self::LateMinutes => workday.late_minutes(),
            Self::EarlyTimes => i64::from(workday.early_minutes() > 0),
            Self::EarlyMinutes => workday.early_minutes(),
            Self::Absent => i64::from(workday.is_absent()),
            // In this shop people forget to punch when they go, never when they come.
            Self::MissedOff => missed,
            Self::MissedOn | Self::Class => 0,
        }
    }
}

/// Answers one call.
pub(super) fn answer(_: &Shop, _: &[u8], _: NaiveDateTime) -> Result<Value, Refusal> {
    let mut columns: Vec<Value> = Column::ALL.iter().map(|column| described(*column)).collect();
    // The columns of leave have no id; their values are asked for by name.
    columns.push(json!({"name": "年假", "alias": "leave_", "type": 1, "sub_type": 1, "status": 0}));
    Ok(json!({"errcode": 0, "errmsg": "ok", "result": {"columns": columns}, "success": true}))
}

fn described(column: Column) -> Value {
    let (alias, name) = column.words();
    json!({"id": column.id(), "name": name, "alias": alias, "type": 0, "sub_type": 0, "status": 0, "expression_id": column.id() + 500})
}
