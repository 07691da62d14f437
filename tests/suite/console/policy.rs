//! HR's desk: schemes read and compared, drafts tried, open values filled in, campaigns of a month.

use axum::http::StatusCode;
use scorepost::exact::Exact;
use scorepost::ledger::{Tried, TriedAgent, TriedOutcome, TriedPeriod, TriedTotals};
use scorepost::words::Bilingual;

use super::bench::Bench;
use super::machine::HOSTILE;

const NEWER: &str = "/policy/schemes/monthly?version=2";

#[tokio::test]
async fn only_hr_and_operators_find_the_schemes() {
    let bench = Bench::shop();
    let simulation = tried(&bench, "A001");
    let result = format!("/policy/simulations/{simulation}");
    let sheet = format!("{result}/csv");
    let paths = ["/policy", NEWER, "/policy/compare", "/policy/simulate", "/policy/calendar", &result, &sheet];
    for path in paths {
        for one in ["hr", "op"] {
            assert_eq!(bench.get(Some(&bench.browser(one)), path).await.status, StatusCode::OK, "{path} for {one}");
        }
        for other in ["lead1", "a001"] {
            let status = bench.get(Some(&bench.browser(other)), path).await.status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path} for {other}");
        }
        assert_eq!(bench.get(None, path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    let lead = bench.browser("lead1");
    for path in ["/policy/schemes/monthly/values", "/policy/simulate/ask"] {
        let fields = [("version", "2"), ("name", "threshold"), ("value", "9"), ("reason", "x"), ("key", "k")];
        assert_eq!(bench.post(Some(&lead), path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(bench.ledger.scheme_values("monthly", "2").expect("values"), []);
    for unknown in ["/policy/schemes/nothing", "/policy/schemes/monthly?version=9", "/policy/simulations/99"] {
        assert_eq!(bench.get(Some(&bench.browser("hr")), unknown).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn a_scheme_is_read_in_both_languages() {
    let bench = Bench::shop();
    let hr = bench.browser("hr");
    let list = bench.get(Some(&hr), "/policy").await.body;
    assert!(list.contains("月度方案") && list.contains("月度绩效卡") && list.contains("现行"), "{list}");
    assert!(list.contains("&#60;script&#62;") && !list.contains("<script>alert"), "{list}");
    let zh = bench.get(Some(&hr), "/policy/schemes/monthly?version=1&lang=zh-CN").await.body;
    let en = bench.get(Some(&hr), "/policy/schemes/monthly?version=1&lang=en").await.body;
    assert!(zh.contains("付款数") && !zh.contains("Paid"), "{zh}");
    assert!(en.contains("Paid") && en.contains("compare"), "{en}");
    let newest = bench.get(Some(&hr), "/policy/schemes/monthly").await.body;
    assert!(newest.contains("未填：用到的运行会挂起") && !newest.contains("<script>alert"), "{newest}");
}

#[tokio::test]
async fn versions_are_compared_before_and_after() {
    let bench = Bench::shop();
    let path = "/policy/compare?before=monthly+1&after=monthly+2&lang=en";
    let page = bench.get(Some(&bench.browser("hr")), path).await.body;
    for shown in ["60", "70", "Winter sale", "new", "Threshold"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains("<script>alert"), "{page}");
    let same = bench.get(Some(&bench.browser("hr")), "/policy/compare?before=monthly+1&after=monthly+1&lang=en").await;
    assert!(same.body.contains("0 differences"), "{}", same.body);
    let wild = bench.get(Some(&bench.browser("hr")), "/policy/compare?before=%3Cscript%3E&after=x").await;
    assert!(wild.status == StatusCode::OK && !wild.body.contains("<script>"), "{}", wild.body);
}

#[tokio::test]
async fn an_open_value_is_filled_in_with_author_day_and_reason() {
    let bench = Bench::shop();
    let hr = bench.browser("hr");
    let fill = async |name: &str, value: &str, reason: &str| {
        let fields = [("version", "2"), ("name", name), ("value", value), ("reason", reason)];
        bench.post(Some(&hr), "/policy/schemes/monthly/values", &fields).await
    };
    assert_eq!(fill("nothing", "1", "x").await.status, StatusCode::NOT_FOUND);
    for (value, reason) in [("many", "x"), ("9", " "), ("", "x")] {
        assert_eq!(fill("threshold", value, reason).await.status, StatusCode::CONFLICT, "{value} {reason}");
    }
    let broken = fill("threshold", "3", "below the second band").await;
    assert_eq!(broken.status, StatusCode::CONFLICT);
    assert_eq!(bench.ledger.scheme_values("monthly", "2").expect("values"), []);
    for _ in 0..2 {
        let filled = fill("threshold", "12", HOSTILE).await;
        assert_eq!((filled.status, filled.location()), (StatusCode::SEE_OTHER, NEWER));
    }
    let values = bench.ledger.scheme_values("monthly", "2").expect("values");
    assert_eq!(values.len(), 1);
    assert_eq!((values[0].value.clone(), values[0].who.as_str()), (Exact::whole(12), "hr"));
    let page = bench.get(Some(&hr), NEWER).await.body;
    for shown in ["已填 12", "由 hr 于 2026-11-09 填为 12", "&#60;script&#62;"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains("<script>alert"), "{page}");
    let told = bench.ledger.audit_entries(1).expect("entries").remove(0);
    assert_eq!((told.who.as_str(), told.action.as_str()), ("hr", "fill-scheme-value"));
}

/// A simulation whose draft raises one of two agents and pays the other.
pub fn tried(bench: &Bench, name: &str) -> i64 {
    let hr = "hr".to_owned();
    let new = scorepost::ledger::NewSimulation {
        key: format!("tried {name}"),
        job: "monthly".to_owned(),
        scheme: "monthly".to_owned(),
        version: "2".to_owned(),
        periods: "2026-10".to_owned(),
        requested_by: hr,
    };
    let id = bench.ledger.ask_simulation(&new).expect("asked").id;
    bench.ledger.take_simulation("w").expect("a take");
    let outcome = |total: &str, rank: u32, pay: &str| TriedOutcome {
        total: Some(total.to_owned()),
        rank: Some(rank),
        grade: Some(Bilingual::same("A")),
        pay: pay.to_owned(),
        for_approval: "0.00".to_owned(),
        proposals: Vec::new(),
    };
    let agent = |agent: &str, name: &str, before, after, changes| TriedAgent {
        agent: agent.to_owned(),
        name: name.to_owned(),
        team: "T1".to_owned(),
        team_name: "一组".to_owned(),
        before: Some(before),
        after: Some(after),
        changes,
    };
    let totals = |pay: &str| TriedTotals { scored: 2, pay: pay.to_owned(), ..TriedTotals::default() };
    let period = TriedPeriod {
        period: "2026-10".to_owned(),
        totals: [totals("100.00"), totals("150.50")],
        agents: vec![
            agent("A001", name, outcome("61.5", 2, "0.00"), outcome("71.234", 1, "50.50"), true),
            agent("A002", "安二犇", outcome("70", 1, "100.00"), outcome("70", 1, "100.00"), false),
        ],
    };
    let tried = Tried { in_force: Some(("monthly".to_owned(), "1".to_owned())), ..Tried::default() };
    bench.ledger.end_simulation(id, &tried, &[period]).expect("ended");
    id
}

#[tokio::test]
async fn a_simulation_is_asked_for_once_and_waits_for_the_scheduler() {
    let bench = Bench::shop();
    let hr = bench.browser("hr");
    let fields = [("job", "monthly"), ("draft", "monthly 2"), ("periods", "3"), ("key", "k")];
    let first = bench.post(Some(&hr), "/policy/simulate/ask", &fields).await;
    let again = bench.post(Some(&hr), "/policy/simulate/ask", &fields).await;
    assert_eq!(first.location(), again.location());
    let asked = bench.ledger.simulations(9).expect("simulations");
    assert_eq!((asked.len(), asked[0].asked.periods.as_str()), (1, "2026-10 2026-09 2026-08"));
    let page = bench.get(Some(&hr), first.location()).await.body;
    assert!(page.contains("正在试算，请稍候") && page.contains("http-equiv=\"refresh\""), "{page}");
    let other = [("job", "weekly"), ("draft", "monthly 2"), ("periods", "3"), ("key", "k2")];
    assert_eq!(bench.post(Some(&hr), "/policy/simulate/ask", &other).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_simulation_shows_who_changes_and_what_is_paid() {
    let bench = Bench::shop();
    let id = tried(&bench, HOSTILE);
    let page = bench.get(Some(&bench.browser("hr")), &format!("/policy/simulations/{id}?lang=en")).await.body;
    for shown in ["61.50 → 71.23", "2 → 1", "¥0.00 → ¥50.50", "100.00", "150.50", "<svg", "70–72", "1 / 2"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains("安二犇") && !page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn the_spreadsheet_has_everybody_and_computes_nothing() {
    let bench = Bench::shop();
    let id = tried(&bench, "=HYPERLINK(\"http://x\")");
    let hr = bench.browser("hr");
    let sheet = bench.get(Some(&hr), &format!("/policy/simulations/{id}/csv")).await;
    assert!(sheet.headers["content-type"].to_str().expect("text").starts_with("text/csv"));
    assert!(
        sheet.body.contains("\"'=HYPERLINK(\"\"http://x\"\")\",T1,一组,61.5,71.234,2,1,A,A,0.00,50.50"),
        "{}",
        sheet.body
    );
    assert!(sheet.body.contains("安二犇"), "{}", sheet.body);
    let told = bench.ledger.audit_entries(1).expect("entries").remove(0);
    assert_eq!((told.who.as_str(), told.action.as_str()), ("hr", "download-simulation"));
}

#[tokio::test]
async fn campaigns_stand_in_their_month() {
    let bench = Bench::shop();
    let hr = bench.browser("hr");
    let page = bench.get(Some(&hr), "/policy/calendar?month=2027-01&lang=en").await.body;
    assert!(page.contains("Winter sale") && page.contains("2027-01-10 – 2027-01-12"), "{page}");
    assert_eq!(page.matches("href=\"#c1\"").count(), 3, "three days");
    // The version that is in force in December knows no campaign.
    let before = bench.get(Some(&hr), "/policy/calendar?month=2026-12&lang=en").await.body;
    assert!(before.contains("No rule for special days"), "{before}");
}
