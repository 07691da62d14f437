//! Two rows with one key: the same again, an older or newer state, two halves of one day, or a contradiction.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use polars::prelude::{AnyValue, Column, DataFrame, IdxCa, IdxSize, NewChunkedArray};

use crate::source::{CHANGED_AT, Table};

/// What a later row is to the one that stands so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// The same in every value.
    Same,
    /// A newer state of it, which stands from now on.
    Newer,
    /// An older state of it.
    Older,
    /// Columns that it lacked: sources may give a day's sums one by one.
    Completes,
    /// Another value for what is known.
    Contradicts,
}

/// Brings rows together, and remembers what they took from each other.
pub struct Meetings<'a> {
    frame: &'a DataFrame,
    /// The column that says when a row last changed.
    changed: Option<usize>,
    /// Whether its rows are days, whose columns may come one by one.
    by_day: bool,
    /// By column and row: the row whose cell is taken instead.
    taken: BTreeMap<usize, BTreeMap<usize, usize>>,
}

impl<'a> Meetings<'a> {
    /// No row has met another yet.
    pub fn new(table: Table, frame: &'a DataFrame) -> Self {
        let changed = frame.get_column_index(CHANGED_AT).filter(|_| table.column(CHANGED_AT).is_some());
        Self { frame, changed, by_day: table.key().contains(&"date"), taken: BTreeMap::new() }
    }

    /// Lets a later row meet the one of its key that stands.
    ///
    /// # Errors
    /// When a cell cannot be read.
    pub fn meet(&mut self, stands: usize, later: usize) -> Result<Meeting> {
        let (mut lacking, mut contradicts) = (false, false);
        for column in 0..self.frame.width() {
            let (one, other) = (self.cell(column, stands)?, self.cell(column, later)?);
            match (one == other, one.is_null(), other.is_null()) {
                (true, ..) | (false, false, true) => {}
                (false, true, _) => lacking = true,
                (false, false, false) => contradicts = true,
            }
        }
        if let Some(order) = self.order(stands, later)? {
            return Ok(order);
        }
        let is_same = !lacking && !contradicts && self.same(stands, later)?;
        match (is_same, contradicts || !self.by_day) {
            (true, _) => Ok(Meeting::Same),
            (false, true) => Ok(Meeting::Contradicts),
            (false, false) => {
                self.complete(stands, later)?;
                Ok(Meeting::Completes)
            }
        }
    }

    /// Lets rows of two pulls meet, of which `loser` is of the older: the newest state stands, else the newest pull, and
    /// a day keeps what only the other one has.
    ///
    /// # Errors
    /// When a cell cannot be read.
    pub fn follow(&mut self, stands: usize, later: usize, loser: usize) -> Result<Meeting> {
        let by_pull = if loser == stands { Meeting::Newer } else { Meeting::Older };
        let meeting = self.order(stands, later)?.unwrap_or(by_pull);
        match meeting {
            Meeting::Newer => self.complete(later, stands)?,
            _ => self.complete(stands, later)?,
        }
        Ok(meeting)
    }

    /// Fills what a day lacks from another row of it.
    fn complete(&mut self, stands: usize, other: usize) -> Result<()> {
        for column in (0..self.frame.width()).filter(|_| self.by_day) {
            if self.cell(column, stands)?.is_null() && !self.cell(column, other)?.is_null() {
                let from = self.place(column, other);
                self.taken.entry(column).or_default().insert(stands, from);
            }
        }
        Ok(())
    }

    /// The frame with what its rows took from each other.
    ///
    /// # Errors
    /// When a column cannot be rebuilt.
    pub fn finish(self) -> Result<DataFrame> {
        let mut frame = self.frame.clone();
        for (column, rows) in self.taken {
            let place = |row: usize| rows.get(&row).copied().unwrap_or(row) as IdxSize;
            let places: Vec<IdxSize> = (0..frame.height()).map(place).collect();
            let cells = frame.columns()[column].take(&IdxCa::from_slice("".into(), &places));
            frame.with_column(cells.context("cells cannot be taken from another row")?)?;
        }
        Ok(frame)
    }

    fn cell(&self, column: usize, row: usize) -> Result<AnyValue<'_>> {
        Ok(self.column(column).get(self.place(column, row))?)
    }

    /// The row whose cell stands for that of a row.
    fn place(&self, column: usize, row: usize) -> usize {
        self.taken.get(&column).and_then(|rows| rows.get(&row)).copied().unwrap_or(row)
    }

    fn column(&self, column: usize) -> &Column {
        &self.frame.columns()[column]
    }

    fn same(&self, one: usize, other: usize) -> Result<bool> {
        for column in 0..self.frame.width() {
            if self.cell(column, one)? != self.cell(column, other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Which of two states is newer, where both say when they changed.
    fn order(&self, stands: usize, later: usize) -> Result<Option<Meeting>> {
        let Some(changed) = self.changed else { return Ok(None) };
        Ok(match (self.cell(changed, stands)?, self.cell(changed, later)?) {
            (AnyValue::Datetime(one, ..), AnyValue::Datetime(other, ..)) if one < other => Some(Meeting::Newer),
            (AnyValue::Datetime(one, ..), AnyValue::Datetime(other, ..)) if other < one => Some(Meeting::Older),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use polars::df;
    use polars::prelude::{DataType, TimeUnit};

    use super::*;

    fn table(name: &str) -> Table {
        Table::from_name(name).expect("a table")
    }

    #[test]
    fn halves_of_a_day_become_one() {
        let days = df!(
            "agent_id" => ["A1", "A1", "A1", "A1"],
            "sessions" => [Some(3), None, None, Some(4)],
            "rated_5" => [None, Some(2), Some(2), None],
        );
        let days = days.expect("a frame");
        let mut meetings = Meetings::new(table("chats_daily"), &days);
        assert_eq!(meetings.meet(0, 1).expect("met"), Meeting::Completes);
        assert_eq!(meetings.meet(0, 2).expect("met"), Meeting::Completes, "it has nothing new");
        assert_eq!(meetings.meet(0, 3).expect("met"), Meeting::Contradicts);
        let whole = meetings.finish().expect("a frame");
        assert_eq!(whole.column("rated_5").and_then(|cells| cells.i32()).expect("numbers").get(0), Some(2));
        assert_eq!(whole.column("sessions").and_then(|cells| cells.i32()).expect("numbers").get(0), Some(3));
    }

    #[test]
    fn the_latest_state_stands_and_other_tables_are_never_patched_together() {
        let orders = df!(
            "order_id" => ["o"; 4],
            "status" => [Some("new"), Some("paid"), Some("new"), None],
            CHANGED_AT => [100_i64, 300, 200, 300],
        );
        let mut orders = orders.expect("a frame");
        let times =
            orders.column(CHANGED_AT).expect("a column").cast(&DataType::Datetime(TimeUnit::Microseconds, None));
        orders.with_column(times.expect("times")).expect("a column");
        let mut meetings = Meetings::new(table("orders"), &orders);
        assert_eq!(meetings.meet(0, 1).expect("met"), Meeting::Newer);
        assert_eq!(meetings.meet(1, 2).expect("met"), Meeting::Older);
        assert_eq!(meetings.meet(1, 1).expect("met"), Meeting::Same);
        assert_eq!(meetings.meet(1, 3).expect("met"), Meeting::Contradicts, "of one instant, but not the same");
    }
}
