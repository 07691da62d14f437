//! What pages say: hostile texts stay texts, documents are what the ledger says, both languages are whole.

use axum::http::{StatusCode, header};
use scorepost::console::{Method, routes};
use scorepost::finding::Finding;
use scorepost::ledger::{DocumentKind, Role, RunState};
use scorepost::words::Bilingual;

use super::bench::{Bench, request};

const HOSTILE: &str = r#"<script>alert(1)</script>'"><img src=x onerror=alert(2)>{{7*7}}"#;

#[tokio::test]
async fn hostile_names_and_findings_stay_text() {
    let bench = Bench::shop();
    bench.person(HOSTILE, Role::Manager, None, vec!["T1".to_owned(), HOSTILE.to_owned()]);
    let run = bench.run("2026-10", Some("T1"), RunState::Held);
    bench.card(&run, ("A009", HOSTILE, "T1", 50, 3));
    let text = || Bilingual::same(HOSTILE);
    bench.findings(&run, &[Finding::hold("x", text(), text()).about("A009")]);
    bench.propose_to(&run, ("A009", HOSTILE, "T1"), HOSTILE, 50);
    bench.ledger.finish_run(&run.id, RunState::Failed, Some(HOSTILE)).expect("an end");
    for name in ["op", HOSTILE] {
        let browser = bench.browser(name);
        for path in [
            "/".to_owned(),
            format!("/runs/{}", run.id),
            "/proposals".to_owned(),
            "/unknowns".to_owned(),
            "/rerun".to_owned(),
        ] {
            for path in [path.clone(), format!("{path}?lang=en")] {
                let answer = bench.get(Some(&browser), &path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}");
                assert!(!answer.body.contains("<script>alert") && !answer.body.contains("<img src=x"), "{path}");
            }
        }
    }
    let shown = bench.get(Some(&bench.browser("op")), &format!("/runs/{}", run.id)).await.body;
    assert!(shown.contains("&#60;script&#62;alert(1)"), "it is shown as text");
    let sign_in = [("name", HOSTILE), ("password", "x"), ("next", HOSTILE)];
    let refused = bench.post(None, "/sign-in", &sign_in).await.body;
    assert!(!refused.contains("<script>alert") && !refused.contains("<img src=x"));
}

#[tokio::test]
async fn what_holds_a_run_is_read_before_what_is_only_to_be_known() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Held);
    let text = Bilingual::same;
    let held = Finding::hold("range", text("too slow"), text("look at the unit"));
    bench.findings(&run, &[Finding::note("rows-set-aside", text("three rows")), held]);
    let page = bench.get(Some(&bench.browser("op")), &format!("/runs/{}", run.id)).await.body;
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not on {page}"));
    assert!(place("too slow") < place("look at the unit") && place("look at the unit") < place("three rows"), "{page}");
}

#[tokio::test]
async fn no_page_has_anything_inline() {
    let bench = Bench::shop();
    let busy = bench.run("2026-10", None, RunState::Rendering);
    let ready = bench.run("2026-09", None, RunState::Ready);
    bench.propose(&ready, "A001", 50);
    let plan = bench.plan(None);
    let op = bench.browser("op");
    let pages = [format!("/runs/{}", busy.id), format!("/runs/{}", ready.id), format!("/requests/{plan}")];
    for path in
        ["/", "/proposals", "/rerun", "/sign-in", "/nothing"].into_iter().chain(pages.iter().map(String::as_str))
    {
        let body = bench.get(Some(&op), path).await.body;
        for inline in ["<style", " style=", " onclick", " onload", "javascript:", "http://", "https://"] {
            assert!(!body.contains(inline), "{path} has {inline}");
        }
        let scripts = body.matches("<script").count();
        assert_eq!(scripts, body.matches("<script src=\"/assets/live-").count(), "{path}");
        assert!(body.len() < 100_000, "{path} has {} bytes", body.len());
    }
}

#[tokio::test]
async fn every_page_exists_in_both_languages() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    let plan = bench.plan(None);
    let op = bench.browser("op");
    for route in routes().filter(|route| route.method == Method::Get) {
        if route.path.ends_with("events") || route.path.ends_with("pdf") || route.path.starts_with("/assets") {
            continue;
        }
        let path = route.path.replace("{run}", &run.id).replace("{request}", &plan.to_string());
        let english = bench.get(Some(&op), &format!("{path}?lang=en")).await;
        let chinese = bench.get(Some(&op), &format!("{path}?lang=zh-CN")).await;
        if english.body.starts_with("<!doctype") {
            assert!(english.body.contains("<html lang=\"en\">") && chinese.body.contains("<html lang=\"zh-CN\">"));
            assert_ne!(english.body, chinese.body, "{path}");
        }
    }
}

