//! Curves as tables: bands in the unit of what they judge, straight lines, points by place.

use crate::exact::Exact;
use crate::scheme::line::{Linear, RankPoints};
use crate::scheme::{Amount, Band, Compare, Curve, Edge, Formula, Indicator, Judged, Measure, RankTies, Unit, Within};

use super::{Part, Reader, say};

/// Evenly spaced bands are told by their first and last from so many on.
const MANY: usize = 6;

impl Reader<'_> {
    /// The unit of what a curve sees.
    pub(super) fn unit_of_curve(&self, line: &Indicator) -> Unit {
        match &line.judged {
            Judged::Value { relative_to: Some(_), compare: Compare::Ratio | Compare::Growth, .. } => Unit::Percent,
            Judged::Value { value, .. } => self.unit_of_formula(value).unwrap_or_default(),
            Judged::Checklist(sheet) if sheet.measure == Measure::Passed => Unit::Percent,
            Judged::Checklist(_) => Unit::Count,
            _ => Unit::Points,
        }
    }

    /// A table of bands: `≥ 62%` → `96 分`.
    pub(super) fn bands(&self, curve: &Curve, unit: Unit) -> Vec<Part> {
        self.band_table(
            curve,
            unit,
            &|amount| self.points(amount),
            &["达到", "得分", "等第"],
            &["reached", "points", "level"],
        )
    }

    /// The same, where a band gives something else than points.
    pub(super) fn band_table(
        &self,
        curve: &Curve,
        unit: Unit,
        gives: &dyn Fn(&Amount) -> String,
        zh: &[&'static str],
        en: &[&'static str],
    ) -> Vec<Part> {
        let mut rows: Vec<Vec<String>> = match even_steps(&curve.bands) {
            Some(steps) => self.folded(curve, steps, unit, gives),
            None => curve.bands.iter().map(|band| self.band(band, unit, gives)).collect(),
        };
        rows.push(vec![self.rest(curve, unit), gives(&curve.otherwise), self.level(curve.otherwise_level)]);
        // Levels alone, or points alone: the other column would say nothing.
        let nothing = |band: &Band| band.points.known().is_some_and(Exact::is_zero);
        let levels = rows.iter().any(|row| !row[2].is_empty());
        let points = !(levels && curve.bands.iter().all(nothing));
        let kept = |column: &usize| (*column != 1 || points) && (*column != 2 || levels);
        let columns: Vec<usize> = (0..3).filter(kept).collect();
        rows.iter_mut().for_each(|row| *row = columns.iter().map(|column| row[*column].clone()).collect());
        let head = |names: &[&'static str]| columns.iter().map(|column| names[*column]).collect::<Vec<_>>();
        self.table(&head(zh), &head(en), rows)
    }

    fn band(&self, band: &Band, unit: Unit, gives: &dyn Fn(&Amount) -> String) -> Vec<String> {
        let edge = match &band.lacking {
            Some(name) => format!("{} {}", band.edge.sign(), self.lacking(name)),
            None => self.edge(&band.edge, unit),
        };
        vec![edge, gives(&band.points), self.level(band.level)]
    }

    fn edge(&self, edge: &Edge, unit: Unit) -> String {
        format!("{} {}", edge.sign(), self.value(edge.limit(), unit))
    }

    /// Everything that no band admits.
    fn rest(&self, curve: &Curve, unit: Unit) -> String {
        let set = curve.bands.iter().all(|band| band.lacking.is_none());
        let rest = || curve.words(None, |edge| self.value(edge, unit));
        if set { self.text(&rest()).to_owned() } else { self.pick("其余", "otherwise").to_owned() }
    }

    /// The first band, one line for those between, the last band.
    fn folded(&self, curve: &Curve, steps: Steps, unit: Unit, gives: &dyn Fn(&Amount) -> String) -> Vec<Vec<String>> {
        let (first, last) = (&curve.bands[0], &curve.bands[curve.bands.len() - 1]);
        let step = match unit {
            Unit::Percent => {
                let points = steps.edge.clone() * Exact::whole(100);
                say!(self, "{} 个百分点", "{} percentage points", points.trimmed(4))
            }
            unit => self.value(&steps.edge, unit),
        };
        let between = match first.edge.looks_up() {
            true => say!(self, "每低 {step}", "each {step} less"),
            false => say!(self, "每高 {step}", "each {step} more"),
        };
        let change = gives(&Amount::Known(steps.points.abs()));
        let change = match steps.points.is_negative() {
            true => say!(self, "少 {change}", "{change} fewer"),
            false => say!(self, "多 {change}", "{change} more"),
        };
        vec![
            self.band(first, unit, gives),
            vec![format!("… {between}"), change, String::new()],
            self.band(last, unit, gives),
        ]
    }

    fn level(&self, place: Option<usize>) -> String {
        let level = place.and_then(|place| self.scheme.levels.get(place));
        level.map(|level| self.text(&level.label).to_owned()).unwrap_or_default()
    }

    /// Full points when every condition holds.
    pub(super) fn met(&self, conditions: &[Formula], curve: &Curve) -> Vec<Part> {
        let said = self.list(conditions.iter().map(|one| self.formula(one)));
        let full = curve.bands.first().map(|band| self.points(&band.points)).unwrap_or_default();
        let otherwise = self.points(&curve.otherwise);
        vec![Part::Line(say!(
            self,
            "同时满足（{said}）得 {full}，否则 {otherwise}",
            "{full} when all hold ({said}), otherwise {otherwise}"
        ))]
    }

    /// A straight line.
    pub(super) fn linear(&self, linear: &Linear, unit: Unit) -> Part {
        let (from, to) = (self.value(&linear.from, unit), self.value(&linear.to, unit));
        let points = |points: &Exact| self.points(&Amount::Known(points.clone()));
        let (low, high) = (points(&linear.points_from), points(&linear.points_to));
        Part::Line(say!(
            self,
            "{from} 得 {low}，到 {to} 得 {high}，其间按直线计分，两端之外不再增减",
            "{low} at {from}, {high} at {to}, in a straight line between them, flat beyond"
        ))
    }

    /// Points by place.
    pub(super) fn by_place(&self, ranks: &RankPoints) -> Vec<Part> {
        let places = ranks.points.iter().enumerate();
        let places =
            places.map(|(place, points)| say!(self, "第 {} 名 {}", "place {}: {}", place + 1, self.points(points)));
        let ties = match ranks.ties {
            RankTies::Share => self.pick("并列者同得较好名次的分", "equals share the better place"),
            RankTies::Average => self.pick("并列者平分所占名次的分", "equals share the points of their places"),
            RankTies::Break => self.pick("并列按工号先后", "staff numbers break ties"),
        };
        let reach = ranks
            .reach
            .as_ref()
            .map(|reach| say!(self, "须达到{}才得分", "only those who reach {}", self.formula(reach)));
        let below = ranks.below.as_ref().map(|(than, points)| {
            say!(self, "差于{}得 {}", "worse than {}: {}", self.formula(than), self.points(points))
        });
        let within =
            say!(self, "按{}内名次：{}", "by place within the {}: {}", self.within(ranks.within), self.list(places));
        let said = [within].into_iter().chain(reach).chain(below).chain([ties.to_owned()]);
        vec![Part::Line(self.clauses(said))]
    }

    /// Among whom people are compared.
    pub(super) fn within(&self, within: Within) -> &'static str {
        match within {
            Within::Team => self.pick("团队", "team"),
            Within::Department => self.pick("部门", "department"),
            Within::Shop => self.pick("店铺", "shop"),
        }
    }
}

/// How far evenly spaced bands lie apart.
struct Steps {
    edge: Exact,
    points: Exact,
}

fn even_steps(bands: &[Band]) -> Option<Steps> {
    let plain = |band: &Band| band.lacking.is_none() && band.level.is_none();
    if bands.len() < MANY || !bands.iter().all(plain) {
        return None;
    }
    let step = |pair: &[Band]| {
        let same = std::mem::discriminant(&pair[0].edge) == std::mem::discriminant(&pair[1].edge);
        let points = pair[1].points.known()?.clone() - pair[0].points.known()?.clone();
        let edge = pair[1].edge.limit().clone() - pair[0].edge.limit().clone();
        same.then_some((edge, points))
    };
    let (edge, points) = step(&bands[..2])?;
    let even = bands.windows(2).all(|pair| step(pair).is_some_and(|one| one == (edge.clone(), points.clone())));
    even.then(|| Steps { edge: edge.abs(), points })
}
