//! From the plan to the run: what was shown is what is asked for, and a form counts once.

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use futures_util::future::join_all;
use scorepost::finding::Finding;
use scorepost::ledger::{
    DeliveryState, NewRun, Progress, Request, RequestKind, RequestState, RunState, Scope, Trigger,
};
use scorepost::period::Period;
use scorepost::words::Bilingual;
use tower::ServiceExt;

use super::bench::{Bench, request};

const WISH: [(&str, &str); 6] =
    [("job", "monthly"), ("team", "T1"), ("period", "2026-10"), ("data", "refresh"), ("mail", "none"), ("key", "k1")];

fn requests(bench: &Bench, kind: RequestKind) -> Vec<Request> {
    let all = bench.ledger.requests(99).expect("requests");
    all.into_iter().filter(|request| request.kind == kind).collect()
}

#[tokio::test]
async fn a_manager_goes_from_the_form_to_the_run() {
    let bench = Bench::shop();
    bench.run("2026-09", None, RunState::Sent);
    let lead = bench.browser("lead1");
    let form = bench.get(Some(&lead), "/rerun").await.body;
    assert!(form.contains("<option value=\"T1\">一组</option>"), "{form}");
    assert!(form.contains("<option value=\"2026-10\" selected>"), "the last full month is chosen");
    assert!(!form.contains("全部团队"), "a manager is not offered the whole shop");

    let asked = bench.post(Some(&lead), "/rerun/plan", &WISH).await;
    let plan = &requests(&bench, RequestKind::Plan)[0];
    assert_eq!(asked.location(), format!("/requests/{}", plan.id));
    assert_eq!((plan.scope.to_string(), plan.period.as_str()), ("team T1".to_owned(), "2026-10"));
    assert!(plan.refresh && !plan.send);
    assert!(bench.get(Some(&lead), asked.location()).await.body.contains("正在处理"));

    let answer = r#"{"text": {"zh": ["取数 3 页"], "en": ["pull 3 pages"]}, "effects": {"zh": ["2 张卡会变化"], "en": ["2 cards change"]}}"#;
    bench.ledger.answer_request(plan.id, RequestState::Done, Some(answer)).expect("an answer");
    let shown = bench.get(Some(&lead), asked.location()).await.body;
    assert!(shown.contains("取数 3 页") && shown.contains("2 张卡会变化") && shown.contains("开始运行"), "{shown}");
    let shown = bench.get(Some(&lead), &format!("{}?lang=en", asked.location())).await.body;
    assert!(shown.contains("pull 3 pages") && shown.contains("Run it"), "{shown}");

    let id = plan.id.to_string();
    let going = bench.post(Some(&lead), "/rerun/run", &[("plan", &id)]).await;
    let run = &requests(&bench, RequestKind::Run)[0];
    assert_eq!((&run.scope, &run.period, run.refresh, run.send), (&plan.scope, &plan.period, true, false));
    let new = NewRun {
        job: "monthly".to_owned(),
        period: Period::parse("2026-10").expect("a period"),
        scope: Scope { team: Some("T1".to_owned()), agent: None },
        trigger: Trigger::AdHoc,
        requested_by: "lead1".to_owned(),
        refresh: true,
        send: false,
        as_of: None,
    };
    let started = bench.ledger.start_run(&new).expect("a run");
    bench.ledger.attach_run(run.id, &started.id).expect("attached");
    let led_on = bench.get(Some(&lead), going.location()).await;
    assert_eq!(led_on.location(), format!("/runs/{}", started.id));
    let page = bench.get(Some(&lead), led_on.location()).await;
    assert!(page.body.contains("等待开始") && page.body.contains("取消运行"), "{}", page.body);
    let audited: Vec<String> = bench.ledger.audit_entries(9).expect("entries").into_iter().map(|e| e.action).collect();
    assert!(audited.contains(&"ask-plan".to_owned()) && audited.contains(&"ask-run".to_owned()), "{audited:?}");
}

#[tokio::test]
async fn a_form_sent_twice_counts_once() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    let many = join_all((0..8).map(|_| bench.post(Some(&lead), "/rerun/plan", &WISH))).await;
    let plans = requests(&bench, RequestKind::Plan);
    assert_eq!(plans.len(), 1);
    assert!(many.iter().all(|answer| answer.location() == format!("/requests/{}", plans[0].id)));
    bench.ledger.answer_request(plans[0].id, RequestState::Done, Some("{}")).expect("an answer");
    let id = plans[0].id.to_string();
    let form = [("plan", id.as_str())];
    join_all((0..8).map(|_| bench.post(Some(&lead), "/rerun/run", &form))).await;
    let op = bench.browser("op");
    bench.post(Some(&op), "/rerun/run", &form).await;
    assert_eq!(requests(&bench, RequestKind::Run).len(), 1, "one plan is one run, whoever presses");
}

