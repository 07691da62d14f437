//! What is secret, and who the people are, is told to no monitor, no log and no list of processes.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use scorepost::ledger::{Document, DocumentKind, Role, User};
use sha2::{Digest, Sha256};

use crate::bench::{Bench, morning};
use crate::proposals::with_prize;

/// Yuan that nothing else comes to.
const PAY: u32 = 73_519;

/// Secrets of a machine, each under the name by which it is given.
const SECRETS: [(&str, &str); 5] = [
    ("SCOREPOST_MAIL_URL", "smtp://boss:canary-mail@127.0.0.1:9"),
    ("SCOREPOST_MONITOR_TOKEN", "canary-monitor"),
    ("SCOREPOST_IDENTITY_SECRET", "canary-identity"),
    ("TAOBAO_SECRET", "canary-source"),
    ("SCOREPOST_ALERT_SECRET", "canary-alert"),
];

fn serve(folder: &Path, shop: &str, log: File) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .arg("serve")
        .env("SCOREPOST_DATA", folder)
        .env("SCOREPOST_JOBS", folder.join("jobs"))
        .env("SCOREPOST_LISTEN", "127.0.0.1:0")
        .env("SCOREPOST_LOG", "json")
        .env("RUST_LOG", "debug")
        .env("SHOP_URL", shop)
        .env("SCOREPOST_NOW", "2026-11-20T09:00:30+08:00")
        .envs(SECRETS)
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the program");
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut address).expect("a line");
    (child, address.trim().to_owned())
}

/// The arguments and the name of a process, of its threads and of those that it started.
fn listed(process: u32) -> String {
    let read = |path: String| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
    let mut all = read(format!("/proc/{process}/cmdline"));
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).expect("threads").flatten() {
        let thread = thread.file_name().to_string_lossy().into_owned();
        all += &read(format!("/proc/{process}/task/{thread}/comm"));
        for child in read(format!("/proc/{process}/task/{thread}/children")).split_whitespace() {
            all += &listed(child.parse().expect("a number"));
        }
    }
    all
}

/// Makes the month anew and hands its letters to a relay that is not there; gives what that logged.
fn fail_to_send(folder: &Path, shop: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(["run", "monthly-scorecard", "--period", "2026-10", "--refresh", "--send"])
        .env("SCOREPOST_DATA", folder)
        .env("SCOREPOST_JOBS", folder.join("jobs"))
        .env("SCOREPOST_LOG", "json")
        .env("RUST_LOG", "debug")
        .env("SHOP_URL", shop)
        .env("SCOREPOST_NOW", "2026-11-20T09:00:00+08:00")
        .envs(SECRETS)
        .output()
        .expect("the program");
    assert_ne!(output.status.code(), Some(0), "nobody takes the letters");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines of a log without their instants, whose digits may be those of any amount.
fn untimed(log: &str) -> String {
    let line = |line: &str| {
        let rest = line.strip_prefix("{\"timestamp\":\"").and_then(|rest| rest.split_once('"'));
        rest.map_or(line, |(_, rest)| rest).to_owned()
    };
    log.lines().map(line).collect::<Vec<String>>().join("\n")
}

/// The cookie of a manager who leads this team alone.
fn leader_of(bench: &Bench, team: &str) -> String {
    let ledger = &bench.pipeline.ledger;
    let leader = User {
        name: "leader".to_owned(),
        role: Role::Manager,
        staff_number: None,
        teams: vec![team.to_owned()],
        disabled: false,
        password_hash: None,
        created_at: bench.clock.now(),
    };
    ledger.put_user(&leader).expect("a user");
    bench.clock.set(morning(20));
    let expires = "2026-11-21T00:00:00Z".parse().expect("an instant");
    ledger.open_session("leader", &hex::encode(Sha256::digest("a-session")), "csrf", expires).expect("a session");
    "scorepost=a-session".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_reaches_a_monitor_a_log_or_the_list_of_processes() {
    let bench = with_prize(Bench::on(9), PAY);
    let outcome = bench.run(bench.october()).await;
    let cards: Vec<Document> = bench.documents(&outcome.run.id).into_values().collect();
    let people: Vec<&Document> = cards.iter().filter(|card| card.kind == DocumentKind::Card).collect();
    let mut canaries = ["canary-", "73519", "73,519"].map(str::to_owned).to_vec();
    canaries.extend(people.iter().flat_map(|card| [card.name.clone(), format!("{}@", card.subject)]));
    canaries.retain(|one| one.len() > 3);
    assert!(canaries.len() > 40, "{canaries:?}");
    let own = people[0].team.clone();
    let cookie = leader_of(&bench, &own);
    // Under a name in which the amount does not stand.
    let jobs = bench.folder.path().join("jobs");
    std::os::unix::fs::symlink(bench.folder.path().join(format!("jobs-{PAY}")), jobs).expect("a link");
    let sent = fail_to_send(bench.folder.path(), bench.shop_url());
    let log = bench.folder.path().join("serve.log");
    let (mut child, address) = serve(bench.folder.path(), bench.shop_url(), File::create(&log).expect("a log"));
    let listed = listed(child.id());
    assert!(listed.contains("serve"), "{listed}");
    let client = reqwest::Client::new();
    let (mut told, mut to_leader) = (String::new(), String::new());
    for path in ["/metrics", "/healthz", "/readyz", "/sign-in", "/people", "/api/v1/runs"] {
        let asked =
            client.get(format!("{address}{path}")).bearer_auth("canary-monitor").send().await.expect("an answer");
        told += &asked.text().await.expect("text");
    }
    assert!(told.contains("scorepost_build_info"), "{told}");
    for path in ["/", "/cards", "/runs", &format!("/runs/{}", outcome.run.id), "/proposals", "/forms", "/recorded"] {
        let asked = client.get(format!("{address}{path}")).header("cookie", &cookie).send().await.expect("an answer");
        to_leader += &asked.text().await.expect("text");
    }
    let (mine, others): (Vec<&Document>, Vec<&Document>) = people.iter().partition(|card| card.team == own);
    assert!(mine.iter().any(|card| to_leader.contains(&card.name)), "the leader is signed in: {to_leader}");
    for card in others.iter().filter(|card| !mine.iter().any(|own| own.name == card.name)) {
        assert!(!to_leader.contains(&card.name), "`{}` of {} is told to the leader of {own}", card.name, card.team);
    }
    assert!(!to_leader.contains("canary-"));
    let wrong = client.get(format!("{address}/metrics")).bearer_auth("canary-other").send().await.expect("an answer");
    assert_eq!(wrong.status(), reqwest::StatusCode::UNAUTHORIZED);
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    child.wait().expect("an end");
    let log = std::fs::read_to_string(log).expect("its messages");
    assert!(log.contains("\"level\"") && sent.contains("\"level\""), "{log} {sent}");
    let (log, sent) = (untimed(&log), untimed(&sent));
    for canary in canaries {
        for (place, text) in
            [("the processes", &listed), ("an answer", &told), ("the log", &log), ("the log of a run", &sent)]
        {
            assert!(!text.contains(&canary), "`{canary}` is in {place}: {text}");
        }
    }
}
