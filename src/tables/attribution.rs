//! Which agent an order belongs to (落实): the one that the source names, else the last one with whom the customer
//! chatted on the day of the order or the day before, and before the order. Most platforms publish no attribution.

use polars::prelude::*;

use super::build::Site;

/// What hangs on an order falls to its agent where the source names none.
const OF_ORDERS: [&str; 3] = ["refunds", "disputes", "reviews"];

/// Gives `orders` their `agent_id`, `paid` and `next_day_order`, and what hangs on an order its agent. Orders on the disk
/// have theirs.
pub fn attribute(site: &mut Site) -> PolarsResult<()> {
    if let Some(orders) = site.frames.remove("orders") {
        let orders = attributed(orders, site.rows("chats")?)?;
        site.frames.insert("orders".to_owned(), orders);
    }
    let Some(orders) = site.rows("orders")? else { return Ok(()) };
    for table in OF_ORDERS {
        if let Some(frame) = site.frames.remove(table) {
            site.frames.insert(table.to_owned(), of_order(frame, orders.clone())?);
        }
    }
    Ok(())
}

/// Orders with their agents, given the chats of all days.
pub fn attributed(orders: DataFrame, chats: Option<LazyFrame>) -> PolarsResult<DataFrame> {
    let paid = coalesce(&[col("paid"), col("paid_at").is_not_null()]);
    let times = chats.map(|chats| near(chats, &orders)).transpose()?;
    let orders = orders.lazy().with_column(paid.alias("paid"));
    let orders = match times {
        Some(chats) => owned(orders, chats),
        None => orders,
    };
    let worth = when(col("paid")).then(col("order_amount")).otherwise(lit(NULL));
    orders.with_column(coalesce(&[col("paid_amount"), worth]).alias("paid_amount")).collect()
}

/// The chats of the days of some orders and the day before the first: no other is the last one before any of them.
fn near(chats: LazyFrame, orders: &DataFrame) -> PolarsResult<LazyFrame> {
    let time = DataType::Datetime(TimeUnit::Microseconds, None);
    let first = orders.column("date")?.date()?.physical().min();
    let last = orders.column("order_at")?.cast(&time)?.datetime()?.physical().max();
    let (Some(first), Some(last)) = (first, last) else { return Ok(chats.filter(lit(false))) };
    // As literals they are compared with the bounds of row groups, of which few are read.
    let at = |micros| lit(Scalar::new(time.clone(), AnyValue::Datetime(micros, TimeUnit::Microseconds, None)));
    let eve = (i64::from(first) - 1) * 86_400_000_000;
    Ok(chats.filter(col("started_at").gt_eq(at(eve)).and(col("started_at").lt_eq(at(last)))))
}

/// Orders with the agent and day of the chat before them.
fn owned(orders: LazyFrame, chats: LazyFrame) -> LazyFrame {
    let owners = owners(orders.clone(), chats);
    orders
        .join(owners, [col("order_id")], [col("order_id")], JoinArgs::new(JoinType::Left))
        .with_columns([
            coalesce(&[col("agent_id"), col("owner")]).alias("agent_id"),
            coalesce(&[col("next_day_order"), col("asked_on").lt(col("date"))]).alias("next_day_order"),
        ])
        .drop(cols(["owner", "asked_on"]))
}

/// `order_id`, `owner` and `asked_on` of every order with a chat before it.
fn owners(orders: LazyFrame, chats: LazyFrame) -> LazyFrame {
    let chats = chats.filter(col("agent_id").is_not_null()).select([
        col("customer_id"),
        col("agent_id").alias("owner"),
        col("started_at"),
        col("chat_id"),
    ]);
    let asked_on = || col("started_at").dt().date();
    let eve = col("date") - lit(chrono::TimeDelta::days(1));
    orders
        .select([col("order_id"), col("customer_id"), col("order_at"), col("date")])
        .join(chats, [col("customer_id")], [col("customer_id")], JoinArgs::new(JoinType::Inner))
        .filter(col("started_at").lt_eq(col("order_at")).and(asked_on().gt_eq(eve)))
        .sort(["order_id", "started_at", "chat_id"], SortMultipleOptions::default())
        .group_by_stable([col("order_id")])
        .agg([col("owner").last(), asked_on().last().alias("asked_on")])
}

fn of_order(frame: DataFrame, orders: LazyFrame) -> PolarsResult<DataFrame> {
    let ids = frame.column("order_id")?.as_materialized_series().unique()?;
    let owners = orders
        .select([col("order_id"), col("agent_id").alias("owner")])
        .filter(col("order_id").is_in(lit(ids).implode(false), false))
        .unique_stable(Some(cols(["order_id"])), UniqueKeepStrategy::First);
    frame
        .lazy()
        .join(owners, [col("order_id")], [col("order_id")], JoinArgs::new(JoinType::Left))
        .with_column(coalesce(&[col("agent_id"), col("owner")]).alias("agent_id"))
        .drop(cols(["owner"]))
        .collect()
}
