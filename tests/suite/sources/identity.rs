//! Proofs of identity reach their place, tokens are fetched once and anew when they die, and nobody is told any of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::sync::Barrier;

use super::Bench;
use super::double::{Double, PAGES, json, plan, plans, status};
use super::faults::failure;
use crate::peers::http::{Message, listen};

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

#[tokio::test]
async fn a_key_goes_where_the_interface_wants_it() {
    const POST: &str = "method = \"POST\"\nrecords = \"$.list\"\n";
    let key =
        |place: &str| format!("[client.auth]\nkind = \"api-key\"\nvalue = \"${{SECRET}}\"\nplace = {{ {place} }}");
    let cases = [
        ("query = \"key\"", POST.to_owned(), "key=s3cr3t-value", ""),
        ("body = \"key\"", format!("{POST}form = {{ a = 1 }}"), "", "a=1&key=s3cr3t-value"),
        ("body = \"key\"", format!("{POST}body = {{ a = 1 }}"), "", r#"{"a":1,"key":"s3cr3t-value"}"#),
        ("body = \"key\"", POST.to_owned(), "", "key=s3cr3t-value"),
    ];
    for (place, resource, query, body) in cases {
        let double = Double::new(|_| json(&json!({ "list": [plan(1)] }))).await;
        let bench = Bench::new();
        bench.pull(&double.source(&key(place), &resource)).await.expect("pulled");
        let asked = double.asked().remove(0);
        assert_eq!((asked.query.as_str(), asked.body.as_str()), (query, body));
        assert!(!bench.everything().contains("s3cr3t"));
    }
    let double = Double::new(|asked| plans(asked, 1)).await;
    Bench::new().pull(&double.source(&key("header = \"X-Key\", prefix = \"Key \""), PAGES)).await.expect("pulled");
    assert_eq!(double.asked()[0].headers.get("x-key").and_then(|key| key.to_str().ok()), Some("Key s3cr3t-value"));
}

const CREDENTIALS: &str = r#"
[client.auth]
kind = "client-credentials"
client-id = "scorepost"
client-secret = "${SECRET}"
scope = "chats.read agents.read"
"#;

#[tokio::test]
async fn client_credentials_are_sent_as_the_standard_says() {
    let form = "grant_type=client_credentials&scope=chats.read+agents.read";
    let basic = format!("Basic {}", STANDARD.encode("scorepost:s3cr3t-value"));
    let both = format!("{form}&client_id=scorepost&client_secret=s3cr3t-value");
    for (credentials, expected, body) in [("", Some(basic), form), ("credentials = \"form\"", None, both.as_str())] {
        let issuer = Double::new(|_| json(&json!({ "access_token": "tok-en", "expires_in": "3600" }))).await;
        let double = Double::new(|asked| plans(asked, 4)).await;
        let endpoint = format!("[client.auth.endpoint]\nbase-url = \"{}/sign-in\"\npath = \"/token\"", issuer.base);
        let client = format!("{CREDENTIALS}{credentials}\n{endpoint}");
        let bench = Bench::new();
        bench.pull(&double.source(&client, PAGES)).await.expect("pulled");
        let asked = issuer.asked();
        assert_eq!((asked.len(), asked[0].path.as_str(), asked[0].body.as_str()), (1, "/sign-in/token", body));
        let shown = asked[0].headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
        assert_eq!(shown, expected);
        let token =
            |asked: &super::double::Asked| asked.headers.get("authorization").map(|value| value == "Bearer tok-en");
        assert_eq!(double.asked().iter().map(token).collect::<Vec<_>>(), [Some(true); 2]);
        let kept = bench.everything();
        assert!(!kept.contains("tok-en") && !kept.contains("s3cr3t"));
    }
}

/// Four walks at the same time.
const FOUR: &str = r#"
query = { from = "{window.start:%d}" }
window = { max-span = "8d" }
records = "$.list"
"#;

#[tokio::test]
async fn one_token_serves_all_who_wait_and_one_failure_is_told_to_all() {
    let double = Double::new(|asked| match asked.path.as_str() {
        "/gettoken" => json(&json!({ "access_token": "tok-en", "expires_in": 60 })),
        _ => json(&json!({ "list": [] })),
    })
    .await;
    Bench::new().pull(&double.source(TOKEN, FOUR)).await.expect("pulled");
    let paths = |path: &str| double.asked().iter().filter(|asked| asked.path == path).count();
    assert_eq!((paths("/gettoken"), paths("/plans")), (1, 4), "a token of a minute is used for most of it");

    let down = Double::new(|_| status(500, "down")).await;
    let text = format!("{:#}", Bench::new().pull(&down.source(TOKEN, FOUR)).await.expect_err("no token"));
    assert!(text.contains("no token was given (GET /gettoken secret=${SECRET}): status 500, down"), "{text}");
    assert_eq!(down.asked().len(), 4, "the four share the tries of one");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let given = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&given);
    let double = Double::new(move |asked| match asked.path.as_str() {
        "/gettoken" => {
            json(&json!({ "access_token": format!("tok-{}", count.fetch_add(1, Ordering::Relaxed)), "expires_in": 0 }))
        }
        _ => plans(asked, 9),
    })
    .await;
    Bench::new().pull(&double.source(TOKEN, PAGES)).await.expect("pulled");
    assert_eq!(given.load(Ordering::Relaxed), 3, "one that lives no longer than now serves nobody after it");
    let mut used: Vec<_> = double.asked().iter().filter_map(|asked| asked.param("access_token")).collect();
    used.sort();
    assert_eq!(used, ["tok-0", "tok-1", "tok-2"]);
}

