//! Lines judged by people and records: ratings, check sheets, events, conditions, places, weeks.

use crate::exact::Exact;
use crate::scheme::line::{RankPoints, Rating};
use crate::scheme::{Amount, Indicator};
use crate::words::Bilingual;

use super::super::appraisal::Line;
use super::super::line;
use super::{Step, worth};

/// The best rating, and what each point on the way to it is worth.
pub(super) fn better_rating(rating: &Rating, line: &Line) -> Option<Step> {
    let score = line.measured.as_ref()?.value.as_ref()?;
    let each = line.full_marks.checked_div(&rating.max)?;
    let gain = worth(line, &each)?.trimmed(2);
    let (now, max) = (score.trimmed(2), rating.max.trimmed(2));
    let text = Bilingual::new(
        format!("{}的评分由 {now} 提高到 {max}（每高 1 分 +{gain} 分）", line.label.zh),
        format!("a rating of {max} for {} instead of {now} (+{gain} points for each)", line.label.en),
    );
    Some(Step { text, points: each * rating.max.clone() })
}

/// One item more, or first those without which the whole line is nought.
pub(super) fn one_item_more(line: &Line) -> Option<Step> {
    let critical: Vec<_> = line.unmet.iter().filter(|item| item.critical).collect();
    let first = critical.first().copied().or(line.unmet.first())?;
    let measured = line.measured.as_ref()?;
    let better = Exact::whole(if critical.is_empty() { 1 } else { critical.len() as i64 });
    let share = (measured.numerator.clone() + better).checked_div(measured.denominator.as_ref()?)?;
    let (count, rest) = (critical.len(), line.unmet.len());
    let text = match count {
        0 => Bilingual::new(
            format!("{}再达标 1 项，例如 {}（共 {rest} 项未达标）", line.label.zh, first.id),
            format!("meet one item more of {}, such as {} ({rest} were not met)", line.label.en, first.id),
        ),
        _ => Bilingual::new(
            format!("{}先改正关键项 {}（{count} 项关键项未达标，整项不得分）", line.label.zh, first.id),
            format!(
                "put right the critical {} of {} ({count} critical not met, which makes the line nought)",
                first.id, line.label.en
            ),
        ),
    };
    Some(Step { text, points: share * line.full_marks.clone() })
}

/// No recorded event that costs points.
pub(super) fn no_events(start: &Amount, line: &Line) -> Option<Step> {
    let costly = || line.occurrences.iter().filter(|one| one.points.is_negative());
    let count = costly().count();
    let worst = costly().min_by(|one, other| one.points.cmp(&other.points))?;
    let earned: Exact = line.occurrences.iter().filter(|one| one.points > 0).map(|one| one.points.clone()).sum();
    let text = Bilingual::new(
        format!("{}不再扣分（本期 {count} 次，例如“{}”）", line.label.zh, worst.what.zh),
        format!("no deductions for {} ({count} this period, such as \"{}\")", line.label.en, worst.what.en),
    );
    Some(Step { text, points: start.known()?.clone() + earned })
}

/// All conditions at once, with those that did not hold.
pub(super) fn all_conditions(line: &Line) -> Option<Step> {
    let text = Bilingual::new(
        format!("{}满足全部条件（{}）", line.label.zh, line.rule.zh),
        format!("meet all conditions of {} ({})", line.label.en, line.rule.en),
    );
    (line.full_marks > 0).then(|| Step { text, points: line.full_marks.clone() })
}

/// The nearest place that gives more.
pub(super) fn next_place(ranks: &RankPoints, now: &Exact) -> Option<Step> {
    if ranks.below.is_some() {
        return None;
    }
    let better = |points: &Amount| points.known().is_some_and(|points| points > now);
    let place = ranks.points.iter().rposition(better)?;
    let condition = match ranks.reach.is_some() {
        true => Bilingual::new("，并达到方案要求的水平", " and what the scheme asks for besides"),
        false => Bilingual::default(),
    };
    let text = Bilingual::new(
        format!("名次升到第 {} 名{}", place + 1, condition.zh),
        format!("reach place {}{}", place + 1, condition.en),
    );
    Some(Step { text, points: ranks.points[place].known()?.clone() })
}

/// The best that a line scored week by week can give.
pub(super) fn every_week(indicator: &Indicator, line: &Line) -> Option<Step> {
    let most = line::most(indicator)?;
    let each = most.checked_div(&Exact::whole(4))?.trimmed(2);
    let text = Bilingual::new(
        format!("{}四周每周都拿到 {each} 分", line.label.zh),
        format!("win {each} points in each of the four weeks of {}", line.label.en),
    );
    Some(Step { text, points: most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{RankTies, Within};

    #[test]
    fn the_nearest_better_place_is_advised() {
        let points = [3, 2, 2, 1].map(|points| Amount::Known(Exact::whole(points))).to_vec();
        let ranks = RankPoints { points, within: Within::Team, reach: None, below: None, ties: RankTies::Share };
        let next = |now: i64| next_place(&ranks, &Exact::whole(now)).map(|step| (step.text.zh, step.points));
        assert_eq!(next(0), Some(("名次升到第 4 名".to_owned(), Exact::whole(1))));
        assert_eq!(next(1), Some(("名次升到第 3 名".to_owned(), Exact::whole(2))));
        assert_eq!(next(2), Some(("名次升到第 1 名".to_owned(), Exact::whole(3))));
        assert_eq!(next(3), None, "there is no better place than the first");
    }
}
