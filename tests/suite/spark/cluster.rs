//! On a cluster, which `.ci/spark` starts: a master and two workers.
//!
//! It is told by `SCOREPOST_SPARK_HOME` and `SCOREPOST_SPARK_MASTER`; `SCOREPOST_SPARK_PAGE` is the master's page, and
//! `SCOREPOST_SPARK_WORKER` the process of the worker that is killed.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use scorepost::engine::spark::{self, Step, Watcher};
use scorepost::ledger::RunState;
use scorepost::pipeline::{self, Event};
use scorepost::score::{self, Appraisal, Question};
use scorepost::settings::{FallBack, Spark};

use super::month::{Month, schemes};
use crate::bench::Bench;

fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("`{name}` is set by .ci/spark"))
}

/// The cluster of `.ci/spark`.
pub fn cluster() -> Spark {
    Spark {
        home: PathBuf::from(told("SCOREPOST_SPARK_HOME")),
        master: told("SCOREPOST_SPARK_MASTER"),
        limit: Duration::from_secs(600),
        from_rows: 0,
        fall_back: FallBack::Never,
        conf: BTreeMap::new(),
    }
}

/// How many applications the cluster carries out, as its page says.
fn applications() -> usize {
    let page = told("SCOREPOST_SPARK_PAGE");
    let mut stream = TcpStream::connect(&page).expect("the master's page");
    write!(stream, "GET /json/ HTTP/1.0\r\nHost: {page}\r\n\r\n").expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    let begin = answer.find('{').expect("JSON");
    let page: serde_json::Value = serde_json::from_str(&answer[begin..]).expect("JSON");
    page["activeapps"].as_array().expect("applications").len()
}

fn until_idle() {
    let begun = Instant::now();
    while applications() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the cluster still works");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn here(month: &Month, scheme: &scorepost::scheme::Scheme) -> Appraisal {
    let compiled = score::compile(scheme).unwrap_or_else(|found| panic!("{found}"));
    score::appraise(&compiled, &month.input()).unwrap_or_else(|error| panic!("{error:#}"))
}

fn asked(month: &Month) -> Vec<Question> {
    let questions = |scheme: &scorepost::scheme::Scheme| {
        let compiled = score::compile(scheme).unwrap_or_else(|found| panic!("{found}"));
        score::questions(&compiled, &month.input()).unwrap_or_else(|error| panic!("{error:#}"))
    };
    schemes().iter().flat_map(questions).collect()
}

/// Counts what every shipped scheme asks of a month on the cluster, and compares every card with ours to the bit.
fn every_card_is_the_same(month: &Month, folder: &std::path::Path, tell: &dyn Fn(Step)) {
    let watcher = Watcher { tell, given_up: &|| false };
    let answers = spark::count(&cluster(), asked(month), &folder.join("engine"), &watcher);
    let answers = answers.unwrap_or_else(|error| panic!("{error:#}"));
    let mut lines = 0;
    for scheme in schemes() {
        let compiled = score::compile(&scheme).unwrap_or_else(|found| panic!("{found}"));
        let there = compiled.answered(answers.clone());
        let there = score::appraise(&there, &month.input()).unwrap_or_else(|error| panic!("{}: {error:#}", scheme.id));
        let here = here(month, &scheme);
        lines += here
            .cards
            .iter()
            .map(|card| card.lines.iter().filter(|line| line.measured.is_some()).count())
            .sum::<usize>();
        let (here, there) = (format!("{here:#?}"), format!("{there:#?}"));
        let differs = here.lines().zip(there.lines()).find(|(here, there)| here != there);
        assert!(here == there, "{}: {differs:?}", scheme.id);
    }
    assert!(lines > 500, "only {lines} lines have a value");
}

#[test]
#[ignore = "needs a cluster: .ci/spark"]
fn every_shipped_scheme_gives_the_same_cards_on_the_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let month = Month::thrown(folder.path(), 2_000);
    let steps = std::cell::RefCell::new(Vec::new());
    every_card_is_the_same(&month, folder.path(), &|step| steps.borrow_mut().push(step));
    let steps = steps.into_inner();
    assert_eq!(steps.len(), steps[0].total, "every statement is told");
    assert!(steps.iter().enumerate().all(|(place, step)| step.done == place));
    let kept = folder.path().join("engine/1");
    assert!(kept.join("plan.sql").is_file() && kept.join("log.txt").is_file(), "the script and the log stay");
    assert!(!kept.join("results").exists() && !kept.join("spark.properties").exists());
}

#[test]
#[ignore = "needs a cluster: .ci/spark"]
fn a_job_that_takes_too_long_is_ended_on_the_cluster_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let month = Month::thrown(folder.path(), 200);
    let short = Spark { limit: Duration::from_secs(12), ..cluster() };
    let watcher = Watcher { tell: &|_| {}, given_up: &|| false };
    let wrong = spark::count(&short, asked(&month), &folder.path().join("engine"), &watcher).expect_err("too long");
    assert!(format!("{wrong:#}").contains("took longer than 1 minutes"), "{wrong:#}");
    until_idle();
}

