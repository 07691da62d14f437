//! Apache Spark: questions become one SQL script over the kept Parquet (`sql`, `plan`), which an installation's `spark-sql`
//! carries out on its cluster (`submission`, `properties`), and whose small results are read back and held against what
//! was asked (`results`).

mod folder;
mod plan;
mod properties;
mod results;
mod review;
mod sql;
mod submission;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::score::{Answers, Question};
use crate::settings::Spark;

pub use plan::{Plan, Statement};
pub use review::untranslatable;

/// What a submitted job tells while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many statements are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// The table that is being read.
    pub table: String,
}

/// Who watches a submitted job.
pub struct Watcher<'w> {
    /// Is told of each step.
    pub tell: &'w dyn Fn(Step),
    /// Says whether the job is to be given up; asked several times a second.
    pub given_up: &'w dyn Fn() -> bool,
}

/// Has Spark count everything that is asked; what the job said stays in a folder below `kept`.
///
/// # Errors
/// [`Diagnostics`] where a question cannot be said in Spark's SQL; otherwise when the job cannot be submitted, fails, is
/// given up, takes longer than its limit, or answers other than it was asked.
pub fn count(spark: &Spark, questions: Vec<Question>, kept: &Path, watcher: &Watcher<'_>) -> anyhow::Result<Answers> {
    let plan = Plan::of(&questions)?;
    if plan.statements.is_empty() {
        return Ok(Answers::default());
    }
    let folder = folder::Folder::make(kept)?;
    properties::write(&folder, spark)?;
    folder.write("plan.sql", &plan.script(&folder.results())?)?;
    let read = submission::carry_out(spark, &folder, &plan, watcher).and_then(|()| results::read(&plan, &folder));
    folder.tidy();
    let frames = read.with_context(|| format!("the job's log is `{}`", folder.log().display()))?;
    Ok(questions.into_iter().zip(frames).collect())
}

/// How long the job may still take before it counts as stuck after it was told to end.
const GRACE: Duration = Duration::from_secs(10);

/// How many rows the tables have that are asked about.
///
/// # Errors
/// When a file is damaged.
pub fn rows(questions: &[Question]) -> anyhow::Result<u64> {
    let files: BTreeSet<&PathBuf> = questions.iter().map(|one| &one.rows).collect();
    files.into_iter().map(|path| results::height(path)).sum()
}

/// The plan for questions, or all that cannot be said in Spark's SQL.
pub fn plan(questions: &[Question]) -> Result<Plan, Diagnostics> {
    Plan::of(questions)
}
