//! Typed rows of one table, column by column.

use crate::source::{Kind, Table};

/// One typed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Units of the column's last decimal.
    Decimal(i128),
    /// Yes or no.
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 on the clocks of the source.
    DateTime(i64),
}

/// The values of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Text.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Units of the column's last decimal.
    Decimal(Vec<Option<i128>>),
    /// Yes or no.
    Bool(Vec<Option<bool>>),
    /// Days since 1970-01-01.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01 on the clocks of the source.
    DateTime(Vec<Option<i64>>),
}

/// One value of a key; two empty ones are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark<'a> {
    /// No value.
    Nothing,
    /// A text.
    Text(&'a str),
    /// A number, a day or a time.
    Number(i64),
}

/// Typed rows of one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The table.
    pub table: Table,
    /// Its columns in their order.
    pub columns: Vec<Values>,
    /// How many rows.
    pub height: usize,
}

impl Values {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new()),
            Kind::Int => Self::Int(Vec::new()),
            Kind::Decimal(_) => Self::Decimal(Vec::new()),
            Kind::Bool => Self::Bool(Vec::new()),
            Kind::Date => Self::Date(Vec::new()),
            Kind::DateTime => Self::DateTime(Vec::new()),
        }
    }

    /// Adds a value of the column's kind; one of another kind counts as none.
    fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Text(list), value) => list.push(if let Value::Text(text) = value { Some(text) } else { None }),
            (Self::Int(list), value) => list.push(if let Value::Int(number) = value { Some(number) } else { None }),
            (Self::Decimal(list), value) => {
                list.push(if let Value::Decimal(amount) = value { Some(amount) } else { None })
            }
            (Self::Bool(list), value) => list.push(if let Value::Bool(truth) = value { Some(truth) } else { None }),
            (Self::Date(list), value) => list.push(if let Value::Date(day) = value { Some(day) } else { None }),
            (Self::DateTime(list), value) => list.push(if let Value::DateTime(at) = value { Some(at) } else { None }),
        }
    }

    fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Text(list), Self::Text(more)) => list.extend(more),
            (Self::Int(list), Self::Int(more)) | (Self::DateTime(list), Self::DateTime(more)) => list.extend(more),
            (Self::Decimal(list), Self::Decimal(more)) => list.extend(more),
            (Self::Bool(list), Self::Bool(more)) => list.extend(more),
            (Self::Date(list), Self::Date(more)) => list.extend(more),
            // Columns of one table have one kind.
            _ => {}
        }
    }

    fn same(&self, left: usize, right: usize) -> bool {
        match self {
            Self::Text(list) => list[left] == list[right],
            Self::Int(list) | Self::DateTime(list) => list[left] == list[right],
            Self::Decimal(list) => list[left] == list[right],
            Self::Bool(list) => list[left] == list[right],
            Self::Date(list) => list[left] == list[right],
        }
    }

    /// One value as part of a key; a decimal never is one.
    pub fn mark(&self, row: usize) -> Mark<'_> {
        match self {
            Self::Text(list) => list[row].as_deref().map_or(Mark::Nothing, Mark::Text),
            Self::Int(list) | Self::DateTime(list) => list[row].map_or(Mark::Nothing, Mark::Number),
            Self::Date(list) => list[row].map_or(Mark::Nothing, |day| Mark::Number(day.into())),
            Self::Bool(list) => list[row].map_or(Mark::Nothing, |truth| Mark::Number(truth.into())),
            Self::Decimal(_) => Mark::Nothing,
        }
    }

    fn retain(&mut self, keep: &[bool]) {
        fn by<T>(list: &mut Vec<T>, keep: &[bool]) {
            let mut flags = keep.iter();
            list.retain(|_| flags.next().copied().unwrap_or(true));
        }
        match self {
            Self::Text(list) => by(list, keep),
            Self::Int(list) | Self::DateTime(list) => by(list, keep),
            Self::Decimal(list) => by(list, keep),
            Self::Bool(list) => by(list, keep),
            Self::Date(list) => by(list, keep),
        }
    }
}

impl Rows {
    /// No rows yet.
    pub fn new(table: Table) -> Self {
        let columns = table.columns().iter().map(|column| Values::new(column.kind)).collect();
        Self { table, columns, height: 0 }
    }

    /// Adds a row whose values are in the order of the columns.
    pub fn push(&mut self, values: Vec<Value>) {
        self.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        self.height += 1;
    }

    /// All rows, of which none stay.
    pub fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(self.table))
    }

    /// Adds the rows of another walk.
    pub fn append(&mut self, other: Self) {
        self.columns.iter_mut().zip(other.columns).for_each(|(column, more)| column.append(more));
        self.height += other.height;
    }

    /// Whether two rows have the same values.
    pub fn same(&self, left: usize, right: usize) -> bool {
        self.columns.iter().all(|column| column.same(left, right))
    }

    /// Drops the rows whose flag is false.
    pub fn retain(&mut self, keep: &[bool]) {
        self.columns.iter_mut().for_each(|column| column.retain(keep));
        self.height = keep.iter().filter(|keep| **keep).count();
    }

    /// The columns of the table's key, if it has one.
    pub fn key(&self) -> Option<Vec<&Values>> {
        let position = |name: &&str| self.table.columns().iter().position(|column| column.name == *name);
        let key: Vec<&Values> = self.table.key().iter().filter_map(position).map(|at| &self.columns[at]).collect();
        (!key.is_empty()).then_some(key)
    }
}
