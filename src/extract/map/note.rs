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
        }
    }
}
