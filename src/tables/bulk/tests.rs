use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;

use super::*;
use crate::finding::Finding;
use crate::tables::{OnlyTeam, Origin, Tables, build, lay, read_story};

const AGENTS: &str = "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,agent\nA2,乙,T1,一组,agent\n";
const ACCOUNTS: &str = "platform,account,agent_id\ntaobao,店:甲,A1\n";
/// A chat on the eve of the period, two customers of one day who wrote twice, an account of nobody, and a stranger.
const CHATS: &str = "chat_id,platform,account,agent_id,customer_id,started_at,buyer_msgs,agent_msgs,inquiry,response_seconds,response_count\n\
    C1,taobao,店:甲,,K1,2026-09-30T23:50:00,1,1,true,5,1\n\
    C2,taobao,店:甲,,K2,2026-10-01T09:00:00,2,1,true,6,1\n\
    C3,,,A2,K3,2026-10-01T09:10:00,1,0,false,0,0\n\
    C4,,,A2,K3,2026-10-01T23:00:00,1,1,true,9,2\n\
    C5,taobao,店:谁,,K4,2026-10-02T09:00:00,3,1,true,7,1\n\
    C6,taobao,店:甲,,K2,2026-10-01T19:00:00,1,1,false,3,1\n\
    C7,,,A9,K5,2026-10-31T22:00:00,1,1,true,8,1\n\
    C8,,,A2,K6,2026-11-01T08:00:00,1,1,true,8,1\n";
const ORDERS: &str = "order_id,customer_id,order_at,paid_at,order_amount,status\n\
    O1,K1,2026-10-01T00:10:00,2026-10-01T00:11:00,10.50,x\n\
    O2,K2,2026-10-02T08:00:00,,20.00,x\n\
    O3,K3,2026-10-01T23:30:00,2026-10-02T00:30:00,30.00,x\n\
    O4,K9,2026-10-05T10:00:00,2026-10-05T10:01:00,40.00,x\n\
    O5,K6,2026-11-01T09:00:00,,50.00,x\n";
const REFUNDS: &str =
    "refund_id,order_id,at,amount,status\nR1,O3,2026-10-09T10:00:00,3.00,x\nR2,O5,2026-10-09T10:00:00,4.00,x\n";
const SESSIONS: &str = "session_id,platform,agent_id,customer_id,started_at,first_reply_at\n\
    S1,desk,A1,K1,2026-10-03T09:00:00,2026-10-03T09:00:20\n\
    S2,desk,A1,K1,2026-10-03T10:00:00,2026-10-03T09:00:20\n\
    S3,desk,A2,K2,2026-09-03T10:00:00,\n";

/// The rows of a shop, by table.
fn rows() -> Vec<(String, DataFrame)> {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("agents", AGENTS), ("accounts", ACCOUNTS), ("chats", CHATS), ("orders", ORDERS)];
    for (name, text) in files.into_iter().chain([("refunds", REFUNDS), ("chat_sessions", SESSIONS)]) {
        std::fs::write(folder.path().join(format!("{name}.csv")), text).expect("a file");
    }
    read_story(folder.path()).unwrap_or_else(|found| panic!("{found}"))
}

/// The same rows as several sources would give them, few each.
fn in_portions(rows: &[(String, DataFrame)], many: usize) -> Vec<(String, Stock)> {
    let portions = |(name, frame): &(String, DataFrame)| {
        let firsts = (0..frame.height()).step_by(many);
        firsts.map(|first| (name.clone(), Stock::from(frame.slice(first as i64, many)))).collect::<Vec<_>>()
    };
    rows.iter().flat_map(portions).collect()
}

