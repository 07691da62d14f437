//! Bands (R05): one edge each, best first, looking one way, every one reachable, nothing left open.

use crate::diag::{Place, Spanned, known_names};
use crate::exact::Exact;
use crate::scheme::written::{BandTable, IndicatorTable, LookupTable, StepsTable};
use crate::scheme::{Amount, Band, Curve, Direction, Edge};

use super::Checker;

/// Bands as their owner wrote them, with the words for messages.
struct Bands<'a> {
    owner: &'a str,
    written: &'a [Spanned<BandTable>],
    place: Place,
    direction: Option<Direction>,
}

impl Checker<'_> {
    pub(super) fn steps_of_lookup(&mut self, written: &LookupTable) -> Curve {
        let owner: &str = written.id.as_ref();
        let place = self.place(&written.id);
        if written.bands.is_empty() {
            self.wrong(
                place.clone(),
                format!("lookup `{owner}` has no steps"),
                "write at least one band, or a parameter",
            );
        }
        let bands = self.bands(&Bands { owner, written: &written.bands, place: place.clone(), direction: None });
        let otherwise = self.amount(&written.otherwise, &format!("{owner}.otherwise"), place);
        Curve { bands, otherwise, otherwise_level: None }
    }

    /// The curve of an indicator that has bands or steps.
    pub(super) fn curve(&mut self, written: &IndicatorTable, direction: Option<Direction>) -> Curve {
        let owner: &str = written.id.as_ref();
        let place = self.place(&written.id);
        let bands = match &written.steps {
            Some(steps) if written.bands.is_empty() => self.evenly(steps, direction),
            Some(steps) => {
                let at = self.place(steps);
                self.wrong(at, "an indicator has either `bands` or `steps`, not both", "leave one of them out");
                Vec::new()
            }
            None => self.bands(&Bands { owner, written: &written.bands, place: place.clone(), direction }),
        };
        let otherwise_level = written.otherwise_level.as_ref().and_then(|level| self.level(level));
        let otherwise = match &written.otherwise {
            Some(otherwise) => self.amount(otherwise.as_ref(), &format!("{owner}.otherwise"), self.place(otherwise)),
            None if written.otherwise_level.is_some() => Amount::Known(Exact::zero()),
            None => {
                self.wrong(
                    place,
                    format!("indicator `{owner}` leaves a gap beyond its last band"),
                    "say what everything else earns, for instance `otherwise = 0`",
                );
                Amount::Known(Exact::zero())
            }
        };
        let curve = Curve { bands, otherwise, otherwise_level };
        self.points_fall(written, &curve);
        curve
    }

    /// Bands go from best to worst, and so do their points and levels.
    fn points_fall(&mut self, written: &IndicatorTable, curve: &Curve) {
        let points = |band: &Band| (band.points.known().cloned(), band.level);
        let rest = (curve.otherwise.known().cloned(), curve.otherwise_level);
        let given: Vec<(Option<Exact>, Option<usize>)> = curve.bands.iter().map(points).chain([rest]).collect();
        for (index, pair) in given.windows(2).enumerate() {
            let [(better, level), (worse, below)] = pair else { continue };
            let richer = matches!((better, worse), (Some(better), Some(worse)) if worse > better);
            let higher = matches!((level, below), (Some(level), Some(below)) if below < level);
            if richer || higher {
                let next = written.bands.get(index + 1).map(|band| self.place(band));
                let rest = || written.otherwise.as_ref().map(|otherwise| self.place(otherwise));
                let place = next.or_else(rest).unwrap_or_else(|| self.place(&written.id));
                self.doubtful(
                    place,
                    "a worse value earns more than the one before it",
                    "bands go from best to worst; check the points, the levels and the metric's `direction`",
                );
            }
        }
    }

    fn bands(&mut self, bands: &Bands<'_>) -> Vec<Band> {
        let checked: Vec<Band> = bands.written.iter().filter_map(|band| self.band(bands.owner, band)).collect();
        if checked.len() == bands.written.len() {
            self.order(bands, &checked);
        }
        checked
    }

    fn band(&mut self, owner: &str, written: &Spanned<BandTable>) -> Option<Band> {
        let table = written.as_ref();
        let place = self.place(written);
        let edges = [
            table.at_least.as_ref().map(|limit| (limit, Edge::AtLeast as fn(Exact) -> Edge)),
            table.above.as_ref().map(|limit| (limit, Edge::Above as fn(Exact) -> Edge)),
            table.at_most.as_ref().map(|limit| (limit, Edge::AtMost as fn(Exact) -> Edge)),
            table.below.as_ref().map(|limit| (limit, Edge::Below as fn(Exact) -> Edge)),
        ];
        let mut edges = edges.into_iter().flatten();
        let (limit, edge) = match (edges.next(), edges.next()) {
            (Some(one), None) => one,
            _ => {
                self.wrong(
                    place,
                    "a band has exactly one edge",
                    "write one of `at-least` (≥), `above` (>), `at-most` (≤), `below` (<)",
                );
                return None;
            }
        };
        let limit = self.amount(limit, &format!("{owner}.bands.edge"), place.clone());
        // Where the limit is unset, nobody can say which band fires; a limit of nought only keeps its place.
        let lacking = limit.lacking().map(str::to_owned);
        let edge = edge(limit.known().cloned().unwrap_or_else(Exact::zero));
        let level = table.level.as_ref().and_then(|level| self.level(level));
        let points = match &table.points {
            Some(points) => {
                let name = format!("{owner}.bands[{} {}].points", edge.sign(), edge.limit());
                self.amount(points, &name, place)
            }
            None if table.level.is_some() => Amount::Known(Exact::zero()),
            None => {
                self.wrong(place, "a band gives `points` or a `level`", "write for instance `points = 100`");
                return None;
            }
        };
        Some(Band { edge, lacking, points, level })
    }

    /// The place of a level in the file.
    pub(super) fn level(&mut self, name: &Spanned<String>) -> Option<usize> {
        let place = self.written.level.iter().position(|one| one.id.as_ref() == name.as_ref());
        if place.is_none() {
            let at = self.place(name);
            let hint = known_names(name.as_ref(), self.written.level.iter().map(|one| one.id.as_ref().as_str()));
            self.wrong(at, format!("there is no level `{}`", name.as_ref()), hint);
        }
        place
    }

    /// Bands must be written from best to worst, look the same way, and each be reachable.
    fn order(&mut self, bands: &Bands<'_>, checked: &[Band]) {
        for (index, pair) in checked.windows(2).enumerate() {
            let place = self.place(&bands.written[index + 1]);
            if pair.iter().any(|band| band.lacking.is_some()) {
                continue;
            }
            if pair[0].edge.looks_up() != pair[1].edge.looks_up() {
                self.wrong(
                    place,
                    "bands look both ways",
                    "use only `at-least`/`above` where more is better, only `at-most`/`below` where less is better",
                );
            } else if pair[0].edge.covers(&pair[1].edge) {
                let message = format!(
                    "this band can never fire: {} {} is already taken by {} {}",
                    pair[1].edge.sign(),
                    pair[1].edge.limit(),
                    pair[0].edge.sign(),
                    pair[0].edge.limit(),
                );
                self.wrong(place, message, "write bands from best to worst");
            }
        }
        if let (Some(first), Some(direction)) = (checked.first(), bands.direction)
            && first.edge.looks_up() != (direction == Direction::Higher)
        {
            let place = bands.written.first().map_or(bands.place.clone(), |band| self.place(band));
            self.wrong(
                place,
                "the bands reward the other direction than the metric's",
                "set the metric's `direction` to `higher` or `lower`, or turn the edges round",
            );
        }
    }

    /// Evenly spaced bands: `from` 100% `to` 50% `step` 2% gives twenty-six.
    fn evenly(&mut self, written: &Spanned<StepsTable>, direction: Option<Direction>) -> Vec<Band> {
        let table = written.as_ref();
        let place = self.place(written);
        let span = (table.to.clone() - table.from.clone()).abs();
        let count = span.checked_div(&table.step);
        let count = count.filter(|count| *count >= 0 && *count == count.floor() && *count <= 1000);
        let Some(count) = count else {
            self.wrong(
                place,
                format!("`step` {} does not divide {} to {}", table.step, table.from, table.to),
                "`step` is positive and divides the way from `from` to `to` into at most 1000 whole steps",
            );
            return Vec::new();
        };
        let upwards = table.from >= table.to;
        if direction.is_some_and(|direction| upwards != (direction == Direction::Higher)) {
            self.wrong(
                place,
                "the steps reward the other direction than the metric's",
                "`from` is the best edge: the larger one where more is better",
            );
        }
        let stride = if upwards { -table.step.clone() } else { table.step.clone() };
        let last = count.to_f64() as i64;
        (0..=last)
            .map(|index| {
                let limit = table.from.clone() + stride.clone() * Exact::whole(index);
                let points = table.points.clone() - table.points_step.clone() * Exact::whole(index);
                let edge = if upwards { Edge::AtLeast(limit) } else { Edge::AtMost(limit) };
                Band { edge, lacking: None, points: Amount::Known(points), level: None }
            })
            .collect()
    }
}
