//! Several processes on one PostgreSQL share a run's letters; `.ci/postgres` starts the server and this.
//!
//! The relay's letters say whether anybody got two or none, however the workers died.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use mail_parser::MessageParser;
use scorepost::clock::Clock;
use scorepost::ledger::{
    Delivery, DeliveryState, DocumentKind, Ledger, NewDelivery, NewDocument, NewRun, RecipientRole, RunState, Scope,
    Trigger,
};
use scorepost::period::Period;
use scorepost::pipeline::Folders;
use scorepost::settings::LedgerPlace;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::bench::copy;
use crate::peers::smtp::FakeRelay;

const LETTERS: usize = 2000;
const JOB: &str = "monthly-scorecard";
/// A trial in which nothing happens for longer has come to a stop.
const PATIENCE: Duration = Duration::from_secs(100);

/// A ledger of its own on the server, a data folder, a relay, and a run whose letters are to go out.
struct Trial {
    folder: TempDir,
    url: String,
    ledger: Ledger,
    relay: FakeRelay,
    run: String,
}

impl Trial {
    async fn prepare() -> Self {
        let url = fresh_schema().await;
        let folder = tempfile::tempdir().expect("a folder");
        one_job(&folder.path().join("jobs"));
        let ledger = Ledger::open_at(&LedgerPlace::Server(url.clone()), Clock::system()).expect("a ledger");
        let folders = Folders::make(&folder.path().join("data")).expect("a data folder");
        let run = letters_of_a_run(&ledger, &folders);
        Self { folder, url, ledger, relay: FakeRelay::start().await, run }
    }

    /// `serve`, as it is started on each machine that shares the ledger and the data folder.
    fn worker(&self) -> Child {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        Command::new(env!("CARGO_BIN_EXE_scorepost"))
            .arg("serve")
            .env("SCOREPOST_DATA", self.folder.path().join("data"))
            .env("SCOREPOST_JOBS", self.folder.path().join("jobs"))
            .env("SCOREPOST_TEMPLATES", root.join("report-templates"))
            .env("SCOREPOST_LEDGER_URL", &self.url)
            .env("SCOREPOST_MAIL_URL", format!("smtp://127.0.0.1:{}", self.relay.port))
            .env("SCOREPOST_LISTEN", "127.0.0.1:0")
            .env("SHOP_URL", "http://127.0.0.1:9")
            .stdout(Stdio::null())
            .stderr(fs::File::options().create(true).append(true).open(self.folder.path().join("log")).expect("a log"))
            .spawn()
            .expect("the program")
    }

