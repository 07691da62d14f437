//! Whatever happens on the wire: a page comes whole or not at all, and only from where it was asked for.

use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Bench;
use super::double::{Double, PAGES, json, plan, plans};
use super::faults::failure;
use crate::peers::faults::{Fault, FaultProxy, Seen};
use crate::peers::http::{Message, authority, listen_with_tls};

/// Four plans behind a proxy that spoils the answers to each request so long; gives the message when that is too long.
async fn through(fault: Fault, spoiled: u64) -> Result<u64, String> {
    let double = Double::new(|asked| plans(asked, 4)).await;
    let plan = move |seen: &Seen| if seen.before < spoiled { fault } else { Fault::None };
    let proxy = FaultProxy::before(&double.base, plan).await;
    let mut source = double.source("", PAGES);
    source.client.base_url = proxy.base.parse().ok();
    if fault == Fault::Stalls {
        source.client.timeout = std::time::Duration::from_secs(1);
    }
    let pulled = Bench::new().pull(&source).await.map_err(|error| format!("{error:#}"))?;
    Ok(pulled.counts[0].records)
}

#[tokio::test]
async fn what_comes_broken_is_asked_for_again_and_told_when_it_stays_broken() {
    let cases = [
        (Fault::Stalls, "no whole answer after 1 s; raise `timeout`"),
        (Fault::Truncated, "the answer is not whole JSON (application/json)"),
        (Fault::Short, "the answer came broken: "),
        (Fault::BadGzip, "the answer came broken: "),
        (Fault::WebPage, "the answer is a web page, not JSON (text/html; charset=utf-8); check the address"),
        (Fault::Down, "status 503, down"),
        (Fault::Reset, "the answer broke off: "),
    ];
    for (fault, told) in cases {
        assert_eq!(through(fault, 2).await, Ok(4), "{fault:?}");
        let text = through(fault, u64::MAX).await.expect_err("it stays broken");
        let begin =
            format!("cannot pull `double` for 2026-10: resource `plans`: GET /plans state=all page=1 size=3: {told}");
        assert!(text.starts_with(&begin), "{text}");
        assert!(text.ends_with("tried 4 times, pull again later to go on from here"), "{text}");
    }
}

#[tokio::test]
async fn what_is_only_slow_or_named_wrongly_is_good() {
    for fault in [Fault::Drips, Fault::WrongKind] {
        assert_eq!(through(fault, u64::MAX).await, Ok(4), "{fault:?}");
    }
    for fault in [Fault::Limited, Fault::LimitedSilently] {
        assert_eq!(through(fault, 9).await, Ok(4), "a rate limit is waited out: {fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    let double = Double::new(|_| json(&json!({ "list": "x".repeat(300_000) }))).await;
    let text = failure(&double, "max-response = \"100KB\"").await;
    assert!(text.contains("the answer is larger than 102400 bytes; ask for smaller windows or pages"), "{text}");
    assert_eq!(double.take(), 1);

    let proxy = FaultProxy::before(&double.base, |_: &Seen| Fault::Endless).await;
    let mut source = double.source("max-response = \"1MB\"", PAGES);
    source.client.base_url = proxy.base.parse().ok();
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("it never ends"));
    assert!(text.contains("larger than 1048576 bytes"), "{text}");
    assert!(proxy.written() < 32 << 20, "{} bytes were taken", proxy.written());
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
async fn a_redirect_never_changes_what_is_asked_for() {
    let to = |code: u16, to: &'static str| {
        let code = StatusCode::from_u16(code).expect("a status");
        (code, [(HeaderName::from_static("location"), to)]).into_response()
    };
    let resource = "method = \"POST\"\nform = { a = 1 }\nrecords = \"$.list\"";
    let double = Double::new(move |asked| match asked.path.as_str() {
        "/plans" => to(308, "/moved?token=s3cr3t-value"),
        _ => json(&json!({ "list": [plan(1)], "body": asked.body })),
    })
    .await;
    Bench::new().pull(&double.source("", resource)).await.expect("pulled");
    let bodies: Vec<String> = double.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies, ["a=1", "a=1"]);

    let double = Double::new(move |_| to(302, "/moved?token=s3cr3t-value")).await;
    let error = Bench::new().pull(&double.source("", resource)).await.expect_err("refused");
    let text = format!("{error:#}");
    assert!(text.contains("redirects a `POST` with status 302") && text.contains("`/moved`"), "{text}");
    assert!(!text.contains("s3cr3t"), "{text}");

    let double = Double::new(move |_| to(301, "/plans")).await;
    let text = failure(&double, "redirects = 0").await;
    assert!(text.contains("more than 0 times"), "{text}");
    assert_eq!(double.take(), 1);
}

#[tokio::test]
async fn a_source_that_is_not_there_is_named() {
    let double = Double::new(|asked| plans(asked, 2)).await;
    let source = double.source("", PAGES);
    drop(double);
    // The port may still be closing; a refused connection is what remains.
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("nobody listens"));
    assert!(
        text.contains("cannot connect to the source: ") && text.contains("check `base-url`, the network"),
        "{text}"
    );
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_told() {
    let double = Double::new(|asked| plans(asked, 2)).await;
    let mut source = double.source("proxy = \"none\"", PAGES);
    source.client.base_url = "http://name.invalid".parse().ok();
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("no such host"));
    assert!(
        text.contains("the name of the source's host is not known (") && text.contains("check `base-url`"),
        "{text}"
    );
}

#[tokio::test]
async fn requests_go_through_the_proxy_that_is_named() {
    let double = Double::new(|asked| plans(asked, 2)).await;
    let proxy = Double::new(|asked| plans(asked, 1)).await;
    let at = proxy.base.replace("http://", "http://clerk:s3cr3t-value@");
    let source = double.source(&format!("proxy = \"{at}\""), PAGES);
    assert_eq!(Bench::new().pull(&source).await.expect("pulled").counts[0].records, 1, "the proxy answers");
    assert_eq!((proxy.take(), double.take()), (1, 0));
    drop(proxy);
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("no proxy"));
    assert!(text.contains("check `proxy`") && !text.contains("s3cr3t"), "{text}");
}

#[tokio::test]
async fn certificates_are_believed_when_somebody_trusted_signed_them() {
    let body = json!({ "total": 1, "list": [plan(1)] }).to_string();
    let (port, _task) = listen_with_tls(Message::answer("200 OK", "application/json", &body)).await;
    let base = format!("https://127.0.0.1:{port}");
    let double = Double::new(|_| json(&json!({}))).await;
    let pull = async |client: &str, base: &str| {
        let mut source = double.source(client, PAGES);
        source.client.base_url = base.parse().ok();
        Bench::new().pull(&source).await.map(|pulled| pulled.counts[0].records).map_err(|error| format!("{error:#}"))
    };
    let own = format!("ca-certificate = \"{}\"", authority());
    assert_eq!(pull(&own, &base).await, Ok(1));
    let text = pull("", &base).await.expect_err("nobody trusts it");
    assert!(text.contains("nobody whom this machine trusts signed") && text.contains("`ca-certificate`"), "{text}");

    let plain = Double::new(|asked| plans(asked, 1)).await;
    let text = pull(&own, &plain.base.replace("http:", "https:")).await.expect_err("no TLS there");
    assert!(text.contains("does not speak TLS at this address"), "{text}");
    assert_eq!(plain.take(), 0);
}
