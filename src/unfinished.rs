//! Files that lie under another name until they are whole: a reader, or the next start after a crash, sees all of one or
//! nothing.
//!
//! Whoever writes one holds a lock of the operating system on it, which ends with the process however it ends. What nobody
//! holds was left behind, and [`sweep`] removes it: it may say as much about people as the file that it was to become.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

/// The end of the other name.
const END: &str = "unfinished";

/// Names this process among all that share a folder: processes of two machines may have the same number.
static WRITER: LazyLock<String> = LazyLock::new(|| {
    let mut random = [0; 8];
    // Without random bytes the number still tells the processes of one machine apart.
    let _ = getrandom::fill(&mut random);
    format!("{}-{}", std::process::id(), hex::encode(random))
});

/// A file that is being written under another name; it is removed when it is dropped before it has its own: the disk may
/// be full, and what is left of the file would only take more of it.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    under: PathBuf,
    /// Holds the lock as long as this lives.
    held: Arc<File>,
    has_its_name: bool,
}

/// How often a name is tried that a sweep took away.
const TRIES: usize = 100;

impl Unfinished {
    /// Begins a file, readable by its owner only, in a folder that is there.
    pub fn begin(path: &Path) -> io::Result<(Self, Arc<File>)> {
        for _ in 0..TRIES {
            let under = beside(path);
            let file = Arc::new(OpenOptions::new().write(true).create_new(true).mode(0o600).open(&under)?);
            let begun = Self { path: path.to_owned(), under, held: file.clone(), has_its_name: false };
            // A sweep may have come between the name and the lock: it holds the lock, or the name is gone already.
            let is_swept = matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !begun.is_there()?;
            if !is_swept {
                return Ok((begun, file));
            }
        }
        Err(io::Error::other("something removes unfinished files as soon as they are begun"))
    }

    fn is_there(&self) -> io::Result<bool> {
        let own = self.held.metadata()?;
        Ok(fs::metadata(&self.under).is_ok_and(|there| (there.dev(), there.ino()) == (own.dev(), own.ino())))
    }

    /// Waits until the disk has all that was written.
    pub fn sync(&self) -> io::Result<()> {
        self.held.sync_all()
    }

    /// Gives the file its own name; the name is durable once its folder is synced.
    pub fn name(mut self) -> io::Result<()> {
        fs::rename(&self.under, &self.path)?;
        self.has_its_name = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.has_its_name {
            let _ = fs::remove_file(&self.under);
        }
    }
}

/// A name that no other writer takes, of this process or of another one.
fn beside(path: &Path) -> PathBuf {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    path.with_extension(format!("{}-{number}.{END}", *WRITER))
}

/// Whether a name is one that [`beside`] gives.
fn is_ours(path: &Path) -> bool {
    let name =
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(END)?.strip_suffix('.'));
    let writer = name.and_then(|name| name.rsplit('.').next()).unwrap_or_default();
    let is_number = |part: &str| part.parse::<u64>().is_ok();
    matches!(writer.split('-').collect::<Vec<_>>()[..], [process, random, number]
        if random.len() == 16 && is_number(process) && is_number(number))
}

/// Removes what processes that died left unfinished in a folder and below, and gives how many files that were; where a
/// time is given, only what nobody has written to since then.
pub fn sweep(folder: &Path, unless_since: Option<SystemTime>) -> io::Result<usize> {
    let mut swept = 0;
    for entry in entries(folder)? {
        let entry = entry?;
        let path = entry.path();
        // Links are not followed: what they lead to is another's.
        if entry.file_type()?.is_dir() {
            swept += sweep(&path, unless_since)?;
        } else if is_ours(&path) {
            swept += usize::from(remove_if_left(&path, unless_since)?);
        }
    }
    Ok(swept)
}

/// What lies in a folder; nothing when it is gone, or when it is not this user's, who then wrote nothing there.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) => {
            Ok(None.into_iter().flatten())
        }
        Err(error) => Err(error),
    }
}

/// Removes a file that nobody writes; a writer that has just made it takes another name.
fn remove_if_left(path: &Path, unless_since: Option<SystemTime>) -> io::Result<bool> {
    let gone = |error: io::Error| if error.kind() == ErrorKind::NotFound { Ok(false) } else { Err(error) };
    // Some file systems lock only what may be written.
    let file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        // Its writer was quicker and gave it its name.
        Err(error) => return gone(error),
    };
    let written = file.metadata()?.modified()?;
    if unless_since.is_some_and(|since| written > since) || file.try_lock().is_err() {
        return Ok(false);
    }
    fs::remove_file(path).map(|()| true).or_else(gone)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_when_it_is_whole_and_none_when_it_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("card.pdf");
        let (unfinished, mut file) = Unfinished::begin(&path).expect("begun");
        file.write_all(b"half").expect("written");
        assert!(!path.exists() && names(folder.path()).len() == 1);
        drop(unfinished);
        assert!(names(folder.path()).is_empty());
        let (unfinished, mut file) = Unfinished::begin(&path).expect("begun");
        file.write_all(b"whole").expect("written");
        unfinished.sync().and_then(|()| unfinished.name()).expect("named");
        assert_eq!(names(folder.path()), ["card.pdf"]);
        assert_eq!(fs::read(path).expect("a file"), b"whole");
    }

    #[test]
    fn what_somebody_writes_stays_and_what_was_left_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("ab");
        fs::create_dir(&inner).expect("a folder");
        let left = beside(&inner.join("left.pdf"));
        fs::write(&left, b"half of a card").expect("a file");
        fs::write(inner.join("whole.pdf"), b"a card").expect("a file");
        let (unfinished, file) = Unfinished::begin(&inner.join("now.pdf")).expect("begun");
        // The handle that is written through may be closed before the file has its name.
        drop(file);
        let foreign = inner.join("song.unfinished");
        fs::write(&foreign, b"of another program").expect("a file");
        let long_ago = SystemTime::UNIX_EPOCH;
        assert_eq!(sweep(folder.path(), Some(long_ago)).expect("swept"), 0, "it was written to since");
        assert_eq!(sweep(folder.path(), None).expect("swept"), 1);
        assert!(!left.exists() && foreign.exists());
        fs::remove_file(foreign).expect("removed");
        unfinished.name().expect("named");
        assert_eq!(names(&inner), ["now.pdf", "whole.pdf"]);
        assert_eq!(sweep(&folder.path().join("nowhere"), None).expect("swept"), 0);
    }

    #[test]
    fn a_sweep_beside_writers_costs_none_of_them_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let sweeper = scope.spawn(|| {
                let mut swept = 0;
                while !is_over.load(Ordering::SeqCst) {
                    swept += sweep(folder.path(), None).expect("swept");
                }
                swept
            });
            for number in 0..2000 {
                let path = folder.path().join(format!("{number}.pdf"));
                let (unfinished, mut file) = Unfinished::begin(&path).expect("begun");
                file.write_all(b"a card").and_then(|()| unfinished.name()).expect("named");
            }
            is_over.store(true, Ordering::SeqCst);
            sweeper.join().expect("swept");
        });
        assert_eq!(names(folder.path()).len(), 2000);
    }
}
