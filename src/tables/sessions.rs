//! An agent's day on a platform that tells single sessions, in sums.

use polars::prelude::*;

/// What tells two of these days apart, in the order in which they lie.
pub const KEY: [&str; 5] = ["agent_id", "platform", "account", "date", "channel"];

/// `chats_daily` of the sessions that name their platform: how many there were and how many customers, who was answered,
/// and how long they waited for the first answer. A customer counts once a day and account.
pub fn daily(sessions: LazyFrame) -> LazyFrame {
    let waited = (col("first_reply_at") - col("started_at")).dt().total_seconds(false);
    let answered = || col("waited").is_not_null();
    let customers = |ids: Expr| ids.drop_nulls().n_unique().cast(DataType::Int64);
    let count = |rows: Expr| rows.cast(DataType::Int64);
    sessions
        .with_column(coalesce(&[col("first_resp_seconds"), waited]).alias("waited"))
        .filter(col("agent_id").is_not_null().and(col("platform").is_not_null()))
        .group_by(KEY.map(col))
        .agg([
            count(len()).alias("sessions"),
            customers(col("customer_id")).alias("received_customers"),
            customers(col("customer_id").filter(answered())).alias("replied_customers"),
            col("waited").sum().alias("first_resp_seconds_sum"),
            count(col("waited").count()).alias("first_resp_count"),
        ])
        .with_column((col("received_customers") - col("replied_customers")).alias("unreplied_customers"))
}
