use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::*;
use crate::extract::map::rows::{Rows, Value};
use crate::source::Table;

fn refund(id: &str, day: i32) -> Vec<Value> {
    let mut values = vec![Value::Null; Table::REFUNDS.columns().len()];
    let place = |name: &str| Table::REFUNDS.columns().iter().position(|column| column.name == name).expect(name);
    values[place("refund_id")] = Value::Text(id.into());
    values[place("at")] = Value::DateTime(i64::from(day) * 86_400_000_000 + 1);
    values
}

fn sheet() -> Sheet {
    let mut sheet = Sheet::new(Table::REFUNDS);
    for (walk, list) in [(0, vec![("a", 20_000), ("b", 20_001)]), (1, vec![("c", 20_000)])] {
        let mut rows = Rows::new(Table::REFUNDS);
        list.into_iter().for_each(|(id, day)| rows.push(refund(id, day)));
        sheet.add(rows, walk);
    }
    sheet
}

/// All rows of a file that has so many.
fn all(path: &Path, rows: u64) -> DataFrame {
    let mut slices = Slices::open(path, rows, None, 1 << 17).expect("opened");
    slices.next().expect("rows").expect("read")
}

const NAME: Name = Name { source: "shop", resource: "refunds", load: "abc-0" };

fn ids(frame: &DataFrame) -> Vec<String> {
    let ids = frame.column("refund_id").and_then(|column| column.str()).expect("ids");
    ids.iter().map(|id| id.unwrap_or("-").to_owned()).collect()
}

#[test]
fn rows_lie_by_day_and_are_read_by_walk() {
    let lake = tempfile::tempdir().expect("a folder");
    let files = write(lake.path(), NAME, vec![sheet()]).expect("written");
    let days: Vec<(&str, u64)> = files.iter().map(|file| (file.day.as_str(), file.rows)).collect();
    assert_eq!(days, [("2024-10-04", 2), ("2024-10-05", 1)]);
    let path = NAME.path(lake.path(), "refunds", "2024-10-04");
    assert!(path.ends_with("refunds/2024-10-04/shop.refunds.abc-0.parquet"));
    assert_eq!(ids(&all(&path, 2)), ["a", "c"]);
    let mut slices = Slices::open(&path, 2, Some(&[1]), 1).expect("opened");
    let (first, second) = (slices.next().expect("a slice").expect("read"), slices.next().expect("a slice"));
    assert_eq!((first.height(), ids(&second.expect("read"))), (0, vec!["c".to_owned()]));
    assert!(slices.next().is_none());
    let keys = read(&path, 2, Some(&[1]), &["refund_id"]).expect("read");
    assert_eq!((ids(&keys), keys.width()), (vec!["c".to_owned()], 1));
    let columns: Vec<&str> = first.get_column_names().into_iter().map(|name| name.as_str()).collect();
    assert_eq!(columns.last(), Some(&"source"), "nobody outside sees the walks");
}

#[test]
fn a_file_that_is_not_whole_is_named() {
    let lake = tempfile::tempdir().expect("a folder");
    write(lake.path(), NAME, vec![sheet()]).expect("written");
    let path = NAME.path(lake.path(), "refunds", "2024-10-04");
    let looked = |rows| {
        let keys = read(&path, rows, None, &["refund_id"]).map(|keys| keys.height());
        assert_eq!(keys.is_err(), Slices::open(&path, rows, None, 2).is_err());
        keys
    };
    assert_eq!(looked(3), Err(Damaged { path: path.clone() }));
    for damaged in [&b"PAR1 half"[..], b""] {
        std::fs::write(&path, damaged).expect("damaged");
        assert!(looked(2).is_err());
    }
    std::fs::remove_file(&path).expect("removed");
    assert!(looked(2).is_err());
}

#[test]
fn days_that_were_not_asked_for_are_noticed() {
    let day = |number| NaiveDate::from_epoch_days(number).expect("a day");
    let labels = Label::of(&sheet().rows);
    assert!(!labels[0].strays(Table::REFUNDS, (day(20_000), day(20_001))));
    assert!(labels[1].strays(Table::REFUNDS, (day(20_000), day(20_001))));
    assert!(Label::Undated.strays(Table::REFUNDS, (day(20_000), day(20_001))), "a fact without a day is nowhere");
    assert!(!Label::Undated.strays(Table::AGENTS, (day(20_000), day(20_001))), "people have none");
}

#[test]
fn only_a_month_becomes_a_folder_of_a_month() {
    let mut rows = Rows::new(Table::PLANS);
    for month in ["2026-10", "../../x", "2026-13", "202610"] {
        let mut values = vec![Value::Null; Table::PLANS.columns().len()];
        values[1] = Value::Text(month.into());
        rows.push(values);
    }
    let labels: Vec<String> = Label::of(&rows).iter().map(ToString::to_string).collect();
    assert_eq!(labels, ["2026-10", "undated", "undated", "undated"]);
}

#[test]
fn files_that_grow_have_their_rows_in_order_and_are_seen_only_at_the_end() {
    let lake = tempfile::tempdir().expect("a folder");
    let mut growing = Growing::new(lake.path(), NAME);
    for ids in [["a", "b"], ["c", "d"]] {
        let mut rows = Rows::new(Table::REFUNDS);
        ids.into_iter().zip([20_000, 20_001]).for_each(|(id, day)| rows.push(refund(id, day)));
        growing.add(Sheet::of_walk(rows, 0)).expect("written");
    }
    let path = NAME.path(lake.path(), "refunds", "2024-10-04");
    assert!(!path.exists());
    let files = growing.finish().expect("finished");
    let days: Vec<(&str, u64)> = files.iter().map(|file| (file.day.as_str(), file.rows)).collect();
    assert_eq!(days, [("2024-10-04", 2), ("2024-10-05", 2)]);
    assert_eq!(ids(&all(&path, 2)), ["a", "c"]);
    assert_eq!(std::fs::read_dir(path.parent().expect("a folder")).expect("a folder").count(), 1);
}

#[test]
fn of_files_that_are_left_nothing_stays() {
    let lake = tempfile::tempdir().expect("a folder");
    let mut growing = Growing::new(lake.path(), NAME);
    growing.add(sheet()).expect("written");
    drop(growing);
    let path = NAME.path(lake.path(), "refunds", "2024-10-04");
    assert_eq!(std::fs::read_dir(path.parent().expect("a folder")).expect("a folder").count(), 0);
}

#[test]
fn more_days_than_files_may_be_open_lie_in_the_lake_all_the_same() {
    let lake = tempfile::tempdir().expect("a folder");
    let mut growing = Growing::new(lake.path(), NAME);
    for id in ["a", "b"] {
        let mut rows = Rows::new(Table::REFUNDS);
        (20_000..20_300).for_each(|day| rows.push(refund(id, day)));
        growing.add(Sheet::of_walk(rows, 0)).expect("written");
    }
    let files = growing.finish().expect("finished");
    assert_eq!(files.len(), 300);
    for file in files {
        let path = NAME.path(lake.path(), &file.table, &file.day);
        assert_eq!(ids(&all(&path, file.rows)), ["a", "b"], "{}", file.day);
    }
}
