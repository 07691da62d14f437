//! What has grown older than `[retention]` says: found first, shown, and then removed.
//!
//! What an unfinished run or an open appeal needs stays, however old it is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use crate::extract::RawStore;
use crate::ledger::{AgedFile, Removed, RunState};
use crate::period::Period;
use crate::pipeline::{self, Pipeline};
use crate::words::Bilingual;

/// Nothing younger than the appeal days and this goes: holidays make working days longer.
const HOLIDAYS: TimeDelta = TimeDelta::days(14);
/// What is written beside removed files.
const REASON: &str = "retention";

/// A kind of thing that grows old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pages as sources gave them.
    RawPages,
    /// Rows of the lake and tables of periods.
    Tables,
    /// PDFs in the archive.
    Documents,
    /// Sealed letters.
    Letters,
    /// Scores in the ledger.
    Scores,
    /// Ended sessions and failed sign-ins.
    Sessions,
}

impl Kind {
    /// Its name in `[retention]`.
    pub fn word(self) -> &'static str {
        match self {
            Self::RawPages => "raw-pages",
            Self::Tables => "tables",
            Self::Documents => "documents",
            Self::Letters => "letters",
            Self::Scores => "scores",
            Self::Sessions => "sessions",
        }
    }

    /// What people call it.
    pub fn title(self) -> Bilingual {
        match self {
            Self::RawPages => Bilingual::new("原始页", "raw pages"),
            Self::Tables => Bilingual::new("数据表", "tables"),
            Self::Documents => Bilingual::new("PDF", "PDFs"),
            Self::Letters => Bilingual::new("封存的邮件", "sealed letters"),
            Self::Scores => Bilingual::new("台账中的分数", "scores in the ledger"),
            Self::Sessions => Bilingual::new("登录会话", "sessions and failed sign-ins"),
        }
    }
}

/// What would go of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    /// The kind.
    pub kind: Kind,
    /// Older than this goes.
    pub cutoff: DateTime<Utc>,
    /// How many files or rows.
    pub count: u64,
    /// How many bytes of files; rows have none.
    pub bytes: u64,
    /// The oldest of them.
    pub oldest: Option<NaiveDate>,
    paths: Vec<PathBuf>,
    hashes: Vec<String>,
}

/// What is to go.
pub struct Purge<'a> {
    pipeline: &'a Pipeline,
    /// By kind; kinds that are kept for ever are not among them.
    pub going: Vec<Going>,
}

impl<'a> Purge<'a> {
    /// Looks what has grown old; removes nothing.
    ///
    /// # Errors
    /// When the ledger or a list cannot be read.
    pub fn look(pipeline: &'a Pipeline) -> Result<Self> {
        let kept = &pipeline.settings.retention;
        let wanted = [
            (Kind::RawPages, kept.raw_pages),
            (Kind::Tables, kept.tables),
            (Kind::Documents, kept.documents),
            (Kind::Letters, kept.letters),
            (Kind::Scores, kept.scores),
            (Kind::Sessions, kept.sessions),
        ];
        let mut going = Vec::new();
        for (kind, months) in wanted {
            if let Some(months) = months {
                going.push(look(pipeline, kind, cutoff(pipeline, months))?);
            }
        }
        Ok(Self { pipeline, going })
    }

    /// Whether nothing is to go.
    pub fn is_empty(&self) -> bool {
        self.going.iter().all(|one| one.count == 0)
    }

    /// Removes it; what is removed is noted first, so that its absence is never taken for a loss. Audited under `who`.
    ///
    /// # Errors
    /// At the first thing that cannot be removed; doing it again goes on.
    pub fn carry_out(&self, who: &str) -> Result<()> {
        let ledger = &self.pipeline.ledger;
        for one in self.going.iter().filter(|one| one.count > 0) {
            match one.kind {
                Kind::Documents => ledger.note_removals(Removed::Pdf, &one.hashes, REASON)?,
                Kind::Letters => ledger.note_removals(Removed::Letter, &one.hashes, REASON)?,
                Kind::Scores => {
                    let changed = ledger.empty_scores(one.cutoff)?;
                    changed.iter().try_for_each(|(job, period)| pipeline::renew_events(self.pipeline, job, period))?;
                }
                Kind::Sessions => ledger.remove_sessions(one.cutoff)?,
                Kind::RawPages | Kind::Tables => {}
            }
            one.paths.iter().try_for_each(|path| remove(path))?;
            let before = one.cutoff.format("%Y-%m-%d");
            ledger.audit(who, "purge", one.kind.word(), &format!("{} before {before}", one.count))?;
        }
        if self.going.iter().any(|one| matches!(one.kind, Kind::Scores | Kind::Sessions) && one.count > 0) {
            ledger.scrub()?;
        }
        Ok(())
    }
}

