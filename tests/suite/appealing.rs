//! An accepted appeal gives its agent a new edition with the difference and a letter, and stays in force.

use lopdf::Object;
use scorepost::exact::Exact;
use scorepost::ledger::{Answer, Correction, Document, DocumentKind, NewAppeal, Role, Ruling, RunState, Sets, User};
use scorepost::pipeline::{self, Explanation};
use scorepost::score::appraisal::{Line, LineKind, Standing};

use crate::bench::{Bench, morning};

const SITE: &str = "https://scores.example";

fn shop() -> Bench {
    Bench::with(9, |environment| {
        environment.insert("SCOREPOST_CONSOLE_URL".to_owned(), format!("{SITE}/"));
    })
}

fn explain(bench: &Bench, card: &Document) -> Explanation {
    let explained = pipeline::explain(&bench.pipeline, &card.job, &card.period, &card.subject, 3);
    explained.unwrap_or_else(|error| panic!("{error:#}"))
}

fn total(explained: &Explanation) -> Exact {
    match &explained.card.standing {
        Standing::Scored { total, .. } => total.clone(),
        Standing::NotScored { reason } => panic!("{}", reason.en),
    }
}

/// A line by its weight that won some points and could have won more.
fn short_of_full(explained: &Explanation) -> Option<Line> {
    let short = |line: &&Line| {
        line.kind == LineKind::Weighted && line.points.as_ref().is_some_and(|points| *points < line.full_marks)
    };
    explained.card.lines.iter().find(short).cloned()
}

fn card_of(bench: &Bench, agent: &str) -> Document {
    let period = scorepost::period::Period::parse("2026-10").expect("a period");
    let latest = bench.pipeline.ledger.latest_document("monthly-scorecard", &period, DocumentKind::Card, agent);
    latest.expect("a read").expect("a card")
}

/// The addresses to which a PDF leads.
fn addresses(pdf: &[u8]) -> Vec<String> {
    let file = lopdf::Document::load_mem(pdf).expect("a PDF");
    let uri = |object: &Object| {
        let found = object.as_dict().ok()?.get(b"URI").ok()?.as_str().ok()?;
        Some(String::from_utf8_lossy(found).into_owned())
    };
    let direct = file.objects.values().filter_map(uri);
    let of_links = file.objects.values().filter_map(|object| {
        let action = object.as_dict().ok()?.get(b"A").ok()?;
        uri(action)
    });
    direct.chain(of_links).collect()
}

fn letters_with(bench: &Bench, text: &str) -> usize {
    let parsed = |bytes: &Vec<u8>| {
        let letter = mail_parser::MessageParser::default().parse(bytes).expect("a letter");
        letter.body_text(0).expect("a text").into_owned()
    };
    bench.outbox().values().filter(|bytes| parsed(bytes).contains(text)).count()
}

/// Appeals against a line and has it accepted with all its points.
fn win(bench: &Bench, card: &Document, line: &Line) {
    let correction = Correction { sets: Sets::Points, amount: line.full_marks.clone() };
    rule(bench, card, line, Ruling::Accept(correction));
}

