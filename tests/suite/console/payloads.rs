//! Three hundred texts that would run, break out or be computed if any page or sheet took them for more than text.

use axum::http::header;
use scorepost::exact::Exact;
use scorepost::finding::Finding;
use scorepost::ledger::{DocumentKind, NewDocument, Run, RunState};
use scorepost::words::Bilingual;

use super::bench::{Answer, Bench, document};

/// What would run.
const CORES: [&str; 25] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<input autofocus onfocus=alert(1)>",
    "<math><mi xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<style>@import'javascript:alert(1)'</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><input name=csrf>",
    "<object data=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "{{7*7}}<b>",
    "${7*7}<b>",
    "{%raw%}<b>{%endraw%}",
    "=HYPERLINK(\"//evil.example\",\"x\")",
    "=cmd|' /C calc'!A0",
    "+1+cmd|'x'!A0",
    "@SUM(1+1)*cmd|'x'!A0",
];

/// How one breaks out of where it stands.
const WAYS: [fn(&str) -> String; 12] = [
    |core| core.to_owned(),
    |core| format!("\">{core}"),
    |core| format!("'>{core}"),
    |core| format!("</title>{core}"),
    |core| format!("</textarea>{core}"),
    |core| format!("</option></select>{core}"),
    |core| format!("-->{core}"),
    |core| format!("\" autofocus onfocus=alert(1) x=\"{core}"),
    |core| format!("' onmouseover=alert(1) x='{core}"),
    |core| format!("\u{202e}{core}"),
    |core| format!("客服{core}"),
    |core| core.replace('<', "<<"),
];

/// All of them.
pub fn payloads() -> Vec<String> {
    CORES.iter().flat_map(|core| WAYS.iter().map(|way| way(core))).collect()
}

/// A card of the first team whose name, grade and lines are the payload.
fn card(bench: &Bench, run: &Run, number: usize, payload: &str) -> i64 {
    let line = serde_json::json!({ "id": "reply", "label": payload, "value": payload, "parts": payload,
        "points": "12", "full_marks": "20", "status": "final", "rule": payload });
    let agent = format!("P{number:03}");
    let change = serde_json::json!([{ "what": { "zh": payload, "en": payload }, "before": payload, "after": payload }]);
    let new = NewDocument {
        data: serde_json::json!({ "lines": [line] }).to_string(),
        total: Some(Exact::whole(70)),
        rank: Some(number as u32 + 3),
        grade: Some(payload.to_owned()),
        changed: Some(change.to_string()),
        ..document(run, DocumentKind::Card, &agent, payload, "T1")
    };
    bench.ledger.issue(&run.id, &new).expect("a card").0.id
}

#[tokio::test]
async fn no_payload_stands_as_markup_in_any_page() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 300);
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    let mut findings = Vec::new();
    let mut paths: Vec<String> =
        ["/", "/cards", "/proposals", "/appeals", "/insight", "/insight/heat", "/audit", "/people"]
            .map(str::to_owned)
            .to_vec();
    for (number, payload) in payloads.iter().enumerate() {
        let id = card(&bench, &run, number, payload);
        bench.delivery(id, &run, &format!("P{number:03}"));
        bench.ledger.open_windows(&[id], "2027-12-31T16:00:00Z".parse().expect("an instant")).expect("a window");
        let found = bench.ledger.document(id).expect("a read").expect("the card");
        let appeal = bench.appeal(&found, payload);
        findings.push(Finding::note("few-chats", Bilingual::same(payload.clone())).about(format!("P{number:03}")));
        if number % 10 == 0 {
            bench.person(payload, scorepost::ledger::Role::Agent, None, Vec::new());
        }
        paths.extend([format!("/cards/{id}"), format!("/cards?text={number:03}"), format!("/appeals/{appeal}")]);
        paths.push(format!("/runs/{}/desk?n={}", run.id, number + 1));
    }
    bench.findings(&run, &findings);
    paths.extend((1..=4).map(|sheet| format!("/runs/{}?sheet={sheet}", run.id)));
    paths.extend((1..=4).map(|sheet| format!("/runs/{}/letters?sheet={sheet}", run.id)));
    let operator = bench.browser("op");
    let marked: Vec<&String> = payloads.iter().filter(|payload| payload.contains(['<', '>', '"', '\''])).collect();
    for path in &paths {
        let answer = bench.get(Some(&operator), path).await;
        assert!(answer.headers[header::CONTENT_TYPE].as_bytes().starts_with(b"text/html"), "{path}");
        for payload in &marked {
            assert!(!answer.body.contains(payload.as_str()), "{path} has {payload}");
        }
        assert!(!answer.body.contains("evil.example>") && !answer.body.contains("alert(1)>"), "{path}");
    }
}

#[tokio::test]
async fn no_payload_that_is_typed_comes_back_as_markup() {
    let bench = Bench::shop();
    let (lead, operator) = (bench.browser("lead1"), bench.browser("op"));
    let item = "/forms/monthly/2026-10/rating-supervisor-T1/items/1";
    for (number, payload) in payloads().into_iter().enumerate() {
        let text: String = payload.chars().take(200).collect();
        let comes_back = |answer: Answer, what: &str| {
            let marked = text.contains(['<', '>', '"', '\'']);
            assert!(!marked || !answer.body.contains(&text), "{what}: {text}");
        };
        let fields = [("g1", text.as_str()), ("c1", &text), ("g2", "8"), ("c2", &text)];
        comes_back(bench.post(Some(&lead), &format!("{item}/save"), &fields).await, "a rating");
        bench.post(Some(&lead), &format!("{item}/save"), &[("g1", "7"), ("c1", &text), ("g2", "8")]).await;
        comes_back(bench.get(Some(&lead), item).await, "a comment");
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("text", &text).finish();
        for page in ["cards", "people", "audit"] {
            comes_back(bench.get(Some(&operator), &format!("/{page}?{query}")).await, page);
        }
        // A password takes its time to be checked.
        if number % 12 == 1 {
            let sign_in = [("name", text.as_str()), ("password", "wrong"), ("next", &text)];
            comes_back(bench.post(None, "/sign-in", &sign_in).await, "a name");
        }
    }
}
