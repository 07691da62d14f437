//! The main job runs through: numbers that agree with the shop's own truth, letters to the right people, reruns that surprise nobody.

use std::collections::BTreeMap;

use mail_parser::{MessageParser, MimeHeaders};
use scorepost::exact::Exact;
use scorepost::ledger::{DocumentKind, Role, RunState, User};
use scorepost::render::subject_of;
use scorepost::score::appraisal::{Card, Standing};
use serde_json::Value;

use crate::bench::Bench;
use crate::facts::by_agent;

fn ratio(numerator: i64, denominator: i64) -> Exact {
    Exact::whole(numerator).checked_div(&Exact::whole(denominator)).expect("a denominator")
}

fn value(card: &Card, line: &str) -> Option<Exact> {
    let line = card.lines.iter().find(|one| one.id == line).expect("a line");
    line.measured.as_ref()?.value.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_on_the_cards_are_the_shops_own_truth() {
    let bench = Bench::on(9);
    let outcome = bench.run(bench.october()).await;
    assert_eq!(outcome.run.state, RunState::Ready);
    assert!(bench.outbox().is_empty(), "a run without --send mails nobody");
    let appraisal = outcome.appraisal.expect("an appraisal");
    let cards = by_agent(&appraisal);
    let truth = bench.shop.truth(appraisal.period.start);
    assert_eq!(cards.len(), truth.len());
    for row in truth {
        let card = cards[row.agent.as_str()];
        if row.received == 0 {
            assert!(matches!(card.standing, Standing::NotScored { .. }), "{}", row.agent);
            continue;
        }
        assert_eq!(value(card, "paid-amount"), Some(ratio(row.paid_amount, 100)), "{} paid", row.agent);
        assert_eq!(
            value(card, "conversion"),
            Some(ratio(row.paid_buyers as i64, row.inquiries as i64)),
            "{}",
            row.agent
        );
        let response = ratio(row.response_seconds as i64, row.response_count as i64);
        assert_eq!(value(card, "response-time"), Some(response), "{} response", row.agent);
        let relation = card.lines[0].reference.as_ref().and_then(|one| one.relation.clone()).expect("a relation");
        assert_eq!(relation, ratio(row.paid_amount, row.target_fen.expect("a target")), "{} target", row.agent);
        let total: Exact = card.lines.iter().filter_map(|line| line.contribution.clone()).sum();
        assert!(matches!(&card.standing, Standing::Scored { total: printed, .. } if *printed == total));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_letter_goes_to_one_person_and_carries_their_own_document() {
    let bench = Bench::on(9);
    let outcome = bench.run(bench.october().send()).await;
    assert_eq!(outcome.run.state, RunState::Sent);
    let roster: BTreeMap<String, (String, DocumentKind)> = bench
        .pipeline
        .ledger
        .deliveries(&outcome.run.id)
        .expect("deliveries")
        .into_iter()
        .map(|one| (one.address, (one.subject, one.kind)))
        .collect();
    let outbox = bench.outbox();
    assert_eq!(outbox.len(), 23, "20 agents with an address and 3 managers");
    assert_eq!(roster.len(), outbox.len(), "every address once");
    for bytes in outbox.values() {
        let letter = MessageParser::default().parse(bytes).expect("a letter");
        let to: Vec<&str> = letter.to().expect("a recipient").iter().filter_map(|one| one.address()).collect();
        assert_eq!(to.len(), 1);
        assert!(letter.cc().is_none() && letter.bcc().is_none());
        let (subject, kind) = &roster[to[0]];
        let attached = letter.attachment(0).expect("an attachment");
        assert_eq!(subject_of(attached.contents()).as_ref(), Some(subject));
        let document = &bench.documents(&outcome.run.id)[&(*kind, subject.clone())];
        assert_eq!(attached.contents(), bench.pdf(document));
        assert!(attached.attachment_name().is_some_and(|name| name.ends_with("_2026-10.pdf")));
        assert!(letter.body_text(0).is_some_and(|text| text.contains("2026年10月")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rerun_surprises_nobody() {
    let bench = Bench::on(9);
    let first = bench.run(bench.october().send()).await;
    let letters = bench.outbox();
    let again = bench.run(bench.october().send()).await;
    assert_ne!(again.run.id, first.run.id);
    assert_eq!((again.new_editions, again.tally.sent_now, again.tally.sent), (0, 0, 23));
    assert_eq!(again.run.state, RunState::Sent);
    assert_eq!(again.run.cut_off, first.run.cut_off, "kept pages are used");
    assert_eq!(bench.outbox(), letters);
    let refreshed = bench.run(bench.october().refresh()).await;
    assert_eq!(refreshed.new_editions, 0, "the same data makes the same editions");
    assert_eq!(bench.outbox(), letters);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_is_given_again_as_it_was_is_not_built_again() {
    let bench = Bench::on(9);
    let first = bench.run(bench.october()).await;
    let tables = bench.pipeline.folders.tables("monthly-scorecard", "2026-10");
    let written = || std::fs::metadata(tables.join("chats.parquet")).and_then(|file| file.modified()).expect("chats");
    let before = written();
    let second = bench.run(bench.october()).await;
    assert_eq!(written(), before);
    assert_eq!(second.findings, first.findings);
    assert_eq!(second.new_editions, 0);
    std::fs::write(tables.join("chats.parquet"), b"half").expect("damaged");
    let third = bench.run(bench.october()).await;
    assert_eq!((third.run.state, third.new_editions), (RunState::Ready, 0), "{:?}", third.findings);
    assert_ne!(written(), before, "what is damaged is built again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_inputs_give_the_same_bytes() {
    let (one, other) = (Bench::on(9), Bench::on(9));
    let (first, second) = (one.run(one.october()).await, other.run(other.october()).await);
    let hashes = |bench: &Bench, run: &str| -> Vec<Option<String>> {
        bench.documents(run).into_values().map(|document| document.pdf_hash).collect()
    };
    let hashes_of_one = hashes(&one, &first.run.id);
    assert_eq!(hashes_of_one.len(), 24);
    assert!(hashes_of_one.iter().all(Option::is_some));
    assert_eq!(hashes_of_one, hashes(&other, &second.run.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_scheme_makes_new_editions_that_say_what_changed() {
    let bench = Bench::on(9);
    bench.run(bench.october().send()).await;
    let jobs = bench.folder.path().join("changed-jobs");
    crate::bench::copy(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").as_path(), &jobs);
    let scheme = jobs.join("schemes/presale-weighted.toml");
    let text = std::fs::read_to_string(&scheme).expect("a scheme");
    // Slow answers now cost all five marks of the indicator.
    let changed = text.replacen(
        "otherwise = 60\nassumed = { zh = \"原表分档缺失，采用 15/22/30 秒\"",
        "otherwise = 0\nassumed = { zh = \"原表分档缺失，采用 15/22/30 秒\"",
        1,
    );
    assert_ne!(text, changed);
    std::fs::write(&scheme, changed).expect("a changed scheme");
    let bench = bench.reopen(|environment| {
        environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
    });
    let plan = bench.plan(bench.october());
    let effects = plan.effects.expect("effects of kept data");
    let affected: Vec<&str> =
        effects.cards.iter().filter(|one| !one.changes.is_empty()).map(|one| one.agent.as_str()).collect();
    assert!(!affected.is_empty() && affected.len() < 20, "{affected:?}");
    let outcome = bench.run(bench.october().send().because("响应分档按新规执行")).await;
    let documents = bench.documents(&outcome.run.id);
    for agent in &affected {
        let document = &documents[&(DocumentKind::Card, (*agent).to_owned())];
        assert_eq!(document.edition, 2, "{agent}");
        let changed: Vec<Value> =
            serde_json::from_str(document.changed.as_deref().unwrap_or_default()).expect("what changed");
        assert_eq!(changed[0]["what"]["zh"], "重新发放的原因：响应分档按新规执行", "{agent}");
        assert!(changed.iter().any(|one| one["before"] != ""), "{agent}");
    }
    assert_eq!(
        bench.pipeline.ledger.reason_of(&outcome.run.id).expect("a word").as_deref(),
        Some("响应分档按新规执行")
    );
    let second_editions = bench
        .outbox()
        .values()
        .filter(|bytes| {
            let letter = MessageParser::default().parse(bytes).expect("a letter");
            let second = letter.subject().is_some_and(|subject| subject.contains('2') && subject.contains('版'));
            let text = letter.body_text(0).unwrap_or_default();
            assert_eq!(text.contains("重新发放的原因：响应分档按新规执行"), second, "{text}");
            second
        })
        .count();
    assert!(second_editions > 0);
    assert_eq!(outcome.tally.sent_now as usize, outcome.new_editions - without_address(&bench, &outcome.run.id));
}

/// New editions of people without an address.
fn without_address(bench: &Bench, run: &str) -> usize {
    let deliveries = bench.pipeline.ledger.deliveries(run).expect("deliveries");
    let documents = bench.documents(run);
    documents
        .values()
        .filter(|one| one.run_id == run && !deliveries.iter().any(|sent| sent.document_id == one.id))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_or_an_agent_can_be_run_alone() {
    let bench = Bench::on(9);
    let team = bench.run(bench.october().team("T2")).await;
    let documents = bench.documents(&team.run.id);
    assert!(documents.values().all(|one| one.team == "T2"));
    assert_eq!(documents.keys().filter(|(kind, _)| *kind == DocumentKind::Pack).count(), 1);
    let agent = bench.run(bench.october().agent("A001").send()).await;
    assert_eq!(bench.documents(&agent.run.id).len(), 1);
    assert_eq!(bench.outbox().len(), 1);
    let nobody = bench.try_run(bench.october().team("T9")).await.expect_err("no such team");
    assert!(format!("{nobody:#}").contains("T1"), "{nobody:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_tells_nothing_about_other_teams() {
    let bench = Bench::on(9);
    let outcome = bench.run(bench.october()).await;
    let documents = bench.documents(&outcome.run.id);
    for team in ["T1", "T2", "T3"] {
        let pack = &documents[&(DocumentKind::Pack, team.to_owned())];
        for card in documents.values().filter(|one| one.kind == DocumentKind::Card && one.team != team) {
            assert!(
                !pack.data.contains(&card.subject) && !pack.data.contains(&card.name),
                "{team} sees {}",
                card.subject
            );
        }
    }
}

/// Whoever gets a team's pack sees the team in the console, for the period that was scored and until a later one.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_keeps_who_leads_which_team() {
    let bench = Bench::on(9);
    let outcome = bench.run(bench.october()).await;
    let ledger = &bench.pipeline.ledger;
    for team in outcome.appraisal.expect("an appraisal").teams {
        let manager = team.manager.expect("a manager");
        let user = User {
            name: manager.id.clone(),
            role: Role::Manager,
            staff_number: Some(manager.id.clone()),
            teams: Vec::new(),
            disabled: false,
            password_hash: None,
            created_at: bench.pipeline.settings.clock.now(),
        };
        let led = ledger.led_by(&user).expect("teams");
        assert!(led.now().iter().eq([&team.id]), "{}", manager.id);
        let period = outcome.run.period;
        let commands = |period| led.commands("monthly-scorecard", &period, &team.id);
        assert!(commands(period) && commands(period.next()) && !commands(period.previous()), "{}", manager.id);
    }
}
