//! What is issued, kept and found of documents.

use super::*;
use crate::ledger::DocumentHead;
use crate::ledger::bench::{card, ledger, new_run};

#[test]
fn the_same_content_is_the_same_edition_and_belongs_to_both_runs() {
    let (ledger, _) = ledger();
    let first = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let second = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let (issued, is_new) = ledger.issue(&first, &card("A001", "v1")).expect("issued");
    assert!(is_new);
    ledger.set_pdf(issued.id, "pdf").expect("a hash");
    let (again, is_new) = ledger.issue(&second, &card("A001", "v1")).expect("issued");
    assert!(!is_new);
    assert_eq!(again, Document { pdf_hash: Some("pdf".to_owned()), ..issued });
    assert_eq!(ledger.run_heads(&first).expect("documents"), ledger.run_heads(&second).expect("documents"));
    assert_eq!(again.run_id, first);
}

#[test]
fn a_change_is_the_next_edition_even_when_it_goes_back() {
    let (ledger, _) = ledger();
    let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    for (content, edition) in [("v1", 1), ("v2", 2), ("v1", 3)] {
        let (document, is_new) = ledger.issue(&run, &card("A001", content)).expect("issued");
        assert_eq!((document.edition, is_new), (edition, true));
    }
    let period = card("A001", "v1").period;
    let editions = ledger.editions("monthly", &period, DocumentKind::Card, "A001").expect("editions");
    let contents: Vec<&str> = editions.iter().map(|one| one.content_hash.as_str()).collect();
    assert_eq!(contents, ["v1", "v2", "v1"]);
    let latest = ledger.latest_document("monthly", &period, DocumentKind::Card, "A001").expect("a read");
    assert_eq!(latest.as_ref(), editions.last());
    assert_eq!(ledger.run_heads(&run).expect("documents"), [latest.expect("the latest").into()], "one per subject");
    assert_eq!(ledger.latest_document("monthly", &period, DocumentKind::Pack, "A001").expect("a read"), None);
}

#[test]
fn a_document_is_kept_whole_and_listed_by_team_kind_and_subject() {
    let (ledger, _) = ledger();
    let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let third = Exact::whole(1).checked_div(&Exact::whole(3));
    let pack = NewDocument { kind: DocumentKind::Pack, ..card("T1", "p") };
    let full = NewDocument {
        total: third.clone(),
        rank: Some(2),
        of: Some(7),
        grade: Some("良好".to_owned()),
        changed: Some("{}".to_owned()),
        ..card("A002", "c")
    };
    let other_team = NewDocument { team: "T0".to_owned(), ..card("A009", "c") };
    for new in [&pack, &full, &card("A001", "c"), &other_team] {
        ledger.issue(&run, new).expect("issued");
    }
    let listed = ledger.run_heads(&run).expect("documents");
    let subjects: Vec<&str> = listed.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(subjects, ["A009", "A001", "A002", "T1"]);
    let first = |kind, subject| ledger.first_in_run(&run, kind, subject).expect("a read").map(DocumentHead::from);
    assert_eq!(first(DocumentKind::Card, None).as_ref(), listed.first());
    assert_eq!(first(DocumentKind::Card, Some("A002")).as_ref(), listed.get(2));
    assert_eq!(first(DocumentKind::Pack, None).as_ref(), listed.last());
    assert_eq!(first(DocumentKind::Pack, Some("A002")), None);
    let kept = &listed[2];
    assert_eq!((&kept.total, kept.rank, kept.of), (&third, Some(2), Some(7)));
    assert_eq!((kept.grade.as_deref(), kept.changed.as_deref()), (Some("良好"), Some("{}")));
    let whole = ledger.document(kept.id).expect("a read").expect("it is there");
    assert_eq!(&DocumentHead::from(whole), kept);
    assert!(ledger.set_pdf(999, "x").is_err());
    assert!(ledger.issue("nothing", &card("A001", "new")).is_err(), "a run that is not there issues nothing");
}
