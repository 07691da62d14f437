//! Numbers from text, strictly and exactly: no thousands signs, no silent zero, never a float.

use crate::source::mapping::Rounding;

/// A number as written: so many units of its last decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    units: i128,
    places: u32,
}

/// How many digits a number may have: enough for any amount, and room for a change of its unit.
const MOST_DIGITS: usize = 30;

impl Written {
    /// Reads digits with `-` before them for less than zero and at most one point between them.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (digits, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        if whole.trim_start_matches('0').len() + fraction.len() > MOST_DIGITS {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let units: i128 = digits.trim_start_matches('0').parse().or_else(|error| zero(&digits, error)).ok()?;
        Some(Self { units: if negative { -units } else { units }, places: u32::try_from(fraction.len()).ok()? })
    }

    /// A clock time such as `0:01:30` in seconds.
    pub(super) fn clock(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let [hours, minutes, seconds] = parts.as_slice() else { return None };
        let part = |text: &str, below: i128| text.parse::<u32>().ok().map(i128::from).filter(|number| *number < below);
        let whole = part(hours, 1_000_000)? * 3_600 + part(minutes, 60)? * 60 + part(seconds, 60)?;
        Some(Self { units: whole, places: 0 })
    }

    /// Whether it is more than one.
    pub(super) fn is_above_one(self) -> bool {
        10_i128.checked_pow(self.places).is_some_and(|one| self.units > one)
    }

    /// Whether it is zero.
    pub(super) fn is_zero(self) -> bool {
        self.units == 0
    }

    /// This number times `factor.0 / factor.1`, in units of the last of so many decimals.
    pub(super) fn scaled(self, factor: (i64, i64), places: u32, rounding: Rounding) -> Option<i128> {
        let above = self.units.checked_mul(i128::from(factor.0))?.checked_mul(10_i128.checked_pow(places)?)?;
        let below = i128::from(factor.1).checked_mul(10_i128.checked_pow(self.places)?)?;
        let (whole, rest) = (above.div_euclid(below), above.rem_euclid(below));
        match rounding {
            _ if rest == 0 => Some(whole),
            Rounding::Refuse => None,
            Rounding::Down => Some(whole),
            // Half up means away from zero, as money is rounded: -0.5 becomes -1.
            Rounding::HalfUp if above < 0 => Some(whole + i128::from(rest > below - rest)),
            Rounding::HalfUp => Some(whole + i128::from(rest >= below - rest)),
        }
    }
}

fn zero<E>(digits: &str, error: E) -> Result<i128, E> {
    if digits.bytes().all(|byte| byte == b'0') { Ok(0) } else { Err(error) }
}

/// A whole number: digits, with `-` before them for less than zero.
pub(super) fn int(text: &str) -> Option<i64> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

/// An exact decimal in units of its last decimal; beyond so many places there must be zeros only.
pub(super) fn decimal(text: &str, places: u32) -> Option<i128> {
    Written::read(text)?.scaled((1, 1), places, Rounding::Refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        assert_eq!(decimal("200.07", 4), Some(2_000_700));
        assert_eq!(decimal("-0.5", 4), Some(-5_000));
        assert_eq!(decimal("12", 4), Some(120_000));
        assert_eq!(decimal("1.23450", 4), Some(12_345));
        assert_eq!(decimal("4.67881", 6), Some(4_678_810));
        assert_eq!((decimal("0", 4), decimal("00.00", 4)), (Some(0), Some(0)));
        for wrong in ["", "-", ".", "1.", ".5", "1,234.5", "12%", "1e3", "1.23456", "１２", " 1", "NaN", "--1", "+1"]
        {
            assert_eq!(decimal(wrong, 4), None, "{wrong}");
        }
        assert_eq!(decimal(&"9".repeat(31), 4), None);
        assert_eq!(decimal(&"9".repeat(30), 4), Some((10_i128.pow(30) - 1) * 10_000));
    }

    #[test]
    fn units_change_without_a_float() {
        let scaled =
            |text, factor, places, rounding| Written::read(text).and_then(|one| one.scaled(factor, places, rounding));
        assert_eq!(scaled("27.5", (1, 100), 6, Rounding::Refuse), Some(275_000));
        assert_eq!(scaled("90", (1_000, 60_000), 0, Rounding::Refuse), None);
        assert_eq!(scaled("90", (1_000, 60_000), 0, Rounding::Down), Some(1));
        assert_eq!(scaled("90", (1_000, 60_000), 0, Rounding::HalfUp), Some(2));
        assert_eq!(scaled("1.5", (60_000, 1_000), 0, Rounding::Refuse), Some(90));
        assert_eq!(scaled("-0.5", (1, 1), 0, Rounding::HalfUp), Some(-1));
        assert_eq!(scaled("-0.4", (1, 1), 0, Rounding::HalfUp), Some(0));
        assert_eq!(scaled("0.666666666666667", (1, 1), 6, Rounding::HalfUp), Some(666_667));
        assert_eq!(scaled("0.123456789012345678901234567890", (1, 1), 6, Rounding::Refuse), None);
    }

    #[test]
    fn clocks_have_three_parts() {
        let seconds = |text| Written::clock(text).and_then(|one| one.scaled((1, 1), 0, Rounding::Refuse));
        assert_eq!((seconds("0:00:12"), seconds("100:01:00")), (Some(12), Some(360_060)));
        for wrong in ["00:12", "0:60:00", "0:00:60", "a:00:00", "-1:00:00", "1:2:3:4", ""] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn whole_numbers_have_only_digits() {
        assert_eq!((int("-5"), int("007")), (Some(-5), Some(7)));
        for wrong in ["", "+5", "5.0", "1,000", "0x5", "9223372036854775808", "3.27E+11"] {
            assert_eq!(int(wrong), None, "{wrong}");
        }
    }
}
