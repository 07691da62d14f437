//! Four hundred months in twenty time zones, with downtimes, crashes, failed runs and clocks that jump, on the real rules
//! and a real ledger: each period is acted on once, by its job's policy.

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use chrono::{DateTime, Months, TimeDelta, Utc};
use fastrand::Rng;

use super::book::{Book, next};
use super::occasions;
use crate::clock::Clock;
use crate::job::Jobs;
use crate::ledger::{Ledger, Moment, NewRun, Occurrence, OccurrenceState, Run, RunState, Scope, Trigger};
use crate::period::{Cycle, Period};
use crate::scheme::Registry;

const MONTHS: u32 = 400;
const JUMPS: u32 = 10;
const WORKER: &str = "worker";

/// Zones on both sides of the date line, with clock changes at different hours, by half hours, or none.
const ZONES: [&str; 20] = [
    "Asia/Shanghai",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/Anchorage",
    "Europe/Moscow",
    "Asia/Jerusalem",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "America/Caracas",
];

/// Rules whose instants lie where clocks change, where months end, and where people do not work.
const RULES: [&str; 5] = [
    "cron = \"30 2 28 * *\"",
    "on = \"last-day\"\nat = \"02:30\"",
    "on = \"last-working-day\"\nat = \"00:00\"",
    "on = \"working-day-3\"\nat = \"23:59\"",
    "on = \"day-9\"\nat = \"01:30\"\nholidays = \"after\"",
];

const POLICIES: [&str; 3] = ["all", "latest", "none"];

/// One zone's scheduler, which lives and dies by chance.
struct World {
    chance: Rng,
    clock: Clock,
    ledger: Ledger,
    jobs: Jobs,
    schemes: Registry,
    looks: u32,
}

impl World {
    fn new(index: usize, policy: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (zone, rule) = (ZONES[index], RULES[index % RULES.len()]);
        let text = format!(
            "id = \"job\"\ntitle = \"t\"\ncycle = \"month\"\ntime-zone = \"{zone}\"\nsources = [\"x\"]\nscheme = \"s\"\n\
             [schedule]\ncatch-up = \"{policy}\"\nstart-deadline = \"4000d\"\n{rule}\n\
             [letters]\nfrom = \"a@example.test\"\nfrom-name = \"a\"\nto = []\n"
        );
        std::fs::write(folder.path().join("job.toml"), text).expect("a job");
        let (jobs, found) = Jobs::review(folder.path());
        assert!(found.is_empty(), "{found}");
        let clock = Clock::fixed(start());
        let ledger = Ledger::open_in_memory(clock.clone()).expect("a ledger");
        let chance = Rng::with_seed(index as u64);
        Self { chance, clock, ledger, jobs, schemes: Registry::default(), looks: 0 }
    }

