//! Charts as inline SVG: every number stands in them as text, and shapes, dashes and outlines tell series apart, not colour.

mod bars;
mod boxes;
mod lines;

pub use bars::Bars;
pub use boxes::{Boxes, Five};
pub use lines::{Lines, Series};

/// Charts are drawn this wide.
const WIDTH: f64 = 640.0;

/// A place in a drawing, to a tenth.
fn at(place: f64) -> String {
    format!("{place:.1}")
}

/// Round limits from below the least to above the greatest value, at most about `steps` apart.
pub fn scale(low: f64, high: f64, steps: f64) -> (f64, f64, f64) {
    // Equal values stand in the middle.
    let (low, high) = if high > low { (low, high) } else { (low - 0.5, high + 0.5) };
    let raw = (high - low) / steps;
    let magnitude = 10_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|one| one * magnitude).find(|step| *step >= raw).unwrap_or(raw);
    ((low / step).floor() * step, (high / step).ceil() * step, step)
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn limits_are_round_and_hold_every_value() {
        assert_eq!(scale(61.0, 97.0, 5.0), (60.0, 100.0, 10.0));
        assert_eq!(scale(0.0, 12.0, 4.0), (0.0, 15.0, 5.0));
        let (low, high, _) = scale(80.0, 80.0, 5.0);
        assert!(low <= 80.0 && high >= 80.0);
    }
}
