//! The first page: a manager's teams with their last results, and what waits until when.

use scorepost::finding::Finding;
use scorepost::ledger::RunState;
use scorepost::words::Bilingual;

use super::bench::Bench;

#[tokio::test]
async fn a_manager_sees_the_last_results_of_the_own_teams_and_their_change() {
    let bench = Bench::shop();
    bench.run("2026-09", None, RunState::Sent);
    let new = bench.run("2026-10", None, RunState::Planned);
    bench.ledger.finish_run(&new.id, RunState::Sent, None).expect("sent");
    let page = bench.get(Some(&bench.browser("lead1")), "/").await.body;
    assert!(page.contains("我的团队") && page.contains("一组") && !page.contains("二组"), "{page}");
    assert!(page.contains("/cards?when=monthly+2026-10") && page.contains("2026-11"), "{page}");
    assert!(page.contains("<strong>91.50</strong>") && page.contains("0.00"), "{page}");
    for other in ["op", "a001", "teamless"] {
        assert!(!bench.get(Some(&bench.browser(other)), "/").await.body.contains("我的团队"), "{other}");
    }
}

#[tokio::test]
async fn what_waits_is_told_with_its_deadline_and_its_reason() {
    let bench = Bench::shop();
    bench.run("2026-10", Some("T1"), RunState::Ready);
    let held = bench.run("2026-09", Some("T1"), RunState::Held);
    let why =
        Finding::hold("short", Bilingual::new("订单少了", "orders are missing"), Bilingual::new("补数", "pull again"));
    bench.findings(&held, &[why]);
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), "/").await.body;
    assert!(page.contains("最迟 2026-11-12 10:00"), "{page}");
    assert!(page.contains("已挂起：订单少了；补数"), "{page}");
    let page = bench.get(Some(&lead), "/?lang=en").await.body;
    assert!(page.contains("no later than 2026-11-12 10:00") && page.contains("held: orders are missing; pull again"));
}

#[tokio::test]
async fn a_manager_sees_runs_of_the_shop_that_hold_the_own_cards_and_no_others() {
    let bench = Bench::shop();
    let (shop, own, other) = (
        bench.run("2026-08", None, RunState::Sent),
        bench.run("2026-09", Some("T1"), RunState::Sent),
        bench.run("2026-10", Some("T2"), RunState::Sent),
    );
    let page = bench.get(Some(&bench.browser("lead1")), "/").await.body;
    assert!(page.contains(&shop.id) && page.contains(&own.id) && !page.contains(&other.id), "{page}");
}