#[tokio::test]
async fn a_plan_runs_only_when_it_was_shown() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    bench.post(Some(&lead), "/rerun/plan", &WISH).await;
    let plan = requests(&bench, RequestKind::Plan)[0].id;
    let id = plan.to_string();
    let early = bench.post(Some(&lead), "/rerun/run", &[("plan", &id)]).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    bench.ledger.answer_request(plan, RequestState::Failed, Some("no such month")).expect("an answer");
    let failed = bench.post(Some(&lead), "/rerun/run", &[("plan", &id)]).await;
    assert_eq!(failed.status, StatusCode::NOT_FOUND);
    let page = bench.get(Some(&lead), &format!("/requests/{plan}")).await.body;
    assert!(page.contains(&format!("告知编号 {plan}")) && !page.contains("开始运行"));
    assert!(!page.contains("no such month"), "a reason may name anybody");
    assert!(bench.get(Some(&bench.browser("op")), &format!("/requests/{plan}")).await.body.contains("no such month"));
    assert!(requests(&bench, RequestKind::Run).is_empty());
}

#[tokio::test]
async fn a_period_must_fit_the_job_and_have_begun() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    for period in ["", "2026-W41", "2026-12", "last", "<script>"] {
        let wish = [("job", "monthly"), ("team", ""), ("period", period), ("key", "k")];
        let answer = bench.post(Some(&op), "/rerun/plan", &wish).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{period}");
        assert!(answer.body.contains("role=\"alert\""));
    }
    assert!(requests(&bench, RequestKind::Plan).is_empty());
}

#[tokio::test]
async fn nobody_asks_faster_than_a_person() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    for turn in 0..20 {
        let key = turn.to_string();
        let wish = [("job", "monthly"), ("team", "T1"), ("period", "2026-10"), ("key", key.as_str())];
        assert_eq!(bench.post(Some(&lead), "/rerun/plan", &wish).await.status, StatusCode::SEE_OTHER);
    }
    let answer = bench.post(Some(&lead), "/rerun/plan", &WISH).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let op = bench.browser("op");
    assert_eq!(bench.post(Some(&op), "/rerun/plan", &WISH).await.status, StatusCode::SEE_OTHER, "others may");
}

#[tokio::test]
async fn only_what_is_ready_is_sent_and_only_what_is_not_over_is_cancelled() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    for state in RunState::ALL {
        let run = bench.run("2026-10", Some("T1"), *state);
        bench.mail(&run, "A001", DeliveryState::Failed);
        for (act, kind, fits) in [
            ("release", RequestKind::Release, *state == RunState::Ready),
            ("resend", RequestKind::Resend, *state == RunState::PartlySent),
            ("cancel", RequestKind::Cancel, !state.is_over()),
        ] {
            let path = format!("/runs/{}/{act}", run.id);
            let offered = bench.get(Some(&op), &format!("/runs/{}", run.id)).await.body.contains(&path);
            assert_eq!(offered, fits, "{state} {act}");
            let first = bench.post(Some(&op), &path, &[("key", "a")]).await;
            let again = bench.post(Some(&op), &path, &[("key", "b")]).await;
            let expected = if fits { StatusCode::SEE_OTHER } else { StatusCode::CONFLICT };
            assert_eq!((first.status, again.status), (expected, expected), "{state} {act}");
            let asked = requests(&bench, kind).iter().filter(|one| one.run_id.as_deref() == Some(&run.id)).count();
            assert_eq!(asked, usize::from(fits), "{state} {act}: twice pressed is once asked");
        }
    }
}

#[tokio::test]
async fn what_stands_out_and_a_first_word_are_shown_to_the_second_person() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let moved = Finding::note("outlier-rank", Bilingual::new("名次移动九位", "the rank moved by 9")).about("A001");
    bench.ledger.record_findings(&run.id, &[moved]).expect("a finding");
    bench.ledger.say_release(&run.id, "op").expect("a word");
    let (page, release) = (format!("/runs/{}", run.id), format!("/runs/{}/release", run.id));
    let first = bench.get(Some(&bench.browser("op")), &page).await.body;
    let second = bench.get(Some(&bench.browser("lead1")), &page).await.body;
    for body in [&first, &second] {
        assert!(body.contains("名次移动九位") && body.contains("还需另一人放行"), "{body}");
    }
    assert!(!first.contains(&release), "the same person cannot be the second");
    assert!(second.contains(&release));
}

