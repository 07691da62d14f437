//! Conversations: one by one, by session, by day; telephone calls.

use super::column::{day, decimal, fine, flag, int, text, time};
use super::{Description, Grain, Table};

pub(super) const TABLES: &[Table] =
    &[Table::CHATS, Table(&CHATS_DAILY), Table(&CHAT_SESSIONS), Table(&PRESENCE), Table::CALLS];

/// What a chat platform gives: a conversation of a customer with an account on a day.
pub(super) const CHATS: Description = Description {
    name: "chats",
    grain: Grain::DayOf("started_at"),
    key: &["chat_id"],
    one_of: &[&["account", "agent_id"]],
    columns: &[
        text("chat_id").must(),
        text("platform"),
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

/// An agent's day on a channel, in sums; derived from `chats` and `chat_sessions` where no source gives it.
///
/// `sessions` are conversations, of which a customer may have several. Customers: `received_customers` asked (咨询人数), `replied_customers` were answered (接待人数), `valid_customers` of them
/// count for the platform (有效接待人数), `inquiry_customers` asked before buying (询单人数), `unreplied_customers` were
/// never answered (未回复人数), `unreplied_3min_customers` not within three minutes, `manual_customers` needed a person.
/// What a platform gives only as its own mean or share of the day, without the sums behind it, stays what it is:
/// `avg_resp_seconds`, `first_resp_seconds`, and the shares from 0 to 1 `reply_rate`, `reply_rate_3min`, `reply_rate_30s`,
/// `survey_sent_rate` of the sessions, `survey_reply_rate` of `surveys_sent`, and of the replies `satisfied_rate`,
/// `middling_rate` and `dissatisfied_rate`. Answers to the platform's survey: `rated_5` very satisfied to `rated_1` not at
/// all, or `good_ratings` of all `ratings`. Presence: `online_minutes` and, beside them, `suspended_minutes` (挂起), derived
/// from `presence` where no source gives them.
const CHATS_DAILY: Description = Description {
    name: "chats_daily",
    grain: Grain::Day,
    key: &["agent_id", "platform", "account", "date", "channel"],
    one_of: &[&["agent_id", "account"]],
    columns: &[
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date").must(),
        text("channel"),
        int("sessions"),
        int("received_customers"),
        int("replied_customers"),
        int("valid_customers"),
        int("inquiry_customers"),
        int("manual_customers"),
        int("unreplied_customers"),
        int("unreplied_3min_customers"),
        int("agent_msgs"),
        int("buyer_msgs"),
        int("resp_seconds_sum"),
        int("resp_count"),
        int("resp_within_30s"),
        int("resp_within_60s"),
        int("first_resp_seconds_sum"),
        int("first_resp_count"),
        decimal("avg_resp_seconds"),
        decimal("first_resp_seconds"),
        fine("reply_rate"),
        fine("reply_rate_3min"),
        fine("reply_rate_30s"),
        fine("satisfied_rate"),
        fine("middling_rate"),
        fine("dissatisfied_rate"),
        int("surveys_sent"),
        fine("survey_sent_rate"),
        fine("survey_reply_rate"),
        int("rated_5"),
        int("rated_4"),
        int("rated_3"),
        int("rated_2"),
        int("rated_1"),
        int("good_ratings"),
        int("ratings"),
        decimal("service_score"),
        int("low_rated_orders"),
        int("dispute_refunds"),
        int("complaints"),
        int("online_minutes"),
        int("suspended_minutes"),
        int("long_away_minutes"),
        int("dropped_after_sales"),
        int("dropped_ad"),
        int("dropped_short"),
    ],
};

/// One session with what was noticed about it; `first_resp_seconds` to the first answer by a person follows from its times,
/// and `left_message` is one that a customer left while nobody was there (留言).
const CHAT_SESSIONS: Description = Description {
    name: "chat_sessions",
    grain: Grain::DayOf("started_at"),
    key: &["session_id"],
    one_of: &[&["date", "started_at"], &["agent_id", "account"]],
    columns: &[
        text("session_id").must(),
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date"),
        time("started_at"),
        time("first_reply_at"),
        time("ended_at"),
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
        int("first_resp_seconds"),
        flag("left_message"),
    ],
};

/// Somebody came online or went, on one device: `status` online, offline, suspend (挂起) or resume; `device` tells
/// streams of the same account apart, such as pc and mobile, whose times are united.
const PRESENCE: Description = Description {
    name: "presence",
    grain: Grain::DayOf("at"),
    key: &["platform", "account", "agent_id", "at", "status", "device"],
    one_of: &[&["account", "agent_id"]],
    columns: &[
        text("platform"),
        text("account"),
        text("agent_id"),
        day("date"),
        time("at").must(),
        text("status").must(),
        text("device"),
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
