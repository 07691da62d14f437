//! Sources that are a folder: each file that a path names is a page, kept like an answer; no path leads out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::KeptPage;
use super::ground::{Ground, Keeper, NotKept, Page};
use super::json;
use super::map::{Mapper, NoSheet};
use super::outlet::Outlet;
use super::plan::Walk;
use super::walk::Walked;
use crate::source::Resource;
use crate::source::resource::{Matches, WhenMissing, matches};

/// The status of a file that was read, as an answer would have it.
const READ: u16 = 200;

/// How many bytes of a file are hashed at once.
const AT_ONCE: usize = 1 << 18;

/// Where a file lies.
enum Lies {
    /// In the folder.
    InFolder(PathBuf),
    /// Among the kept pages of a finished walk, which is read as it was.
    Kept(Box<KeptPage>),
}

/// Reads every file of one window, by name.
///
/// # Errors
/// When there is none and one must be, when there are several and one may be, or when a file cannot be read.
pub async fn walk(
    ground: &Ground<'_>,
    resource: &Resource,
    walk: &Walk,
    folder: &Path,
    outlet: &mut Outlet<'_>,
) -> Result<Walked> {
    let path = path(resource, walk)?;
    let found = match ground.fetcher {
        Some(_) => in_folder(find(folder, &path).with_context(|| format!("file `{path}`"))?),
        None => ground.kept_files(),
    };
    few_enough(resource, &path, found.keys())?;
    let mut mapper = Mapper::new(&resource.mapping, ground.zone, walk);
    let mut keeper = Keeper::new(ground);
    let mut walked = Walked { missing: found.is_empty(), ..Walked::default() };
    for (name, file) in found {
        let mut page = ground.file(resource, &name, &file).await.with_context(|| format!("file `{name}`"))?;
        mapper.in_file(&name);
        match mapper.page(&resource.format, &page.body, page.json.as_ref()) {
            Err(error) if resource.is_absent(&error) => walked.missing = true,
            records => page.kept.records = records.with_context(|| format!("file `{name}`"))?,
        }
        walked.kept += u64::from(!page.is_new);
        keeper.add(page).await?;
        outlet.after_page(mapper.rows()).await?;
    }
    Ok(Walked { mapped: mapper.finish(), pages: keeper.finish().await?, ..walked })
}

/// SHA-256 of each file of one window as it lies there now, by name: what was read before need not be read again.
///
/// # Errors
/// As the walk over them.
pub async fn hashes(resource: &Resource, walk: &Walk, folder: &Path, limit: u64) -> Result<Vec<String>> {
    let path = path(resource, walk)?;
    let found = find(folder, &path).with_context(|| format!("file `{path}`"))?;
    few_enough(resource, &path, found.keys())?;
    let hash = move |(name, file): (String, PathBuf)| hash(&file, limit).with_context(|| format!("file `{name}`"));
    let hashing = tokio::task::spawn_blocking(move || found.into_iter().map(hash).collect());
    hashing.await.context("reading files was interrupted")?
}

fn hash(file: &Path, limit: u64) -> Result<String> {
    let mut file = File::open(file).context("it cannot be read; may this user read it?")?;
    small_enough(file.metadata().context("it cannot be looked at")?.len(), limit)?;
    let (mut hash, mut bytes) = (Sha256::new(), vec![0; AT_ONCE]);
    loop {
        match file.read(&mut bytes) {
            Ok(0) => return Ok(hex::encode(hash.finalize())),
            Ok(read) => hash.update(&bytes[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).context("it cannot be read to its end"),
        }
    }
}

/// Where the files of one window lie.
fn path(resource: &Resource, walk: &Walk) -> Result<String> {
    let path = resource.request.path.fill(&walk.filling);
    let ids = walk.filling.batches.iter().flat_map(|batch| &batch.ids);
    if ids.into_iter().any(|id| id.contains(['/', '*'])) {
        bail!("file `{path}`: an id with `/` or `*` in it names no file");
    }
    Ok(path)
}

/// Neither none where there must be one, nor several where only one may be.
fn few_enough<'n>(resource: &Resource, path: &str, names: impl Iterator<Item = &'n String>) -> Result<()> {
    match names.collect::<Vec<_>>().as_slice() {
        [] if resource.when_missing == WhenMissing::Fail => {
            bail!("the folder has no file `{path}`; put it there, or correct `path`")
        }
        [first, second, ..] if resource.matches == Matches::One => {
            bail!("file `{path}`: both `{first}` and `{second}` are there; leave only the one that counts")
        }
        _ => Ok(()),
    }
}

impl Resource {
    /// Whether an error only says that nobody keeps this table here.
    pub(super) fn is_absent(&self, error: &anyhow::Error) -> bool {
        self.when_missing == WhenMissing::NoTable && error.is::<NoSheet>()
    }
}

