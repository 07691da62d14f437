//! How an exact number is held: most fit into two machine words, the others have as many digits as they need.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};

/// A fraction in lowest terms; `Large` only where `Small` cannot hold it, so that equal numbers have the same form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// Never with the smallest of all numerators, which has no opposite.
    Small(Ratio<i64>),
    /// Any other.
    Large(Box<BigRational>),
}

impl Form {
    pub(super) fn whole(value: i64) -> Self {
        Self::of(Ratio::from_integer(value))
    }

    /// `numerator` / `denominator`, which is not nought.
    pub(super) fn ratio(numerator: i128, denominator: i128) -> Self {
        match (i64::try_from(numerator), i64::try_from(denominator)) {
            (Ok(numerator), Ok(denominator)) if numerator > i64::MIN && denominator > 0 => {
                Self::of(Ratio::new(numerator, denominator))
            }
            _ => Self::settled(BigRational::new(numerator.into(), denominator.into())),
        }
    }

    /// A small result of an operation that was checked.
    fn of(ratio: Ratio<i64>) -> Self {
        match *ratio.numer() > i64::MIN {
            true => Self::Small(ratio),
            false => Self::Large(Box::new(BigRational::new((*ratio.numer()).into(), (*ratio.denom()).into()))),
        }
    }

    /// The form that a large fraction has.
    pub(super) fn settled(ratio: BigRational) -> Self {
        match (ratio.numer().to_i64().filter(|numerator| *numerator > i64::MIN), ratio.denom().to_i64()) {
            (Some(numerator), Some(denominator)) => Self::Small(Ratio::new_raw(numerator, denominator)),
            _ => Self::Large(Box::new(ratio)),
        }
    }

    pub(super) fn large(&self) -> BigRational {
        match self {
            Self::Small(ratio) => BigRational::new_raw(BigInt::from(*ratio.numer()), BigInt::from(*ratio.denom())),
            Self::Large(ratio) => (**ratio).clone(),
        }
    }

    /// Small numbers by the quick way as long as it does not overflow.
    fn combine(
        &self,
        other: &Self,
        quick: impl Fn(&Ratio<i64>, &Ratio<i64>) -> Option<Ratio<i64>>,
        slow: impl Fn(BigRational, BigRational) -> BigRational,
    ) -> Self {
        if let (Self::Small(mine), Self::Small(theirs)) = (self, other)
            && let Some(ratio) = quick(mine, theirs)
        {
            return Self::of(ratio);
        }
        Self::settled(slow(self.large(), other.large()))
    }

    /// Two whole numbers, which most sums and counts are: they need no common divisor.
    fn wholes(&self, other: &Self) -> Option<(i64, i64)> {
        match (self, other) {
            (Self::Small(mine), Self::Small(theirs)) if mine.is_integer() && theirs.is_integer() => {
                Some((*mine.numer(), *theirs.numer()))
            }
            _ => None,
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        match self.wholes(other).and_then(|(mine, theirs)| mine.checked_add(theirs)) {
            Some(sum) => Self::whole(sum),
            None => self.combine(other, Ratio::checked_add, |mine, theirs| mine + theirs),
        }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        match self.wholes(other).and_then(|(mine, theirs)| mine.checked_sub(theirs)) {
            Some(difference) => Self::whole(difference),
            None => self.combine(other, Ratio::checked_sub, |mine, theirs| mine - theirs),
        }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        match self.wholes(other).and_then(|(mine, theirs)| mine.checked_mul(theirs)) {
            Some(product) => Self::whole(product),
            None => self.combine(other, Ratio::checked_mul, |mine, theirs| mine * theirs),
        }
    }

    /// `self` / `divisor`, which is not nought.
    pub(super) fn over(&self, divisor: &Self) -> Self {
        if divisor.is_negative() {
            // A product of denominators that is the smallest number of all could not be turned round.
            return self.opposite().over(&divisor.opposite());
        }
        match self.wholes(divisor) {
            Some((mine, theirs)) => Self::of(Ratio::new(mine, theirs)),
            None => self.combine(divisor, Ratio::checked_div, |mine, theirs| mine / theirs),
        }
    }

    /// Whether so many decimals write it without loss.
    pub(super) fn ends_within(&self, places: u32) -> bool {
        match (self, 10_i64.checked_pow(places)) {
            (Self::Small(ratio), Some(one)) => one % ratio.denom() == 0,
            _ => (BigInt::from(10).pow(places) % self.large().denom()).is_zero(),
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        matches!(self, Self::Small(ratio) if ratio.is_zero())
    }

    pub(super) fn is_negative(&self) -> bool {
        match self {
            Self::Small(ratio) => ratio.is_negative(),
            Self::Large(ratio) => ratio.is_negative(),
        }
    }

    pub(super) fn opposite(&self) -> Self {
        match self {
            Self::Small(ratio) => Self::Small(-*ratio),
            Self::Large(ratio) => Self::settled(-(**ratio).clone()),
        }
    }

    pub(super) fn floor(&self) -> Self {
        match self {
            // Not `Ratio::floor`, which subtracts the denominator from the numerator and may overflow.
            Self::Small(ratio) => Self::whole(ratio.numer().div_euclid(*ratio.denom())),
            Self::Large(ratio) => Self::settled(ratio.floor()),
        }
    }
}

impl Ord for Form {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(mine), Self::Small(theirs)) => {
                let product = |one: i64, other: i64| i128::from(one) * i128::from(other);
                product(*mine.numer(), *theirs.denom()).cmp(&product(*theirs.numer(), *mine.denom()))
            }
            _ => self.large().cmp(&other.large()),
        }
    }
}

impl PartialOrd for Form {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers at both ends of what a machine word holds, and ordinary ones.
    fn number() -> impl Strategy<Value = (i128, i128)> {
        let edge =
            prop_oneof![Just(i128::from(i64::MAX)), Just(i128::from(i64::MIN)), Just(1 << 62), Just(-1), Just(0)];
        let numerator = prop_oneof![edge, -1000..1000_i128, any::<i64>().prop_map(i128::from)];
        let denominator = prop_oneof![1..1000_i128, Just(1 << 62), Just(i128::from(i64::MAX)), Just(1 << 64)];
        (numerator, denominator)
    }

    fn whole(ratio: &BigRational) -> Form {
        Form::settled(ratio.clone())
    }

    proptest! {
        #[test]
        fn the_quick_way_gives_what_the_long_way_gives(mine in number(), theirs in number()) {
            let (a, b) = (Form::ratio(mine.0, mine.1), Form::ratio(theirs.0, theirs.1));
            let (x, y) = (BigRational::new(mine.0.into(), mine.1.into()), BigRational::new(theirs.0.into(), theirs.1.into()));
            prop_assert!(a.large() == x && a == whole(&x));
            prop_assert!(a.plus(&b) == whole(&(&x + &y)));
            prop_assert!(a.minus(&b) == whole(&(&x - &y)));
            prop_assert!(a.times(&b) == whole(&(&x * &y)));
            prop_assert!(a.opposite() == whole(&-&x) && a.floor() == whole(&x.floor()));
            for places in 0..20 {
                let units = &x * BigRational::from_integer(BigInt::from(10).pow(places));
                prop_assert_eq!(a.ends_within(places), units.is_integer());
            }
            prop_assert!(a.cmp(&b) == x.cmp(&y) && a.is_negative() == x.is_negative());
            if !b.is_zero() {
                prop_assert!(a.over(&b) == whole(&(&x / &y)));
            }
        }
    }
}
