//! Attendance: punches, days, months, shifts, leave, looks at the desk.

use super::column::{day, decimal, flag, int, text, time};
use super::{Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[
    Table::PUNCHES,
    Table(&SHIFTS),
    Table(&ATTENDANCE_DAYS),
    Table(&ATTENDANCE_ITEMS),
    Table(&ATTENDANCE_MONTHS),
    Table(&LEAVES),
    Table(&DESK_CHECKS),
];

/// One punch for a planned time and what became of it; several for one plan count as the first of coming and the last of
/// going. `punch_id` tells the punches of one person and `kind` apart: an id, or where there is none the time.
pub(super) const PUNCHES: Description = Description {
    name: "punches",
    grain: Grain::DayOf("work_date"),
    key: &["platform", "account", "agent_id", "kind", "punch_id"],
    one_of: &[&["account", "agent_id"]],
    columns: &[
        text("punch_id").must(),
        text("platform"),
        text("account"),
        text("agent_id"),
        day("date"),
        day("work_date").must(),
        text("kind").must(),
        time("planned_at").must(),
        time("actual_at"),
        text("result").must(),
        flag("approved").must(),
    ],
};

/// A planned shift; `shift_kind` day or night.
const SHIFTS: Description = Description {
    name: "shifts",
    grain: Grain::Day,
    key: &[],
    one_of: &[],
    columns: &[
        text("agent_id").must(),
        day("date").must(),
        time("planned_start"),
        time("planned_end"),
        text("shift_kind"),
        int("meal_minutes"),
    ],
};

/// An agent's day at work; derived from `attendance_items` and `punches` where no source gives it. What is planned for it is found in `shifts`,
/// and what its times come to is counted, where it does not say so itself.
const ATTENDANCE_DAYS: Description = Description {
    name: "attendance_days",
    grain: Grain::Day,
    key: &["agent_id", "platform", "account", "date"],
    one_of: &[&["agent_id", "account"]],
    columns: &[
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date").must(),
        flag("planned"),
        flag("present"),
        flag("late"),
        flag("early"),
        flag("absent"),
        int("missed"),
        time("clock_in"),
        time("clock_out"),
        int("late_minutes"),
        int("early_minutes"),
        text("leave_kind"),
        decimal("leave_hours"),
        time("leave_requested_at"),
        flag("leave_approved"),
        int("leave_notice_days"),
        time("planned_start"),
        int("minutes_before_shift"),
        int("meal_minutes"),
        int("clock_span_minutes"),
        int("overtime_minutes"),
        int("work_minutes"),
        int("available_minutes"),
        flag("meeting_attended"),
    ],
};

/// One number of an agent's day; `item` is the column of `attendance_days` that it is for, and several for one are summed.
const ATTENDANCE_ITEMS: Description = Description {
    name: "attendance_items",
    grain: Grain::Day,
    key: &["platform", "account", "agent_id", "date", "item", "part"],
    one_of: &[&["agent_id", "account"]],
    columns: &[
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date").must(),
        text("item").must(),
        text("part"),
        decimal("value").must(),
    ],
};

/// What a platform itself says an agent's month came to, to compare the days with.
const ATTENDANCE_MONTHS: Description = Description {
    name: "attendance_months",
    grain: Grain::Month,
    key: &["platform", "account", "agent_id", "month"],
    one_of: &[&["agent_id", "account"]],
    columns: &[
        text("agent_id"),
        text("platform"),
        text("account"),
        text("month").must(),
        int("planned_days"),
        int("regular_days"),
        int("rest_days"),
        int("late_count"),
        int("late_minutes"),
        int("early_count"),
        int("early_minutes"),
        int("missed"),
        int("absent_count"),
        decimal("leave_hours"),
        int("work_minutes"),
        int("planned_minutes"),
        int("overtime_minutes"),
    ],
};

/// One leave from its first to its last minute; its length is in days or in hours, as it was asked for.
const LEAVES: Description = Description {
    name: "leaves",
    grain: Grain::DayOf("started_at"),
    key: &["platform", "account", "agent_id", "started_at"],
    one_of: &[&["agent_id", "account"]],
    columns: &[
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date"),
        text("kind"),
        time("started_at").must(),
        time("ended_at"),
        decimal("leave_days"),
        decimal("leave_hours"),
        flag("approved"),
    ],
};

/// What somebody saw at a desk: an unapproved leave, a long absence, other things than work.
const DESK_CHECKS: Description = Description {
    name: "desk_checks",
    grain: Grain::DayOf("at"),
    key: &[],
    one_of: &[&["date", "at"]],
    columns: &[text("agent_id").must(), day("date"), time("at"), text("kind").must(), text("evidence")],
};
