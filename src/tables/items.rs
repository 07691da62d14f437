//! Days of attendance from a long list of numbers: one row an item becomes one column an item.

use polars::prelude::*;

use crate::finding::Finding;
use crate::words::Bilingual;

/// Items that say whether something was, with any number above zero.
const FLAGS: [&str; 5] = ["planned", "present", "late", "early", "absent"];
/// Items that count something whole.
const COUNTS: [&str; 7] = [
    "missed",
    "late_minutes",
    "early_minutes",
    "meal_minutes",
    "overtime_minutes",
    "work_minutes",
    "available_minutes",
];
/// Items with parts of a whole.
const AMOUNTS: [&str; 1] = ["leave_hours"];

/// The days, with a column for each known item; what no row says of a day stays unknown.
pub fn days(items: LazyFrame) -> LazyFrame {
    let flags = FLAGS.iter().map(|name| sum_of(name, |sum| sum.gt(lit(0))));
    let counts = COUNTS.iter().map(|name| sum_of(name, |sum| sum.cast(DataType::Int64)));
    let amounts = AMOUNTS.iter().map(|name| sum_of(name, |sum| sum.cast(DataType::Decimal(38, 4))));
    items
        .filter(col("agent_id").is_not_null())
        .group_by([col("agent_id"), col("date")])
        .agg(flags.chain(counts).chain(amounts).collect::<Vec<Expr>>())
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}

fn sum_of(name: &'static str, shape: fn(Expr) -> Expr) -> Expr {
    let values = col("value").filter(col("item").eq(lit(name)));
    when(values.clone().count().gt(lit(0))).then(shape(values.sum())).otherwise(lit(NULL)).alias(name)
}

/// Items that are no column of a day: their rows count for nothing, and that is said.
pub fn strangers(items: &DataFrame) -> PolarsResult<Option<Finding>> {
    let known: Vec<&str> = FLAGS.iter().chain(&COUNTS).chain(&AMOUNTS).copied().collect();
    let mut lost = 0;
    let mut names = std::collections::BTreeSet::new();
    for item in items.column("item")?.str()?.iter().flatten().filter(|item| !known.contains(item)) {
        lost += 1;
        names.insert(item.to_owned());
    }
    Ok((lost > 0).then(|| unknown(&names.into_iter().collect::<Vec<_>>().join(", "), lost)))
}

fn unknown(names: &str, rows: usize) -> Finding {
    let text = Bilingual::new(
        format!("attendance_items 中有 {rows} 行的项目（{names}）不是考勤日表的列，未计入"),
        format!(
            "{rows} rows of attendance_items are of items that are no column of attendance_days ({names}) and count for nothing"
        ),
    );
    let next = Bilingual::new(
        "请在数据源文件中用 map 改成考勤日表的列名，或用 skip 去掉",
        "in the source file, map them to columns of attendance_days or skip them",
    );
    Finding::note("unknown-items", text).about("attendance_items").next(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> DataFrame {
        df!(
            "agent_id" => [Some("A1"), Some("A1"), Some("A1"), Some("A1"), Some("A2"), None],
            "date" => [1, 1, 1, 2, 1, 1],
            "item" => ["missed", "missed", "present", "present", "mood", "present"],
            "value" => [1, 2, 1, 0, 5, 1],
        )
        .expect("a frame")
    }

    #[test]
    fn items_become_columns_and_what_is_not_said_stays_unknown() {
        let days = days(items().lazy()).collect().expect("days");
        assert_eq!(days.height(), 3);
        let missed: Vec<Option<i64>> = days.column("missed").and_then(|column| column.i64()).expect("numbers").to_vec();
        assert_eq!(missed, [Some(3), None, None]);
        let present = days.column("present").and_then(|column| column.bool()).expect("flags");
        assert_eq!(present.iter().collect::<Vec<_>>(), [Some(true), Some(false), None]);
    }

    #[test]
    fn items_of_no_column_are_told() {
        let told = strangers(&items()).expect("a look").expect("a finding");
        assert!(told.text.en.contains("1 rows") && told.text.en.contains("mood"), "{}", told.text.en);
        assert_eq!(strangers(&items().head(Some(3))).expect("a look").map(|finding| finding.code), None);
    }
}
