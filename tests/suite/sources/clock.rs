//! Signatures carry the time: when they are refused and the clocks differ, the operator is told to look there.

use axum::http::header;
use axum::response::IntoResponse;

use super::Bench;
use super::double::{Double, PAGES, plans};

const SIGNED: &str = r#"
[client.signer]
kind = "pdd"
app-key = "shop"
secret = "${SECRET}"
[[response]]
when = { path = "$.error_response.error_code", in = [10016] }
action = "fail"
message = "the platform refused the timestamp"
"#;

const POST: &str = "method = \"POST\"\n";

#[tokio::test]
async fn a_clock_that_is_off_is_named_when_a_signature_is_refused() {
    let cases = [
        ("Mon, 09 Nov 2026 01:15:00 GMT", Some("this machine's clock is 15 minutes behind the source's")),
        ("Sun, 08 Nov 2026 22:00:00 GMT", Some("this machine's clock is 3 hours ahead of the source's")),
        ("Mon, 09 Nov 2026 01:01:00 GMT", None),
    ];
    for (date, told) in cases {
        let refusal = r#"{"error_response":{"error_code":10016}}"#;
        let double = Double::new(move |_| ([(header::DATE, date)], refusal).into_response()).await;
        let source = double.source(SIGNED, &format!("{POST}{PAGES}"));
        let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("refused"));
        assert!(text.contains("the platform refused the timestamp"), "{text}");
        match told {
            Some(told) => assert!(text.contains(told) && text.contains("set it"), "{text}"),
            None => assert!(!text.contains("clock"), "{text}"),
        }
    }
    let double = Double::new(|asked| {
        let mut answer = plans(asked, 2);
        answer.headers_mut().insert(header::DATE, "Mon, 02 Nov 2026 01:00:00 GMT".parse().expect("a value"));
        answer
    })
    .await;
    let source = double.source(SIGNED, PAGES);
    assert_eq!(Bench::new().pull(&source).await.expect("what is accepted is accepted").counts[0].records, 2);
}
