//! The folder of one submitted job: what it was told, what it said, what it found.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// How many jobs' scripts and logs are kept.
const KEPT: usize = 20;

/// A folder of its own for each job, readable by its owner alone.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the next folder below `all`, and removes those of long ago.
    pub(super) fn make(all: &Path) -> anyhow::Result<Self> {
        private(all).with_context(|| format!("cannot make the folder `{}`", all.display()))?;
        let all = fs::canonicalize(all).with_context(|| format!("cannot find `{}`", all.display()))?;
        let mut numbers = numbers(&all)?;
        let mut number = numbers.last().copied().unwrap_or(0) + 1;
        numbers.truncate(numbers.len().saturating_sub(KEPT));
        numbers.iter().for_each(|old| drop(fs::remove_dir_all(all.join(old.to_string()))));
        loop {
            let path = all.join(number.to_string());
            match fs::create_dir(&path) {
                Ok(()) => {
                    private(&path)?;
                    return Ok(Self { path });
                }
                // Another process was quicker.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot make the folder `{}`", path.display()));
                }
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the job says beside its marks.
    pub(super) fn log(&self) -> PathBuf {
        self.path.join("log.txt")
    }

    /// Where results lie until they are read.
    pub(super) fn results(&self) -> PathBuf {
        self.path.join("results")
    }

    /// Writes a file that only its owner can read.
    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// Leaves the script and the log alone: results are people's work, properties may hold secrets.
    pub(super) fn tidy(&self) {
        let _ = fs::remove_dir_all(self.results());
        let _ = fs::remove_dir_all(self.scratch());
        let _ = fs::remove_file(self.properties());
    }

    /// What the job is configured with.
    pub(super) fn properties(&self) -> PathBuf {
        self.path.join("spark.properties")
    }

    /// Where the job may put what it needs in between.
    pub(super) fn scratch(&self) -> PathBuf {
        self.path.join("scratch")
    }
}

fn numbers(all: &Path) -> anyhow::Result<Vec<u64>> {
    let entries = fs::read_dir(all).with_context(|| format!("cannot read the folder `{}`", all.display()))?;
    let number = |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    let mut numbers: Vec<u64> = entries.filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_numbered_and_old_ones_go() {
        let all = tempfile::tempdir().expect("a folder");
        for _ in 0..KEPT + 3 {
            let folder = Folder::make(all.path()).expect("made");
            folder.write("spark.properties", "secret").expect("written");
            folder.tidy();
            assert!(!folder.properties().exists(), "what may hold secrets does not stay");
        }
        let numbers = numbers(all.path()).expect("numbers");
        assert_eq!((numbers.len(), numbers.last()), (KEPT + 1, Some(&23)));
    }
}
