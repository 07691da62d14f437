//! A Zendesk desk.

use crate::sources::stage::{Stage, frame, in_october, numbers, sums};
use crate::sources::{finding, holds, texts};

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_tickets_is_the_true_one_although_tickets_come_again() {
    let mut stage = Stage::new(2);
    let pulled = stage.pull("zendesk", "ZENDESK_URL").await;
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let (built, _) = stage.tables(&pulled, Vec::new()).await;
    let tickets = &built.frames["tickets"];
    let solved = tickets.column("resolved").expect("a column").bool().expect("truth").clone();
    let reopened = numbers(tickets, "reopens");
    let agents = texts(tickets, "agent_id");
    let count = |agent: &str, keep: &dyn Fn(usize) -> bool| {
        (0..agents.len()).filter(|row| agents[*row] == agent && keep(*row)).count() as u64
    };
    let minutes = sums(tickets, "agent_id", "solve_seconds", |_| true);
    for row in stage.shop.service(stage.bench.period.start).iter().skip(1) {
        let agent = row.agent.as_str();
        assert_eq!(count(agent, &|_| true), row.cases, "{agent}");
        assert_eq!(count(agent, &|place| solved.get(place) == Some(true)), row.solved, "{agent}");
        assert_eq!(count(agent, &|place| reopened[place] > Some(0)), row.reopened, "{agent}");
        assert_eq!(minutes[agent], row.solve_minutes * 60, "{agent}");
    }
    assert!(finding(&pulled, "without-staff-number").is_none(), "skipped people are no rows set aside");
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_of_a_month_are_those_given_in_it() {
    let mut stage = Stage::new(2);
    let pulled = stage.pull("zendesk", "ZENDESK_URL").await;
    let surveys = frame(&pulled, "surveys");
    let tickets = frame(&pulled, "tickets");
    let inside = in_october(surveys, "at");
    let good =
        numbers(surveys, "score").iter().zip(&inside).filter(|(score, inside)| **inside && **score == Some(1)).count();
    let given = inside.iter().filter(|inside| **inside).count();
    assert!(given > 30 && good > given / 2 && good < given, "{good} of {given}");
    assert!(texts(tickets, "ticket_id").len() > given);
}
