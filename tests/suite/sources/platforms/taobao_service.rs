//! Ratings, presence, sub-accounts and reviews of a shop on TOP.

use std::collections::BTreeMap;

use scorepost::demo::ServiceRow;

use crate::sources::stage::{Stage, days, frame, numbers, october};
use crate::sources::{finding, holds, texts};

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_ratings_and_reviews_is_the_true_one() {
    let mut stage = Stage::new(6);
    let pulled = stage.pull("taobao-service", "SHOP_URL").await;
    assert_eq!(holds(&pulled), ["too-old"], "on the 9th nobody knows the presence of the 1st: {:?}", pulled.findings);
    let too_old = finding(&pulled, "too-old").and_then(|finding| finding.subject.clone());
    assert_eq!(too_old.as_deref(), Some("taobao-service/presence"));

    let (first, last) = october();
    let truth = stage.shop.service_between(first, last);
    let surveys = frame(&pulled, "surveys");
    let mut stars: BTreeMap<String, [u64; 5]> = BTreeMap::new();
    for (account, score) in texts(surveys, "account").into_iter().zip(numbers(surveys, "score")) {
        stars.entry(account).or_default()[score.expect("a score") as usize - 1] += 1;
    }
    for ServiceRow { account, stars: true_stars, .. } in &truth {
        assert_eq!(stars.remove(account).unwrap_or_default(), *true_stars, "{account}");
    }
    assert!(surveys.height() > 300);

    let reviews = frame(&pulled, "reviews");
    let kinds = texts(reviews, "kind");
    let count = |word: &str| kinds.iter().filter(|kind| *kind == word).count() as u64;
    assert_eq!([count("praise"), count("neutral"), count("bad")], stage.shop.sold(first).reviews);
}

#[tokio::test(flavor = "multi_thread")]
async fn sub_accounts_are_joined_to_staff_numbers() {
    let mut stage = Stage::new(6);
    let pulled = stage.pull("taobao-service", "SHOP_URL").await;
    let accounts = frame(&pulled, "accounts");
    let owners: BTreeMap<(String, String), String> = texts(accounts, "platform")
        .into_iter()
        .zip(texts(accounts, "account"))
        .zip(texts(accounts, "agent_id"))
        .collect();
    for agent in stage.shop.agents() {
        assert_eq!(owners.get(&("taobao".to_owned(), agent.account.clone())), Some(&agent.id));
    }
    assert_eq!(
        owners.len(),
        2 * stage.shop.agents().len(),
        "by nick and by number, and the shared account is nobody's"
    );
    let (built, findings) = stage.tables(&pulled, Vec::new()).await;
    let surveys = built.frames["surveys"].clone();
    let nobodys = texts(&surveys, "agent_id").iter().filter(|agent| *agent == "-").count();
    let shared = texts(&surveys, "account").iter().filter(|account| account.ends_with("公用")).count();
    assert!(shared > 0 && nobodys == shared, "{nobodys} of {shared}");
    assert!(findings.iter().any(|finding| finding.code == "unmapped-account"), "and that is said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_presence_is_the_true_time_online() {
    let mut stage = Stage::new(6).period("2026-W43");
    let pulled = stage.pull("taobao-service", "SHOP_URL").await;
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let (built, _) = stage.tables(&pulled, Vec::new()).await;
    let daily = &built.frames["chats_daily"];
    let mut minutes: BTreeMap<(String, chrono::NaiveDate), i64> = BTreeMap::new();
    let rows = texts(daily, "agent_id").into_iter().zip(days(daily, "date")).zip(numbers(daily, "online_minutes"));
    for ((agent, day), online) in rows {
        *minutes.entry((agent, day.expect("a day"))).or_default() += online.unwrap_or_default();
    }
    let period = stage.bench.period;
    let mut checked = 0;
    for day in period.start.iter_days().take_while(|day| *day < period.end) {
        for row in stage.shop.service_between(day, day).iter().filter(|row| !row.agent.is_empty()) {
            let given = minutes.get(&(row.agent.clone(), day)).copied().unwrap_or_default();
            assert!(
                (given * 60 - row.online_seconds).abs() < 60,
                "{} {day}: {given} min, {} s",
                row.agent,
                row.online_seconds
            );
            checked += row.online_seconds;
        }
    }
    assert!(checked > 100 * 3600, "{checked} s");
}
