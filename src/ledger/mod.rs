//! The ledger (台账): what ran, what was found, what was sent to whom, who may see, who did what.
//!
//! One SQLite file, private to its owner, or a PostgreSQL database that several machines share; synced at every commit.
//! It knows no stage: callers give it plain values.
//! Every call is short and synchronous; from async code, call it inside `spawn_blocking` when it is in a loop.
//! One file per family of records; this one holds the contract of opening, reading and writing.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::failpoint;
use crate::settings::LedgerPlace;

use readers::Readers;
use store::postgres::{self, Rights, Session as Line};
use store::{Connection, Transaction};

mod advice;
mod announcements;
mod api_tokens;
mod appeals;
mod audit;
mod backups;
mod bounces;
mod cards;
mod choices;
mod claims;
mod compared;
mod deliveries;
mod delivery_state;
mod documents;
mod errands;
mod expiry;
mod fence;
mod file;
mod findings;
mod foreign;
mod form_answers;
mod grants;
pub mod holder;
mod journeys;
mod keys;
mod leads;
mod links;
mod notices;
mod occurrences;
mod operator_alerts;
mod outcomes;
mod past;
mod pauses;
mod people;
mod persons;
mod portions;
mod proofs;
mod proposals;
mod readers;
mod recorded;
mod releases;
mod reminders;
mod requests;
mod run_letters;
mod run_log;
mod runs;
mod said;
mod schema;
mod scheme_values;
mod send_marks;
mod sessions;
mod sign_ins;
mod simulations;
mod stages;
mod starts;
mod store;
mod stored;
mod tallies;
mod team_runs;
mod teams;
mod terms;
mod test_letters;
mod unknowns;
mod whose;

pub use advice::{is_at_fault, lost_its_line};
pub use announcements::{Announcement, NewAnnouncement};
pub use api_tokens::{Ability, ApiToken, NewApiToken};
pub use appeals::{
    Adjustment, Answer, Answered, Appeal, AppealState, Correction, LONGEST_REASON, NewAppeal, NotAnswered, NotOpened,
    Rate, Ruling, Sets, Wanted as WantedAppeals, rates,
};
pub use audit::{AuditEntry, AuditWish};
pub use bounces::{Report, Reported};
pub use cards::{CardSummary, CardWish, CardedPeriod};
pub use choices::Letters;
pub use claims::Recovery;
pub use deliveries::{Delivery, NewDelivery, RecipientRole, Resolution};
pub use delivery_state::DeliveryState;
pub use documents::{Document, DocumentKind, NewDocument, SHOP};
pub use errands::{Errand, UnknownErrand};
pub use expiry::{Aged, AgedFile};
pub use form_answers::{AnswerStage, Answers, FormOf, Given};
pub use grants::Grant;
pub use holder::{Claim, Holder, Worker};
pub use journeys::UnderWay;
pub use leads::{Led, TeamLead};
pub use links::LinkAsks;
pub use notices::Notice;
pub use occurrences::{Moment, Occurrence, OccurrenceState};
pub use operator_alerts::OperatorAlert;
pub use outcomes::Note;
pub use past::PastResult;
pub use pauses::Pause;
pub use people::{Role, User};
pub use persons::{Erasure, PersonFiles};
pub use portions::{DocumentHead, Portion};
pub use proofs::{Proved, Removed};
pub use proposals::{
    Bar, Decision, FirstWord, NewProposal, Proposal, ProposalState, Said, Through, Undecided, Verdict,
    Wanted as WantedProposals,
};
pub use recorded::{NewRecordedEvent, NotRecorded, RecordedEvent, RecordedTally, Withdrawal, Withdrawn};
pub use releases::Word;
pub use reminders::{NewReminder, Reminder};
pub use requests::{NewRequest, Request, RequestKind, RequestState};
pub use run_letters::{LetterMark, TroubledLetters};
pub use run_log::{RunFilter, RunStep};
pub use runs::{NewRun, Pins, Run, RunState, Scope, Trigger};
pub use scheme_values::{NewSchemeValue, SchemeValue};
pub use sessions::Session;
pub use simulations::{NewSimulation, Simulation, Tried, TriedAgent, TriedOutcome, TriedPeriod, TriedTotals};
pub use stages::Progress;
pub use tallies::Trouble;
pub use teams::TeamNames;
pub use terms::Terms;
pub use whose::Whose;

