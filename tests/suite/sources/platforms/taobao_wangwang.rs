//! The retired statistics: five calls become one row a day and account.

use std::collections::BTreeMap;

use crate::sources::stage::{Stage, frame, numbers, sums};
use crate::sources::{holds, texts};

#[tokio::test]
async fn a_month_of_statistics_is_the_true_one() {
    let mut stage = Stage::new(4);
    stage.pull("shop-roster", "SHOP_URL").await;
    let pulled = stage.pull("taobao-wangwang", "SHOP_URL").await;
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let daily = frame(&pulled, "chats_daily");
    assert_eq!(daily.height(), 31 * stage.shop.agents().len(), "one row a day and account");
    let total = |column: &str| sums(daily, "account", column, |_| true);
    let stars: Vec<BTreeMap<String, i64>> = (1..=5).map(|star| total(&format!("rated_{star}"))).collect();
    let online = total("online_minutes");
    for row in stage.shop.service(stage.bench.period.start).iter().skip(1) {
        let given: Vec<i64> = stars.iter().map(|of| of[&row.account]).collect();
        assert_eq!(given, row.stars.map(|count| count as i64), "{}", row.account);
        assert!((online[&row.account] * 60 - row.online_seconds).abs() <= 31 * 30, "{}", row.account);
    }
    let received = |column: &str| total(column).values().sum::<i64>();
    let sessions: i64 =
        stage.shop.service(stage.bench.period.start).iter().skip(1).map(|row| row.sessions as i64).sum();
    let customers = received("replied_customers") + received("unreplied_customers");
    assert!(customers > sessions * 9 / 10 && customers <= sessions, "{customers} customers in {sessions} sessions");
    let means = texts(daily, "account").len() - numbers(daily, "avg_resp_seconds").iter().flatten().count();
    assert!(means > 0, "who did not work has no mean, not one of nought");
}
