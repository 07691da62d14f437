use std::collections::BTreeSet;
use std::path::PathBuf;

use polars::prelude::*;

use super::*;
use crate::tables::person::{Words, leave_out};
use crate::tables::{Draft, lay};

/// A roster of some agents, and a call of somebody who is not on it.
fn stocks(agents: &[&str]) -> Vec<(String, Stock)> {
    let column = |name: &str, cells: Vec<&str>| Column::new(name.into(), cells);
    let people = vec![column("agent_id", agents.to_vec()), column("team_id", vec!["T1"; agents.len()])];
    let people = DataFrame::new(agents.len(), people).expect("people");
    let day = Column::new("date".into(), [20_730i32]).cast(&DataType::Date).expect("a day");
    let call = vec![column("call_id", vec!["C1"]), column("agent_id", vec!["A9"]), column("source", vec!["desk"]), day];
    let calls = DataFrame::new(1, call).expect("a call");
    vec![("agents".to_owned(), people.into()), ("calls".to_owned(), calls.into())]
}

fn october() -> (Period, NaiveDate) {
    (Period::parse("2026-10").expect("a period"), NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day"))
}

fn origin_of(agents: &[&str]) -> Origin {
    Origin::of(&stocks(agents), &october().0, october().1, None).expect("an origin")
}

/// Tables of two agents in a folder, and what was noticed about them.
fn kept() -> (tempfile::TempDir, PathBuf, Vec<Finding>) {
    let ((period, cut_off), data) = (october(), tempfile::tempdir().expect("a folder"));
    let folder = data.path().join("2026-10");
    let draft = Draft::begin(&folder).expect("a draft");
    let (tables, noticed) = lay(&draft, stocks(&["A1", "A2"]), &period, cut_off, None).expect("laid");
    assert!(noticed.iter().any(|one| one.code == "unknown-agent"), "{noticed:?}");
    draft.keep(&tables.frames, &origin_of(&["A1", "A2"]), &noticed).expect("kept");
    (data, folder, noticed)
}

#[test]
fn tables_of_the_same_rows_are_known_with_what_was_noticed() {
    let (_data, folder, noticed) = kept();
    assert_eq!(origin_of(&["A1", "A2"]).noticed(&folder), Some(noticed));
    assert_eq!(origin_of(&["A1", "A3"]).noticed(&folder), None, "other rows");
    assert_eq!(origin_of(&["A1", "A2"]).noticed(&folder.with_file_name("2026-09")), None, "no tables");
}

#[test]
fn whatever_tables_follow_from_is_another_origin() {
    let ((period, cut_off), stocks) = (october(), stocks(&["A1"]));
    let origin = |period: &str, days: u64, team: Option<&OnlyTeam>| {
        let period = Period::parse(period).expect("a period");
        Origin::of(&stocks, &period, cut_off + chrono::Days::new(days), team).expect("an origin").0
    };
    let team = OnlyTeam { id: "T".into(), name: "T".into(), table: "calls".into() };
    let all = [
        origin("2026-10", 0, None),
        origin("2026-09", 0, None),
        origin("2026-10", 1, None),
        origin("2026-10", 0, Some(&team)),
        Origin::of(&[], &period, cut_off, None).expect("an origin").0,
    ];
    assert_eq!(BTreeSet::from(all.clone()).len(), all.len());
    assert_eq!(all[0], origin("2026-10", 0, None));
}

#[test]
fn a_table_that_is_not_as_it_was_written_is_built_again() {
    let changes: [fn(&Path); 5] = [
        flip,
        |folder| fs::write(folder.join("calls.parquet"), b"half").expect("damaged"),
        |folder| fs::remove_file(folder.join("calls.parquet")).expect("removed"),
        |folder| assert!(fs::copy(folder.join("calls.parquet"), folder.join("chats.parquet")).is_ok()),
        |folder| fs::write(folder.join(NOTE), b"{}").expect("damaged"),
    ];
    for change in changes {
        let (_data, folder, _) = kept();
        change(&folder);
        assert_eq!(origin_of(&["A1", "A2"]).noticed(&folder), None);
    }
}

/// Changes a byte as a disk does that loses it: without another time.
fn flip(folder: &Path) {
    let path = folder.join("calls.parquet");
    let mut notes: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("digests.json")).expect("notes")).expect("notes");
    let mut bytes = fs::read(&path).expect("a table");
    bytes[10] ^= 1;
    fs::write(&path, bytes).expect("damaged");
    // The notes say of the damaged file what they said of the whole one.
    let facts = fs::metadata(&path).expect("facts");
    notes["calls.parquet"]["written"] = serde_json::json!([facts.mtime(), facts.mtime_nsec()]);
    notes["calls.parquet"]["changed"] = serde_json::json!([facts.ctime(), facts.ctime_nsec()]);
    fs::write(folder.join("digests.json"), notes.to_string()).expect("notes");
}

#[test]
fn with_a_person_goes_what_was_noticed_even_where_no_row_is_theirs() {
    let (_data, folder, _) = kept();
    let words = Words { ids: BTreeSet::from(["nobody".to_owned()]), names: BTreeSet::new() };
    assert_eq!(leave_out(&folder.join("calls.parquet"), &words).expect("read"), 0);
    assert!(!folder.join(NOTE).exists());
    assert_eq!(origin_of(&["A1", "A2"]).noticed(&folder), None);
}