impl Ground<'_> {
    fn kept_files(&self) -> BTreeMap<String, Lies> {
        let kept = |page: &KeptPage| (page.request.clone(), Lies::Kept(Box::new(page.clone())));
        self.pages.all().map(kept).collect()
    }

    async fn file(&self, resource: &Resource, name: &str, file: &Lies) -> Result<Page> {
        match file {
            Lies::InFolder(path) => self.new_file(resource, name, path).await,
            Lies::Kept(kept) => {
                let body = self.raw.body(&kept.sha256).ok_or_else(|| NotKept { request: kept.request.clone() })?;
                let json = if resource.format.is_json() { json::read(&body) } else { None };
                Ok(Page { kept: (**kept).clone(), body, json, is_new: false })
            }
        }
    }

    /// A file as a page; one with another content is another page.
    async fn new_file(&self, resource: &Resource, name: &str, file: &Path) -> Result<Page> {
        let body = read(file, self.client.max_response).await?;
        let sha256 = hex::encode(Sha256::digest(&body));
        let whole = serde_json::json!([resource.id, "file", name, sha256]);
        let fingerprint = hex::encode(Sha256::digest(whole.to_string().as_bytes()));
        let json = if resource.format.is_json() { json::read(&body) } else { None };
        if resource.format.is_json() && json.is_none() {
            bail!("it is not whole JSON in UTF-8; was it copied to its end?");
        }
        let known = self.pages.page(&fingerprint).filter(|kept| self.raw.body(&kept.sha256).is_some());
        let is_new = known.is_none();
        let kept = known.cloned().unwrap_or_else(|| self.record(fingerprint, resource, name, body.len()));
        Ok(Page { kept, body, json, is_new })
    }

    fn record(&self, fingerprint: String, resource: &Resource, name: &str, bytes: usize) -> KeptPage {
        KeptPage {
            fingerprint,
            sha256: String::new(),
            fetched_at: self.clock.now(),
            bytes: bytes as u64,
            status: READ,
            records: 0,
            declared: None,
            resource: resource.id.clone(),
            request: format!("file {name}"),
            headers: Default::default(),
            too_large: false,
        }
    }
}

async fn read(file: &Path, limit: u64) -> Result<Vec<u8>> {
    small_enough(tokio::fs::metadata(file).await.context("it cannot be looked at")?.len(), limit)?;
    tokio::fs::read(file).await.context("it cannot be read; may this user read it?")
}

fn small_enough(size: u64, limit: u64) -> Result<()> {
    if size > limit {
        bail!("it is larger than {limit} bytes; raise `max-response`");
    }
    Ok(())
}

fn in_folder(found: BTreeMap<String, PathBuf>) -> BTreeMap<String, Lies> {
    found.into_iter().map(|(name, file)| (name, Lies::InFolder(file))).collect()
}

/// The files that a path names, by their way inside the folder.
fn find(folder: &Path, path: &str) -> Result<BTreeMap<String, PathBuf>> {
    let root = folder.canonicalize().with_context(|| {
        format!("the folder `{}` is not there; is it mounted, and may this user read it?", folder.display())
    })?;
    let inside = path.trim_start_matches('/');
    if inside.split('/').any(|part| matches!(part, "" | "." | "..") || part.contains('\0')) {
        bail!("the path leads out of the folder, or is none");
    }
    let (way, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    let Ok(here) = root.join(way).canonicalize() else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for name in names(&here, name)? {
        let Ok(file) = here.join(&name).canonicalize() else { continue };
        if !file.starts_with(&root) {
            bail!("`{name}` is a link out of the folder, which is refused");
        }
        if file.is_file() {
            found.insert(format!("{way}/{name}").trim_start_matches('/').to_owned(), file);
        }
    }
    Ok(found)
}

/// The names in a folder that a pattern matches; a name without `*` is itself.
fn names(folder: &Path, pattern: &str) -> Result<Vec<String>> {
    if !pattern.contains('*') {
        return Ok(vec![pattern.to_owned()]);
    }
    let entries = std::fs::read_dir(folder).context("its folder cannot be read; may this user read it?")?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.context("its folder cannot be read to the end")?.file_name();
        names.extend(name.into_string().ok().filter(|name| is_meant(name) && matches(pattern, name)));
    }
    Ok(names)
}

/// Not hidden, and not the note that a spreadsheet program leaves beside an open file.
fn is_meant(name: &str) -> bool {
    !name.starts_with('.') && !name.starts_with("~$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_and_only_inside() {
        let outside = tempfile::tempdir().expect("a folder");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("pay.csv"), "x").expect("a file");
        std::fs::create_dir(folder.path().join("2026-10")).expect("a folder");
        for name in ["b.csv", "a.csv", "~$a.csv", ".c.csv", "2026-10/d.csv"] {
            std::fs::write(folder.path().join(name), "x").expect("a file");
        }
        let found = |path| find(folder.path(), path).map(|found| found.into_keys().collect::<Vec<_>>());
        assert_eq!(found("/*.csv").expect("files"), ["a.csv", "b.csv"]);
        assert_eq!(found("/2026-10/*.csv").expect("files"), ["2026-10/d.csv"]);
        assert_eq!(found("/2026-11/*.csv").expect("files"), Vec::<String>::new());
        assert_eq!(found("/none.csv").expect("files"), Vec::<String>::new());
        assert!(found("/../pay.csv").is_err());
        std::os::unix::fs::symlink(outside.path().join("pay.csv"), folder.path().join("link.csv")).expect("a link");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("way")).expect("a link");
        for path in ["/link.csv", "/l*.csv", "/way/pay.csv", "/way/*.csv"] {
            let refused = found(path).expect_err("a link out").to_string();
            assert!(refused.ends_with("is a link out of the folder, which is refused"), "{refused}");
        }
    }
}
