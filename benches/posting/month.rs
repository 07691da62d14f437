//! A month whose letters are sealed and wait to go: a data folder and a ledger as a run leaves them before it mails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use scorepost::clock::Clock;
use scorepost::deliver::{Address, Attachment, Letter, Sender, seal};
use scorepost::ledger::{
    DocumentKind, Ledger, NewDelivery, NewDocument, NewRun, RecipientRole, RunState, Scope, Trigger,
};
use scorepost::period::Period;
use scorepost::pipeline::{self, Folders, GoneOn, Pipeline};
use scorepost::settings::{LedgerPlace, Settings};

const JOB: &str = "monthly-scorecard";
/// The files of the job, of the shipped ones.
const FILES: [&str; 5] = [
    "monthly-scorecard.toml",
    "sources/shop-roster.toml",
    "sources/taobao-top.toml",
    "sources/dingtalk.toml",
    "schemes/presale-weighted.toml",
];

/// Sealed letters that wait.
pub struct Month {
    folder: tempfile::TempDir,
    ledger: LedgerPlace,
    run: String,
    /// How long sealing all of them took.
    pub sealing: Duration,
}

impl Month {
    /// Seals a letter with a file of so many bytes to each of so many agents.
    pub fn of(letters: usize, bytes: usize, server: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        jobs(&folder.path().join("jobs"));
        let file = folder.path().join("data/ledger.sqlite");
        let ledger = server.map_or(LedgerPlace::File(file), LedgerPlace::Server);
        let mut month = Self { folder, ledger, run: String::new(), sealing: Duration::ZERO };
        let ledger = Ledger::open_at(&month.ledger, Clock::system()).expect("a ledger");
        month.run = ledger.start_run(&order()).expect("a run").id;
        month.issue(&ledger, letters, bytes);
        ledger.set_state(&month.run, RunState::Releasing).expect("released");
        month
    }

    fn issue(&mut self, ledger: &Ledger, letters: usize, bytes: usize) {
        let folders = Folders::make(&self.folder.path().join("data")).expect("a data folder");
        let mut planned = Vec::new();
        for number in 0..letters {
            let agent = format!("A{number:06}");
            let (document, _) = ledger.issue(&self.run, &card(&agent)).expect("a card");
            let pdf = file_about(&agent, bytes);
            let letter = letter(&agent, &self.run, pdf.clone());
            ledger.set_pdf(document.id, &folders.keep(Folders::pdf, &pdf).expect("a file")).expect("its hash");
            let begun = Instant::now();
            let sealed = seal(&letter).expect("sealed");
            self.sealing += begun.elapsed();
            folders.keep(Folders::letter, &sealed.bytes).expect("a letter");
            let address = letter.to.to_string();
            planned.push(NewDelivery {
                document_id: document.id,
                run_id: self.run.clone(),
                // Readers stand in no roster, of which these people have none.
                recipient: address.clone(),
                role: RecipientRole::Reader,
                address,
                message_id: sealed.message_id,
                mime_hash: sealed.sha256,
            });
        }
        assert_eq!(ledger.plan_deliveries(&planned).expect("planned"), letters);
    }

    /// The sealed letters, whole mails as they lie in the data folder.
    pub fn sealed(&self) -> PathBuf {
        self.folder.path().join("data/letters")
    }

    /// The files that go with them.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("data/archive")
    }

    /// Mails all of it over so many connections by the program's own delivery; gives how many went out.
    pub fn post(&self, runtime: &tokio::runtime::Runtime, url: &str, connections: usize) -> u64 {
        let pipeline = self.open(url, connections);
        let run = pipeline.ledger.run(&self.run).expect("a ledger").expect("the run");
        match runtime.block_on(pipeline::go_on(&pipeline, &run, &|_| {})).expect("mailed") {
            GoneOn::Held(outcome) => {
                assert_eq!(outcome.run.state, RunState::Sent, "{:?}", outcome.tally);
                outcome.tally.sent_now
            }
            GoneOn::Helped(help) => help.letters,
        }
    }

    fn open(&self, url: &str, connections: usize) -> Pipeline {
        let text = |path: &str| self.folder.path().join(path).display().to_string();
        let settings = self.folder.path().join("scorepost.toml");
        fs::write(&settings, format!("[mail]\nconnections = {connections}\n")).expect("settings");
        let environment = BTreeMap::from([
            ("SCOREPOST_DATA".to_owned(), text("data")),
            ("SCOREPOST_JOBS".to_owned(), text("jobs")),
            ("SCOREPOST_MAIL_URL".to_owned(), url.to_owned()),
            ("SHOP_URL".to_owned(), "http://127.0.0.1:9".to_owned()),
        ]);
        let settings = Settings::read(Some(&settings), &environment).unwrap_or_else(|found| panic!("{found}"));
        let settings = Settings { ledger: self.ledger.clone(), ..settings };
        let (jobs, schemes, sources) = Pipeline::load(&settings).unwrap_or_else(|found| panic!("{found}"));
        Pipeline::open(settings, jobs, schemes, sources).expect("a pipeline")
    }
}

fn jobs(folder: &Path) {
    for part in FILES {
        let target = folder.join(part);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").join(part), target).expect("a shipped file");
    }
}

fn order() -> NewRun {
    NewRun {
        job: JOB.to_owned(),
        period: Period::parse("2026-10").expect("a period"),
        scope: Scope::default(),
        trigger: Trigger::AdHoc,
        requested_by: "hr".to_owned(),
        refresh: false,
        send: true,
        as_of: None,
    }
}

fn card(agent: &str) -> NewDocument {
    NewDocument {
        kind: DocumentKind::Card,
        job: JOB.to_owned(),
        period: Period::parse("2026-10").expect("a period"),
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

/// A file of so many bytes that says of itself whom it is about, as a PDF does.
fn file_about(agent: &str, bytes: usize) -> Vec<u8> {
    let packet = format!("<pdf:Keywords>{agent}</pdf:Keywords>");
    let mut file = b"%PDF-1.7\n".to_vec();
    file.extend((0..bytes).map(|at| (at * 7919 % 251) as u8));
    let dictionary = format!("\n<</Type/Metadata/Subtype/XML/Length {}>>", packet.len());
    file.extend_from_slice(format!("{dictionary}stream\n{packet}\nendstream\n").as_bytes());
    file
}

fn letter(agent: &str, run: &str, pdf: Vec<u8>) -> Letter {
    let address = |text: &str| Address::parse(text).expect("an address");
    Letter {
        from: Sender { name: "Scorecards".to_owned(), address: address("scorecards@example.test") },
        to_name: format!("Agent {agent}"),
        to: address(&format!("{}@example.test", agent.to_lowercase())),
        reply_to: None,
        subject: format!("2026-10 {agent}"),
        text: "您好，本月绩效卡见附件。\n".to_owned(),
        html: "<p>您好，本月绩效卡见附件。</p>".to_owned(),
        attachments: vec![Attachment {
            file_name: "绩效卡.pdf".to_owned(),
            bytes: pdf,
            media_type: "application/pdf".to_owned(),
        }],
        message_id: format!("{}@example.test", agent.to_lowercase()),
        date: "2026-11-09T01:00:00Z".parse().expect("an instant"),
        run: run.to_owned(),
        edition: 1,
        list_id: None,
    }
}
