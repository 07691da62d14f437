//! Minutes online out of single events: the union of all devices and accounts of a person, without what was suspended,
//! cut at midnight; what is open at midnight goes on.

mod events;
mod spans;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::extract;
use crate::finding::Finding;
use crate::source::Table;
use crate::words::Bilingual;

/// Minutes of one person's day, from 0 to 1440 together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Minutes {
    online: i64,
    suspended: i64,
}

/// Who, and the day since 1970.
type Day = (String, i32);

/// A column of `chats_daily` and what of a day's minutes it holds.
type Filled = (&'static str, fn(&Minutes) -> i64);

const COLUMNS: [Filled; 2] =
    [("online_minutes", |minutes| minutes.online), ("suspended_minutes", |minutes| minutes.suspended)];

/// Fills `online_minutes` and `suspended_minutes` of `chats_daily` from `presence`, for days of which no source gives
/// them; of several rows of a person's day the first has them, so that sums are right. A day online without any chat
/// gets a row.
pub fn derive(frames: &mut BTreeMap<String, DataFrame>, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let Some(presence) = frames.get("presence") else { return Ok(()) };
    let people = events::people(presence)?;
    let mut minutes = BTreeMap::new();
    for (agent, person) in &people {
        let presence = person.presence();
        findings.extend(too_long(agent, &presence.online));
        minutes.extend(by_day(agent, &presence));
    }
    let Some(table) = Table::from_name("chats_daily").filter(|_| !minutes.is_empty()) else { return Ok(()) };
    let days = frames.remove(table.name()).unwrap_or_else(|| extract::empty(table));
    frames.insert(table.name().to_owned(), with_minutes(days, &minutes)?);
    Ok(())
}

fn by_day(agent: &str, presence: &events::Presence) -> Vec<(Day, Minutes)> {
    let (online, suspended) = (spans::minutes_by_day(&presence.online), spans::minutes_by_day(&presence.suspended));
    let days: BTreeSet<i64> = presence.days.iter().chain(online.keys()).chain(suspended.keys()).copied().collect();
    let of = |all: &BTreeMap<i64, i64>, day| all.get(&day).copied().unwrap_or(0);
    days.into_iter()
        .filter_map(|day| {
            let minutes = Minutes { online: of(&online, day), suspended: of(&suspended, day) };
            Some(((agent.to_owned(), i32::try_from(day).ok()?), minutes))
        })
        .collect()
}

/// The days with their minutes, and the days that had no row.
fn with_minutes(mut days: DataFrame, minutes: &BTreeMap<Day, Minutes>) -> PolarsResult<DataFrame> {
    let rows = rows_by_day(&days)?;
    for (name, of) in COLUMNS {
        let given = days.column(name)?.i64()?;
        let mut cells: Vec<Option<i64>> = given.iter().collect();
        for (day, places) in &rows {
            let known = places.iter().any(|place| cells[*place].is_some());
            if let (false, Some(minutes), Some(first)) = (known, minutes.get(day), places.first()) {
                cells[*first] = Some(of(minutes));
            }
        }
        days.with_column(Column::new(name.into(), cells))?;
    }
    let new: Vec<(&Day, &Minutes)> = minutes.iter().filter(|(day, _)| !rows.contains_key(*day)).collect();
    let more = new_rows(&days, &new)?;
    days.vstack_mut_owned(more)?;
    Ok(days)
}

/// Where the rows of each person's day lie.
fn rows_by_day(days: &DataFrame) -> PolarsResult<BTreeMap<Day, Vec<usize>>> {
    let (agents, dates) = (days.column("agent_id")?.str()?, days.column("date")?.date()?);
    let mut rows: BTreeMap<Day, Vec<usize>> = BTreeMap::new();
    for (row, (agent, date)) in agents.iter().zip(dates.phys.iter()).enumerate() {
        if let (Some(agent), Some(date)) = (agent, date) {
            rows.entry((agent.to_owned(), date)).or_default().push(row);
        }
    }
    Ok(rows)
}

/// Rows of days without any other, in the columns of the rest.
fn new_rows(like: &DataFrame, new: &[(&Day, &Minutes)]) -> PolarsResult<DataFrame> {
    let column = |one: &Column| -> PolarsResult<Column> {
        let name = one.name().clone();
        let filled = COLUMNS.iter().find(|(column, _)| *column == name.as_str());
        Ok(match (name.as_str(), filled) {
            ("agent_id", _) => Column::new(name, new.iter().map(|(day, _)| day.0.as_str()).collect::<Vec<_>>()),
            ("date", _) => {
                Column::new(name, new.iter().map(|(day, _)| day.1).collect::<Vec<_>>()).cast(&DataType::Date)?
            }
            (_, Some((_, of))) => Column::new(name, new.iter().map(|(_, minutes)| of(minutes)).collect::<Vec<_>>()),
            (_, None) => Column::full_null(name, new.len(), one.dtype()),
        })
    };
    let columns: Vec<Column> = like.columns().iter().map(column).collect::<PolarsResult<_>>()?;
    DataFrame::new(new.len(), columns)
}

/// Nobody is online for more than a day: an event was lost, and somebody should look.
fn too_long(agent: &str, online: &[spans::Span]) -> Option<Finding> {
    let count = online.iter().filter(|(start, end)| end - start > spans::DAY).count();
    (count > 0).then(|| {
        Finding::note(
            "online-too-long",
            Bilingual::new(
                format!("{agent} 有 {count} 段在线超过 24 小时，可能缺少下线记录，在线时长可能偏多"),
                format!("{agent} is online for more than 24 hours {count} times; an offline event may be missing and the minutes too many"),
            ),
        )
        .about(agent)
        .next(Bilingual::new("请核对该账号的上下线记录", "check the events of this account"))
    })
}

#[cfg(test)]
mod tests;
