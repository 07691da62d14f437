//! The right person: whatever order rows, people, documents and letters come in, each gets their own card.

use std::path::Path;

use mail_parser::MessageParser;
use scorepost::clock::Clock;
use scorepost::ledger::{DocumentKind, Ledger, Scope, Trigger};
use scorepost::period::Period;
use scorepost::pipeline::{self, Order, Pipeline, Reach};
use scorepost::settings::Settings;

use super::crowd::{Crowd, Desk};
use super::dice::share;
use super::{Dice, Figures};
use crate::bench::{documents_of, morning};

const SET: &str = "right persons";

/// The letters of an outbox: each to one person, whose name, number and sales its PDF shows, and nobody else's.
fn check_letters(outbox: &Path) -> usize {
    let mut letters = 0;
    for entry in std::fs::read_dir(outbox).expect("an outbox") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a letter");
        let letter = MessageParser::default().parse(&bytes).expect("a letter");
        let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient");
        Crowd::check_card(to, letter.attachment(0).expect("a card").contents());
        letters += 1;
    }
    letters
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_order_rows_come_in_each_gets_their_own() {
    letters(Crowd { agents: 60, team: 12 }, 1, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn two_thousand_letters() {
    letters(Crowd { agents: share(2000).max(200), team: 50 }, 4, Dice::seed()).await;
}

/// Mails everybody's card, or that of the first team where one is enough, once for each order of the rows.
async fn letters(crowd: Crowd, orders: u64, seed: u64) {
    let mut figures = Figures::of(SET);
    for order in 0..orders {
        let desk = Desk::of(&crowd, seed + order).await;
        let part = crowd.agents / orders as usize;
        let teams = (part / crowd.team).max(1).min(crowd.agents / crowd.team);
        let first = order as usize * teams;
        for team in first..first + if orders == 1 { 1 } else { teams } {
            let team = crowd.team_of(team * crowd.team);
            let told = desk.ask(&["run", "monthly-scorecard", "--period", "2026-10", "--team", &team, "--send"]);
            assert_eq!(told["state"], "sent", "{told:#}");
        }
        let letters = check_letters(&desk.folder.path().join("data/outbox"));
        assert!(letters >= crowd.team, "{letters} letters");
        figures.add("letters with their PDFs", letters);
    }
    figures.add("to the wrong person", 0);
    figures.tell();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_with_one_address_get_nothing_by_mail() {
    let desk = Desk::sharing(&Crowd { agents: 6, team: 6 }, 1).await;
    let told = desk.ask(&["run", "monthly-scorecard", "--period", "2026-10", "--send"]);
    let shared: Vec<&str> = told["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|one| one["code"] == "shared-address")
        .filter_map(|one| one["subject"].as_str())
        .collect();
    assert_eq!(shared, ["A000000", "A000001"], "{told:#}");
    assert_eq!(check_letters(&desk.folder.path().join("data/outbox")), 4);
}

/// A pipeline over the files of a crowd, in this process.
fn pipeline(desk: &Desk) -> Pipeline {
    let environment = desk.environment();
    let settings = Settings::read(None, &environment).unwrap_or_else(|found| panic!("{found}"));
    let settings = Settings { clock: Clock::fixed(morning(9)), ..settings };
    let (jobs, schemes, sources) = Pipeline::load(&settings).unwrap_or_else(|found| panic!("{found}"));
    Pipeline::open(settings, jobs, schemes, sources).unwrap_or_else(|error| panic!("{error:#}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn a_hundred_thousand_cards() {
    let mut figures = Figures::of("right persons: sealed records");
    let crowd = Crowd { agents: share(100_000), team: 50 };
    let desk = Desk::of(&crowd, Dice::seed()).await;
    let pipeline = pipeline(&desk);
    let order = Order {
        job: "monthly-scorecard".into(),
        period: Period::parse("2026-10").expect("a period"),
        scope: Scope::default(),
        trigger: Trigger::History,
        requested_by: "trial".into(),
        refresh: false,
        send: false,
        as_of: None,
        reach: Reach::Results,
        occasion: None,
        request: None,
        scheme_version: None,
        reason: None,
    };
    let outcome = pipeline::run(&pipeline, &order, &|_| {}).await.unwrap_or_else(|error| panic!("{error:#}"));
    figures.add("records", records(&pipeline.ledger, &outcome.run.id, &crowd));
    figures.add("of another person", 0);
    figures.tell();
}

/// Every card of a run says the name, the team and the sales of the person whose number it is filed under.
fn records(ledger: &Ledger, run: &str, crowd: &Crowd) -> usize {
    let documents = documents_of(ledger, run);
    let cards = documents.iter().filter(|document| document.kind == DocumentKind::Card);
    let checked = cards.map(|card| {
        let number = Crowd::number_of(&card.subject);
        assert_eq!(
            (card.name.as_str(), card.team.as_str()),
            (Crowd::name(number).as_str(), crowd.team_of(number).as_str())
        );
        assert!(
            card.data.replace(',', "").contains(&format!("¥{}.00", Crowd::sales(number))),
            "the record of {} has other sales",
            card.subject
        );
        assert!(card.data.contains(&Crowd::name(number)), "the record of {} has another name", card.subject);
    });
    let count = checked.count();
    assert_eq!(count, crowd.agents);
    count
}
