//! Pulls: platforms do not wait for each other, and what was pulled ahead is what a later run reads.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use scorepost::ledger::RunState;
use scorepost::period::Period;
use scorepost::pipeline::{self, Event};

use crate::bench::{Bench, morning};

const JOB: &str = "monthly-scorecard";

fn october() -> Period {
    Period::parse("2026-10").expect("a period")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_platforms_refusals_do_not_stop_another() {
    let bench = Bench::on(9);
    let heard = Mutex::new(Vec::new());
    let watch = |event: Event| {
        if let Event::Progress { what, .. } = event {
            heard.lock().expect("a lock").push(what);
        }
    };
    bench.watched(bench.october(), &watch).await;
    let heard = heard.into_inner().expect("a list");
    let first = |source: &str| heard.iter().position(|what| what.starts_with(source)).expect("its progress");
    let last = |source: &str| heard.iter().rposition(|what| what.starts_with(source)).expect("its progress");
    assert!(last("shop-roster") < first("taobao-top").min(first("dingtalk")), "the roster says whom to ask for");
    assert!(first("dingtalk") < last("taobao-top") && first("taobao-top") < last("dingtalk"), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_reads_what_was_pulled_ahead() {
    let bench = Bench::on(9);
    for source in pipeline::in_order(&bench.pipeline) {
        if ["shop-roster", "taobao-top", "dingtalk"].contains(&source.id.as_str()) {
            pipeline::pull_source(&bench.pipeline, source, october(), false, &|_| {}).await.expect("pulled");
        }
    }
    assert!(bench.pipeline.ledger.runs(None, 9).expect("runs").is_empty(), "pulling ahead is no run");
    bench.clock.set(morning(12));
    let bench = bench.reopen(|environment| {
        environment.insert("SHOP_URL".to_owned(), "http://127.0.0.1:9".to_owned());
    });
    let outcome = bench.run(bench.october()).await;
    assert_eq!(outcome.run.state, RunState::Ready, "nobody answers there, and nobody was asked");
    assert_eq!(outcome.run.cut_off, Some(morning(9)), "as of the pull, not of the run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_address_on_this_machine_needs_no_root_certificates() {
    let bench = Bench::on(9);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(["run", JOB, "--period", "2026-10", "--agent", "A001"])
        .env("SCOREPOST_DATA", bench.folder.path())
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_NOW", morning(9).to_rfc3339())
        .env("SHOP_URL", bench.shop_url())
        .env("SSL_CERT_FILE", "/dev/null")
        .env("SSL_CERT_DIR", bench.folder.path().join("no-such-folder"))
        .output()
        .expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
