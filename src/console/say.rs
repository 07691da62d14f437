//! States and times in people's words.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::ledger::{DeliveryState, ProposalState, RequestKind, Role, RunState, Scope, TeamNames, Trigger};
use crate::period::Cycle;
use crate::words::Bilingual;

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual::new(zh, en)
}

/// How a state looks: it names a class of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say.
    Quiet,
    /// Something is going on.
    Busy,
    /// It went well.
    Good,
    /// A person should look.
    Wait,
    /// It went wrong.
    Bad,
}

impl Tone {
    /// The class of the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Busy => "busy",
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
        }
    }
}

/// A role.
pub fn role(role: Role) -> Bilingual {
    match role {
        Role::Operator => both("管理员", "operator"),
        Role::Hr => both("人事", "HR"),
        Role::Manager => both("主管", "manager"),
        Role::Agent => both("客服", "agent"),
    }
}

/// The state of a run, with how it looks.
pub fn run_state(state: RunState) -> (Bilingual, Tone) {
    match state {
        RunState::Planned => (both("等待开始", "waiting to start"), Tone::Busy),
        RunState::Pulling => (both("正在取数", "pulling data"), Tone::Busy),
        RunState::Scoring => (both("正在评分", "scoring"), Tone::Busy),
        RunState::Rendering => (both("正在制作文档", "making documents"), Tone::Busy),
        RunState::Held => (both("已挂起", "held"), Tone::Wait),
        RunState::Ready => (both("待发布", "ready to send"), Tone::Wait),
        RunState::Releasing => (both("正在投递", "sending"), Tone::Busy),
        RunState::Sent => (both("已投递", "sent"), Tone::Good),
        RunState::PartlySent => (both("部分投递", "partly sent"), Tone::Wait),
        RunState::Failed => (both("失败", "failed"), Tone::Bad),
        RunState::Cancelled => (both("已取消", "cancelled"), Tone::Quiet),
        RunState::Done => (both("已完成（未投递）", "done, not sent"), Tone::Good),
    }
}

/// Whether the machine is at work on a run in this state.
pub fn is_moving(state: RunState) -> bool {
    run_state(state).1 == Tone::Busy
}

/// The state of a delivery, with how it looks.
pub fn delivery_state(state: DeliveryState) -> (Bilingual, Tone) {
    match state {
        DeliveryState::Pending | DeliveryState::Claimed => (both("待投递", "to be sent"), Tone::Quiet),
        DeliveryState::InDoubt => (both("投递中", "on its way"), Tone::Busy),
        DeliveryState::Sent => (both("已投递", "sent"), Tone::Good),
        DeliveryState::Deferred => (both("稍后重试", "tried again later"), Tone::Busy),
        DeliveryState::Failed => (both("投递失败", "failed"), Tone::Bad),
        DeliveryState::Unknown => (both("不确定是否送达", "unknown"), Tone::Wait),
        DeliveryState::ResolvedSent => (both("已确认送达", "confirmed"), Tone::Good),
        DeliveryState::ResolvedResend => (both("将重新投递", "to be sent again"), Tone::Quiet),
        DeliveryState::Bounced => (both("被退信", "came back"), Tone::Bad),
        DeliveryState::Withdrawn => (both("已撤回，不再投递", "withdrawn"), Tone::Quiet),
    }
}

/// The state of a proposal, with how it looks.
pub fn proposal_state(state: ProposalState) -> (Bilingual, Tone) {
    match state {
        ProposalState::Pending => (both("待决定", "to be decided"), Tone::Wait),
        ProposalState::Approved => (both("已批准", "approved"), Tone::Good),
        ProposalState::Refused => (both("已驳回", "refused"), Tone::Bad),
        ProposalState::Withdrawn => (both("已撤回", "withdrawn"), Tone::Quiet),
    }
}

/// What started a run.
pub fn trigger(trigger: Trigger) -> Bilingual {
    match trigger {
        Trigger::Schedule => both("定时", "schedule"),
        Trigger::AdHoc => both("临时", "ad hoc"),
        Trigger::Demo => both("演示", "demo"),
        Trigger::History => both("补历史", "history"),
    }
}

/// What a run covers.
pub fn scope(scope: &Scope) -> Bilingual {
    match (&scope.team, &scope.agent) {
        (_, Some(agents)) if agents.contains(',') => Bilingual::new(
            format!("客服 {}", agents.replace(',', "、")),
            format!("agents {}", agents.replace(',', ", ")),
        ),
        (_, Some(agent)) => Bilingual::new(format!("客服 {agent}"), format!("agent {agent}")),
        (Some(team), None) => Bilingual::new(format!("团队 {team}"), format!("team {team}")),
        (None, None) => both("全部", "everybody"),
    }
}

/// What a run covers, with the name of its team where `teams` has it.
pub fn scope_with_name(what: &Scope, teams: &TeamNames) -> Bilingual {
    match what.team.as_ref().and_then(|team| teams.get(team)) {
        Some(name) if what.agent.is_none() => Bilingual::same(name),
        _ => scope(what),
    }
}

/// How long the periods of a job are.
pub fn cycle(cycle: Cycle) -> Bilingual {
    match cycle {
        Cycle::Month => both("每月", "monthly"),
        Cycle::Quarter => both("每季", "quarterly"),
        Cycle::Week => both("每周", "weekly"),
        Cycle::Day => both("每日", "daily"),
        Cycle::MonthFrom(first) => Bilingual::new(
            format!("每月（{first} 日至次月 {} 日）", first - 1),
            format!("monthly, from day {first} to day {} of the next month", first - 1),
        ),
    }
}

/// What a request asks for.
pub fn request_kind(kind: RequestKind) -> Bilingual {
    match kind {
        RequestKind::Plan => both("运行计划", "plan of a run"),
        RequestKind::Run => both("运行", "run"),
        RequestKind::Release => both("发布", "release"),
        RequestKind::Cancel => both("取消", "cancellation"),
        RequestKind::Resend => both("重新投递", "sending again"),
    }
}

/// An instant on the clocks of `zone`, to the minute.
pub fn when(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// How long something took, such as `1:02:03`.
pub fn length(of: TimeDelta) -> String {
    let seconds = of.num_seconds().max(0);
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// How long ago something was, in its largest unit.
pub fn ago(age: TimeDelta) -> Bilingual {
    let age = age.max(TimeDelta::zero());
    match (age.num_days(), age.num_hours(), age.num_minutes()) {
        (0, 0, minutes) => Bilingual::new(format!("{minutes} 分钟前"), format!("{minutes} min ago")),
        (0, hours, _) => Bilingual::new(format!("{hours} 小时前"), format!("{hours} h ago")),
        (days, ..) => Bilingual::new(format!("{days} 天前"), format!("{days} d ago")),
    }
}
