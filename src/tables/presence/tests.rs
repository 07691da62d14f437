use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::period::Period;
use crate::tables::{build, read_story};

/// October 2026 out of events, and of days that a source gives.
fn october(presence: &str, days: Option<&str>) -> (Vec<String>, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let agents = "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,agent\nA2,乙,T1,一组,agent\n";
    let accounts = "platform,account,agent_id\ntaobao,店:甲,A1\ntaobao,店:甲二,A1\n";
    let header = "platform,account,agent_id,at,status,device\n";
    let presence = format!("{header}{presence}");
    for (name, text) in [("agents", agents), ("accounts", accounts), ("presence", &presence)]
        .into_iter()
        .chain(days.map(|days| ("chats_daily", days)))
    {
        std::fs::write(folder.path().join(format!("{name}.csv")), text).expect("a file");
    }
    let frames = read_story(folder.path()).unwrap_or_else(|found| panic!("{found}"));
    let period = Period::parse("2026-10").expect("a period");
    let cut_off = NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day");
    let (tables, findings) = build(frames, &period, cut_off, None).expect("tables");
    let rows = tables.frames.get("chats_daily").map(shown).unwrap_or_default();
    (rows, findings)
}

fn shown(frame: &DataFrame) -> Vec<String> {
    let cell = |name: &str, row| frame.column(name).expect(name).get(row).expect("a cell").to_string().replace('"', "");
    let row = |row| ["agent_id", "date", "online_minutes", "suspended_minutes"].map(|name| cell(name, row)).join(" ");
    (0..frame.height()).map(row).collect()
}

#[test]
fn devices_are_united_and_suspended_time_is_taken_off() {
    let (rows, _) = october(
        ",,A1,2026-10-05T09:00:00,online,pc\n,,A1,2026-10-05T12:00:00,offline,pc\n\
         ,,A1,2026-10-05T11:00:00,online,mobile\n,,A1,2026-10-05T13:00:30,offline,mobile\n\
         ,,A1,2026-10-05T10:00:00,suspend,\n,,A1,2026-10-05T10:15:00,resume,\n",
        None,
    );
    assert_eq!(rows, ["A1 2026-10-05 225 15"]);
}

#[test]
fn a_night_goes_on_over_midnight_and_over_the_eve_of_the_period() {
    let (rows, _) = october(
        ",,A1,2026-09-30T22:00:00,online,pc\n,,A1,2026-10-01T06:00:00,offline,pc\n\
         ,,A1,2026-10-31T23:00:00,online,pc\n",
        None,
    );
    assert_eq!(rows, ["A1 2026-10-01 360 0", "A1 2026-10-31 60 0"]);
}

#[test]
fn two_accounts_of_a_person_are_one_presence() {
    let (rows, _) = october(
        "taobao,店:甲,A1,2026-10-05T09:00:00,online,pc\ntaobao,店:甲,A1,2026-10-05T10:00:00,offline,pc\n\
         taobao,店:甲二,A1,2026-10-05T09:30:00,online,pc\ntaobao,店:甲二,A1,2026-10-05T11:00:00,offline,pc\n\
         taobao,店:甲二,A1,2026-10-05T09:00:00,suspend,\ntaobao,店:甲二,A1,2026-10-05T10:30:00,resume,\n",
        None,
    );
    assert_eq!(rows, ["A1 2026-10-05 90 30"], "suspended only from ten, when the first account was gone");
}

#[test]
fn what_a_source_gives_stands_and_sums_are_not_doubled() {
    let days = "agent_id,date,channel,online_minutes\nA1,2026-10-05,pc,7\nA1,2026-10-05,app,\n\
        A2,2026-10-05,pc,\nA2,2026-10-05,app,\n";
    let (rows, _) = october(
        ",,A1,2026-10-05T09:00:00,online,pc\n,,A1,2026-10-05T10:00:00,offline,pc\n\
         ,,A2,2026-10-05T09:00:00,online,pc\n,,A2,2026-10-05T10:00:00,offline,pc\n",
        Some(days),
    );
    let expected = ["A1 2026-10-05 7 0", "A1 2026-10-05 null null", "A2 2026-10-05 60 0", "A2 2026-10-05 null null"];
    assert_eq!(rows, expected);
}

#[test]
fn days_without_an_end_are_told() {
    let (rows, findings) = october(",,A1,2026-10-05T09:00:00,online,pc\n,,A1,2026-10-07T09:00:00,offline,pc\n", None);
    assert_eq!(rows, ["A1 2026-10-05 900 0", "A1 2026-10-06 1440 0", "A1 2026-10-07 540 0"]);
    assert_eq!(findings.iter().filter(|one| one.code == "online-too-long").count(), 1);
}

fn event() -> impl Strategy<Value = (i64, usize, usize)> {
    (0..3 * 1440_i64, 0..4_usize, 0..2_usize)
}

fn person(events: &[(i64, usize, usize)]) -> BTreeMap<Day, Minutes> {
    let states = ["online", "offline", "suspend", "resume"];
    let frame = df![
        "platform" => vec!["taobao"; events.len()],
        "account" => events.iter().map(|(.., who)| ["a", "b"][*who]).collect::<Vec<_>>(),
        "agent_id" => vec!["A1"; events.len()],
        "at" => events.iter().map(|(minute, ..)| minute * 60_000_000).collect::<Vec<_>>(),
        "status" => events.iter().map(|(_, state, _)| states[*state]).collect::<Vec<_>>(),
        "device" => events.iter().map(|(minute, ..)| ["pc", "mobile"][(minute % 2) as usize]).collect::<Vec<_>>(),
    ]
    .expect("a frame");
    let at = frame.column("at").expect("times").cast(&DataType::Datetime(TimeUnit::Microseconds, None)).expect("times");
    let frame = frame.lazy().drop(cols(["at"])).collect().expect("a frame");
    let mut frame = frame;
    frame.with_column(at).expect("a frame");
    let people = events::people(&frame).expect("people");
    people.iter().flat_map(|(agent, person)| by_day(agent, &person.presence())).collect()
}

proptest! {
    #[test]
    fn a_day_has_between_nought_and_twenty_four_hours_in_any_order(
        events in prop::collection::vec(event(), 0..40),
        turn in 0..40_usize,
    ) {
        let minutes = person(&events);
        for one in minutes.values() {
            prop_assert!(one.online >= 0 && one.suspended >= 0 && one.online + one.suspended <= 1440, "{one:?}");
        }
        let mut other: Vec<_> = events.iter().rev().copied().collect();
        let length = other.len().max(1);
        other.rotate_left(turn % length);
        prop_assert_eq!(person(&other), minutes);
    }
}
