//! A person decides about a proposal in the console: once, with a reason, and never about themself.

use axum::http::StatusCode;
use scorepost::ledger::{NewRun, ProposalState, Role, RunState, Said, Scope, Trigger};
use scorepost::period::Period;

use super::bench::{Answer, Bench, Browser};

async fn decide(bench: &Bench, who: &Browser, id: i64, verdict: &str, reason: &str) -> Answer {
    let form = [("verdict", verdict), ("reason", reason)];
    bench.post(Some(who), &format!("/proposals/{id}/decide"), &form).await
}

fn state(bench: &Bench, id: i64) -> ProposalState {
    bench.ledger.proposal(id).expect("a read").expect("the proposal").state
}

#[tokio::test]
async fn a_manager_decides_about_their_own_team_once_and_with_a_reason() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    let (mine, other) = (bench.propose(&run, "A002", 80), bench.propose(&run, "B001", 70));
    let lead = bench.browser("lead1");
    assert!(bench.get(Some(&lead), "/").await.body.contains("奖惩建议"));
    assert!(bench.get(Some(&lead), &format!("/runs/{}", run.id)).await.body.contains("待决定的建议: 1"));
    let page = bench.get(Some(&lead), "/proposals").await.body;
    for shown in ["安二犇", "扣款 ¥80.00", "超时 3 次", "fine · late-reply", &format!("/proposals/{mine}/decide")]
    {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains("¥70.00") && !page.contains(&format!("/proposals/{other}/decide")));
    assert!(bench.get(Some(&lead), "/proposals?lang=en").await.body.contains("late 3 times"));

    for (verdict, reason) in [("approve", "  "), ("perhaps", "seen"), ("approve", "长".repeat(501).as_str())] {
        assert_eq!(decide(&bench, &lead, mine, verdict, reason).await.status, StatusCode::CONFLICT);
    }
    assert_eq!(state(&bench, mine), ProposalState::Pending);
    for _ in 0..2 {
        assert_eq!(decide(&bench, &lead, mine, "approve", "已面谈").await.location(), "/proposals");
    }
    assert_eq!(decide(&bench, &lead, mine, "refuse", "改主意").await.status, StatusCode::CONFLICT);
    let ended = bench.ledger.proposal(mine).expect("a read").expect("the proposal").ended;
    let expected = Said { by: "lead1".to_owned(), at: bench.clock.now(), reason: "已面谈".to_owned() };
    assert_eq!(ended, Some(expected));
    let audited = bench.ledger.audit_entries(9).expect("entries");
    let decisions: Vec<&str> =
        audited.iter().filter(|one| one.action.ends_with("-proposal")).map(|one| one.who.as_str()).collect();
    assert_eq!(decisions, ["lead1"], "the form sent twice counts once");
    let page = bench.get(Some(&lead), "/proposals").await.body;
    assert!(page.contains("最近的决定") && page.contains("已面谈") && page.contains("没有等您决定的建议"), "{page}");
    assert!(!bench.get(Some(&lead), "/").await.body.contains("奖惩建议"));
    assert_eq!(state(&bench, other), ProposalState::Pending);
}

#[tokio::test]
async fn nobody_decides_about_themself() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    let id = bench.propose(&run, "A001", 80);
    bench.person("own", Role::Manager, Some("A001"), vec!["T1".to_owned()]);
    let own = bench.browser("own");
    let page = bench.get(Some(&own), "/proposals").await.body;
    assert!(page.contains("关于您本人") && !page.contains(&format!("/proposals/{id}/decide")), "{page}");
    assert!(!bench.get(Some(&own), "/").await.body.contains("奖惩建议"), "it does not wait for them");
    assert_eq!(decide(&bench, &own, id, "approve", "deserved").await.status, StatusCode::CONFLICT);
    assert_eq!(state(&bench, id), ProposalState::Pending);
    assert_eq!(decide(&bench, &bench.browser("lead1"), id, "refuse", "no").await.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&bench, id), ProposalState::Refused);
}

#[tokio::test]
async fn nothing_is_decided_while_the_run_is_held() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Held);
    let id = bench.propose(&run, "A001", 80);
    let hr = bench.browser("hr");
    let page = bench.get(Some(&hr), "/proposals").await.body;
    assert!(page.contains("已挂起或尚未完成") && !page.contains(&format!("/proposals/{id}/decide")), "{page}");
    assert_eq!(decide(&bench, &hr, id, "approve", "seen").await.status, StatusCode::CONFLICT);
    assert_eq!(state(&bench, id), ProposalState::Pending);
}

#[tokio::test]
async fn a_changed_amount_shows_the_decision_before_it() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let first = bench.propose(&run, "A001", 80);
    let hr = bench.browser("hr");
    assert_eq!(decide(&bench, &hr, first, "approve", "seen").await.status, StatusCode::SEE_OTHER);
    let second = bench.propose(&run, "A001", 95);
    assert_ne!(first, second);
    let page = bench.get(Some(&hr), "/proposals").await.body;
    assert!(page.contains(&format!("#{first} 扣款 ¥80.00: 已批准")) && page.contains("¥95.00"), "{page}");
    assert_eq!((state(&bench, first), state(&bench, second)), (ProposalState::Approved, ProposalState::Pending));
}

#[tokio::test]
async fn two_persons_approve_where_the_job_asks_for_two() {
    let bench = Bench::shop();
    let new = NewRun {
        job: "weekly".to_owned(),
        period: Period::parse("2026-W41").expect("a period"),
        scope: Scope::default(),
        trigger: Trigger::AdHoc,
        requested_by: "op".to_owned(),
        refresh: false,
        send: false,
        as_of: None,
    };
    let run = bench.ledger.start_run(&new).expect("a run");
    let id = bench.propose(&run, "A002", 80);
    bench.ledger.set_state(&run.id, RunState::Ready).expect("a state");
    let (lead, hr) = (bench.browser("lead1"), bench.browser("hr"));
    for _ in 0..2 {
        assert_eq!(decide(&bench, &lead, id, "approve", "已面谈").await.location(), "/proposals");
    }
    assert_eq!(state(&bench, id), ProposalState::Pending);
    let page = bench.get(Some(&lead), "/proposals").await.body;
    assert!(page.contains("须由另一人再批准") && !page.contains("value=\"approve\""), "{page}");
    assert!(!bench.get(Some(&lead), "/").await.body.contains("奖惩建议"), "it waits for somebody else");
    let page = bench.get(Some(&hr), "/proposals").await.body;
    assert!(page.contains("一人已同意") && page.contains("lead1 ·") && page.contains("value=\"approve\""), "{page}");
    assert_eq!(decide(&bench, &hr, id, "approve", "同意").await.location(), "/proposals");
    assert_eq!(state(&bench, id), ProposalState::Approved);
}
