//! An agent questions a line by a signed link or signed in, and a manager of the team answers once, with a reason.

use axum::http::StatusCode;
use chrono::TimeDelta;
use scorepost::exact::Exact;
use scorepost::ledger::{AppealState, Document, RequestKind, RunState, Sets, WantedAppeals};

use super::bench::{Answer, Bench, Browser};

fn card(bench: &Bench) -> Document {
    let run = bench.run("2026-10", None, RunState::Sent);
    bench.questionable(&run, "A001")
}

fn link(bench: &Bench, card: &Document) -> String {
    format!("/my/{}", bench.ledger.sign_link(card).expect("signed").expect("a link"))
}

fn state(bench: &Bench, id: i64) -> AppealState {
    bench.ledger.appeal(id).expect("a read").expect("the appeal").state
}

async fn answer(bench: &Bench, who: &Browser, id: i64, form: &[(&str, &str)]) -> Answer {
    bench.post(Some(who), &format!("/appeals/{id}/answer"), form).await
}

#[tokio::test]
async fn a_link_questions_a_line_and_says_that_the_card_was_read() {
    let bench = Bench::shop();
    let card = card(&bench);
    let mine = link(&bench, &card);
    let page = bench.get(None, &mine).await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in ["安一喆", "回复率", "90.0%", "9 / 10", "可申诉至（含当日）：2027-12-31", "我已阅读"]
    {
        assert!(page.body.contains(shown), "{shown} is not on {}", page.body);
    }
    assert!(!page.body.contains("安二犇") && !page.body.contains("/sign-out"), "it shows that card and no more");
    assert!(page.body.contains("差错 &#60;b&#62;") && !page.body.contains("<b>"), "{}", page.body);

    for _ in 0..2 {
        let sent = bench.post(None, &format!("{mine}/acknowledge"), &[]).await;
        assert_eq!(sent.location(), mine);
    }
    assert_eq!(bench.ledger.acknowledged_at(card.id).expect("read"), Some(bench.clock.now()));
    let reason = "10月5日请假 <script>alert(1)</script> =HYPERLINK(\"x\")";
    for _ in 0..2 {
        let sent = bench.post(None, &format!("{mine}/question"), &[("line", "reply"), ("reason", reason)]).await;
        assert_eq!(sent.location(), mine);
    }
    let opened = bench.ledger.appeals(&WantedAppeals::default()).expect("appeals");
    assert_eq!(opened.len(), 1, "a form sent twice opens one");
    assert_eq!((opened[0].line.as_str(), opened[0].reason.as_str()), ("reply", reason));
    let page = bench.get(None, &mine).await.body;
    assert!(page.contains("您已确认阅读") && page.contains("待答复") && !page.contains("<script>alert"), "{page}");
    for who in ["lead1", "hr"] {
        let browser = bench.browser(who);
        for path in ["/appeals".to_owned(), format!("/appeals/{}", opened[0].id), format!("/cards/{}", card.id)] {
            let page = bench.get(Some(&browser), &path).await.body;
            assert!(page.contains("10月5日请假 &#60;script") && !page.contains("<script>alert"), "{who} {path}");
        }
    }
    let none = bench.post(None, &format!("{mine}/question"), &[("line", "no-such"), ("reason", "x")]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let empty = bench.post(None, &format!("{mine}/question"), &[("line", "events"), ("reason", " \n")]).await;
    assert_eq!(empty.status, StatusCode::CONFLICT);
    let id = opened[0].id.to_string();
    assert_eq!(bench.post(None, &format!("{mine}/withdraw"), &[("appeal", &id)]).await.location(), mine);
    assert_eq!(state(&bench, opened[0].id), AppealState::Withdrawn);
    let actions: Vec<String> =
        bench.ledger.audit_entries(9).expect("entries").into_iter().map(|one| one.action).collect();
    assert_eq!(actions, ["withdraw-appeal", "open-appeal", "acknowledge-card"]);
}

#[tokio::test]
async fn a_forged_or_expired_link_is_not_there() {
    let bench = Bench::shop();
    let card = card(&bench);
    let mine = link(&bench, &card);
    let run = bench.run("2026-09", None, RunState::Sent);
    let other = bench.questionable(&run, "A002");
    let (_, seal) = mine.rsplit_once('.').expect("a seal");
    let moved = link(&bench, &other).rsplit_once('.').map(|(head, _)| format!("{head}.{seal}")).expect("a link");
    for forged in
        [moved, format!("{}A", &mine[..mine.len() - 1]), format!("{mine}A"), "/my/1".to_owned(), "/my/%00".to_owned()]
    {
        if forged == mine {
            continue;
        }
        let nonsense = bench.get(None, "/no/such/page").await;
        let page = bench.get(None, &forged).await;
        assert_eq!((page.status, page.body), (StatusCode::NOT_FOUND, nonsense.body), "{forged}");
        for act in ["question", "withdraw", "acknowledge"] {
            let form = [("line", "reply"), ("reason", "x"), ("appeal", "1")];
            let sent = bench.post(None, &format!("{forged}/{act}"), &form).await;
            assert_eq!(sent.status, StatusCode::NOT_FOUND, "{forged}/{act}");
        }
    }
    // Another's appeal cannot be taken back by this card's link.
    let theirs = bench.appeal(&other, "我的").to_string();
    let sent = bench.post(None, &format!("{mine}/withdraw"), &[("appeal", &theirs)]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    bench.later(TimeDelta::days(500));
    assert_eq!(bench.get(None, &mine).await.status, StatusCode::NOT_FOUND);
    let late = bench.post(None, &format!("{mine}/question"), &[("line", "reply"), ("reason", "x")]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.ledger.appeals(&WantedAppeals::default()).expect("appeals").len(), 1);
}

#[tokio::test]
async fn nobody_who_is_signed_in_speaks_in_the_agents_place() {
    let bench = Bench::shop();
    let card = card(&bench);
    let mine = link(&bench, &card);
    for who in ["lead1", "hr", "numberless"] {
        let browser = bench.browser(who);
        let sent = bench.post(Some(&browser), &format!("{mine}/acknowledge"), &[]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{who}");
    }
    assert_eq!(bench.ledger.acknowledged_at(card.id).expect("read"), None);
    let agent = bench.browser("a001");
    let own = format!("/cards/{}", card.id);
    assert!(bench.get(Some(&agent), &own).await.body.contains(&format!("{own}/appeals")));
    let sent = bench.post(Some(&agent), &format!("{own}/acknowledge"), &[]).await;
    assert_eq!(sent.location(), format!("{own}/appeals"));
    assert!(bench.ledger.acknowledged_at(card.id).expect("read").is_some());
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), &format!("/runs/{}", card.run_id)).await.body;
    assert!(page.contains("已确认阅读") && page.contains("1 / 2"), "{page}");
    assert!(bench.get(Some(&lead), &own).await.body.contains("本人已确认阅读"));
    // A form from elsewhere does not count, however well it knows the link.
    let request = super::bench::request("POST", &format!("{mine}/acknowledge"), None)
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site");
    let sent = bench.send(request.body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_manager_accepts_within_what_the_line_allows() {
    let bench = Bench::shop();
    let card = card(&bench);
    let id = bench.appeal(&card, "10月5日请假");
    let lead = bench.browser("lead1");
    assert!(bench.get(Some(&lead), "/").await.body.contains("/appeals"));
    let page = bench.get(Some(&lead), &format!("/appeals/{id}?lang=en")).await.body;
    for shown in ["90.0%", "9 / 10", "numerator", "Accept and score again"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    for (sets, amount, reason) in [
        ("points", "20.5", "x"),
        ("points", "-1", "x"),
        ("value", "95", "x"),
        ("numerator", "many", "x"),
        ("points", "18", " "),
    ] {
        let form = [("ruling", "accept"), ("sets", sets), ("amount", amount), ("reason", reason)];
        let sent = answer(&bench, &lead, id, &form).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{sets} {amount}");
        assert!(sent.body.contains("role=\"alert\"") && sent.body.contains(&format!("value=\"{amount}\"")));
    }
    assert_eq!(answer(&bench, &lead, id, &[("reason", "x")]).await.status, StatusCode::CONFLICT);
    assert_eq!(state(&bench, id), AppealState::Open);
    let form = [("ruling", "accept"), ("sets", "value"), ("amount", "95.3%"), ("reason", "考勤已核对")];
    for _ in 0..2 {
        assert_eq!(answer(&bench, &lead, id, &form).await.location(), format!("/appeals/{id}"));
    }
    let set = bench.ledger.adjustments("monthly", &card.period).expect("adjustments");
    assert_eq!(set.len(), 1, "the form sent twice counts once");
    assert_eq!(
        (set[0].sets, set[0].amount.clone(), set[0].author.as_str()),
        (Sets::Value, Exact::scaled(953, 3), "lead1")
    );
    let asked = bench.ledger.requests(1).expect("requests").remove(0);
    assert_eq!((asked.kind, asked.send, asked.scope.agent.as_deref()), (RequestKind::Run, false, Some("A001")));
    let page = bench.get(Some(&lead), &format!("/appeals/{id}")).await.body;
    assert!(page.contains("已采纳") && page.contains(&format!("/requests/{}", asked.id)), "{page}");
    let refuse = [("ruling", "refuse"), ("reason", "改主意")];
    assert_eq!(answer(&bench, &lead, id, &refuse).await.status, StatusCode::CONFLICT);
    let rates = bench.get(Some(&bench.browser("hr")), "/appeals/rates").await.body;
    assert!(rates.contains("回复率") && rates.contains("100%") && rates.contains("0.0"), "{rates}");
    let linked = bench.get(None, &link(&bench, &card)).await.body;
    assert!(linked.contains("考勤已核对") && linked.contains("指标值改定为 0.953"), "{linked}");
}

#[tokio::test]
async fn the_wrong_team_and_the_agent_themself_answer_nothing() {
    let bench = Bench::shop();
    let card = card(&bench);
    let id = bench.appeal(&card, "10月5日请假");
    let form = [("ruling", "refuse"), ("reason", "x")];
    for who in ["lead2", "teamless", "a001"] {
        let browser = bench.browser(who);
        assert_eq!(bench.get(Some(&browser), &format!("/appeals/{id}")).await.status, StatusCode::NOT_FOUND, "{who}");
        assert_eq!(answer(&bench, &browser, id, &form).await.status, StatusCode::NOT_FOUND, "{who}");
    }
    bench.person("own", scorepost::ledger::Role::Hr, Some("A001"), Vec::new());
    let own = bench.browser("own");
    assert!(bench.get(Some(&own), &format!("/appeals/{id}")).await.body.contains("关于您本人"));
    assert_eq!(answer(&bench, &own, id, &form).await.status, StatusCode::CONFLICT);
    assert_eq!(state(&bench, id), AppealState::Open);
}

#[tokio::test]
async fn a_long_list_of_appeals_is_cut_into_sheets() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Sent);
    let card = bench.questionable(&run, "A001");
    for _ in 0..400 {
        let id = bench.appeal(&card, &"长".repeat(60));
        bench.ledger.withdraw_appeal(id, "A001", "link").expect("taken back");
    }
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), "/appeals").await;
    assert!(page.status == StatusCode::OK && page.body.len() < 100_000, "{} bytes", page.body.len());
    assert!(page.body.contains("?sheet=2#all"));
}
