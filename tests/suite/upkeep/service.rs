//! `serve` as monitors, systemd and log collectors see it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{scorepost, text};

fn start(folder: &Path, more: &[(&str, &str)]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .arg("serve")
        .env("SCOREPOST_DATA", folder)
        .env("SCOREPOST_JOBS", Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"))
        .env("SCOREPOST_LISTEN", "127.0.0.1:0")
        .env("SHOP_URL", "http://127.0.0.1:9")
        .env("SCOREPOST_NOW", "2026-11-20T09:00:30+08:00")
        .envs(more.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut address).expect("a line");
    (child, address.trim().trim_start_matches("http://").to_owned())
}

fn stop(mut child: Child) -> String {
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    let mut told = String::new();
    child.stderr.take().expect("its messages").read_to_string(&mut told).expect("text");
    told
}

fn get(address: &str, path: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{more}\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn monitors_are_told_without_signing_in_unless_a_token_is_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let (child, address) = start(folder.path(), &[]);
    assert!(get(&address, "/healthz", "").starts_with("HTTP/1.1 200"));
    let metrics = get(&address, "/metrics", "");
    assert!(metrics.contains("text/plain; version=0.0.4"), "{metrics}");
    for name in
        ["scorepost_build_info{version=", "scorepost_deliveries{state=\"unknown\"} 0.0", "scorepost_runs_held{} 0.0"]
    {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    for name in ["scorepost_job_lag_seconds{job=\"monthly-scorecard\"} 0.0", "scorepost_data_free_bytes"] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    stop(child);
    let (child, address) = start(folder.path(), &[("SCOREPOST_MONITOR_TOKEN", "t0ken")]);
    assert!(get(&address, "/metrics", "").starts_with("HTTP/1.1 401"));
    assert!(get(&address, "/metrics", "Authorization: Bearer wrong\r\n").starts_with("HTTP/1.1 401"));
    assert!(get(&address, "/metrics", "Authorization: Bearer t0ken\r\n").starts_with("HTTP/1.1 200"));
    let told = stop(child);
    assert!(!told.contains("t0ken"), "{told}");
}

#[test]
fn monitors_can_have_an_address_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string();
    let (child, address) = start(folder.path(), &[("SCOREPOST_MONITOR_LISTEN", &free)]);
    assert!(get(&address, "/metrics", "").starts_with("HTTP/1.1 404"));
    assert!(get(&free, "/metrics", "").starts_with("HTTP/1.1 200"));
    assert!(get(&free, "/healthz", "").ends_with("alive\n"));
    assert!(get(&free, "/", "").starts_with("HTTP/1.1 404"), "no page is there");
    stop(child);
}

#[test]
fn systemd_is_told_when_the_service_is_ready_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("notify");
    let socket = UnixDatagram::bind(&place).expect("a socket");
    let data = folder.path().join("data");
    let (child, _) = start(&data, &[("NOTIFY_SOCKET", place.to_str().expect("a path")), ("SCOREPOST_LOG", "json")]);
    let hear = || {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).expect("a message");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    assert!(hear().contains("READY=1"));
    stop(child);
    assert!(hear().contains("STOPPING=1"));
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = scorepost(folder.path(), &["service-unit", "--folder", "/var/lib/scorepost", "--user", "daemon"]);
    let unit = text(&output.stdout);
    assert!(unit.contains("Type=notify") && unit.contains("/var/lib/scorepost") && !unit.contains('{'), "{unit}");
    let file = folder.path().join("scorepost.service");
    std::fs::write(&file, &unit).expect("a file");
    let Ok(checked) = Command::new("systemd-analyze").arg("verify").arg(&file).output() else {
        eprintln!("systemd-analyze is not here; the unit was not looked at by it");
        return;
    };
    let told = text(&checked.stderr);
    let about_us: Vec<&str> = told.lines().filter(|line| line.contains("scorepost.service")).collect();
    assert!(about_us.is_empty(), "{about_us:?}");
    let odd = scorepost(folder.path(), &["service-unit", "--folder", "/var/lib/my data"]);
    assert_ne!(odd.status.code(), Some(0), "a folder that a unit cannot name");
}

#[test]
fn a_trial_reaches_the_operator_or_says_why_not() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(scorepost(folder.path(), &["alerts", "test"]).status.code(), Some(2), "nobody is named");
    let settings = folder.path().join("scorepost.toml");
    let refused = "[alerts]\nmail = [\"ops@example.invalid\"]\nwebhook = \"http://127.0.0.1:9/s3cret\"\n";
    std::fs::write(&settings, refused).expect("a file");
    let place = settings.display().to_string();
    let output = scorepost(folder.path(), &["alerts", "test", "--json", "--settings", &place]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(told[0]["error"], Value::Null, "{told}");
    assert!(told[1]["error"].as_str().expect("a reason").contains("not reached"), "{told}");
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(!said.contains("s3cret"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path().join("outbox")).expect("an outbox").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_line_of_a_whole_run_names_anybody() {
    let bench = crate::bench::Bench::on(9);
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    command
        .args(["run", "monthly-scorecard", "--period", "2026-10", "--send"])
        .env("SCOREPOST_DATA", folder.path())
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
        .env("SHOP_URL", bench.shop_url())
        .env("SCOREPOST_LOG", "json")
        .env("RUST_LOG", "scorepost=trace,info");
    let output = tokio::task::spawn_blocking(move || command.output().expect("a run")).await.expect("a run");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let (folder, lines) = (folder.path(), told.lines().filter(|line| line.starts_with('{')).collect::<Vec<_>>());
    assert!(folder.join("outbox").is_dir());
    for agent in bench.shop.agents() {
        for secret in [&agent.name, &agent.mail].into_iter().filter(|secret| !secret.is_empty()) {
            let leaks: Vec<&&str> = lines.iter().filter(|line| line.contains(secret.as_str())).collect();
            assert!(leaks.is_empty(), "{leaks:?}");
        }
    }
}
