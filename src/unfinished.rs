//! Files that lie under another name until they are whole: a reader, or the next start after a crash, sees all of one or
//! nothing.
//!
//! Whoever writes one holds a lock of the operating system on it, which ends with the process however it ends. What nobody
//! holds was left behind, and [`sweep`] removes it: it may say as much about people as the file that it was to become.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

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
    held: File,
    has_its_name: bool,
}

impl Unfinished {
    /// Begins a file, readable by its owner only, in a folder that is there.
    pub fn begin(path: &Path) -> io::Result<(Self, File)> {
        loop {
            let under = beside(path);
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&under)?;
            // Where a folder knows no locks, nothing is swept either.
            let _ = file.lock();
            let held = file.try_clone()?;
            // A sweep may have come between the name and the lock; then the name is gone.
            if held.metadata()?.nlink() > 0 {
                return Ok((Self { path: path.to_owned(), under, held, has_its_name: false }, file));
            }
        }
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

/// Removes what processes that died left unfinished in a folder and below; gives how many files that were.
pub fn sweep(folder: &Path) -> io::Result<usize> {
    let mut swept = 0;
    for entry in entries(folder)? {
        let entry = entry?;
        let path = entry.path();
        // Links are not followed: what they lead to is another's.
        if entry.file_type()?.is_dir() {
            swept += sweep(&path)?;
        } else if path.extension().is_some_and(|end| end == END) {
            swept += usize::from(remove_if_left(&path)?);
        }
    }
    Ok(swept)
}

/// What lies in a folder; nothing when it is gone.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// Removes a file that nobody writes; the lock keeps a writer that just made it waiting meanwhile.
fn remove_if_left(path: &Path) -> io::Result<bool> {
    let gone = |error: io::Error| if error.kind() == ErrorKind::NotFound { Ok(false) } else { Err(error) };
    let file = match File::open(path) {
        Ok(file) => file,
        // Its writer was quicker and gave it its name.
        Err(error) => return gone(error),
    };
    if file.try_lock().is_err() {
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
        assert_eq!(sweep(folder.path()).expect("swept"), 1);
        assert!(!left.exists());
        unfinished.name().expect("named");
        assert_eq!(names(&inner), ["now.pdf", "whole.pdf"]);
        assert_eq!(sweep(&folder.path().join("nowhere")).expect("swept"), 0);
    }

    #[test]
    fn a_sweep_beside_writers_costs_none_of_them_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let sweeper = scope.spawn(|| {
                let mut swept = 0;
                while !is_over.load(Ordering::SeqCst) {
                    swept += sweep(folder.path()).expect("swept");
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
