//! The columns that schemes may name, table by table.

use polars::prelude::*;

/// Every table that a metric may be computed over.
pub fn names() -> [&'static str; 9] {
    ["attendance_days", "calls", "chats", "chats_daily", "funnel_daily", "orders", "plans", "punches", "refunds"]
}

/// The columns of a table, or `None` for a name that is none.
pub fn schema(table: &str) -> Option<Schema> {
    let text = DataType::String;
    let int = DataType::Int64;
    let day = DataType::Date;
    let money = DataType::Decimal(38, 4);
    let instant = DataType::Datetime(TimeUnit::Microseconds, None);
    let flag = DataType::Boolean;
    let columns: &[(&str, &DataType)] = match table {
        "attendance_days" => {
            &[("planned", &int), ("present", &int), ("late", &int), ("early", &int), ("absent", &int), ("missed", &int)]
        }
        "calls" => &[("outcome", &text), ("queue_seconds", &int), ("service_seconds", &int)],
        "chats" => &[
            ("chat_id", &text),
            ("buyer", &text),
            ("started_at", &instant),
            ("buyer_msgs", &int),
            ("agent_msgs", &int),
            ("inquiry", &flag),
            ("response_seconds", &int),
            ("response_count", &int),
        ],
        "chats_daily" => &[
            ("received_customers", &int),
            ("replied_customers", &int),
            ("inquiry_customers", &int),
            ("agent_msgs", &int),
            ("buyer_msgs", &int),
            ("resp_seconds_sum", &int),
            ("resp_count", &int),
        ],
        "funnel_daily" => &[
            ("inquiries", &int),
            ("ordered_customers", &int),
            ("paid_customers", &int),
            ("order_amount", &money),
            ("paid_amount", &money),
        ],
        "orders" => &[
            ("order_id", &text),
            ("buyer", &text),
            ("created_at", &instant),
            ("paid_at", &instant),
            ("amount", &money),
            ("status", &text),
            ("paid", &flag),
        ],
        "plans" => &[("month", &text), ("sales_target", &money)],
        "punches" => &[
            ("kind", &text),
            ("result", &text),
            ("approved", &flag),
            ("planned_at", &instant),
            ("actual_at", &instant),
        ],
        "refunds" => &[("refund_id", &text), ("order_id", &text), ("amount", &money), ("status", &text)],
        _ => return None,
    };
    let dated = (table != "plans").then_some(("date", &day));
    let all = [("agent_id", &text)].into_iter().chain(dated).chain(columns.iter().copied());
    Some(all.map(|(name, kind)| Field::new(name.into(), kind.clone())).collect())
}
