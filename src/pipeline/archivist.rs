//! Keeps files on a thread of its own, as many at once as are waiting, so that whoever makes them need not wait for the disk.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Context;

use super::Folders;

/// How many files may wait to be kept; whoever makes more of them waits then.
const BACKLOG: usize = 64;

/// Where a file lies, by its hash.
type PathOf = fn(&Folders, &str) -> PathBuf;

/// Takes files to be kept, each with what it belongs to.
pub(super) struct Archivist<T> {
    desk: SyncSender<(T, Vec<u8>)>,
}

impl<T> Archivist<T> {
    /// Takes a file; it is on the disk once the archivist is done.
    pub(super) fn take(&self, what: T, bytes: Vec<u8>) -> anyhow::Result<()> {
        // The archivist tells its own trouble, which comes before this one.
        self.desk.send((what, bytes)).ok().context("files can no longer be kept")
    }
}

/// Does `work`, and keeps the files that it hands in; `kept` hears of every batch that is on the disk, with its hashes.
pub(super) fn keep_beside<T: Send, R>(
    folders: &Folders,
    path_of: PathOf,
    kept: impl Fn(Vec<(T, String)>) -> anyhow::Result<()> + Send,
    work: impl FnOnce(&Archivist<T>) -> anyhow::Result<R>,
) -> anyhow::Result<R> {
    let (desk, waiting) = sync_channel(BACKLOG);
    thread::scope(|scope| {
        let writer = scope.spawn(move || keep_all(folders, path_of, &waiting, kept));
        let archivist = Archivist { desk };
        let worked = work(&archivist);
        drop(archivist);
        writer.join().unwrap_or_else(|cause| resume_unwind(cause))?;
        worked
    })
}

fn keep_all<T>(
    folders: &Folders,
    path_of: PathOf,
    waiting: &Receiver<(T, Vec<u8>)>,
    kept: impl Fn(Vec<(T, String)>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while let Ok(first) = waiting.recv() {
        let batch: Vec<(T, Vec<u8>)> = std::iter::once(first).chain(waiting.try_iter().take(BACKLOG)).collect();
        let bytes: Vec<&[u8]> = batch.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let hashes = folders.keep_all(path_of, &bytes)?;
        kept(batch.into_iter().zip(hashes).map(|((what, _), hash)| (what, hash)).collect())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_file_is_kept_under_its_hash_and_told_of_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let folders = Folders::make(folder.path()).expect("made");
        let told = Mutex::new(Vec::new());
        let note = |batch| {
            told.lock().expect("a list").extend(batch);
            Ok(())
        };
        let hand_in = |archivist: &Archivist<u32>| {
            // Two have the same bytes, and so one file.
            (0..200_u32).try_for_each(|one| archivist.take(one, (one / 2).to_string().into_bytes()))
        };
        keep_beside(&folders, Folders::pdf, note, hand_in).expect("kept");
        let told = told.into_inner().expect("a list");
        assert_eq!(told.iter().map(|(one, _)| *one).collect::<Vec<_>>(), (0..200).collect::<Vec<_>>());
        assert!(told.iter().all(|(_, hash)| folders.holds(Folders::pdf, hash)));
        assert_eq!(told[0].1, told[1].1);
        assert_ne!(told[1].1, told[2].1);
    }

    #[test]
    fn trouble_of_the_ledger_ends_the_work_and_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let folders = Folders::make(folder.path()).expect("made");
        let refuse = |_| anyhow::bail!("the ledger is full");
        let hand_in = |archivist: &Archivist<()>| (0..1000).try_for_each(|_| archivist.take((), vec![1]));
        let error = keep_beside(&folders, Folders::pdf, refuse, hand_in).expect_err("refused");
        assert_eq!(error.to_string(), "the ledger is full");
    }
}
