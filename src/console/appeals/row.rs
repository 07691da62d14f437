//! One appeal in words.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::super::say;
use super::super::say::Tone;
use crate::ledger::{Appeal, AppealState, Correction, Sets};
use crate::words::Bilingual;

/// One appeal.
pub struct AppealRow {
    /// The ledger's number for it.
    pub id: i64,
    /// Where it is shown to those who answer.
    pub path: String,
    /// The line.
    pub label: String,
    /// What the agent says.
    pub reason: String,
    /// When it was opened.
    pub opened: String,
    /// How far it is.
    pub state: Bilingual,
    /// How that looks.
    pub tone: &'static str,
    /// Whether it waits for an answer.
    pub is_open: bool,
    /// Who answered and when.
    pub answered: Option<String>,
    /// What they said.
    pub answer: Option<String>,
    /// What was set.
    pub set: Option<Bilingual>,
}

impl AppealRow {
    /// In the time zone of its job.
    pub fn of(one: &Appeal, zone: Tz) -> Self {
        let (state, tone) = state(one.state);
        let end = one.answered.as_ref();
        Self {
            id: one.id,
            path: super::path(one.id),
            label: one.label.clone(),
            reason: one.reason.clone(),
            opened: say::when(one.opened_at, zone),
            state,
            tone: tone.class(),
            is_open: one.state == AppealState::Open,
            answered: end.map(|end| format!("{} · {}", end.by, say::when(end.at, zone))),
            answer: end.map(|end| end.reason.clone()).filter(|reason| !reason.is_empty()),
            set: end.and_then(|end| end.correction.as_ref()).map(set),
        }
    }
}

/// The last day on which a card can be questioned, as the card names it.
pub fn last_day(end: DateTime<Utc>, zone: Tz) -> String {
    (end - TimeDelta::seconds(1)).with_timezone(&zone).format("%Y-%m-%d").to_string()
}

/// An appeal's state in words.
pub fn state(state: AppealState) -> (Bilingual, Tone) {
    match state {
        AppealState::Open => (Bilingual::new("待答复", "waits for an answer"), Tone::Wait),
        AppealState::Accepted => (Bilingual::new("已采纳", "accepted"), Tone::Good),
        AppealState::Refused => (Bilingual::new("未采纳", "refused"), Tone::Quiet),
        AppealState::Withdrawn => (Bilingual::new("已撤回", "withdrawn"), Tone::Quiet),
    }
}

/// What was set, in words.
fn set(correction: &Correction) -> Bilingual {
    let amount = correction.amount.trimmed(6);
    match correction.sets {
        Sets::Points => Bilingual::new(format!("得分改定为 {amount}"), format!("points set to {amount}")),
        Sets::Value => Bilingual::new(format!("指标值改定为 {amount}"), format!("value set to {amount}")),
        Sets::Numerator => Bilingual::new(format!("计数改定为 {amount}"), format!("count set to {amount}")),
    }
}
