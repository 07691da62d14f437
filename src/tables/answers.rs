//! What was once counted over the rows of a period, kept beside them: sums by agent and day are a thousandth of the rows.
//!
//! An answer lies under the hash of the table's file and of the whole question, so that it is found only by the same
//! question about the same rows: it cannot be stale, only missing or damaged, and then it is counted anew. It goes with
//! its folder when tables are written anew or have grown old, and when rows of a person are left out.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use polars::prelude::*;
use sha2::{Digest, Sha256};

use crate::unfinished::Unfinished;

use super::{Tables, digests};

/// The folder of answers, among the tables of a period.
const FOLDER: &str = "answers";
/// Drafts of a scheme ask ever other questions; a folder with so many answers begins anew.
const MOST: usize = 256;
/// How many bytes of hash stand before the rows of an answer.
const HASH: usize = 32;
/// Changed whenever the same question would be answered by other columns.
const FORM: &str = concat!("1 scorepost ", env!("CARGO_PKG_VERSION"));

impl Tables {
    /// The answer to a question about a table: a kept one, else what is counted now, which is kept if the table is. The
    /// question says all that the answer depends on beside the rows.
    pub fn answered(
        &self,
        table: &str,
        question: &str,
        count: impl FnOnce() -> anyhow::Result<DataFrame>,
    ) -> anyhow::Result<DataFrame> {
        let kept = self.scans.get(table).filter(|_| !self.frames.contains_key(table));
        let placed = || place(&kept?.path, question).ok();
        let Some(place) = placed() else { return count() };
        if let Some(answer) = read(&place) {
            return Ok(answer);
        }
        let mut answer = count()?;
        // Where a run changed the tables for new ones meanwhile, nobody knows of which rows this is the answer.
        let is_of_these_rows = placed().is_some_and(|now| now == place);
        if is_of_these_rows && let Err(error) = keep(&place, &mut answer) {
            // A folder that may only be read is no reason not to score.
            tracing::debug!(table, "an answer is not kept and will be counted again: {error}");
        }
        Ok(answer)
    }
}

/// Removes every answer about tables of a folder, because rows of them are about to go.
pub(super) fn forget(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder.join(FOLDER)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn place(table: &Path, question: &str) -> io::Result<PathBuf> {
    let mut hash = Sha256::new();
    for part in [FORM, polars::VERSION, &digests::of(table)?, question] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let folder = table.parent().ok_or_else(|| io::Error::other("a table lies in a folder"))?;
    Ok(folder.join(FOLDER).join(hex::encode(hash.finalize())))
}

/// A kept answer; `None` where there is none, or not as it was written.
fn read(place: &Path) -> Option<DataFrame> {
    let bytes = fs::read(place).ok()?;
    let (hash, rows) = bytes.split_at_checked(HASH)?;
    if Sha256::digest(rows)[..] != *hash {
        return None;
    }
    ParquetReader::new(io::Cursor::new(rows.to_vec())).read_parallel(ParallelStrategy::None).finish().ok()
}

fn keep(place: &Path, answer: &mut DataFrame) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    ParquetWriter::new(&mut rows).with_compression(ParquetCompression::Uncompressed).finish(answer)?;
    let mut bytes = Sha256::digest(&rows).to_vec();
    bytes.append(&mut rows);
    if let Some(folder) = place.parent() {
        if fs::read_dir(folder).is_ok_and(|entries| entries.count() >= MOST) {
            fs::remove_dir_all(folder)?;
        }
        super::store::make_private(folder)?;
    }
    let (unfinished, mut file) = Unfinished::begin(place)?;
    file.write_all(&bytes)?;
    Ok(unfinished.name()?)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::period::Period;
    use crate::tables::person::{Words, leave_out};
    use crate::tables::{OnlyTeam, write};

    /// Plans of some agents in a folder.
    fn plans(folder: &Path, agents: &[&str]) -> Tables {
        let column = |name: &str, cells: Vec<&str>| Column::new(name.into(), cells);
        let whose = || column("agent_id", agents.to_vec());
        let people = vec![whose(), column("name", agents.to_vec()), column("team_id", vec!["T1"; agents.len()])];
        let targets = vec![whose(), column("month", vec!["2026-10"; agents.len()])];
        let frame = |columns| DataFrame::new(agents.len(), columns).expect("a frame");
        let frames = [("agents".to_owned(), frame(people)), ("plans".to_owned(), frame(targets))];
        write(folder, &BTreeMap::from(frames)).expect("written");
        let period = Period::parse("2026-10").expect("a period");
        Tables::open(folder, &period, period.end, None::<&OnlyTeam>).expect("tables")
    }

    fn agents(tables: &Tables, question: &str, asked: &Cell<u32>) -> Vec<String> {
        let answer = tables.answered("plans", question, || {
            asked.set(asked.get() + 1);
            let columns = BTreeSet::from(["agent_id".to_owned()]);
            let mut parts = tables.each_part("plans", &columns, Ok)?;
            Ok(parts.remove(0))
        });
        let answer = answer.expect("an answer");
        let cells = answer.column("agent_id").expect("agents").str().expect("texts").clone();
        cells.iter().flatten().map(str::to_owned).collect()
    }

    #[test]
    fn what_was_asked_of_the_same_rows_is_not_counted_twice() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("2026-10");
        let (tables, asked) = (plans(&folder, &["A1", "A2"]), Cell::new(0));
        assert_eq!(agents(&tables, "who", &asked), ["A1", "A2"]);
        assert_eq!(agents(&tables, "who", &asked), ["A1", "A2"]);
        assert_eq!(asked.get(), 1);
        agents(&tables, "who else", &asked);
        assert_eq!(asked.get(), 2, "another question");
        assert_eq!(agents(&plans(&folder, &["A3"]), "who", &asked), ["A3"]);
        assert_eq!(asked.get(), 3, "other rows");
    }

    #[test]
    fn a_damaged_answer_is_counted_anew() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("2026-10");
        let (tables, asked) = (plans(&folder, &["A1", "A2"]), Cell::new(0));
        agents(&tables, "who", &asked);
        for damaged in [&b""[..], &b"half of an answer, and not even the right one"[..]] {
            for entry in fs::read_dir(folder.join(FOLDER)).expect("answers") {
                fs::write(entry.expect("an answer").path(), damaged).expect("damaged");
            }
            assert_eq!(agents(&tables, "who", &asked), ["A1", "A2"]);
        }
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn with_rows_of_a_person_every_answer_goes() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("2026-10");
        let (tables, asked) = (plans(&folder, &["A1", "A2"]), Cell::new(0));
        agents(&tables, "who", &asked);
        let words = Words { ids: BTreeSet::from(["A1".to_owned()]), names: BTreeSet::new() };
        assert_eq!(leave_out(&folder.join("plans.parquet"), &words).expect("left out"), 1);
        assert!(!folder.join(FOLDER).exists());
        assert_eq!(agents(&tables, "who", &asked), ["A2"]);
    }
}
