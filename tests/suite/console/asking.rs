//! Asking for a run: several agents, a version of the scheme, the effects before the button, and not more often than
//! people do.

use axum::http::StatusCode;
use scorepost::ledger::{Request, RequestKind, RequestState, RunState};

use super::bench::Bench;

fn newest(bench: &Bench, kind: RequestKind) -> Request {
    let all = bench.ledger.requests(99).expect("requests");
    all.into_iter().find(|request| request.kind == kind).expect("a request")
}

#[tokio::test]
async fn agents_and_a_version_go_from_the_form_to_the_run() {
    let bench = Bench::shop();
    bench.run("2026-09", None, RunState::Sent);
    let lead = bench.browser("lead1");
    let form = bench.get(Some(&lead), "/rerun?team=T1").await.body;
    assert!(form.contains("agent-A001") && form.contains("agent-A002") && !form.contains("agent-B001"), "{form}");
    assert!(form.contains("2026.2 (2026-12-01)"), "versions are offered with their day");
    let wish = [
        ("job", "monthly"),
        ("team", "T1"),
        ("period", "2026-10"),
        ("agent-A002", "1"),
        ("agents", "A009， A001"),
        ("version", "2026.2"),
        ("key", "k"),
    ];
    let asked = bench.post(Some(&lead), "/rerun/plan", &wish).await;
    let plan = newest(&bench, RequestKind::Plan);
    assert_eq!(plan.scope.agents().collect::<Vec<_>>(), ["A001", "A002", "A009"]);
    let terms = bench.ledger.request_terms(plan.id).expect("terms");
    assert_eq!(terms.scheme_version.as_deref(), Some("2026.2"));
    let answer = r#"{"text": [{"zh": "评分", "en": "score"}], "same": 1, "cards": [
        {"agent": "A001", "name": "安一喆", "before": {"total": "95.00", "grade": "良好", "rank": "1 / 4"},
         "after": {"total": "90.50", "grade": "良好", "rank": "2 / 4"}, "why": {"zh": "原因：方案", "en": "Why: scheme"}},
        {"agent": "A009", "name": "<b>新</b>", "before": null, "after": {"total": "70.00", "grade": null, "rank": "4 / 4"}}]}"#;
    bench.ledger.answer_request(plan.id, RequestState::Done, Some(answer)).expect("an answer");
    let shown = bench.get(Some(&lead), asked.location()).await.body;
    assert!(
        shown.contains("95.00 → <strong>90.50</strong>") && shown.contains("1 / 4 → <strong>2 / 4</strong>"),
        "{shown}"
    );
    assert!(
        shown.contains("首版") && shown.contains("原因：方案") && shown.contains("2026.2") && !shown.contains("<b>新")
    );
    let english = bench.get(Some(&lead), &format!("{}?lang=en", asked.location())).await.body;
    assert!(
        english.contains("Why: scheme")
            && english.contains("unchanged 1")
            && english.contains("agents A001, A002, A009")
    );

    let id = plan.id.to_string();
    bench.post(Some(&lead), "/rerun/run", &[("plan", &id)]).await;
    let run = newest(&bench, RequestKind::Run);
    assert_eq!((&run.scope, bench.ledger.request_terms(run.id).expect("terms")), (&plan.scope, terms));
}

#[tokio::test]
async fn a_version_that_is_not_there_and_a_foreign_team_are_nothing() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    for wish in [
        [("job", "monthly"), ("team", "T1"), ("period", "2026-10"), ("version", "2020.1"), ("key", "k")],
        [("job", "monthly"), ("team", "T2"), ("period", "2026-10"), ("version", ""), ("key", "k")],
    ] {
        assert_eq!(bench.post(Some(&lead), "/rerun/plan", &wish).await.status, StatusCode::NOT_FOUND);
    }
    let form = bench.get(Some(&lead), "/rerun?team=T2").await.body;
    assert!(!form.contains("agent-B001"), "nobody of a foreign team is named");
    assert!(bench.ledger.requests(9).expect("requests").is_empty());
}

#[tokio::test]
async fn the_same_run_asked_for_by_two_people_is_one() {
    let bench = Bench::shop();
    let (lead, op) = (bench.browser("lead1"), bench.browser("op"));
    let mut plans = Vec::new();
    for (who, key) in [(&lead, "1"), (&op, "2")] {
        let wish = [("job", "monthly"), ("team", "T1"), ("period", "2026-10"), ("key", key)];
        bench.post(Some(who), "/rerun/plan", &wish).await;
        let plan = newest(&bench, RequestKind::Plan).id;
        bench.ledger.answer_request(plan, RequestState::Done, Some("{}")).expect("an answer");
        plans.push(plan.to_string());
    }
    assert_ne!(plans[0], plans[1]);
    let first = bench.post(Some(&lead), "/rerun/run", &[("plan", &plans[0])]).await;
    let second = bench.post(Some(&op), "/rerun/run", &[("plan", &plans[1])]).await;
    assert_eq!(first.location(), second.location());
}

#[tokio::test]
async fn a_team_is_not_run_more_often_than_people_do() {
    let bench = Bench::shop();
    bench.person("deputy", scorepost::ledger::Role::Manager, None, vec!["T1".to_owned()]);
    let ask = async |who: &str, team: &str, turn: usize| {
        let (browser, key) = (bench.browser(who), format!("{who} {turn}"));
        let wish = [("job", "monthly"), ("team", team), ("period", "2026-10"), ("key", key.as_str())];
        bench.post(Some(&browser), "/rerun/plan", &wish).await.status
    };
    for turn in 0..15 {
        assert_eq!(ask("lead1", "T1", turn).await, StatusCode::SEE_OTHER);
        assert_eq!(ask("deputy", "T1", turn).await, StatusCode::SEE_OTHER);
    }
    assert_eq!(ask("op", "T1", 0).await, StatusCode::TOO_MANY_REQUESTS, "thirty for one team are enough");
    assert_eq!(ask("op", "T2", 0).await, StatusCode::SEE_OTHER, "another team may");
}
