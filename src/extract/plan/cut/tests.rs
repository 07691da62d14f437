use chrono::{NaiveDate, TimeZone};

use super::*;
use crate::source::template::{Batch, Filling};

/// A walk over some days of October.
fn walk(from: u32, to: u32, ids: &[&str]) -> Walk {
    let at = |day| chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 10, day, 0, 0, 0).single().expect("an instant");
    let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day");
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let batches = vec![Batch { slot: None, ids, join: ",".to_owned() }];
    let filling = Filling { window: Some((at(from), at(to))), batches, ..Filling::default() };
    Walk { filling, days: Some((day(from), day(to))) }
}

fn resource(window: Window) -> Resource {
    let text = "id = \"double\"\ntitle = { zh = \"替身\", en = \"Double\" }\ntime-zone = \"Asia/Shanghai\"\n\
                client = { base-url = \"https://example.test\" }\n[[resource]]\nid = \"plans\"\npath = \"/plans\"\n\
                records = \"$\"\n[[resource.into]]\ntable = \"exams\"\nby-name = true\n";
    let file = crate::diag::AuthoredFile::from_text("double.toml", text);
    let read = crate::source::read(&file, &crate::source::Variables::default());
    let mut resource = read.unwrap_or_else(|found| panic!("{found}")).resources.remove(0);
    resource.window = Some(window);
    resource
}

fn spans(walks: &[Walk]) -> Vec<String> {
    let span = |walk: &Walk| {
        walk.filling
            .window
            .map_or_else(String::new, |(from, to)| format!("{}..{}", from.format("%d %H:%M"), to.format("%d %H:%M")))
    };
    walks.iter().map(span).collect()
}

#[test]
fn a_day_is_cut_into_pieces_only_where_the_interface_takes_them() {
    let hours = resource(Window { pieces: Some(TimeDelta::hours(10)), ..Window::default() });
    assert_eq!(
        spans(&legs(&hours, &walk(1, 2, &[]))),
        ["01 00:00..01 10:00", "01 10:00..01 20:00", "01 20:00..02 00:00"]
    );
    let days = resource(Window::default());
    assert_eq!(spans(&legs(&days, &walk(1, 8, &[]))), ["01 00:00..08 00:00"]);
}

#[test]
fn days_are_halved_down_to_one_then_minutes_then_ids() {
    let days = resource(Window::default());
    let halved = |resource: &Resource, walk: &Walk| halves(resource, walk).map(|halves| spans(&halves));
    assert_eq!(halved(&days, &walk(1, 4, &["a"])).expect("halves"), ["01 00:00..02 00:00", "02 00:00..04 00:00"]);
    assert_eq!(halved(&days, &walk(1, 2, &["a"])), None, "a day is never cut unasked");
    let hours = resource(Window { pieces: Some(TimeDelta::hours(1)), ..Window::default() });
    let leg = &legs(&hours, &walk(1, 2, &["a"]))[0];
    assert_eq!(halved(&hours, leg).expect("halves"), ["01 00:00..01 00:30", "01 00:30..01 01:00"]);
    let ids = halves(&days, &walk(1, 2, &["a", "b", "c"])).expect("halves");
    assert_eq!(ids.map(|half| half.filling.ids(None).to_vec()), [vec!["a"], vec!["b", "c"]]);
    let month = resource(Window { step: Step::Month, ..Window::default() });
    assert_eq!(halved(&month, &walk(1, 31, &["a"])), None, "files by month have no halves");
}

#[test]
fn halving_ends() {
    let hours = resource(Window { pieces: Some(TimeDelta::hours(24)), ..Window::default() });
    let mut ahead = vec![walk(1, 3, &["a", "b"])];
    let mut least = 0;
    while let Some(walk) = ahead.pop() {
        match halves(&hours, &walk) {
            Some(halves) => ahead.extend(halves),
            None => least += 1,
        }
    }
    assert_eq!(least, 2 * 24 * 60 * 2);
}
