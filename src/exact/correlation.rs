//! How far two columns of numbers rise and fall together; only their order counts, so no digit is lost.

/// Fewer pairs than this say nothing that could be told from chance.
pub const FEWEST_PAIRS: usize = 10;

/// Spearman's rank correlation, equal values sharing the mean of their ranks; none where one side is always the same.
///
/// Spearman, C. (1904), "The proof and measurement of association between two things": Pearson's coefficient of the ranks.
pub fn spearman<T: Ord>(pairs: &[(T, T)]) -> Option<f64> {
    let side = |part: fn(&(T, T)) -> &T| ranks(&pairs.iter().map(part).collect::<Vec<_>>());
    pearson(&side(|pair| &pair.0), &side(|pair| &pair.1))
}

/// The rank of each value from one up; equal ones share the mean of theirs.
fn ranks<T: Ord>(values: &[&T]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].cmp(values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let shared = first as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|place| ranks[*place] = shared);
        first += equal.len();
    }
    ranks
}

fn pearson(one: &[f64], other: &[f64]) -> Option<f64> {
    let count = one.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (middle, other_middle) = (mean(one), mean(other));
    let (mut both, mut own, mut others) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(other) {
        both += (x - middle) * (y - other_middle);
        own += (x - middle).powi(2);
        others += (y - other_middle).powi(2);
    }
    let spread = (own * others).sqrt();
    (spread > 0.0).then(|| both / spread)
}

#[cfg(test)]
mod tests {
    use super::super::Exact;
    use super::*;

    fn pairs(one: &[i64], other: &[i64]) -> Vec<(Exact, Exact)> {
        one.iter().zip(other).map(|(x, y)| (Exact::whole(*x), Exact::whole(*y))).collect()
    }

    #[test]
    fn ranks_are_correlated_as_worked_out_by_hand() {
        let value = |one: &[i64], other: &[i64]| spearman(&pairs(one, other)).expect("a coefficient");
        assert!((value(&[1, 2, 3, 4, 5], &[1, 4, 9, 16, 25]) - 1.0).abs() < 1e-12, "any rising curve");
        assert!((value(&[1, 2, 3, 4, 5], &[5, 4, 3, 2, 1]) + 1.0).abs() < 1e-12);
        // d = -1, 1, -1, 1, 0: 1 - 6 · 4 / 120 = 0.8.
        assert!((value(&[1, 2, 3, 4, 5], &[2, 1, 4, 3, 5]) - 0.8).abs() < 1e-12);
        // Equal values share rank 1.5: ranks 1.5 1.5 3 and 1 2 3 give 1.5 / sqrt(1.5 · 2).
        assert!((value(&[7, 7, 9], &[1, 2, 3]) - 1.5 / 3.0_f64.sqrt()).abs() < 1e-12);
        assert_eq!(spearman(&pairs(&[1, 1, 1], &[1, 2, 3])), None);
        assert_eq!(spearman::<Exact>(&[]), None);
    }
}
