//! Stories: a scheme's worked example in a folder, scored and compared with what its author worked out by hand.
//!
//! A story is `story.toml` and one folder of CSV tables per period; `scheme try` runs one, the tests run all of them.

mod compare;
mod documents;
mod story;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::finding::Finding;
use crate::period::Period;
use crate::scheme::Scheme;
use crate::scheme::formula::Value;
use crate::score::{self, Appraisal, Input, PastResult};
use crate::tables;

pub use documents::documents;
pub use story::Story;

/// A story that was scored.
#[derive(Debug)]
pub struct Trial {
    /// The story.
    pub story: Story,
    /// What scoring gave.
    pub appraisal: Appraisal,
    /// What building the tables noticed.
    pub findings: Vec<Finding>,
    /// Every named value of every agent.
    pub values: BTreeMap<String, BTreeMap<String, Value>>,
    /// Expectations that do not hold; none when all is as worked out by hand.
    pub differences: Vec<String>,
}

/// Reads a story, scores it by the scheme of `file`, and compares.
pub fn run(file: &AuthoredFile, folder: &Path) -> anyhow::Result<Trial> {
    // The author's own values say how long periods are; what the story supplies cannot change that.
    let story = Story::read(folder, Scheme::parse(file)?.cycle)?;
    let scheme = Scheme::parse_with(file, &story.set)?;
    let compiled = score::compile(&scheme)?;
    let as_of = story.as_of;
    let (mut earlier, mut findings) = (BTreeMap::new(), Vec::new());
    for (period, tables) in periods(folder, &scheme)? {
        let (tables, noticed) = tables::build(tables::read_story(&tables)?, &period, as_of, None)?;
        if period == story.period {
            findings = noticed;
        }
        earlier.insert(period, tables);
    }
    let Some(tables) = earlier.remove(&story.period) else {
        let missing =
            Diagnostic::error(format!("the story has no folder `{}`", folder.join(story.period.to_string()).display()));
        return Err(Diagnostics::from(missing.hint("put the period's CSV tables there")).into());
    };
    let past: Vec<PastResult> = story.past.clone();
    let cut_off = as_of.and_time(chrono::NaiveTime::MIN).and_utc();
    let input = Input {
        tables: &tables,
        period: story.period,
        cut_off,
        as_of,
        past: &past,
        earlier: &earlier,
        adjustments: &[],
    };
    let appraisal = score::appraise(&compiled, &input)?;
    let values = score::values(&compiled, &input)?;
    let mut trial = Trial { story, appraisal, findings, values, differences: Vec::new() };
    trial.differences = compare::differences(&trial);
    Ok(trial)
}

/// The periods whose tables lie in the folder, with their own folders.
fn periods(folder: &Path, scheme: &Scheme) -> anyhow::Result<Vec<(Period, PathBuf)>> {
    let mut periods = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            let period = Period::parse_for(scheme.cycle, &name).ok_or_else(|| {
                Diagnostics::from(
                    Diagnostic::error(format!("`{}` is not named like a period", path.display()))
                        .hint("folders of a story are named like periods, such as `2026-10`"),
                )
            })?;
            periods.push((period, path));
        }
    }
    periods.sort();
    Ok(periods)
}

/// The stories of a folder of stories, by name.
pub fn stories(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("story.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
