//! Conversations: one by one, by session, by day; telephone calls.

use super::column::{day, flag, int, text, time};
use super::{Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[Table::CHATS, Table(&CHATS_DAILY), Table(&CHAT_SESSIONS), Table::CALLS];

/// What a chat platform gives: a conversation of a customer with an account on a day.
pub(super) const CHATS: Description = Description {
    name: "chats",
    grain: Grain::DayOf("started_at"),
    key: &["chat_id"],
    one_of: &[&["account", "agent_id"]],
    columns: &[
        text("chat_id").must(),
        text("account"),
        text("agent_id"),
        day("date"),
        text("customer_id").must(),
        time("started_at").must(),
        int("buyer_msgs").must(),
        int("agent_msgs").must(),
        flag("inquiry").must(),
        int("response_seconds").must(),
        int("response_count").must(),
    ],
};

/// An agent's day on a channel, in sums; derived from `chats` where no source gives it.
const CHATS_DAILY: Description = Description {
    name: "chats_daily",
    grain: Grain::Day,
    key: &["agent_id", "date", "channel"],
    one_of: &[],
    columns: &[
        text("agent_id").must(),
        day("date").must(),
        text("channel"),
        int("received_customers"),
        int("replied_customers"),
        int("inquiry_customers"),
        int("agent_msgs"),
        int("buyer_msgs"),
        int("resp_seconds_sum"),
        int("resp_count"),
        int("resp_within_30s"),
        int("resp_within_60s"),
        int("first_resp_seconds_sum"),
        int("online_minutes"),
        int("long_away_minutes"),
        int("dropped_after_sales"),
        int("dropped_ad"),
        int("dropped_short"),
    ],
};

/// One session with what was noticed about it.
const CHAT_SESSIONS: Description = Description {
    name: "chat_sessions",
    grain: Grain::DayOf("started_at"),
    key: &["session_id"],
    one_of: &[&["date", "started_at"]],
    columns: &[
        text("session_id").must(),
        text("agent_id").must(),
        day("date"),
        time("started_at"),
        text("channel"),
        text("customer_id"),
        int("customer_msgs"),
        int("agent_msgs"),
        int("ad_phrase_count"),
        text("last_speaker"),
        flag("order_after"),
        int("days_since_purchase"),
        text("scenario"),
        text("question_type"),
        flag("recommended_flag"),
        int("resp_seconds_sum"),
        int("resp_count"),
    ],
};

/// One telephone call.
pub(super) const CALLS: Description = Description {
    name: "calls",
    grain: Grain::Day,
    key: &[],
    one_of: &[],
    columns: &[
        text("call_id"),
        text("agent_id"),
        day("date").must(),
        text("outcome").must(),
        int("queue_seconds").must(),
        int("service_seconds").must(),
    ],
};
