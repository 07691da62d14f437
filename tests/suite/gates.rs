//! What the data does not stand up to goes nowhere: a job's gates tell, hold or end a run, a person may answer for them, and
//! data that changes after its cards were issued is told with what it would change.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use chrono::NaiveDate;
use scorepost::demo::{Shop, ShopPlan, start};
use scorepost::finding::{Finding, Weight};
use scorepost::ledger::RunState;
use scorepost::pipeline;

use crate::bench::{Bench, copy, october};

/// No order of the demo shop is as small as this gate wants all of them.
const IMPOSSIBLE: &str =
    "\n[[gate]]\nkind = \"range\"\ntable = \"orders\"\ncolumn = \"paid_amount\"\nat-most = \"0.01\"\n";

/// The bench with more gates in its job.
fn with_gates(bench: Bench, gates: &str) -> Bench {
    let jobs = bench.folder.path().join("jobs");
    copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").as_path(), &jobs);
    let job = jobs.join("monthly-scorecard.toml");
    let text = std::fs::read_to_string(&job).expect("a job");
    std::fs::write(&job, format!("{text}{gates}")).expect("a job");
    bench.reopen(|environment| {
        environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
    })
}

fn of_code<'a>(findings: &'a [Finding], code: &str) -> Vec<&'a Finding> {
    findings.iter().filter(|one| one.code == code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_run_says_what_is_wrong_and_a_person_may_answer_for_it() {
    let bench = with_gates(Bench::on(9), IMPOSSIBLE);
    let held = bench.run(bench.october().send()).await;
    assert_eq!(held.run.state, RunState::Held);
    assert!(bench.outbox().is_empty(), "nothing goes out");
    let findings = bench.pipeline.ledger.findings(&held.run.id).expect("findings");
    let told = of_code(&findings, "out-of-range");
    assert_eq!((told.len(), told[0].weight), (1, Weight::Hold));
    for part in ["paid_amount of orders must be at most 0.01", "0 allowed", "from taobao-top", "on 2026-10-01 to"] {
        assert!(told[0].text.en.contains(part), "{part}: {}", told[0].text.en);
    }
    assert!(!told[0].next.zh.is_empty());
    let refused = pipeline::release(&bench.pipeline, &held.run.id, "hr", &|_| {}).await.expect_err("it is held");
    assert!(format!("{refused:#}").contains("held"), "{refused:#}");
    pipeline::accept(&bench.pipeline, &held.run.id, "hr", " ").expect_err("without a reason nobody answers");
    pipeline::accept(&bench.pipeline, &held.run.id, "hr", "the gate is nonsense").expect("accepted");
    let released = pipeline::release(&bench.pipeline, &held.run.id, "hr", &|_| {}).await.expect("released");
    assert_eq!((released.run.state, bench.outbox().len()), (RunState::Sent, 23));
    let told = of_code(&released.findings, "out-of-range")[0];
    assert_eq!(told.weight, Weight::Note);
    assert!(told.text.en.ends_with("(accepted by hr: the gate is nonsense)"), "{}", told.text.en);
    let audit = bench.pipeline.ledger.audit_entries(9).expect("entries");
    assert!(audit.iter().any(|one| one.who == "hr" && one.action == "accept" && one.detail == "the gate is nonsense"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fatal_gate_ends_the_run_before_anybody_is_scored() {
    let bench = with_gates(Bench::on(9), &format!("{IMPOSSIBLE}severity = \"fail\"\n"));
    let failed = bench.try_run(bench.october().send()).await.expect_err("it fails");
    let text = format!("{failed:#}");
    assert!(text.contains("does not pass the gates of job `monthly-scorecard`") && text.contains("0.01"), "{text}");
    let run = bench.pipeline.ledger.runs(None, 1).expect("runs").remove(0);
    assert_eq!(run.state, RunState::Failed);
    assert!(bench.documents(&run.id).is_empty() && bench.outbox().is_empty());
    assert_eq!(of_code(&bench.pipeline.ledger.findings(&run.id).expect("findings"), "out-of-range").len(), 1);
    let tables = std::fs::read_dir(bench.folder.path().join("tables/monthly-scorecard"));
    assert_eq!(tables.map_or(0, Iterator::count), 0, "tables that nobody may use are not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_told_stops_nothing() {
    let bench = with_gates(Bench::on(9), &format!("{IMPOSSIBLE}severity = \"note\"\n"));
    let outcome = bench.run(bench.october()).await;
    assert_eq!(outcome.run.state, RunState::Ready);
    assert_eq!(of_code(&outcome.findings, "out-of-range")[0].weight, Weight::Note);
    let pack = bench.documents(&outcome.run.id).into_values().find(|one| one.subject == "T1").expect("a pack");
    assert!(pack.data.contains("paid_amount"), "the manager reads it in the pack");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_no_gate_made_stays_closed() {
    let bench = Bench::on(9);
    let ready = bench.run(bench.october()).await;
    pipeline::accept(&bench.pipeline, &ready.run.id, "hr", "why not").expect_err("it is not held");
    let open = bench.run(bench.october().month("2026-11")).await;
    assert_eq!(open.run.state, RunState::Held, "November is not over");
    let refused =
        pipeline::accept(&bench.pipeline, &open.run.id, "hr", "I want it").expect_err("nobody can answer for it");
    assert!(format!("{refused:#}").contains("mend it and run again"), "{refused:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_changed_after_the_cards_is_told_with_what_it_changes() {
    let bench = Bench::on(9);
    let first = bench.run(bench.october().send()).await;
    assert!(of_code(&first.findings, "restated-data").is_empty());
    let letters = bench.outbox();
    let other =
        ShopPlan { seed: 2, agents: 21, months: 2, last_month: NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day") };
    let served = start(Arc::new(Shop::generate(other)), bench.clock.clone(), ([127, 0, 0, 1], 0).into());
    let served = served.expect("another month behind the same address");
    let bench = bench.reopen(|environment| {
        environment.insert("SHOP_URL".to_owned(), served.base.clone());
    });
    let again = bench.run(bench.october().refresh()).await;
    let data = of_code(&again.findings, "restated-data");
    assert_eq!((data.len(), data[0].weight), (1, Weight::Note));
    let text = &data[0].text.en;
    assert!(text.contains("orders") && text.contains("chats") && text.contains("2026-10-01 to 2026-10-31"), "{text}");
    assert!(!text.contains("funnel_daily"), "what follows from others is told once: {text}");
    let cards = of_code(&again.findings, "restated-card");
    assert!(cards.len() > 10 && text.contains(&format!("{} cards change", cards.len())), "{} {text}", cards.len());
    assert!(cards.iter().all(|one| one.text.en.contains(" → ") && one.subject.is_some()));
    assert_eq!(bench.outbox(), letters, "nothing goes out by itself");
    let repeated = bench.run(bench.october()).await;
    assert!(of_code(&repeated.findings, "restated-data").is_empty(), "the same pages are no news");
    assert_eq!(repeated.new_editions, 0, "what was told makes no edition");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_pull_of_a_closed_month_is_noticed_and_changes_nothing() {
    let bench = Bench::on(9);
    let issued = bench.run(bench.october().send()).await;
    let period = issued.run.period;
    let quiet = pipeline::restated(&bench.pipeline, "monthly-scorecard", &period).await.expect("looked at");
    assert!(quiet.is_empty(), "{quiet:?}");
    let other = ShopPlan { seed: 2, agents: 21, months: 2, last_month: period.start };
    let served = start(Arc::new(Shop::generate(other)), bench.clock.clone(), ([127, 0, 0, 1], 0).into());
    let served = served.expect("another month behind the same address");
    let bench = bench.reopen(|environment| {
        environment.insert("SHOP_URL".to_owned(), served.base.clone());
    });
    let source = &bench.pipeline.sources["taobao-top"];
    pipeline::pull_source(&bench.pipeline, source, period, true, &|_| {}).await.expect("pulled");
    let (letters, before) = (bench.outbox(), bench.documents(&issued.run.id));
    let told = pipeline::restated(&bench.pipeline, "monthly-scorecard", &period).await.expect("looked at");
    let data = of_code(&told, "restated-data");
    assert!(data.len() == 1 && data[0].text.en.contains("orders"), "{told:?}");
    assert!(of_code(&told, "restated-card").iter().any(|one| one.text.en.contains(" → ")), "{told:?}");
    assert_eq!((bench.outbox(), bench.documents(&issued.run.id)), (letters, before), "nothing changes by itself");
    assert_eq!(bench.pipeline.ledger.runs(None, 9).expect("runs").len(), 1, "looking is no run");
}

#[test]
fn a_gate_on_a_table_that_nothing_fills_is_nonsense_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let jobs = folder.path().join("jobs");
    copy(&root.join("jobs"), &jobs);
    let job = jobs.join("monthly-scorecard.toml");
    let text = std::fs::read_to_string(&job).expect("a job");
    let gates = "\n[[gate]]\nkind = \"empty-days\"\ntable = \"chats_daily\"\ndays = \"calendar\"\n\
                 \n[[gate]]\nkind = \"range\"\ntable = \"orders\"\nsource = \"dingtalk\"\ncolumn = \"order_amount\"\nat-least = 0\n";
    std::fs::write(&job, format!("{text}{gates}")).expect("a job");
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .arg("check")
        .env("SCOREPOST_DATA", folder.path().join("data"))
        .env("SCOREPOST_JOBS", &jobs)
        .env("SHOP_URL", "http://127.0.0.1:9")
        .env("PHONE_DESK_URL", "http://127.0.0.1:9")
        .output()
        .expect("a run of the program");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("no source of job `monthly-scorecard` fills the table `calendar`"), "{told}");
    assert!(told.contains("source `dingtalk` does not fill the table `orders`"), "{told}");
    assert!(!told.contains("fills the table `chats_daily`"), "it follows from conversations: {told}");
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheme_of_another_cycle_pays_nobody() {
    let bench = Bench::on(9).with_monthly_alone(|text| text.replace("presale-weighted", "aftersale-quarterly-grades"));
    assert!(pipeline::plan(&bench.pipeline, &october()).is_err(), "nor is it planned");
    let refused = bench.try_run(bench.october()).await.expect_err("a quarter's money would be paid for a month");
    let told = format!("{refused:#}");
    assert!(
        told.contains("has the cycle `month`, its scheme `aftersale-quarterly-grades` the cycle `quarter`"),
        "{told}"
    );
    let runs = bench.pipeline.ledger.runs(None, 9).expect("runs");
    assert_eq!(runs.iter().map(|run| run.state).collect::<Vec<_>>(), [RunState::Failed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_was_never_run_is_told() {
    let bench = Bench::on(9).with_monthly_alone(|text| text.replace("presale-weighted", "weekly-rank-pool"));
    let first = bench.run(bench.october()).await;
    let told = of_code(&first.findings, "no-history");
    assert_eq!((told.len(), told[0].weight), (1, Weight::Note), "{:?}", first.findings);
    assert!(told[0].text.en.contains(", 2026-09, of which"), "{}", told[0].text.en);
    assert!(told[0].next.zh.contains("scorepost run monthly-scorecard --period 2025-10"), "{}", told[0].next.zh);
    bench.run(bench.october().month("2026-09")).await;
    let second = bench.run(bench.october()).await;
    let text = &of_code(&second.findings, "no-history")[0].text.en;
    assert!(text.contains("2026-08, of which"), "September was run: {text}");
}
