//! A reading: what a pull of one source for one period uses, so that its repeat uses the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::durable;
use crate::extract::plan::Cut;

/// Days, half open.
pub type Days = (NaiveDate, NaiveDate);

/// What a pull uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reading {
    /// Its number among the pulls of this source and period.
    pub number: u32,
    /// When it was begun: what it gives is true as of this instant.
    pub begun: DateTime<Utc>,
    /// When it came to its end; none while it is unfinished.
    pub done: Option<DateTime<Utc>>,
    /// SHA-256 over the walks that it uses, in hex.
    #[serde(default)]
    pub raw_hash: String,
    /// What it uses of each resource.
    #[serde(default)]
    pub uses: BTreeMap<String, Use>,
}

/// What a reading uses of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Use {
    /// The walks, in the order of their rows.
    pub walks: Vec<Used>,
    /// Days of the period that nobody has and that could not be asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<Cut>,
    /// Days that should have been asked for again, but the source no longer answers for them: they stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stayed: Vec<Days>,
    /// Whether a fan-out found no ids.
    #[serde(default)]
    pub without_ids: bool,
}

/// A walk that a reading uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Used {
    /// Its name.
    pub walk: String,
    /// The days for which it stands; none when it is used whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Days>,
}

/// The readings of one source.
#[derive(Clone, Debug)]
pub struct Readings {
    folder: PathBuf,
}

impl Reading {
    /// A new one.
    pub fn begin(number: u32, begun: DateTime<Utc>) -> Self {
        Self { number, begun, done: None, raw_hash: String::new(), uses: BTreeMap::new() }
    }

    /// Its name among all pulls of the source, such as `2026-10#3`.
    pub fn name(&self, period: &str) -> String {
        format!("{period}#{}", self.number)
    }
}

impl Readings {
    /// The readings in a folder.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The newest finished reading of a period.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn current(&self, period: &str) -> Result<Option<Reading>> {
        read(&self.folder.join(format!("{period}.json")))
    }

    /// The reading of a period that is not finished; one that cannot be read is none.
    pub fn unfinished(&self, period: &str) -> Option<Reading> {
        read(&self.open_path(period)).unwrap_or_default()
    }

    /// Notes that a reading is begun.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(&self, period: &str, reading: &Reading) -> Result<()> {
        write(&self.open_path(period), reading)
    }

    /// Puts a finished reading in the place of the one before, which stays as `PERIOD.NUMBER.json`.
    ///
    /// # Errors
    /// When the disk refuses; the one before then is still in place.
    pub fn finish(&self, period: &str, reading: &Reading) -> Result<()> {
        if let Some(before) = self.current(period).unwrap_or_default() {
            write(&self.folder.join(format!("{period}.{}.json", before.number)), &before)?;
        }
        write(&self.folder.join(format!("{period}.json")), reading)?;
        self.drop_unfinished(period)
    }

    /// Forgets a reading that is not finished.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn drop_unfinished(&self, period: &str) -> Result<()> {
        match std::fs::remove_file(self.open_path(period)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove `{}`", self.open_path(period).display()))
            }
            _ => Ok(()),
        }
    }

    /// The newest finished readings of all periods, by the name of the period.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn all(&self) -> Result<BTreeMap<String, Reading>> {
        let mut all = BTreeMap::new();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(period) = name.strip_suffix(".json").filter(|period| !period.contains('.'))
                && let Some(reading) = self.current(period)?
            {
                all.insert(period.to_owned(), reading);
            }
        }
        Ok(all)
    }

    fn open_path(&self, period: &str) -> PathBuf {
        self.folder.join(format!("{period}.open.json"))
    }
}

fn read(path: &Path) -> Result<Option<Reading>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    };
    let reading = serde_json::from_slice(&text);
    reading.map(Some).with_context(|| format!("`{}` cannot be read; pull again with `--refresh`", path.display()))
}

fn write(path: &Path, reading: &Reading) -> Result<()> {
    let text = serde_json::to_vec(reading).context("cannot write what a pull uses")?;
    durable::write_whole(path, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_takes_the_place_of_another_only_when_it_is_finished() {
        let folder = tempfile::tempdir().expect("a folder");
        let readings = Readings::new(folder.path().join("periods"));
        let at = |day: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day);
        let done = |number, day| Reading { done: Some(at(day)), ..Reading::begin(number, at(day)) };
        readings.finish("2026-10", &done(1, 0)).expect("finished");
        readings.begin("2026-10", &Reading::begin(2, at(3))).expect("begun");
        let number = || readings.current("2026-10").expect("reads").map(|one| one.number);
        assert_eq!((number(), readings.unfinished("2026-10").map(|one| one.number)), (Some(1), Some(2)));
        readings.finish("2026-10", &done(2, 3)).expect("finished");
        assert_eq!((number(), readings.unfinished("2026-10")), (Some(2), None));
        assert!(folder.path().join("periods/2026-10.1.json").exists());
        assert_eq!(readings.all().expect("reads").into_keys().collect::<Vec<_>>(), ["2026-10"]);
    }
}
