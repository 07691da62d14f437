//! Vertical axes: from a round number below all values to one above.

use serde_json::{Value, json};

use super::figures::short_number;
use crate::exact::Exact;

/// From where to where an axis goes, and how far apart its ticks are.
pub(super) struct Axis {
    from: Exact,
    to: Exact,
    step: Exact,
}

impl Axis {
    /// The finest of steps that divide full marks evenly of which at most four hold all values.
    pub(super) fn around<'a>(values: impl Iterator<Item = &'a Exact> + Clone, full_marks: &Exact) -> Self {
        let low = values.clone().min().cloned().unwrap_or_else(Exact::zero);
        let high = values.max().cloned().unwrap_or_else(|| full_marks.clone());
        let unit = if *full_marks > 0 { full_marks.clone() } else { Exact::whole(100) };
        let fitting = [5, 10, 20, 25, 50, 100].map(|percent| {
            let step = unit.clone() * Exact::scaled(percent, 2);
            // Room for the number that stands under the lowest point, but no axis below nought for it.
            let room = low.clone() - step.clone() * Exact::scaled(35, 2);
            Self::by(step, if room.is_negative() { &low } else { &room }, &high)
        });
        let [.., widest] = &fitting;
        let last = Self { from: widest.from.clone(), to: widest.to.clone(), step: widest.step.clone() };
        fitting.into_iter().find(|axis| axis.count() <= 4).unwrap_or(last)
    }

    /// The finest of round steps of which at most four hold all values; `None` without values.
    pub(super) fn round<'a>(values: impl Iterator<Item = &'a Exact> + Clone) -> Option<Self> {
        let (low, high) = (values.clone().min()?, values.max()?);
        Exact::round_steps().map(|step| Self::by(step, low, high)).find(|axis| axis.count() <= 4)
    }

    fn by(step: Exact, low: &Exact, high: &Exact) -> Self {
        let below = |value: &Exact| value.checked_div(&step).unwrap_or_else(Exact::zero).floor();
        let from = below(low) * step.clone();
        let above = -(below(&-high.clone())) * step.clone();
        let to = if above > from { above } else { from.clone() + step.clone() };
        Self { from, to, step }
    }

    fn count(&self) -> i64 {
        let steps = (self.to.clone() - self.from.clone()).checked_div(&self.step);
        steps.map_or(0, |steps| steps.to_f64() as i64)
    }

    /// How far up the axis a value stands, from nought to one.
    pub(super) fn at(&self, value: &Exact) -> f64 {
        let span = self.to.clone() - self.from.clone();
        (value.clone() - self.from.clone()).checked_div(&span).map_or(0.0, |share| share.to_f64())
    }

    /// The numbers along the axis with their places.
    pub(super) fn ticks(&self) -> Value {
        let tick = |step: i64| self.from.clone() + Exact::whole(step) * self.step.clone();
        let tick = |step| json!({ "label": short_number(&tick(step), 4), "at": self.at(&tick(step)) });
        (0..=self.count().min(8)).map(tick).collect()
    }
}
