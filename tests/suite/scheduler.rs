//! Every occasion makes one run: not none, not two, whatever is down, busy or restarted meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use scorepost::ledger::holder::{Claim, claim};
use scorepost::ledger::{Ledger, NewRun, Occurrence, OccurrenceState, Run, RunState, Scope, Trigger};
use scorepost::period::Period;
use scorepost::pipeline::Pipeline;
use scorepost::scheduler;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::bench::{Bench, morning};
use crate::peers::smtp::{Act, FakeRelay, Step};

pub const JOB: &str = "monthly-scorecard";

/// A scheduler at work on a bench's pipeline.
pub struct Served {
    pub pipeline: Arc<Pipeline>,
    poke: Arc<Notify>,
    stop: watch::Sender<bool>,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Served {
    pub fn start(pipeline: Arc<Pipeline>) -> Self {
        let (poke, (stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
        let task = tokio::spawn(scheduler::serve(pipeline.clone(), poke.clone(), stopped));
        Self { pipeline, poke, stop, task }
    }

    pub fn ledger(&self) -> &Ledger {
        &self.pipeline.ledger
    }

    pub fn runs(&self) -> Vec<Run> {
        self.ledger().runs(Some(JOB), 100).expect("runs")
    }

    pub fn occasion(&self) -> Option<Occurrence> {
        self.ledger().occurrences(JOB, 1).expect("occasions").pop()
    }

    /// Whether the occasion has this state, after this many claims.
    pub fn stands(&self, state: OccurrenceState, attempts: u32) -> bool {
        self.occasion().is_some_and(|one| one.state == state && one.attempts == attempts)
    }

    /// Whether nobody works on October.
    fn is_free(&self) -> bool {
        let held = claim(&self.pipeline.settings.data, JOB, october(), &Scope::default());
        matches!(held.expect("an answer"), Claim::Held(_))
    }

    /// Moves the clock on and wakes the scheduler, as the alarm does.
    pub fn later(&self, by: TimeDelta) {
        let clock = &self.pipeline.settings.clock;
        clock.set(clock.now() + by);
        self.poke.notify_one();
    }

    pub async fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < Duration::from_secs(90), "{what}: {:?} {:?}", self.occasion(), self.runs());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends it as a signal does; the pipeline is free again.
    pub async fn end(self) -> Arc<Pipeline> {
        self.stop.send_replace(true);
        self.task.await.expect("a scheduler").expect("a clean end");
        self.pipeline
    }
}

/// A bench on the morning of the ninth, when the monthly job is due; its shop may be unknown, so that runs fail at once.
fn bench(shop: Shop) -> Bench {
    Bench::with(9, move |environment| shop.apply(environment))
}

#[derive(Clone, Copy)]
enum Shop {
    Open,
    Unknown,
}

impl Shop {
    fn apply(self, environment: &mut BTreeMap<String, String>) {
        if let Self::Unknown = self {
            environment.remove("SHOP_URL");
        }
    }
}

fn october() -> Period {
    Period::parse("2026-10").expect("a period")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occasion_runs_once_also_after_a_restart() {
    let bench = bench(Shop::Open);
    let outbox = bench.folder.path().join("outbox");
    let clock = bench.clock.clone();
    let (bench, pipeline) = bench.give();
    let served = Served::start(pipeline);
    served.until("the run is sent", |one| one.runs().iter().any(|run| run.state == RunState::Sent)).await;
    served.until("the occasion is done", |one| one.stands(OccurrenceState::Done, 1)).await;
    served.later(TimeDelta::minutes(1));
    drop(served.end().await);
    assert_eq!(crate::bench::files(&outbox).len(), 23);
    clock.set(morning(9) + TimeDelta::hours(3));
    let (_bench, pipeline) = bench.reopen(|_| {}).give();
    let served = Served::start(pipeline);
    served.later(TimeDelta::minutes(1));
    served.until("it has looked", |one| one.ledger().last_look(JOB).expect("a look") > Some(morning(9))).await;
    assert_eq!(served.runs().len(), 1);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_schedulers_make_one_run() {
    let (_bench, pipeline) = bench(Shop::Unknown).give();
    let other = Arc::new(second(&pipeline));
    let both = [Served::start(pipeline), Served::start(other)];
    both[0].until("the occasion was tried", |one| one.stands(OccurrenceState::Due, 1)).await;
    for one in &both {
        one.poke.notify_one();
    }
    both[1].until("it has looked", |one| one.ledger().last_look(JOB).expect("a look").is_some()).await;
    assert_eq!(both[0].runs().len(), 1);
    for one in both {
        one.end().await;
    }
}

/// The same folder and files, opened a second time.
fn second(pipeline: &Pipeline) -> Pipeline {
    let settings = pipeline.settings.clone();
    let (jobs, schemes, sources) = Pipeline::load(&settings).expect("the same files");
    Pipeline::open(settings, jobs, schemes, sources).expect("a pipeline")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_is_tried_again_until_the_deadline() {
    let (_bench, pipeline) = bench(Shop::Unknown).give();
    let served = Served::start(pipeline);
    for (attempts, rest) in [(1, 1), (2, 2), (3, 5), (4, 10), (5, 30), (6, 30)] {
        served.until("an attempt", |one| one.stands(OccurrenceState::Due, attempts)).await;
        served.later(TimeDelta::minutes(rest) - TimeDelta::seconds(1));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(served.runs().len() as u32, attempts, "it rests after a failure");
        served.later(TimeDelta::seconds(1));
    }
    served.until("the seventh attempt", |one| one.stands(OccurrenceState::Due, 7)).await;
    assert!(served.runs().iter().all(|run| run.state == RunState::Failed));
    served.later(TimeDelta::days(15));
    served.until("it is given up", |one| one.stands(OccurrenceState::Skipped, 8)).await;
    assert!(served.occasion().and_then(|one| one.why).is_some_and(|why| why.contains("deadline")));
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_comes_back_serves_the_same_occasion() {
    let (bench, pipeline) = bench(Shop::Unknown).give();
    let served = Served::start(pipeline);
    served.until("the first attempt", |one| one.stands(OccurrenceState::Due, 1)).await;
    drop(served.end().await);
    bench.clock.set(morning(9) + TimeDelta::hours(1));
    let (_bench, pipeline) = bench.reopen(|_| {}).give();
    let served = Served::start(pipeline);
    served.until("the run is sent", |one| one.runs().first().is_some_and(|run| run.state == RunState::Sent)).await;
    served.until("the occasion is done", |one| one.stands(OccurrenceState::Done, 2)).await;
    assert_eq!(served.runs().len(), 2);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occasion_whose_period_is_busy_waits_for_it() {
    let (bench, pipeline) = bench(Shop::Unknown).give();
    let held = claim(bench.folder.path(), JOB, october(), &Scope::default()).expect("an answer");
    assert!(matches!(held, Claim::Held(_)));
    let served = Served::start(pipeline);
    served.until("it was given back", |one| one.stands(OccurrenceState::Due, 1)).await;
    assert!(served.runs().is_empty());
    drop(held);
    served.later(TimeDelta::minutes(1));
    served.until("it was run", |one| one.stands(OccurrenceState::Due, 2)).await;
    assert_eq!(served.runs().len(), 1);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_cannot_go_on_rests() {
    let relay = FakeRelay::start().await;
    relay.clone().always(Step::Connect, Act::say("421 come back later").then_close());
    let url = format!("smtp://127.0.0.1:{}", relay.port);
    let bench = Bench::with(9, |environment| {
        environment.insert("SCOREPOST_MAIL_URL".to_owned(), url.clone());
    });
    let (_bench, pipeline) = bench.give();
    let served = Served::start(pipeline);
    served.until("letters are put off", |one| relay.connections() > 0 && one.is_free()).await;
    let before = relay.connections();
    for _ in 0..20 {
        served.poke.notify_one();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(relay.connections(), before, "it rests until its letters are due");
    relay.clone().always(Step::Connect, Act::say("220 welcome"));
    served.later(TimeDelta::hours(1));
    served.until("the run is sent", |one| one.runs()[0].state == RunState::Sent).await;
    assert_eq!(served.runs().len(), 1);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_job_is_gone_does_not_hold_up_the_others() {
    let (_bench, pipeline) = bench(Shop::Unknown).give();
    let new = NewRun {
        job: "gone".to_owned(),
        period: october(),
        scope: Scope::default(),
        trigger: Trigger::AdHoc,
        requested_by: "test".to_owned(),
        refresh: false,
        send: false,
        as_of: None,
    };
    pipeline.ledger.start_run(&new).expect("a run");
    let served = Served::start(pipeline);
    served.until("the occasion was tried", |one| one.stands(OccurrenceState::Due, 1)).await;
    served.end().await;
}

/// The jobs of the house with the monthly one due every day, catching up as told.
fn daily_jobs(folder: &Path, catch_up: &str) -> PathBuf {
    let jobs = folder.join("daily-jobs");
    crate::bench::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &jobs);
    let path = jobs.join(format!("{JOB}.toml"));
    let text = std::fs::read_to_string(&path).expect("a job");
    let text = text.replace("\"0 9 9 * *\"", "\"0 9 * * *\"");
    let text = text.replace("catch-up = \"latest\"", &format!("catch-up = \"{catch_up}\""));
    std::fs::write(&path, text).expect("a changed job");
    jobs
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_downtime_missed_follows_the_policy() {
    use OccurrenceState::{Due, Skipped};
    // Down from the morning of the ninth to the noon of the twelfth; each made-up occasion fails once and is due again.
    for (catch_up, expected) in
        [("none", [Skipped, Skipped, Skipped]), ("latest", [Due, Skipped, Skipped]), ("all", [Due, Due, Due])]
    {
        let bench = Bench::on(9);
        let jobs = daily_jobs(bench.folder.path(), catch_up);
        let change = |environment: &mut BTreeMap<String, String>| {
            environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
            environment.remove("SHOP_URL");
        };
        let (bench, pipeline) = bench.reopen(change).give();
        let served = Served::start(pipeline);
        served.until("the first occasion", |one| one.stands(Due, 1)).await;
        drop(served.end().await);
        bench.clock.set(morning(12) + TimeDelta::hours(3));
        let (_bench, pipeline) = bench.reopen(change).give();
        let served = Served::start(pipeline);
        let states = |one: &Served| -> Vec<(OccurrenceState, u32)> {
            let all = one.ledger().occurrences(JOB, 9).expect("occasions");
            all.into_iter().map(|one| (one.state, one.attempts)).collect()
        };
        let expected = expected.map(|state| (state, u32::from(state == Due)));
        served.until(catch_up, |one| states(one).get(..3) == Some(&expected)).await;
        assert_eq!(states(&served).len(), 4, "one a day");
        served.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_schedule_makes_up_for_nothing_before_the_last_look() {
    let (bench, pipeline) = bench(Shop::Unknown).give();
    bench.clock.set(morning(20));
    let served = Served::start(pipeline);
    served.until("it has looked", |one| one.ledger().last_look(JOB).expect("a look").is_some()).await;
    drop(served.end().await);
    let jobs = daily_jobs(bench.folder.path(), "all");
    bench.clock.set(morning(20) + TimeDelta::hours(1));
    let (_bench, pipeline) = bench
        .reopen(move |environment| {
            environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
        })
        .give();
    let served = Served::start(pipeline);
    let looked = Some(morning(20) + TimeDelta::hours(1));
    served.until("it has looked", |one| one.ledger().last_look(JOB).expect("a look") == looked).await;
    assert_eq!(served.occasion(), None);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_a_pull_that_gets_no_answer() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let bench = Bench::with(9, |environment| {
        environment.insert("SHOP_URL".to_owned(), url.clone());
    });
    let (_bench, pipeline) = bench.give();
    let served = Served::start(pipeline);
    let _asked = silent.accept().await.expect("a question");
    let start = Instant::now();
    let pipeline = served.end().await;
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let run = &pipeline.ledger.runs(Some(JOB), 1).expect("runs")[0];
    assert_eq!(run.state, RunState::Pulling, "it goes on at the next start");
}
