//! JD's customer service.

use std::collections::BTreeMap;

use polars::prelude::df;
use scorepost::demo::ServiceRow;

use crate::sources::stage::{Stage, frame, numbers, sums};
use crate::sources::{holds, texts};

/// The name that JD has for an account.
fn waiter(row: &ServiceRow) -> String {
    row.account.trim_start_matches("cntaobao").replace(':', "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_sessions_and_ratings_is_the_true_one() {
    let mut stage = Stage::new(3);
    let pulled = stage.pull("jd-im", "JD_URL").await;
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let truth = stage.shop.service(stage.bench.period.start);
    let by_waiter: BTreeMap<String, &ServiceRow> = truth.iter().map(|row| (waiter(row), row)).collect();

    let sessions = frame(&pulled, "chat_sessions");
    let mut counted: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let replied = sessions.column("first_reply_at").expect("a column").is_not_null();
    for (account, replied) in texts(sessions, "account").into_iter().zip(replied.iter()) {
        let entry = counted.entry(account).or_default();
        *entry = (entry.0 + 1, entry.1 + u64::from(replied.unwrap_or_default()));
    }
    for (waiter, row) in &by_waiter {
        assert_eq!(counted.get(waiter).copied().unwrap_or_default(), (row.sessions, row.answered), "{waiter}");
    }

    let surveys = frame(&pulled, "surveys");
    let daily = frame(&pulled, "chats_daily");
    for star in 1..=5_u64 {
        let given = sums(daily, "account", &format!("rated_{star}"), |_| true);
        let scores = texts(surveys, "account").into_iter().zip(numbers(surveys, "score"));
        let single = scores.fold(BTreeMap::<String, i64>::new(), |mut counts, (account, score)| {
            *counts.entry(account).or_default() += i64::from(score == Some(star as i64));
            counts
        });
        for (waiter, row) in &by_waiter {
            let wanted = row.stars[star as usize - 1] as i64;
            assert_eq!(given.get(waiter).copied().unwrap_or_default(), wanted, "{waiter} {star}");
            assert_eq!(single.get(waiter).copied().unwrap_or_default(), wanted, "{waiter} {star}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_a_waiter_follow_from_the_sessions() {
    let mut stage = Stage::new(3);
    let pulled = stage.pull("jd-im", "JD_URL").await;
    let agents = stage.shop.agents();
    let owned = df!(
        "platform" => vec!["jd"; agents.len()],
        "account" => agents.iter().map(|agent| format!("示例店{}", agent.name)).collect::<Vec<_>>(),
        "agent_id" => agents.iter().map(|agent| agent.id.clone()).collect::<Vec<_>>(),
        "source" => vec!["roster"; agents.len()],
    );
    let (built, _) = stage.tables(&pulled, vec![("accounts", owned.expect("a frame"))]).await;
    let daily = &built.frames["chats_daily"];
    let total = |column: &str| sums(daily, "agent_id", column, |_| true);
    let (sessions, answered, waited) = (total("sessions"), total("first_resp_count"), total("first_resp_seconds_sum"));
    let online = total("online_minutes");
    for row in stage.shop.service(stage.bench.period.start).iter().skip(1) {
        let given = (sessions[&row.agent], answered[&row.agent], waited[&row.agent]);
        assert_eq!(given, (row.sessions as i64, row.answered as i64, row.first_reply_seconds), "{}", row.agent);
        assert!((online[&row.agent] * 60 - row.online_seconds).abs() <= 31 * 30, "{}", row.agent);
    }
}
