//! Sanctions and rewards are proposals: they wait in the ledger for a named person, and nothing pays by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use scorepost::ledger::{Ledger, Proposal, ProposalState, Role, RunState, User, WantedProposals};
use scorepost::pipeline;
use serde_json::Value;

use crate::bench::{Bench, copy, morning};

/// The shipped jobs with a prize for the first of each team, which needs approval.
fn jobs_with_prize(folder: &Path, yuan: u32) -> PathBuf {
    let jobs = folder.join(format!("jobs-{yuan}"));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &jobs);
    let scheme = jobs.join("schemes/presale-weighted.toml");
    let text = std::fs::read_to_string(&scheme).expect("a scheme");
    let prize = format!(
        "\n[[pay]]\nid = \"first-prize\"\nlabel = {{ zh = \"第一名奖金\", en = \"Prize of the first\" }}\n\
         when = \"rank = 1\"\namount = \"{yuan}\"\nneeds-approval = true\n"
    );
    std::fs::write(&scheme, text + &prize).expect("a changed scheme");
    jobs
}

/// The bench with another prize, as after an edit of the scheme.
pub fn with_prize(bench: Bench, yuan: u32) -> Bench {
    let jobs = jobs_with_prize(bench.folder.path(), yuan);
    bench.reopen(|environment| drop(environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string())))
}

fn all(ledger: &Ledger) -> Vec<Proposal> {
    ledger.proposals(&WantedProposals::default()).expect("proposals")
}

pub fn add_hr(bench: &Bench) {
    let hr = User {
        name: "hr".to_owned(),
        role: Role::Hr,
        staff_number: None,
        teams: Vec::new(),
        disabled: false,
        password_hash: None,
        created_at: bench.clock.now(),
    };
    bench.pipeline.ledger.put_user(&hr).expect("a user");
}

/// The program on the bench's folder, with the prize of 300.
fn command(bench: &Bench, arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    command
        .args(arguments)
        .env("SCOREPOST_DATA", bench.folder.path())
        .env("SCOREPOST_JOBS", bench.folder.path().join("jobs-300"))
        .env("SCOREPOST_TEMPLATES", root.join("report-templates"))
        .env("SCOREPOST_NOW", morning(9).to_rfc3339())
        .env("SCOREPOST_LOCALE", "en")
        .env("SHOP_URL", bench.shop_url());
    command
}

fn told(output: &Output) -> (Option<i32>, Value) {
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)));
    (output.status.code(), document)
}

pub fn program(bench: &Bench, arguments: &[&str]) -> (Option<i32>, Value) {
    told(&command(bench, arguments).arg("--json").output().expect("the program"))
}

/// How many documents the newest run stands on.
fn documents(ledger: &Ledger) -> usize {
    let newest = ledger.runs(None, 1).expect("runs");
    newest.first().map_or(0, |run| ledger.run_heads(&run.id).expect("documents").len())
}