    /// Waits until the relay has so many letters more, or there are no more.
    async fn some_letters(&self, more: usize) {
        let wanted = self.relay.stored_count() + more;
        let since = Instant::now();
        while self.relay.stored_count() < wanted && !self.is_over() {
            assert!(since.elapsed() < PATIENCE, "the letters do not end:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn deliveries(&self) -> Vec<Delivery> {
        self.ledger.deliveries(&self.run).expect("deliveries")
    }

    /// A line that was cut cannot tell.
    fn is_over(&self) -> bool {
        self.ledger.run(&self.run).is_ok_and(|run| run.expect("the run").state.is_over())
    }

    /// Cuts every line to the server, as a broken network would.
    async fn cut_lines(&self) {
        let (client, line) = tokio_postgres::connect(&self.url, NoTls).await.expect("the server");
        tokio::spawn(line);
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'scorepost' \
                   AND pid <> pg_backend_pid()";
        client.batch_execute(sql).await.expect("cut");
    }

    /// sent ⇒ one copy; unknown ⇒ none or one; anything else ⇒ none; nobody two. Gives how many are unknown.
    fn check(&self) -> usize {
        let mut copies: BTreeMap<String, usize> = BTreeMap::new();
        for bytes in self.relay.stored() {
            let letter = MessageParser::default().parse(&bytes).expect("a letter");
            let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient");
            *copies.entry(to.to_owned()).or_default() += 1;
        }
        assert!(copies.values().all(|count| *count == 1), "somebody was mailed twice");
        let mut unknown = 0;
        for delivery in self.deliveries() {
            let count = copies.get(&delivery.address).copied().unwrap_or(0);
            match delivery.state {
                DeliveryState::Sent => assert_eq!(count, 1, "{} is sent without a copy", delivery.recipient),
                DeliveryState::Unknown => unknown += 1,
                state => panic!("{} is {state} at the end, with {count} copies", delivery.recipient),
            }
        }
        unknown
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

async fn fresh_schema() -> String {
    let url = std::env::var("SCOREPOST_TEST_POSTGRES").expect("`.ci/postgres` sets it");
    let (client, line) = tokio_postgres::connect(&url, NoTls).await.expect("the server");
    tokio::spawn(line);
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).expect("random bytes");
    let name = format!("sharing_{}", hex::encode(random));
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
    format!("{url}?options=-csearch_path%3D{name}")
}

/// The shipped jobs without their schedules, so that nothing but the letters is to do.
fn one_job(folder: &Path) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    copy(&shipped, folder);
    for entry in fs::read_dir(folder).expect("jobs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") && !path.ends_with(format!("{JOB}.toml")) {
            fs::remove_file(path).expect("a job less");
        }
    }
    let path = folder.join(format!("{JOB}.toml"));
    let text = fs::read_to_string(&path).expect("the job");
    let (before, rest) = text.split_once("[schedule]").expect("its schedule");
    let (_, after) = rest.split_once("[letters]").expect("its letters");
    let text = format!("{before}[letters]{after}").replace("by = \"automatic\"", "by = \"manager\"");
    fs::write(&path, text).expect("the job");
}

/// A run that is at mailing, with a sealed letter to each of many agents.
fn letters_of_a_run(ledger: &Ledger, folders: &Folders) -> String {
    let period = Period::parse("2026-10").expect("a period");
    let new = NewRun {
        job: JOB.to_owned(),
        period,
        scope: Scope::default(),
        trigger: Trigger::AdHoc,
        requested_by: "hr".to_owned(),
        refresh: false,
        send: true,
        as_of: None,
    };
    let run = ledger.start_run(&new).expect("a run").id;
    let planned: Vec<NewDelivery> = (0..LETTERS)
        .map(|number| {
            let agent = format!("A{number:05}");
            let (document, _) = ledger.issue(&run, &card(&agent, period)).expect("a card");
            let address = format!("{}@example.test", agent.to_lowercase());
            let message_id = format!("{agent}@example.test");
            let pdf = file_about(&agent);
            ledger.set_pdf(document.id, &folders.keep(Folders::pdf, &pdf).expect("a PDF")).expect("a hash");
            let letter = format!(
                "From: scorecards@example.test\r\nTo: {address}\r\nMessage-ID: <{message_id}>\r\nSubject: {agent}\r\n\
                 MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: text/plain\r\n\r\nThe card of agent {agent}.\r\n\
                 --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=card.pdf\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
                BASE64_STANDARD.encode(&pdf)
            );
            let mime_hash = folders.keep(Folders::letter, letter.as_bytes()).expect("a sealed letter");
            NewDelivery {
                document_id: document.id,
                run_id: run.clone(),
                // Readers stand in no roster, of which these people have none.
                recipient: address.clone(),
                role: RecipientRole::Reader,
                address,
                message_id,
                mime_hash,
            }
        })
        .collect();
    assert_eq!(ledger.plan_deliveries(&planned).expect("planned"), LETTERS);
    ledger.set_state(&run, RunState::Releasing).expect("released");
    run
}

/// As much of a PDF as says whom it is about.
fn file_about(agent: &str) -> Vec<u8> {
    let packet = format!("<pdf:Keywords>{agent}</pdf:Keywords>");
    let dictionary = format!("<</Type/Metadata/Subtype/XML/Length {}>>", packet.len());
    format!("%PDF-1.7\n1 0 obj\n{dictionary}stream\n{packet}\nendstream\n").into_bytes()
}

fn card(agent: &str, period: Period) -> NewDocument {
    NewDocument {
        kind: DocumentKind::Card,
        job: JOB.to_owned(),
        period,
        subject: agent.to_owned(),
        name: format!("agent {agent}"),
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
    }
}

/// Kills with SIGKILL, which no program can prepare for.
fn kill(mut child: Child) {
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
}

/// The next of a row of numbers that look like chance and are the same each time.
fn chance(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the server of `.ci/postgres`"]
async fn two_workers_share_a_run_while_either_is_killed() {
    let trial = Trial::prepare().await;
    let (mut seed, mut kills, mut cuts, since) = (20_261_122_u64, 0, 0, Instant::now());
    let mut workers = [trial.worker(), trial.worker()];
    while !trial.is_over() {
        trial.some_letters(20 + chance(&mut seed) as usize % 120).await;
        tokio::time::sleep(Duration::from_micros(chance(&mut seed) % 20_000)).await;
        match chance(&mut seed) % 5 {
            0 => {
                trial.cut_lines().await;
                cuts += 1;
            }
            one => {
                kill(std::mem::replace(&mut workers[(one % 2) as usize], trial.worker()));
                kills += 1;
            }
        }
    }
    workers.into_iter().for_each(kill);
    let unknown = trial.check();
    println!(
        "{LETTERS} letters by two workers, killed {kills} times, both cut off {cuts} times: {} sent once, {unknown} unknown, none twice, none \
         lost; {:.0} s",
        LETTERS - unknown,
        since.elapsed().as_secs_f64()
    );
    // Each worker has one letter in hand.
    assert!(unknown <= kills + 2 * cuts, "{unknown} unknown after {kills} kills and {cuts} cuts");
}

/// Claims, puts in doubt and ends every letter of a run by so many workers, and says how many commits a second that were.
fn commits_a_second(place: &LedgerPlace, workers: usize) -> f64 {
    let open = || Ledger::open_at(place, Clock::system()).expect("a ledger");
    let folder = tempfile::tempdir().expect("a folder");
    let run = letters_of_a_run(&open(), &Folders::make(folder.path()).expect("a data folder"));
    let since = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..workers {
            let (ledger, run) = (open(), &run);
            scope.spawn(move || {
                let worker = format!("w{number}");
                while let Some(delivery) = ledger.claim_delivery(run, &worker).expect("a claim") {
                    ledger.mark_in_doubt(delivery.id, &worker).expect("in doubt");
                    ledger.mark_sent(delivery.id, "250 2.0.0 queued").expect("sent");
                }
            });
        }
    });
    3.0 * LETTERS as f64 / since.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the server of `.ci/postgres`"]
async fn commits_a_second_on_either_database() {
    for workers in [1, 2, 4] {
        let server = commits_a_second(&LedgerPlace::Server(fresh_schema().await), workers);
        let folder = tempfile::tempdir().expect("a folder");
        let file = commits_a_second(&LedgerPlace::File(folder.path().join("ledger.sqlite")), workers);
        println!("commits a second by {workers} workers: {server:.0} on PostgreSQL, {file:.0} on SQLite");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the server of `.ci/postgres`"]
async fn letters_a_second_by_one_and_by_two_workers() {
    for count in [1, 2] {
        let trial = Trial::prepare().await;
        let workers: Vec<Child> = (0..count).map(|_| trial.worker()).collect();
        while trial.relay.stored_count() < LETTERS / 10 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (since, began) = (Instant::now(), trial.relay.stored_count());
        while !trial.is_over() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let rate = (LETTERS - began) as f64 / since.elapsed().as_secs_f64();
        workers.into_iter().for_each(kill);
        assert_eq!(trial.check(), 0);
        println!("{LETTERS} letters by {count} workers on PostgreSQL: {rate:.0} a second");
    }
}