#[tokio::test]
async fn a_pause_is_shown_with_its_name() {
    let bench = Bench::shop();
    bench.ledger.pause_job("monthly", "warehouse", "stocktaking").expect("paused");
    let body = bench.get(Some(&bench.browser("op")), "/").await.body;
    assert!(body.contains("已暂停 · warehouse"), "{body}");
}

#[tokio::test]
async fn a_release_leads_to_its_run_once_that_moves() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let lead = bench.browser("lead1");
    let asked = bench.post(Some(&lead), &format!("/runs/{}/release", run.id), &[("key", "a")]).await;
    assert_eq!(bench.get(Some(&lead), asked.location()).await.status, StatusCode::OK, "it waits");
    let taken = bench.ledger.take_request("worker").expect("a read").expect("the release");
    assert_eq!((taken.kind, taken.run_id.as_deref()), (RequestKind::Release, Some(run.id.as_str())));
    assert_eq!(bench.get(Some(&lead), asked.location()).await.status, StatusCode::OK, "it is about to begin");
    bench.ledger.set_state(&run.id, RunState::Releasing).expect("a state");
    assert_eq!(bench.get(Some(&lead), asked.location()).await.location(), format!("/runs/{}", run.id));
}

#[tokio::test]
async fn progress_is_told_until_the_machine_is_done() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Rendering);
    bench.ledger.set_progress(&run.id, &Progress::new("pull", 1, 3)).expect("progress");
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/events", run.id);
    let answer = bench
        .router
        .clone()
        .oneshot(request("GET", &path, Some(&lead)).body(Body::empty()).expect("a request"))
        .await
        .expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut frames = answer.into_body().into_data_stream();
    let first = frames.next().await.expect("a frame").expect("bytes");
    assert!(String::from_utf8_lossy(&first).contains(r#""done":1,"total":3"#), "{first:?}");
    bench.ledger.set_state(&run.id, RunState::Ready).expect("a state");
    let last = frames.next().await.expect("a frame").expect("bytes");
    assert!(String::from_utf8_lossy(&last).starts_with("event: over"), "{last:?}");
    assert!(frames.next().await.is_none(), "the stream ends");
}

#[tokio::test]
async fn progress_ends_for_whoever_may_no_longer_look() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Rendering);
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/events", run.id);
    let asked = request("GET", &path, Some(&lead)).body(Body::empty()).expect("a request");
    let answer = bench.router.clone().oneshot(asked).await.expect("an answer");
    let mut frames = answer.into_body().into_data_stream();
    frames.next().await.expect("a frame").expect("bytes");
    bench.ledger.close_sessions_of("lead1").expect("closed");
    assert!(frames.next().await.is_none());
}

#[tokio::test]
async fn a_person_says_what_became_of_an_unknown_mail() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::PartlySent);
    let (first, second) =
        (bench.mail(&run, "A001", DeliveryState::Unknown), bench.mail(&run, "A002", DeliveryState::Unknown));
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), &format!("/runs/{}", run.id)).await.body;
    let path = |mail: i64| format!("/runs/{}/deliveries/{mail}/resolve", run.id);
    assert!(page.contains(&path(first)) && page.contains(&path(second)), "{page}");
    let state = |mail: i64| bench.ledger.delivery(mail).expect("a read").expect("the mail").state;
    for form in [[("verdict", "arrived"), ("reason", " ")], [("verdict", "perhaps"), ("reason", "she has it")]] {
        let answer = bench.post(Some(&lead), &path(first), &form).await;
        assert_eq!((answer.status, state(first)), (StatusCode::CONFLICT, DeliveryState::Unknown), "{form:?}");
    }

    let again = [("verdict", "send-again"), ("reason", "the relay lost it")];
    let asked = bench.post(Some(&lead), &path(first), &again).await;
    assert_eq!(state(first), DeliveryState::ResolvedResend);
    let resend = &requests(&bench, RequestKind::Resend)[0];
    assert_eq!(asked.location(), format!("/requests/{}", resend.id));
    assert_eq!((resend.scope.agent.as_deref(), resend.run_id.as_deref()), (Some("A001"), Some(run.id.as_str())));
    bench.post(Some(&lead), &path(first), &again).await;
    assert_eq!(requests(&bench, RequestKind::Resend).len(), 1, "twice pressed is once asked");
    let other = bench.post(Some(&lead), &path(first), &[("verdict", "arrived"), ("reason", "no")]).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "it was decided");

    bench.deliver(&run, first);
    bench.post(Some(&lead), &path(second), &[("verdict", "arrived"), ("reason", "she has it")]).await;
    assert_eq!(state(second), DeliveryState::ResolvedSent);
    let ended = bench.ledger.run(&run.id).expect("a read").expect("the run").state;
    assert_eq!(ended, RunState::Sent, "nothing is open any more");
    let audited = bench.ledger.audit_entries(9).expect("entries");
    let decided: Vec<&str> =
        audited.iter().filter(|one| one.action == "resolve-delivery").map(|one| one.who.as_str()).collect();
    assert_eq!(decided, ["lead1", "lead1"]);
}

