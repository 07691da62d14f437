//! `window`: how the time is cut.

use chrono::TimeDelta;

use super::Checker;
use crate::diag::Spanned;
use crate::source::quantity;
use crate::source::resource::{By, Step, Today, Window};
use crate::source::written::{ByWord, Placed, StepWord, WindowTable};

/// How long a day is at most when it is cut.
const DAY: TimeDelta = TimeDelta::hours(24);

impl Checker<'_> {
    pub(super) fn window(&mut self, placed: &Spanned<WindowTable>) -> Option<Window> {
        let table = placed.get_ref();
        if table.step.is_some() && table.max_span.is_some() {
            let hint = "`step` follows the calendar, `max-span` counts";
            self.fault(placed.span(), "both `step` and `max-span` are given", hint);
        }
        let span = table.max_span.as_ref().map(|span| self.span(span));
        let (step, pieces) = match table.step {
            Some(StepWord::Hour) => (Step::Days(1), Some(TimeDelta::hours(1))),
            Some(StepWord::Day) => (Step::Days(1), None),
            Some(StepWord::Month) => (Step::Month, None),
            None => span.unwrap_or((Step::Whole, None)),
        };
        let widen = table.widen.as_ref();
        Some(Window {
            step,
            pieces,
            max_age: table.max_age.as_ref().and_then(|age| self.days(age)),
            today: if table.not_today { Today::Refused } else { Today::Allowed },
            min_age: self.days_or_none(table.min_age.as_ref()),
            before: self.days_or_none(widen.and_then(|widen| widen.before.as_ref())),
            after: self.days_or_none(widen.and_then(|widen| widen.after.as_ref())),
            lookback: table.lookback.as_ref().and_then(|lookback| self.days(lookback)),
            granularity: self.granularity(table.granularity.as_ref()),
            too_large: table.too_large.as_ref().map(|records| self.at_least_one(records, "`too-large`")),
            by: match table.by {
                ByWord::Fact => By::Fact,
                ByWord::Change => By::Change,
            },
        })
    }

    /// Whole days, or a part of one day.
    fn span(&mut self, span: &Placed) -> (Step, Option<TimeDelta>) {
        if span.get_ref().ends_with('d') {
            return (self.days(span).map_or(Step::Whole, |days| Step::Days(days.max(1))), None);
        }
        let pieces = quantity::duration(span.get_ref()).and_then(|length| TimeDelta::from_std(length).ok());
        let pieces = pieces.filter(|length| (TimeDelta::minutes(1)..=DAY).contains(length));
        if pieces.is_none() {
            let message = format!("`{}` is not a number of days, nor a part of a day", span.get_ref());
            self.fault(span.span(), message, "examples are `7d`, `12h` and `30m`; more than `24h` is written in days");
        }
        (Step::Days(1), pieces)
    }

    fn days_or_none(&mut self, days: Option<&Placed>) -> u64 {
        days.and_then(|days| self.days(days)).unwrap_or(0)
    }

    fn granularity(&mut self, text: Option<&Placed>) -> TimeDelta {
        let second = std::time::Duration::from_secs(1);
        TimeDelta::from_std(self.duration(text, second)).unwrap_or(TimeDelta::seconds(1))
    }
}