/// The record of everything; cheap to clone, clones share one connection for what they write.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    /// Before the connection, so that this is closed last and leaves a whole file behind.
    readers: Readers,
    connection: Mutex<Connection>,
    clock: Clock,
    place: Place,
    /// The claims on deliveries that were made through this ledger, and the worker of each (see `fence`).
    claims: Mutex<HashMap<i64, String>>,
    /// Which findings name people of other teams (see `foreign`).
    mentions: foreign::Answers,
    /// What teams are called, by job (see `teams`).
    team_names: teams::Kept,
    /// Set when a sync failed: what the disk holds is then unknown, and trying again could hide a loss.
    broken: AtomicBool,
}

/// Where a ledger is.
enum Place {
    /// In this process only.
    Memory,
    /// A file of SQLite.
    File(PathBuf),
    /// A database of PostgreSQL, and what this process holds there.
    Server(Box<postgres::Place>, Arc<Rights>),
}

/// For messages; never with a password.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => out.write_str(IN_MEMORY),
            Self::File(path) => path.display().fmt(out),
            Self::Server(place, _) => out.write_str(place.shown()),
        }
    }
}

/// The path of a ledger that has no file.
const IN_MEMORY: &str = ":memory:";

impl Ledger {
    /// Opens the ledger at `path`, making or migrating it as needed; times come from `clock`.
    ///
    /// Refuses a damaged file, another program's database and the ledger of a newer version, and changes none of them; a large
    /// file is not read through for that, which [`Self::integrity`] does.
    pub fn open(path: &Path, clock: Clock) -> Result<Self> {
        let ledger = Self::over(Connection::Sqlite(file::open(path)?), Place::File(path.to_owned()), clock);
        ledger.ensure_keys()?;
        ledger.ensure_marks();
        Ok(ledger)
    }

    /// Opens the ledger at `path` only to ask it: the file stays as it is. None when a start would first bring it to another
    /// version.
    pub fn look(path: &Path, clock: Clock) -> Result<Option<Self>> {
        let connection = file::look(path)?.map(Connection::Sqlite);
        Ok(connection.map(|connection| Self::over(connection, Place::File(path.to_owned()), clock)))
    }

    /// Opens the ledger that the settings name: a file, or a database of PostgreSQL that several machines share.
    pub fn open_at(place: &LedgerPlace, clock: Clock) -> Result<Self> {
        match place {
            LedgerPlace::File(path) => Self::open(path, clock),
            LedgerPlace::Server(url) => Self::open_server(url, clock),
        }
    }

    fn open_server(url: &str, clock: Clock) -> Result<Self> {
        let place = postgres::Place::parse(url)?;
        let line = Line::open(&place)?;
        postgres::migrate(&line, schema::MIGRATIONS)
            .with_context(|| format!("cannot open the ledger `{}`", place.shown()))?;
        let place = Place::Server(Box::new(place.clone()), Rights::at(place));
        let ledger = Self::over(Connection::Postgres(Box::new(line)), place, clock);
        ledger.ensure_keys()?;
        Ok(ledger)
    }

    /// A ledger that ends with the process, for tests.
    pub fn open_in_memory(clock: Clock) -> Result<Self> {
        let ledger = Self::over(Connection::Sqlite(file::open_in_memory()?), Place::Memory, clock);
        ledger.ensure_keys()?;
        Ok(ledger)
    }

