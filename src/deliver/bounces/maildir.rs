//! A Maildir: one file per message, new ones in `new`, seen ones in `cur`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{LARGEST, MOST};

/// Gives each message in `new` to `take` and moves it to `cur` as seen; see [`super::Inbox::each_new`].
pub(super) fn each_new(folder: &Path, take: &mut impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<usize> {
    let names = names(&folder.join("new"))
        .with_context(|| format!("cannot read the Maildir `{}` of returned letters", folder.display()))?;
    for path in &names {
        take(&beginning(path).with_context(|| format!("cannot read `{}`", path.display()))?)?;
        seen(folder, path).with_context(|| format!("cannot move `{}` to `cur`", path.display()))?;
    }
    Ok(names.len())
}

fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut names: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    names.retain(|path| path.is_file());
    names.sort();
    names.truncate(MOST);
    Ok(names)
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST.into()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name in `cur` ends in `:2,` and flags, of which `S` is "seen".
fn seen(folder: &Path, path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unique = name.split(":2,").next().unwrap_or_default();
    let cur = folder.join("cur");
    fs::create_dir_all(&cur)?;
    fs::rename(path, cur.join(format!("{unique}:2,S")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_is_taken_once_and_stays_as_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("new")).expect("new");
        for name in ["2.b", "1.a"] {
            fs::write(folder.path().join("new").join(name), name).expect("a message");
        }
        let mut taken = Vec::new();
        let mut take = |bytes: &[u8]| {
            taken.push(String::from_utf8_lossy(bytes).into_owned());
            anyhow::ensure!(taken.len() != 2, "once the second is too much");
            Ok(())
        };
        assert!(each_new(folder.path(), &mut take).is_err());
        assert_eq!(each_new(folder.path(), &mut take).expect("the rest"), 1);
        assert_eq!(each_new(folder.path(), &mut take).expect("nothing"), 0);
        assert_eq!(taken, ["1.a", "2.b", "2.b"]);
        assert!(folder.path().join("cur/1.a:2,S").is_file() && folder.path().join("cur/2.b:2,S").is_file());
    }

    #[test]
    fn a_folder_that_is_no_maildir_is_named() {
        let error = each_new(Path::new("/no/such/maildir"), &mut |_| Ok(())).expect_err("nothing there");
        assert!(format!("{error:#}").contains("/no/such/maildir"));
    }
}
