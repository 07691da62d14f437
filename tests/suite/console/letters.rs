//! After a run: what changed, whom to mail, and the very letter before it goes.

use axum::http::{StatusCode, header};
use scorepost::ledger::{DeliveryState, Request, RequestKind, Run, RunState};

use super::bench::Bench;

/// A ready run of one team with a letter to each agent; their numbers.
fn ready(bench: &Bench) -> (Run, Vec<i64>) {
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    for agent in ["A001", "A002"] {
        bench.delivery(bench.document_of(&run, agent), &run, agent);
    }
    let letters = bench.ledger.deliveries(&run.id).expect("letters").iter().map(|one| one.id).collect();
    (run, letters)
}

fn releases(bench: &Bench) -> Vec<Request> {
    let all = bench.ledger.requests(99).expect("requests");
    all.into_iter().filter(|request| request.kind == RequestKind::Release).collect()
}

#[tokio::test]
async fn only_ticked_letters_are_asked_for_and_once() {
    let bench = Bench::shop();
    let (run, letters) = ready(&bench);
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/letters", run.id);
    let page = bench.get(Some(&lead), &path).await.body;
    for letter in &letters {
        assert!(page.contains(&format!("name=\"letter-{letter}\"")), "{page}");
    }
    let nothing = bench.post(Some(&lead), &format!("{path}/send"), &[("which", "ticked"), ("key", "k")]).await;
    assert_eq!(nothing.status, StatusCode::CONFLICT, "nobody was ticked");
    let ticked = format!("letter-{}", letters[1]);
    let form = [("which", "ticked"), (ticked.as_str(), "1"), ("letter-999", "1"), ("key", "k")];
    let first = bench.post(Some(&lead), &format!("{path}/send"), &form).await;
    let again = bench.post(Some(&lead), &format!("{path}/send"), &form).await;
    assert_eq!(first.location(), again.location());
    let asked = releases(&bench);
    assert_eq!(asked.len(), 1);
    assert_eq!(bench.ledger.request_terms(asked[0].id).expect("terms").letters, Some(vec![letters[1]]));
    let forged = bench.post_with_token(Some(&lead), &format!("{path}/send"), "wrong", &form).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_was_sent_cannot_be_chosen_and_a_run_that_moved_on_is_left() {
    let bench = Bench::shop();
    let (run, letters) = ready(&bench);
    bench.deliver(&run, letters[0]);
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/letters", run.id);
    let page = bench.get(Some(&lead), &path).await.body;
    assert!(!page.contains(&format!("name=\"letter-{}\"", letters[0])) && page.contains("已投递"), "{page}");
    bench.post(Some(&lead), &format!("{path}/send"), &[("which", "all"), ("key", "k")]).await;
    let asked = bench.ledger.request_terms(releases(&bench)[0].id).expect("terms").letters;
    assert_eq!(asked, Some(vec![letters[1]]), "all that wait");
    let other = bench.run("2026-09", Some("T1"), RunState::Sent);
    let late = bench.post(Some(&lead), &format!("/runs/{}/letters/send", other.id), &[("which", "all")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_very_letter_is_shown_in_a_frame_that_can_do_nothing() {
    let bench = Bench::shop();
    let (run, letters) = ready(&bench);
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/letters/{}", run.id, letters[0]);
    let page = bench.get(Some(&lead), &path).await;
    assert!(page.body.contains("Card of A001") && page.body.contains("words for A001"), "{}", page.body);
    assert!(page.body.contains("sandbox=\"\"") && !page.body.contains("alert(1)"), "{}", page.body);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("frame-src 'self'") && !policy.contains("unsafe-inline"), "{policy}");
    let frame = bench.get(Some(&lead), &format!("{path}/html")).await;
    assert!(frame.body.contains("page for A001"));
    let policy = frame.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(
        policy.contains("default-src 'none'") && policy.ends_with("sandbox") && !policy.contains("script-src"),
        "{policy}"
    );
    for (who, status) in [("lead2", StatusCode::NOT_FOUND), ("a001", StatusCode::NOT_FOUND), ("hr", StatusCode::OK)] {
        let browser = bench.browser(who);
        assert_eq!(bench.get(Some(&browser), &path).await.status, status, "{who}");
        assert_eq!(bench.get(Some(&browser), &format!("{path}/html")).await.status, status, "{who}");
    }
    let elsewhere = bench.run("2026-09", Some("T1"), RunState::Ready);
    let mixed = format!("/runs/{}/letters/{}", elsewhere.id, letters[0]);
    assert_eq!(bench.get(Some(&lead), &mixed).await.status, StatusCode::NOT_FOUND, "a letter stands in its own run");
}

#[tokio::test]
async fn the_first_of_two_persons_waits_for_the_second() {
    let bench = Bench::shop();
    let (run, letters) = ready(&bench);
    bench.ledger.say_release(&run.id, "lead1").expect("a word");
    let path = format!("/runs/{}/letters", run.id);
    let mine = bench.get(Some(&bench.browser("lead1")), &path).await.body;
    assert!(mine.contains("lead1") && !mine.contains(&format!("name=\"letter-{}\"", letters[0])), "{mine}");
    let theirs = bench.get(Some(&bench.browser("hr")), &path).await.body;
    assert!(theirs.contains(&format!("name=\"letter-{}\"", letters[0])), "{theirs}");
}

#[tokio::test]
async fn a_cancelled_run_says_what_had_gone_out() {
    let bench = Bench::shop();
    let (run, letters) = ready(&bench);
    bench.deliver(&run, letters[0]);
    bench.ledger.finish_run(&run.id, RunState::Cancelled, Some("cancelled by lead1")).expect("cancelled");
    let page = bench.get(Some(&bench.browser("lead1")), &format!("/runs/{}?lang=en", run.id)).await.body;
    assert!(page.contains("1 of 2 letters had gone out"), "{page}");
    let state = bench.ledger.delivery(letters[1]).expect("a read").expect("the mail").state;
    assert_eq!(state, DeliveryState::Pending);
}
