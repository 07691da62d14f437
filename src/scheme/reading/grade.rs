//! Grades with their limits and what hangs on them.

use crate::scheme::{Amount, Grade, Unit};

use super::{Reader, Section};

impl Reader<'_> {
    /// A table from best to worst.
    pub(super) fn grades(&self) -> Section {
        let grades = &self.scheme.grades;
        let has = |part: fn(&Grade) -> &Option<Amount>| grades.iter().any(|grade| part(grade).is_some());
        let (amounts, coefficients) = (has(|grade| &grade.amount), has(|grade| &grade.coefficient));
        let cell =
            |amount: &Option<Amount>, unit| amount.as_ref().map(|one| self.amount(one, unit)).unwrap_or_default();
        let rows = grades.iter().map(|grade| {
            let label = format!("{}{}", self.text(&grade.label), self.assumed_mark(grade.assumed.as_ref()));
            let mut row = vec![label, self.limit(grade)];
            if amounts {
                row.push(cell(&grade.amount, Unit::Yuan));
            }
            if coefficients {
                row.push(cell(&grade.coefficient, Unit::Ratio));
            }
            row
        });
        let (mut zh, mut en) = (vec!["等级", "总分"], vec!["grade", "total"]);
        if amounts {
            zh.push("金额");
            en.push("amount");
        }
        if coefficients {
            zh.push("系数");
            en.push("coefficient");
        }
        self.section("等级", "Grades", self.table(&zh, &en, rows.collect()))
    }

    fn limit(&self, grade: &Grade) -> String {
        match &grade.at_least {
            Some(limit) => format!("≥ {}", self.amount(limit, Unit::Points)),
            None => self.pick("其余", "the rest").to_owned(),
        }
    }
}
