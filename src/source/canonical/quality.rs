//! Quality: checks, occurrences, ratings, surveys, exams.

use super::column::{day, decimal, flag, int, text, time};
use super::{Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[
    Table(&QA_CHECKS),
    Table(&PROCESS_SUBMISSIONS),
    Table(&EVENTS),
    Table(&RATINGS),
    Table(&SURVEYS),
    Table(&EXAMS),
    Table(&TRAININGS),
    Table(&TASKS),
    Table(&CHECKLIST_RESULTS),
];

/// One item of a sampled conversation; `verdict` pass, fail or na.
const QA_CHECKS: Description = Description {
    name: "qa_checks",
    grain: Grain::DayOf("sampled_at"),
    key: &["check_id", "item_id"],
    one_of: &[&["date", "sampled_at"]],
    columns: &[
        text("check_id").must(),
        text("agent_id").must(),
        day("date"),
        text("session_id"),
        text("sample_frame"),
        text("item_id"),
        text("verdict"),
        decimal("points"),
        flag("critical"),
        text("checker_id"),
        text("evidence"),
        time("sampled_at"),
    ],
};

/// A piece of routine paper work: daily report, remark, hand-over.
const PROCESS_SUBMISSIONS: Description = Description {
    name: "process_submissions",
    grain: Grain::DayOf("submitted_at"),
    key: &[],
    one_of: &[&["date", "submitted_at"]],
    columns: &[
        text("agent_id").must(),
        text("process_id").must(),
        day("date"),
        time("submitted_at"),
        flag("on_time"),
        int("errors"),
        flag("critical"),
    ],
};

/// An occurrence that somebody wrote down.
const EVENTS: Description = Description {
    name: "events",
    grain: Grain::DayOf("at"),
    key: &["event_id"],
    one_of: &[&["date", "at"]],
    columns: &[
        text("event_id").must(),
        text("agent_id").must(),
        text("other_agent_id"),
        text("type").must(),
        day("date"),
        time("at"),
        int("count"),
        decimal("magnitude"),
        decimal("points_override"),
        flag("verified"),
        text("verifier"),
        text("cause"),
        flag("approved_exception"),
        text("note"),
    ],
};

/// What a rater gave a subject for an item; `agent_id` is the subject, a staff number or a department's id.
const RATINGS: Description = Description {
    name: "ratings",
    grain: Grain::DayOf("submitted_at"),
    key: &[],
    one_of: &[&["date", "submitted_at"]],
    columns: &[
        text("rater_id"),
        text("rater_role").must(),
        text("agent_id").must(),
        text("item_id").must(),
        decimal("score"),
        text("level"),
        text("comment"),
        day("date"),
        time("submitted_at"),
    ],
};

/// A customer's answer; `scale` is what its score is out of, such as 5, 10 or 100; `type` csat, nps or callback.
const SURVEYS: Description = Description {
    name: "surveys",
    grain: Grain::DayOf("at"),
    key: &[],
    one_of: &[&["date", "at"]],
    columns: &[
        text("survey_id"),
        text("agent_id"),
        text("platform"),
        text("account"),
        text("channel"),
        decimal("score"),
        int("scale"),
        text("type"),
        day("date"),
        time("at"),
    ],
};

/// One sitting of an exam; `attempt` first or make-up.
const EXAMS: Description = Description {
    name: "exams",
    grain: Grain::Day,
    key: &[],
    one_of: &[],
    columns: &[
        text("agent_id").must(),
        day("date").must(),
        decimal("score"),
        flag("passed"),
        text("attempt"),
        text("kind"),
    ],
};

/// One session of a training.
const TRAININGS: Description = Description {
    name: "trainings",
    grain: Grain::Day,
    key: &[],
    one_of: &[],
    columns: &[
        text("agent_id").must(),
        day("date").must(),
        text("course"),
        decimal("hours"),
        flag("attended"),
        decimal("quality"),
        flag("certificate"),
    ],
};

/// A task that was given to an agent; `kind` temp or regular.
const TASKS: Description = Description {
    name: "tasks",
    grain: Grain::DayOf("assigned_at"),
    key: &[],
    one_of: &[&["date", "assigned_at"]],
    columns: &[
        text("task_id"),
        text("agent_id").must(),
        day("date"),
        time("assigned_at"),
        time("due"),
        time("done_at"),
        int("errors"),
        text("kind"),
    ],
};

/// One item of a checklist, looked at for an agent, or for a site that no agent answers for.
const CHECKLIST_RESULTS: Description = Description {
    name: "checklist_results",
    grain: Grain::Day,
    key: &[],
    one_of: &[&["agent_id", "shop_id"]],
    columns: &[
        text("agent_id"),
        text("shop_id"),
        text("item_id").must(),
        flag("applies"),
        flag("passed"),
        day("date").must(),
        text("note"),
    ],
};
