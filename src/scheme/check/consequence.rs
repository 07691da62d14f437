//! Gates, ranks and quotas.

use crate::diag::{Spanned, known_names};
use crate::scheme::consequence::{Gate, Quota, QuotaSize, Rank, Sorted};
use crate::scheme::formula::Scope;
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
        if let (Some(kind), None) = (&written.kind, &written.propose) {
            let place = self.place(kind);
            self.wrong(place, "`kind` says nothing without `propose`", "add what is proposed, or take `kind` out");
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
            propose: written
                .propose
                .clone()
                .map(|text| (written.kind.as_ref().map_or(id, |kind| kind.as_ref()).clone(), text)),
            whom: written.whom,
            assumed: written.assumed.clone(),
        }
    }

    /// A name that must be among those that are known.
    pub(super) fn knows(&mut self, family: &str, name: &Spanned<String>, known: Vec<&String>) {
        if !known.contains(&name.as_ref()) {
            let place = self.place(name);
            let hint = known_names(name.as_ref(), known.iter().map(|one| one.as_str()));
            self.wrong(place, format!("there is no {family} `{}`", name.as_ref()), hint);
        }
    }

    pub(super) fn rank(&mut self) -> Rank {
        let written = &self.written.rank;
        self.ties_in_order(&written.ties);
        Rank {
            within: written.within,
            method: written.method,
            key: written.key.as_ref().and_then(|key| self.sorted_key(key)),
            ties: written.ties.iter().map(|tie| self.sorted(tie, "rank.ties")).collect(),
        }
    }

    /// Nobody is equal any more after the staff number.
    fn ties_in_order(&mut self, ties: &[Spanned<Expression>]) {
        let text = |tie: &Spanned<Expression>| match tie.as_ref() {
            Expression::Text(text) => text.clone(),
            _ => String::new(),
        };
        for (index, tie) in ties.iter().enumerate() {
            let before = &ties[..index];
            if before.iter().any(|one| text(one) == "agent" || text(one) == text(tie)) {
                let place = self.place(tie);
                self.doubtful(
                    place,
                    "this tie-breaker never decides anything",
                    "name each value once, and `agent`, which parts everybody, last",
                );
            }
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

    pub(super) fn quota(&mut self, written: &QuotaTable) -> Quota {
        let id: &String = written.id.as_ref();
        let size = match (&written.share, written.count) {
            (Some(share), None) => {
                let part = share.as_ref().clone();
                if part <= 0 || part > 1 {
                    let place = self.place(share);
                    self.wrong(
                        place,
                        format!("a quota's share is above 0 and at most 1, not {part}"),
                        "write for instance `share = \"20%\"`",
                    );
                }
                QuotaSize::Share(part, written.rounding)
            }
            (None, Some(0)) => {
                let place = self.place(&written.id);
                self.wrong(place, format!("quota `{id}` takes nobody"), "write a `count` of at least 1");
                QuotaSize::Count(0)
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