#[tokio::test]
async fn a_mail_is_no_way_around_a_release() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let mail = bench.mail(&run, "A001", DeliveryState::Unknown);
    let form = [("verdict", "send-again"), ("reason", "the relay lost it")];
    let path = format!("/runs/{}/deliveries/{mail}/resolve", run.id);
    let answer = bench.post(Some(&bench.browser("op")), &path, &form).await;
    assert_eq!(answer.location(), format!("/runs/{}", run.id));
    assert!(requests(&bench, RequestKind::Resend).is_empty(), "the other mails of the run wait for their release");
}

#[tokio::test]
async fn a_manager_finds_old_runs_behind_many_of_others() {
    let bench = Bench::shop();
    let mine = bench.run("2026-09", Some("T1"), RunState::Sent);
    for _ in 0..61 {
        bench.run("2026-10", Some("T2"), RunState::Sent);
    }
    let page = bench.get(Some(&bench.browser("lead1")), "/").await.body;
    assert!(page.contains(&format!("/runs/{}", mine.id)), "{page}");
}

#[tokio::test]
async fn of_many_unknown_mails_the_first_are_shown_and_all_are_counted() {
    let bench = Bench::shop();
    let months = (2024..=2026).flat_map(|year| (1..=9).map(move |month| format!("{year}-{month:02}")));
    for month in months {
        let run = bench.run(&month, None, RunState::PartlySent);
        for agent in ["A001", "B001"] {
            bench.mail(&run, agent, DeliveryState::Unknown);
        }
    }
    let page = bench.get(Some(&bench.browser("hr")), "/unknowns?lang=en").await.body;
    assert!(page.contains("To be decided <small>54</small>"), "{page}");
    assert!(page.contains("Behind these wait 4 more"), "{page}");
    assert_eq!(page.matches("/resolve\"").count(), 50);
}

#[tokio::test]
async fn every_unknown_mail_stands_on_one_page_for_those_who_may_decide() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::PartlySent);
    let (mine, other) =
        (bench.mail(&run, "A002", DeliveryState::Unknown), bench.mail(&run, "B001", DeliveryState::Unknown));
    bench.mail(&run, "A001", DeliveryState::Failed);
    let lead = bench.browser("lead1");
    assert!(bench.get(Some(&lead), "/").await.body.contains("下落不明的邮件"));
    let page = bench.get(Some(&lead), "/unknowns").await.body;
    let id = bench.ledger.delivery(mine).expect("a read").expect("the mail").message_id;
    let verdict = |mail: i64| format!("/runs/{}/deliveries/{mail}/resolve", run.id);
    let shown_id = id.replace('<', "&#60;").replace('>', "&#62;");
    for shown in ["安二犇", "A002", "the line broke", &shown_id, &verdict(mine), "status=sent", "队列号"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    assert!(!page.contains(&verdict(other)) && !page.contains("B001"), "{page}");
    let fields = [("verdict", "arrived"), ("reason", "日志显示 status=sent")];
    bench.post(Some(&lead), &verdict(mine), &fields).await;
    assert!(bench.get(Some(&lead), "/unknowns").await.body.contains("没有下落不明的邮件"));
    assert!(!bench.get(Some(&lead), "/").await.body.contains("下落不明的邮件"));
    assert!(bench.get(Some(&bench.browser("hr")), "/unknowns?lang=en").await.body.contains(&verdict(other)));
}
