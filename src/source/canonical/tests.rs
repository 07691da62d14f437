use std::collections::BTreeSet;

use super::*;

#[test]
fn names_are_distinct_and_found() {
    let names: BTreeSet<&str> = Table::all().map(Table::name).collect();
    assert_eq!(names.len(), Table::all().count());
    for table in Table::all() {
        assert_eq!(Table::from_name(table.name()), Some(table));
        let columns: BTreeSet<&str> = table.columns().iter().map(|column| column.name).collect();
        assert_eq!(columns.len(), table.columns().len(), "{}", table.name());
    }
}

#[test]
fn keys_and_groups_are_columns_of_their_table() {
    for table in Table::all() {
        for name in table.key().iter().chain(table.one_of().iter().copied().flatten()) {
            assert!(table.column(name).is_some(), "{}.{name}", table.name());
        }
    }
}

#[test]
fn rows_lie_in_time_as_their_table_says() {
    for table in Table::all() {
        let kind = |name: &str| table.column(name).map(|column| column.kind);
        let required = |name: &str| table.column(name).is_some_and(|column| column.required);
        match table.grain() {
            Grain::Timeless => assert_eq!((kind("date"), kind("month")), (None, None), "{}", table.name()),
            Grain::Month => assert_eq!((kind("date"), kind("month")), (None, Some(Kind::Text)), "{}", table.name()),
            Grain::Day => assert!(required("date"), "{}", table.name()),
            Grain::DayOf(other) => {
                assert_eq!(kind("date"), Some(Kind::Date), "{}", table.name());
                assert!(matches!(kind(other), Some(Kind::Date | Kind::DateTime)), "{}.{other}", table.name());
                let either = table.one_of().contains(&["date", other].as_slice());
                assert!(required(other) || either, "{}", table.name());
            }
        }
    }
}
