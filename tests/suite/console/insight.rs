//! Insight: trends, distributions, teams side by side, heat maps and correlations, for those who see the cards.

use axum::http::StatusCode;
use scorepost::exact::Exact;
use scorepost::ledger::{DocumentKind, NewDocument, Run, RunState};

use super::bench::{Bench, document};
use super::machine::HOSTILE;

const PAGES: [&str; 3] = ["/insight", "/insight/heat", "/insight/correlation"];

/// A card with points on two indicators.
fn scored(bench: &Bench, run: &Run, (agent, name, team): (&str, &str, &str), points: [i64; 2]) {
    let line = |id: &str, label: &str, points: i64| serde_json::json!({ "id": id, "label": label, "points": points.to_string(), "full_marks": "100" });
    let data = serde_json::json!({ "lines": [line("reply", "回复率", points[0]), line("paid", HOSTILE, points[1])] });
    let new = NewDocument {
        total: Some(Exact::whole(points[0] + points[1]).checked_div(&Exact::whole(2)).expect("a mean")),
        data: data.to_string(),
        content_hash: format!("{agent} {points:?} {}", run.period),
        ..document(run, DocumentKind::Card, agent, name, team)
    };
    bench.ledger.issue(&run.id, &new).expect("a card");
}

#[tokio::test]
async fn agents_find_no_insight_and_managers_their_teams_only() {
    let bench = Bench::shop();
    bench.run("2026-09", None, RunState::Sent);
    bench.run("2026-10", None, RunState::Sent);
    for path in PAGES {
        for one in ["op", "hr", "lead1", "teamless"] {
            assert_eq!(bench.get(Some(&bench.browser(one)), path).await.status, StatusCode::OK, "{path} for {one}");
        }
        assert_eq!(bench.get(Some(&bench.browser("a001")), path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(bench.get(None, path).await.status, StatusCode::SEE_OTHER, "{path}");
        // Whoever asks for another's team gets their own.
        let page = bench.get(Some(&bench.browser("lead1")), &format!("{path}?team=T2")).await.body;
        assert!(page.contains("一组") && !page.contains("二组") && !page.contains("毕一昉"), "{path}: {page}");
        let none = bench.get(Some(&bench.browser("teamless")), path).await.body;
        assert!(none.contains("还没有您可以查看的绩效卡") && !none.contains("一组"), "{path}: {none}");
    }
}

#[tokio::test]
async fn teams_are_compared_by_figures_worked_out_by_hand() {
    let bench = Bench::shop();
    bench.run("2026-09", None, RunState::Sent);
    bench.run("2026-10", None, RunState::Sent);
    let page = bench.get(Some(&bench.browser("hr")), "/insight?lang=en").await.body;
    // T1 has 95 and 88: mean 91.5, quartiles 89.75, 91.5, 93.25. T2 has 91 and 72: mean 81.5, quartiles 76.75, 81.5, 86.25.
    for shown in [
        "<td class=\"number\">91.50</td><td class=\"number\">88.00</td><td class=\"number\">89.75</td>\
         <td class=\"number\">91.50</td><td class=\"number\">93.25</td><td class=\"number\">95.00</td>",
        "<td class=\"number\">81.50</td><td class=\"number\">72.00</td><td class=\"number\">76.75</td>\
         <td class=\"number\">81.50</td><td class=\"number\">86.25</td><td class=\"number\">91.00</td>",
        "91.50 <small>n=2</small>",
        "n=4",
        "一组 2026-09 91.50",
    ] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert_eq!(page.matches("<svg").count(), 3, "a trend, a distribution, the teams: {page}");
    let one = bench.get(Some(&bench.browser("hr")), "/insight?team=T2&lang=en").await.body;
    assert!(one.contains("二组 2026-10 81.50") && !one.contains("一组 2026-10"), "{one}");
}

#[tokio::test]
async fn a_heat_map_has_every_agents_points() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T2"), RunState::Sent);
    scored(&bench, &run, ("A001", HOSTILE, "T1"), [100, 79]);
    scored(&bench, &run, ("A002", "安二犇", "T1"), [40, 0]);
    let page = bench.get(Some(&bench.browser("lead1")), "/insight/heat").await.body;
    for shown in [
        "<td class=\"heat4\">100</td><td class=\"heat2\">79</td>",
        "<td class=\"heat1\">40</td><td class=\"heat0\">0</td>",
        "&#60;script&#62;",
        "89.50",
    ] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn a_correlation_has_its_number_of_pairs_and_is_silent_below_ten() {
    let bench = Bench::shop();
    // Two agents over five periods: ten pairs; the ranks of the one fall as those of the other rise.
    for (place, period) in ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"].iter().enumerate() {
        let run = bench.run(period, Some("T2"), RunState::Sent);
        for (row, agent) in ["A001", "A002"].into_iter().enumerate() {
            let step = (place * 2 + row) as i64;
            scored(&bench, &run, (agent, agent, "T1"), [50 + step, 90 - step * step / 2 - step]);
        }
        let page = bench.get(Some(&bench.browser("lead1")), "/insight/correlation?lang=en").await.body;
        let pairs = (place + 1) * 2;
        let cell =
            if pairs < 10 { format!("– <small>n={pairs}</small>") } else { "-1.00 <small>n=10</small>".to_owned() };
        assert!(page.contains(&cell), "{cell} is not on {page}");
        assert!(page.contains("Spearman") && !page.contains("<script>alert"), "{page}");
    }
}

#[tokio::test]
async fn ten_thousand_agents_fit_a_page() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T2"), RunState::Sent);
    for number in 0..10_000 {
        let (agent, team) = (format!("C{number:05}"), format!("T{:03}", 100 + number / 25));
        let points = [60 + number % 40, 50 + number % 7];
        scored(&bench, &run, (&agent, &format!("Agent {number:05}"), &team), points);
    }
    for path in PAGES {
        let page = bench.get(Some(&bench.browser("hr")), path).await.body;
        assert!(page.len() < 100_000, "{path}: {} bytes", page.len());
    }
}