#[tokio::test]
async fn reports_are_listed_for_those_who_lead_all_that_they_are_about() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Sent);
    let whole = bench.report(&run, DocumentKind::Summary, ("shop", "星河", ""));
    let own = bench.report(&run, DocumentKind::Ranking, ("T1", "一组", "T1"));
    let other = bench.report(&run, DocumentKind::Ranking, ("T2", "二组", "T2"));
    let pdf = |id: i64| format!("/runs/{}/documents/{id}/pdf", run.id);
    for (name, seen) in [("op", [true; 3]), ("hr", [true; 3]), ("lead1", [false, true, false]), ("a001", [false; 3])] {
        let browser = bench.browser(name);
        let page = bench.get(Some(&browser), &format!("/runs/{}?lang=en", run.id)).await.body;
        for (report, seen) in [&whole, &own, &other].into_iter().zip(seen) {
            assert_eq!(page.contains(&pdf(report.id)), seen, "{name} and {} of {}", report.kind, report.name);
            let answer = bench.get(Some(&browser), &pdf(report.id)).await;
            assert_eq!(answer.status == StatusCode::OK, seen, "{name} opens {} of {}", report.kind, report.name);
        }
    }
    let page = bench.get(Some(&bench.browser("hr")), &format!("/runs/{}", run.id)).await.body;
    assert!(page.contains("报表") && page.contains("绩效汇总 · 星河"), "{page}");
}

#[tokio::test]
async fn a_chosen_language_is_kept() {
    let bench = Bench::shop();
    let chosen = bench.get(None, "/sign-in?lang=en").await;
    let kept = chosen.cookie().expect("a cookie");
    let again = request("GET", "/sign-in", None).header(header::COOKIE, kept);
    let body = bench.send(again.body(axum::body::Body::empty()).expect("a request")).await.body;
    assert!(body.contains("<html lang=\"en\">"));
    assert!(bench.get(None, "/sign-in").await.body.contains("<html lang=\"zh-CN\">"), "Chinese unless chosen");
}

#[tokio::test]
async fn a_pdf_opens_in_the_browser_under_the_persons_name() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let card = bench.document_of(&run, "A001");
    let path = format!("/runs/{}/documents/{card}/pdf", run.id);
    let answer = bench.get(Some(&bench.browser("lead1")), &path).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/pdf");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(
        answer.headers[header::CONTENT_DISPOSITION],
        "inline; filename=\"card-A001-2026-10-1.pdf\"; filename*=UTF-8''%E5%AE%89%E4%B8%80%E5%96%86-2026-10-1.pdf"
    );
    assert!(answer.body.starts_with("%PDF-1.7 A001"));
}

#[tokio::test]
async fn a_document_that_was_changed_is_not_shown() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let card = bench.document_of(&run, "A001");
    let hash = bench.ledger.document(card).expect("a read").expect("the card").pdf_hash.expect("a hash");
    let file = bench.archive().join(&hash[..2]).join(format!("{hash}.pdf"));
    std::fs::write(&file, "%PDF-1.7 forged").expect("written");
    let path = format!("/runs/{}/documents/{card}/pdf", run.id);
    let answer = bench.get(Some(&bench.browser("op")), &path).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.body.contains("forged") && !answer.body.contains(&hash), "nothing of the inside is told");
}

#[tokio::test]
async fn mails_that_need_a_person_are_named() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Releasing);
    bench.delivery(bench.document_of(&run, "A001"), &run, "A001");
    let claimed = bench.ledger.claim_delivery(&run.id, "worker").expect("a claim").expect("a delivery");
    bench.ledger.mark_in_doubt(claimed.id, "worker").expect("in doubt");
    bench.ledger.mark_unknown(claimed.id, "the line broke after the last byte").expect("unknown");
    bench.ledger.set_state(&run.id, RunState::PartlySent).expect("a state");
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), &format!("/runs/{}", run.id)).await.body;
    assert!(page.contains("需要处理的邮件") && page.contains("the line broke after the last byte"), "{page}");
    assert!(!page.contains("shop.example"), "no address is shown");
    assert!(bench.get(Some(&lead), "/").await.body.contains("1 封不确定是否送达"));
}

#[tokio::test]
async fn what_a_later_run_replaced_waits_for_nobody() {
    let bench = Bench::shop();
    let old = bench.run("2026-10", Some("T1"), RunState::Held);
    let op = bench.browser("op");
    assert!(bench.get(Some(&op), "/").await.body.contains("等您处理"));
    bench.run("2026-10", Some("T1"), RunState::Done);
    let home = bench.get(Some(&op), "/").await.body;
    assert!(!home.contains("等您处理") && home.contains(&old.id), "it is listed and no longer waits");
}

#[tokio::test]
async fn the_schedule_moves_on_with_the_clock() {
    let bench = Bench::shop();
    let shown = |body: &str, next: &str| body.contains(&format!("<time>{next}</time>"));
    let op = bench.browser("op");
    assert!(shown(&bench.get(Some(&op), "/").await.body, "2026-12-01 09:00"));
    bench.later(chrono::TimeDelta::days(25));
    let op = bench.browser("op");
    assert!(shown(&bench.get(Some(&op), "/").await.body, "2027-01-01 09:00"));
    let agent = bench.browser("a001");
    assert!(!bench.get(Some(&agent), "/").await.body.contains("2027-01-01"), "agents see no schedule");
}

#[tokio::test]
async fn assets_stay_under_their_name_for_ever() {
    let bench = Bench::shop();
    let page = bench.get(None, "/sign-in").await.body;
    let style = page.split('"').find(|part| part.starts_with("/assets/console-")).expect("a style sheet");
    let answer = bench.get(None, style).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(bench.get(None, "/assets/console.css").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.get(None, "/assets/..%2fmod.rs").await.status, StatusCode::NOT_FOUND);
}
