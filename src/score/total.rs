//! Adding up (R10 of the catalogue): each line gives its share of its weight, and weights without data are shared out.

use crate::exact::Exact;
use crate::scheme::{Missing, Scheme};
use crate::words::Bilingual;

use super::appraisal::{Line, Status};

/// What the lines of a card add up to.
pub(super) enum Sum {
    /// An unrounded total.
    Total(Exact),
    /// No total, with the reason.
    None(Bilingual),
}

/// Fills in the contributions and adds them up.
///
/// contribution = points / full points × weight × full marks / Σ weights of the lines that have points.
pub(super) fn add_up(scheme: &Scheme, lines: &mut [Line]) -> Sum {
    if let Some(reason) = prevented(scheme, lines) {
        return Sum::None(reason);
    }
    let present: Exact = lines.iter().filter(|line| line.points.is_some()).map(|line| line.weight.clone()).sum();
    let Some(factor) = scheme.full_marks.checked_div(&present) else {
        return Sum::None(Bilingual::new("本期没有可评分的数据", "no data to score in this period"));
    };
    for line in lines.iter_mut() {
        let share = line.points.as_ref().and_then(|points| points.checked_div(&line.full_marks));
        line.contribution = share.map(|share| share * line.weight.clone() * factor.clone());
    }
    Sum::Total(lines.iter().filter_map(|line| line.contribution.clone()).sum())
}

/// An unset value or data that must be waited for leaves no total.
fn prevented(scheme: &Scheme, lines: &[Line]) -> Option<Bilingual> {
    lines.iter().find_map(|line| {
        let waits = scheme.indicators.iter().any(|one| one.id == line.id && one.missing == Missing::Hold);
        match line.status {
            Status::Unset => Some(Bilingual::new(
                format!("考核方案中“{}”尚有未设定的值", line.label.zh),
                format!("the scheme leaves a value of \"{}\" unset", line.label.en),
            )),
            Status::Missing if waits => Some(Bilingual::new(
                format!("“{}”的数据尚未到齐", line.label.zh),
                format!("the data of \"{}\" is not there yet", line.label.en),
            )),
            _ => None,
        }
    })
}
