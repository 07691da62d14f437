//! Quantities that authors write with their unit: `30s`, `7d`, `64MB`, `5%`; and the units of what sources give.

use std::time::Duration;

/// What one of a source's numbers is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// What the column counts.
    One,
    /// A hundredth of what the column counts, such as a fen of a yuan.
    Hundredth,
    /// A share where 1 is the whole.
    Ratio,
    /// A share where 100 is the whole.
    Percent,
    /// A share; all values of a file together say whether 1 or 100 is the whole.
    Rate,
    /// So many milliseconds.
    Span(i64),
}

impl Unit {
    /// Whether it is a share, so that `62.5%` is understood.
    pub fn is_share(self) -> bool {
        matches!(self, Self::Ratio | Self::Percent | Self::Rate)
    }
}

/// How many milliseconds one of a column is, by the word in its name: `late_minutes`, `resp_seconds_sum`.
pub fn span_of_column(name: &str) -> Option<i64> {
    name.split('_').find_map(|word| match word {
        "seconds" => Some(1_000),
        "minutes" => Some(60_000),
        "hours" => Some(3_600_000),
        _ => None,
    })
}

/// Reads a length of time such as `500ms`, `30s`, `15m`, `2h` or `7d`.
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// Reads a number of whole days, such as `7d`.
pub fn days(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    (unit == "d" && number <= 36_500).then_some(number)
}

/// Reads a number of bytes such as `64MB`; units are powers of 1024.
pub fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let shift = match unit {
        "B" => 0,
        "KB" => 10,
        "MB" => 20,
        "GB" => 30,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

/// Reads a whole share such as `5%`, from 0 to 100.
pub fn percent(text: &str) -> Option<u64> {
    text.strip_suffix('%')?.parse().ok().filter(|share| *share <= 100)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_time_say_their_unit() {
        assert_eq!(span_of_column("resp_seconds_sum"), Some(1_000));
        assert_eq!(span_of_column("minutes_before_shift"), Some(60_000));
        assert_eq!(span_of_column("leave_hours"), Some(3_600_000));
        assert_eq!(span_of_column("order_amount"), None);
    }

    #[test]
    fn units_are_read_and_nothing_else() {
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("15m"), Some(Duration::from_secs(900)));
        assert_eq!(days("90d"), Some(90));
        assert_eq!(bytes("64MB"), Some(64 << 20));
        assert_eq!(percent("5%"), Some(5));
        for wrong in ["", "30", "s", "1.5s", "-1s", "3 s", "99999999999999999999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!((days("12h"), bytes("64"), percent("101%")), (None, None, None));
    }
}
