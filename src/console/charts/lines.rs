//! Lines over periods, told apart by dashes and marks, each with its name at its end.

use super::{WIDTH, at, scale};

/// The drawing is this high, with room around the lines.
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 130.0;
const TOP: f64 = 14.0;
const FOOT: f64 = 28.0;
/// So many lines are told apart; more are only in the table.
const MOST: usize = 6;

/// Values over the same periods; a gap where there is none.
pub struct Series {
    /// What it is called.
    pub name: String,
    /// A value for each period.
    pub values: Vec<Option<f64>>,
}

/// A drawing of lines.
pub struct Lines {
    /// What is drawn, with its unit.
    pub title: String,
    /// The heights and numbers of the scale.
    pub ticks: Vec<(String, String)>,
    /// The places and names of the periods.
    pub periods: Vec<(String, String)>,
    /// One for each series.
    pub lines: Vec<Line>,
}

/// One line.
pub struct Line {
    /// Its dashes.
    pub class: &'static str,
    /// What it is called.
    pub name: String,
    /// Where the name stands.
    pub end: (String, String),
    /// The corners of its parts; a gap parts them.
    pub parts: Vec<String>,
    /// Where the values are, with what each is.
    pub dots: Vec<(String, String, String)>,
}

/// How lines look.
const LOOKS: [&str; MOST] = ["dash0", "dash1", "dash2", "dash3", "dash4", "dash5"];

impl Lines {
    /// The first lines of those that have a value; none where nothing is to be drawn or there is but one period.
    pub fn of(title: String, periods: &[String], series: &[Series]) -> Option<Self> {
        let drawn: Vec<&Series> =
            series.iter().filter(|one| one.values.iter().any(Option::is_some)).take(MOST).collect();
        let values = || drawn.iter().flat_map(|one| &one.values).copied().flatten();
        let (low, high) = (values().reduce(f64::min)?, values().reduce(f64::max)?);
        if periods.len() < 2 {
            return None;
        }
        let (low, high, step) = scale(low, high, 4.0);
        let span = (high - low).max(1e-9);
        let across = (WIDTH - LEFT - RIGHT) / (periods.len() - 1) as f64;
        let x = |index: usize| LEFT + index as f64 * across;
        let y = |value: f64| HEIGHT - FOOT - (value - low) / span * (HEIGHT - FOOT - TOP);
        let steps = ((high - low) / step).round() as u32;
        let tick = |index: u32| {
            let value = low + f64::from(index) * step;
            (at(y(value)), format!("{value:.*}", usize::from(step < 1.0)))
        };
        let line = |(place, one): (usize, &&Series)| {
            let dots: Vec<(usize, f64)> =
                one.values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?))).collect();
            let parts = dots.chunk_by(|one, next| one.0 + 1 == next.0);
            let corner = |(index, value): &(usize, f64)| format!("{},{}", at(x(*index)), at(y(*value)));
            let last = dots.last().copied().unwrap_or_default();
            Line {
                class: LOOKS[place],
                name: one.name.clone(),
                end: (at(x(last.0) + 8.0), at(y(last.1) + 4.0)),
                parts: parts.map(|part| part.iter().map(corner).collect::<Vec<_>>().join(" ")).collect(),
                dots: dots
                    .iter()
                    .map(|(index, value)| {
                        (at(x(*index)), at(y(*value)), format!("{} {} {value:.2}", one.name, periods[*index]))
                    })
                    .collect(),
            }
        };
        Some(Self {
            title,
            ticks: (0..=steps).map(tick).collect(),
            periods: periods.iter().enumerate().map(|(index, name)| (at(x(index)), name.clone())).collect(),
            lines: drawn.iter().enumerate().map(line).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_parts_a_line_and_higher_values_lie_higher() {
        let periods: Vec<String> = ["1", "2", "3", "4"].map(str::to_owned).to_vec();
        let values = vec![Some(60.0), Some(80.0), None, Some(100.0)];
        let lines = Lines::of("t".to_owned(), &periods, &[Series { name: "T1".to_owned(), values }]).expect("lines");
        assert_eq!(lines.lines[0].parts.len(), 2);
        let heights: Vec<f64> = lines.lines[0].dots.iter().map(|dot| dot.1.parse().expect("a number")).collect();
        assert!(heights[0] > heights[1] && heights[1] > heights[2], "{heights:?}");
        assert_eq!(lines.lines[0].dots[1].2, "T1 2 80.00");
        assert!(Lines::of("t".to_owned(), &periods[..1], &[]).is_none());
    }
}
