//! Letters go by the word of those whom the job asks: one person, or two; what stands out is told first, and one letter
//! can stay back.

use scorepost::finding::Finding;
use scorepost::ledger::{DeliveryState, DocumentKind, Letters, RunState};
use scorepost::pipeline::{self, Outcome};

use crate::bench::Bench;
use crate::scheduler::JOB;

/// The monthly job, released as told.
fn bench(release: &str) -> Bench {
    let release = format!("[release]\n{release}");
    Bench::on(9).with_monthly_alone(|text| text.replace("[release]\nby = \"automatic\"", &release))
}

async fn release(bench: &Bench, run: &str, who: &str) -> anyhow::Result<Outcome> {
    pipeline::release(&bench.pipeline, run, who, &|_| {}).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_persons_let_letters_go_and_one_does_not() {
    let bench = bench("by = \"two-person\"");
    let run = bench.run(bench.october()).await.run.id;
    let first = release(&bench, &run, "hr").await.expect("a word");
    assert_eq!((first.run.state, first.first_word.as_deref()), (RunState::Ready, Some("hr")));
    for same in ["hr", "HR "] {
        let refused = release(&bench, &run, same).await.expect_err("the same person");
        assert!(format!("{refused:#}").contains("another person"), "{refused:#}");
    }
    assert!(bench.outbox().is_empty());
    let second = release(&bench, &run, "boss").await.expect("a release");
    assert_eq!((second.run.state, second.first_word), (RunState::Sent, None));
    assert_eq!(bench.outbox().len(), 23);
    let audit = bench.pipeline.ledger.audit_entries(9).expect("an audit");
    let told: Vec<(&str, &str)> = audit.iter().map(|one| (one.who.as_str(), one.action.as_str())).collect();
    assert_eq!(told[..2], [("boss", "release"), ("hr", "release-first")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_letters_is_the_first_of_two_words() {
    let bench = bench("by = \"two-person\"");
    let outcome = bench.run(bench.october().send()).await;
    assert_eq!((outcome.run.state, outcome.first_word.as_deref()), (RunState::Ready, Some("test")));
    assert!(bench.outbox().is_empty());
    release(&bench, &outcome.run.id, "test").await.expect_err("the same person");
    assert_eq!(release(&bench, &outcome.run.id, "hr").await.expect("a release").run.state, RunState::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_card_stays_back_until_it_is_asked_for() {
    let bench = bench("by = \"manager\"");
    let run = bench.run(bench.october()).await.run.id;
    let deliveries = bench.pipeline.ledger.deliveries(&run).expect("letters");
    let agent = deliveries.iter().find(|one| one.kind == DocumentKind::Card).expect("a card").subject.clone();
    let back = |who: &str| pipeline::hold_back(&bench.pipeline, &run, &[who.to_owned()], "hr");
    assert!(back("nobody").is_err());
    back(&agent).expect("kept back");
    assert_eq!(release(&bench, &run, "hr").await.expect("a release").run.state, RunState::Sent);
    assert_eq!(bench.outbox().len(), 22);
    let findings = bench.pipeline.ledger.findings(&run).expect("findings");
    assert!(findings.iter().any(|one| one.code == "kept-back" && one.subject.as_ref() == Some(&agent)));
    assert!(back(&agent).is_err(), "it is back already");
    let later = bench.run(bench.october().agent(&agent).send()).await;
    assert_eq!((later.run.state, later.tally.sent_now, bench.outbox().len()), (RunState::Sent, 1, 23));
    let states = bench.pipeline.ledger.deliveries(&run).expect("letters");
    assert!(states.iter().all(|one| one.state == DeliveryState::Sent));
}

fn outliers(outcome: &Outcome) -> Vec<&Finding> {
    outcome.findings.iter().filter(|one| one.is_outlier()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_that_stand_out_are_told_as_the_job_asks() {
    let bench = bench("by = \"manager\"\noutliers = { rank-moves = 1, grade-moves = 1, total-beyond = 1 }");
    bench.run(bench.october().month("2026-09").results()).await;
    let outcome = bench.run(bench.october()).await;
    let told = outliers(&outcome);
    let past = bench.pipeline.ledger.past_results(JOB, &outcome.run.period, 1).expect("September");
    let cards = bench.documents(&outcome.run.id);
    for before in &past {
        let now = &cards[&(DocumentKind::Card, before.agent.clone())];
        let has = |code: &str| told.iter().any(|one| one.code == code && one.subject.as_ref() == Some(&before.agent));
        let moved = before.rank.zip(now.rank).is_some_and(|(was, is)| was != is);
        assert_eq!(has("outlier-rank"), moved, "{}: {:?} → {:?}", before.agent, before.rank, now.rank);
        let september = bench.pipeline.ledger.latest_document(JOB, &before.period, DocumentKind::Card, &before.agent);
        let grade = september.expect("a read").and_then(|one| one.grade);
        let another = grade.is_some() && now.grade.is_some() && grade != now.grade;
        assert_eq!(has("outlier-grade"), another, "{}: {grade:?} → {:?}", before.agent, now.grade);
    }
    assert!(told.iter().any(|one| one.code == "outlier-rank"), "{:?}", outcome.findings);

    let silent = crate::releasing::bench(
        "by = \"manager\"\noutliers = { rank-moves = 0, grade-moves = 0, total-beyond = 0, missing = false }",
    );
    silent.run(silent.october().month("2026-09").results()).await;
    assert_eq!(outliers(&silent.run(silent.october()).await), Vec::<&Finding>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_says_what_had_gone_out() {
    let bench = bench("by = \"manager\"");
    let run = bench.run(bench.october()).await.run.id;
    let gone = pipeline::cancel(&bench.pipeline, &run, "hr", "a mistake").expect("cancelled");
    assert_eq!((gone.was, gone.letters, gone.sent, gone.unknown), (RunState::Ready, 23, 0, 0));
    assert!(pipeline::cancel(&bench.pipeline, &run, "hr", "").is_err(), "it is over");
    assert!(release(&bench, &run, "hr").await.is_err());
    let kept = bench.pipeline.ledger.run(&run).expect("a read").expect("the run");
    assert!(kept.error.is_some_and(|why| why.contains("hr") && why.contains("a mistake")));
    assert!(bench.outbox().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_chosen_letters_go_and_the_rest_goes_by_another_word() {
    let bench = bench("by = \"manager\"");
    let run = bench.run(bench.october()).await.run.id;
    let ledger = &bench.pipeline.ledger;
    let ids: Vec<i64> = ledger.deliveries(&run).expect("letters").iter().map(|one| one.id).collect();
    let chosen = Letters::These(vec![ids[0], ids[4]]);
    let first = pipeline::release_letters(&bench.pipeline, &run, &chosen, "hr", &|_| {}).await.expect("a release");
    assert_eq!((first.run.state, first.tally.sent_now, first.tally.left), (RunState::Ready, 2, 21));
    assert_eq!(bench.outbox().len(), 2);
    let sent = |id: i64| ledger.delivery(id).expect("a read").expect("the letter").state == DeliveryState::Sent;
    assert!(sent(ids[0]) && sent(ids[4]) && !sent(ids[1]));
    let rest = release(&bench, &run, "hr").await.expect("a release");
    assert_eq!((rest.run.state, rest.tally.sent_now, bench.outbox().len()), (RunState::Sent, 21, 23));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_tells_each_card_before_and_after_and_issues_none() {
    let bench = bench("by = \"manager\"");
    let first = bench.run(bench.october()).await;
    let same = bench.plan(bench.october()).effects.expect("effects of the kept data");
    assert_eq!((same.cards.len(), same.same), (0, 21));
    let agents: Vec<String> =
        first.appraisal.expect("cards").cards.iter().take(2).map(|card| card.agent.id.clone()).collect();
    let few = bench.plan(bench.october().agent(&agents.join(","))).effects.expect("effects");
    assert_eq!((few.cards.len(), few.same), (0, 2), "only the two that were named");
    let new = bench.plan(bench.october().month("2026-09")).effects;
    assert!(new.is_none(), "nothing is kept of September");
    assert!(bench.plan(bench.october().refresh()).effects.is_none(), "new data is not known yet");
}
