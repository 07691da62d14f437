//! Exact numbers come back from every notation as they went in.

use proptest::prelude::*;
use scorepost::exact::Exact;

/// Any fraction that scoring may meet.
pub fn fraction() -> impl Strategy<Value = Exact> {
    (any::<i64>(), 1..1_000_000_i64).prop_map(|(above, below)| {
        Exact::whole(above).checked_div(&Exact::whole(below)).expect("a divisor above nought")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_full_notation_loses_nothing(number in fraction()) {
        prop_assert_eq!(Exact::from_notation(&number.notation()), Some(number));
    }

    #[test]
    fn a_printed_number_is_the_rounded_one(number in fraction(), places in 0..9_u32) {
        let rounded = number.rounded(places);
        prop_assert_eq!(Exact::parse(&number.fixed(places)), Some(rounded.clone()));
        prop_assert_eq!(Exact::parse(&number.trimmed(places)), Some(rounded));
    }

    #[test]
    fn rounding_moves_by_half_a_unit_at_most_and_never_twice(number in fraction(), places in 0..9_u32) {
        let rounded = number.rounded(places);
        let half = Exact::scaled(5, places + 1);
        prop_assert!((rounded.clone() - number).abs() <= half);
        prop_assert_eq!(rounded.rounded(places), rounded);
    }

    #[test]
    fn halves_go_away_from_nought(units in 0..1_000_000_i64, places in 0..6_u32) {
        let half = Exact::scaled(i128::from(units) * 10 + 5, places + 1);
        let up = Exact::scaled(i128::from(units) + 1, places);
        prop_assert_eq!(half.rounded(places), up.clone());
        prop_assert_eq!((-half).rounded(places), -up);
    }

    #[test]
    fn a_decimal_reads_as_its_digits(units in any::<i64>(), places in 0..12_u32) {
        let number = Exact::scaled(i128::from(units), places);
        prop_assert_eq!(Exact::parse(&number.fixed(places)), Some(number.clone()));
        prop_assert_eq!(Exact::parse(&format!("{}%", number.fixed(places))), Some(number * Exact::scaled(1, 2)));
    }
}
