//! Ratings are filled in item by item, stay a draft until they are handed in, and a workbook is looked at before it counts.

use axum::http::StatusCode;
use scorepost::ledger::{AnswerStage, FormOf, Given};
use scorepost::period::Period;

use super::bench::Bench;

const FORM: &str = "/forms/monthly/2026-10/rating-supervisor-T1";

fn kept(bench: &Bench, author: &str, form: &str, stage: AnswerStage) -> Vec<Given> {
    let of = FormOf {
        job: "monthly".to_owned(),
        period: Period::parse("2026-10").expect("a period"),
        form: form.to_owned(),
        author: author.to_owned(),
    };
    bench.ledger.answers(&of, stage).expect("a read").map(|one| one.given).unwrap_or_default()
}

fn drafted(bench: &Bench) -> Vec<(String, String, String)> {
    let draft = kept(bench, "lead1", "rating-supervisor-T1", AnswerStage::Draft);
    draft.into_iter().map(|one| (one.item, one.agent, one.given)).collect()
}

fn cell(item: &str, agent: &str, given: &str) -> (String, String, String) {
    (item.to_owned(), agent.to_owned(), given.to_owned())
}

#[tokio::test]
async fn a_leader_rates_item_by_item_and_hands_in() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    let list = bench.get(Some(&lead), "/forms?job=monthly&period=2026-10").await.body;
    assert!(list.contains(FORM) && list.contains("提交进度") && list.contains("安二犇 A002"), "{list}");
    assert!(!list.contains("T2"), "{list}");
    let page = bench.get(Some(&lead), &format!("{FORM}/items/1")).await.body;
    assert!(page.contains("安一喆") && page.contains("安二犇") && page.contains("0 至 10 的数"), "{page}");
    assert!(page.contains("业务 &#60;b&#62;能力") && !page.contains("<b>"), "{page}");

    let wrong = [("g1", "10.5"), ("c1", "<i>好</i>"), ("g2", "8")];
    let sent = bench.post(Some(&lead), &format!("{FORM}/items/1/save"), &wrong).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.body.contains("aria-invalid") && sent.body.contains("value=\"10.5\""), "{}", sent.body);
    assert!(drafted(&bench).is_empty(), "nothing was saved");
    let empty = bench.post(Some(&lead), &format!("{FORM}/hand-in"), &[]).await;
    assert_eq!(empty.status, StatusCode::CONFLICT);

    let right = [("g1", "9.5"), ("c1", "=1+1"), ("g2", ""), ("c2", "")];
    let sent = bench.post(Some(&lead), &format!("{FORM}/items/1/save"), &right).await;
    assert_eq!(sent.location(), format!("{FORM}/items/2"));
    let sent = bench.post(Some(&lead), &format!("{FORM}/items/2/save"), &[("g1", "good"), ("g2", "fair")]).await;
    assert_eq!(sent.location(), FORM);
    let expected = vec![cell("manner", "A001", "good"), cell("manner", "A002", "fair"), cell("skill", "A001", "9.5")];
    assert_eq!(drafted(&bench), expected, "an empty cell is no rating");
    assert!(bench.collected.lock().expect("a lock").is_empty(), "a draft counts for nothing");

    assert_eq!(bench.post(Some(&lead), &format!("{FORM}/hand-in"), &[]).await.location(), FORM);
    let collected = bench.collected.lock().expect("a lock").clone();
    assert_eq!(collected, ["rating-supervisor-T1 by M001: manner A001 good, manner A002 fair, skill A001 9.5"]);
    let page = bench.get(Some(&lead), FORM).await.body;
    assert!(page.contains("已提交") && page.contains("3 / 4"), "{page}");
    let audited = bench.ledger.audit_entries(1).expect("entries").remove(0);
    assert_eq!((audited.who.as_str(), audited.action.as_str()), ("lead1", "hand-in-form"));
    let seen = bench.get(Some(&bench.browser("hr")), "/forms?job=monthly&period=2026-10").await.body;
    assert!(seen.contains("lead1 ·"), "{seen}");
}

