//! What is secret, and who the people are, is told to no monitor, no log and no list of processes.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::bench::Bench;
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

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_reaches_a_monitor_a_log_or_the_list_of_processes() {
    let bench = with_prize(Bench::on(9), PAY);
    let outcome = bench.run(bench.october()).await;
    let mut canaries = ["canary-", "73519", "73,519"].map(str::to_owned).to_vec();
    for card in bench.documents(&outcome.run.id).into_values() {
        canaries.extend([card.name.clone(), format!("{}@", card.subject)]);
    }
    canaries.retain(|one| one.len() > 3);
    canaries.dedup();
    assert!(canaries.len() > 40, "{canaries:?}");
    // Under a name in which the amount does not stand.
    let jobs = bench.folder.path().join("jobs");
    std::os::unix::fs::symlink(bench.folder.path().join(format!("jobs-{PAY}")), jobs).expect("a link");
    let log = bench.folder.path().join("serve.log");
    let (mut child, address) = serve(bench.folder.path(), bench.shop_url(), File::create(&log).expect("a log"));
    let listed = listed(child.id());
    assert!(listed.contains("serve"), "{listed}");
    let client = reqwest::Client::new();
    let mut told = String::new();
    for path in ["/metrics", "/healthz", "/readyz", "/sign-in", "/people", "/api/v1/runs"] {
        let asked =
            client.get(format!("{address}{path}")).bearer_auth("canary-monitor").send().await.expect("an answer");
        told += &asked.text().await.expect("text");
    }
    assert!(told.contains("scorepost_build_info"), "{told}");
    let wrong = client.get(format!("{address}/metrics")).bearer_auth("canary-other").send().await.expect("an answer");
    assert_eq!(wrong.status(), reqwest::StatusCode::UNAUTHORIZED);
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    child.wait().expect("an end");
    let log = std::fs::read_to_string(log).expect("its messages");
    assert!(log.contains("\"level\""), "{log}");
    for canary in canaries {
        for (place, text) in [("the processes", &listed), ("an answer", &told), ("the log", &log)] {
            assert!(!text.contains(&canary), "`{canary}` is in {place}: {text}");
        }
    }
}
