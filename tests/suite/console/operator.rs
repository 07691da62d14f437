//! The operator's desk: what runs when, what ran, what is held, what is kept, how the machine is set.

use axum::http::StatusCode;
use chrono::TimeDelta;
use scorepost::finding::Finding;
use scorepost::ledger::{DeliveryState, RunState};
use scorepost::words::Bilingual;

use super::bench::Bench;
use super::machine::HOSTILE;

const PAGES: [&str; 5] = ["/operator", "/operator/runs", "/operator/holds", "/operator/sources", "/operator/settings"];

#[tokio::test]
async fn only_operators_find_their_desk() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Held);
    let log = format!("/operator/runs/{}/log", run.id);
    for path in PAGES.into_iter().chain([log.as_str()]) {
        assert_eq!(bench.get(Some(&bench.browser("op")), path).await.status, StatusCode::OK, "{path}");
        for other in ["hr", "lead1", "a001"] {
            let status = bench.get(Some(&bench.browser(other)), path).await.status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path} for {other}");
        }
        assert_eq!(bench.get(None, path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    for path in ["/operator/jobs/monthly/pause", "/operator/jobs/monthly/resume", "/operator/settings/check"] {
        let answer = bench.post(Some(&bench.browser("hr")), path, &[("reason", "no")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(bench.ledger.pause_of("monthly").expect("a read"), None);
}

#[tokio::test]
async fn a_job_is_paused_with_a_reason_and_resumed_both_audited() {
    let bench = Bench::shop();
    bench.run("2026-10", None, RunState::Sent);
    let op = bench.browser("op");
    let page = bench.get(Some(&op), "/operator").await.body;
    assert!(page.contains("2026-12-01 09:00") && page.contains("/operator/runs/monthly-2026-10-1/log"), "{page}");
    assert!(page.contains("/operator/jobs/monthly/pause") && !page.contains("/operator/jobs/weekly/pause"), "{page}");
    let silent = bench.post(Some(&op), "/operator/jobs/monthly/pause", &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::CONFLICT);
    for _ in 0..2 {
        let paused = bench.post(Some(&op), "/operator/jobs/monthly/pause", &[("reason", HOSTILE)]).await;
        assert_eq!((paused.status, paused.location()), (StatusCode::SEE_OTHER, "/operator"));
    }
    let page = bench.get(Some(&op), "/operator").await.body;
    assert!(page.contains("已暂停") && page.contains("&#60;script&#62;") && !page.contains("<script>alert"), "{page}");
    for _ in 0..2 {
        bench.post(Some(&op), "/operator/jobs/monthly/resume", &[]).await;
    }
    assert_eq!(bench.ledger.pause_of("monthly").expect("a read"), None);
    let told = bench.ledger.audit_entries(9).expect("entries").into_iter().map(|one| (one.who, one.action));
    let told: Vec<_> = told.filter(|(_, action)| action.ends_with("-job")).collect();
    assert_eq!(told, [("op", "resume-job"), ("op", "pause-job")].map(|(who, what)| (who.to_owned(), what.to_owned())));
    let unknown = bench.post(Some(&op), "/operator/jobs/nothing/pause", &[("reason", "x")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn runs_are_filtered_and_paged() {
    let bench = Bench::shop();
    let held = bench.run("2026-09", None, RunState::Held);
    for _ in 0..100 {
        bench.run("2026-10", Some("T1"), RunState::Done);
    }
    let op = bench.browser("op");
    let first = bench.get(Some(&op), "/operator/runs").await.body;
    assert!(first.contains("101 次运行") && first.contains("1 / 2") && !first.contains(&held.id), "{first}");
    let second = bench.get(Some(&op), "/operator/runs?sheet=2").await.body;
    assert!(second.contains(&held.id) && !second.contains("monthly-2026-10-1\""), "{second}");
    let found = bench.get(Some(&op), "/operator/runs?state=held&period=2026").await.body;
    assert!(found.contains(&held.id) && found.contains("1 次运行"), "{found}");
    let none =
        bench.get(Some(&op), "/operator/runs?job=%22%3E%3Cscript%3Ealert(1)&period=%22%3E%3Cscript%3E").await.body;
    assert!(none.contains("没有符合的运行") && !none.contains("<script>"), "{none}");
    assert!(first.len() < 100_000, "{}", first.len());
}

#[tokio::test]
async fn what_is_held_is_told_with_the_next_step_until_a_later_run_replaces_it() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Held);
    let next = Bilingual::new("重新取数", "pull it again");
    bench.findings(
        &run,
        &[
            Finding::hold("short-pull", Bilingual::same(HOSTILE), next),
            Finding::note("rows-set-aside", Bilingual::same("only a note")),
        ],
    );
    let op = bench.browser("op");
    let page = bench.get(Some(&op), "/operator/holds?lang=en").await.body;
    assert!(page.contains("pull it again") && page.contains("&#60;script&#62;"), "{page}");
    assert!(!page.contains("only a note") && !page.contains("<script>alert"), "{page}");
    bench.run("2026-10", None, RunState::Sent);
    let page = bench.get(Some(&op), "/operator/holds?lang=en").await.body;
    assert!(page.contains("Nothing is held"), "{page}");
}

#[tokio::test]
async fn a_months_coverage_is_a_calendar_of_marks() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    let page = bench.get(Some(&op), "/operator/sources?source=shop&month=2026-10&lang=en").await.body;
    for shown in [
        "<td>●</td><td>●</td><td>◐</td><td>○</td><td>·</td>",
        "12 pages, 345 records · 4 ids",
        "3 d ago … 1 d ago",
        "never pulled",
        "month=2026-09",
        "month=2026-11",
        "&#60;script&#62;",
        "2 final, 1 may still change",
    ] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains("<script>alert"), "{page}");
    // The 30 days of another month, of which five are known.
    let other = bench.get(Some(&op), "/operator/sources?source=shop&month=2026-11").await.body;
    assert_eq!(other.matches("<td>·</td>").count(), 26);
    let odd = bench.get(Some(&op), "/operator/sources?source=nothing&month=x").await;
    assert_eq!(odd.status, StatusCode::OK);
}

#[tokio::test]
async fn the_log_of_a_run_tells_its_stages_people_and_mails() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Pulling);
    for (state, minutes) in [(RunState::Scoring, 2), (RunState::Ready, 3), (RunState::PartlySent, 1)] {
        bench.later(TimeDelta::minutes(minutes));
        bench.ledger.set_state(&run.id, state).expect("a state");
    }
    bench.ledger.audit("lead1", "release", &run.id, "").expect("an entry");
    bench.mail(&run, "A001", DeliveryState::Failed);
    let page = bench.get(Some(&bench.browser("op")), &format!("/operator/runs/{}/log", run.id)).await.body;
    for shown in ["正在取数", "0:02:00", "正在评分", "0:03:00", "lead1", "release", "data shop of", "投递失败 1"]
    {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    let none = bench.get(Some(&bench.browser("op")), "/operator/runs/nothing/log").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn settings_are_checked_when_somebody_asks() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    let page = bench.get(Some(&op), "/operator/settings").await.body;
    assert!(page.contains("启动后尚未检查") && page.contains("smtp://mail.example:25"), "{page}");
    let asked = bench.post(Some(&op), "/operator/settings/check", &[]).await;
    assert_eq!(asked.location(), "/operator/settings");
    let page = bench.get(Some(&op), "/operator/settings").await.body;
    for shown in ["错误 1", "警告 1", "write a number", "&#60;script&#62;"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    // Each kind has its own word and look; what is only worth knowing is counted neither as wrong nor as doubtful.
    let badges = |page: &str, words: [&str; 3]| {
        let places = ["jobs/monthly.toml:3:1", "jobs/weekly.toml:2:1", "sources/shop.toml:1:1"];
        for ((tone, word), place) in ["bad", "wait", "quiet"].into_iter().zip(words).zip(places) {
            let badge = format!("<span class=\"badge {tone}\">{word}</span> <small>{place}</small>");
            assert!(page.contains(&badge), "{badge} is not on {page}");
        }
    };
    badges(&page, ["错误", "警告", "说明"]);
    let english = bench.get(Some(&op), "/operator/settings?lang=en").await.body;
    badges(&english, ["error", "warning", "note"]);
    assert!(!page.contains("<script>alert"), "{page}");
}
