//! Exact numbers: sums, ratios, points and money never pass through binary floating point.
//!
//! A value stays a fraction until it is printed; printing rounds half up (四舍五入, away from zero for negatives).

mod correlation;
mod form;

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Visitor};

pub use correlation::{FEWEST_PAIRS, spearman};
use form::Form;

/// An exact rational number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(Form);

impl Exact {
    /// Nought.
    pub fn zero() -> Self {
        Self(Form::whole(0))
    }

    /// A whole number.
    pub fn whole(value: i64) -> Self {
        Self(Form::whole(value))
    }

    /// `units` × 10^-`scale`, as decimal columns store it.
    pub fn scaled(units: i128, scale: u32) -> Self {
        match 10_i128.checked_pow(scale) {
            Some(one) => Self(Form::ratio(units, one)),
            None => Self(Form::settled(BigRational::new(units.into(), BigInt::from(10).pow(scale)))),
        }
    }

    /// Reads a plain decimal such as `-12.50`, or a share such as `64%` or `6‰`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        for (sign, places) in [('%', 2), ('‰', 3)] {
            if let Some(parts) = text.strip_suffix(sign) {
                return Self::plain(parts.trim_end()).map(|value| value * Self::scaled(1, places));
            }
        }
        Self::plain(text)
    }

    fn plain(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.len() > 60 {
            return None;
        }
        let units: BigInt = format!("{whole}{fraction}").parse().ok()?;
        let value = Self(Form::settled(BigRational::new(units, BigInt::from(10).pow(fraction.len() as u32))));
        Some(if text.starts_with('-') { -value } else { value })
    }

    /// The number whose shortest decimal notation is that of `value`; `None` for NaN and infinities.
    pub fn from_float(value: f64) -> Option<Self> {
        if value.is_finite() { Self::parse(&format!("{value}")) } else { None }
    }

    /// `self` / `divisor`, or `None` when the divisor is nought.
    pub fn checked_div(&self, divisor: &Exact) -> Option<Self> {
        if divisor.is_zero() { None } else { Some(Self(self.0.over(&divisor.0))) }
    }

    /// 1, 2, 2.5 and 5 times every power of ten from 0.0001 to 10^11, rising: the distances at which numbers are easily read.
    pub fn round_steps() -> impl Iterator<Item = Self> {
        let tens = |power: u32| [100, 200, 250, 500].map(|units| units * 10i128.pow(power));
        (0..16).flat_map(tens).map(|units| Self::scaled(units, 6))
    }

    /// Whether it is nought.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below nought.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// The distance from nought.
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// The greatest whole number that is not above it.
    pub fn floor(&self) -> Self {
        Self(self.0.floor())
    }

    /// The nearest binary number, for drawing only; never for deciding.
    pub fn to_f64(&self) -> f64 {
        self.0.large().to_f64().unwrap_or(0.0)
    }

    /// Rounded half up to `places` decimals.
    pub fn rounded(&self, places: u32) -> Self {
        let units = self.units(places) * Self::scaled(1, places);
        if self.is_negative() { -units } else { units }
    }

    /// Whether so many decimals write it without loss.
    pub fn ends_within(&self, places: u32) -> bool {
        self.0.ends_within(places)
    }

    /// How many 10^-`places` it is from nought, rounded half up.
    fn units(&self, places: u32) -> Self {
        let one = match 10_i128.checked_pow(places) {
            Some(one) => Form::ratio(one, 1),
            None => Form::settled(BigRational::from_integer(BigInt::from(10).pow(places))),
        };
        (self.abs() * Self(one) + Self(Form::ratio(1, 2))).floor()
    }

    /// Rounded half up to `places` decimals, always printed with that many: `95.0`, `-0.50`.
    pub fn fixed(&self, places: u32) -> String {
        let digits = self.units(places).notation();
        let padded = format!("{digits:0>width$}", width = places as usize + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places as usize);
        let sign = if self.is_negative() && padded.bytes().any(|byte| byte != b'0') { "-" } else { "" };
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// As [`Exact::fixed`] but without trailing zeros: `95`, `0.5`.
    pub fn trimmed(&self, places: u32) -> String {
        let text = self.fixed(places);
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    }

    /// The notation that [`Exact::from_notation`] reads back without loss: `5/2` or `7`.
    pub fn notation(&self) -> String {
        match &self.0 {
            Form::Small(ratio) => ratio.to_string(),
            Form::Large(ratio) => ratio.to_string(),
        }
    }

    /// Reads what [`Exact::notation`] wrote.
    pub fn from_notation(text: &str) -> Option<Self> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let denominator: BigInt = denominator.parse().ok()?;
        if denominator.is_zero() {
            return None;
        }
        Some(Self(Form::settled(BigRational::new(numerator.parse().ok()?, denominator))))
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.notation())
    }
}

