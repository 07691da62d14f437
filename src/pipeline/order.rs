//! What a person or the schedule asks of a run, and what it tells while it works.

use chrono::{DateTime, Utc};

use crate::ledger::{Moment, Run, Scope, Trigger};
use crate::period::Period;

/// A request for one run.
#[derive(Clone, Debug)]
pub struct Order {
    /// The job's id.
    pub job: String,
    /// The days that count.
    pub period: Period,
    /// All, one team, or one agent.
    pub scope: Scope,
    /// Who or what asked.
    pub trigger: Trigger,
    /// The name of the person, or of the schedule.
    pub requested_by: String,
    /// Pull again although pages are kept.
    pub refresh: bool,
    /// Mail the letters when nothing holds the run.
    pub send: bool,
    /// The instant from which `last` is counted, where it is not now.
    pub as_of: Option<DateTime<Utc>>,
    /// How far to go.
    pub reach: Reach,
    /// The occasion of its job that this run is for.
    pub occasion: Option<Moment>,
    /// The request of the console that this run is for.
    pub request: Option<i64>,
    /// The version of the scheme to score by; the one in force at the period's end without it.
    pub scheme_version: Option<String>,
    /// Why it is run again, in a person's words; stands on what is issued anew.
    pub reason: Option<String>,
}

impl Order {
    /// The order to go on with a run that was left.
    pub fn to_go_on_with(run: &Run) -> Self {
        Self {
            job: run.job.clone(),
            period: run.period,
            scope: run.scope.clone(),
            trigger: run.trigger,
            requested_by: run.requested_by.clone(),
            refresh: false,
            send: run.send,
            as_of: run.as_of,
            reach: if run.trigger == Trigger::History { Reach::Results } else { Reach::Documents },
            occasion: None,
            request: None,
            scheme_version: None,
            // The run that goes on has it in the ledger.
            reason: None,
        }
    }
}

/// How far a run goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// To documents and, where asked, letters.
    #[default]
    Documents,
    /// Only to results in the ledger, so that later periods have a trend.
    Results,
}

/// A stage of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Pages are pulled.
    Pull,
    /// Tables are built and scored.
    Score,
    /// PDFs are rendered.
    Render,
    /// Letters are sealed into the bytes that will go out.
    Seal,
    /// Letters are delivered.
    Deliver,
}

impl Stage {
    /// The word under which the ledger keeps its progress.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Score => "score",
            Self::Render => "render",
            Self::Seal => "seal",
            Self::Deliver => "deliver",
        }
    }
}

/// What goes through a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Rows of tables.
    Rows,
    /// Cards, packs and reports whose PDF was made.
    Documents,
    /// Pages of these.
    Pages,
    /// Letters that were sealed or taken.
    Letters,
}

/// What a run tells while it works.
#[derive(Clone, Debug)]
pub enum Event {
    /// A stage begins.
    Begins(Stage),
    /// So much of it is done; a `total` of nought is not known yet.
    Progress {
        /// Which stage.
        stage: Stage,
        /// How many are done.
        done: u64,
        /// How many there are.
        total: u64,
        /// What is being worked on.
        what: String,
    },
    /// So much went through a stage.
    Counted {
        /// Which stage.
        stage: Stage,
        /// Of what.
        unit: Unit,
        /// How much.
        count: u64,
    },
    /// A stage is over.
    Ends(Stage),
    /// Something a watcher should read, such as waiting for a relay.
    Says(String),
}

/// Who watches a run: a terminal, a log, nobody.
pub type Watch<'a> = &'a (dyn Fn(Event) + Send + Sync);
