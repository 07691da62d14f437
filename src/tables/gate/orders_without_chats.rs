//! Agents who have orders and no conversation: their chat account is probably missing, and their rates are too good.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::job::Gate;
use crate::tables::streamed;
use crate::tables::volume::{self, Volume};
use crate::words::Bilingual;

use super::{Look, beyond};

/// The tables that know of conversations.
const CHATS: [&str; 3] = ["chats", "chats_daily", "chat_sessions"];

/// The tables that know of orders, the first that is there.
const ORDERS: [&str; 2] = ["orders", "funnel_daily"];

/// One finding for each such agent, when they are more than the gate bears.
pub fn seen(gate: &Gate, look: &Look<'_>) -> anyhow::Result<Vec<Finding>> {
    let chats: Vec<LazyFrame> = CHATS.iter().filter_map(|table| look.tables.lazy(table)).collect();
    let Some(orders) = ORDERS.iter().copied().find(|table| look.tables.has(table)) else { return Ok(Vec::new()) };
    if chats.is_empty() {
        return Ok(Vec::new());
    }
    let mut sellers = sellers(orders, look)?;
    let all = sellers.len();
    for rows in chats {
        let talking = streamed(rows.select([col("agent_id")]).unique(None, UniqueKeepStrategy::Any))?;
        for agent in talking.column("agent_id")?.str()?.iter().flatten() {
            sellers.remove(agent);
        }
    }
    let (count, whole) = (Exact::whole(sellers.len() as i64), Exact::whole(all as i64));
    if sellers.is_empty() || gate.tolerance.bears(&count, &whole) {
        return Ok(Vec::new());
    }
    let beyond = beyond(&count, &whole, gate);
    Ok(sellers.into_iter().map(|(agent, volume)| finding(&agent, &volume.of(orders), &beyond, look)).collect())
}

/// Who has orders, and how much.
fn sellers(orders: &str, look: &Look<'_>) -> anyhow::Result<BTreeMap<String, Volume>> {
    let Some(rows) = look.tables.lazy(orders) else { return Ok(BTreeMap::new()) };
    let sold = match orders {
        "funnel_daily" => col("ordered_total").gt(lit(0)).or(col("order_amount").gt(lit(0))),
        _ => lit(true),
    };
    let rows = rows.filter(col("agent_id").is_not_null().and(sold));
    let grouped = streamed(rows.group_by([col("agent_id")]).agg(volume::sums(orders)))?;
    let agents = grouped.column("agent_id")?.str()?;
    let one = |(row, agent): (usize, Option<&str>)| -> anyhow::Result<(String, Volume)> {
        Ok((agent.unwrap_or_default().to_owned(), Volume::of_row(orders, &grouped, row)?))
    };
    agents.iter().enumerate().map(one).collect()
}

fn finding(agent: &str, volume: &Bilingual, beyond: &Bilingual, look: &Look<'_>) -> Finding {
    let name = look.tables.roster.member(agent).map_or_else(String::new, |member| format!("{} ", member.name));
    Finding::hold(
        "orders-without-chats",
        Bilingual::new(
            format!("{name}{agent} 有 {}，却没有任何会话{}", volume.zh, beyond.zh),
            format!("{name}{agent} has {} and not one conversation{}", volume.en, beyond.en),
        ),
        Bilingual::new(
            "核对此人的接待账号是否登记在账号表中，再用 --refresh 重新运行",
            "check that the table `accounts` has their chat account, then run again with `--refresh`",
        ),
    )
    .about(agent)
}
