//! Rows with one key: the same again is dropped, another value for a known key is a contradiction.

use std::collections::HashMap;

use super::map::rows::{Mark, Rows};

/// What was found among the rows of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Rows that repeat an earlier one in every value; they are dropped.
    pub identical: u64,
    /// Rows that contradict an earlier one with the same key; the first is kept.
    pub conflicting: u64,
}

/// Keeps the first row of each key.
pub fn dedupe(rows: &mut Rows) -> Duplicates {
    let mut duplicates = Duplicates::default();
    let Some(key) = rows.key() else { return duplicates };
    // Looked up only, never walked: its order reaches no output.
    let mut first: HashMap<Vec<Mark>, usize> = HashMap::with_capacity(rows.height);
    let mut keep = vec![true; rows.height];
    for (row, keep) in keep.iter_mut().enumerate() {
        let values: Vec<Mark> = key.iter().map(|column| column.mark(row)).collect();
        let Some(earlier) = first.get(&values).copied() else {
            first.insert(values, row);
            continue;
        };
        *keep = false;
        if rows.same(earlier, row) {
            duplicates.identical += 1;
        } else {
            duplicates.conflicting += 1;
        }
    }
    if duplicates != Duplicates::default() {
        rows.retain(&keep);
    }
    duplicates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::map::rows::Value;
    use crate::source::Table;

    #[test]
    fn the_first_of_each_key_stays() {
        let mut rows = Rows::new(Table::PLANS);
        for (agent, target) in [("A1", 1), ("A2", 2), ("A1", 1), ("A2", 3), ("A3", 1)] {
            rows.push(vec![
                Value::Text(agent.into()),
                Value::Text("2026-10".into()),
                Value::Decimal(target),
                Value::Null,
                Value::Null,
            ]);
        }
        assert_eq!(dedupe(&mut rows), Duplicates { identical: 1, conflicting: 1 });
        assert_eq!(rows.height, 3);
        assert_eq!(dedupe(&mut rows), Duplicates::default());
    }

    #[test]
    fn a_table_without_key_keeps_everything() {
        let mut rows = Rows::new(Table::CALLS);
        let call =
            || vec![Value::Null, Value::Null, Value::Date(0), Value::Text("HANG".into()), Value::Int(1), Value::Int(0)];
        rows.push(call());
        rows.push(call());
        assert_eq!(dedupe(&mut rows), Duplicates::default());
        assert_eq!(rows.height, 2);
    }
}
