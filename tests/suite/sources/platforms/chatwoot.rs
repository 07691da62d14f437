//! A Chatwoot desk.

use std::collections::BTreeMap;

use crate::sources::stage::{Stage, frame, in_october, numbers, sums};
use crate::sources::{holds, texts};

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_conversations_and_answers_is_the_true_one() {
    let mut stage = Stage::new(2);
    let pulled = stage.pull("chatwoot", "CHATWOOT_URL").await;
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let truth = stage.shop.service(stage.bench.period.start);

    let sessions = frame(&pulled, "chat_sessions");
    let inside = in_october(sessions, "started_at");
    let replied = sessions.column("first_reply_at").expect("a column").is_not_null();
    let mut counted: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let rows = texts(sessions, "account").into_iter().zip(replied.iter()).zip(inside);
    for ((account, replied), _) in rows.filter(|(_, inside)| *inside) {
        let entry = counted.entry(account).or_default();
        *entry = (entry.0 + 1, entry.1 + u64::from(replied.unwrap_or_default()));
    }
    let surveys = frame(&pulled, "surveys");
    let summary = sums(frame(&pulled, "chats_daily"), "account", "sessions", |_| true);
    for (number, row) in truth.iter().enumerate() {
        let id = (100 + number).to_string();
        assert_eq!(counted.get(&id).copied().unwrap_or_default(), (row.sessions, row.answered), "{id}");
        assert_eq!(summary[&id], row.sessions as i64, "the desk counts the same: {id}");
        let scores = texts(surveys, "account").into_iter().zip(numbers(surveys, "score"));
        let given = scores.filter(|(account, _)| *account == id).fold([0; 5], |mut stars: [u64; 5], (_, score)| {
            stars[score.expect("a score") as usize - 1] += 1;
            stars
        });
        assert_eq!(given, row.stars, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_their_mail() {
    let mut stage = Stage::new(2);
    let pulled = stage.pull("chatwoot", "CHATWOOT_URL").await;
    let (built, _) = stage.tables(&pulled, Vec::new()).await;
    let daily = &built.frames["chats_daily"];
    let total = |column: &str| sums(daily, "agent_id", column, |_| true);
    let (sessions, waited) = (total("sessions"), total("first_resp_seconds_sum"));
    for row in stage.shop.service(stage.bench.period.start).iter().skip(1) {
        assert_eq!((sessions[&row.agent], waited[&row.agent]), (row.sessions as i64, row.first_reply_seconds));
    }
}