/// Months ago, but never within the days in which a card can be questioned.
fn cutoff(pipeline: &Pipeline, months: u32) -> DateTime<Utc> {
    let now = pipeline.settings.clock.now();
    // Five working days are a week.
    let appeal = TimeDelta::days(i64::from(pipeline.settings.house.appeal_days) * 7 / 5) + HOLIDAYS;
    let ago = now.checked_sub_months(Months::new(months)).unwrap_or(DateTime::<Utc>::MIN_UTC);
    ago.min(now - appeal)
}

fn look(pipeline: &Pipeline, kind: Kind, cutoff: DateTime<Utc>) -> Result<Going> {
    let ledger = &pipeline.ledger;
    let nothing = Going { kind, cutoff, count: 0, bytes: 0, oldest: None, paths: Vec::new(), hashes: Vec::new() };
    Ok(match kind {
        Kind::RawPages if is_at_work(pipeline)? => nothing,
        Kind::RawPages => {
            let pages = RawStore::new(pipeline.folders.root()).pages_before(cutoff)?;
            Going {
                count: pages.len() as u64,
                bytes: pages.iter().map(|page| page.bytes).sum(),
                oldest: pages.iter().map(|page| page.fetched_at.date_naive()).min(),
                paths: pages.into_iter().map(|page| page.path).collect(),
                ..nothing
            }
        }
        Kind::Tables if is_at_work(pipeline)? => nothing,
        Kind::Tables => {
            let (paths, oldest) = old_tables(pipeline, cutoff.date_naive())?;
            let sizes = paths.iter().map(|path| size(path));
            let (count, bytes) = sizes.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            Going { count, bytes, oldest, paths, ..nothing }
        }
        Kind::Documents => of_files(nothing, ledger.aged_pdfs(cutoff)?, |hash| pipeline.folders.pdf(hash)),
        Kind::Letters => of_files(nothing, ledger.aged_letters(cutoff)?, |hash| pipeline.folders.letter(hash)),
        Kind::Scores => {
            let aged = ledger.aged_scores(cutoff)?;
            Going { count: aged.rows, oldest: aged.oldest.map(|at| at.date_naive()), ..nothing }
        }
        Kind::Sessions => {
            let aged = ledger.aged_sessions(cutoff)?;
            Going { count: aged.rows, oldest: aged.oldest.map(|at| at.date_naive()), ..nothing }
        }
    })
}

fn of_files(nothing: Going, files: Vec<AgedFile>, path_of: impl Fn(&str) -> PathBuf) -> Going {
    let paths: Vec<PathBuf> = files.iter().map(|file| path_of(&file.hash)).collect();
    Going {
        count: files.len() as u64,
        bytes: paths.iter().map(|path| size(path).1).sum(),
        oldest: files.iter().map(|file| file.issued_at.date_naive()).min(),
        paths,
        hashes: files.into_iter().map(|file| file.hash).collect(),
        ..nothing
    }
}

/// Whether a run is between its data and its documents: it then reads pages and tables of any age.
fn is_at_work(pipeline: &Pipeline) -> Result<bool> {
    let at_work = |state| matches!(state, RunState::Pulling | RunState::Scoring | RunState::Rendering);
    Ok(pipeline.ledger.unfinished_runs()?.iter().any(|run| at_work(run.state)))
}

/// Folders of the lake's days, and of periods of jobs without an unfinished run, that ended before a day.
fn old_tables(pipeline: &Pipeline, before: NaiveDate) -> Result<(Vec<PathBuf>, Option<NaiveDate>)> {
    let needed: Vec<(String, String)> =
        pipeline.ledger.unfinished_runs()?.into_iter().map(|run| (run.job, run.period.to_string())).collect();
    let (mut paths, mut oldest): (Vec<PathBuf>, Option<NaiveDate>) = (Vec::new(), None);
    let mut take = |path: PathBuf, end: Option<NaiveDate>| {
        if let Some(end) = end.filter(|end| *end <= before) {
            oldest = Some(oldest.map_or(end, |oldest| oldest.min(end)));
            paths.push(path);
        }
    };
    for (_, job, path) in grandchildren(&pipeline.folders.root().join("tables")) {
        let label = name(&path);
        if !needed.contains(&(job, label.clone())) {
            take(path, Period::parse(&label).map(|period| period.end));
        }
    }
    for (_, _, path) in grandchildren(&pipeline.folders.root().join("lake")) {
        let label = name(&path);
        take(path, Period::parse(&label).map(|period| period.end));
    }
    Ok((paths, oldest))
}

/// The folders two levels below, in order, with the name of the one between.
fn grandchildren(root: &Path) -> Vec<(PathBuf, String, PathBuf)> {
    let mut found = Vec::new();
    for child in children(root) {
        found.extend(children(&child).into_iter().map(|grandchild| (child.clone(), name(&child), grandchild)));
    }
    found.sort();
    found
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// How many files, and how many bytes, a file or folder has.
fn size(path: &Path) -> (u64, u64) {
    match fs::metadata(path) {
        Ok(facts) if facts.is_dir() => {
            let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
            let sizes = entries.map(|entry| size(&entry.path()));
            sizes.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        }
        Ok(facts) => (1, facts.len()),
        Err(_) => (0, 0),
    }
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}
