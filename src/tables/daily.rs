//! Facts per agent and day: a customer counts once a day, however often they write.

use std::collections::BTreeMap;

use polars::prelude::*;

/// Adds `chats_daily` and `funnel_daily` where there are chats.
///
/// - `chats_daily`: received_customers, replied_customers, inquiry_customers, agent_msgs, buyer_msgs,
///   resp_seconds_sum (s), resp_count.
/// - `funnel_daily`: inquiries, ordered_customers, paid_customers, order_amount (yuan), paid_amount (yuan).
pub fn derive(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    let Some(chats) = frames.get("chats").cloned() else { return Ok(()) };
    let dated = chats.lazy().with_column(col("started_at").dt().date().alias("date")).collect()?;
    let chats_daily = chats_daily(dated.clone().lazy()).collect()?;
    let funnel = match frames.get("orders").cloned() {
        Some(orders) => funnel_daily(chats_daily.clone().lazy(), orders.lazy()).collect()?,
        None => inquiries(chats_daily.clone().lazy()).collect()?,
    };
    frames.insert("chats".to_owned(), dated);
    frames.insert("chats_daily".to_owned(), chats_daily);
    frames.insert("funnel_daily".to_owned(), funnel);
    Ok(())
}

fn chats_daily(chats: LazyFrame) -> LazyFrame {
    let distinct = |condition: Expr| customers(col("buyer").filter(condition));
    chats
        .filter(col("agent_id").is_not_null())
        .group_by([col("agent_id"), col("date")])
        .agg([
            distinct(col("buyer_msgs").gt(lit(0))).alias("received_customers"),
            distinct(col("buyer_msgs").gt(lit(0)).and(col("agent_msgs").gt(lit(0)))).alias("replied_customers"),
            distinct(col("inquiry")).alias("inquiry_customers"),
            col("agent_msgs").sum(),
            col("buyer_msgs").sum(),
            col("response_seconds").sum().alias("resp_seconds_sum"),
            col("response_count").sum().alias("resp_count"),
        ])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}

/// How many different buyers; rows without one count for none.
fn customers(buyers: Expr) -> Expr {
    buyers.drop_nulls().n_unique().cast(DataType::Int64)
}

fn inquiries(chats_daily: LazyFrame) -> LazyFrame {
    chats_daily.select([col("agent_id"), col("date"), col("inquiry_customers").alias("inquiries")])
}

fn funnel_daily(chats_daily: LazyFrame, orders: LazyFrame) -> LazyFrame {
    let money = DataType::Decimal(38, 4);
    let sales = orders.filter(col("agent_id").is_not_null()).group_by([col("agent_id"), col("date")]).agg([
        customers(col("buyer")).alias("ordered_customers"),
        customers(col("buyer").filter(col("paid"))).alias("paid_customers"),
        col("amount").sum().cast(money.clone()).alias("order_amount"),
        col("amount").filter(col("paid")).sum().cast(money).alias("paid_amount"),
    ]);
    let keys = [col("agent_id"), col("date")];
    let whole = JoinArgs::new(JoinType::Full).with_coalesce(JoinCoalesce::CoalesceColumns);
    inquiries(chats_daily)
        .join(sales, keys.clone(), keys, whole)
        .with_columns([all().exclude_cols(["agent_id", "date"]).as_expr().fill_null(lit(0))])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}
