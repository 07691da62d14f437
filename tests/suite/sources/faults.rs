//! Whatever an interface does, no row is lost or doubled, and the message says source, request and next step.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Bench;
use super::double::{Double, PAGES, json, plans, status};

async fn failure(double: &Double, client: &str) -> String {
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

const TOKEN: &str = r#"
[client.auth]
kind = "token"
place = { query = "access_token" }
[client.auth.endpoint]
path = "/gettoken"
query = { secret = "${SECRET}" }
token = "$.access_token"
expires-in = "$.expires_in"
[[response]]
when = { path = "$.errcode", in = [42001] }
action = "refresh-token"
"#;

#[tokio::test]
async fn a_token_that_dies_is_fetched_anew_and_never_kept() {
    let double = Double::new(|asked| match (asked.path.as_str(), asked.param("access_token").as_deref()) {
        ("/gettoken", None) => {
            assert_eq!(asked.param("secret").as_deref(), Some("s3cr3t-value"));
            json(&json!({ "access_token": format!("tok-{}", asked.before), "expires_in": 7200 }))
        }
        ("/plans", Some("tok-0")) if asked.number("page") == 2 => json(&json!({ "errcode": 42001 })),
        ("/plans", Some(token)) if token.starts_with("tok-") => plans(asked, 7),
        other => panic!("asked for {other:?}"),
    })
    .await;
    let bench = Bench::new();
    let pulled = bench.pull(&double.source(TOKEN, PAGES)).await.expect("pulled");
    assert_eq!(pulled.counts[0].records, 7);
    let paths: Vec<String> = double.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/gettoken", "/plans", "/plans", "/gettoken", "/plans", "/plans"]);
    let kept = bench.everything();
    assert!(kept.contains("A007"), "the pages are there");
    assert!(!kept.contains("tok-") && !kept.contains("s3cr3t"), "{kept}");
}

#[tokio::test]
async fn a_token_that_is_never_taken_stops_the_pull() {
    let double = Double::new(|asked| match asked.path.as_str() {
        "/gettoken" => json(&json!({ "access_token": "tok" })),
        _ => json(&json!({ "errcode": 42001 })),
    })
    .await;
    let text = failure(&double, TOKEN).await;
    assert!(text.contains("also with a new token") && !text.contains("tok,"), "{text}");
    assert_eq!(double.take(), 4);
}

#[tokio::test]
async fn secrets_that_a_refusal_repeats_are_not_shown() {
    let double = Double::new(|asked| match asked.path.as_str() {
        "/gettoken" => json(&json!({ "access_token": "tok-of-today" })),
        _ => status(403, &format!("no such key {} {}", "s3cr3t-value", asked.query)),
    })
    .await;
    let text = failure(&double, TOKEN).await;
    assert!(text.contains("no such key ***") && !text.contains("tok-of-today"), "{text}");
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
    assert!(text.contains("status 500") && text.contains("so it was 4 times, pull again later"), "{text}");
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
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    let double = Double::new(|_| json(&json!({ "list": "x".repeat(300_000) }))).await;
    let text = failure(&double, "max-response = \"100KB\"").await;
    assert!(text.contains("larger than 102400 bytes"), "{text}");
    assert_eq!(double.take(), 1);
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(HeaderName::from_static("location"), to.to_owned())]).into_response()
}

#[tokio::test]
async fn redirects_stay_where_they_are() {
    let stranger = Double::new(|asked| plans(asked, 2)).await;
    let to = format!("{}/plans", stranger.base);
    let double = Double::new(move |_| redirect(&to)).await;
    let text = failure(&double, "").await;
    assert!(text.contains("redirects to another host"), "{text}");
    assert_eq!((double.take(), stranger.take()), (1, 0));

    let double =
        Double::new(|asked| if asked.path == "/moved" { plans(asked, 2) } else { redirect("/moved?page=1") }).await;
    assert_eq!(Bench::new().pull(&double.source("", PAGES)).await.expect("pulled").counts[0].records, 2);

    let double = Double::new(|_| redirect("/plans")).await;
    let text = failure(&double, "").await;
    assert!(text.contains("redirects again and again"), "{text}");
    assert!(double.take() <= 5);
}

#[tokio::test]
async fn a_source_that_is_not_there_is_named() {
    let double = Double::new(|asked| plans(asked, 2)).await;
    let source = double.source("", PAGES);
    drop(double);
    // The port may still be closing; a refused connection is what remains.
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("nobody listens"));
    assert!(text.contains("cannot pull `double`"), "{text}");
}

#[tokio::test]
async fn the_deadline_ends_every_wait() {
    let double = Double::new(|_| json(&json!({ "error_response": { "code": 7 } }))).await;
    let rules = format!("deadline = \"300ms\"\n{RULES}");
    let error = Bench::new().pull(&double.source(&rules, PAGES)).await.expect_err("never through");
    let text = format!("{error:#}");
    assert!(text.contains("resource `plans`: GET /plans state=all page=1 size=3: not through after 0.3 s"), "{text}");
    assert!(text.contains("(last: status 200, {\"error_response\":{\"code\":7}})"), "{text}");
    assert!(double.take() > 4, "a rate limit is waited out until then");
}

#[tokio::test]
async fn the_budget_is_kept_before_the_call() {
    let double = Double::new(|asked| plans(asked, 9)).await;
    let begun = std::time::Instant::now();
    Bench::new().pull(&double.source("budget = { per-second = 20 }", PAGES)).await.expect("pulled");
    assert!(begun.elapsed() >= std::time::Duration::from_millis(100), "three calls take two gaps of 50 ms");
}

#[tokio::test]
async fn proofs_of_identity_go_into_their_headers() {
    let kinds = [
        ("kind = \"bearer\"\ntoken = \"${SECRET}\"", "authorization", "Bearer s3cr3t-value"),
        ("kind = \"basic\"\nuser = \"u\"\npassword = \"${SECRET}\"", "authorization", "Basic dTpzM2NyM3QtdmFsdWU="),
        ("kind = \"header\"\nname = \"x-key\"\nvalue = \"${SECRET}\"", "x-key", "s3cr3t-value"),
    ];
    for (auth, name, value) in kinds {
        let double = Double::new(|asked| plans(asked, 1)).await;
        let bench = Bench::new();
        bench.pull(&double.source(&format!("[client.auth]\n{auth}"), PAGES)).await.expect("pulled");
        let headers = double.asked().remove(0).headers;
        assert_eq!(headers.get(name).and_then(|value| value.to_str().ok()), Some(value));
        assert!(!bench.everything().contains("s3cr3t"));
    }
}
