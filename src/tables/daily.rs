//! Facts per agent and day: a customer counts once a day, however often they write.

use polars::prelude::*;

use crate::finding::Finding;

use super::build::Site;
use super::{derived, sessions, stacked};

/// Adds `chats_daily` where there are chats or sessions, and `funnel_daily` where there are chats or orders.
///
/// - `chats_daily`: received_customers, replied_customers, inquiry_customers, agent_msgs, buyer_msgs,
///   resp_seconds_sum (s), resp_count.
/// - `funnel_daily`: inquiries; of the orders placed that day the customers who ordered (ordered_customers, the same as
///   ordered_total), who had asked that day (ordered_same_day), who paid (paid_customers, the same as final_paid), who paid
///   that day (paid_same_day), who did not pay (lost_customers) and what that came to (lost_amount, yuan); order_amount
///   and paid_amount (yuan).
pub fn derive(site: &mut Site, findings: &mut Vec<Finding>) -> PolarsResult<()> {
    let chats = of_days(site.days("chats")?, chats_daily, &["agent_id", "date", "platform"])?;
    let sales = of_days(site.days("orders")?, sales_daily, &["agent_id", "date"])?.map(DataFrame::lazy);
    let asked = chats.clone().map(|chats| inquiries(chats.lazy()));
    let funnel = match (asked, sales) {
        (Some(asked), Some(sales)) => Some(funnel_daily(asked, sales)),
        (asked, sales) => asked.or(sales),
    };
    let sessions = of_days(site.days("chat_sessions")?, sessions::daily, &sessions::KEY)?;
    for chats in chats.into_iter().chain(sessions) {
        derived::put(&mut site.frames, "chats_daily", chats, findings)?;
    }
    match funnel {
        Some(funnel) => derived::put(&mut site.frames, "funnel_daily", funnel.collect()?, findings),
        None => Ok(()),
    }
}

/// What follows from the rows of each portion of days, of which no more are in memory at once, in one order.
fn of_days(
    days: Option<Vec<LazyFrame>>,
    daily: fn(LazyFrame) -> LazyFrame,
    order: &[&str],
) -> PolarsResult<Option<DataFrame>> {
    let Some(days) = days else { return Ok(None) };
    let days = days.into_iter().map(|day| daily(day).collect()).collect::<PolarsResult<_>>()?;
    stacked(days)?.sort(order.iter().copied(), SortMultipleOptions::default()).map(Some)
}

fn chats_daily(chats: LazyFrame) -> LazyFrame {
    let distinct = |condition: Expr| customers(col("customer_id").filter(condition));
    chats.filter(col("agent_id").is_not_null()).group_by([col("agent_id"), col("platform"), col("date")]).agg([
        distinct(col("buyer_msgs").gt(lit(0))).alias("received_customers"),
        distinct(col("buyer_msgs").gt(lit(0)).and(col("agent_msgs").gt(lit(0)))).alias("replied_customers"),
        distinct(col("inquiry")).alias("inquiry_customers"),
        col("agent_msgs").sum(),
        col("buyer_msgs").sum(),
        col("response_seconds").sum().alias("resp_seconds_sum"),
        col("response_count").sum().alias("resp_count"),
    ])
}

/// How many different customers; rows without one count for none.
fn customers(ids: Expr) -> Expr {
    ids.drop_nulls().n_unique().cast(DataType::Int64)
}

fn inquiries(chats_daily: LazyFrame) -> LazyFrame {
    let by_day = chats_daily.group_by_stable([col("agent_id"), col("date")]);
    by_day.agg([col("inquiry_customers").sum().alias("inquiries")])
}

/// The orders of an agent by the day on which they were placed.
fn sales_daily(orders: LazyFrame) -> LazyFrame {
    let who = |condition: Expr| customers(col("customer_id").filter(condition));
    let yuan = |amount: Expr| amount.sum().cast(DataType::Decimal(38, 4));
    let paid = || col("paid");
    orders
        .filter(col("agent_id").is_not_null())
        .group_by([col("agent_id"), col("date")])
        .agg([
            customers(col("customer_id")).alias("ordered_customers"),
            customers(col("customer_id")).alias("ordered_total"),
            where_known("next_day_order", who(col("next_day_order").not())).alias("ordered_same_day"),
            who(paid()).alias("paid_customers"),
            who(paid()).alias("final_paid"),
            who(col("paid_at").dt().date().eq(col("date"))).alias("paid_same_day"),
            yuan(col("order_amount").filter(paid().not())).alias("lost_amount"),
            yuan(col("order_amount")).alias("order_amount"),
            yuan(col("paid_amount").filter(paid())).alias("paid_amount"),
        ])
        .with_column((col("ordered_total") - col("final_paid")).alias("lost_customers"))
}

fn funnel_daily(asked: LazyFrame, sales: LazyFrame) -> LazyFrame {
    let keys = [col("agent_id"), col("date")];
    let whole = JoinArgs::new(JoinType::Full).with_coalesce(JoinCoalesce::CoalesceColumns);
    asked
        .join(sales, keys.clone(), keys, whole)
        .with_columns([where_no_sales(lit(0)), col("inquiries").fill_null(lit(0))])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}

/// A count over rows of which at least one knows the column; where none does, nothing is known.
fn where_known(column: &'static str, count: Expr) -> Expr {
    when(col(column).count().gt(lit(0))).then(count).otherwise(lit(NULL))
}

/// Who asked on a day without orders sold nothing that day; what their orders do not say stays unknown.
fn where_no_sales(nought: Expr) -> Expr {
    let sales = all().exclude_cols(["agent_id", "date", "inquiries"]).as_expr();
    when(col("ordered_total").is_null()).then(nought).otherwise(sales.clone()).name().keep()
}