#[test]
#[ignore = "needs a cluster: .ci/spark"]
fn a_cluster_that_is_not_there_fails_the_count_and_says_where_the_log_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let month = Month::thrown(folder.path(), 20);
    let nowhere = Spark { master: "spark://127.0.0.1:1".to_owned(), ..cluster() };
    let watcher = Watcher { tell: &|_| {}, given_up: &|| false };
    let wrong = spark::count(&nowhere, asked(&month), &folder.path().join("engine"), &watcher).expect_err("nobody");
    assert!(format!("{wrong:#}").contains("log.txt"), "{wrong:#}");
}

fn on_the_cluster(environment: &mut BTreeMap<String, String>) {
    for name in ["SCOREPOST_SPARK_HOME", "SCOREPOST_SPARK_MASTER"] {
        environment.insert(name.to_owned(), told(name));
    }
    environment.insert("SCOREPOST_ENGINE".to_owned(), "spark".to_owned());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: .ci/spark"]
async fn a_run_on_the_cluster_issues_the_same_documents() {
    let (ours, theirs) = (Bench::on(9), Bench::with(9, on_the_cluster));
    let here = ours.run(ours.october()).await;
    let steps = std::sync::Mutex::new(Vec::new());
    let there = theirs
        .watched(theirs.october(), &|event| {
            if let Event::Progress { stage: pipeline::Stage::Score, done, total, .. } = event {
                steps.lock().expect("steps").push((done, total));
            }
        })
        .await;
    assert!(!steps.lock().expect("steps").is_empty(), "its progress is told");
    let hashes = |bench: &Bench, run: &str| -> BTreeMap<_, _> {
        bench.documents(run).into_iter().map(|(of, one)| (of, (one.content_hash, one.pdf_hash))).collect()
    };
    let (here, there) = (hashes(&ours, &here.run.id), hashes(&theirs, &there.run.id));
    assert!(here.len() > 20, "{}", here.len());
    assert_eq!(here, there);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: .ci/spark"]
async fn a_cancelled_run_ends_its_job() {
    let bench = Bench::with(9, on_the_cluster);
    let (place, pipeline) = bench.give();
    let submitted = std::sync::Arc::new(AtomicBool::new(false));
    let canceller = {
        let (pipeline, submitted) = (pipeline.clone(), submitted.clone());
        std::thread::spawn(move || {
            while !(submitted.load(Ordering::SeqCst) && applications() > 0) {
                std::thread::sleep(Duration::from_millis(100));
            }
            let run = pipeline.ledger.runs(None, 1).expect("runs").remove(0);
            pipeline::cancel(&pipeline, &run.id, "test", "no longer wanted").expect("cancelled");
            run.id
        })
    };
    let order = crate::bench::october();
    let watch = |event: Event| {
        if matches!(event, Event::Says(_)) {
            submitted.store(true, Ordering::SeqCst);
        }
    };
    let wrong = pipeline::run(&pipeline, &order, &watch).await.expect_err("cancelled");
    assert!(format!("{wrong:#}").contains("cancelled"), "{wrong:#}");
    let run = canceller.join().expect("the canceller");
    assert_eq!(pipeline.ledger.run(&run).expect("a ledger").expect("a run").state, RunState::Cancelled);
    until_idle();
    drop(place);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: .ci/spark"]
async fn a_job_ends_with_the_process_that_submitted_it() {
    let bench = Bench::on(9);
    let root = env!("CARGO_MANIFEST_DIR");
    let mut environment = BTreeMap::new();
    on_the_cluster(&mut environment);
    let mut program = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(["run", "monthly-scorecard", "--period", "2026-10"])
        .envs(environment)
        .env("SCOREPOST_DATA", bench.folder.path().join("own"))
        .env("SCOREPOST_JOBS", format!("{root}/jobs"))
        .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
        .env("SHOP_URL", bench.shop_url())
        .spawn()
        .expect("the program");
    while applications() == 0 {
        assert!(program.try_wait().expect("a process").is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(100));
    }
    program.kill().expect("SIGKILL");
    program.wait().expect("killed");
    until_idle();
}

#[test]
#[ignore = "needs a cluster: .ci/spark"]
fn when_a_worker_is_killed_the_other_does_its_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let month = Month::thrown(folder.path(), 2_000);
    let killed = std::cell::Cell::new(false);
    every_card_is_the_same(&month, folder.path(), &|step| {
        if step.done > 0 && !killed.replace(true) {
            let done = Command::new("kill").args(["-KILL", &told("SCOREPOST_SPARK_WORKER")]).status();
            assert!(done.expect("kill").success());
        }
    });
    assert!(killed.get());
}
