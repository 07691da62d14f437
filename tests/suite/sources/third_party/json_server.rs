//! json-server, over a JSON file.

use serde_json::{Value, json};

use super::super::{Bench, holds};
use super::server::Server;
use super::{rows, source, table};

const AGENTS: u64 = 25;
const EXAMS: u64 = 45;

/// The exams of one agent; every ninth lies outside October, and some are of a kind that the agent is exempt from.
fn exams(agent: u64) -> Vec<Value> {
    let one = |number: u64| {
        let day = if number % 9 == 8 { "2026-11-01".to_owned() } else { format!("2026-10-{:02}", 1 + number % 31) };
        let kind = if number % 10 == 3 { "drill" } else { "monthly" };
        let score = if number.is_multiple_of(4) { Value::Null } else { json!(format!("{}.5", 50 + number)) };
        json!({ "id": agent * 1000 + number, "agentId": agent, "date": day, "score": score, "passed": number.is_multiple_of(2), "kind": kind })
    };
    (0..EXAMS).map(one).collect()
}

/// The word that nobody's exams have, or the kind that an agent need not take.
fn exempt(agent: u64) -> &'static str {
    if agent.is_multiple_of(5) { "drill" } else { "none" }
}

fn expected() -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for agent in 1..=AGENTS {
        let counts = |exam: &&Value| exam["date"] != "2026-11-01" && exam["kind"] != exempt(agent);
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let cells = |exam: &Value| ["date", "score", "passed", "kind"].map(|name| text(&exam[name])).to_vec();
        rows.extend(
            exams(agent).iter().filter(|exam| counts(exam)).map(|exam| [vec![agent.to_string()], cells(exam)].concat()),
        );
    }
    rows.sort();
    rows
}

#[tokio::test]
#[ignore = "needs json-server; `.ci/third-party` installs it"]
async fn the_exams_of_each_agent_are_pulled_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let agents: Vec<Value> = (1..=AGENTS).map(|id| json!({ "id": id, "exempt": exempt(id) })).collect();
    let exams: Vec<Value> = (1..=AGENTS).flat_map(exams).collect();
    let file = folder.path().join("desk.json");
    std::fs::write(&file, json!({ "agents": agents, "exams": exams }).to_string()).expect("a file");
    let start = |command: &mut std::process::Command, port: u16| {
        command.args(["--quiet", "--host", "127.0.0.1", "--port", &port.to_string()]).arg(&file);
    };
    let server = Server::start(start, "SCOREPOST_JSON_SERVER");
    let pulled =
        Bench::new().pull(&source("json-server", &[("JSON_SERVER_URL", &server.base())])).await.expect("pulled");
    assert_eq!(holds(&pulled), Vec::<&str>::new());
    let found = rows(table(&pulled, "exams"), &["agent_id", "date", "score", "passed", "kind"]);
    let scale = |row: Vec<String>| -> Vec<String> {
        let score = row[2].trim_end_matches('0').to_owned();
        [&row[..2], &[score], &row[3..]].concat()
    };
    assert_eq!(found.into_iter().map(scale).collect::<Vec<_>>(), expected());
}
