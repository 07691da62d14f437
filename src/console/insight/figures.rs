//! Figures of small samples: exact means and quartiles.

use crate::exact::Exact;

/// The mean; none of nothing.
pub fn mean(values: &[Exact]) -> Option<Exact> {
    values.iter().cloned().sum::<Exact>().checked_div(&Exact::whole(values.len() as i64))
}

/// The least value, the quartiles and the greatest; one between two values lies on the straight line between them.
pub fn five(values: &[Exact]) -> Option<[Exact; 5]> {
    let mut sorted = values.to_vec();
    sorted.sort();
    let at = |quarters: usize| -> Option<Exact> {
        let steps = sorted.len().checked_sub(1)? * quarters;
        let (low, high) = (sorted.get(steps / 4)?, sorted.get(steps.div_ceil(4))?);
        let part = Exact::whole((steps % 4) as i64).checked_div(&Exact::whole(4))?;
        Some(low.clone() + (high.clone() - low.clone()) * part)
    };
    Some([at(0)?, at(1)?, at(2)?, at(3)?, at(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(texts: &[&str]) -> Vec<Exact> {
        texts.iter().map(|text| Exact::parse(text).expect("a number")).collect()
    }

    #[test]
    fn means_and_quartiles_are_exact() {
        let told = |texts: &[&str]| five(&numbers(texts)).map(|five| five.map(|one| one.trimmed(4)));
        assert_eq!(told(&["4", "1", "3", "2"]).expect("five"), ["1", "1.75", "2.5", "3.25", "4"]);
        assert_eq!(told(&["80"]).expect("one"), ["80"; 5]);
        assert_eq!(told(&[]), None);
        assert_eq!(mean(&numbers(&["1", "2", "2"])).expect("a mean").fixed(3), "1.667");
        assert_eq!(mean(&[]), None);
    }
}
