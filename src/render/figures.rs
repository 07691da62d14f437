//! Numbers as they are printed: exact, grouped, with their unit, never rounded across a limit.

use crate::exact::Exact;
use crate::score::appraisal::{Measured, Unit};
use crate::words::Locale;

/// Decimals beyond which a printed number is rounded and said to be.
pub(super) const MOST_PLACES: u32 = 2;

/// A plain number with `places` decimals, thousands separated, with a true minus sign.
pub(super) fn number(value: &Exact, places: u32) -> String {
    typeset(&value.fixed(places))
}

/// As [`number`], without trailing zeros.
pub(super) fn short_number(value: &Exact, places: u32) -> String {
    typeset(&value.trimmed(places))
}

/// A number that always shows its sign, as differences do: `+2.4`, `−0.5`, `0.0`.
pub(super) fn signed(value: &Exact, places: u32) -> String {
    let text = number(value, places);
    let nought = text.chars().all(|character| matches!(character, '0' | '.'));
    if nought || text.starts_with('−') { text } else { format!("+{text}") }
}

/// A value with its unit: `61.3%`, `¥12,345.60`, `186.3 秒`.
pub(super) fn with_unit(value: &Exact, unit: Unit, places: u32, locale: Locale) -> String {
    let plain = || number(value, places);
    match (unit, locale) {
        (Unit::Percent, _) => format!("{}%", number(&(value.clone() * Exact::whole(100)), places)),
        (Unit::Yuan, _) => yuan(value, places),
        (Unit::Seconds, Locale::Zh) => format!("{} 秒", plain()),
        (Unit::Seconds, Locale::En) => format!("{} s", plain()),
        (Unit::Minutes, Locale::Zh) => format!("{} 分钟", plain()),
        (Unit::Minutes, Locale::En) => format!("{} min", plain()),
        (Unit::Points, Locale::Zh) => format!("{} 分", plain()),
        (Unit::Points, Locale::En) => format!("{} pts", plain()),
        (Unit::Count | Unit::Ratio, _) => plain(),
    }
}

/// An amount of money.
pub(super) fn yuan(value: &Exact, places: u32) -> String {
    let amount = number(&value.abs(), places);
    if value.is_negative() { format!("−¥{amount}") } else { format!("¥{amount}") }
}

/// `value` with its unit, with as many more decimals as it takes to differ from a limit that it does not equal.
pub(super) fn apart_from(value: &Exact, limit: Option<&Exact>, unit: Unit, places: u32, locale: Locale) -> String {
    let shown = |places| with_unit(value, unit, places, locale);
    let Some(limit) = limit.filter(|limit| *limit != value) else { return shown(places) };
    let differs = |more: &u32| shown(*more) != with_unit(limit, unit, *more, locale);
    shown((places..places + 4).find(differs).unwrap_or(places))
}

/// What a value was made of, `412 / 672`; `None` where there is no denominator to show.
pub(super) fn parts(measured: &Measured) -> Option<String> {
    let denominator = measured.denominator.as_ref()?;
    Some(format!("{} / {}", short_number(&measured.numerator, 2), short_number(denominator, 2)))
}

/// A share as a whole percentage, rounded down so that what is not reached never reads 100%.
pub(super) fn percent_down(share: &Exact) -> String {
    format!("{}%", number(&(share.clone() * Exact::whole(100)).floor(), 0))
}

/// The fewest decimals, from `least` to [`MOST_PLACES`], that print all values without loss; `None` if those do not do.
pub(super) fn lossless_places<'a>(values: impl Iterator<Item = &'a Exact> + Clone, least: u32) -> Option<u32> {
    let lossless = |places: &u32| values.clone().all(|value| rounded(value, *places) == *value);
    (least..=MOST_PLACES).find(lossless)
}

/// The fewest decimals from `least` at which a rounded total stands on the right side of every grade limit.
pub(super) fn truthful_places<'a>(total: &Exact, limits: impl Iterator<Item = &'a Exact> + Clone, least: u32) -> u32 {
    let truthful = |places: &u32| {
        let shown = rounded(total, *places);
        limits.clone().all(|limit| (shown >= *limit) == (total >= limit))
    };
    (least..least + 6).find(truthful).unwrap_or(least)
}

/// The value that `fixed` prints.
pub(super) fn rounded(value: &Exact, places: u32) -> Exact {
    Exact::parse(&value.fixed(places)).unwrap_or_else(|| value.clone())
}

fn typeset(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    let whole = groups.join(",");
    fraction.map_or_else(|| format!("{sign}{whole}"), |fraction| format!("{sign}{whole}.{fraction}"))
}
