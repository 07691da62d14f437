//! Records that could not become rows: counted by reason, with the first few of each.

use std::collections::BTreeMap;

use crate::source::Kind;
use crate::words::Bilingual;

const SAMPLES: usize = 3;

/// Why a record could not become a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It has another number of fields than the header.
    FieldCount,
    /// It is not UTF-8 text.
    NotUtf8,
    /// It is not a whole JSON value.
    NotJson,
    /// A column that every row needs has no value.
    Missing(&'static str),
    /// The value is not of the column's kind.
    NotKind(&'static str, KindWord),
    /// The value is no month, and its row would be of none.
    NotAMonth(&'static str),
    /// The value is of the kind, but not one that is allowed.
    NotAllowed(&'static str),
    /// The number lies outside what its row allows.
    NotBetween(&'static str),
    /// The day lies outside what was asked for.
    OutsideWindow(&'static str),
    /// A name of digits that was kept as a number and has lost some.
    LostDigits(&'static str),
    /// A share of which nobody can say what the whole is.
    Unclear(&'static str),
}

/// The name of a kind, so that faults can be sorted.
pub type KindWord = &'static str;

/// What was set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// How many records.
    pub records: u64,
    /// By reason: how often, and the numbers of the first.
    pub reasons: BTreeMap<Fault, (u64, Vec<u64>)>,
}

impl Fault {
    /// The value is not of the column's kind.
    pub(super) fn not(column: &'static str, kind: Kind) -> Self {
        Self::NotKind(column, kind.word())
    }

    /// The reason for people.
    pub fn describe(&self) -> Bilingual {
        match self {
            Self::FieldCount => Bilingual::new("字段个数与表头不符", "number of fields differs from the header"),
            Self::NotUtf8 => Bilingual::new("不是 UTF-8 文本", "not UTF-8 text"),
            Self::NotJson => Bilingual::new("不是完整的 JSON", "not whole JSON"),
            Self::LostDigits(column) => Bilingual::new(
                format!("`{column}` 是超过 15 位的数字，表格软件已丢失末几位，请把该列存为文本"),
                format!(
                    "`{column}` is a number of more than 15 digits, of which a spreadsheet loses the last; keep it as text"
                ),
            ),
            Self::Unclear(column) => Bilingual::new(
                format!("`{column}` 同一列中有的带百分号、有的是不大于 1 的数，无法判断比例"),
                format!(
                    "`{column}` has shares with a percent sign and others of at most 1 without; their whole is unclear"
                ),
            ),
            Self::Missing(column) => Bilingual::new(format!("`{column}` 没有值"), format!("`{column}` has no value")),
            Self::NotKind(column, kind) => {
                let form = form(kind);
                Bilingual::new(format!("`{column}` 不是{}", form.zh), format!("`{column}` is not {}", form.en))
            }
            Self::NotAMonth(column) => Bilingual::new(
                format!("`{column}` 不是写作 2026-10 的月份"),
                format!("`{column}` is not a month such as 2026-10"),
            ),
            Self::NotAllowed(column) => {
                Bilingual::new(format!("`{column}` 的值不允许"), format!("`{column}` has a value that is not allowed"))
            }
            Self::NotBetween(column) => Bilingual::new(
                format!("`{column}` 超出该行允许的范围"),
                format!("`{column}` lies outside what its row allows"),
            ),
            Self::OutsideWindow(column) => Bilingual::new(
                format!("`{column}` 不在所取的日期内"),
                format!("`{column}` lies outside the days asked for"),
            ),
        }
    }
}

/// What a value of a kind looks like, unless its mapping says otherwise.
fn form(kind: KindWord) -> Bilingual {
    match kind {
        "int" => Bilingual::new("整数", "a whole number"),
        "decimal" => Bilingual::new(
            "写作 60000.00 或 -300 的数（不带千分位和货币符号，小数位数不超过该列）",
            "a number such as 60000.00 or -300 (no separators, no currency, no more decimals than the column has)",
        ),
        "bool" => Bilingual::new(" true 或 false", "true or false"),
        "date" => Bilingual::new(
            "映射所写格式的日期（未写时为 2026-10-31）",
            "a day in the form that its mapping says (2026-10-31 unless it does)",
        ),
        "datetime" => Bilingual::new(
            "映射所写格式的时间（未写时为 2026-10-31 09:00:00）",
            "a time in the form that its mapping says (2026-10-31 09:00:00 unless it does)",
        ),
        other => Bilingual::same(other),
    }
}

impl Aside {
    pub(super) fn add(&mut self, number: u64, faults: Vec<Fault>) {
        self.records += 1;
        for fault in faults {
            let (count, samples) = self.reasons.entry(fault).or_default();
            *count += 1;
            if samples.len() < SAMPLES && samples.last() != Some(&number) {
                samples.push(number);
            }
        }
    }

    /// Adds what another walk set aside.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        for (fault, (count, numbers)) in other.reasons {
            let (total, samples) = self.reasons.entry(fault).or_default();
            *total += count;
            samples.extend(numbers);
            samples.truncate(SAMPLES);
        }
    }
}
