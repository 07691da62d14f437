//! Bars in groups, the first series in outline and the second full, each with its number above it.

use super::{WIDTH, at};

/// The drawing is this high …
const HEIGHT: f64 = 220.0;
/// … with room above for numbers and below for names.
const TOP: f64 = 24.0;
const FOOT: f64 = 26.0;

/// Counts side by side.
pub struct Bars {
    /// What is counted, with its unit.
    pub title: String,
    /// The names of the series; each has a look of its own.
    pub series: Vec<(&'static str, String)>,
    /// Where the ground line is.
    pub ground: String,
    /// One for each name at the foot.
    pub groups: Vec<Group>,
}

/// The bars above one name.
pub struct Group {
    /// The name.
    pub name: String,
    /// Where its middle is.
    pub middle: String,
    /// One for each series.
    pub bars: Vec<Bar>,
}

/// One bar.
pub struct Bar {
    /// Its look.
    pub class: &'static str,
    /// Its left edge.
    pub x: String,
    /// Its upper edge.
    pub y: String,
    /// How wide it is.
    pub width: String,
    /// How high it is.
    pub height: String,
    /// Where its number stands.
    pub middle: String,
    /// The number.
    pub count: u64,
}

/// How the series look.
const LOOKS: [&str; 2] = ["hollow", "full"];

impl Bars {
    /// Groups of as many counts as there are series; at most two series.
    pub fn of(title: String, series: &[String], groups: &[(String, Vec<u64>)]) -> Self {
        let most = groups.iter().flat_map(|(_, counts)| counts).copied().max().unwrap_or(0).max(1) as f64;
        let wide = WIDTH / groups.len().max(1) as f64;
        let bar_wide = wide * 0.8 / series.len().max(1) as f64;
        let ground = HEIGHT - FOOT;
        let bar = |place: usize, row: usize, count: u64| {
            let x = place as f64 * wide + wide * 0.1 + row as f64 * bar_wide;
            let height = (ground - TOP) * count as f64 / most;
            Bar {
                class: LOOKS[row % LOOKS.len()],
                x: at(x + 1.0),
                y: at(ground - height),
                width: at((bar_wide - 2.0).max(1.0)),
                height: at(height),
                middle: at(x + bar_wide / 2.0),
                count,
            }
        };
        let group = |(place, (name, counts)): (usize, &(String, Vec<u64>))| Group {
            name: name.clone(),
            middle: at((place as f64 + 0.5) * wide),
            bars: counts.iter().enumerate().map(|(row, count)| bar(place, row, *count)).collect(),
        };
        let names = series.iter().enumerate().map(|(row, name)| (LOOKS[row % LOOKS.len()], name.clone()));
        Self {
            title,
            series: names.collect(),
            ground: at(ground),
            groups: groups.iter().enumerate().map(group).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_count_is_the_highest_bar_and_half_of_it_half_as_high() {
        let groups = [("60–70".to_owned(), vec![2, 4]), ("70–80".to_owned(), vec![0, 1])];
        let bars = Bars::of("n".to_owned(), &["a".to_owned(), "b".to_owned()], &groups);
        let heights: Vec<&str> = bars.groups[0].bars.iter().map(|bar| bar.height.as_str()).collect();
        assert_eq!(heights, ["85.0", "170.0"]);
        assert_eq!(bars.groups[1].bars[0].height, "0.0");
        assert_eq!((bars.groups[0].bars[1].y.as_str(), bars.ground.as_str()), ("24.0", "194.0"));
        assert_eq!(bars.groups[0].bars[0].class, "hollow");
    }
}
