//! Letters go out only when let go, only in their newest edition, and only to whom the roster names now.

use std::path::{Path, PathBuf};

use mail_parser::MessageParser;
use scorepost::job::{Jobs, PdfPassword};
use scorepost::ledger::{DeliveryState, RunState};
use scorepost::pipeline;
use scorepost::render::subject_of;

use crate::bench::Bench;

/// The shipped jobs with one file changed, in the bench's own folder.
fn changed_jobs(bench: &Bench, file: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let jobs = bench.folder.path().join("changed-jobs");
    crate::bench::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").as_path(), &jobs);
    let path = jobs.join(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    let changed = change(&text);
    assert_ne!(text, changed);
    std::fs::write(&path, changed).expect("a changed file");
    jobs
}

fn with_jobs(bench: Bench, jobs: &Path) -> Bench {
    let jobs = jobs.display().to_string();
    bench.reopen(|environment| drop(environment.insert("SCOREPOST_JOBS".to_owned(), jobs.clone())))
}

/// Answers slower than half a minute now earn nothing.
fn stricter(text: &str) -> String {
    text.replacen(
        "otherwise = 60\nassumed = { zh = \"原表分档缺失，采用 15",
        "otherwise = 0\nassumed = { zh = \"原表分档缺失，采用 15",
        1,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_not_let_go_cannot_be_resent() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october()).await.run;
    assert_eq!(run.state, RunState::Ready);
    let refused = pipeline::resend(&bench.pipeline, &run.id, None, "test", &|_| {}).await.expect_err("not let go");
    assert!(format!("{refused:#}").contains("let go"), "{refused:#}");
    assert!(bench.outbox().is_empty());
    let released = pipeline::release(&bench.pipeline, &run.id, "manager", &|_| {}).await.expect("released");
    assert_eq!((released.run.state, released.run.send), (RunState::Sent, true));
    assert_eq!(bench.outbox().len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn releasing_an_older_run_mails_no_older_edition() {
    let bench = Bench::on(9);
    let old = bench.run(bench.october()).await.run;
    let jobs = changed_jobs(&bench, "schemes/presale-weighted.toml", stricter);
    let bench = with_jobs(bench, &jobs);
    let team = bench.run(bench.october().team("T1")).await;
    assert!(team.new_editions > 0);
    pipeline::release(&bench.pipeline, &old.id, "manager", &|_| {}).await.expect("released");
    for delivery in bench.pipeline.ledger.deliveries(&old.id).expect("deliveries") {
        let expected =
            if delivery.latest_edition > delivery.edition { DeliveryState::Pending } else { DeliveryState::Sent };
        assert_eq!(delivery.state, expected, "{} edition {}", delivery.subject, delivery.edition);
    }
    assert_eq!(bench.outbox().len(), 23 - team.new_editions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_whose_domain_is_no_longer_allowed_is_withdrawn() {
    let bench = Bench::on(9);
    bench.run(bench.october()).await;
    let jobs = changed_jobs(&bench, "monthly-scorecard.toml", |text| {
        text.replace("allow-domains = [\"example.test\"]", "allow-domains = [\"example.org\"]")
    });
    assert_eq!(Jobs::review(&jobs).0.get("monthly-scorecard").expect("it").letters.allow_domains, ["example.org"]);
    let bench = with_jobs(bench, &jobs);
    let outcome = bench.run(bench.october().send()).await;
    assert!(bench.outbox().is_empty(), "letters planned before must not go");
    let deliveries = bench.pipeline.ledger.deliveries(&outcome.run.id).expect("deliveries");
    assert!(deliveries.iter().all(|one| one.state == DeliveryState::Withdrawn));
    assert_eq!(outcome.findings.iter().filter(|one| one.code == "domain-not-allowed").count(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_mails_nobody_does_not_stop_a_mailing() {
    let bench = Bench::on(9);
    let outcome = bench.run(bench.october().send()).await;
    bench.pipeline.ledger.set_state(&outcome.run.id, RunState::Releasing).expect("as if killed while mailing");
    let refused = bench.try_run(bench.october()).await.expect_err("it was mailing");
    assert!(format!("{refused:#}").contains("scorepost release"), "{refused:#}");
    bench.pipeline.ledger.set_state(&outcome.run.id, RunState::Scoring).expect("as if killed before the letters");
    let refused = bench.try_run(bench.october()).await.expect_err("it was to mail");
    assert!(!format!("{refused:#}").contains("scorepost release"), "it could not be released: {refused:#}");
    let again = bench.run(bench.october().send()).await;
    assert_eq!((again.run.id, again.run.state), (outcome.run.id, RunState::Sent));
    assert_eq!(bench.outbox().len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_pdf_is_made_again_to_the_byte() {
    let bench = Bench::on(9);
    let first = bench.run(bench.october()).await;
    let documents = bench.documents(&first.run.id);
    let document = documents.values().next().expect("a document");
    let bytes = bench.pdf(document);
    std::fs::remove_file(bench.pipeline.folders.pdf(document.pdf_hash.as_deref().expect("a hash"))).expect("lost");
    bench.run(bench.october()).await;
    assert_eq!(bench.pdf(document), bytes);
}

/// The attachment of every letter in the outbox, by the recipient's address.
fn attachments(bench: &Bench) -> std::collections::BTreeMap<String, Vec<u8>> {
    let outbox = bench.outbox();
    let one = |bytes: &Vec<u8>| {
        let letter = MessageParser::default().parse(bytes).expect("a letter");
        let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient").to_owned();
        (to, letter.attachment(0).expect("an attachment").contents().to_vec())
    };
    outbox.values().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_attachment_opens_with_its_recipients_number_and_is_sealed_once() {
    let bench = Bench::on(9);
    let jobs = changed_jobs(&bench, "monthly-scorecard.toml", |text| {
        text.replacen("[letters]", "[letters]\npdf-password = \"staff-number-last-6\"", 1)
    });
    let bench = with_jobs(bench, &jobs);
    let first = bench.run(bench.october()).await.run;
    let hashes = |run: &str| -> Vec<(String, String)> {
        let all = bench.pipeline.ledger.deliveries(run).expect("deliveries");
        all.into_iter().map(|one| (one.address, one.mime_hash)).collect()
    };
    let sealed = hashes(&first.id);
    let run = bench.run(bench.october()).await.run;
    assert_eq!(hashes(&run.id), sealed, "planned again, the very same letters");
    pipeline::release(&bench.pipeline, &run.id, "manager", &|_| {}).await.expect("released");
    let attachments = attachments(&bench);
    assert_eq!(attachments.len(), 23);
    for delivery in bench.pipeline.ledger.deliveries(&run.id).expect("deliveries") {
        let bytes = &attachments[&delivery.address];
        assert_eq!(subject_of(bytes), None, "the metadata is sealed as well");
        let closed = lopdf::Document::load_mem(bytes).expect("a PDF");
        assert!(closed.is_encrypted());
        assert!(closed.authenticate_password("").is_err() && closed.authenticate_password("A999").is_err());
        let password = PdfPassword::LastSix.of(&delivery.recipient);
        let locked = lopdf::Document::load_mem_with_options(bytes, lopdf::LoadOptions::with_password(&password))
            .expect("the recipient's own number");
        let document = bench.pipeline.ledger.document(delivery.document_id).expect("a read").expect("the document");
        let plain = lopdf::Document::load_mem(&bench.pdf(&document)).expect("the archive's copy");
        assert_eq!(locked.get_pages().len(), plain.get_pages().len());
        let page = |document: &lopdf::Document| document.get_page_content(document.get_pages()[&1]);
        assert_eq!(page(&locked), page(&plain), "the same page behind the lock");
    }
    for bytes in bench.outbox().values() {
        let letter = MessageParser::default().parse(bytes).expect("a letter");
        let text = letter.body_text(0).expect("a text");
        assert!(text.contains("工号的最后 6 位"), "the letter says which rule opens it: {text}");
    }
}
