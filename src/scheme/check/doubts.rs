//! Lines that can be worked out and were hardly meant: they never earn anything, always do, or are off by a hundred.

use crate::exact::Exact;
use crate::scheme::line::OccurrencePoints;
use crate::scheme::written::IndicatorTable;
use crate::scheme::{Amount, Counts, Curve, Indicator, Judged, Level, Scheme, Scored, Unit};
use crate::scheme::{formula::Scope, line::Occurrence};

use super::Checker;

/// A share above a thousand per cent was meant as so many per cent.
const ABSURD_SHARE: i64 = 10;

impl Checker<'_> {
    /// Looks at every line as a whole.
    pub(super) fn doubts(&mut self, scheme: &Scheme) {
        for (line, written) in scheme.indicators.iter().zip(&self.written.indicator) {
            self.shares_in_reach(scheme, line, written);
            self.can_earn(line, written);
            self.compared_with_another(scheme, line, written);
        }
    }

    /// Edges of a percentage are shares: 60% or 0.6, not 60.
    fn shares_in_reach(&mut self, scheme: &Scheme, line: &Indicator, written: &IndicatorTable) {
        let Judged::Value { metric: Some(metric), relative_to: None, .. } = &line.judged else { return };
        let Scored::Curve(Curve { bands, .. }) = &line.scored else { return };
        if scheme.metrics[*metric].unit != Unit::Percent {
            return;
        }
        let absurd = |limit: &Exact| limit.abs() > ABSURD_SHARE;
        if let Some(place) = bands.iter().position(|band| band.lacking.is_none() && absurd(band.edge.limit())) {
            let limit = bands[place].edge.limit().clone();
            let at = written.bands.get(place).map(|band| self.place(band));
            let at = at.or_else(|| written.steps.as_ref().map(|steps| self.place(steps)));
            self.doubtful(
                at.unwrap_or_else(|| self.place(&written.id)),
                format!("an edge of {limit} is {}% of a share", limit.clone() * Exact::whole(100)),
                format!("write `\"{limit}%\"`"),
            );
        }
    }

    /// A weighted ledger that begins with nothing and only loses is never worth anything.
    fn can_earn(&mut self, line: &Indicator, written: &IndicatorTable) {
        let (Counts::Weighted { .. }, Judged::Occurrences { start, kinds }) = (&line.counts, &line.judged) else {
            return;
        };
        let begins_with_nothing = start.known().is_some_and(Exact::is_zero);
        if begins_with_nothing && !kinds.iter().any(may_earn) {
            let place = self.place(&written.id);
            self.doubtful(
                place,
                format!("indicator `{}` begins with no points and can only lose some", line.id),
                "write `start`, the points before any event, or count it by `marks`",
            );
        }
    }

    /// What is compared with itself is always equal.
    fn compared_with_another(&mut self, scheme: &Scheme, line: &Indicator, written: &IndicatorTable) {
        let (Judged::Value { value, relative_to: Some(reference), .. }, Some(at)) =
            (&line.judged, &written.relative_to)
        else {
            return;
        };
        let group = match reference.names()[..] {
            [(name, _)] if reference.text == name.to_string() => Some(name),
            _ => None,
        };
        let level = |id: &str| scheme.metric(id).map(|one| one.of);
        let same_group = group.is_some_and(|name| {
            let of_name = match name.scope {
                Scope::Team => Some(Level::Team),
                Scope::Department => Some(Level::Department),
                Scope::Shop => Some(Level::Shop),
                _ => None,
            };
            of_name.is_some() && level(&name.id) == of_name && value.names().iter().any(|(own, _)| own.id == name.id)
        });
        if value.text == reference.text || same_group {
            let place = self.place(at);
            self.wrong(
                place,
                format!("indicator `{}` compares a value with itself", line.id),
                "compare it with another value, such as `team` for an agent's own",
            );
        }
    }
}

/// Whether a kind of events can ever give points.
fn may_earn(kind: &Occurrence) -> bool {
    let gives = |amount: &Amount| amount.known().is_none_or(|points| *points > 0);
    let each = match &kind.points {
        OccurrencePoints::Each(points) => gives(points),
        OccurrencePoints::Cumulative(steps) => steps.iter().any(gives),
        OccurrencePoints::Column { between, .. } => between.1 > 0,
        OccurrencePoints::Nothing => false,
    };
    each || kind.if_none.as_ref().is_some_and(gives) || kind.extra.as_ref().is_some_and(|(_, extra)| gives(extra))
}