fn october() -> (Period, NaiveDate) {
    (Period::parse("2026-10").expect("a period"), NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day"))
}

fn laid(folder: &Path, many: usize, team: Option<&OnlyTeam>) -> (Draft, Tables, Vec<Finding>) {
    let ((period, cut_off), draft) = (october(), Draft::begin(folder).expect("a draft"));
    let (tables, findings) = lay(&draft, in_portions(&rows(), many), &period, cut_off, team).expect("laid");
    (draft, tables, findings)
}

fn keep(draft: Draft, tables: &Tables) {
    let origin = Origin::of(&[], &october().0, october().1, None).expect("an origin");
    draft.keep(&tables.frames, &origin, &[]).expect("kept");
}

#[test]
fn a_part_at_a_time_gives_the_same_tables_and_findings_as_all_at_once() {
    let ((period, cut_off), data) = (october(), tempfile::tempdir().expect("a folder"));
    let (all, noticed) = build(rows(), &period, cut_off, None).expect("built");
    assert!(noticed.len() >= 3, "something is noticed: {noticed:?}");
    for many in [1, 3, 100] {
        let (draft, tables, findings) = laid(&data.path().join("2026-10"), many, None);
        assert_eq!(findings, noticed);
        assert_eq!(tables.frames.keys().filter(|name| Bulk::has(name)).count(), 0);
        let names = |tables: &Tables| tables.all().into_keys().collect::<BTreeSet<String>>();
        assert_eq!(names(&tables), names(&all));
        for name in names(&all) {
            let table = |tables: &Tables| tables.whole(&name).expect("read").expect("a table");
            assert_eq!(
                table(&tables),
                table(&all).select(table(&tables).get_column_names_owned()).expect("columns"),
                "{name}"
            );
        }
        keep(draft, &tables);
    }
}

#[test]
fn tables_without_a_row_are_built_all_the_same() {
    let ((period, cut_off), data) = (october(), tempfile::tempdir().expect("a folder"));
    let agents = rows().into_iter().find(|(name, _)| name == "agents").expect("agents");
    let empty = ["chats", "orders", "chat_sessions"].map(|name| {
        let table = Table::from_name(name).expect("a table");
        (name.to_owned(), extract::empty(table))
    });
    let all: Vec<(String, DataFrame)> = std::iter::once(agents).chain(empty).collect();
    let draft = Draft::begin(&data.path().join("2026-10")).expect("a draft");
    let stocks = all.iter().map(|(name, frame)| (name.clone(), Stock::from(frame.clone()))).collect();
    let (laid, _) = lay(&draft, stocks, &period, cut_off, None).expect("laid");
    let (built, _) = build(all, &period, cut_off, None).expect("built");
    let names = |tables: &Tables| tables.all().into_keys().collect::<BTreeSet<String>>();
    assert_eq!(names(&laid), names(&built));
    assert_eq!(laid.frames["funnel_daily"], built.frames["funnel_daily"]);
}

#[test]
fn a_draft_that_is_given_up_leaves_the_tables_of_before() {
    let data = tempfile::tempdir().expect("a folder");
    let folder = data.path().join("2026-10");
    let (draft, tables, _) = laid(&folder, 2, None);
    keep(draft, &tables);
    let listed = || {
        let files = std::fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file"));
        files.map(|file| (file.file_name(), file.metadata().expect("facts").modified().ok())).collect::<BTreeSet<_>>()
    };
    let before = listed();
    assert!(before.iter().all(|(name, _)| name != "others"), "{before:?}");
    drop(laid(&folder, 2, None));
    assert_eq!(listed(), before);
    assert_eq!(std::fs::read_dir(data.path()).expect("a folder").count(), 1);
}

#[test]
fn people_who_are_known_by_a_table_on_the_disk_are_the_same() {
    let ((period, cut_off), data) = (october(), tempfile::tempdir().expect("a folder"));
    let team = OnlyTeam { id: "T".into(), name: "T".into(), table: "chats".into() };
    let ids = |tables: &Tables| tables.roster.members().iter().map(|member| member.id.clone()).collect::<Vec<_>>();
    let all = build(rows(), &period, cut_off, Some(&team)).expect("built").0;
    let folder = data.path().join("2026-10");
    let (draft, tables, _) = laid(&folder, 2, Some(&team));
    assert_eq!((ids(&tables), ids(&all)), (["A1", "A2", "A9"].map(String::from).to_vec(), ids(&tables)));
    keep(draft, &tables);
    assert_eq!(ids(&Tables::open(&folder, &period, cut_off, Some(&team)).expect("opened")), ids(&all));
}