    fn over(connection: Connection, place: Place, clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                readers: Readers::default(),
                connection: Mutex::new(connection),
                clock,
                place,
                claims: Mutex::default(),
                mentions: Mutex::default(),
                team_names: Mutex::default(),
                broken: AtomicBool::new(false),
            }),
        }
    }

    /// Where it is, for messages.
    fn place(&self) -> &Place {
        &self.shared.place
    }

    /// What this process holds among all that share the ledger; none where only processes of one machine do.
    fn rights(&self) -> Option<&Arc<Rights>> {
        match &self.shared.place {
            Place::Server(_, rights) => Some(rights),
            Place::Memory | Place::File(_) => None,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.shared.clock.now()
    }

    /// Makes sure that what this process held when its line was cut is still its own.
    fn keep_rights(&self) -> Result<()> {
        self.rights().map_or(Ok(()), |rights| rights.keep())
    }

    /// Runs `work` on a connection, for questions.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let found = match self.place() {
            Place::File(path) => {
                self.refuse_when_broken()?;
                self.shared.readers.read(path, work)
            }
            Place::Memory | Place::Server(..) => return self.on_the_line(work),
        };
        found.map_err(|error| self.explained(error))
    }

    /// Runs `work` on the connection that writes, outside of any transaction.
    fn on_the_line<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let connection = self.connection()?;
        work(&connection).map_err(|error| self.explained(error))
    }

    /// Runs `work` in one transaction that is on the disk when this returns; an error undoes all of it.
    ///
    /// No other such transaction comes between what it reads and what it writes, whichever process it is of.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.keep_rights()?;
        let connection = self.connection()?;
        let done = connection.begin().map_err(anyhow::Error::from).and_then(|transaction| committed(transaction, work));
        done.map_err(|error| self.explained(error))
    }

    /// Like [`Self::write`], for work on a few rows that it holds, beside which other processes work on others.
    fn write_rows<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let connection = self.connection()?;
        let begun = connection.begin_beside_others().map_err(anyhow::Error::from);
        begun.and_then(|transaction| committed(transaction, work)).map_err(|error| self.explained(error))
    }

    fn refuse_when_broken(&self) -> Result<()> {
        if self.shared.broken.load(Ordering::SeqCst) {
            bail!(
                "the ledger `{}` is closed after a failed sync: check the disk and start scorepost again",
                self.place()
            );
        }
        Ok(())
    }

    fn connection(&self) -> Result<MutexGuard<'_, Connection>> {
        self.refuse_when_broken()?;
        // A panic in `work` has rolled its transaction back, so the connection behind a poisoned lock is sound.
        let mut connection = self.shared.connection.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        connection.ensure()?;
        Ok(connection)
    }
}

fn committed<T>(transaction: Transaction<'_>, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
    let who = std::any::type_name_of_val(&work);
    let place = |step| move || format!("ledger {} {step}", caller(who));
    failpoint::pass(place("begins"));
    let value = work(&transaction)?;
    failpoint::pass(place("commits"));
    transaction.commit().context("cannot commit")?;
    failpoint::pass(place("is done"));
    Ok(value)
}

/// The name of the function in which a closure of that type was written, without what it is generic over.
fn caller(closure: &str) -> &str {
    let function = closure.trim_end_matches("::{{closure}}");
    let mut depth = 0;
    let generics = function.rfind(|sign| {
        depth += i32::from(sign == '>') - i32::from(sign == '<');
        depth == 0
    });
    let named = generics.filter(|_| function.ends_with('>')).map_or(function, |start| &function[..start]);
    named.rsplit("::").next().unwrap_or(named)
}

/// Fails unless a statement touched exactly the row that it named.
fn touched(rows: usize, what: &str, name: impl std::fmt::Display) -> Result<()> {
    if rows == 0 {
        bail!("the ledger has no {what} `{name}`");
    }
    Ok(())
}

#[cfg(test)]
mod bench;
#[cfg(test)]
mod large;
#[cfg(test)]
mod races;
