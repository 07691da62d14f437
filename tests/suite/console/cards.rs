//! Cards are found, looked at whole, compared and explained; an agent sees of each period the newest released edition.

use axum::http::StatusCode;
use scorepost::exact::Exact;
use scorepost::ledger::{DeliveryState, DocumentKind, NewDocument, RequestKind, Run, RunState};

use super::bench::{Bench, document};

/// A card as the scorer leaves it, in small.
fn body(points: &str) -> String {
    serde_json::json!({
        "standing": { "change": { "text": "+1.5", "way": "up" } },
        "reading": ["失分最多的是「回复率」。"],
        "lines": [{
            "id": "reply-rate", "label": "回复率", "value": "98.01%", "parts": "444 / 453", "points": points,
            "full_marks": "100", "weight": "5", "contribution": points, "status": "assumed", "rule": "≥ 98%",
        }],
        "advice": [{ "text": "再多 2 位付款客户", "gain": "+0.8" }],
        "remarks": ["分档按假定"],
    })
    .to_string()
}

/// A card of A001 with these points, as the run's edition.
fn scored(bench: &Bench, run: &Run, points: i64) -> i64 {
    let new = document(run, DocumentKind::Card, "A001", "安一喆", "T1");
    let new = NewDocument {
        total: Some(Exact::whole(points)),
        rank: Some(1),
        of: Some(2),
        grade: Some("良好".to_owned()),
        data: body(&points.to_string()),
        content_hash: format!("{points} {}", run.period),
        ..new
    };
    bench.ledger.issue(&run.id, &new).expect("a card").0.id
}

#[tokio::test]
async fn a_card_is_found_by_part_of_its_name_or_number() {
    let bench = Bench::shop();
    bench.run("2026-09", None, RunState::Sent);
    bench.run("2026-10", None, RunState::Sent);
    let hr = bench.browser("hr");
    let all = bench.get(Some(&hr), "/cards").await.body;
    for shown in ["安一喆", "毕一昉", "一组", "二组", "2026-10 · 月度绩效卡", "2026-09 · 月度绩效卡"]
    {
        assert!(all.contains(shown), "{shown}");
    }
    let one = bench.get(Some(&hr), "/cards?when=monthly+2026-09&text=b00").await.body;
    assert!(one.contains("毕一昉") && !one.contains("安一喆"), "{one}");
    let none = bench.get(Some(&hr), "/cards?text=%25").await.body;
    assert!(none.contains("没有您可以查看的绩效卡与此相符"), "{none}");
    let lead = bench.get(Some(&bench.browser("lead1")), "/cards?text=%E4%B8%80").await.body;
    assert!(lead.contains("安一喆") && !lead.contains("毕一昉"), "{lead}");
}

#[tokio::test]
async fn a_card_shows_its_numbers_history_mails_and_document() {
    let bench = Bench::shop();
    let earlier = bench.run("2026-09", Some("T1"), RunState::Sent);
    scored(&bench, &earlier, 80);
    let run = bench.run("2026-10", Some("T1"), RunState::PartlySent);
    let id = scored(&bench, &run, 83);
    bench.ledger.set_pdf(id, &"0".repeat(64)).expect("a hash");
    bench.mail(&run, "A001", DeliveryState::Failed);
    let page = bench.get(Some(&bench.browser("lead1")), &format!("/cards/{id}")).await;
    for shown in [
        "安一喆",
        "83.00",
        "+1.5",
        "1 / 2",
        "98.01%",
        "444 / 453",
        "按假定",
        "失分最多的是「回复率」。",
        "再多 2 位付款客户",
        "2026-09 80.00, 2026-10 83.00",
        "投递失败",
        "550 no",
        "重新投递失败的邮件",
        "查看计算明细",
        &format!("<iframe class=\"preview\" src=\"/cards/{id}/pdf\""),
    ] {
        assert!(page.body.contains(shown), "{shown} is not on {}", page.body);
    }
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let english = bench.get(Some(&bench.browser("lead1")), &format!("/cards/{id}?lang=en")).await.body;
    assert!(english.contains("What would raise the score most") && english.contains("assumed"), "{english}");
    let own = bench.get(Some(&bench.browser("a001")), &format!("/cards/{id}")).await.body;
    assert!(own.contains("83.00") && !own.contains("查看计算明细") && !own.contains("重新投递"), "{own}");
}

#[tokio::test]
async fn failed_mails_of_one_card_are_sent_again_once() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::PartlySent);
    let (id, other) = (bench.document_of(&run, "A001"), bench.document_of(&run, "A002"));
    bench.mail(&run, "A001", DeliveryState::Failed);
    let lead = bench.browser("lead1");
    let first = bench.post(Some(&lead), &format!("/cards/{id}/resend"), &[("key", "k")]).await;
    let again = bench.post(Some(&lead), &format!("/cards/{id}/resend"), &[("key", "k")]).await;
    assert!(first.location().starts_with("/requests/"), "{:?}", first.status);
    assert_eq!(first.location(), again.location());
    let asked = bench.ledger.requests(9).expect("requests");
    let brief: Vec<_> = asked.iter().map(|one| (one.kind, one.scope.agent.as_deref(), one.run_id.clone())).collect();
    assert_eq!(brief, [(RequestKind::Resend, Some("A001"), Some(run.id.clone()))]);
    let nothing_failed = bench.post(Some(&lead), &format!("/cards/{other}/resend"), &[("key", "k")]).await;
    assert_eq!(nothing_failed.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn editions_stand_side_by_side_with_their_differences() {
    let bench = Bench::shop();
    let ids = [80, 83].map(|points| scored(&bench, &bench.run("2026-10", Some("T1"), RunState::Sent), points));
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), &format!("/cards/{}/editions", ids[0])).await.body;
    for shown in ["<mark>83.00</mark>", "<td>80.00</td>", "<mark>98.01% (444 / 453) → 83</mark>", "回复率"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    let old = bench.get(Some(&lead), &format!("/cards/{}", ids[0])).await.body;
    assert!(old.contains("这不是最新版次") && old.contains(&format!("/cards/{}", ids[1])), "{old}");
}

#[tokio::test]
async fn an_agent_sees_the_newest_released_edition_and_no_later_one() {
    let bench = Bench::shop();
    let sent = bench.run("2026-10", Some("T1"), RunState::Sent);
    let released = scored(&bench, &sent, 80);
    let ready = bench.run("2026-10", Some("T1"), RunState::Ready);
    let next = scored(&bench, &ready, 83);
    let agent = bench.browser("a001");
    let list = bench.get(Some(&agent), "/cards").await.body;
    assert!(list.contains(&format!("/cards/{released}\"")) && list.contains("80.00"), "{list}");
    assert!(!list.contains("83.00"), "{list}");
    let page = bench.get(Some(&agent), &format!("/cards/{released}")).await.body;
    assert!(!page.contains("83.00") && !page.contains("这不是最新版次"), "{page}");
    for path in [format!("/cards/{next}"), format!("/cards/{next}/pdf"), format!("/cards/{next}/editions")] {
        assert_eq!(bench.get(Some(&agent), &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let lead = bench.get(Some(&bench.browser("lead1")), "/cards").await.body;
    assert!(lead.contains("83.00"), "a manager sees what is not yet released: {lead}");
}

#[tokio::test]
async fn every_number_is_followed_to_its_rows() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let id = bench.document_of(&run, "A001");
    let page = bench.get(Some(&bench.browser("lead1")), &format!("/cards/{id}/explanation")).await.body;
    for shown in ["monthly 2026-10", "3 / 4", "SUM(paid) FROM chats", "<td>A001</td>"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
}
