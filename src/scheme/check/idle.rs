//! Keys of an indicator that would say nothing where they stand, and limits that contradict each other.

use crate::diag::Place;
use crate::period::Cycle;
use crate::scheme::line::Judged;
use crate::scheme::written::IndicatorTable;
use crate::scheme::{Compare, Measure, Per};

use super::Checker;

impl Checker<'_> {
    /// Every key of an indicator must have something to work on.
    pub(super) fn nothing_idle(&mut self, written: &IndicatorTable, judged: &Judged) {
        self.compared_with_something(written);
        self.scored_by_what_is_read(written, judged);
        self.full_points_mean_something(written);
        self.weeks_fit_the_cycle(written);
        let id: &str = written.id.as_ref();
        self.bounds(&written.at_least, &written.at_most, &format!("indicator `{id}`"));
    }

    fn idle(&mut self, place: Place, key: &str, needs: &str) {
        self.wrong(place, format!("`{key}` says nothing without {needs}"), format!("take `{key}` out, or add {needs}"));
    }

    fn compared_with_something(&mut self, written: &IndicatorTable) {
        if let (Some(reference), None) = (&written.relative_to, &written.metric) {
            let place = self.place(reference);
            self.idle(place, "relative-to", "a `metric`");
        }
        if written.compare != Compare::default() && written.relative_to.is_none() {
            let place = self.place(&written.id);
            self.idle(place, "compare", "`relative-to`");
        }
        if let (Some(start), true) = (&written.start, written.occurrence.is_empty()) {
            let place = self.place(start);
            self.idle(place, "start", "an `[[indicator.occurrence]]`");
        }
    }

    /// Events, conditions and points by an expression are points already; places are taken by values.
    fn scored_by_what_is_read(&mut self, written: &IndicatorTable, judged: &Judged) {
        let banded = !written.bands.is_empty() || written.steps.is_some();
        if !banded {
            if let Some(otherwise) = &written.otherwise {
                let place = self.place(otherwise);
                self.idle(place, "otherwise", "`bands` or `steps`");
            }
            if let Some(level) = &written.otherwise_level {
                let place = self.place(level);
                self.idle(place, "otherwise-level", "`bands`");
            }
        }
        let place = match (written.bands.first(), &written.steps) {
            (Some(band), _) => self.place(band),
            (None, Some(steps)) => self.place(steps),
            (None, None) => self.place(&written.id),
        };
        let decided = matches!(judged, Judged::Occurrences { .. } | Judged::Points(_) | Judged::Met(_));
        if decided && (banded || written.linear.is_some()) {
            self.wrong(
                place,
                "what is judged here is points already",
                "`bands`, `steps` and `linear` score a `metric`, a `rating` or a `checklist`",
            );
        }
        let counted = matches!(judged, Judged::Checklist(list) if list.measure == Measure::Unmet);
        if counted && !banded && written.linear.is_none() {
            let at = self.place(&written.id);
            self.wrong(
                at,
                format!(
                    "indicator `{}` counts items that failed, and nothing makes points of them",
                    written.id.as_ref()
                ),
                "write `bands` with `at-most`, or `linear`, or measure what passed",
            );
        }
        if let Some(ranks) = written.rank_points.as_ref().filter(|_| !matches!(judged, Judged::Value { .. })) {
            let place = self.place(&ranks.points);
            self.idle(place, "rank-points", "a `metric`");
        }
    }

    fn full_points_mean_something(&mut self, written: &IndicatorTable) {
        let Some(full) = &written.full_points else { return };
        let place = self.place(full);
        if *full.as_ref() <= 0 {
            self.wrong(place, "`full-points` is above nought", "write the points that count as the whole weight");
        } else if written.marks.is_some() {
            self.wrong(place, "`marks` are the full points already", "leave `full-points` out");
        }
    }

    /// Only months have four parts.
    fn weeks_fit_the_cycle(&mut self, written: &IndicatorTable) {
        let monthly = matches!(self.written.cycle, Cycle::Month | Cycle::MonthFrom(_));
        if written.per == Per::Week && !monthly {
            let place = self.place(&written.id);
            self.wrong(
                place,
                format!(
                    "indicator `{}` is scored per week, but a {} has no four parts",
                    written.id.as_ref(),
                    self.written.cycle
                ),
                "leave `per` out, or score by the month",
            );
        }
    }
}
