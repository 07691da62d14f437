//! How a metric's value is counted and printed.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::exact::Exact;

/// What a number counts, so that it can be printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A share, printed as a percentage.
    Percent,
    /// Yuan.
    Yuan,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// A number of things.
    Count,
    /// A bare ratio.
    #[default]
    Ratio,
    /// Points of a rating.
    Points,
}

impl Unit {
    /// Decimals that suit the unit when the author names none.
    pub fn decimals(self) -> u32 {
        match self {
            Self::Count => 0,
            Self::Percent | Self::Seconds | Self::Minutes | Self::Points => 1,
            Self::Yuan | Self::Ratio => 2,
        }
    }

    /// The value as people write it: `61.3%`, `¥1,234.00`, `12.5 秒`-less seconds as `12.5s`.
    pub fn print(self, value: &Exact, decimals: u32) -> String {
        match self {
            Self::Percent => format!("{}%", (value.clone() * Exact::whole(100)).fixed(decimals)),
            Self::Yuan => format!("¥{}", grouped(&value.fixed(decimals))),
            Self::Seconds => format!("{}s", value.fixed(decimals)),
            Self::Minutes => format!("{}min", value.fixed(decimals)),
            Self::Count => grouped(&value.fixed(decimals)),
            Self::Ratio | Self::Points => value.fixed(decimals),
        }
    }
}

/// Whether a larger value is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is better.
    #[default]
    Higher,
    /// Less is better.
    Lower,
}

/// Separates the thousands of a plain decimal: `1234567.80` becomes `1,234,567.80`.
pub fn grouped(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_in_their_units() {
        let exact = |text: &str| Exact::parse(text).expect("a number");
        assert_eq!(Unit::Percent.print(&exact("0.61251"), 1), "61.3%");
        assert_eq!(Unit::Yuan.print(&exact("1234567.8"), 2), "¥1,234,567.80");
        assert_eq!(Unit::Yuan.print(&exact("-1234"), 0), "¥-1,234");
        assert_eq!(Unit::Count.print(&exact("999"), 0), "999");
        assert_eq!(Unit::Seconds.print(&exact("12.25"), 1), "12.3s");
    }
}
