//! Streaks, proposals, overrides, watches, milestones, duties, insights.

use chrono::Weekday;

use crate::exact::Exact;
use crate::scheme::consequence::*;
use crate::scheme::written::{IndicatorTable, MilestoneTable, OverrideTable, ProposalTable, StreakTable, WatchTable};

use super::Checker;
use super::values::unplaced;

impl Checker<'_> {
    pub(super) fn streak(&mut self, written: &StreakTable) -> Streak {
        let id: &String = written.id.as_ref();
        let periods = *written.periods.as_ref();
        if !(1..=36).contains(&periods) {
            let place = self.place(&written.periods);
            self.wrong(place, "a streak lasts 1 to 36 periods", "write for instance `periods = 2`");
        }
        Streak {
            label: written.label.clone(),
            when: self.formula(&written.when, &format!("{id}.when")),
            periods,
            gaps: written.gaps,
            kind: written.kind.clone(),
            propose: written.propose.clone(),
            assumed: written.assumed.clone(),
            id: id.clone(),
        }
    }

    pub(super) fn proposal(&mut self, written: &ProposalTable) -> ProposalRule {
        let id: &String = written.id.as_ref();
        ProposalRule {
            kind: written.kind.clone(),
            when: self.formula(&written.when, &format!("{id}.when")),
            text: written.text.clone(),
            whom: written.whom,
            amount: self.maybe_formula(&written.amount, &format!("{id}.amount")),
            assumed: written.assumed.clone(),
            id: id.clone(),
        }
    }

    pub(super) fn overridden(&mut self, written: &OverrideTable) -> Option<Override> {
        let id: &String = written.id.as_ref();
        let place = self.place(&written.id);
        let days = match (&written.from, &written.to, &written.tag) {
            (Some(from), Some(to), None) => {
                let (first, last) = (self.day(from, "from"), self.day(to, "to"));
                if last < first {
                    let at = self.place(to);
                    self.wrong(
                        at,
                        format!("`to` {last} lies before `from` {first}"),
                        "write the first and the last day",
                    );
                }
                Days::Range(first, last)
            }
            (None, None, Some(tag)) => Days::Tagged(tag.clone()),
            _ => {
                self.wrong(place, "an override has days", "write `from` and `to`, or a `tag` of the table `calendar`");
                return None;
            }
        };
        let mut weights = Vec::new();
        for (line, weight) in &written.weights {
            self.knows("indicator", line, self.written.indicator.iter().map(|one| one.id.as_ref()).collect());
            let weight = self.amount(weight, &format!("{id}.weights.{}", line.as_ref()), self.place(line));
            let weighted =
                |one: &IndicatorTable| one.id.as_ref() != line.as_ref() || one.weight.is_some() || one.marks.is_some();
            if weight.known().is_some_and(Exact::is_negative) || !self.written.indicator.iter().all(weighted) {
                let at = self.place(line);
                self.wrong(
                    at,
                    format!("`{}` cannot have this weight", line.as_ref()),
                    "weights are 0 or more, and of lines that have a `weight`",
                );
            }
            weights.push((line.as_ref().clone(), weight));
        }
        let mut expressions = Vec::new();
        for (metric, sql) in &written.expressions {
            if let Some(index) = self.knows_metric(metric) {
                expressions.push((index, sql.as_ref().clone(), self.place(sql)));
            }
        }
        let mut limits = Vec::new();
        for (watch, limit) in &written.limits {
            self.knows("watch", watch, self.written.watch.iter().map(|one| one.id.as_ref()).collect());
            let limit = self.amount(limit, &format!("{id}.limits.{}", watch.as_ref()), self.place(watch));
            limits.push((watch.as_ref().clone(), limit));
        }
        let nothing = written.weights.is_empty() && written.expressions.is_empty() && written.limits.is_empty();
        if nothing && written.leave_out.is_empty() {
            self.wrong(
                place,
                format!("override `{id}` changes nothing"),
                "write `weights`, `expressions`, `leave-out` or `limits`",
            );
        }
        let leave_out = written.leave_out.iter().filter_map(|metric| self.knows_metric(metric)).collect();
        Some(Override {
            id: id.clone(),
            label: written.label.clone(),
            days,
            weights,
            expressions,
            leave_out,
            limits,
            assumed: written.assumed.clone(),
        })
    }

    pub(super) fn watch(&mut self, written: &WatchTable) -> Option<Watch> {
        let id: &String = written.id.as_ref();
        let metric = self.knows_metric(&written.metric)?;
        if written.above.is_none() && written.below.is_none() && written.worse_by.is_none() {
            let place = self.place(&written.id);
            self.wrong(place, format!("watch `{id}` looks for nothing"), "write `above`, `below` or `worse-by`");
        }
        if let Some(worse_by) = written.worse_by.as_ref().filter(|one| *one.as_ref() <= 0) {
            let place = self.place(worse_by);
            self.wrong(place, "`worse-by` is above nought", "write for instance `worse-by = \"30%\"`");
        }
        if written.trailing == 0 {
            let place = self.place(&written.id);
            self.wrong(place, format!("watch `{id}` looks back at no day"), "write for instance `trailing = 7`");
        }
        Some(Watch {
            label: written.label.clone(),
            metric,
            per: written.per,
            above: self.maybe_formula(&written.above, &format!("{id}.above")),
            below: self.maybe_formula(&written.below, &format!("{id}.below")),
            worse_by: unplaced(&written.worse_by),
            trailing: written.trailing,
            to: written.to.clone(),
            open_case: written.open_case.clone(),
            assumed: written.assumed.clone(),
            id: id.clone(),
        })
    }

    pub(super) fn reconciles(&mut self) -> Vec<Reconcile> {
        let written = self.written;
        let mut reconciles = Vec::new();
        for one in &written.reconcile {
            let id: &String = one.id.as_ref();
            if one.within.as_ref().is_negative() {
                let place = self.place(&one.within);
                self.wrong(place, "`within` is not below nought", "write for instance `within = \"1%\"`");
            }
            reconciles.push(Reconcile {
                id: id.clone(),
                label: one.label.clone(),
                of: one.of,
                value: self.formula(&one.value, &format!("{id}.value")),
                with: self.formula(&one.with, &format!("{id}.with")),
                within: one.within.as_ref().clone(),
            });
        }
        reconciles
    }

    pub(super) fn milestone(&mut self, written: &MilestoneTable) -> Option<Milestone> {
        let due = match (&written.day, &written.weekday, written.every) {
            (Some(day), None, None) if (1..=31).contains(day.as_ref()) => Due::Day(*day.as_ref(), written.month),
            (None, Some(weekday), None) => match weekday.as_ref().parse::<Weekday>() {
                Ok(weekday) => Due::Weekday(weekday),
                Err(_) => {
                    let place = self.place(weekday);
                    self.wrong(
                        place,
                        format!("`{}` is no day of the week", weekday.as_ref()),
                        "write for instance `monday`",
                    );
                    return None;
                }
            },
            (None, None, Some(every)) => Due::Every(every),
            _ => {
                let place = self.place(&written.id);
                self.wrong(place, "a milestone has one date", "write `day` (1 to 31), `weekday` or `every`");
                return None;
            }
        };
        Some(Milestone { id: written.id.as_ref().clone(), due, who: written.who.clone(), what: written.what.clone() })
    }

    pub(super) fn duties(&mut self) -> Vec<Duty> {
        let written = self.written;
        let mut duties = Vec::new();
        for one in &written.duty {
            duties.push(Duty {
                id: one.id.as_ref().clone(),
                kind: one.kind.clone(),
                when: self.maybe_formula(&one.when, &format!("{}.when", one.id.as_ref())),
                to: one.to.clone(),
                due: one.due.clone(),
                text: one.text.clone(),
            });
        }
        duties
    }

    pub(super) fn insights(&mut self) -> Vec<Insight> {
        let written = self.written;
        let mut insights = Vec::new();
        for one in &written.insight {
            insights.push(Insight {
                id: one.id.as_ref().clone(),
                chart: one.chart,
                value: self.formula(&one.metric, &format!("{}.metric", one.id.as_ref())),
                unit: one.unit,
                text: one.text.clone(),
            });
        }
        insights
    }
}
