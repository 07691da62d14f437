//! What was noticed about a file although it could be read.

use serde::{Deserialize, Serialize};

use crate::words::Bilingual;

/// What was noticed about a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// The sheet that was read is hidden.
    HiddenSheetRead(String),
    /// This sheet stands before the one that was read, and is hidden.
    HiddenSheetPassed(String),
    /// A row that could not be used, where a person finds it.
    RowSetAside {
        /// The file.
        file: String,
        /// The sheet.
        sheet: String,
        /// The row, as the spreadsheet counts.
        row: u64,
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
    },
}

impl Note {
    /// The note for people.
    pub fn describe(&self) -> Bilingual {
        match self {
            Self::HiddenSheetRead(name) => Bilingual::new(
                format!("所读的工作表“{name}”是隐藏的"),
                format!("the sheet `{name}` that was read is hidden"),
            ),
            Self::HiddenSheetPassed(name) => Bilingual::new(
                format!("工作表“{name}”是隐藏的，未读取"),
                format!("the sheet `{name}` is hidden and was not read"),
            ),
            Self::RowSetAside { file, sheet, row, zh, en } => Bilingual::new(
                format!("文件“{file}”的工作表“{sheet}”第 {row} 行无法使用：{zh}"),
                format!("row {row} of the sheet `{sheet}` of `{file}` cannot be used: {en}"),
            ),
        }
    }
}
