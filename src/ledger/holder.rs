//! Who holds a run: locks that end with their process however it ends.
//!
//! Beside a file they are locks of the operating system; on a server they are the server's, for processes of all machines.

use std::fmt::Display;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, SecondsFormat, Utc};

use super::Ledger;
use super::file::make_private_folder;
use super::runs::Scope;
use super::store::postgres::{Right, Taken};

/// The right to work on one period of one job, or to run schedules; dropped, or with the end of the process, it is free again.
#[derive(Debug)]
pub struct Holder {
    _lock: Lock,
}

/// What ends with its process.
#[derive(Debug)]
enum Lock {
    /// A lock of the operating system on a file.
    File { lock: File },
    /// A worker's file, which goes when the worker does.
    OwnFile { lock: File, path: PathBuf },
    /// A lock of the server that keeps the ledger.
    Server { _right: Right },
    /// Nothing is locked: there may be several.
    Open,
}

/// What came of trying to hold a right.
#[derive(Debug)]
pub enum Claim {
    /// It is ours as long as the holder lives.
    Held(Holder),
    /// Another process or thread has it.
    Busy {
        /// Who, for people: `pid 4711, team T1, since 2026-11-22T03:00:00Z`.
        by: String,
    },
}

/// A worker that claims deliveries and occurrences; whether it lives can be asked by its id.
#[derive(Debug)]
pub struct Worker {
    /// Its name in the ledger, never used again.
    pub id: String,
    _lock: Lock,
}

impl Ledger {
    /// Tries to hold a period of a job, as [`claim`] does, among all processes that share this ledger.
    pub fn claim_run(&self, data_dir: &Path, job: &str, period: impl Display, scope: &Scope) -> Result<Claim> {
        let Some(rights) = self.rights() else { return claim(data_dir, job, period, scope) };
        let since = self.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let note = format!("{}, {scope}, since {since}", me()?);
        Ok(match rights.take(&format!("run {job} {period}"), &note)? {
            Taken::Ours(right) => Claim::Held(Holder { _lock: Lock::Server { _right: right } }),
            Taken::By(by) => Claim::Busy { by },
        })
    }

    /// Tries to hold the right to run schedules, as [`claim_service`] does.
    ///
    /// On a server any number of processes may: each occasion, request and run is claimed there by one of them.
    pub fn claim_service(&self, data_dir: &Path) -> Result<Claim> {
        match self.rights() {
            Some(_) => Ok(Claim::Held(Holder { _lock: Lock::Open })),
            None => claim_service(data_dir),
        }
    }

    /// Makes a worker that lives until it is dropped, its process ends, or its machine is cut off from the ledger.
    pub fn worker(&self, data_dir: &Path) -> Result<Worker> {
        let Some(rights) = self.rights() else { return worker(data_dir) };
        let id = format!("{}-{}", me()?, random_hex()?);
        let right = rights.take_new(&worker_right(&id))?;
        Ok(Worker { id, _lock: Lock::Server { _right: right } })
    }

    /// Whether the worker of that id lives, in this process or another one, on this machine or another one.
    ///
    /// Where that cannot be found out it counts as living: taking a living worker for dead would send its mails twice.
    pub fn alive(&self, data_dir: &Path, id: &str) -> bool {
        let Some(rights) = self.rights() else { return alive(data_dir, id) };
        let held = rights.keep().and_then(|()| self.read(|connection| connection.is_held(&worker_right(id))));
        held.unwrap_or(true)
    }
}

fn worker_right(id: &str) -> String {
    format!("worker {id}")
}

/// This process, for people who look for it on several machines.
fn me() -> Result<String> {
    let host = whoami::hostname().context("the machine has no name")?;
    Ok(format!("{host} pid {}", std::process::id()))
}

/// Tries to hold a period of a job, given by its label, whatever the scope: two scopes of one period would issue editions of one another.
///
/// Does not wait. The scope is only told to whoever finds it busy.
pub fn claim(data_dir: &Path, job: &str, period: impl Display, scope: &Scope) -> Result<Claim> {
    let name = format!("{job}-{period}.lock");
    if name.contains(['/', '\\', '\0']) {
        bail!("job `{job}` cannot be locked: its name must be a plain file name");
    }
    hold(&locks(data_dir)?.join(name), &format!("pid {}, {scope}", std::process::id()))
}

/// Tries to hold the right to run schedules on a data folder, which one process at a time has; does not wait.
pub fn claim_service(data_dir: &Path) -> Result<Claim> {
    hold(&locks(data_dir)?.join("serve.lock"), &format!("pid {}", std::process::id()))
}

/// Locks the file at `path` and leaves a note in it for whoever finds it locked.
fn hold(path: &Path, note: &str) -> Result<Claim> {
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("cannot open the lock `{}`", path.display()))?;
    match lock.try_lock() {
        Ok(()) => {
            lock.set_len(0)?;
            lock.write_all(note.as_bytes()).with_context(|| format!("cannot write the lock `{}`", path.display()))?;
            Ok(Claim::Held(Holder { _lock: Lock::File { lock } }))
        }
        Err(TryLockError::WouldBlock) => Ok(Claim::Busy { by: who_holds(&mut lock) }),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock `{}`: the data folder must allow locks", path.display()))
        }
    }
}

/// Makes a worker that lives until it is dropped or its process ends.
pub fn worker(data_dir: &Path) -> Result<Worker> {
    let id = format!("{}-{}", std::process::id(), random_hex()?);
    let path = worker_path(&locks(data_dir)?, &id);
    let lock = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("cannot make the lock `{}`", path.display()))?;
    lock.lock().with_context(|| format!("cannot lock `{}`: the data folder must allow locks", path.display()))?;
    Ok(Worker { id, _lock: Lock::OwnFile { lock, path } })
}

fn random_hex() -> Result<String> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).context("the machine gives no random bytes")?;
    Ok(hex::encode(random))
}

/// Whether the worker of that id lives, in this process or another one.
///
/// A lock that cannot be tried counts as held: taking a living worker for dead would send its mails twice.
pub fn alive(data_dir: &Path, id: &str) -> bool {
    match File::open(worker_path(&data_dir.join("locks"), id)) {
        Ok(lock) => lock.try_lock_shared().is_err(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let lock = match self {
            Self::File { lock } => lock,
            Self::OwnFile { lock, path } => {
                // A file that stays behind is harmless: nobody holds its lock.
                let _ = fs::remove_file(path);
                lock
            }
            Self::Server { .. } | Self::Open => return,
        };
        // A child that is being started at this moment has the file open too, and would hold the lock a while longer.
        let _ = lock.unlock();
    }
}

fn locks(data_dir: &Path) -> Result<PathBuf> {
    make_private_folder(data_dir)?;
    let folder = data_dir.join("locks");
    make_private_folder(&folder)?;
    Ok(folder)
}

fn worker_path(locks: &Path, id: &str) -> PathBuf {
    locks.join(format!("worker-{id}.lock"))
}

/// What the holder wrote into its lock, and since when.
fn who_holds(lock: &mut File) -> String {
    let mut note = String::new();
    let read = lock.read_to_string(&mut note);
    // The holder may be between locking and writing.
    if read.is_err() || note.is_empty() {
        return "another process".to_owned();
    }
    match lock.metadata().and_then(|data| data.modified()) {
        Ok(since) => {
            let since = DateTime::<Utc>::from(since).to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("{note}, since {since}")
        }
        Err(_) => note,
    }
}

#[cfg(test)]
mod tests;
