//! Who counts what a scheme asks for: this process, or a cluster where the settings say so and the tables are large.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::engine::spark::{self, Plan, Step, Watcher};
use crate::job::Job;
use crate::ledger::{Run, RunState};
use crate::period::Period;
use crate::score::{self, Answers, Appraisal, Compiled, Input, Question};
use crate::settings::{Engine, FallBack, Spark};
use crate::tables::Tables;
use crate::words::Bilingual;

use super::order::{Event, Order, Stage, Watch};
use super::{Pipeline, keeping, versions};

/// How often it is asked whether a run was cancelled.
const ASK: Duration = Duration::from_secs(1);

/// For whom it is counted.
#[derive(Clone, Copy)]
pub(super) enum For<'a> {
    /// A run, which can be cancelled, and whoever watches it.
    Run(&'a Run, Watch<'a>),
    /// Somebody who looks.
    Look,
}

/// Applies a compiled scheme, counted by whom the settings name.
pub(super) fn appraise(
    pipeline: &Pipeline,
    job: &Job,
    compiled: &Compiled<'_>,
    input: &Input<'_>,
    whom: For<'_>,
) -> anyhow::Result<Appraisal> {
    let Engine::Spark(spark) = &pipeline.settings.engine else { return score::appraise(compiled, input) };
    let questions = score::questions(compiled, input)?;
    if spark::rows(&questions)? < spark.from_rows {
        return score::appraise(compiled, input);
    }
    let clerk = Clerk { pipeline, whom, asked: Cell::new(None) };
    match clerk.counted(spark, questions, folder(pipeline, job, &input.period)) {
        Ok(answers) => score::appraise(&compiled.clone().answered(answers), input),
        Err(error) if spark.fall_back == FallBack::Here && !clerk.is_given_up() => {
            tracing::warn!(job = job.id, period = %input.period, "Spark does not count, so it is counted here: {error:#}");
            clerk.say(Bilingual::new(
                "Spark 未能统计，改为本机统计",
                "Spark does not count; it is counted here instead",
            ));
            score::appraise(compiled, input)
        }
        Err(error) => Err(error),
    }
}

/// Where the scripts and logs of jobs about a period lie.
fn folder(pipeline: &Pipeline, job: &Job, period: &Period) -> PathBuf {
    pipeline.folders.root().join("engine").join(&job.id).join(period.to_string())
}

/// Has it counted, tells how far it is, and notices when nobody wants it any more.
struct Clerk<'a> {
    pipeline: &'a Pipeline,
    whom: For<'a>,
    /// When the ledger was asked last, and what it said.
    asked: Cell<Option<(Instant, bool)>>,
}

impl Clerk<'_> {
    fn counted(&self, spark: &Spark, questions: Vec<Question>, folder: PathBuf) -> anyhow::Result<Answers> {
        let many = questions.len();
        self.say(Bilingual::new(
            format!("向 Spark 提交 {many} 组统计"),
            format!("{many} questions are submitted to Spark"),
        ));
        let tell = |step: Step| self.tell(step);
        let given_up = || self.is_given_up();
        spark::count(spark, questions, &folder, &Watcher { tell: &tell, given_up: &given_up })
    }

    fn tell(&self, step: Step) {
        if let For::Run(_, watch) = self.whom {
            let (done, total) = (step.done as u64, step.total as u64);
            watch(Event::Progress { stage: Stage::Score, done, total, what: step.table });
        }
    }

    fn say(&self, text: Bilingual) {
        if let For::Run(_, watch) = self.whom {
            watch(Event::Says(text.get(self.pipeline.settings.locale).to_owned()));
        }
    }

    /// Whether the run was cancelled.
    fn is_given_up(&self) -> bool {
        let For::Run(run, _) = self.whom else { return false };
        match self.asked.get() {
            Some((at, said)) if said || at.elapsed() < ASK => said,
            _ => {
                // A ledger that does not answer says so to whoever writes to it next.
                let now = self.pipeline.ledger.run(&run.id).ok().flatten();
                let said = now.is_some_and(|run| run.state == RunState::Cancelled);
                self.asked.set(Some((Instant::now(), said)));
                said
            }
        }
    }
}

/// The script that Spark would get for an order, with where its results would lie; nothing is submitted. While no tables
/// are kept it is what would be asked of all of them.
pub fn spark_plan(pipeline: &Pipeline, order: &Order) -> anyhow::Result<(Plan, String)> {
    let job = pipeline.jobs.get(&order.job).map_err(crate::diag::Diagnostics::from)?;
    let scheme = versions::scheme_or(pipeline, job, &order.period, order.scheme_version.as_deref())?;
    let tables = match keeping::kept_tables(pipeline, job, &order.period)? {
        Some(tables) => tables,
        None => Tables::without_rows(&pipeline.folders.tables(&job.id, &order.period.to_string()), &order.period)?,
    };
    let earlier = keeping::earlier_tables(pipeline, job, &scheme, &order.period)?;
    let compiled = score::compile(&scheme)?;
    let cut_off = pipeline.settings.clock.now();
    let as_of = keeping::day_of(job, cut_off);
    let (past, adjustments) = (&[], &[]);
    let input = Input { tables: &tables, period: order.period, cut_off, as_of, past, earlier: &earlier, adjustments };
    let plan = spark::plan(&score::questions(&compiled, &input)?)?;
    let script = plan.script(&folder(pipeline, job, &order.period).join("NUMBER").join("results"))?;
    Ok((plan, script))
}
