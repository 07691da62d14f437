//! Sales: orders, what became of them, and the customers behind them.

use super::column::{day, decimal, flag, int, text, time};
use super::{CHANGED_AT, Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[
    Table::ORDERS,
    Table(&FUNNEL_DAILY),
    Table::REFUNDS,
    Table(&DISPUTES),
    Table(&REVIEWS),
    Table(&CRM_LEADS),
    Table(&REPURCHASE),
];

/// One order; without `agent_id` it falls to whoever chatted with the customer before it.
pub(super) const ORDERS: Description = Description {
    name: "orders",
    grain: Grain::DayOf("order_at"),
    key: &["order_id"],
    one_of: &[],
    columns: &[
        text("order_id").must(),
        text("agent_id"),
        day("date"),
        text("shop_id"),
        text("customer_id").must(),
        text("assist_agent_id"),
        time("order_at").must(),
        time("paid_at"),
        decimal("order_amount").must(),
        decimal("paid_amount"),
        text("status").must(),
        flag("paid"),
        flag("is_silent"),
        flag("is_campaign"),
        flag("final_paid_flag"),
        flag("next_day_order"),
        time(CHANGED_AT),
    ],
};

/// An agent's day from inquiry to payment; derived from `chats` and `orders` where no source gives it.
/// `refund_amount` is what was given back (成功退款金额), `net_amount` what remains of the sales (去退销售额).
const FUNNEL_DAILY: Description = Description {
    name: "funnel_daily",
    grain: Grain::Day,
    key: &["agent_id", "platform", "account", "date"],
    one_of: &[&["agent_id", "account"]],
    columns: &[
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date").must(),
        int("inquiries"),
        int("ordered_customers"),
        int("ordered_same_day"),
        int("ordered_total"),
        int("paid_customers"),
        int("paid_same_day"),
        int("final_paid"),
        int("lost_customers"),
        decimal("lost_amount"),
        decimal("order_amount"),
        decimal("paid_amount"),
        decimal("refund_amount"),
        decimal("net_amount"),
        day("mature_at"),
    ],
};

/// Money given back; without `agent_id` it falls to the agent of its order.
pub(super) const REFUNDS: Description = Description {
    name: "refunds",
    grain: Grain::DayOf("at"),
    key: &["refund_id"],
    one_of: &[&["date", "at"]],
    columns: &[
        text("refund_id").must(),
        text("order_id").must(),
        text("agent_id"),
        day("date"),
        time("at"),
        text("reason"),
        decimal("amount").must(),
        text("status").must(),
        flag("approved_ok"),
        time(CHANGED_AT),
    ],
};

/// A dispute over an order.
const DISPUTES: Description = Description {
    name: "disputes",
    grain: Grain::DayOf("opened_at"),
    key: &["dispute_id"],
    one_of: &[&["date", "opened_at"]],
    columns: &[
        text("dispute_id").must(),
        text("order_id"),
        text("agent_id"),
        day("date"),
        time("opened_at"),
        flag("withdrawn"),
        flag("upheld"),
        flag("refunded"),
        decimal("loss_amount"),
    ],
};

/// What a customer wrote about an order: `kind` praise, neutral, bad, named_praise, attitude_complaint or quarrel.
const REVIEWS: Description = Description {
    name: "reviews",
    grain: Grain::DayOf("at"),
    key: &[],
    one_of: &[&["date", "at"]],
    columns: &[
        text("review_id"),
        text("order_id"),
        text("agent_id"),
        text("platform"),
        text("account"),
        day("date"),
        time("at"),
        decimal("score"),
        text("kind"),
        flag("verified"),
    ],
};

/// A possible customer on the way to a contract.
const CRM_LEADS: Description = Description {
    name: "crm_leads",
    grain: Grain::DayOf("at"),
    key: &[],
    one_of: &[&["date", "at"]],
    columns: &[text("lead_id"), text("agent_id").must(), day("date"), time("at"), text("stage"), flag("won")],
};

/// A customer who complained or was followed up, and whether they bought again.
const REPURCHASE: Description = Description {
    name: "repurchase",
    grain: Grain::DayOf("first_complaint_at"),
    key: &[],
    one_of: &[&["date", "first_complaint_at"]],
    columns: &[
        text("customer_id").must(),
        text("agent_id"),
        day("date"),
        time("first_complaint_at"),
        time("second_purchase_at"),
        flag("retained"),
        decimal("loyalty"),
    ],
};
