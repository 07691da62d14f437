//! Rules by which a mailed PDF is locked: what its recipient types to open it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::Bilingual;

/// What opens the mailed copy of a PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PdfPassword {
    /// The recipient's staff number.
    #[serde(rename = "staff-number")]
    StaffNumber,
    /// Its last six characters, or all of a shorter one.
    #[serde(rename = "staff-number-last-6")]
    LastSix,
}

impl PdfPassword {
    /// All rules.
    pub const ALL: [Self; 2] = [Self::StaffNumber, Self::LastSix];

    /// The password of the recipient with this staff number.
    pub fn of(self, staff_number: &str) -> String {
        match self {
            Self::StaffNumber => staff_number.to_owned(),
            Self::LastSix => {
                let count = staff_number.chars().count();
                staff_number.chars().skip(count.saturating_sub(6)).collect()
            }
        }
    }

    /// The rule for its reader, without the password.
    pub fn words(self) -> Bilingual {
        match self {
            Self::StaffNumber => Bilingual::new(
                "附件已加密，打开密码是您的工号（字母区分大小写）。",
                "The attachment is encrypted; it opens with your staff number (capitals matter).",
            ),
            Self::LastSix => Bilingual::new(
                "附件已加密，打开密码是您工号的最后 6 位（不足 6 位时为整个工号，字母区分大小写）。",
                "The attachment is encrypted; it opens with the last six characters of your staff number (all of a shorter one; capitals matter).",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_six_are_characters_and_all_of_a_shorter_number() {
        let last = |number| PdfPassword::LastSix.of(number);
        assert_eq!(
            (last("20260017").as_str(), last("A01").as_str(), last("客服一组0007").as_str()),
            ("260017", "A01", "一组0007")
        );
        assert_eq!(PdfPassword::StaffNumber.of("20260017"), "20260017");
    }
}
