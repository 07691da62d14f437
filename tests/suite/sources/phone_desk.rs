//! The real service desk and a made-up month of it with lines that slipped.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::response::IntoResponse;
use polars::prelude::DataFrame;
use scorepost::finding::Weight;
use scorepost::source::Table;

use scorepost::exact::Exact;
use scorepost::period::Period;
use scorepost::score::appraisal::Standing;
use scorepost::score::{self, Input};
use scorepost::tables::{self, OnlyTeam};

use super::double::{Double, status};
use super::{Bench, Pulled, finding, holds, shipped, texts};

/// Serves one file under one name, as a static file server does.
async fn served(name: &'static str, file: PathBuf) -> Double {
    let text = std::fs::read(&file).expect("a month of calls");
    Double::new(move |asked| if asked.path == name { text.clone().into_response() } else { status(404, "not found") })
        .await
}

async fn month(label: &str, name: &'static str, file: PathBuf) -> Pulled {
    let double = served(name, file).await;
    let source = shipped("phone-desk", "PHONE_DESK_URL", &double.base);
    Bench::new().period(label).pull(&source).await.expect("pulled")
}

/// Answered calls by agent.
fn answered(frame: &DataFrame) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (outcome, agent) in texts(frame, "outcome").into_iter().zip(texts(frame, "agent_id")) {
        if outcome == "AGENT" && agent != "-" {
            *counts.entry(agent).or_default() += 1;
        }
    }
    counts
}

#[tokio::test]
async fn slipped_lines_are_set_aside_and_the_rest_is_whole() {
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/phone-desk/1999-02.tsv");
    let pulled = month("1999-02", "/1999-02.tsv", fixture).await;
    let count = &pulled.counts[0];
    assert_eq!((count.records, count.set_aside), (25, 15));
    assert_eq!(count.skipped, BTreeMap::from([("phantom".to_owned(), 2)]));
    let calls = pulled.frame(Table::CALLS).expect("calls");
    assert_eq!(calls.height(), 8);
    assert_eq!(answered(calls), BTreeMap::from([("OREN".to_owned(), 3), ("TALIA".to_owned(), 3)]));
    let told = finding(&pulled, "rows-set-aside").expect("a finding");
    assert_eq!(told.weight, Weight::Note);
    for part in [
        "15 of 25 records cannot be used",
        "number of fields differs from the header: 2 (row 7, 8)",
        "`agent_id` has a value that is not allowed: 5",
        "`date` is not a day in the form that its mapping says (2026-10-31 unless it does): 3",
        "`date` lies outside the days asked for: 1 (row 9)",
        "`outcome` has a value that is not allowed: 1",
        "`queue_seconds` has a value that is not allowed: 1",
        "`queue_seconds` is not a whole number: 1",
        "`service_seconds` is not a whole number: 1",
    ] {
        assert!(told.text.en.contains(part), "{part}: {}", told.text.en);
    }
    assert_eq!(holds(&pulled), Vec::<&str>::new());
    let skipped = finding(&pulled, "rows-skipped").expect("a finding");
    assert_eq!(skipped.text.zh, "2 条记录为 PHANTOM，按规则不计");
    assert_eq!(skipped.text.en, "2 records are PHANTOM and do not count, by rule");
}

/// Runs where the shared month lies; elsewhere there is nothing to read.
#[tokio::test]
async fn the_real_january_is_whole() {
    let Some(shared) = std::env::var_os("SCOREPOST_SHARED") else { return };
    let file = PathBuf::from(shared).join("real/january.txt");
    let begun = std::time::Instant::now();
    let pulled = month("1999-01", "/1999-01.tsv", file).await;
    eprintln!("pulled in {:?}", begun.elapsed());
    let count = &pulled.counts[0];
    assert_eq!((count.records, count.set_aside), (31_599, 0));
    assert_eq!(count.skipped, BTreeMap::from([("phantom".to_owned(), 240)]));
    let calls = pulled.frame(Table::CALLS).expect("calls");
    assert_eq!(calls.height(), 31_359);
    assert_eq!(answered(calls).values().sum::<usize>(), 26_570);
    assert_eq!(holds(&pulled), Vec::<&str>::new());
}

/// What one agent did, counted by reading the file line by line.
#[derive(Default)]
struct Tally {
    calls: i64,
    days: std::collections::BTreeSet<String>,
    service: i64,
    quick: i64,
}

fn tallies(text: &str) -> BTreeMap<String, Tally> {
    let mut all: BTreeMap<String, Tally> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.trim_end().split('\t').collect();
        let (date, queue, outcome, service, server) = (cells[5], cells[11], cells[12], cells[15], cells[16]);
        if outcome == "AGENT" && server != "NO_SERVER" {
            let one = all.entry(server.to_owned()).or_default();
            one.calls += 1;
            one.days.insert(date.to_owned());
            one.service += service.parse::<i64>().expect("seconds");
            one.quick += i64::from(queue.parse::<i64>().expect("seconds") <= 20);
        }
    }
    all
}