/// Up to six decimals, without trailing zeros.
impl fmt::Display for Exact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.trimmed(6))
    }
}

impl Add for Exact {
    type Output = Exact;
    fn add(self, other: Exact) -> Exact {
        Exact(self.0.plus(&other.0))
    }
}

impl Sub for Exact {
    type Output = Exact;
    fn sub(self, other: Exact) -> Exact {
        Exact(self.0.minus(&other.0))
    }
}

impl Mul for Exact {
    type Output = Exact;
    fn mul(self, other: Exact) -> Exact {
        Exact(self.0.times(&other.0))
    }
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact(self.0.opposite())
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(values: I) -> Exact {
        values.fold(Exact::zero(), |total, value| total + value)
    }
}

impl PartialEq<i64> for Exact {
    fn eq(&self, other: &i64) -> bool {
        *self == Exact::whole(*other)
    }
}

impl PartialOrd<i64> for Exact {
    fn partial_cmp(&self, other: &i64) -> Option<Ordering> {
        self.partial_cmp(&Exact::whole(*other))
    }
}

/// An authored number: a TOML integer or float, or a string such as `"64%"` or `"0.10"`.
impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Authored;
        impl Visitor<'_> for Authored {
            type Value = Exact;
            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("a number such as 0.95 or \"95%\"")
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Exact, E> {
                Ok(Exact::whole(value))
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Exact, E> {
                Ok(Exact(Form::ratio(value.into(), 1)))
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Exact, E> {
                Exact::from_float(value).ok_or_else(|| E::custom("a number must be finite"))
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Exact, E> {
                Exact::parse(value).ok_or_else(|| E::custom(format!("`{value}` is not a number such as 0.95 or 95%")))
            }
        }
        deserializer.deserialize_any(Authored).map_err(D::Error::custom)
    }
}

/// What [`Exact::parse`] reads, as a regular expression.
pub const NUMBER_PATTERN: &str = "[-+]?[0-9]+(\\.[0-9]*)? *[%‰]?";

impl JsonSchema for Exact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a number such as 0.95 or \"95%\"",
            "anyOf": [{ "type": "number" }, { "type": "string", "pattern": format!("^{NUMBER_PATTERN}$") }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).expect("a number")
    }

    #[test]
    fn printing_rounds_half_up() {
        assert_eq!(exact("10.005").fixed(2), "10.01");
        assert_eq!(exact("20.015").fixed(2), "20.02");
        assert_eq!(exact("-0.005").fixed(2), "-0.01");
        assert_eq!(exact("-0.004").fixed(2), "0.00");
        assert_eq!(exact("59.995").fixed(2), "60.00");
        assert_eq!(exact("7").fixed(0), "7");
        assert_eq!(exact("0.5").trimmed(3), "0.5");
        assert_eq!(exact("100").trimmed(2), "100");
    }

    #[test]
    fn percentages_and_decimals_are_read() {
        assert_eq!(exact("64%"), exact("0.64"));
        assert_eq!(Exact::from_float(0.1), Some(exact("0.1")));
        for wrong in ["", "-", "5%%", "5‰%", ".5", "1e3", "1,000", "abc", "１２", "NaN"] {
            assert!(Exact::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn thirds_stay_exact() {
        let third = exact("1").checked_div(&exact("3")).expect("a divisor");
        assert_eq!(third.clone() + third.clone() + third.clone(), exact("1"));
        assert_eq!(Exact::from_notation(&third.notation()), Some(third));
        assert_eq!(exact("1").checked_div(&Exact::zero()), None);
    }
}
