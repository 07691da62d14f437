//! Five numbers of each of several groups as boxes with whiskers, one below the other.

use super::{WIDTH, at, scale};

/// Room for the names at the left …
const NAMES: f64 = 150.0;
/// … and at the right edge.
const EDGE: f64 = 20.0;
/// Each row is this high.
const ROW: f64 = 34.0;
/// The scale below them all.
const FOOT: f64 = 24.0;

/// The least value, the quartiles and the greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Five(pub [f64; 5]);

/// Boxes over one scale.
pub struct Boxes {
    /// What is drawn, with its unit.
    pub title: String,
    /// How high the drawing is.
    pub height: String,
    /// Where the scale's numbers stand.
    pub foot: String,
    /// Where the lines of the scale end.
    pub ground: String,
    /// The places and numbers of the scale.
    pub ticks: Vec<(String, String)>,
    /// One for each group.
    pub rows: Vec<Row>,
}

/// One box.
pub struct Row {
    /// The name with its number of values.
    pub name: String,
    /// The five numbers in words.
    pub told: String,
    /// Where its middle line is.
    pub y: String,
    /// Its upper edge.
    pub top: String,
    /// From left to right: whisker, box, median, box, whisker.
    pub x: [String; 5],
    /// How wide the box is.
    pub width: String,
}

impl Boxes {
    /// Names with their five numbers; none without any.
    pub fn of(title: String, groups: &[(String, Five)]) -> Option<Self> {
        let low = groups.iter().map(|(_, five)| five.0[0]).reduce(f64::min)?;
        let high = groups.iter().map(|(_, five)| five.0[4]).reduce(f64::max)?;
        let (low, high, step) = scale(low, high, 6.0);
        let span = (high - low).max(1e-9);
        let place = |value: f64| NAMES + (value - low) / span * (WIDTH - NAMES - EDGE);
        let ground = groups.len() as f64 * ROW + 6.0;
        let row = |(index, (name, five)): (usize, &(String, Five))| {
            let middle = index as f64 * ROW + ROW / 2.0;
            Row {
                name: name.clone(),
                told: five.0.map(|value| format!("{value:.1}")).join(" · "),
                y: at(middle),
                top: at(middle - 9.0),
                x: five.0.map(|value| at(place(value))),
                width: at((place(five.0[3]) - place(five.0[1])).max(1.0)),
            }
        };
        let steps = ((high - low) / step).round() as u32;
        let tick = |index: u32| {
            let value = low + f64::from(index) * step;
            (at(place(value)), format!("{value:.*}", usize::from(step < 1.0)))
        };
        Some(Self {
            title,
            height: at(ground + FOOT),
            foot: at(ground + FOOT - 6.0),
            ground: at(ground),
            ticks: (0..=steps).map(tick).collect(),
            rows: groups.iter().enumerate().map(row).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_lies_between_the_quartiles_on_a_round_scale() {
        let boxes =
            Boxes::of("t".to_owned(), &[("T1".to_owned(), Five([60.0, 70.0, 80.0, 90.0, 100.0]))]).expect("boxes");
        // 60 to 100 on 470 places from 150.
        assert_eq!(boxes.rows[0].x, ["150.0", "267.5", "385.0", "502.5", "620.0"]);
        assert_eq!(boxes.rows[0].width, "235.0");
        assert_eq!(boxes.ticks.first().expect("a tick").1, "60");
        assert_eq!(boxes.ticks.last().expect("a tick").1, "100");
        assert!(Boxes::of("t".to_owned(), &[]).is_none());
    }
}
