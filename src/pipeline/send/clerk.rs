//! Writes down for all connections what happened to their letters, as many notes at once as are waiting.
//!
//! Each commit of the ledger waits for the disk. While one does, the other connections go on talking to the relay, and
//! what they have to note meanwhile shares the next commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail};
use tokio::sync::{Notify, oneshot};
use tokio::task::spawn_blocking;

use crate::ledger::{Ledger, Note, RunState};

/// The one writer of a round of letters.
pub(super) struct Clerk {
    ledger: Ledger,
    run: String,
    worker: String,
    waiting: Mutex<Vec<Entry>>,
    rung: Notify,
    closed: AtomicBool,
    cancelled: AtomicBool,
    lost: Mutex<Option<anyhow::Error>>,
}

/// Notes that belong together, and who waits for them.
struct Entry {
    notes: Vec<(i64, Note)>,
    answer: Option<oneshot::Sender<anyhow::Result<()>>>,
}

impl Clerk {
    /// Writes for the letters of this run that `worker` has.
    pub(super) fn new(ledger: Ledger, run: &str, worker: &str) -> Self {
        Self {
            ledger,
            run: run.to_owned(),
            worker: worker.to_owned(),
            waiting: Mutex::default(),
            rung: Notify::new(),
            closed: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            lost: Mutex::default(),
        }
    }

    /// Notes something and waits until it is on the disk.
    pub(super) async fn note(&self, id: i64, note: Note) -> anyhow::Result<()> {
        let (answer, heard) = oneshot::channel();
        self.take_in(Entry { notes: vec![(id, note)], answer: Some(answer) });
        heard.await.context("the ledger's writer has ended")?
    }

    /// Notes that a letter was taken, which nobody has to wait for.
    ///
    /// Notes keep their order, so it is on the disk no later than the next mark of the same connection: a crash leaves
    /// one letter of each connection unknown at most, as if it had been waited for.
    pub(super) fn note_later(&self, id: i64, notes: impl IntoIterator<Item = Note>) {
        let notes = notes.into_iter().map(|note| (id, note)).collect();
        self.take_in(Entry { notes, answer: None });
    }

    fn take_in(&self, entry: Entry) {
        lock(&self.waiting).push(entry);
        self.rung.notify_one();
    }

    /// Whether a person cancelled the run; no letter's body goes after that was seen.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// No more notes come.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.rung.notify_one();
    }

    /// Writes until closed and nothing is waiting; errors with the first note that nobody waited for and that was lost.
    pub(super) async fn work(&self) -> anyhow::Result<()> {
        loop {
            let entries = std::mem::take(&mut *lock(&self.waiting));
            if entries.is_empty() {
                if self.closed.load(Ordering::SeqCst) {
                    return lock(&self.lost).take().map_or(Ok(()), Err);
                }
                self.rung.notified().await;
                continue;
            }
            self.write(entries).await?;
        }
    }

    async fn write(&self, entries: Vec<Entry>) -> anyhow::Result<()> {
        let (ledger, run, worker) = (self.ledger.clone(), self.run.clone(), self.worker.clone());
        // Behind a note that was lost the ledger knows less than happened, so nothing more may go out.
        let stuck = lock(&self.lost).is_some();
        let written = spawn_blocking(move || commit(&ledger, &run, &worker, entries, stuck)).await;
        let (cancelled, answers) = written.context("the ledger's writer broke")?;
        self.cancelled.fetch_or(cancelled, Ordering::SeqCst);
        for (answer, result) in answers {
            match (answer, result) {
                // Whoever asked and is gone does not need to know.
                (Some(answer), result) => drop(answer.send(result)),
                (None, Ok(())) => {}
                (None, Err(error)) => drop(lock(&self.lost).get_or_insert(error)),
            }
        }
        Ok(())
    }
}

type Answers = Vec<(Option<oneshot::Sender<anyhow::Result<()>>>, anyhow::Result<()>)>;

/// One transaction for all; where that is refused, one for each, so that only the culprit is told.
fn commit(ledger: &Ledger, run: &str, worker: &str, entries: Vec<Entry>, stuck: bool) -> (bool, Answers) {
    let cancelled = ledger.run(run).ok().flatten().is_some_and(|run| run.state == RunState::Cancelled);
    let may_go = |entry: &Entry| !(stuck || cancelled) || !entry.notes.iter().all(|(_, note)| *note == Note::InDoubt);
    let (entries, kept_back): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(may_go);
    let refused = kept_back.into_iter().map(|entry| (entry.answer, refusal(cancelled)));
    let mut answers: Answers = refused.collect();
    let all: Vec<(i64, Note)> = entries.iter().flat_map(|entry| entry.notes.iter().cloned()).collect();
    let together = entries.len() > 1 && ledger.note_deliveries(worker, &all).is_ok();
    answers.extend(entries.into_iter().map(|entry| {
        let result = if together { Ok(()) } else { ledger.note_deliveries(worker, &entry.notes) };
        (entry.answer, result)
    }));
    (cancelled, answers)
}

fn refusal(cancelled: bool) -> anyhow::Result<()> {
    match cancelled {
        true => bail!("the run was cancelled"),
        false => bail!("what happened to an earlier letter could not be recorded"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