/// Whether a / b relates to c / d by at least (or at most) so many percent, in whole numbers.
fn percent(a: i64, b: i64, c: i64, d: i64) -> impl Fn(i128, bool) -> bool {
    let (left, right) = (i128::from(a) * i128::from(d) * 100, i128::from(b) * i128::from(c));
    move |limit, at_least| if at_least { left >= limit * right } else { left <= limit * right }
}

/// The total of one agent, out of a hundred tenths, by the scheme as written in words.
fn tenths(own: &Tally, team: (i64, i64, i64)) -> i64 {
    let (calls, agent_days, service) = team;
    let days = own.days.len() as i64;
    let first = |bands: &[(i128, i64)], fires: &dyn Fn(i128) -> bool| {
        bands.iter().find(|(limit, _)| fires(*limit)).map_or(0, |(_, points)| *points)
    };
    let per_day = percent(own.calls, days, calls, agent_days);
    let mean = percent(own.service, own.calls, service, calls);
    let quick = percent(own.quick, own.calls, 1, 1);
    4 * first(&[(110, 100), (100, 90), (90, 80), (80, 60)], &|limit| per_day(limit, true))
        + 3 * first(&[(90, 100), (100, 90), (110, 80), (125, 60)], &|limit| mean(limit, false))
        + 3 * first(&[(80, 100), (75, 90), (70, 80), (60, 60)], &|limit| quick(limit, true))
}

/// Runs where the shared month lies: pulled, built and scored, against the same month counted here line by line.
#[tokio::test(flavor = "multi_thread")]
async fn the_real_january_is_scored_as_an_independent_count_says() {
    let Some(shared) = std::env::var_os("SCOREPOST_SHARED") else { return };
    let file = PathBuf::from(shared).join("real/january.txt");
    let counted = tallies(&std::fs::read_to_string(&file).expect("a month of calls"));
    let pulled = month("1999-01", "/1999-01.tsv", file).await;
    let period = Period::parse("1999-01").expect("a period");
    let desk = OnlyTeam { id: "desk".into(), name: "电话客服台".into(), table: "calls".into() };
    let frames = pulled.batches.iter().map(|batch| (batch.table.name().to_owned(), batch.frame.clone())).collect();
    let (tables, _) = tables::build(frames, &period, period.end, Some(&desk)).expect("tables");
    let scheme = crate::facts::shipped("phone-desk.toml");
    let compiled = score::compile(&scheme).unwrap_or_else(|found| panic!("{found}"));
    let earlier = BTreeMap::new();
    let cut_off = pulled.cut_off;
    let input =
        Input { tables: &tables, period, cut_off, as_of: period.end, past: &[], earlier: &earlier, adjustments: &[] };
    let appraisal = score::appraise(&compiled, &input).expect("an appraisal");
    let cards = crate::facts::by_agent(&appraisal);

    let sum = |of: fn(&Tally) -> i64| counted.values().map(of).sum::<i64>();
    let team = (sum(|one| one.calls), sum(|one| one.days.len() as i64), sum(|one| one.service));
    let means = [team.0 as f64 / team.1 as f64, team.2 as f64 / team.0 as f64];
    assert!((means[0] - 64.963_325_18).abs() < 1e-8 && (means[1] - 186.307_903_65).abs() < 1e-8, "{means:?}");
    let scored: BTreeMap<&str, i64> = counted
        .iter()
        .filter(|(_, one)| one.calls >= 30)
        .map(|(agent, one)| (agent.as_str(), tenths(one, team)))
        .collect();
    for (agent, one) in &counted {
        let card = cards[agent.as_str()];
        match (&card.standing, scored.get(agent.as_str())) {
            (Standing::NotScored { .. }, None) => assert!(one.calls < 30, "{agent}"),
            (Standing::Scored { total, rank, of, .. }, Some(tenths)) => {
                let expected = Exact::whole(*tenths).checked_div(&Exact::whole(10)).expect("ten is not nought");
                assert_eq!(*total, expected, "{agent}");
                let better = |other: &str| (scored[other], counted[other].calls) > (*tenths, one.calls);
                assert_eq!(*rank as usize, 1 + scored.keys().filter(|other| better(other)).count(), "{agent}");
                assert_eq!(*of as usize, scored.len());
            }
            (standing, expected) => panic!("{agent}: {standing:?}, expected {expected:?}"),
        }
        if let Some(reference) = &card.lines[0].reference {
            assert_eq!(reference.measured.value.as_ref().map(|value| value.fixed(8)), Some("64.96332518".to_owned()));
        }
    }
    let known = [("BENSION", "90", 1), ("IDIT", "88", 2), ("ANAT", "85", 5), ("SHARON", "70", 7), ("DARMON", "0", 25)];
    for (agent, expected, place) in known {
        assert!(
            matches!(&cards[agent].standing, Standing::Scored { total, rank, .. } if total.trimmed(4) == expected && *rank == place),
            "{agent}: {:?}",
            cards[agent].standing
        );
    }
    for agent in ["DAVID", "EXPRESS"] {
        assert!(matches!(cards[agent].standing, Standing::NotScored { .. }), "{agent}");
    }
}
