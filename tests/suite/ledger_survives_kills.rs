//! Promise 9, as far as the ledger keeps it: a sender killed at any point loses no mail and doubles none.
//!
//! The sender runs in a process of its own and stops after every step until it is told to go on, so that each test
//! kills it at exactly one point. Its mails are lines of a file, which stands for the recipients' mailboxes.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use scorepost::clock::Clock;
use scorepost::ledger::{
    DeliveryState, DocumentKind, Ledger, NewDelivery, NewDocument, NewRun, RecipientRole, Scope, Trigger, holder,
};
use scorepost::period::Period;

const FOLDER: &str = "SCOREPOST_TEST_FOLDER";
const RUN: &str = "monthly-2026-10-1";
const AGENTS: [&str; 3] = ["A001", "A002", "A003"];
/// Start, then for each mail: claimed, in doubt, gone, sent.
const STEPS: usize = 1 + 4 * AGENTS.len();

#[test]
fn killed_after_any_step_nothing_is_lost_or_doubled() {
    for killed_after in 1..=STEPS {
        let folder = tempfile::tempdir().expect("a folder");
        plan(folder.path());
        let mut sender = Sender::start(folder.path());
        for _ in 1..killed_after {
            sender.go_on();
        }
        sender.kill();
        let mut next = Sender::start(folder.path());
        while next.go_on() {}
        check(folder.path(), killed_after);
    }
}

#[test]
fn killed_again_and_again_it_still_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    plan(folder.path());
    for killed_after in [2, 3, 1, 4, 2] {
        let mut sender = Sender::start(folder.path());
        for _ in 1..killed_after {
            sender.go_on();
        }
        sender.kill();
    }
    let mut last = Sender::start(folder.path());
    while last.go_on() {}
    let copies = mailboxes(folder.path());
    assert!(copies.values().all(|count| *count == 1), "{copies:?}");
    for mail in open(folder.path()).deliveries(RUN).expect("deliveries") {
        assert!(matches!(mail.state, DeliveryState::Sent | DeliveryState::Unknown), "{} is {}", mail.id, mail.state);
    }
}

/// Sent means one copy, unknown nought or one, and a kill makes one unknown at most.
fn check(folder: &Path, killed_after: usize) {
    let copies = mailboxes(folder);
    let deliveries = open(folder).deliveries(RUN).expect("deliveries");
    let mut unknown = 0;
    for mail in &deliveries {
        let copies = copies.get(&mail.recipient).copied().unwrap_or(0);
        match mail.state {
            DeliveryState::Sent => assert_eq!(copies, 1, "{} after step {killed_after}", mail.recipient),
            DeliveryState::Unknown => {
                assert!(copies <= 1, "{} after step {killed_after}", mail.recipient);
                unknown += 1;
            }
            state => panic!("{} is left {state} after step {killed_after}", mail.recipient),
        }
    }
    // Only a kill between the mark and the server's answer leaves a doubt.
    let in_doubt = killed_after > 1 && matches!((killed_after - 1) % 4, 2 | 3);
    assert_eq!(unknown, usize::from(in_doubt), "after step {killed_after}");
    assert_eq!(deliveries.len(), AGENTS.len());
}

fn open(folder: &Path) -> Ledger {
    Ledger::open(&folder.join("ledger.sqlite"), Clock::system()).expect("a ledger")
}

fn mailboxes(folder: &Path) -> BTreeMap<String, u32> {
    let text = fs::read_to_string(folder.join("mail")).unwrap_or_default();
    let mut copies = BTreeMap::new();
    for recipient in text.lines() {
        *copies.entry(recipient.to_owned()).or_default() += 1;
    }
    copies
}

/// A run with one card and one mail per agent.
fn plan(folder: &Path) {
    let ledger = open(folder);
    let period = Period::parse("2026-10").expect("a period");
    let run = ledger
        .start_run(&NewRun {
            job: "monthly".to_owned(),
            period,
            scope: Scope::default(),
            trigger: Trigger::Schedule,
            requested_by: "schedule".to_owned(),
            refresh: false,
            send: true,
            as_of: None,
        })
        .expect("a run");
    assert_eq!(run.id, RUN);
    for agent in AGENTS {
        let document = NewDocument {
            kind: DocumentKind::Card,
            job: "monthly".to_owned(),
            period,
            subject: agent.to_owned(),
            name: agent.to_owned(),
            team: "T1".to_owned(),
            content_hash: "v1".to_owned(),
            data: "{}".to_owned(),
            total: None,
            rank: None,
            of: None,
            grade: None,
            grade_id: None,
            marks: Vec::new(),
            changed: None,
            proposals: None,
        };
        let (document, _) = ledger.issue(RUN, &document).expect("issued");
        let mail = NewDelivery {
            document_id: document.id,
            run_id: RUN.to_owned(),
            recipient: agent.to_owned(),
            role: RecipientRole::Agent,
            address: format!("{agent}@example.invalid"),
            message_id: format!("<{agent}@example.invalid>"),
            mime_hash: "m".to_owned(),
        };
        ledger.plan_deliveries(&[mail]).expect("planned");
    }
}

/// The sender's process, seen from the test; it stands still after a step.
struct Sender {
    child: Child,
    steps: std::io::Lines<BufReader<ChildStdout>>,
}

impl Sender {
    /// Starts it and lets it come to its first step.
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--ignored", "--exact", "--nocapture", "ledger_survives_kills::sender"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let steps = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut sender = Self { child, steps };
        assert!(sender.reach_step(), "the sender did not start");
        sender
    }

    /// Lets it do one step more; false when there was none left.
    fn go_on(&mut self) -> bool {
        self.child.stdin.as_mut().expect("its input").write_all(b"\n").expect("it listens");
        let went_on = self.reach_step();
        if !went_on {
            assert!(self.child.wait().expect("its end").success(), "the sender failed");
        }
        went_on
    }

    fn reach_step(&mut self) -> bool {
        self.steps.by_ref().map_while(Result::ok).any(|line| line == "step")
    }

    fn kill(mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("its end");
    }
}

#[test]
#[ignore = "the tests above start it as another process"]
fn sender() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let ledger = open(&folder);
    let worker = holder::worker(&folder).expect("a worker");
    ledger.recover_deliveries(|id| holder::alive(&folder, id)).expect("recovered");
    wait_for_word();
    while let Some(mail) = ledger.claim_delivery(RUN, &worker.id).expect("a claim") {
        wait_for_word();
        ledger.mark_in_doubt(mail.id, &worker.id).expect("in doubt");
        wait_for_word();
        let mut mailbox = OpenOptions::new().create(true).append(true).open(folder.join("mail")).expect("a mailbox");
        writeln!(mailbox, "{}", mail.recipient).expect("delivered");
        wait_for_word();
        ledger.mark_sent(mail.id, "250 queued").expect("sent");
        wait_for_word();
    }
}

fn wait_for_word() {
    println!("\nstep");
    std::io::stdin().read_line(&mut String::new()).expect("a word");
}
