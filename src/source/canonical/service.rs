//! After the sale: tickets and complaints.

use super::column::{day, decimal, flag, int, text, time};
use super::{CHANGED_AT, Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[Table(&TICKETS), Table(&COMPLAINTS)];

/// One case after the sale; `reply_seconds` to the first reply and `solve_seconds` to the end follow from its times.
/// `contacts` counts the agent's replies and `reopens` how often it was opened again: a case that was solved with one
/// reply at most and never opened again was solved `in_first_contact`.
const TICKETS: Description = Description {
    name: "tickets",
    grain: Grain::DayOf("opened_at"),
    key: &["ticket_id"],
    one_of: &[&["date", "opened_at"]],
    columns: &[
        text("ticket_id").must(),
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date"),
        text("channel"),
        time("opened_at"),
        time("first_reply_at"),
        time("closed_at"),
        flag("resolved"),
        int("contacts"),
        int("reopens"),
        text("repeat_of"),
        flag("escalated"),
        flag("in_first_contact"),
        text("complaint_id"),
        flag("calm_ok"),
        flag("on_time_visit"),
        int("reply_seconds"),
        int("solve_seconds"),
        time(CHANGED_AT),
    ],
};

/// One complaint; `severity` normal or major; `solve_seconds` follows from its times.
const COMPLAINTS: Description = Description {
    name: "complaints",
    grain: Grain::DayOf("at"),
    key: &["complaint_id"],
    one_of: &[&["date", "at"]],
    columns: &[
        text("complaint_id").must(),
        text("agent_id"),
        day("date"),
        time("at"),
        text("severity"),
        text("handler"),
        text("channel"),
        flag("verified"),
        flag("subjective_cause"),
        text("cause"),
        time("resolved_at"),
        flag("customer_left"),
        decimal("amount_lost"),
        int("solve_seconds"),
    ],
};
