//! How the totals of a period lie, and what they cost.

use crate::exact::Exact;
use crate::finding::Weight;
use crate::score::Appraisal;
use crate::score::appraisal::Standing;
use crate::words::Bilingual;

use super::compare;

/// The totals of one period under one scheme.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// How many are scored.
    pub scored: usize,
    /// How many are listed and not scored.
    pub not_scored: usize,
    /// The least, the lower quartile, the median, the upper quartile and the greatest; `None` when nobody is scored.
    ///
    /// A quartile between two totals lies on the straight line between them.
    pub quartiles: Option<[Exact; 5]>,
    /// The mean, `None` when nobody is scored.
    pub mean: Option<Exact>,
    /// How many have each grade, best first.
    pub grades: Vec<(Bilingual, usize)>,
    /// Yuan of pools and pay that need nobody's approval.
    pub pay: Exact,
    /// Yuan that a person would have to approve.
    pub for_approval: Exact,
    /// Why the run would be held, each reason once.
    pub holds: Vec<Bilingual>,
}

impl Distribution {
    /// Counts the cards of an appraisal.
    pub(super) fn of(appraisal: &Appraisal) -> Self {
        let outcomes: Vec<_> = appraisal.cards.iter().map(compare::outcome).collect();
        let mut totals: Vec<Exact> =
            outcomes.iter().filter_map(|one| one.reached.as_ref()).map(|one| one.total.clone()).collect();
        totals.sort();
        Self {
            scored: totals.len(),
            not_scored: outcomes.len() - totals.len(),
            quartiles: quartiles(&totals),
            mean: totals.iter().cloned().sum::<Exact>().checked_div(&Exact::whole(totals.len() as i64)),
            grades: grades(appraisal),
            pay: outcomes.iter().map(|one| one.pay.clone()).sum(),
            for_approval: outcomes.iter().map(|one| one.for_approval.clone()).sum(),
            holds: holds(appraisal),
        }
    }
}

fn quartiles(sorted: &[Exact]) -> Option<[Exact; 5]> {
    let at = |quarters: i64| between(sorted, &Exact::whole(quarters));
    Some([at(0)?, at(1)?, at(2)?, at(3)?, at(4)?])
}

/// The value that lies so many quarters of the way from the first to the last.
fn between(sorted: &[Exact], quarters: &Exact) -> Option<Exact> {
    let steps = Exact::whole(sorted.len().checked_sub(1)? as i64);
    let way = (steps * quarters.clone()).checked_div(&Exact::whole(4))?;
    let whole = way.floor();
    let place = (0..sorted.len()).find(|place| whole == *place as i64)?;
    let low = sorted[place].clone();
    let high = sorted.get(place + 1).cloned().unwrap_or_else(|| low.clone());
    Some(low.clone() + (high - low) * (way - whole))
}

fn grades(appraisal: &Appraisal) -> Vec<(Bilingual, usize)> {
    let has = |label: &Bilingual| {
        let scored = appraisal.cards.iter();
        scored.filter(|card| matches!(&card.standing, Standing::Scored { grade, .. } if grade == label)).count()
    };
    appraisal.scheme.grades.iter().map(|(label, _)| (label.clone(), has(label))).collect()
}

fn holds(appraisal: &Appraisal) -> Vec<Bilingual> {
    let mut texts: Vec<Bilingual> = Vec::new();
    for finding in appraisal.findings.iter().filter(|finding| finding.weight != Weight::Note) {
        if !texts.contains(&finding.text) {
            texts.push(finding.text.clone());
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn five(totals: &[&str]) -> Option<Vec<String>> {
        let totals: Vec<Exact> = totals.iter().map(|text| Exact::parse(text).expect("a number")).collect();
        quartiles(&totals).map(|five| five.iter().map(|one| one.trimmed(4)).collect())
    }

    #[test]
    fn quartiles_lie_on_the_line_between_their_neighbours() {
        assert_eq!(five(&[]), None);
        assert_eq!(five(&["80"]).expect("one"), ["80"; 5]);
        assert_eq!(five(&["60", "70", "80", "90", "100"]).expect("five"), ["60", "70", "80", "90", "100"]);
        assert_eq!(five(&["1", "2", "3", "4"]).expect("four"), ["1", "1.75", "2.5", "3.25", "4"]);
        assert_eq!(five(&["70", "90"]).expect("two"), ["70", "75", "80", "85", "90"]);
    }
}
