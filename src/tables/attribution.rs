//! Which agent an order belongs to (落实): the last one with whom the buyer chatted on the day of the order or
//! the day before, and before the order. Platforms publish no attribution of their own.

use std::collections::BTreeMap;

use polars::prelude::*;

/// Gives `orders` their `agent_id`, `date` and `paid`, and `refunds` the agent of their order.
pub fn attribute(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    let Some(orders) = frames.get("orders").cloned() else { return Ok(()) };
    let orders = orders
        .lazy()
        .with_columns([col("created_at").dt().date().alias("date"), col("paid_at").is_not_null().alias("paid")]);
    let owned = match frames.get("chats").cloned() {
        Some(chats) => orders.clone().join(
            owners(orders, chats.lazy()),
            [col("order_id")],
            [col("order_id")],
            JoinArgs::new(JoinType::Left),
        ),
        None => orders.with_column(lit(NULL).cast(DataType::String).alias("agent_id")),
    };
    let owned = owned.collect()?;
    if let Some(refunds) = frames.remove("refunds") {
        frames.insert("refunds".to_owned(), owner_of_refunds(refunds, &owned)?);
    }
    frames.insert("orders".to_owned(), owned);
    Ok(())
}

/// `order_id` and `agent_id` of every order with a chat before it.
fn owners(orders: LazyFrame, chats: LazyFrame) -> LazyFrame {
    let chats = chats.filter(col("agent_id").is_not_null()).select([
        col("buyer"),
        col("agent_id"),
        col("started_at"),
        col("chat_id"),
    ]);
    let eve = col("date") - lit(chrono::TimeDelta::days(1));
    orders
        .select([col("order_id"), col("buyer"), col("created_at"), col("date")])
        .join(chats, [col("buyer")], [col("buyer")], JoinArgs::new(JoinType::Inner))
        .filter(col("started_at").lt_eq(col("created_at")).and(col("started_at").dt().date().gt_eq(eve)))
        .sort(["order_id", "started_at", "chat_id"], SortMultipleOptions::default())
        .group_by_stable([col("order_id")])
        .agg([col("agent_id").last()])
}

fn owner_of_refunds(refunds: DataFrame, orders: &DataFrame) -> PolarsResult<DataFrame> {
    refunds
        .lazy()
        .with_column(col("created_at").dt().date().alias("date"))
        .join(
            orders.clone().lazy().select([col("order_id"), col("agent_id")]),
            [col("order_id")],
            [col("order_id")],
            JoinArgs::new(JoinType::Left),
        )
        .collect()
}
