//! Numbers for narrow cells: all of one chart in the same short form, with one word for what they are.

use super::figures::number;
use crate::exact::Exact;
use crate::score::appraisal::Unit;
use crate::words::Locale;

/// From here on a number is too long for a cell.
const LONG: i64 = 10_000;

/// How the numbers of one chart are printed.
pub(super) struct Terse {
    divisor: Exact,
    places: u32,
    /// What they are, such as `%` or `万元`; empty for bare numbers.
    pub(super) unit: String,
}

impl Terse {
    /// The form for these values, with at most `places` decimals and as few as print all of them without loss.
    pub(super) fn of<'a>(
        values: impl Iterator<Item = &'a Exact> + Clone,
        unit: Unit,
        places: u32,
        locale: Locale,
    ) -> Self {
        let largest = values.clone().map(Exact::abs).max().unwrap_or_else(Exact::zero);
        let percent = unit == Unit::Percent;
        let (divisor, word, most) = match (percent, largest >= LONG, locale) {
            (true, ..) => (Exact::scaled(1, 2), "", places),
            (false, false, _) => (Exact::whole(1), "", places),
            (false, true, Locale::Zh) => (Exact::whole(10_000), "万", 2),
            (false, true, Locale::En) => (Exact::whole(1_000), "k", 1),
        };
        let lossless = |places: &u32| {
            let mut shown = values.clone().filter_map(|value| value.checked_div(&divisor));
            shown.all(|value| value.rounded(*places) == value)
        };
        let places = (0..most).find(lossless).unwrap_or(most);
        Self { places, unit: unit_word(unit, word, locale), divisor }
    }

    /// The value as it stands in a cell and on the axis.
    pub(super) fn scaled(&self, value: &Exact) -> Exact {
        value.checked_div(&self.divisor).unwrap_or_else(Exact::zero)
    }

    /// The value as text.
    pub(super) fn print(&self, value: &Exact) -> String {
        number(&self.scaled(value), self.places)
    }
}

fn unit_word(unit: Unit, scale: &str, locale: Locale) -> String {
    match (unit, locale) {
        (Unit::Percent, _) => "%".to_owned(),
        (Unit::Yuan, Locale::Zh) => format!("{scale}元"),
        (Unit::Yuan, Locale::En) => format!("¥{scale}"),
        (Unit::Seconds, Locale::Zh) => format!("{scale}秒"),
        (Unit::Seconds, Locale::En) => format!("{scale} s").trim().to_owned(),
        (Unit::Minutes, Locale::Zh) => format!("{scale}分钟"),
        (Unit::Minutes, Locale::En) => format!("{scale} min").trim().to_owned(),
        (Unit::Points, Locale::Zh) => format!("{scale}分"),
        (Unit::Points, Locale::En) => format!("{scale} pts").trim().to_owned(),
        (Unit::Count | Unit::Ratio, _) => scale.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(values: &[&str], unit: Unit, places: u32, locale: Locale) -> (Vec<String>, String) {
        let values: Vec<Exact> = values.iter().map(|text| Exact::parse(text).expect("a number")).collect();
        let terse = Terse::of(values.iter(), unit, places, locale);
        (values.iter().map(|value| terse.print(value)).collect(), terse.unit)
    }

    #[test]
    fn all_numbers_of_a_chart_share_one_short_form() {
        let (cells, unit) = printed(&["0.625", "0.5", "1"], Unit::Percent, 1, Locale::Zh);
        assert_eq!((cells, unit.as_str()), (vec!["62.5".into(), "50.0".into(), "100.0".into()], "%"));
        let (cells, unit) = printed(&["12345.6", "-999"], Unit::Yuan, 2, Locale::Zh);
        assert_eq!((cells, unit.as_str()), (vec!["1.23".into(), "−0.10".into()], "万元"));
        let (cells, unit) = printed(&["12345.6", "10"], Unit::Yuan, 2, Locale::En);
        assert_eq!((cells, unit.as_str()), (vec!["12.3".into(), "0.0".into()], "¥k"));
        let (cells, unit) = printed(&["3", "9999"], Unit::Count, 2, Locale::En);
        assert_eq!((cells, unit.as_str()), (vec!["3".into(), "9,999".into()], ""));
    }
}
