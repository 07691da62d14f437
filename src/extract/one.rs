//! One pull of one source: which of the kept serves it, and what it begins with.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::freshness::{Freshness, final_at};
use super::keep::{Desk, Failure, Reading};
use super::plan::{Survey, day_of};
use super::work::Work;
use super::{Ask, Extraction};
use crate::period::midnight;
use crate::source::Source;

/// How long somebody who waits for another pull of the same source sleeps before looking again.
const TURN: Duration = Duration::from_millis(100);

/// One pull of one source.
pub struct One<'a> {
    /// The source.
    pub source: &'a Source,
    /// What is wanted.
    pub ask: &'a Ask,
    /// The world around it.
    pub world: &'a Extraction<'a>,
    /// What is kept.
    pub desk: Desk,
    /// The period's label.
    pub period: String,
}

impl<'a> One<'a> {
    /// A pull that has not begun.
    pub fn new(source: &'a Source, ask: &'a Ask, world: &'a Extraction<'a>) -> Self {
        Self { source, ask, world, desk: world.raw.desk(&source.id), period: ask.period.to_string() }
    }

    /// Waits until nobody else pulls this source; others wait until what it gives is dropped.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub async fn turn(&self) -> Result<File> {
        let turn = async {
            loop {
                match self.desk.lock()? {
                    Some(turn) => return Ok(turn),
                    None => tokio::time::sleep(TURN).await,
                }
            }
        };
        let deadline = self.source.client.deadline;
        match tokio::time::timeout(deadline, turn).await {
            Ok(turn) => turn,
            Err(_) => bail!("somebody else pulls it for more than {} s; let that end or stop it", deadline.as_secs()),
        }
    }

    /// What the period used last, unless it is too old for what is asked for; one that cannot be read is no reason
    /// against reading everything anew.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn current(&self) -> Result<Option<Reading>> {
        match self.desk.readings().current(&self.period) {
            Err(_) if self.ask.refresh_since.is_some() => Ok(None),
            current => current,
        }
    }

    /// Whether what the period used is young enough: the period was over, and nobody asked for everything anew since.
    pub fn is_young(&self, reading: &Reading) -> bool {
        self.is_whole(reading.begun) && self.ask.refresh_since.is_none_or(|since| reading.begun > since)
    }

    /// Whether the period's last pull may be repeated as it was: it is young enough; that of a folder only where the folder
    /// is not there and nobody asked for it anew, because its files may have changed and are cheap to read.
    pub fn is_to_be_repeated(&self, reading: &Reading) -> bool {
        match self.folder() {
            Some(folder) => !folder.is_dir() && self.ask.refresh_since.is_none_or(|since| reading.begun > since),
            None => self.is_young(reading),
        }
    }

    /// The folder, if the source is one.
    pub fn folder(&self) -> Option<PathBuf> {
        self.source.client.folder()
    }

    /// What walks must be to serve a pull.
    pub fn freshness<'p>(&self, pull: &'p str, reading: &Reading) -> Freshness<'p> {
        match self.folder() {
            Some(_) => Freshness::Only(pull),
            None => Freshness::Since { pull, begun: reading.begun, refresh_since: self.ask.refresh_since },
        }
    }

    /// Whether what was used of a resource serves again: its days were final, no id is new, and the file asks the same.
    pub fn serves(&self, work: &Work, survey: &Survey) -> bool {
        work.agenda(&survey.within_period(), &Freshness::Final).gaps.is_empty()
    }

    /// The pull to go on with, or a new one after the current; what was left and does not go on never lends its number,
    /// because its walks would pass for those of the new pull.
    pub fn reading(&self, current: Option<&Reading>) -> Reading {
        let now = self.world.clock.now();
        let left = self.desk.readings().unfinished(&self.period);
        let last = left.iter().chain(current).map(|reading| reading.number).max().unwrap_or(0);
        left.filter(|left| self.goes_on(left, now)).unwrap_or_else(|| Reading::begin(last + 1, now))
    }

    /// Whether a pull that was left goes on: it satisfies what is asked for, and beginning anew would give nothing newer
    /// than what it has.
    fn goes_on(&self, left: &Reading, now: DateTime<Utc>) -> bool {
        let is_asked_for = self.ask.refresh_since.is_none_or(|since| left.begun >= since);
        let zone = self.source.zone;
        let last = self.ask.period.last_day().min(day_of(now, zone));
        let lookback = self.source.resources.iter().filter_map(|one| one.window?.lookback).max().unwrap_or(0);
        let is_final = final_at(zone, last, lookback) <= left.begun;
        is_asked_for && self.is_whole(left.begun) && (is_final || day_of(left.begun, zone) == day_of(now, zone))
    }

    /// Whether the period was over at an instant, if it is over now.
    fn is_whole(&self, begun: DateTime<Utc>) -> bool {
        let end = midnight(self.source.zone, self.ask.period.end);
        end > self.world.clock.now() || begun >= end
    }

    /// SHA-256 over what is used: the same walks with the same pages give the same.
    ///
    /// # Errors
    /// When a list cannot be read.
    pub fn raw_hash(&self, reading: &Reading) -> Result<String> {
        let mut hash = Sha256::new();
        for resource in &self.source.resources {
            let shelf = self.desk.shelf(&resource.id)?;
            let walks = shelf.walks.iter().map(|walk| (walk.id.as_str(), walk.raw_hash.as_str()));
            let walks: BTreeMap<&str, &str> = walks.collect();
            for used in reading.uses.get(&resource.id).into_iter().flat_map(|part| &part.walks) {
                let pages = walks.get(used.walk.as_str()).copied().unwrap_or_default();
                hash.update(format!("{} {pages} {:?}\n", resource.id, used.days));
            }
        }
        Ok(hex::encode(hash.finalize()))
    }

    /// What went wrong stays to be looked at; a disk that refuses this too has said so already.
    pub fn note(&self, error: &anyhow::Error) {
        let failure = Failure { at: self.world.clock.now(), period: self.period.clone(), why: format!("{error:#}") };
        let _ = self.desk.note_failure(&failure);
    }
}
