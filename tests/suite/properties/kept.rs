//! Cards from kept answers are those from the rows, to the bit.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use scorepost::period::Period;
use scorepost::score;
use scorepost::tables::{self, Tables};

use super::month::{Material, Month, Order};

/// Scores so many months of a scheme from memory, from files, and from what was kept of both times before.
fn are_the_same(id: &str, months: u32) {
    let material = Material::of(id);
    let compiled = score::compile(&material.scheme).unwrap_or_else(|found| panic!("{found}"));
    let config = Config { cases: months, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(Default::default()));
    let data = tempfile::tempdir().expect("a folder");
    let folder = data.path().join("2026-10");
    let outcome = runner.run(&Month::any(), |month| {
        let built = material.tables(&month, Order::AsDealt, None);
        let cards = |tables: &Tables| format!("{:#?}", material.scored(&compiled, tables));
        let expected = cards(&built);
        tables::write(&folder, &built.frames).expect("written");
        prop_assert_eq!(&cards(&open(&folder)), &expected, "from files");
        let kept = answers(&folder);
        prop_assert!(!kept.is_empty(), "nothing is kept");
        prop_assert_eq!(&cards(&open(&folder)), &expected, "from answers");
        for path in &kept {
            fs::write(path, b"not what it was").expect("damaged");
        }
        prop_assert_eq!(&cards(&open(&folder)), &expected, "from damaged answers");
        prop_assert_eq!(answers(&folder), kept, "the same are kept again");
        Ok(())
    });
    outcome.unwrap_or_else(|found| panic!("{id}: {found}"));
}

fn open(folder: &Path) -> Tables {
    let period = Period::parse("2026-10").expect("a period");
    Tables::open(folder, &period, period.end, None).expect("tables")
}

fn answers(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder.join("answers")).into_iter().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.expect("an answer").path()).collect();
    found.sort();
    found
}

#[test]
fn of_presale_weighted() {
    are_the_same("presale-weighted", 12);
}

#[test]
fn of_weekly_rank_pool() {
    are_the_same("weekly-rank-pool", 6);
}

#[test]
fn of_presale_modern() {
    are_the_same("presale-modern", 8);
}
