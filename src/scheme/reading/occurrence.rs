//! Recorded events in words: what each costs or brings, what is free, where it ends.

use crate::scheme::line::{Occurrence, OccurrencePoints};
use crate::scheme::{AllowanceMode, Amount, Unit};

use super::{Part, Reader, say};

impl Reader<'_> {
    /// A table of the kinds of events.
    pub(super) fn occurrences(&self, start: &Amount, kinds: &[Occurrence]) -> Vec<Part> {
        let mut parts = Vec::new();
        if start.known().is_none_or(|start| !start.is_zero()) {
            parts.push(Part::Line(say!(self, "起始 {}", "starts from {}", self.points(start))));
        }
        let rows = kinds.iter().map(|kind| vec![self.text(&kind.what).to_owned(), self.event_rule(kind)]).collect();
        parts.extend(self.table(&["记录的事项", "计分"], &["what is recorded", "points"], rows));
        parts
    }

    fn event_rule(&self, kind: &Occurrence) -> String {
        let mut said = vec![self.event_points(kind)];
        if kind.allowance > 0 {
            let count = kind.allowance;
            said.push(match kind.allowance_mode {
                AllowanceMode::Excess => say!(self, "超过 {count} 次起计", "the first {count} are free"),
                AllowanceMode::All => {
                    say!(self, "{count} 次以内不计，超过则全部计", "free up to {count}, beyond all are charged")
                }
            });
        }
        if let Some((at, points)) = &kind.extra {
            said.push(say!(self, "满 {at} 次另 {}", "once there are {at}: {} more", self.change(points)));
        }
        if let Some(none) = &kind.if_none {
            said.push(say!(self, "一次没有 {}", "{} when there is none", self.change(none)));
        }
        said.push(self.limits(kind.at_least.as_ref(), kind.at_most.as_ref(), Unit::Points));
        if let Some(at) = kind.zero_at {
            said.push(say!(self, "第 {at} 次起整项为 0", "from number {at} on the whole line is 0"));
        }
        self.clauses(said)
    }

    fn event_points(&self, kind: &Occurrence) -> String {
        match &kind.points {
            OccurrencePoints::Each(points) => say!(self, "每次 {}", "{} each", self.change(points)),
            OccurrencePoints::Column { between: (least, most), .. } => {
                let (least, most) = (super::number::plain(least), super::number::plain(most));
                say!(self, "每次 {least} 至 {most} 分，按记录", "{least} to {most} points each, as recorded")
            }
            OccurrencePoints::Cumulative(sums) => {
                let sums = sums.iter().enumerate();
                let sums = self.list(
                    sums.map(|(place, sum)| say!(self, "{} 次共 {}", "{} in all: {}", place + 1, self.change(sum))),
                );
                say!(self, "累计：{sums}，更多次同最后一档", "summed up: {sums}, and no further")
            }
            OccurrencePoints::Nothing => String::new(),
        }
    }
}
