//! People: who works where, under which accounts, with which plans and exceptions.

use super::column::{day, decimal, flag, int, text, time};
use super::{Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[Table::AGENTS, Table::ACCOUNTS, Table::PLANS, Table(&APPROVALS)];

/// One row a person; several with `active_from` and `active_to` (both days count) are a history.
pub(super) const AGENTS: Description = Description {
    name: "agents",
    grain: Grain::Timeless,
    key: &["agent_id", "active_from"],
    one_of: &[],
    columns: &[
        text("agent_id").must(),
        text("name").must(),
        text("team_id").must(),
        text("team_name").must(),
        text("role").must(),
        text("email"),
        day("hired_on"),
        day("left_on"),
        text("gender"),
        text("employment_status"),
        text("dept_id"),
        text("shop_id"),
        text("title"),
        day("title_since"),
        flag("is_reception_staff"),
        day("active_from"),
        day("active_to"),
    ],
};

/// An account of a platform, or of the attendance clock, and its owner: a staff number, or the mail address under which the
/// table `agents` has one. Several rows with `active_from` and `active_to` (both days count) are an account that changed
/// hands.
pub(super) const ACCOUNTS: Description = Description {
    name: "accounts",
    grain: Grain::Timeless,
    key: &["platform", "account", "agent_id", "email", "active_from"],
    one_of: &[&["agent_id", "email"]],
    columns: &[
        text("platform").must(),
        text("account").must(),
        text("agent_id"),
        text("email"),
        day("active_from"),
        day("active_to"),
    ],
};

/// What was planned for an agent in a month.
pub(super) const PLANS: Description = Description {
    name: "plans",
    grain: Grain::Month,
    key: &["agent_id", "month"],
    one_of: &[],
    columns: &[
        text("agent_id").must(),
        text("month").must(),
        decimal("sales_target").must(),
        decimal("conversion_target"),
        int("response_seconds_target"),
    ],
};

/// An exception that a person approved: a special case, a leave, a campaign.
const APPROVALS: Description = Description {
    name: "approvals",
    grain: Grain::DayOf("at"),
    key: &[],
    one_of: &[&["date", "at"]],
    columns: &[text("agent_id"), day("date"), time("at"), text("kind").must(), text("approver"), text("reason")],
};
