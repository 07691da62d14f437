//! A ledger of two years of a house of a hundred thousand: the statements of every day look at few rows of it.
//!
//! That no statement reads a whole large table is proved by the database's own plans. How long they take with 24 months of
//! 100,000 cards, `cargo test --release --lib -- --ignored --nocapture ledger::large` prints; `SCOREPOST_LARGE=MONTHSxCARDS`
//! takes other numbers, `TMPDIR` another disk (some 3 GB).

use std::time::{Duration, Instant};

use super::bench::{instant, period, planned, user};
use super::store::sqlite::SAID;
use super::{
    AuditWish, CardWish, CardedPeriod, DocumentKind, Errand, Ledger, Letters, Note, RecordedTally, Report, Role,
    RunFilter, RunState, User, WantedAppeals, WantedProposals, Whose,
};
use crate::clock::Clock;

/// Tables that grow with every card of every month.
const LARGE: [&str; 8] =
    ["documents", "newer", "own", "deliveries", "run_documents", "proposals", "audit", "recorded_events"];

/// Statements that may read a whole table or index on purpose, with the reason.
const ON_PURPOSE: [(&str, &str); 3] = [
    ("SELECT state, count(*) FROM deliveries GROUP BY state", "monitors count all letters, from an index"),
    ("SELECT * FROM audit WHERE (?1 = ''", "from the newest on, until the page is full"),
    ("SELECT proposals.*", "a scheme proposes for few of its agents, and the page sorts them all"),
];

