//! Several processes render and mail one run together, on one PostgreSQL and one data folder: what a second, third and
//! fourth one is worth, and that one which is killed loses nothing.
//!
//! Each worker is held on one core, so that more of them are more cores as long as there are some. The relay thinks about
//! each letter as a distant one does; that waiting is what workers share beyond the cores.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use scorepost::clock::Clock;
use scorepost::ledger::{DeliveryState, Ledger, NewRun, RunState, Scope, Trigger};
use scorepost::period::Period;
use scorepost::settings::LedgerPlace;
use tokio_postgres::NoTls;

use crate::sink::{Sink, Talks};

const JOB: &str = "monthly-scorecard";
/// How long the relay thinks about a letter.
const THINKS: Duration = Duration::from_millis(20);
/// A trial in which nothing happens for longer has come to a stop.
const PATIENCE: Duration = Duration::from_secs(300);

/// How many workers, and whether one of them is killed while it renders and again while it mails.
#[derive(Clone, Copy)]
struct Team {
    workers: usize,
    is_killed: bool,
}

/// What a run took.
struct Took {
    rendering: f64,
    mailing: f64,
    unknown: usize,
}

/// Prints the table for so many agents; needs the address of a PostgreSQL server on which schemas can be made.
pub fn print(runtime: &tokio::runtime::Runtime, agents: usize) {
    let server = std::env::var("SCOREPOST_TEST_POSTGRES").expect("`.ci/postgres` sets SCOREPOST_TEST_POSTGRES");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{agents} agents, {cores} cores, one core for each worker, {THINKS:?} of the relay for each letter");
    println!("| workers | rendering s | mailing s | both s | speed-up | unknown |\n|---|---:|---:|---:|---:|---:|");
    let mut alone = 0.0;
    for (workers, is_killed) in [(1, false), (2, false), (4, false), (3, true)] {
        let house = House::of(agents, runtime.block_on(fresh_schema(&server)));
        let took = house.run(Team { workers, is_killed }, cores);
        let both = took.rendering + took.mailing;
        alone = if alone > 0.0 { alone } else { both };
        let name = if is_killed { format!("{workers}, killed one by one") } else { workers.to_string() };
        let (rendering, mailing, unknown) = (took.rendering, took.mailing, took.unknown);
        println!("| {name} | {rendering:.1} | {mailing:.1} | {both:.1} | {:.2} | {unknown} |", alone / both);
    }
}

async fn fresh_schema(server: &str) -> String {
    let (client, line) = tokio_postgres::connect(server, NoTls).await.expect("the server");
    tokio::spawn(line);
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).expect("random bytes");
    let name = format!("workers_{}", hex::encode(random));
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
    format!("{server}?options=-csearch_path%3D{name}")
}

/// A data folder, a job over files, whoever serves the files, and a ledger.
struct House {
    folder: tempfile::TempDir,
    files: Child,
    port: u16,
    ledger: Ledger,
    url: String,
    agents: usize,
}

