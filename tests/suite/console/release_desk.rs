//! The release desk: what stands out lies first, one card is held with its reason, the rest goes.

use axum::http::StatusCode;
use scorepost::finding::Finding;
use scorepost::ledger::{DeliveryState, Run, RunState};
use scorepost::words::Bilingual;

use super::bench::Bench;

fn ready(bench: &Bench) -> Run {
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    for agent in ["A001", "A002"] {
        bench.delivery(bench.document_of(&run, agent), &run, agent);
    }
    let outlier = Finding::note("outlier-rank", Bilingual::new("名次移动 9 位", "the rank moved by 9")).about("A002");
    bench.findings(&run, &[outlier]);
    run
}

#[tokio::test]
async fn cards_are_leafed_through_with_outliers_first() {
    let bench = Bench::shop();
    let run = ready(&bench);
    let lead = bench.browser("lead1");
    let first = bench.get(Some(&lead), &format!("/runs/{}/desk", run.id)).await.body;
    assert!(first.contains("1 / 2") && first.contains("安二犇") && first.contains("名次移动 9 位"), "{first}");
    assert!(first.contains("rel=\"next\" accesskey=\"j\" href=\"?n=2\"") && !first.contains("rel=\"prev\""), "{first}");
    let card = bench.document_of(&run, "A002");
    assert!(
        first.contains(&format!("<iframe class=\"preview\" src=\"/cards/{card}/pdf\"")),
        "the PDF lies in the page"
    );
    let last = bench.get(Some(&lead), &format!("/runs/{}/desk?n=99&lang=en", run.id)).await.body;
    assert!(last.contains("2 / 2") && last.contains("安一喆") && last.contains("rel=\"prev\""), "{last}");
    assert!(last.contains("Release all that is not held"));
}

#[tokio::test]
async fn one_is_held_with_a_reason_and_the_rest_may_go() {
    let bench = Bench::shop();
    let run = ready(&bench);
    let lead = bench.browser("lead1");
    let (path, card) = (format!("/runs/{}/hold", run.id), bench.document_of(&run, "A002").to_string());
    let silent = bench.post(Some(&lead), &path, &[("card", &card), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::CONFLICT, "a reason is asked for");
    for _ in 0..2 {
        let held = bench.post(Some(&lead), &path, &[("card", &card), ("reason", "数据有误"), ("n", "1")]).await;
        assert_eq!(held.location(), format!("/runs/{}/desk?n=1", run.id));
    }
    let findings = bench.ledger.findings(&run.id).expect("findings");
    let kept: Vec<&Finding> = findings.iter().filter(|one| one.code == "kept-back").collect();
    assert_eq!(kept.len(), 1, "a form sent twice holds once");
    assert!(kept[0].text.zh.contains("lead1") && kept[0].text.zh.contains("数据有误"));
    let states: Vec<(String, DeliveryState)> =
        bench.ledger.deliveries(&run.id).expect("letters").into_iter().map(|one| (one.subject, one.state)).collect();
    assert!(states.contains(&("A002".to_owned(), DeliveryState::Withdrawn)), "{states:?}");
    assert!(states.contains(&("A001".to_owned(), DeliveryState::Pending)), "{states:?}");
    let audited = bench.ledger.audit_entries(9).expect("entries");
    assert!(audited.iter().any(|one| one.action == "hold-back" && one.detail.contains("数据有误")));
    let page = bench.get(Some(&lead), &format!("/runs/{}/desk?n=1", run.id)).await.body;
    assert!(page.contains("数据有误") && !page.contains("暂不发送这一张"), "{page}");
    let foreign = bench.post(Some(&bench.browser("lead2")), &path, &[("card", &card), ("reason", "x")]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let forged = bench.post_with_token(Some(&lead), &path, "", &[("card", &card), ("reason", "x")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn it_is_said_who_released_first() {
    let bench = Bench::shop();
    let run = ready(&bench);
    bench.ledger.say_release(&run.id, "lead1").expect("a word");
    let path = format!("/runs/{}/desk?lang=en", run.id);
    let mine = bench.get(Some(&bench.browser("lead1")), &path).await.body;
    assert!(
        mine.contains("another person releases it too") && !mine.contains("Release all that is not held"),
        "{mine}"
    );
    let theirs = bench.get(Some(&bench.browser("hr")), &path).await.body;
    assert!(theirs.contains("Released first by lead1") && theirs.contains("Release all that is not held"), "{theirs}");
}
