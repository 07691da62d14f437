//! Locks end with their process, however it ends, and are seen by others.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;
use crate::period::Period;

const FOLDER: &str = "SCOREPOST_TEST_FOLDER";

fn october() -> Period {
    Period::parse("2026-10").expect("a period")
}

fn try_claim(folder: &Path) -> Claim {
    claim(folder, "monthly", october(), &Scope::default()).expect("an answer")
}

#[test]
fn a_period_of_a_job_is_held_once_until_it_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let team = Scope { team: Some("T1".to_owned()), agent: None };
    let held = claim(&data, "monthly", october(), &team).expect("an answer");
    assert!(matches!(held, Claim::Held(_)));
    let Claim::Busy { by } = try_claim(&data) else { panic!("held twice") };
    let expected = format!("pid {}, team T1, since 20", std::process::id());
    assert!(by.starts_with(&expected), "{by}");
    let other_month = claim(&data, "monthly", october().next(), &team).expect("an answer");
    assert!(matches!(other_month, Claim::Held(_)));
    drop(held);
    assert!(matches!(try_claim(&data), Claim::Held(_)));
    assert!(claim(&data, "../monthly", october(), &team).is_err());
}

#[test]
fn a_folder_is_served_once_and_the_second_is_told_by_whom() {
    let folder = tempfile::tempdir().expect("a folder");
    let held = claim_service(folder.path()).expect("an answer");
    let Claim::Busy { by } = claim_service(folder.path()).expect("an answer") else { panic!("served twice") };
    assert!(by.starts_with(&format!("pid {}, since 20", std::process::id())), "{by}");
    drop(held);
    assert!(matches!(claim_service(folder.path()).expect("an answer"), Claim::Held(_)));
}

#[test]
fn a_worker_lives_until_it_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (worker(folder.path()).expect("a worker"), worker(folder.path()).expect("a worker"));
    assert_ne!(first.id, second.id);
    assert!(alive(folder.path(), &first.id) && alive(folder.path(), &second.id));
    let id = first.id.clone();
    drop(first);
    assert!(!alive(folder.path(), &id));
    assert!(alive(folder.path(), &second.id));
    assert!(!alive(folder.path(), "never-was"));
}

#[test]
#[ignore = "the test below starts it as another process"]
fn hold_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let _held = try_claim(&folder);
    let worker = worker(&folder).expect("a worker");
    println!("\nworker {}", worker.id);
    let _ = std::io::stdin().read_line(&mut String::new());
}

fn other_process(folder: &Path) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "--nocapture", "ledger::holder::tests::hold_until_killed"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let worker = output.lines().map_while(Result::ok).find_map(|line| line.strip_prefix("worker ").map(str::to_owned));
    (child, worker.expect("its worker"))
}

#[test]
fn a_killed_process_holds_nothing_and_a_living_one_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut child, worker) = other_process(folder.path());
    assert!(alive(folder.path(), &worker));
    let Claim::Busy { by } = try_claim(folder.path()) else { panic!("held by two processes") };
    assert!(by.starts_with(&format!("pid {}, all, since ", child.id())), "{by}");
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
    assert!(!alive(folder.path(), &worker));
    assert!(matches!(try_claim(folder.path()), Claim::Held(_)));
}
