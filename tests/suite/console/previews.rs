//! The page on which templates are shown.

use axum::http::StatusCode;

use super::bench::Bench;

#[tokio::test]
async fn a_template_is_shown_with_what_was_chosen() {
    let bench = Bench::shop();
    let hr = bench.browser("hr");
    let page = bench.get(Some(&hr), "/preview?template=letters/card.en.html.j2&fixture=usual&subject=%22A001%26").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["value=\"letters/card.en.html.j2\" selected", "value=\"usual\" selected", "<iframe"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let frame =
        page.body.split("src=\"/preview/file?").nth(1).and_then(|rest| rest.split('"').next()).expect("a frame");
    let address = format!("/preview/file?{}", frame.replace("&#38;", "&").replace("&amp;", "&"));
    let file = bench.get(Some(&hr), &address).await;
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert_eq!(file.headers["x-frame-options"], "SAMEORIGIN");
    assert!(file.body.contains("letters/card.en.html.j2") && file.body.contains("\\\"A001&"), "{}", file.body);
}

#[tokio::test]
async fn a_broken_template_is_told_as_text_and_has_no_file() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    let page = bench.get(Some(&op), "/preview?fixture=hostile").await;
    assert!(page.body.contains("card.typ:3: &#60;b&#62;wrong"), "{}", page.body);
    assert!(!page.body.contains("<iframe"));
    assert_eq!(bench.get(Some(&op), "/preview/file?fixture=hostile").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unknown_template_is_the_first_one() {
    let bench = Bench::shop();
    let page = bench.get(Some(&bench.browser("op")), "/preview?template=../../etc/passwd").await;
    assert!(page.body.contains("value=\"card.typ\" selected") && !page.body.contains("passwd"), "{}", page.body);
}
