//! What each sees of a run, and how a change of rights applies at the next request.

use axum::http::StatusCode;
use scorepost::finding::Finding;
use scorepost::ledger::{Grant, Role, RunState, TeamLead};
use scorepost::period::Period;
use scorepost::words::Bilingual;

use super::bench::Bench;

#[tokio::test]
async fn a_manager_reads_no_finding_that_names_others() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Held);
    let text = |zh: &str| Bilingual::same(zh);
    bench.findings(
        &run,
        &[
            Finding::note("mine", text("安二犇缺少考勤")).about("A002"),
            Finding::note("my-team", text("一组的均值偏低")).about("T1"),
            Finding::note("shop", text("12 行被搁置")),
            Finding::note("shop-with-name", text("客服毕一昉不在花名册中")),
            Finding::note("foreign", text("缺少邮箱")).about("B002"),
            Finding::hold("foreign-team", text("对方数据不足"), text("重新取数")).about("T2"),
        ],
    );
    let page = bench.get(Some(&bench.browser("lead1")), &format!("/runs/{}", run.id)).await.body;
    for shown in ["安二犇缺少考勤", "一组的均值偏低", "12 行被搁置", "因您团队以外的原因挂起"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    for hidden in ["毕一昉", "缺少邮箱", "对方数据不足"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    let page = bench.get(Some(&bench.browser("hr")), &format!("/runs/{}", run.id)).await.body;
    for shown in ["毕一昉", "缺少邮箱", "对方数据不足", "重新取数"] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn an_agent_sees_a_card_only_once_it_is_released() {
    let bench = Bench::shop();
    let agent = bench.browser("a001");
    for state in RunState::ALL.iter().filter(|state| !matches!(state, RunState::Cancelled)) {
        let run = bench.run("2026-10", Some("T1"), *state);
        let document = bench.document_of(&run, "A001");
        let released = matches!(state, RunState::Sent | RunState::PartlySent);
        for path in [format!("/runs/{}", run.id), format!("/runs/{}/documents/{document}/pdf", run.id)] {
            let answer = bench.get(Some(&agent), &path).await;
            assert_eq!(answer.status == StatusCode::OK, released, "{state} {path}");
        }
    }
    let run = bench.run("2026-09", Some("T1"), RunState::Sent);
    let empty = Bilingual::same("复核中");
    bench.findings(&run, &[Finding::hold_subject("checked", "A001", empty.clone(), empty)]);
    assert_eq!(bench.get(Some(&agent), &format!("/runs/{}", run.id)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_moved_manager_loses_the_team_at_the_next_request() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let browser = bench.browser("lead1");
    let path = format!("/runs/{}", run.id);
    assert_eq!(bench.get(Some(&browser), &path).await.status, StatusCode::OK);
    bench.person("lead1", Role::Manager, Some("M001"), vec!["T2".to_owned()]);
    assert_eq!(bench.get(Some(&browser), &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_document_is_reached_only_through_its_own_run() {
    let bench = Bench::shop();
    let mine = bench.run("2026-10", Some("T1"), RunState::Ready);
    let theirs = bench.run("2026-10", Some("T2"), RunState::Ready);
    let foreign = bench.document_of(&theirs, "B001");
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/documents/{foreign}/pdf", mine.id);
    assert_eq!(bench.get(Some(&lead), &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.get(Some(&bench.browser("hr")), &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_manager_sees_each_team_for_the_periods_that_the_roster_says_they_led_it() {
    let bench = Bench::shop();
    let say = |period: &str, team: &str, in_office: bool| {
        let lead = TeamLead { team: team.to_owned(), manager: "M020".to_owned(), in_office };
        let period = Period::parse(period).expect("a period");
        bench.ledger.record_leads("monthly", &period, &[lead].into()).expect("recorded");
    };
    // T1 until some day of October, T2 in November.
    say("2026-09", "T1", true);
    say("2026-10", "T1", false);
    say("2026-11", "T2", true);
    bench.person("moved", Role::Manager, Some("M020"), Vec::new());
    let browser = bench.browser("moved");
    for (period, team, seen, released) in [
        ("2026-08", "T1", false, false),
        ("2026-09", "T1", true, true),
        ("2026-10", "T1", true, false),
        ("2026-11", "T1", false, false),
        ("2026-10", "T2", false, false),
        ("2026-11", "T2", true, true),
        // Not scored yet: whoever leads goes on.
        ("2026-12", "T2", true, true),
    ] {
        let run = bench.run(period, Some(team), RunState::Ready);
        let card = bench.document_of(&run, if team == "T1" { "A001" } else { "B001" });
        let (run_path, case) = (format!("/runs/{}", run.id), format!("{team} in {period}"));
        for path in [run_path.clone(), format!("/cards/{card}"), format!("{run_path}/documents/{card}/pdf")] {
            let status = bench.get(Some(&browser), &path).await.status;
            assert_eq!(status == StatusCode::OK, seen, "{case}: {path}");
            assert!(seen || status == StatusCode::NOT_FOUND, "{case}: {path}");
        }
        let answer = bench.post(Some(&browser), &format!("{run_path}/release"), &[]).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, released, "{case}");
        let list = bench.get(Some(&browser), &format!("/cards?when=monthly+{period}")).await.body;
        assert_eq!(list.contains(&format!("/cards/{card}\"")), seen, "{case}");
    }
}

#[tokio::test]
async fn a_corrected_roster_and_a_dated_grant_apply_at_the_next_request() {
    let bench = Bench::shop();
    bench.lead("roster1", "M010", "T1", true);
    let run = bench.run("2026-09", Some("T1"), RunState::Ready);
    let path = format!("/runs/{}", run.id);
    let browser = bench.browser("roster1");
    let status = async || bench.get(Some(&browser), &path).await.status;
    assert_eq!(status().await, StatusCode::OK);
    bench.ledger.record_leads("monthly", &run.period, &[].into()).expect("recorded");
    assert_eq!(status().await, StatusCode::NOT_FOUND, "the roster was corrected");
    let day = |text: &str| Some(text.parse().expect("a day"));
    for (from, until, seen) in [("2026-10-01", "2026-12-31", false), ("2026-09-30", "2026-12-31", true)] {
        let grant = Grant { team: "T1".to_owned(), from: day(from), until: day(until) };
        bench.ledger.grant_team("roster1", &grant, "hr").expect("granted");
        assert_eq!(status().await == StatusCode::OK, seen, "granted from {from}");
    }
    bench.ledger.revoke_team("roster1", "T1", "hr").expect("revoked");
    assert_eq!(status().await, StatusCode::NOT_FOUND);
}
