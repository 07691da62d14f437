//! The only place that names every stage: plan, build, release, send, and going on after a crash.
//!
//! ```text
//! pull ─► tables ─► score ─► documents (editions, PDFs) ─► held │ ready ─► letters ─► sent
//! ```
//!
//! Every step leaves its result in the ledger or the data folder before the next begins, and each step done twice
//! gives the same result, so that a run killed anywhere is simply run again.

mod accept;
mod addresses;
mod adjustments;
mod appeals;
mod appended;
mod archivist;
mod bounces;
mod build;
mod cancel;
mod claim;
mod consequences;
mod documents;
mod effects;
mod errands;
mod explain;
mod export;
mod filling;
mod finance;
mod folders;
mod form;
mod gates;
mod groups;
mod keeping;
mod letters;
mod manifest;
mod notices;
mod order;
mod outliers;
mod owed;
mod plan;
mod press;
pub mod preview;
mod pull;
mod pull_ahead;
mod reckoning;
mod recording;
mod refusals;
mod release;
mod reminders;
mod reports;
mod restate;
mod resume;
mod run;
mod send;
mod share;
mod simulate;
mod sources;
mod team_views;
mod versions;
mod wording;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::extract::Hosts;
use crate::job::Jobs;
use crate::ledger::{Ledger, Worker};
use crate::render::Renderer;
use crate::scheme::Registry;
use crate::settings::Settings;
use crate::source::{self, Source};

pub use accept::accept;
pub use bounces::{Bounces, check_bounces};
pub use cancel::{Gone, cancel};
pub use documents::changes_of as differences;
pub use effects::{Effect, Effects, Figures};
pub use explain::{Explanation, explain};
pub use export::{Format, What, export, export_one, exportable};
pub use filling::{Form, FormDesk};
pub use folders::{Folders, write_whole};
pub use form::{FormFile, FormOrder, Known, write_forms};
pub use letters::sample_report_letter;
pub use manifest::manifest;
pub use notices::notify;
pub use order::{Event, Order, Reach, Stage, Unit, Watch};
pub use owed::{Owed, owed_forms};
pub use plan::{Plan, plan};
pub use pull::tell;
pub use pull_ahead::pull_ahead;
pub use reckoning::spark_plan;
pub use recording::{Collection, collect_events, renew_events};
pub use refusals::tell_refusals;
pub use release::{RELEASED_LATE, hold_back, release, release_letters};
pub use reminders::{mail_reminders, remind_of_release, remind_raters};
pub use restate::restated;
pub use resume::recover;
pub use run::{Outcome, run};
pub use send::{Tally, is_rehearsal, resend};
pub use share::{GoneOn, Help, go_on};
pub use simulate::{
    Change as SchemeChange, Distribution, Outcome as SchemeOutcome, Reached, Simulated, Simulation, simulate,
};
pub use sources::{Listener, SourcePulled, in_order, probe_source, pull_source, source_status};
pub use versions::other_cycle;

/// The checked files of jobs, schemes and sources.
pub type Written = (Jobs, Registry, BTreeMap<String, Source>);

/// Everything a run needs, opened once.
pub struct Pipeline {
    /// This machine's settings.
    pub settings: Settings,
    /// The jobs folder.
    pub jobs: Jobs,
    /// The schemes folder.
    pub schemes: Registry,
    /// The sources folder.
    pub sources: BTreeMap<String, Source>,
    /// What ran, what was sent.
    pub ledger: Ledger,
    /// Where everything lies.
    pub folders: Folders,
    /// This process, as the ledger's claims name it.
    pub worker: Arc<Worker>,
    /// The hosts that sources reach; runs of this process share their budgets.
    pub hosts: Hosts,
    /// Set when the process is to end: no further letter is begun.
    pub stopping: AtomicBool,
    renderer: OnceLock<Renderer>,
}

impl Pipeline {
    /// Opens the ledger and the data folder; the files of jobs, schemes and sources are given, already checked.
    pub fn open(
        settings: Settings,
        jobs: Jobs,
        schemes: Registry,
        sources: BTreeMap<String, Source>,
    ) -> anyhow::Result<Self> {
        let folders = Folders::make(&settings.data)?;
        let ledger = Ledger::open_at(&settings.ledger, settings.clock.clone())?;
        let worker = Arc::new(ledger.worker(&settings.data)?);
        Ok(Self {
            settings,
            jobs,
            schemes,
            sources,
            ledger,
            folders,
            worker,
            hosts: Hosts::default(),
            stopping: AtomicBool::new(false),
            renderer: OnceLock::new(),
        })
    }

    /// The renderer, opened at first use because fonts take a while.
    pub fn renderer(&self) -> anyhow::Result<&Renderer> {
        if self.renderer.get().is_none() {
            let _ = self.renderer.set(Renderer::of_machine(&self.settings)?);
        }
        self.renderer.get().context("the renderer could not be opened")
    }

    /// Loads the three folders of files that people write; all that is wrong is reported together.
    pub fn load(settings: &Settings) -> Result<Written, Diagnostics> {
        let (written, found) = Self::load_sound(settings);
        found.into_result(written)
    }

    /// Loads the files in which nothing is wrong, and says what is wrong with the others.
    pub fn load_sound(settings: &Settings) -> (Written, Diagnostics) {
        let (jobs, mut found) = Jobs::review(&settings.jobs);
        let (schemes, wrong) = Registry::review(&settings.jobs.join("schemes"));
        found.extend(wrong);
        let (sources, wrong) = source::review_folder(&settings.jobs.join("sources"), &settings.variables);
        found.extend(wrong);
        ((jobs, schemes, sources), found)
    }
}
