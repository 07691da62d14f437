//! Whatever an interface does, no row is lost or doubled, and the message says source, request and next step.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;

use super::Bench;
use super::double::{Double, PAGES, json, plans, status};

pub async fn failure(double: &Double, client: &str) -> String {
    let error = Bench::new().pull(&double.source(client, PAGES)).await.expect_err("it fails");
    let text = format!("{error:#}");
    assert!(text.starts_with("cannot pull `double` for 2026-10: resource `plans`: "), "{text}");
    assert!(!text.contains("s3cr3t"), "{text}");
    text
}

const RULES: &str = r#"
[[response]]
when = { path = "$.error_response.code", in = [7] }
action = "rate-limited"
wait = "1ms"
[[response]]
when = { path = "$.error_response.sub_code", starts-with = "isp." }
action = "retry"
[[response]]
when = { path = "$.error_response", present = true }
action = "fail"
message = "the platform refused the call"
"#;

#[tokio::test]
async fn errors_inside_http_200_pass_or_end_as_the_rules_say() {
    let double = Double::new(|asked| match asked.before {
        0 => json(&json!({ "error_response": { "code": 15, "sub_code": "isp.top-remote-connection-timeout" } })),
        1..=6 => json(&json!({ "error_response": { "code": 7, "msg": "App Call Limited" } })),
        _ => plans(asked, 4),
    })
    .await;
    // Six refusals for haste are more than the three repetitions that a failing request has.
    let pulled = Bench::new().pull(&double.source(RULES, PAGES)).await.expect("pulled");
    assert_eq!((pulled.counts[0].records, double.take()), (4, 9));

    let double =
        Double::new(|_| json(&json!({ "error_response": { "code": 41, "sub_code": "isv.invalid-parameter" } }))).await;
    let text = failure(&double, RULES).await;
    assert!(text.contains("GET /plans state=all page=1") && text.contains("the platform refused the call"), "{text}");
    assert!(text.contains("isv.invalid-parameter"), "{text}");
    assert_eq!(double.take(), 1, "it is not repeated");
}

#[tokio::test]
async fn trouble_of_the_server_passes_and_its_wait_is_capped() {
    let double = Double::new(|asked| match asked.before {
        0 => status(500, "oops"),
        1 => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "86400")], "").into_response(),
        2 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "Sun, 09 Nov 2036 08:00:30 GMT")], "")
            .into_response(),
        _ => plans(asked, 2),
    })
    .await;
    assert_eq!(Bench::new().pull(&double.source("", PAGES)).await.expect("pulled").counts[0].records, 2);
    assert_eq!(double.take(), 4);
    let double = Double::new(|_| status(500, "<h1>down</h1>")).await;
    let text = failure(&double, "").await;
    assert!(text.contains("status 500") && text.contains("tried 4 times, pull again later"), "{text}");
    assert_eq!(double.take(), 4, "one try and three repetitions");
}

#[tokio::test]
async fn truncated_json_is_never_used() {
    let double = Double::new(|asked| match asked.before {
        0 => ([(header::CONTENT_TYPE, "application/json")], "{\"total\": 2, \"list\": [{\"agent\": \"A001\"")
            .into_response(),
        _ => plans(asked, 2),
    })
    .await;
    assert_eq!(Bench::new().pull(&double.source("", PAGES)).await.expect("pulled").counts[0].records, 2);
    let double = Double::new(|_| ([(header::CONTENT_TYPE, "text/html")], "<html>sign in</html>").into_response()).await;
    let text = failure(&double, "").await;
    assert!(text.contains("a web page, not JSON (text/html)"), "{text}");
}

#[tokio::test]
async fn an_answer_without_what_it_should_have_is_not_an_empty_list() {
    let double = Double::new(|_| json(&json!({ "ok": true }))).await;
    let source = double.source("", &format!("{PAGES}\nexpect = \"$.total\""));
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("not understood"));
    assert!(text.contains("the answer has no `$"), "{text}");
}

#[tokio::test]
async fn the_deadline_ends_every_wait() {
    let double = Double::new(|_| json(&json!({ "error_response": { "code": 7 } }))).await;
    let rules = format!("deadline = \"2s\"\n{RULES}");
    let error = Bench::new().pull(&double.source(&rules, PAGES)).await.expect_err("never through");
    let text = format!("{error:#}");
    assert!(text.contains("resource `plans`: GET /plans state=all page=1 size=3: not through after 2 s"), "{text}");
    assert!(text.contains("(last: status 200, {\"error_response\":{\"code\":7}})"), "{text}");
    assert!(double.take() > 4, "a rate limit is waited out until then");
}

#[tokio::test]
async fn an_answer_that_is_ignored_is_a_page_without_records() {
    let rules = "[[response]]\nwhen = { status = [204, 410] }\naction = \"ignore\"";
    for code in [204, 410] {
        let double = Double::new(move |_| status(code, "gone")).await;
        let bench = Bench::new();
        for _ in 0..2 {
            let pulled = bench.pull(&double.source(rules, PAGES)).await.expect("pulled");
            assert_eq!((pulled.counts[0].records, pulled.counts[0].pages), (0, 1));
        }
        assert_eq!(double.take(), 1, "the empty page is kept as one");
    }
}

#[tokio::test]
async fn a_failure_says_who_mends_it() {
    let ends = [
        ("config", "mend the source file, or the key and its rights"),
        ("transient", "it passes; pull again later"),
        ("system", "only those who run the platform can mend it"),
    ];
    for (word, step) in ends {
        let rules = format!(
            "[[response]]\nwhen = {{ status = [418] }}\naction = \"fail\"\nmessage = \"no tea\"\nfailure-type = \"{word}\""
        );
        let double = Double::new(|_| status(418, "teapot")).await;
        let text = failure(&double, &rules).await;
        assert!(text.contains(&format!("no tea; {step}")) && text.ends_with("status 418, teapot"), "{text}");
    }
    let double = Double::new(|_| status(403, "no such key")).await;
    let text = failure(&double, "").await;
    assert!(text.contains("the source refused this key; mend the source file, or the key and its rights"), "{text}");
}
