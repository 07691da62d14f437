//! What one would write by hand in polars for the numbers that a scheme takes from its rows, and nothing else: no
//! references, points, places, money, explanations or cards.

use std::path::Path;

use polars::prelude::*;

/// The numbers of S03 by agent: three sums over the funnel and four over the chats.
pub fn weighted(folder: &Path) -> Vec<DataFrame> {
    collected(vec![
        sums(scan(folder, "funnel_daily"), &[agent()], &FUNNEL[..3]),
        sums(scan(folder, "chats_daily"), &[agent()], &CHATS[..4]),
        sums(scan(folder, "plans"), &[agent()], &["sales_target"]),
    ])
}

/// The same with what the charts of S03 show: one of its metrics by agent and day, and how long each customer waited.
pub fn weighted_with_charts(folder: &Path) -> Vec<DataFrame> {
    let by_day = collected(vec![
        sums(scan(folder, "funnel_daily"), &[agent(), col("date")], &FUNNEL[..3]),
        sums(scan(folder, "chats_daily"), &[agent()], &CHATS[..4]),
        sums(scan(folder, "plans"), &[agent()], &["sales_target"]),
        waits(folder),
    ]);
    rolled_up(by_day, &[&FUNNEL[..3], &CHATS[..4], &["sales_target"]])
}

/// How many talks of each agent were answered within 15, 22 and 30 seconds, and how many later.
fn waits(folder: &Path) -> LazyFrame {
    let above = |seconds: i64| col("resp_seconds_sum").gt(col("resp_count") * lit(seconds)).cast(DataType::Int32);
    let range = (above(15) + above(22) + above(30)).alias("range");
    let answered = scan(folder, "chat_sessions").filter(col("resp_count").gt(lit(0)));
    answered.group_by([agent(), range]).agg([len().alias("talks")])
}

/// The numbers of S16 by agent and week and by agent, and how many talks each of its filters keeps by agent.
pub fn weekly(folder: &Path) -> Vec<DataFrame> {
    weekly_by(folder, &[agent()])
}

/// The same with what the chart of S16 shows: the kept talks by agent and day.
pub fn weekly_with_charts(folder: &Path) -> Vec<DataFrame> {
    weekly_by(folder, &[agent(), col("date")])
}

fn weekly_by(folder: &Path, talks_by: &[Expr]) -> Vec<DataFrame> {
    let found = collected(vec![
        sums(scan(folder, "funnel_daily"), &[agent(), week()], &FUNNEL),
        sums(scan(folder, "chats_daily"), &[agent(), week()], &CHATS),
        scan(folder, "chat_sessions").group_by(talks_by).agg(talks()),
        sums(scan(folder, "plans"), &[agent()], &["sales_target"]),
    ]);
    rolled_up(found, &[&FUNNEL, &CHATS, &TALKS, &["sales_target"]])
}

/// Columns of the funnel; S03 takes the first three.
const FUNNEL: [&str; 10] = [
    "paid_amount",
    "paid_customers",
    "inquiries",
    "ordered_same_day",
    "ordered_total",
    "final_paid",
    "paid_same_day",
    "lost_customers",
    "lost_amount",
    "order_amount",
];

/// Columns of the chats; S03 takes the first four.
const CHATS: [&str; 7] = [
    "resp_seconds_sum",
    "resp_count",
    "replied_customers",
    "received_customers",
    "inquiry_customers",
    "agent_msgs",
    "buyer_msgs",
];

/// What each of the three filters of S16 leaves out, and what all of them keep.
const TALKS: [&str; 4] = ["after_sales", "adverts", "short", "receptions"];

fn talks() -> Vec<Expr> {
    let after_sales = col("days_since_purchase").is_between(lit(0), lit(14), ClosedInterval::Both);
    let after_sales = after_sales.and(col("order_after").not()).fill_null(lit(false));
    let adverts = col("ad_phrase_count").gt_eq(lit(2)).fill_null(lit(false));
    let short = col("customer_msgs").lt_eq(lit(1)).and(col("agent_msgs").gt_eq(lit(3)));
    let short = short.and(col("last_speaker").eq(lit("agent"))).fill_null(lit(false));
    let kept = after_sales.clone().or(adverts.clone()).or(short.clone()).not();
    [after_sales, adverts, short, kept].into_iter().zip(TALKS).map(|(one, name)| one.sum().alias(name)).collect()
}

fn agent() -> Expr {
    col("agent_id")
}

/// Days 1 to 7, 8 to 14, 15 to 21 and the rest.
fn week() -> Expr {
    let seventh = (col("date").dt().day().cast(DataType::Int32) - lit(1)).floor_div(lit(7));
    when(seventh.clone().gt(lit(3))).then(lit(3)).otherwise(seventh).alias("week")
}

fn scan(folder: &Path, table: &str) -> LazyFrame {
    let path = folder.join(format!("{table}.parquet"));
    let path = PlRefPath::try_from_path(&path).unwrap_or_else(|error| panic!("{error}"));
    LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn sums(table: LazyFrame, keys: &[Expr], columns: &[&str]) -> LazyFrame {
    table.group_by(keys).agg(columns.iter().map(|name| col(*name).sum()).collect::<Vec<Expr>>())
}

/// The same by agent alone, beside what is by week or by day.
fn rolled_up(found: Vec<DataFrame>, columns: &[&[&str]]) -> Vec<DataFrame> {
    let whole = found.iter().zip(columns).map(|(frame, columns)| sums(frame.clone().lazy(), &[agent()], columns));
    let whole = collected(whole.collect());
    whole.into_iter().chain(found).collect()
}

/// All in one go, on the engine that takes sums while it reads, as the product does.
fn collected(queries: Vec<LazyFrame>) -> Vec<DataFrame> {
    let plans = queries.into_iter().map(|query| query.logical_plan).collect();
    LazyFrame::collect_all_with_engine(plans, Engine::Streaming, OptFlags::default())
        .unwrap_or_else(|error| panic!("{error}"))
}
