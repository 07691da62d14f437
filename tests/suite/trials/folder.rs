//! Data folders whose letters are sealed and wait to be let go: made once, copied for each case.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use scorepost::ledger::RunState;

use crate::bench::{self, Bench};

/// What is never changed once it is written, and may be shared by all copies.
const SEALED: [&str; 3] = ["letters", "archive", "tables"];
/// The files of the job whose letters they are.
const JOB: [&str; 5] = [
    "monthly-scorecard.toml",
    "sources/shop-roster.toml",
    "sources/taobao-top.toml",
    "sources/dingtalk.toml",
    "schemes/presale-weighted.toml",
];

/// Runs of one job that wait for their release, each with letters to agents and managers.
pub struct Prepared {
    /// The runs, one for each month.
    pub runs: Vec<String>,
    /// How many letters they have together.
    pub letters: usize,
    root: tempfile::TempDir,
}

impl Prepared {
    /// Pulls, scores, renders and seals the last months of a shop of so many agents.
    pub async fn of(agents: u32, months: u32) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let mut prepared = Self { runs: Vec::new(), letters: 0, root };
        keep_job(&prepared.jobs());
        let jobs = prepared.jobs().display().to_string();
        let bench = Bench::sized(9, agents, months);
        let bench = bench.reopen(|environment| drop(environment.insert("SCOREPOST_JOBS".to_owned(), jobs.clone())));
        for month in 0..months {
            let outcome = bench.run(bench.october().month(&format!("2026-{:02}", 10 - month))).await;
            assert_eq!(outcome.run.state, RunState::Ready, "{:?}", outcome.findings);
            prepared.letters += bench.pipeline.ledger.deliveries(&outcome.run.id).expect("deliveries").len();
            prepared.runs.push(outcome.run.id);
        }
        let (place, pipeline) = bench.give();
        // The last connection of a ledger takes its log into the file.
        drop(pipeline);
        prepared.keep(place.folder.path());
        prepared
    }

    fn keep(&self, made: &Path) {
        let data = self.root.path().join("data");
        fs::create_dir(&data).expect("a folder");
        for entry in fs::read_dir(made).expect("a data folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if SEALED.contains(&name.as_str()) {
                bench::copy(&path, &data.join(name));
            } else if name.starts_with("ledger.sqlite") {
                fs::copy(&path, data.join(name)).expect("a copy");
            }
        }
    }

    /// Letters go over so many connections at once.
    pub fn over(self, connections: usize) -> Self {
        let text = format!("[mail]\nconnections = {connections}\n");
        fs::write(self.root.path().join("scorepost.toml"), text).expect("a file");
        self
    }

    /// The settings of this machine, if there are any.
    pub fn settings(&self) -> Option<PathBuf> {
        Some(self.root.path().join("scorepost.toml")).filter(|file| file.exists())
    }

    /// The folder of the job, its sources and its scheme.
    pub fn jobs(&self) -> PathBuf {
        self.root.path().join("jobs")
    }

    /// A data folder of its own for one case.
    pub fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        self.copy_to(folder.path());
        folder
    }

    /// The same in a folder that is there, maybe on another disk.
    pub fn copy_to(&self, folder: &Path) {
        let data = self.root.path().join("data");
        for entry in fs::read_dir(&data).expect("a data folder") {
            let path = entry.expect("an entry").path();
            let target = folder.join(path.file_name().expect("a name"));
            if path.is_dir() {
                link(&path, &target);
            } else {
                fs::copy(&path, target).expect("a copy");
            }
        }
    }
}

/// Waits until this process has no file of a data folder open.
///
/// A simulated crash ends one thread; the ledger's writer is on another, which a real one would have ended too.
pub fn until_closed(data: &Path) {
    let is_open = || {
        let Ok(open) = fs::read_dir("/proc/self/fd") else { return false };
        open.flatten().filter_map(|one| fs::read_link(one.path()).ok()).any(|file| file.starts_with(data))
    };
    let since = Instant::now();
    while is_open() {
        assert!(since.elapsed() < Duration::from_secs(60), "a crashed program still has its files open");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The shipped monthly job alone, without the gates that a very small shop does not pass.
pub fn keep_job(folder: &Path) {
    for part in JOB {
        let target = folder.join(part);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").join(part)).expect("a file");
        let is_job = part == JOB[0];
        fs::write(target, if is_job { without_gates(&text) } else { &text }).expect("a file");
    }
}

fn without_gates(job: &str) -> &str {
    job.split("[[gate]]").next().unwrap_or(job)
}

/// The same files under another folder, without their bytes where the disk can do that.
fn link(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            link(&path, &target);
        } else if fs::hard_link(&path, &target).is_err() {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