    fn book(&self) -> Book<'_> {
        Book { jobs: &self.jobs, schemes: &self.schemes, ledger: &self.ledger, clock: &self.clock }
    }

    /// Lives through all months, with its clock jumping away and back now and then.
    fn live(&mut self) {
        let end = start() + Months::new(MONTHS);
        let mut jumps: Vec<DateTime<Utc>> =
            (0..JUMPS).map(|_| start() + (end - start()) / 1000 * self.chance.i32(1..1000)).collect();
        jumps.sort();
        self.look();
        while self.clock.now() < end {
            let busy = self.chance.i64(1..1500);
            self.work_for(TimeDelta::hours(busy));
            if jumps.first().is_some_and(|jump| *jump <= self.clock.now()) {
                jumps.remove(0);
                self.jump();
            }
            let longest = if self.chance.u8(0..5) == 0 { 2400 } else { 30 };
            let down = self.chance.i64(0..longest);
            self.sleep(TimeDelta::hours(down));
            self.restart();
        }
        assert!(jumps.is_empty());
        // What failed last has its rest and is tried until it ends well.
        for _ in 0..100 {
            self.sleep(TimeDelta::minutes(31));
            self.look();
        }
    }

    /// At work for a while, woken when something is due, as the alarm of each minute would.
    fn work_for(&mut self, length: TimeDelta) {
        let until = self.clock.now() + length;
        let job = &self.jobs.all()[0].clone();
        while let Some(one) = next(&self.schemes, job, self.clock.now()).filter(|one| one.due < until) {
            let late = self.chance.i64(0..60);
            self.clock.set(one.due + TimeDelta::seconds(late));
            self.look();
        }
        self.clock.set(until.max(self.clock.now()));
        self.look();
    }

    fn sleep(&self, length: TimeDelta) {
        self.clock.set(self.clock.now() + length);
    }

    /// The clock is wrong for a look or two, by up to seventy days either way.
    fn jump(&mut self) {
        let right = self.clock.now();
        let looks = self.chance.u8(1..3);
        for _ in 0..looks {
            let wrong = self.chance.i64(-100_000..100_000);
            self.clock.set(right + TimeDelta::minutes(wrong));
            self.look();
        }
        self.clock.set(right + TimeDelta::minutes(1));
        self.look();
    }

    /// What a new start does: the dead one's claims are free, and the run that it left goes on.
    fn restart(&mut self) {
        self.ledger.unclaim_occurrences(|_| false).expect("freed");
        for run in self.ledger.unfinished_runs().expect("runs") {
            self.ledger.finish_run(&run.id, RunState::Sent, None).expect("an end");
        }
        self.look();
    }

    /// A look and everything that comes of it.
    fn look(&mut self) {
        self.looks += 1;
        occasions::note(self.book()).expect("noted");
        occasions::reopen_failed(self.book()).expect("reopened");
        while let Some(occasion) = occasions::take(self.book(), WORKER).expect("a take") {
            match self.chance.u8(0..10) {
                // Killed between the claim and the run.
                0 => return self.restart(),
                // Killed while its run was at work.
                1 => {
                    self.begin(&occasion);
                    return self.restart();
                }
                2 => {
                    let run = self.begin(&occasion);
                    self.ledger.finish_run(&run.id, RunState::Failed, Some("no answer")).expect("an end");
                    self.sleep(TimeDelta::minutes(31));
                    return self.look();
                }
                _ => {
                    let run = self.begin(&occasion);
                    self.ledger.finish_run(&run.id, RunState::Sent, None).expect("an end");
                }
            }
        }
    }

    fn begin(&self, occasion: &Occurrence) -> Run {
        let new = NewRun {
            job: occasion.job.clone(),
            period: occasions::period(occasion).expect("a period"),
            scope: Scope::default(),
            trigger: Trigger::Schedule,
            requested_by: "schedule".to_owned(),
            refresh: false,
            send: false,
            as_of: Some(occasion.moment.due),
        };
        self.ledger.start_run_of_occurrence(&new, &occasion.moment).expect("a run")
    }

    /// The runs that did not fail, by period.
    fn kept(&self) -> BTreeMap<String, usize> {
        let mut kept = BTreeMap::new();
        for run in self.ledger.runs(None, u32::MAX).expect("runs") {
            if run.state != RunState::Failed {
                *kept.entry(run.period.to_string()).or_default() += 1;
            }
        }
        kept
    }

    /// Each period has one occasion, which was run once or left out by the policy.
    fn judge(&self, what: &str, policy: &str) -> usize {
        let occasions = self.ledger.occurrences("job", u32::MAX).expect("occasions");
        let (kept, mut seen) = (self.kept(), BTreeMap::<&str, usize>::new());
        for one in &occasions {
            *seen.entry(&one.period).or_default() += 1;
            let runs = kept.get(&one.period).copied().unwrap_or(0);
            match one.state {
                OccurrenceState::Done => assert_eq!(runs, 1, "{what}: {one:?}"),
                OccurrenceState::Skipped => assert_eq!((runs, policy == "all"), (0, false), "{what}: {one:?}"),
                OccurrenceState::Due | OccurrenceState::Claimed => panic!("{what}: left behind: {one:?}"),
            }
        }
        assert!(seen.values().all(|count| *count == 1), "{what}: {seen:?}");
        let mut period = Period::last_before(Cycle::Month, start().date_naive()).next();
        for _ in 2..MONTHS {
            assert!(seen.contains_key(period.to_string().as_str()), "{what}: {period} was forgotten");
            period = period.next();
        }
        occasions.len()
    }
}

fn start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("1999-12-15T00:00:00Z").expect("an instant").with_timezone(&Utc)
}

#[test]
fn every_period_is_acted_on_once_whatever_clocks_and_processes_do() {
    let began = Instant::now();
    let lives: Vec<_> = (0..ZONES.len())
        .map(|index| {
            thread::spawn(move || {
                let policy = POLICIES[index % POLICIES.len()];
                let mut world = World::new(index, policy);
                world.live();
                (world.judge(&format!("{} {policy}", ZONES[index]), policy), world.looks)
            })
        })
        .collect();
    let told: Vec<(usize, u32)> = lives.into_iter().map(|one| one.join().expect("a life")).collect();
    assert!(told.iter().all(|(occasions, looks)| *occasions >= MONTHS as usize - 2 && *looks > MONTHS), "{told:?}");
    let (zones, jumps) = (told.len(), told.len() * JUMPS as usize);
    let (occasions, looks) =
        told.iter().fold((0, 0), |sum, (occasions, looks)| (sum.0 + occasions, sum.1 + u64::from(*looks)));
    // A line of the table that `.ci/trials` prints.
    println!(
        "| months of schedules | {zones} time zones, {occasions} periods, {jumps} clock jumps, {looks} looks \
         | 0 to {} | {:.0} s |",
        zones - 1,
        began.elapsed().as_secs_f64()
    );
}

#[test]
fn two_schedulers_on_one_ledger_claim_each_occasion_once() {
    let world = World::new(0, "all");
    world.ledger.note_looks(&["job"], start()).expect("a look");
    world.clock.set(start() + Months::new(100));
    let claimed: Vec<_> = (0..4)
        .map(|worker| {
            let (ledger, clock, jobs) = (world.ledger.clone(), world.clock.clone(), world.jobs.clone());
            thread::spawn(move || {
                let schemes = Registry::default();
                let book = Book { jobs: &jobs, schemes: &schemes, ledger: &ledger, clock: &clock };
                let mut mine: Vec<Moment> = Vec::new();
                occasions::note(book).expect("noted");
                while !ledger.occurrences_to_do().expect("a list").is_empty() {
                    while let Some(one) = occasions::take(book, &format!("w{worker}")).expect("a take") {
                        assert!(ledger.finish_occurrence("job", &one.moment, None).expect("done"));
                        mine.push(one.moment);
                    }
                }
                mine
            })
        })
        .collect();
    let mut all: Vec<DateTime<Utc>> =
        claimed.into_iter().flat_map(|one| one.join().expect("a scheduler")).map(|one| one.due).collect();
    all.sort();
    let count = all.len();
    all.dedup();
    assert_eq!((all.len(), count), (100, 100));
}
