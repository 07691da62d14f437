//! A program that stands for an installation of Spark: what becomes of one that fails, hangs, lies or listens.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use scorepost::engine::spark::{self, Watcher};
use scorepost::ledger::RunState;
use scorepost::pipeline::{self, Event};
use scorepost::score::{self, Question};
use scorepost::settings::{Engine, FallBack, Spark};
use scorepost::source::variable::Secret;

use super::month::{Month, schemes};
use crate::bench::{Bench, october};

/// An installation whose `spark-sql` is this script.
fn installation(home: &Path, script: &str) -> Spark {
    let program = home.join("bin/spark-sql");
    std::fs::create_dir_all(home.join("bin")).expect("a folder");
    // Another process writes it: a child that some other test begins would inherit our open file, and as long as anybody
    // has a program open for writing, nobody can start it.
    let mut writer = Command::new("sh")
        .args(["-c", r#"cat > "$0" && chmod 700 "$0""#])
        .arg(&program)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    writer.stdin.take().expect("a pipe").write_all(format!("#!/bin/sh\n{script}\n").as_bytes()).expect("a script");
    assert!(writer.wait().expect("an end").success());
    Spark {
        home: home.to_owned(),
        master: "spark://127.0.0.1:1".to_owned(),
        limit: Duration::from_secs(60),
        from_rows: 0,
        fall_back: FallBack::Never,
        conf: BTreeMap::new(),
    }
}

fn asked(month: &Month) -> Vec<Question> {
    let scheme = schemes().into_iter().find(|scheme| scheme.id == "presale-weighted").expect("a shipped scheme");
    let compiled = score::compile(&scheme).unwrap_or_else(|found| panic!("{found}"));
    score::questions(&compiled, &month.input()).unwrap_or_else(|error| panic!("{error:#}"))
}

/// What becomes of a count by an installation.
fn counted(spark: &Spark, folder: &Path) -> String {
    let month = Month::thrown(&folder.join("month"), 5);
    let watcher = Watcher { tell: &|_| {}, given_up: &|| false };
    match spark::count(spark, asked(&month), &folder.join("engine"), &watcher) {
        Ok(_) => "counted".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

/// The line that a program has written into a file, as soon as it is whole.
fn written(file: &Path) -> String {
    let begun = Instant::now();
    loop {
        match std::fs::read_to_string(file) {
            Ok(line) if line.ends_with('\n') => return line,
            _ => assert!(begun.elapsed() < Duration::from_secs(60), "`{}` was not written", file.display()),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a process is gone.
fn gone(pid: &str) {
    assert!(!pid.trim().is_empty(), "no process to look for");
    let place = PathBuf::from(format!("/proc/{}", pid.trim()));
    let begun = Instant::now();
    // Where nobody waits for a child whose parent has ended, its entry stays, as of one that is dead.
    let lives = || std::fs::read_to_string(place.join("stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while lives() {
        assert!(begun.elapsed() < Duration::from_secs(30), "process {pid} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_job_that_fails_is_told_with_its_error_and_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let fails = installation(folder.path(), "echo '[PATH_NOT_FOUND] Path of Agent 001 is not there' >&2; exit 3");
    let told = counted(&fails, folder.path());
    assert!(told.contains("ended with code 3: PATH_NOT_FOUND"), "{told}");
    assert!(told.contains("engine/1/log.txt") && !told.contains("Agent 001"), "{told}");
}

#[test]
fn a_result_that_is_not_there_is_no_result() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = counted(&installation(folder.path(), "exit 0"), folder.path());
    assert!(told.contains("its result is not whole"), "{told}");
}

#[test]
fn a_job_over_its_limit_ends_with_all_its_processes() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "cd PLACE; trap 'touch asked; exit 1' TERM; echo $$ > job; sleep 600 & echo $! > child; wait";
    let script = script.replace("PLACE", folder.path().to_str().expect("UTF-8"));
    let slow = Spark { limit: Duration::from_secs(5), ..installation(folder.path(), &script) };
    let told = counted(&slow, folder.path());
    assert!(folder.path().join("asked").exists(), "it is asked to end before it is shot");
    assert!(told.contains("took longer than 1 minutes"), "{told}");
    for name in ["job", "child"] {
        gone(&std::fs::read_to_string(folder.path().join(name)).expect("a process"));
    }
}

#[test]
fn secrets_are_neither_arguments_nor_left_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let script =
        format!("echo \"$@\" > {0}/heard; env >> {0}/heard; cp \"$2\" {0}/properties; exit 1", folder.path().display());
    let conf = BTreeMap::from([("spark.authenticate.secret".to_owned(), Secret::new("s3cret"))]);
    counted(&Spark { conf, ..installation(folder.path(), &script) }, folder.path());
    let heard = std::fs::read_to_string(folder.path().join("heard")).expect("heard");
    assert!(heard.contains("--properties-file") && !heard.contains("s3cret"), "{heard}");
    assert!(!heard.contains("CARGO_MANIFEST_DIR"), "nothing of our environment that Spark does not need: {heard}");
    let properties = std::fs::read_to_string(folder.path().join("properties")).expect("properties");
    assert!(properties.contains("spark.authenticate.secret=s3cret"), "{properties}");
    assert!(!folder.path().join("engine/1/spark.properties").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_fails_where_spark_does_unless_the_settings_say_otherwise() {
    let home = tempfile::tempdir().expect("a folder");
    let fails = installation(home.path(), "exit 3");
    let mut bench = Bench::on(9);
    bench.pipeline.settings.engine = Engine::Spark(fails.clone());
    let wrong = bench.try_run(bench.october()).await.expect_err("a failure");
    assert!(format!("{wrong:#}").contains("ended with code 3"), "{wrong:#}");
    assert_eq!(bench.pipeline.ledger.runs(None, 1).expect("runs")[0].state, RunState::Failed);
    bench.pipeline.settings.engine = Engine::Spark(Spark { fall_back: FallBack::Here, ..fails });
    let said = Mutex::new(Vec::new());
    let outcome = bench
        .watched(bench.october(), &|event| {
            if let Event::Says(text) = event {
                said.lock().expect("words").push(text);
            }
        })
        .await;
    assert!(outcome.appraisal.is_some_and(|appraisal| !appraisal.cards.is_empty()));
    let said = said.into_inner().expect("words");
    assert!(said.iter().any(|text| text.contains("改为本机统计")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn small_tables_are_not_submitted() {
    let home = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::on(9);
    let never = installation(home.path(), &format!("touch {}/asked; exit 3", home.path().display()));
    bench.pipeline.settings.engine = Engine::Spark(Spark { from_rows: 1_000_000_000, ..never });
    bench.run(bench.october()).await;
    assert!(!home.path().join("asked").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_ends_a_job_that_hangs() {
    let home = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::on(9);
    let job = home.path().join("job");
    let hangs = installation(home.path(), &format!("echo $$ > {}; exec sleep 600", job.display()));
    bench.pipeline.settings.engine = Engine::Spark(hangs);
    let (place, pipeline) = bench.give();
    let canceller = {
        let pipeline = pipeline.clone();
        std::thread::spawn(move || {
            let pid = written(&job);
            let run = pipeline.ledger.runs(None, 1).expect("runs").remove(0);
            pipeline::cancel(&pipeline, &run.id, "test", "no longer wanted").expect("cancelled");
            pid
        })
    };
    let wrong = pipeline::run(&pipeline, &october(), &|_| {}).await.expect_err("cancelled");
    let pid = canceller.join().expect("the canceller");
    assert!(format!("{wrong:#}").contains("was cancelled"), "{wrong:#}");
    gone(&pid);
    drop(place);
}
