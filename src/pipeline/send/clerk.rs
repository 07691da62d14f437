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
    ended: AtomicBool,
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
            ended: AtomicBool::new(false),
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
        // Behind the end nobody reads: whoever waits for the answer hears that there is none.
        if !self.ended.load(Ordering::SeqCst) {
            lock(&self.waiting).push(entry);
            self.rung.notify_one();
        }
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
        let worked = self.write_all().await;
        self.ended.store(true, Ordering::SeqCst);
        lock(&self.waiting).clear();
        worked
    }

    async fn write_all(&self) -> anyhow::Result<()> {
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

#[cfg(test)]
mod tests {
    use futures_util::future::{join, join_all};

    use super::*;
    use crate::clock::Clock;
    use crate::ledger::{DeliveryState, DocumentKind, NewDelivery, NewDocument, NewRun, RecipientRole, Scope, Trigger};
    use crate::period::Period;

    /// A ledger with so many claimed mails of one run.
    fn claimed(count: u32) -> (Ledger, String, Vec<i64>) {
        let ledger = Ledger::open_in_memory(Clock::system()).expect("a ledger");
        let period = Period::parse("2026-10").expect("a period");
        let run = NewRun {
            job: "monthly".to_owned(),
            period,
            scope: Scope::default(),
            trigger: Trigger::AdHoc,
            requested_by: "hr".to_owned(),
            refresh: false,
            send: true,
            as_of: None,
        };
        let run = ledger.start_run(&run).expect("a run").id;
        for number in 0..count {
            let card = NewDocument {
                kind: DocumentKind::Card,
                job: "monthly".to_owned(),
                period,
                subject: format!("A{number}"),
                name: format!("Agent {number}"),
                team: "T1".to_owned(),
                content_hash: "c".to_owned(),
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
            let (document, _) = ledger.issue(&run, &card).expect("issued");
            let mail = NewDelivery {
                document_id: document.id,
                run_id: run.clone(),
                recipient: format!("A{number}"),
                role: RecipientRole::Agent,
                address: format!("a{number}@shop.example"),
                message_id: format!("{number}@shop.example"),
                mime_hash: "m".to_owned(),
            };
            ledger.plan_deliveries(&[mail]).expect("planned");
        }
        let claims = ledger.claim_deliveries(&run, "w", count).expect("claims");
        (ledger, run, claims.into_iter().map(|one| one.id).collect())
    }

    fn state(ledger: &Ledger, id: i64) -> DeliveryState {
        ledger.delivery(id).expect("a read").expect("a mail").state
    }

    /// Works until `lanes` are through.
    async fn written<T>(clerk: &Clerk, lanes: impl Future<Output = T>) -> (T, anyhow::Result<()>) {
        let lanes = async {
            let ended = lanes.await;
            clerk.close();
            ended
        };
        join(lanes, clerk.work()).await
    }

    #[tokio::test]
    async fn each_is_told_of_its_own_and_a_refused_one_spoils_no_other() {
        let (ledger, run, ids) = claimed(3);
        ledger.unclaim(ids[1]).expect("not claimed any more");
        let clerk = Clerk::new(ledger.clone(), &run, "w");
        let marks = join_all(ids.iter().map(|id| clerk.note(*id, Note::InDoubt)));
        let (marks, worked) = written(&clerk, marks).await;
        worked.expect("nothing was lost");
        assert_eq!(marks.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(state(&ledger, ids[1]), DeliveryState::Pending);
        assert!(clerk.note(ids[0], Note::InDoubt).await.is_err(), "nobody writes behind the end");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_written_before_the_next_mark() {
        let (ledger, run, ids) = claimed(2);
        let clerk = Clerk::new(ledger.clone(), &run, "w");
        let lane = async {
            clerk.note(ids[0], Note::InDoubt).await.expect("marked");
            clerk.note_later(ids[0], [Note::Sent { reply: "250".to_owned() }]);
            clerk.note(ids[1], Note::InDoubt).await.expect("marked");
            state(&ledger, ids[0])
        };
        let (seen, worked) = written(&clerk, lane).await;
        worked.expect("nothing was lost");
        assert_eq!((seen, state(&ledger, ids[1])), (DeliveryState::Sent, DeliveryState::InDoubt));
    }

    #[tokio::test]
    async fn behind_a_lost_note_nothing_goes_out() {
        let (ledger, run, ids) = claimed(2);
        let clerk = Clerk::new(ledger.clone(), &run, "w");
        let lane = async {
            clerk.note_later(ids[0], [Note::Sent { reply: "250".to_owned() }]);
            let first = clerk.note(ids[0], Note::GivenBack).await;
            (first.is_ok(), clerk.note(ids[1], Note::InDoubt).await.is_ok())
        };
        let (told, worked) = written(&clerk, lane).await;
        assert_eq!(told, (true, false));
        assert!(worked.is_err(), "the round hears of it");
        assert_eq!(state(&ledger, ids[1]), DeliveryState::Claimed);
    }

    #[tokio::test]
    async fn no_body_goes_once_a_person_cancelled() {
        let (ledger, run, ids) = claimed(1);
        let clerk = Clerk::new(ledger.clone(), &run, "w");
        ledger.finish_run(&run, RunState::Cancelled, None).expect("cancelled");
        let (marked, worked) = written(&clerk, clerk.note(ids[0], Note::InDoubt)).await;
        worked.expect("nothing was lost");
        assert!(marked.is_err() && clerk.is_cancelled());
        assert_eq!(state(&ledger, ids[0]), DeliveryState::Claimed);
    }
}