impl House {
    fn of(agents: usize, url: String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        month(&folder.path().join("files/2026-10"), agents);
        jobs(&folder.path().join("jobs"));
        let port = free_port();
        let files = Command::new("python3")
            .args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string(), "--directory"])
            .arg(folder.path().join("files"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3");
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "python3 serves no files");
            std::thread::sleep(Duration::from_millis(50));
        }
        let ledger = Ledger::open_at(&LedgerPlace::Server(url.clone()), Clock::system()).expect("a ledger");
        Self { folder, files, port, ledger, url, agents }
    }

    fn worker(&self, core: usize, sink: &Sink) -> Child {
        let path = |part: &str| self.folder.path().join(part);
        Command::new("taskset")
            .args(["--cpu-list", &core.to_string()])
            .args([env!("CARGO_BIN_EXE_scorepost"), "serve"])
            .env("SCOREPOST_DATA", path("data"))
            .env("SCOREPOST_JOBS", path("jobs"))
            .env("SCOREPOST_TEMPLATES", Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates"))
            .env("SCOREPOST_LEDGER_URL", &self.url)
            .env("SCOREPOST_MAIL_URL", format!("smtp://127.0.0.1:{}", sink.port))
            .env("SCOREPOST_LISTEN", "127.0.0.1:0")
            .env("TABLES_URL", format!("http://127.0.0.1:{}", self.port))
            .stdout(Stdio::null())
            .stderr(fs::File::options().create(true).append(true).open(path("log")).expect("a log"))
            .spawn()
            .expect("taskset")
    }

    /// Orders a run and lets so many workers do it.
    fn run(&self, team: Team, cores: usize) -> Took {
        let mut sink = Sink::start(Talks::Plainly, THINKS);
        let run = self.ledger.start_run(&order()).expect("a run").id;
        let mut workers: Vec<Child> = (0..team.workers).map(|one| self.worker(one % cores, &sink)).collect();
        if team.is_killed {
            self.until("some cards are rendered", || self.unrendered(&run).is_some_and(|left| left < self.agents / 2));
            kill(workers.swap_remove(0));
            let sent = || self.letters(&run, DeliveryState::Sent) > self.agents / 3;
            self.until("some letters are sent", sent);
            kill(workers.swap_remove(0));
        }
        let is_over = || self.ledger.run(&run).is_ok_and(|run| run.is_some_and(|run| run.state.is_over()));
        self.until("the run is over", is_over);
        workers.into_iter().for_each(kill);
        let unknown = self.letters(&run, DeliveryState::Unknown);
        assert_eq!(self.letters(&run, DeliveryState::Sent) + unknown, self.agents, "a letter is lost");
        assert!(unknown <= if team.is_killed { 2 } else { 0 }, "{unknown} unknown");
        let (taken, people) = sink.taken();
        assert!(taken == people && (self.agents - unknown..=self.agents).contains(&taken), "{taken} to {people}");
        Took { unknown, ..self.took(&run) }
    }

    fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "{what}: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// How many documents have no PDF yet; nothing before all are issued.
    fn unrendered(&self, run: &str) -> Option<usize> {
        let is_at_it = self.ledger.run(run).is_ok_and(|run| run.is_some_and(|run| run.state != RunState::Scoring));
        let issued = self.ledger.run_heads(run).expect("documents");
        let left = issued.iter().filter(|one| one.pdf_hash.is_none()).count();
        (is_at_it && issued.len() > self.agents / 2 && left < issued.len()).then_some(left)
    }

    fn letters(&self, run: &str, state: DeliveryState) -> usize {
        self.ledger.deliveries(run).expect("letters").iter().filter(|one| one.state == state).count()
    }

    /// From the steps that the ledger noted.
    fn took(&self, run: &str) -> Took {
        let steps = self.ledger.run_steps(run).expect("steps");
        let at = |state: RunState| steps.iter().find(|one| one.state == state).map(|one| one.at).expect("a step");
        let end = steps.last().expect("an end").at;
        let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).as_seconds_f64();
        let (rendering, releasing) = (at(RunState::Rendering), at(RunState::Releasing));
        Took { rendering: seconds(rendering, releasing), mailing: seconds(releasing, end), unknown: 0 }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.files.kill();
        let _ = self.files.wait();
    }
}

fn kill(mut child: Child) {
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
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

/// The files of a month of invented agents, in teams of twenty.
fn month(folder: &Path, agents: usize) {
    fs::create_dir_all(folder).expect("a folder");
    let file = |name: &str, head: &str, row: &dyn Fn(usize) -> String| {
        let rows: Vec<String> = (0..agents).map(row).collect();
        fs::write(folder.join(format!("{name}.csv")), format!("{head}\n{}\n", rows.join("\n"))).expect("a file");
    };
    file("agents", "agent_id,name,team_id,team_name,role,email", &|one| {
        let team = one / 20;
        format!("A{one:06},Agent {one:06},T{team:04},Team {team:04},presale,agent{one}@example.test")
    });
    file("funnel_daily", "agent_id,date,inquiries,paid_customers,paid_amount", &|one| {
        format!("A{one:06},2026-10-05,100,{},{}", 40 + one % 30, 150_000 + one * 7)
    });
    let head = "agent_id,date,received_customers,replied_customers,resp_seconds_sum,resp_count";
    file("chats_daily", head, &|one| format!("A{one:06},2026-10-05,100,{},{},100", 90 + one % 11, 1400 + one % 900));
    file("plans", "agent_id,month,sales_target", &|one| format!("A{one:06},2026-10,200000"));
}

/// The shipped job and scheme over files, without its schedule and the gates of a shop.
fn jobs(folder: &Path) {
    let keep = |part: &str, change: &dyn Fn(String) -> String| {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").join(part);
        let target: PathBuf = folder.join(part);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::write(target, change(fs::read_to_string(shipped).expect("a shipped file"))).expect("a file");
    };
    keep("monthly-scorecard.toml", &|text| {
        let text = text.replace("[\"shop-roster\", \"taobao-top\", \"dingtalk\"]", "[\"csv-tables\"]");
        let text = text.split("[[gate]]").next().expect("a job").to_owned();
        let (before, rest) = text.split_once("[schedule]").expect("its schedule");
        let (_, after) = rest.split_once("[letters]").expect("its letters");
        format!("{before}[letters]{after}")
    });
    keep("schemes/presale-weighted.toml", &|text| text);
    keep("sources/csv-tables.toml", &|text| text);
}
