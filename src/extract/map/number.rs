//! Numbers from text, strictly: no thousands signs, no percent, no silent zero.

/// A whole number: digits, with `-` before them for less than zero.
pub(super) fn int(text: &str) -> Option<i64> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

/// An exact decimal in units of its last decimal; beyond so many places there must be zeros only.
pub(super) fn decimal(text: &str, places: u32) -> Option<i128> {
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
    // Thirty digits before the point leave room for the scale in what a decimal column holds.
    if whole.is_empty() || whole.len() > 30 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (kept, beyond) = fraction.split_at(fraction.len().min(places as usize));
    if beyond.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let missing = places - u32::try_from(kept.len()).ok()?;
    let fraction: i128 = if kept.is_empty() { 0 } else { kept.parse::<i128>().ok()? * 10_i128.pow(missing) };
    let amount = whole.parse::<i128>().ok()? * 10_i128.pow(places) + fraction;
    Some(if negative { -amount } else { amount })
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
        for wrong in ["", "-", ".", "1.", ".5", "1,234.5", "12%", "1e3", "1.23456", "１２", " 1", "NaN", "--1"] {
            assert_eq!(decimal(wrong, 4), None, "{wrong}");
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
