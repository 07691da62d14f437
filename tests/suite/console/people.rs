//! Who may sign in is administered by operators and HR; everybody minds their own password and sessions.

use axum::http::StatusCode;
use scorepost::ledger::{Role, RunState, User};

use super::bench::{Bench, Browser, PASSWORD};

fn acts(bench: &Bench) -> Vec<(String, String, String)> {
    let entries = bench.ledger.audit_entries(99).expect("entries");
    entries.into_iter().rev().map(|one| (one.who, one.action, one.subject)).collect()
}

async fn post(bench: &Bench, who: &Browser, path: &str, fields: &[(&str, &str)]) -> StatusCode {
    bench.post(Some(who), path, fields).await.status
}

#[tokio::test]
async fn hr_adds_changes_and_shuts_out_people_and_all_of_it_is_in_the_chain() {
    let bench = Bench::shop();
    let hr = bench.browser("hr");
    let add = [("name", "新 主管"), ("role", "manager"), ("staff_number", "M9")];
    let added = bench.post(Some(&hr), "/people/add", &add).await;
    assert_eq!(added.location(), "/people/%E6%96%B0%20%E4%B8%BB%E7%AE%A1");
    let path = added.location().to_owned();
    assert_eq!(bench.post(Some(&hr), "/people/add", &add).await.location(), path, "a form sent twice adds one");
    let page = bench.get(Some(&hr), &path).await;
    assert!(page.body.contains("新 主管") && page.body.contains("M9"), "{}", page.body);
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let lead = bench.browser("新 主管");
    let sees = async || bench.get(Some(&lead), &format!("/runs/{}", run.id)).await.status;
    assert_eq!(sees().await, StatusCode::NOT_FOUND);
    for (form, seen) in [
        ([("team", "T1"), ("from", "2026-11-01"), ("until", "")], StatusCode::NOT_FOUND),
        ([("team", "T1"), ("from", "2026-10-01"), ("until", "2026-10-31")], StatusCode::OK),
    ] {
        assert_eq!(post(&bench, &hr, &format!("{path}/grant"), &form).await, StatusCode::SEE_OTHER);
        assert_eq!(sees().await, seen, "at the next request, with the same cookie");
    }
    assert_eq!(post(&bench, &hr, &format!("{path}/revoke"), &[("team", "T1")]).await, StatusCode::SEE_OTHER);
    assert_eq!(post(&bench, &hr, &format!("{path}/revoke"), &[("team", "T1")]).await, StatusCode::SEE_OTHER, "twice");
    assert_eq!(sees().await, StatusCode::NOT_FOUND);
    assert_eq!(post(&bench, &hr, &format!("{path}/sessions/end"), &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(sees().await, StatusCode::SEE_OTHER, "signed out");
    assert_eq!(post(&bench, &hr, &format!("{path}/disable"), &[]).await, StatusCode::SEE_OTHER);
    assert!(bench.ledger.user("新 主管").expect("a read").expect("the user").disabled);
    assert_eq!(post(&bench, &hr, &format!("{path}/enable"), &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(post(&bench, &hr, &format!("{path}/change"), &[("role", "agent")]).await, StatusCode::SEE_OTHER);
    let changed = bench.ledger.user("新 主管").expect("a read").expect("the user");
    assert_eq!((changed.role, changed.staff_number), (Role::Agent, None));
    let done: Vec<String> = acts(&bench).into_iter().map(|(_, action, _)| action).collect();
    let expected = [
        "user-add",
        "grant-team",
        "grant-team",
        "revoke-team",
        "end-sessions",
        "user-disable",
        "user-enable",
        "user-change",
    ];
    assert_eq!(done, expected);
    assert!(acts(&bench).iter().all(|(who, _, subject)| who == "hr" && subject == "新 主管"));
    assert!(bench.ledger.verify_audit().expect("a verdict"));
}

#[tokio::test]
async fn nobody_makes_themself_more_than_they_are() {
    let bench = Bench::shop();
    let (hr, op) = (bench.browser("hr"), bench.browser("op"));
    for (who, path, form) in [
        (&hr, "/people/op/disable", vec![]),
        (&hr, "/people/op/change", vec![("role", "agent")]),
        (&hr, "/people/hr/change", vec![("role", "operator")]),
        (&hr, "/people/hr/sessions/end", vec![]),
        (&op, "/people/op/disable", vec![]),
        (&op, "/people/nobody/disable", vec![]),
    ] {
        assert_eq!(post(&bench, who, path, &form).await, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(post(&bench, &hr, "/people/lead1/change", &[("role", "operator")]).await, StatusCode::CONFLICT);
    let add = [("name", "new"), ("role", "operator")];
    assert_eq!(post(&bench, &hr, "/people/add", &add).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(acts(&bench).is_empty());
    assert_eq!(post(&bench, &op, "/people/add", &add).await, StatusCode::SEE_OTHER, "an operator may");
}

#[tokio::test]
async fn what_cannot_be_kept_is_said_and_changes_nothing() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    for (name, role, address) in [
        ("", "agent", ""),
        ("..", "agent", ""),
        ("lead1", "agent", ""),
        ("new", "king", ""),
        ("new", "agent", "no address"),
        ("new", "agent", "a@b@c.example"),
    ] {
        let form = [("name", name), ("role", role), ("address", address)];
        assert_eq!(post(&bench, &op, "/people/add", &form).await, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
    }
    for form in [
        [("team", ""), ("from", ""), ("until", "")],
        [("team", "T1"), ("from", "soon"), ("until", "")],
        [("team", "T1"), ("from", "2026-11-01"), ("until", "2026-10-01")],
    ] {
        assert_eq!(post(&bench, &op, "/people/lead1/grant", &form).await, StatusCode::CONFLICT, "{form:?}");
    }
    let agent = [("team", "T1")];
    assert_eq!(post(&bench, &op, "/people/a001/grant", &agent).await, StatusCode::CONFLICT, "an agent leads nobody");
    assert!(acts(&bench).is_empty());
}

#[tokio::test]
async fn ten_thousand_people_fit_on_small_pages() {
    let bench = Bench::shop();
    for number in 0..10_000 {
        let user = User {
            name: format!("agent-{number:05}"),
            role: Role::Agent,
            staff_number: Some(format!("S{number:05}")),
            teams: Vec::new(),
            disabled: false,
            password_hash: None,
            created_at: bench.clock.now(),
        };
        bench.ledger.put_user(&user).expect("a user");
    }
    let hr = bench.browser("hr");
    let page = bench.get(Some(&hr), "/people?page=3").await;
    assert!(page.body.len() < 100_000 && page.body.contains("agent-00149"), "{}", page.body.len());
    assert!(page.body.contains("page=4") && page.body.contains("page=2"));
    let found = bench.get(Some(&hr), "/people?text=S09999").await.body;
    assert!(found.contains("agent-09999") && !found.contains("agent-09998"));
    let odd = bench.get(Some(&hr), "/people?page=-1&text=%25").await.body;
    assert!(!odd.contains("agent-0"), "a sign stands for itself");
}

#[tokio::test]
async fn a_new_password_asks_for_the_present_one_and_ends_the_other_sessions() {
    let bench = Bench::shop();
    let (here, elsewhere) = (bench.browser("lead1"), bench.browser("lead1"));
    let wish = |present, password, again| [("present", present), ("password", password), ("again", again)];
    let good = "another good password";
    for (form, status) in [
        (wish("wrong", good, good), StatusCode::UNPROCESSABLE_ENTITY),
        (wish(PASSWORD, "short", "short"), StatusCode::UNPROCESSABLE_ENTITY),
        (wish(PASSWORD, good, "different"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(post(&bench, &here, "/me/password", &form).await, status, "{form:?}");
    }
    let changed = bench.post(Some(&here), "/me/password", &wish(PASSWORD, good, good)).await;
    assert_eq!(changed.location(), "/me");
    for old in [&here, &elsewhere] {
        assert_eq!(bench.get(Some(old), "/").await.status, StatusCode::SEE_OTHER, "ended");
    }
    let new = Browser { cookie: changed.cookie().expect("a cookie"), csrf: String::new() };
    assert_eq!(bench.get(Some(&new), "/").await.status, StatusCode::OK);
    let sign_in = async |password| bench.post(None, "/sign-in", &[("name", "lead1"), ("password", password)]).await;
    assert_eq!(sign_in(PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sign_in(good).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_the_present_password_is_slowed_too() {
    let bench = Bench::shop();
    let browser = bench.browser("lead1");
    let form = [("present", "wrong"), ("password", "another good password"), ("again", "another good password")];
    for _ in 0..5 {
        assert_eq!(post(&bench, &browser, "/me/password", &form).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(post(&bench, &browser, "/me/password", &form).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn everybody_ends_their_forgotten_sessions() {
    let bench = Bench::shop();
    let (here, forgotten) = (bench.browser("a001"), bench.browser("a001"));
    let page = bench.get(Some(&here), "/me").await.body;
    assert!(page.contains("<small>2</small>"), "{page}");
    let answer = bench.post(Some(&here), "/me/sessions/end", &[]).await;
    let new = Browser { cookie: answer.cookie().expect("a cookie"), csrf: String::new() };
    assert_eq!(bench.get(Some(&forgotten), "/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(bench.get(Some(&new), "/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_chain_is_shown_by_person_and_action_and_checked() {
    let bench = Bench::shop();
    for number in 0..150 {
        let who = if number % 2 == 0 { "hr" } else { "lead1" };
        bench.ledger.audit(who, "release-run", &format!("run {number:03}"), "<b>markup</b>").expect("an entry");
    }
    let op = bench.browser("op");
    let newest = bench.get(Some(&op), "/audit").await.body;
    assert!(newest.contains("run 149") && newest.contains("run 050") && !newest.contains("run 049"));
    assert!(!newest.contains("<b>markup"), "what people wrote is no markup");
    assert!(newest.len() < 100_000, "{}", newest.len());
    let older = bench.get(Some(&op), "/audit?before=51").await.body;
    assert!(older.contains("run 049") && !older.contains("run 050"));
    let one = bench.get(Some(&op), "/audit?who=lead1&action=release-run").await.body;
    assert!(one.contains("run 149") && !one.contains("run 148"));
    assert!(!newest.contains("badge good"));
    assert!(bench.get(Some(&op), "/audit?check=1").await.body.contains("badge good"));
}