/// Appeals against a line and has it ruled on by the leader.
fn rule(bench: &Bench, card: &Document, line: &Line, ruling: Ruling) {
    let ledger = &bench.pipeline.ledger;
    let lead = User {
        name: "lead".to_owned(),
        role: Role::Manager,
        staff_number: None,
        teams: vec![card.team.clone()],
        disabled: false,
        password_hash: None,
        created_at: morning(9),
    };
    ledger.put_user(&lead).expect("a user");
    let appeal = NewAppeal {
        document_id: card.id,
        line: &line.id,
        label: &line.label.zh,
        reason: "数据有误",
        by: &card.subject,
        through: "link",
    };
    let appeal = ledger.open_appeal(appeal).expect("opened");
    let answer = Answer { ruling, by: "lead", reason: "已核对", through: "console", send: false };
    ledger.answer_appeal(appeal.id, &answer).expect("answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_appeal_gives_a_new_edition_and_a_letter_and_stays_in_force() {
    let bench = shop();
    let first = bench.run(bench.october().send()).await.run;
    let cards = bench.documents(&first.id);
    let mut cards = cards.into_values().filter(|one| one.kind == DocumentKind::Card && one.total.is_some());
    let found = cards.find_map(|card| short_of_full(&explain(&bench, &card)).map(|line| (card, line)));
    let (card, line) = found.expect("a card that is not perfect");
    let before = total(&explain(&bench, &card));
    let word = bench.pipeline.ledger.sign_link(&card).expect("signed").expect("a window");
    let link = format!("{SITE}/my/{word}");
    assert_eq!(letters_with(&bench, &link), 1, "the letter of that agent, and no other, has the link");
    assert!(addresses(&bench.pdf(&card)).contains(&link));

    bench.clock.set(morning(10));
    win(&bench, &card, &line);
    let asked = bench.pipeline.ledger.take_request("worker").expect("a read").expect("a request");
    let (team, agent) = (asked.scope.team.expect("a team"), asked.scope.agent.expect("an agent"));
    let planned = bench.plan(bench.october().team(&team).agent(&agent));
    assert_eq!(planned.effects.expect("effects").cards.len(), 1);
    let second = bench.run(bench.october().team(&team).agent(&agent)).await;
    assert_eq!((second.run.state, second.new_editions), (RunState::Ready, 1), "{:?}", second.findings);
    let pinned = bench.pipeline.ledger.run_adjustments(&second.run.id).expect("adjustments");
    assert_eq!(pinned.len(), 1);

    let anew = card_of(&bench, &card.subject);
    assert_eq!(anew.edition, 2);
    let changed = anew.changed.clone().expect("a difference");
    assert!(changed.contains(&line.label.zh), "{changed}");
    let explained = explain(&bench, &anew);
    assert!(explained.as_issued);
    let set = explained.card.lines.iter().find(|one| one.id == line.id).expect("the line");
    assert_eq!(set.points, Some(line.full_marks.clone()));
    assert!(set.rule.zh.starts_with("申诉后改定（lead，2026-11-10；按规则为"), "{}", set.rule.zh);
    let gain = set.contribution.clone().expect("a share") - line.contribution.clone().expect("a share");
    assert_eq!(total(&explained).rounded(2), (before + gain).rounded(2));
    assert!(anew.data.contains("申诉后改定（lead，2026-11-10"), "the card says who set it and when");

    let mailed = bench.outbox().len();
    pipeline::release(&bench.pipeline, &second.run.id, "lead", &|_| {}).await.expect("released");
    assert_eq!(bench.outbox().len(), mailed + 1, "one letter with the new edition");

    let third = bench.run(bench.october()).await;
    assert_eq!(card_of(&bench, &card.subject).edition, 2, "a run of the whole shop keeps what was set");
    assert_eq!(bench.pipeline.ledger.run_adjustments(&third.run.id).expect("adjustments"), pinned);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_of_the_console_no_link_is_printed() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october().send()).await.run;
    let cards = bench.documents(&run.id);
    let card = cards.values().find(|one| one.kind == DocumentKind::Card).expect("a card");
    assert!(addresses(&bench.pdf(card)).is_empty());
    assert_eq!(letters_with(&bench, "/my/"), 0);
    let until = bench.pipeline.ledger.window_of(card.id).expect("a read").expect("a window");
    assert_eq!(
        until.to_rfc3339(),
        "2026-11-16T16:00:00+00:00",
        "five working days after a Monday, to the end of the day"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_appeal_is_told_to_its_agent_once_with_the_reason() {
    let bench = shop();
    let run = bench.run(bench.october().send()).await.run;
    let cards = bench.documents(&run.id).into_values();
    let mut cards = cards.filter(|one| one.kind == DocumentKind::Card && one.total.is_some());
    let card = cards.next().expect("a card");
    let line = explain(&bench, &card).card.lines.first().cloned().expect("a line");
    let before = bench.outbox();
    rule(&bench, &card, &line, Ruling::Refuse);
    assert_eq!(pipeline::tell_refusals(&bench.pipeline).expect("planned"), 1);
    assert_eq!(pipeline::tell_refusals(&bench.pipeline).expect("nothing is new"), 0);
    assert_eq!(pipeline::mail_reminders(&bench.pipeline).await.expect("mailed"), 1);
    let mut after = bench.outbox();
    after.retain(|name, _| !before.contains_key(name));
    let letter = after.into_values().next().expect("a letter");
    let letter = mail_parser::MessageParser::default().parse(&letter).expect("a letter");
    let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a reader");
    let delivery = bench.pipeline.ledger.document_deliveries(card.id).expect("deliveries").remove(0);
    assert_eq!(to, delivery.address);
    let text = letter.body_text(0).expect("a text");
    for said in ["没有采纳", "理由：已核对", "答复人：lead", &line.label.zh, &format!("{SITE}/my/")] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert!(!letter.subject().expect("a subject").contains(&line.label.zh), "a subject is seen by others");
}

/// A run whose first card was appealed against in vain.
async fn refused_appeal(bench: &Bench) {
    let run = bench.run(bench.october().send()).await.run;
    let cards = bench.documents(&run.id).into_values();
    let mut cards = cards.filter(|one| one.kind == DocumentKind::Card && one.total.is_some());
    let card = cards.next().expect("a card");
    let line = explain(bench, &card).card.lines.first().cloned().expect("a line");
    rule(bench, &card, &line, Ruling::Refuse);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_cannot_be_told_now_is_told_later_and_none_to_a_tester() {
    let bench = shop();
    refused_appeal(&bench).await;
    let bench = bench.reopen(|environment| {
        environment.insert("SCOREPOST_TEST_TO".to_owned(), "tester@elsewhere.example".to_owned());
    });
    assert_eq!(pipeline::tell_refusals(&bench.pipeline).expect("a rehearsal"), 0);
    let bench = bench.reopen(|_| {});
    let tables = bench.pipeline.folders.tables("monthly-scorecard", "2026-10");
    let roster = tables.join("agents.parquet");
    let whole = std::fs::read(&roster).expect("a table");
    std::fs::write(&roster, b"torn").expect("a torn table");
    assert_eq!(pipeline::tell_refusals(&bench.pipeline).expect("told of"), 0);
    std::fs::write(&roster, whole).expect("a table");
    assert_eq!(pipeline::tell_refusals(&bench.pipeline).expect("planned"), 1);
    assert_eq!(pipeline::tell_refusals(&bench.pipeline).expect("nothing is new"), 0);
}