#[tokio::test]
async fn an_answer_without_a_token_is_not_shown() {
    for answer in [json!({ "token": "tok-of-today" }), json!({ "access_token": null }), json!({ "access_token": "" })] {
        let double = Double::new(move |_| json(&answer)).await;
        let text = failure(&double, TOKEN).await;
        assert!(text.contains("the answer has no token at `$") && !text.contains("tok-of-today"), "{text}");
    }
    let rules = TOKEN.replace("in = [42001]", "present = false").replace("\"refresh-token\"", "\"fail\"");
    let double = Double::new(|_| json(&json!({ "access_token": "tok-of-today" }))).await;
    let text = failure(&double, &rules).await;
    assert!(text.contains("***") && !text.contains("tok-of-today"), "{text}");
}

#[tokio::test]
async fn a_token_that_an_answer_repeats_is_not_kept() {
    let token = "tok-0123456789-abcdef";
    let double = Double::new(move |asked| match asked.path.as_str() {
        "/gettoken" => json(&json!({ "access_token": token })),
        _ => json(&json!({ "total": 1, "list": [plan(1)], "next": format!("/plans?page=2&access_token={token}") })),
    })
    .await;
    let (bench, source) = (Bench::new(), double.source(TOKEN, PAGES));
    let pulled = bench.pull(&source).await.expect("pulled");
    let kept = bench.everything();
    assert!(kept.contains("A001") && kept.contains("access_token=***") && !kept.contains(token), "{kept}");
    assert_eq!(bench.pull(&source).await.expect("repeated").raw_hash, pulled.raw_hash);
}

/// How many requests are under way at most, at a source that answers them in pairs.
async fn most_under_way(client: &str) -> usize {
    let (now, most, pair) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let shared = (Arc::clone(&now), Arc::clone(&most), pair);
    let (port, _task) = listen(move |mut stream| {
        let (now, most, pair) = shared.clone();
        async move {
            Message::read(&mut stream).await?;
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            pair.wait().await;
            now.fetch_sub(1, Ordering::Relaxed);
            stream.write_all(&Message::answer("200 OK", "application/json", r#"{"list":[]}"#).bytes()).await?;
            stream.shutdown().await
        }
    })
    .await;
    let double = Double::new(|_| json(&json!({}))).await;
    let mut source = double.source(client, FOUR);
    source.client.base_url = format!("http://127.0.0.1:{port}").parse().ok();
    Bench::new().pull(&source).await.expect("pulled");
    most.load(Ordering::Relaxed)
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_the_source_bears() {
    assert_eq!(most_under_way("concurrency = 2").await, 2);
}

#[tokio::test]
async fn a_key_with_a_line_break_is_told_before_anything_is_sent() {
    let double = Double::new(|asked| plans(asked, 1)).await;
    let text = failure(&double, "[client.auth]\nkind = \"bearer\"\ntoken = \"\"\"${SECRET}\n\"\"\"").await;
    assert!(text.contains("does a key hold a line break?"), "{text}");
    assert_eq!(double.take(), 0);
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
    let mut paths: Vec<String> = double.asked().into_iter().map(|asked| asked.path).collect();
    paths.sort();
    assert_eq!(paths, ["/gettoken", "/gettoken", "/plans", "/plans", "/plans", "/plans"], "pages 2 and 3 go together");
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
