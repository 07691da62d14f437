//! `jobs`: what runs when, and why not.

mod list;
mod pause;

use crate::pipeline::Pipeline;

use super::Ending;
use super::arguments::JobsCommand;
use super::printer::Printer;

pub(super) use list::{Line, announcement_facts};

/// Lists the jobs, or pauses or resumes one.
pub(super) fn jobs(pipeline: &Pipeline, command: &JobsCommand, printer: &Printer) -> anyhow::Result<Ending> {
    match command {
        JobsCommand::List => list::list(pipeline, printer),
        JobsCommand::Pause { job, reason } => pause::pause(pipeline, job, reason, printer),
        JobsCommand::Resume { job } => pause::resume(pipeline, job, printer),
    }
}