/// The card of an agent in what a run of the bench exports.
async fn exported(bench: &Bench, agent: &str) -> Value {
    let outcome = bench.run(bench.october()).await;
    let folder = bench.folder.path().join("export");
    pipeline::export(&bench.pipeline, &outcome, &folder).unwrap_or_else(|error| panic!("{error:#}"));
    let text = std::fs::read_to_string(folder.join("cards.json")).expect("cards");
    let cards: Vec<Value> = serde_json::from_str(&text).expect("an array");
    cards.into_iter().find(|card| card["agent"] == agent).expect("the card")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_proposes_waits_until_a_named_person_decides() {
    let bench = with_prize(Bench::on(9), 300);
    add_hr(&bench);
    let outcome = bench.run(bench.october()).await;
    assert_eq!(outcome.run.state, RunState::Ready);
    let proposed = all(&bench.pipeline.ledger);
    let winners: BTreeSet<&str> = proposed.iter().map(|one| one.agent.as_str()).collect();
    let teams: BTreeSet<&str> = proposed.iter().map(|one| one.team.as_str()).collect();
    assert_eq!((proposed.len(), winners.len(), teams.len()), (3, 3, 3), "the first of each team");
    assert!(proposed.iter().all(|one| one.state == ProposalState::Pending && one.is_settled));

    let (_, shown) = program(&bench, &["show", &outcome.run.id]);
    assert_eq!(shown["proposals_pending"], 3);
    let text = command(&bench, &["show", &outcome.run.id]).output().expect("the program").stdout;
    assert!(String::from_utf8_lossy(&text).contains("3 proposals wait for a person"));
    let (_, listed) = program(&bench, &["proposals", "--job", "monthly-scorecard", "--state", "pending"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(3), "{listed}");
    assert_eq!((&listed[0]["amount"], &listed[0]["id"]), (&Value::from("300.00"), &Value::from(1)));

    let says = ["--reason", "seen with the team"];
    let word = |verb: &'static str, id: &'static str, by: &'static str| {
        program(&bench, &[&["proposals", verb, id, "--by", by], &says[..]].concat())
    };
    assert_eq!(word("approve", "1", "nobody").0, Some(2));
    assert_eq!(word("approve", "99", "hr").0, Some(2));
    assert_eq!(word("approve", "1", "hr").0, Some(0));
    let (code, again) = word("refuse", "1", "hr");
    assert_eq!(code, Some(1));
    assert!(again["error"].as_str().is_some_and(|error| error.contains("is approved already")), "{again}");
    assert_eq!(word("refuse", "2", "hr").1[0]["state"], "refused");
    assert_eq!(program(&bench, &["show", &outcome.run.id]).1["proposals_pending"], 1);
    assert!(bench.pipeline.ledger.verify_audit().expect("a verdict"));
    let audited = bench.pipeline.ledger.audit_entries(9).expect("entries");
    assert!(audited.iter().any(|one| one.who == "hr" && one.action == "approve-proposal"), "{audited:?}");
    assert!(audited.iter().any(|one| one.detail.contains("seen with the team")), "{audited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_approved_is_exported_as_money() {
    let bench = with_prize(Bench::on(9), 300);
    add_hr(&bench);
    bench.run(bench.october()).await;
    let proposed = all(&bench.pipeline.ledger);
    let card = exported(&bench, &proposed[0].agent).await;
    assert_eq!(card["money"], serde_json::json!({}));
    assert_eq!(card["money_pending"], serde_json::json!({ "first-prize": "300.00" }));
    assert_eq!((&card["proposals"][0]["state"], &card["proposals"][0]["id"]), (&"pending".into(), &1.into()));

    for (verb, id) in [("approve", "1"), ("refuse", "2")] {
        assert_eq!(program(&bench, &["proposals", verb, id, "--by", "hr", "--reason", "r"]).0, Some(0));
    }
    let approved = exported(&bench, &proposed[0].agent).await;
    assert_eq!(approved["money"], serde_json::json!({ "first-prize": "300.00" }));
    assert_eq!(approved["money_pending"], serde_json::json!({}));
    assert_eq!(approved["edition"], 1, "a decision is no new edition");
    let refused = exported(&bench, &proposed[1].agent).await;
    assert_eq!((&refused["money"], &refused["money_pending"]), (&serde_json::json!({}), &serde_json::json!({})));
    assert_eq!(refused["proposals"][0]["state"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rerun_leaves_what_is_the_same_and_asks_again_for_what_differs() {
    let bench = with_prize(Bench::on(9), 300);
    add_hr(&bench);
    bench.run(bench.october()).await;
    let first = all(&bench.pipeline.ledger);
    assert_eq!(program(&bench, &["proposals", "approve", "1", "--by", "hr", "--reason", "r"]).0, Some(0));
    bench.run(bench.october().refresh()).await;
    let same: Vec<i64> = all(&bench.pipeline.ledger).iter().map(|one| one.id).collect();
    assert_eq!(same, first.iter().map(|one| one.id).collect::<Vec<_>>());

    let bench = with_prize(bench, 500);
    bench.run(bench.october()).await;
    let now = all(&bench.pipeline.ledger);
    let of = |id: i64| now.iter().find(|one| one.id == id).expect("the proposal");
    assert_eq!(of(1).state, ProposalState::Approved, "decided stays decided");
    assert!([2, 3].iter().all(|id| of(*id).state == ProposalState::Withdrawn));
    let waiting: BTreeSet<_> =
        now.iter().filter(|one| one.state == ProposalState::Pending).map(|one| one.earlier).collect();
    assert_eq!(waiting, BTreeSet::from([Some(1), Some(2), Some(3)]), "each refers to the one before it");
    let card = exported(&bench, &first[0].agent).await;
    assert_eq!(card["money"], serde_json::json!({}), "what was approved was another amount");
    assert_eq!(card["money_pending"], serde_json::json!({ "first-prize": "500.00" }));

    let bench = bench.reopen(|_| {});
    bench.run(bench.october()).await;
    let last = all(&bench.pipeline.ledger);
    assert!(last.iter().all(|one| one.state != ProposalState::Pending), "the scheme no longer proposes anything");
    assert_eq!(last.iter().filter(|one| one.state == ProposalState::Approved).count(), 1);
    assert!(bench.pipeline.ledger.verify_audit().expect("a verdict"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_anywhere_and_resumed_proposes_once() {
    let bench = with_prize(Bench::on(9), 300);
    const RUN: [&str; 4] = ["run", "monthly-scorecard", "--period", "2026-10"];
    // By how many cards the run stands on: each time a little further into the issuing.
    for issued in [1, 7, 14, 21] {
        let mut quiet = command(&bench, &RUN);
        let mut child = quiet.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
        let since = Instant::now();
        while documents(&bench.pipeline.ledger) < issued && since.elapsed() < Duration::from_secs(120) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let _ = child.kill();
        let _ = child.wait();
        assert!(documents(&bench.pipeline.ledger) >= issued, "it was killed too early to tell anything");
    }
    assert_eq!(program(&bench, &RUN).0, Some(0));
    let proposed = all(&bench.pipeline.ledger);
    let agents: BTreeSet<&str> = proposed.iter().map(|one| one.agent.as_str()).collect();
    assert_eq!((proposed.len(), agents.len()), (3, 3));
    assert!(proposed.iter().all(|one| one.state == ProposalState::Pending && one.is_settled));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_must_agree_a_shell_speaks_for_its_own_account_alone() {
    let bench = with_prize(Bench::on(9), 300);
    let job = bench.folder.path().join("jobs-300/monthly-scorecard.toml");
    let text = std::fs::read_to_string(&job).expect("a job");
    std::fs::write(&job, text.replace("# proposals = \"two-person\"", "proposals = \"two-person\"")).expect("a job");
    add_hr(&bench);
    bench.run(bench.october()).await;
    let word = |verb: &str, account: &str| {
        let words = ["proposals", verb, "1", "--by", "hr", "--reason", "seen", "--json"];
        told(&command(&bench, &words).env("SCOREPOST_USER", account).output().expect("the program"))
    };
    let (code, refused) = word("approve", "root");
    assert_eq!(code, Some(1), "{refused}");
    assert!(refused["error"].as_str().is_some_and(|error| error.contains("cannot speak for `hr`")), "{refused}");
    assert_eq!(all(&bench.pipeline.ledger)[0].first_word, None);
    let (code, first) = word("approve", "HR");
    assert_eq!((code, &first[0]["state"], &first[0]["first_word_by"]), (Some(0), &"pending".into(), &"hr".into()));
    assert_eq!(word("refuse", "root").0, Some(0), "one is enough to refuse");
}
