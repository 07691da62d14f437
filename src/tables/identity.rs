//! From platform accounts to staff numbers.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::finding::Finding;
use crate::words::Bilingual;

/// Which platform's accounts a table is keyed by.
const KEYED_BY_ACCOUNT: [(&str, &str); 2] = [("chats", "taobao"), ("punches", "dingtalk")];

/// Gives every row of the tables above its `agent_id`, unless its source names it; rows of accounts that nobody owns stay, without one, and are counted.
pub fn resolve(frames: &mut BTreeMap<String, DataFrame>, findings: &mut Vec<Finding>) -> PolarsResult<()> {
    let Some(accounts) = frames.get("accounts").cloned() else { return Ok(()) };
    for (table, platform) in KEYED_BY_ACCOUNT {
        let Some(frame) = frames.get_mut(table) else { continue };
        let owners = accounts
            .clone()
            .lazy()
            .filter(col("platform").eq(lit(platform)))
            .select([col("account"), col("agent_id").alias("owner")])
            .unique_stable(Some(cols(["account"])), UniqueKeepStrategy::First);
        *frame = frame
            .clone()
            .lazy()
            .join(owners, [col("account")], [col("account")], JoinArgs::new(JoinType::Left))
            .with_column(coalesce(&[col("agent_id"), col("owner")]).alias("agent_id"))
            .drop(cols(["owner"]))
            .collect()?;
        findings.extend(unmapped(table, frame)?);
    }
    Ok(())
}

/// Accounts without an owner, with their volume: never dropped silently.
fn unmapped(table: &str, frame: &DataFrame) -> PolarsResult<Vec<Finding>> {
    let lost = frame
        .clone()
        .lazy()
        .filter(col("agent_id").is_null().and(col("account").is_not_null()))
        .group_by([col("account")])
        .agg([len().alias("rows")])
        .sort(["account"], SortMultipleOptions::default())
        .collect()?;
    let accounts = lost.column("account")?.str()?;
    let rows = lost.column("rows")?.cast(&DataType::Int64)?;
    let rows = rows.i64()?;
    Ok(accounts
        .iter()
        .zip(rows.iter())
        .map(|(account, rows)| {
            let (account, rows) = (account.unwrap_or(""), rows.unwrap_or(0));
            Finding::note(
                "unmapped-account",
                Bilingual::new(
                    format!("账号 {account} 不属于名册中的任何人，其 {rows} 行 {table} 未计入任何人"),
                    format!(
                        "account {account} belongs to nobody on the roster; its {rows} rows of {table} count for nobody"
                    ),
                ),
            )
            .about(account)
            .next(Bilingual::new("请在名册中登记该账号后重新运行", "add the account to the roster and run again"))
        })
        .collect())
}
