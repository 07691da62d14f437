//! Grades: best first, each within reach, and told apart by their names.

use crate::diag::{Place, Spanned};
use crate::exact::Exact;
use crate::scheme::consequence::Grade;
use crate::scheme::policy::Counting;
use crate::scheme::written::GradeTable;
use crate::scheme::{Amount, Counts, Indicator, Judged, Per, Scheme, Scored};

use super::Checker;

impl Checker<'_> {
    /// The place of a grade in the file.
    pub(super) fn grade(&mut self, name: &Spanned<String>) -> Option<usize> {
        let ids: Vec<String> = self.written.grade.iter().map(|one| grade_id(one.as_ref())).collect();
        self.knows("grade", name, ids.iter().collect());
        ids.iter().position(|id| id == name.as_ref())
    }

    pub(super) fn grades(&mut self) -> Vec<Grade> {
        let written = self.written;
        let mut grades: Vec<Grade> = Vec::new();
        for one in &written.grade {
            let (table, place) = (one.as_ref(), self.place(one));
            let id = grade_id(table);
            let limit = |checker: &mut Self, key: &str, amount: &Option<_>| {
                amount.as_ref().map(|amount| checker.amount(amount, &format!("{id}.{key}"), place.clone()))
            };
            grades.push(Grade {
                label: table.label.clone(),
                at_least: limit(self, "at-least", &table.at_least),
                amount: limit(self, "amount", &table.amount),
                coefficient: limit(self, "coefficient", &table.coefficient),
                assumed: table.assumed.clone(),
                id: id.clone(),
            });
        }
        let places: Vec<Place> = written.grade.iter().map(|one| self.place(one)).collect();
        if written.total.counts == Counting::Sum {
            self.limits(&grades, &places);
        }
        self.told_apart(&grades, &places);
        grades
    }

    fn limits(&mut self, grades: &[Grade], places: &[Place]) {
        for (index, grade) in grades.iter().enumerate() {
            let last = index + 1 == grades.len();
            let place = places[index].clone();
            match &grade.at_least {
                Some(_) if last => self.wrong(
                    place.clone(),
                    "totals below the last grade have no grade",
                    "leave `at-least` out of the last grade, so that it takes the rest",
                ),
                None if !last => self.wrong(
                    place.clone(),
                    "grades after this one can never be given",
                    "give it `at-least`, or move it to the end",
                ),
                _ => {}
            }
            let above = index.checked_sub(1).and_then(|before| grades[before].at_least.as_ref()?.known());
            if let (Some(limit), Some(above)) = (grade.at_least.as_ref().and_then(Amount::known), above)
                && limit >= above
            {
                self.wrong(
                    place,
                    format!("this grade starts at {limit}, not below the one before it ({above})"),
                    "write grades from best to worst",
                );
            }
        }
    }

    /// Grades without an id go by their label.
    fn told_apart(&mut self, grades: &[Grade], places: &[Place]) {
        for (index, grade) in grades.iter().enumerate() {
            let twin = self.written.grade[index].as_ref().id.is_none()
                && grades[..index].iter().any(|before| before.id == grade.id);
            if twin {
                self.wrong(
                    places[index].clone(),
                    format!("two grades are called `{}`", grade.id),
                    "give each its own label, or an `id`",
                );
            }
        }
    }

    /// A grade that starts above what the lines can sum to is never given.
    pub(super) fn grades_in_reach(&mut self, scheme: &Scheme) {
        let Some(most) = highest_total(scheme) else { return };
        for (grade, written) in scheme.grades.iter().zip(&self.written.grade) {
            if let Some(limit) = grade.at_least.as_ref().and_then(Amount::known).filter(|limit| **limit > most) {
                let place = self.place(written);
                self.doubtful(
                    place,
                    format!("nobody can reach this grade: it starts at {limit}, and full marks are {most}"),
                    "lower its `at-least`, or add a line that can give more",
                );
            }
        }
    }
}

/// The total at full marks, where no line gives more than its weight.
fn highest_total(scheme: &Scheme) -> Option<Exact> {
    let open = scheme.indicators.iter().any(|line| match &line.counts {
        Counts::Weighted { full_points, .. } => full_points.known().is_none_or(|full| may_give_more(line, full)),
        Counts::Added => true,
        Counts::Shown => false,
    });
    if open || !scheme.total.becomes.is_empty() || scheme.total.counts != Counting::Sum {
        return None;
    }
    let full = scheme.total.normalise_to.clone().or_else(|| scheme.full_marks.clone())?;
    Some(scheme.total.at_most.clone().map_or(full.clone(), |most| full.min(most)))
}

/// Whether a line can win more than these points.
fn may_give_more(line: &Indicator, full: &Exact) -> bool {
    if line.at_most.as_ref().is_some_and(|most| most <= full) {
        return false;
    }
    let weeks = Exact::whole(if line.per == Per::Week { 4 } else { 1 });
    let beyond = |points: &Exact| points.clone() * weeks.clone() > *full;
    match &line.scored {
        Scored::Curve(curve) => !curve.unset().is_empty() || curve.most().is_some_and(beyond),
        Scored::Linear(linear) => beyond(&linear.points_from) || beyond(&linear.points_to),
        Scored::Ranks(ranks) => ranks.points.iter().any(|points| points.known().is_none_or(beyond)),
        Scored::AsIs => matches!(line.judged, Judged::Points(_) | Judged::Occurrences { .. }),
    }
}

fn grade_id(grade: &GradeTable) -> String {
    grade.id.as_ref().map_or_else(|| grade.label.zh.clone(), |id| id.as_ref().clone())
}
