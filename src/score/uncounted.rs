//! Recorded events of a type that no rule of the scheme names: a new type, or an old one that somebody wrote in another way.

use std::collections::BTreeMap;

use anyhow::Context;
use polars::prelude::*;
use polars::sql::sql_expr;

use crate::finding::Finding;
use crate::scheme::{Judged, Scheme};
use crate::tables::Tables;
use crate::words::Bilingual;

use super::facts::Facts;

/// The table of recorded events; its column `type` says what each is.
const TABLE: &str = "events";

/// What a scheme that looks at events by their type leaves aside of those of its own people.
pub(super) fn finding(facts: &Facts<'_>, tables: &Tables) -> anyhow::Result<Option<Finding>> {
    let Some(conditions) = conditions(facts.scheme) else { return Ok(None) };
    let Some(rows) = tables.lazy(TABLE) else { return Ok(None) };
    let counted =
        conditions.iter().map(|condition| sql_expr(condition.as_str())).collect::<PolarsResult<Vec<Expr>>>()?;
    let counted = counted.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false)).fill_null(lit(false));
    let people = rows
        .filter(counted.not())
        .group_by([col("agent_id"), col("type")])
        .agg([len().cast(DataType::UInt64).alias("rows")]);
    let people =
        people.collect().map_err(anyhow::Error::from).with_context(|| format!("looking at the types of `{TABLE}`"))?;
    let (agents, types) = (people.column("agent_id")?.str()?, people.column("type")?.str()?);
    let mut unnamed: BTreeMap<&str, u64> = BTreeMap::new();
    for ((agent, of), count) in agents.iter().zip(types.iter()).zip(people.column("rows")?.u64()?.iter()) {
        let is_ours = agent.is_some_and(|agent| facts.crowd.scored.contains(agent));
        let Some(of) = of.filter(|_| is_ours) else { continue };
        // What is named may still not count: an event that nobody verified.
        if !conditions.iter().any(|condition| condition.contains(&format!("'{}'", of.replace('\'', "''")))) {
            *unnamed.entry(of).or_default() += count.unwrap_or(0);
        }
    }
    if unnamed.is_empty() {
        return Ok(None);
    }
    let list = |mark: &str| unnamed.iter().map(|(of, count)| format!("{of} × {count}")).collect::<Vec<_>>().join(mark);
    let text = Bilingual::new(
        format!("{TABLE} 中有方案没有提到的类型，未计入任何人的得分：{}", list("、")),
        format!("`{TABLE}` has types that no rule of the scheme names; they count for nobody: {}", list(", ")),
    );
    let next = Bilingual::new(
        "若是写法不同，请在数据中改成方案的写法；若是新类型，请在方案中加上规则",
        "if it is another spelling, write it as the scheme does; if it is a new type, give the scheme a rule for it",
    );
    Ok(Some(Finding::note("events-not-counted", text).next(next)))
}

/// The conditions by which the scheme takes events; `None` where it looks at none, or takes them whatever they are.
fn conditions(scheme: &Scheme) -> Option<Vec<&String>> {
    let mut all: Vec<Option<&String>> = Vec::new();
    for indicator in &scheme.indicators {
        let Judged::Occurrences { kinds, .. } = &indicator.judged else { continue };
        all.extend(kinds.iter().filter(|kind| kind.table == TABLE).map(|kind| kind.keep.as_ref()));
    }
    all.extend(scheme.filters.iter().filter(|filter| filter.table == TABLE).map(|filter| Some(&filter.keep)));
    all.extend(scheme.metrics.iter().filter(|metric| metric.table == TABLE).map(|_| None));
    let all: Option<Vec<&String>> = all.into_iter().collect();
    all.filter(|all| !all.is_empty())
}