#[tokio::test]
async fn a_workbook_is_looked_at_before_it_is_taken() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    let first = [("g1", "7"), ("g2", "8")];
    bench.post(Some(&lead), &format!("{FORM}/items/1/save"), &first).await;
    let book = bench.get(Some(&lead), &format!("{FORM}/workbook")).await;
    assert_eq!(book.body, "PK rating-supervisor-T1 2");
    assert!(book.headers["content-disposition"].to_str().expect("text").contains("rating-supervisor-T1.xlsx"));

    let (upload, preview) = (format!("{FORM}/upload"), format!("{FORM}/preview"));
    let wrong = "L9,supervisor,skill,A001,11,\nL10,supervisor,skill,B001,5,\nL11,peer,skill,A002,5,\n\
                 L12,supervisor,manner,A001,<script>,\nL13,supervisor,manner,A002,\u{826f}\u{597d},";
    let sent = bench.post_file(Some(&lead), &upload, wrong.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in [
        "Ratings · L9",
        "0 至 10 的数",
        "Ratings · L10",
        "不属于本表",
        "Ratings · L11",
        "Ratings · L12",
        "&#60;script&#62;",
        "良好、一般 之一",
    ] {
        assert!(sent.body.contains(shown), "{shown} is not on {}", sent.body);
    }
    assert!(!sent.body.contains("L13") && !sent.body.contains("<script>"));
    let unreadable = bench.post_file(Some(&lead), &upload, b"nothing").await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.get(Some(&lead), &preview).await.location(), FORM, "nothing waits");
    let large = bench.post_file(Some(&lead), &upload, &vec![b'x'; 5 * 1024 * 1024]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);

    let right = "L9,supervisor,skill,A001,9,好\nL12,supervisor,manner,A001,良好,";
    assert_eq!(bench.post_file(Some(&lead), &upload, right.as_bytes()).await.location(), preview);
    let shown_changes = bench.get(Some(&lead), &preview).await.body;
    for shown in ["安一喆 A001", "9 · 好", "良好", "安二犇 A002", "–"] {
        assert!(shown_changes.contains(shown), "{shown} is not on {shown_changes}");
    }
    assert_eq!(drafted(&bench), [cell("skill", "A001", "7"), cell("skill", "A002", "8")], "nothing is taken yet");
    bench.post(Some(&lead), &format!("{FORM}/take"), &[("word", "take")]).await;
    assert_eq!(drafted(&bench), [cell("manner", "A001", "good"), cell("skill", "A001", "9")]);
    assert!(kept(&bench, "lead1", "rating-supervisor-T1", AnswerStage::Upload).is_empty());
    bench.post_file(Some(&lead), &upload, b"L9,supervisor,skill,A001,1,").await;
    bench.post(Some(&lead), &format!("{FORM}/take"), &[("word", "drop")]).await;
    assert_eq!(drafted(&bench).len(), 2, "what is left out changes nothing");
}

#[tokio::test]
async fn each_fills_in_only_their_own_forms() {
    let bench = Bench::shop();
    let agent = bench.browser("a001");
    let list = bench.get(Some(&agent), "/forms?job=monthly&period=2026-10").await.body;
    assert!(list.contains("rating-self-A001") && list.contains("rating-peer-T1"), "{list}");
    assert!(!list.contains("A002") && !list.contains("supervisor"), "{list}");
    let foreign = ["rating-self-A002", "rating-supervisor-T1", "rating-supervisor-T2", "rating-none"];
    for form in foreign {
        for act in ["", "/items/1", "/workbook", "/preview"] {
            let path = format!("/forms/monthly/2026-10/{form}{act}");
            assert_eq!(bench.get(Some(&agent), &path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let peer = "/forms/monthly/2026-10/rating-peer-T1";
    let page = bench.get(Some(&agent), &format!("{peer}/items/1")).await.body;
    assert!(page.contains("安二犇") && !page.contains("安一喆"), "nobody rates themself as a colleague: {page}");
    let upload = format!("{peer}/upload");
    let oneself = bench.post_file(Some(&agent), &upload, b"L9,peer,skill,A001,10,").await;
    assert_eq!(oneself.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.get(Some(&agent), "/forms/monthly/2026-99/rating-peer-T1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.get(Some(&agent), &format!("{peer}/items/0")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.get(Some(&agent), &format!("{peer}/items/3")).await.status, StatusCode::NOT_FOUND);
}
