//! The words of a band say what the band does, on its edges and beside them, in every shipped scheme.

use std::path::Path;

use scorepost::exact::Exact;
use scorepost::scheme::{Curve, FormulaRule, Registry, Scored};

/// Every curve of every shipped scheme, with the name of its owner.
fn curves() -> Vec<(String, Curve)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
    let registry = Registry::load(&folder).unwrap_or_else(|found| panic!("{found}"));
    let mut curves = Vec::new();
    for scheme in registry.all() {
        for line in &scheme.indicators {
            if let Scored::Curve(curve) = &line.scored {
                curves.push((format!("{}.{}", scheme.id, line.id), curve.clone()));
            }
        }
        for formula in &scheme.formulas {
            if let FormulaRule::Lookup { curve, .. } = &formula.rule {
                curves.push((format!("{}.{}", scheme.id, formula.id), curve.clone()));
            }
        }
    }
    curves
}

/// Reads `≥ 62` as a person does.
fn says(words: &str, value: &Exact) -> bool {
    let (sign, limit) = words.split_once(' ').expect("a sign and a number");
    let limit = Exact::from_notation(limit).expect("a number");
    match sign {
        "≥" => *value >= limit,
        ">" => *value > limit,
        "≤" => *value <= limit,
        "<" => *value < limit,
        other => panic!("`{other}` is no comparison"),
    }
}

#[test]
fn a_band_fires_exactly_where_its_words_say() {
    let little = Exact::scaled(1, 9);
    let mut tried = 0;
    for (owner, curve) in curves() {
        if curve.bands.is_empty() || curve.bands.iter().any(|band| band.lacking.is_some()) {
            continue;
        }
        let words = |band: Option<usize>| curve.words(band, |edge| edge.notation()).zh;
        for edge in curve.bands.iter().map(|band| band.edge.limit().clone()) {
            for value in [edge.clone() - little.clone(), edge.clone(), edge + little.clone()] {
                let fired = curve.fire(&value).expect("known edges");
                assert!(says(&words(fired.band), &value), "{owner}: {value:?} fired {}", words(fired.band));
                // Of all bands whose words fit, the first written one is the one that fires.
                let first = (0..curve.bands.len()).find(|band| says(&words(Some(*band)), &value));
                assert_eq!(fired.band, first, "{owner}: {value:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "only {tried} values were tried");
}
