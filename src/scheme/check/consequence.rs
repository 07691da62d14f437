//! Gates, ranks, grades and quotas.

use crate::diag::{Place, Spanned};
use crate::scheme::Amount;
use crate::scheme::consequence::{Gate, Grade, Quota, QuotaSize, Rank, Sorted};
use crate::scheme::formula::Scope;
use crate::scheme::policy::Counting;
use crate::scheme::written::{Expression, GateTable, QuotaTable};

use super::Checker;

impl Checker<'_> {
    pub(super) fn gate(&mut self, written: &GateTable) -> Gate {
        let id: &String = written.id.as_ref();
        for line in &written.zero {
            self.knows("indicator", line, self.written.indicator.iter().map(|one| one.id.as_ref()).collect());
        }
        let pays = self.written.pay.iter().map(|one| one.id.as_ref());
        let pays: Vec<&String> = pays.chain(self.written.pool.iter().map(|one| one.id.as_ref())).collect();
        for pay in &written.no_pay {
            self.knows("pay or pool", pay, pays.clone());
        }
        for quota in &written.not_eligible {
            self.knows("quota", quota, self.written.quota.iter().map(|one| one.id.as_ref()).collect());
        }
        let names = |names: &[Spanned<String>]| names.iter().map(|name| name.as_ref().clone()).collect();
        Gate {
            when: self.formula(&written.when, &format!("{id}.when")),
            id: id.clone(),
            label: written.label.clone(),
            zero: names(&written.zero),
            grade: written.grade.as_ref().and_then(|grade| self.grade(grade)),
            no_pay: names(&written.no_pay),
            not_eligible: names(&written.not_eligible),
            propose: written.propose.clone().map(|text| (written.kind.clone().unwrap_or_else(|| id.clone()), text)),
            whom: written.whom,
            assumed: written.assumed.clone(),
        }
    }

    /// A name that must be among those that are known.
    pub(super) fn knows(&mut self, family: &str, name: &Spanned<String>, known: Vec<&String>) {
        if !known.contains(&name.as_ref()) {
            let place = self.place(name);
            let known: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
            self.wrong(
                place,
                format!("there is no {family} `{}`", name.as_ref()),
                format!("known here: {}", known.join(", ")),
            );
        }
    }

    fn grade(&mut self, name: &Spanned<String>) -> Option<usize> {
        let ids: Vec<String> = self.written.grade.iter().map(|one| grade_id(one.as_ref())).collect();
        self.knows("grade", name, ids.iter().collect());
        ids.iter().position(|id| id == name.as_ref())
    }

    pub(super) fn rank(&mut self) -> Rank {
        let written = &self.written.rank;
        Rank {
            within: written.within,
            method: written.method,
            key: written.key.as_ref().and_then(|key| self.sorted_key(key)),
            ties: written.ties.iter().map(|tie| self.sorted(tie, "rank.ties")).collect(),
        }
    }

    /// `total` is what is compared anyway.
    fn sorted_key(&mut self, written: &Spanned<Expression>) -> Option<Sorted> {
        match written.as_ref() {
            Expression::Text(text) if text == "total" => None,
            _ => Some(self.sorted(written, "key")),
        }
    }

    fn sorted(&mut self, written: &Spanned<Expression>, lacking: &str) -> Sorted {
        if matches!(written.as_ref(), Expression::Text(text) if text == "agent") {
            return Sorted::StaffNumber;
        }
        let formula = self.formula(written, lacking);
        let direction = self.direction_of(&formula);
        Sorted::By(formula, direction)
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
        if written.total.counts == Counting::Sum {
            let places: Vec<Place> = written.grade.iter().map(|one| self.place(one)).collect();
            self.limits(&grades, &places);
        }
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

    pub(super) fn quota(&mut self, written: &QuotaTable) -> Quota {
        let id: &String = written.id.as_ref();
        let size = match (&written.share, written.count) {
            (Some(share), None) => {
                let part = share.as_ref().clone();
                if part.is_negative() || part > 1 {
                    let place = self.place(share);
                    self.wrong(
                        place,
                        format!("a quota's share lies between 0 and 1, not at {part}"),
                        "write for instance `share = \"20%\"`",
                    );
                }
                QuotaSize::Share(part, written.rounding)
            }
            (None, Some(count)) => QuotaSize::Count(count),
            _ => {
                let place = self.place(&written.id);
                self.wrong(place, format!("quota `{id}` needs a `share` or a `count`"), "write one of them");
                QuotaSize::Count(0)
            }
        };
        Quota {
            id: id.clone(),
            label: written.label.clone(),
            from: written.from,
            size,
            within: written.within,
            at_least: written.at_least,
            minimum_group: written.minimum_group,
            small_group: written.small_group,
            ties: written.ties,
            among: self.maybe_formula(&written.among, &format!("{id}.among")),
            key: written.key.as_ref().and_then(|key| self.sorted_key(key)),
            assumed: written.assumed.clone(),
        }
    }

    /// Whether a scope may be asked of the results of an earlier period.
    pub(super) fn is_result(scope: Scope, id: &str, marks: &[&String]) -> bool {
        let results = ["total", "rank", "ranked", "grade"];
        scope == Scope::Own && (results.contains(&id) || marks.iter().any(|mark| *mark == id))
    }
}

fn grade_id(grade: &crate::scheme::written::GradeTable) -> String {
    grade.id.as_ref().map_or_else(|| grade.label.zh.clone(), |id| id.as_ref().clone())
}