/// One thing that people or the program ask of the ledger every day.
type Question = (&'static str, fn(&Ledger, &Scene));

/// What the questions are about.
struct Scene {
    run: String,
    agent: String,
    team: String,
    label: &'static str,
    manager: User,
}

impl Scene {
    fn wish(&self, text: &str) -> CardWish {
        CardWish {
            job: "monthly".to_owned(),
            period: period(self.label),
            team: None,
            agent: None,
            text: text.to_owned(),
        }
    }
}

const QUESTIONS: [Question; 31] = [
    ("a page of runs", |ledger, _| drop(ledger.runs(None, 50).expect("runs"))),
    ("runs that are not over", |ledger, _| drop(ledger.unfinished_runs().expect("runs"))),
    ("a page of the run log", |ledger, _| {
        drop(ledger.filtered_runs(&RunFilter::default(), 0, 50).expect("runs"));
        ledger.count_filtered_runs(&RunFilter::default()).expect("a count");
    }),
    ("the runs of a team", |ledger, scene| {
        let teams = [scene.team.clone()].into();
        drop(ledger.runs_of_teams(&teams, 50, |_, _| true).expect("runs"));
    }),
    ("the periods with cards", |ledger, _| drop(ledger.carded_periods().expect("periods"))),
    ("the cards of a team", |ledger, scene| {
        let wish = CardWish { team: Some(scene.team.clone()), ..scene.wish("") };
        drop(ledger.find_cards(&wish, 100).expect("cards"));
    }),
    ("the cards of a team in figures", |ledger, scene| {
        let one = CardedPeriod { job: "monthly".to_owned(), period: period(scene.label) };
        let teams = [scene.team.clone()].into();
        ledger.carded_teams(&one, Whose::Teams(&teams)).expect("teams");
        ledger.card_totals(&one, Whose::Teams(&teams)).expect("totals");
        let cards =
            ledger.find_cards(&CardWish { team: Some(scene.team.clone()), ..scene.wish("") }, 100).expect("cards");
        drop(ledger.contents(&cards.iter().map(|card| card.id).collect::<Vec<_>>()).expect("contents"));
    }),
    ("a run as the leader of a team sees it", |ledger, scene| {
        let (run, teams) = (ledger.run(&scene.run).expect("a read").expect("a run"), [scene.team.clone()].into());
        drop(ledger.portions(&run.id, Whose::Teams(&teams)).expect("portions"));
        drop(ledger.findings_near(&run.id, &teams).expect("findings"));
        drop(ledger.count_troubled(&run.id).expect("counts"));
        drop(ledger.troubled_letters(&run.id, Whose::Teams(&teams), 40).expect("letters"));
        let marks = ledger.letter_marks(&run, Whose::Teams(&teams)).expect("marks");
        drop(ledger.run_letters(&run.id, &marks.iter().map(|mark| mark.id).collect::<Vec<_>>()).expect("letters"));
    }),
    ("a run as those who see everybody's", |ledger, scene| {
        let run = ledger.run(&scene.run).expect("a read").expect("a run");
        drop(ledger.portions(&run.id, Whose::Everybody).expect("portions"));
        drop(ledger.letter_marks(&run, Whose::Everybody).expect("marks"));
    }),
    ("recorded events", |ledger, scene| {
        let tallies = ledger.recorded_tallies("monthly", &period(scene.label)).expect("tallies");
        let nobody = RecordedTally { team: String::new(), agent: String::new(), events: 0, counting: 0 };
        let asked: Vec<RecordedTally> = tallies.into_iter().chain([nobody]).collect();
        drop(ledger.find_recorded("monthly", &period(scene.label), &asked, 0..100).expect("events"));
    }),
    ("one agent's cards", |ledger, scene| drop(ledger.card_history("monthly", &scene.agent).expect("cards"))),
    ("one card with its editions and letters", |ledger, scene| {
        let card = DocumentKind::Card;
        let all = ledger.editions("monthly", &period(scene.label), card, &scene.agent).expect("editions");
        let newest = all.last().expect("a card");
        drop(ledger.document_deliveries(newest.id).expect("letters"));
        drop(ledger.document_runs(newest.id).expect("runs"));
        ledger.latest_document("monthly", &period(scene.label), card, &scene.agent).expect("a read");
    }),
    ("the names of teams", |ledger, _| drop(ledger.team_names("monthly").expect("names"))),
    ("what a manager leads", |ledger, scene| drop(ledger.led_by(&scene.manager).expect("teams"))),
    ("proposals that wait", |ledger, _| {
        let wanted = WantedProposals { state: Some(super::ProposalState::Pending), ..WantedProposals::default() };
        drop(ledger.proposals(&wanted).expect("proposals"));
    }),
    ("appeals", |ledger, _| drop(ledger.appeals(&WantedAppeals::default()).expect("appeals"))),
    ("the audit of a run", |ledger, scene| drop(ledger.audit_of_run(&scene.run).expect("entries"))),
    ("a page of the audit", |ledger, _| drop(ledger.find_audit(&AuditWish::default(), 50).expect("entries"))),
    ("why a run was ordered", |ledger, scene| drop(ledger.reason_of(&scene.run).expect("a reason"))),
    ("a claim of four letters", |ledger, scene| {
        for one in ledger.claim_deliveries(&scene.run, "w", 4).expect("claims") {
            ledger.unclaim(one.id).expect("given back");
        }
    }),
    ("a letter from claim to end", |ledger, scene| {
        let one = ledger.claim_delivery(&scene.run, "w").expect("a claim").expect("a letter");
        ledger.mark_in_doubt(one.id, "w").expect("marked");
        ledger.note_deliveries("w", &[(one.id, Note::Sent { reply: "250".to_owned() })]).expect("noted");
    }),
    ("all of a run, as a round of letters begins", |ledger, scene| {
        drop(ledger.run_pdfs(&scene.run).expect("hashes"));
        drop(ledger.unrendered(&scene.run).expect("documents"));
        drop(ledger.chosen_letters(&scene.run).expect("letters"));
        drop(ledger.deliveries(&scene.run).expect("letters"));
    }),
    ("when a letter is due again", |ledger, scene| {
        ledger.next_due(&scene.run).expect("an instant");
    }),
    ("what dead workers left", |ledger, scene| {
        ledger.recover_deliveries(|_| true).expect("recovered");
        ledger.recover_errands(Errand::Notice, |_| true).expect("recovered");
        ledger.give_back_forgotten(&scene.run, "w").expect("given back");
        drop(ledger.workers_at(&scene.run).expect("workers"));
    }),
    ("unknown letters", |ledger, _| {
        drop(ledger.unknown_deliveries().expect("letters"));
        drop(ledger.unknown_errands().expect("errands"));
    }),
    ("letters of the last minute", |ledger, _| {
        drop(ledger.doubted_within(chrono::TimeDelta::minutes(1)).expect("letters"));
    }),
    ("letters in trouble, by run", |ledger, _| drop(ledger.troubles().expect("troubles"))),
    ("letters by state", |ledger, _| drop(ledger.count_deliveries().expect("counts"))),
    ("a report of the mail system", |ledger, _| {
        let report = Report::Failed { diagnostic: "gone".to_owned() };
        ledger.record_report("nobody@example.invalid", &report).expect("a report");
        ledger.record_report("nobody", &report).expect("a report");
    }),
    ("occasions to act on", |ledger, _| {
        drop(ledger.occurrences_to_do().expect("occasions"));
        drop(ledger.failed_occurrences().expect("occasions"));
    }),
    ("robots and reminders to act on", |ledger, _| {
        drop(ledger.claim_notice("w", 20).expect("a claim"));
        drop(ledger.claim_reminder("w").expect("a claim"));
    }),
];

/// How SQLite goes about a statement, step by step.
fn plan(ledger: &Ledger, sql: &str) -> Vec<String> {
    let explained = ledger.read(|connection| {
        let mut statement = connection.file()?.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let count = statement.parameter_count();
        let nothing = rusqlite::params_from_iter(std::iter::repeat_n(rusqlite::types::Null, count));
        let steps = statement.query_map(nothing, |row| row.get::<_, String>(3))?;
        Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    explained.unwrap_or_else(|error| panic!("{error:#}: {sql}"))
}

/// Whether a step reads all rows of a large table, or all of one of its indices, or of them all that are of one job.
fn reads_everything(step: &str) -> bool {
    let of_a_job = step.strip_prefix("SEARCH ").filter(|rest| rest.ends_with("(job=?)"));
    let table = step.strip_prefix("SCAN ").or(of_a_job).and_then(|rest| rest.split(' ').next());
    table.is_some_and(|table| LARGE.contains(&table))
}

#[test]
fn no_statement_of_every_day_reads_a_whole_large_table() {
    let ledger = Ledger::open_in_memory(Clock::fixed(instant("2026-11-09T01:00:00Z"))).expect("a ledger");
    let run = planned(&ledger, &["A001", "A002"]);
    let manager = User { staff_number: Some("M1".to_owned()), ..user("lead", Role::Manager, ledger.now()) };
    let scene = Scene { run, agent: "A001".to_owned(), team: "T1".to_owned(), label: "2026-10", manager };
    SAID.with_borrow_mut(|said| said.clear());
    QUESTIONS.iter().for_each(|(_, ask)| ask(&ledger, &scene));
    ledger.release_letters(&scene.run, "hr", &Letters::All).expect_err("it is not ready");
    let said = SAID.with_borrow(Clone::clone);
    assert!(said.len() > 40, "{} statements were looked at", said.len());
    let mut slow = Vec::new();
    for sql in &said {
        let on_purpose = ON_PURPOSE.iter().any(|(start, _)| sql.starts_with(start));
        slow.extend(
            plan(&ledger, sql)
                .into_iter()
                .filter(|step| !on_purpose && reads_everything(step))
                .map(|step| format!("{step}: {sql}")),
        );
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn a_plan_that_reads_everything_is_noticed() {
    let ledger = Ledger::open_in_memory(Clock::system()).expect("a ledger");
    let reads = |sql: &str| plan(&ledger, sql).iter().any(|step| reads_everything(step));
    assert!(reads("SELECT * FROM documents WHERE name = ?1"));
    assert!(reads("SELECT count(*) FROM deliveries"));
    assert!(reads("SELECT name, team FROM documents WHERE job = ?1 AND team = ?2"));
    assert!(!reads("SELECT * FROM documents WHERE id = ?1"));
}

#[test]
fn of_each_troubled_letter_its_document_is_looked_up() {
    let ledger = Ledger::open_in_memory(Clock::system()).expect("a ledger");
    SAID.with_borrow_mut(|said| said.clear());
    ledger.count_troubled("run").expect("counts");
    ledger.troubled_letters("run", Whose::Everybody, 40).expect("letters");
    for sql in SAID.with_borrow(Clone::clone) {
        let steps = plan(&ledger, &sql);
        assert!(steps.iter().any(|step| step.contains("run_documents_by_document")), "{steps:#?}: {sql}");
    }
}

/// Months and cards of each.
fn size() -> (u32, u32) {
    let text = std::env::var("SCOREPOST_LARGE").unwrap_or_else(|_| "24x100000".to_owned());
    let (months, cards) = text.split_once('x').expect("MONTHSxCARDS");
    (months.parse().expect("months"), cards.parse().expect("cards"))
}

/// The label of the month so many before October 2026.
fn month_before_october(months: u32) -> String {
    let number = 2026 * 12 + 9 - months;
    format!("{}-{:02}", number / 12, number % 12 + 1)
}

/// Fills a month: its run, a card of half a kilobyte and a letter for each agent, a pack for each fifty; all sent but the
/// last month's, which waits.
fn fill(ledger: &Ledger, label: &str, cards: u32, state: &str) -> String {
    let run = ledger.start_run(&super::bench::new_run(label)).expect("a run").id;
    let of = |kind: &str, step: u32, subject: &str| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + {step} FROM n WHERE i + {step} < {cards}) \
             INSERT INTO documents (job, period, kind, subject, edition, run_id, name, team, content_hash, data, rank, \
             created_at, pdf_hash) SELECT 'monthly', '{label}', '{kind}', {subject}, 1, '{run}', 'agent ' || i, \
             printf('T%05d', i / 50), printf('%064d', i), hex(zeroblob(250)), i % 50 + 1, \
             '{label}-09T01:00:00.000Z', printf('%064d', i) FROM n"
        )
    };
    let letters = format!(
        "INSERT INTO deliveries (document_id, recipient, run_id, role, address, message_id, mime_hash, state, attempts, \
         in_doubt_at, sent_at) SELECT id, subject, run_id, 'agent', subject || '@example.invalid', \
         id || '@example.invalid', content_hash, '{state}', 1, '{label}-09T02:00:00.000Z', '{label}-09T02:00:00.000Z' \
         FROM documents WHERE run_id = '{run}' AND kind = 'card'"
    );
    let stand = format!(
        "INSERT INTO run_documents (run_id, kind, subject, document_id, team, issued) \
         SELECT run_id, kind, subject, id, team, 1 FROM documents WHERE run_id = '{run}'"
    );
    ledger
        .write(|transaction| {
            for sql in [of("card", 1, "printf('A%06d', i)"), of("pack", 50, "printf('T%05d', i / 50)"), stand, letters]
            {
                transaction.execute(&sql, super::store::params![])?;
            }
            Ok(())
        })
        .expect("filled");
    run
}

#[test]
#[ignore = "fills a disk with two years of a hundred thousand cards, and prints how long questions take"]
fn two_years_of_a_hundred_thousand() {
    let (months, cards) = size();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let ledger = Ledger::open(&path, Clock::fixed(instant("2026-11-09T01:00:00Z"))).expect("a ledger");
    let begun = Instant::now();
    let mut run = String::new();
    for month in (0..months).rev() {
        let label = month_before_october(month);
        run = fill(&ledger, &label, cards, if month == 0 { "pending" } else { "sent" });
        let state = if month == 0 { RunState::Releasing } else { RunState::Sent };
        ledger.set_state(&run, state).expect("a state");
    }
    let bytes = std::fs::metadata(&path).expect("a file").len();
    println!("{months} months of {cards} cards: {} MB, filled in {:.0} s", bytes >> 20, begun.elapsed().as_secs_f64());
    let manager = User { staff_number: Some("M1".to_owned()), ..user("lead", Role::Manager, ledger.now()) };
    let scene = Scene { run, agent: "A000777".to_owned(), team: "T00015".to_owned(), label: "2026-10", manager };
    println!("| question | middle ms | slowest of 20 ms |\n|---|---:|---:|");
    for (name, ask) in QUESTIONS {
        let mut took: Vec<Duration> = (0..20)
            .map(|_| {
                let begun = Instant::now();
                ask(&ledger, &scene);
                begun.elapsed()
            })
            .collect();
        took.sort();
        let ms = |one: Duration| one.as_secs_f64() * 1e3;
        println!("| {name} | {:.2} | {:.2} |", ms(took[10]), ms(took[19]));
    }
}
