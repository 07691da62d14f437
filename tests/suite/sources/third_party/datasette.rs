//! datasette, over an SQLite file, with tokens.

use std::path::Path;

use serde_json::json;

use super::super::{Bench, holds};
use super::server::Server;
use super::{NOTES, rows, source, table};

const TOKEN: &str = "desk-token-4711";
const COLUMNS: [&str; 7] = ["event_id", "agent_id", "type", "at", "count", "verified", "note"];

/// One invented event.
struct Event {
    id: String,
    agent: String,
    at: String,
    count: Option<i64>,
    verified: bool,
    note: Option<&'static str>,
}

/// Events of all days of October and of the days before and after it.
fn events() -> Vec<Event> {
    let one = |number: usize| {
        let day = ["2026-09-30", "2026-11-01"]
            .get(number)
            .map_or_else(|| format!("2026-10-{:02}", 1 + number % 31), |day| (*day).to_owned());
        Event {
            id: format!("E/{number:04}"),
            agent: format!("A{:03}", number % 17),
            at: format!("{day} {:02}:{:02}:00", number % 24, number % 60),
            count: (!number.is_multiple_of(5)).then_some(2_231_958_349_000_000_000 + number as i64),
            verified: number.is_multiple_of(3),
            note: (!number.is_multiple_of(7)).then(|| NOTES[number % NOTES.len()]),
        }
    };
    (0..1_234).map(one).collect()
}

fn fill(path: &Path, events: &[Event]) {
    let mut base = rusqlite::Connection::open(path).expect("a file");
    base.execute("create table events (id text primary key, agent text, type text, at text, count integer, verified integer, note text)", [])
        .expect("a table");
    let all = base.transaction().expect("a transaction");
    for event in events {
        let row = (&event.id, &event.agent, &event.at, event.count, event.verified, event.note);
        all.execute("insert into events values (?1, ?2, 'late', ?3, ?4, ?5, ?6)", row).expect("a row");
    }
    all.commit().expect("all rows");
}

/// What October must give.
fn expected(events: &[Event]) -> Vec<Vec<String>> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "null".to_owned());
    let row = |event: &Event| {
        vec![
            event.id.clone(),
            event.agent.clone(),
            "late".to_owned(),
            event.at.clone(),
            text(event.count.map(|count| count.to_string())),
            event.verified.to_string(),
            text(event.note.map(str::to_owned)),
        ]
    };
    let mut rows: Vec<_> = events.iter().filter(|event| event.at.starts_with("2026-10")).map(row).collect();
    rows.sort();
    rows
}

fn serve(folder: &Path) -> Server {
    let access = json!({
        "plugins": { "datasette-auth-tokens": { "tokens": [{ "token": TOKEN, "actor": { "id": "desk" } }] } },
        "allow": { "id": "desk" },
    });
    std::fs::write(folder.join("access.json"), access.to_string()).expect("a file");
    let start = |command: &mut std::process::Command, port: u16| {
        let (base, access) = (folder.join("desk.db"), folder.join("access.json"));
        command.arg("serve").arg(base).arg("--metadata").arg(access).args([
            "--host",
            "127.0.0.1",
            "--port",
            &port.to_string(),
        ]);
    };
    Server::start(start, "SCOREPOST_DATASETTE")
}

#[tokio::test]
#[ignore = "needs datasette; `.ci/third-party` installs it"]
async fn a_table_in_datasette_is_pulled_whole_by_cursor_and_by_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let events = events();
    fill(&folder.path().join("desk.db"), &events);
    let server = serve(folder.path());
    for id in ["datasette", "datasette-links"] {
        let bench = Bench::new();
        let wrong = source(id, &[("DATASETTE_URL", &server.base()), ("DATASETTE_TOKEN", "another-token")]);
        let told = format!("{:#}", bench.pull(&wrong).await.expect_err("refused"));
        assert!(
            told.contains("resource `events`") && told.contains("403") && !told.contains("another-token"),
            "{told}"
        );
        let right = source(id, &[("DATASETTE_URL", &server.base()), ("DATASETTE_TOKEN", TOKEN)]);
        let pulled = bench.pull(&right).await.expect("pulled");
        assert_eq!(holds(&pulled), Vec::<&str>::new());
        assert_eq!(rows(table(&pulled, "events"), &COLUMNS), expected(&events), "{id}");
        assert!(!bench.everything().contains(TOKEN));
    }
}
