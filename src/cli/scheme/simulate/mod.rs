//! `scheme simulate`: a draft over past periods beside the scheme now in force.

mod cells;
mod csv;
mod document;
mod table;

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::period::Period;
use crate::pipeline::{self, Pipeline, Simulation};
use crate::scheme::Scheme;
use crate::settings::Settings;

use super::super::Ending;
use super::super::arguments::SimulateOptions;
use super::super::plan::period;
use super::super::printer::Printer;
use super::file_of;

/// Scores the draft and prints what it would have changed; nothing else happens.
pub(super) fn simulate(settings: &Settings, options: &SimulateOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let file = options.csv.as_deref().map(csv::open).transpose()?;
    let draft: Result<Scheme, Diagnostics> = Scheme::parse(&file_of(settings, &options.scheme)?);
    let draft = draft?;
    anyhow::ensure!(settings.ledger.may_exist(), nothing_kept(&options.job, None));
    let pipeline = super::super::open_for(settings.clone(), &options.job, printer)?;
    let periods = periods(&pipeline, options)?;
    let simulation = pipeline::simulate(&pipeline, &options.job, &draft, &periods)?;
    anyhow::ensure!(!simulation.periods.is_empty(), nothing_kept(&options.job, simulation.missing.last()));
    tell_missing(&options.job, &simulation, printer);
    if let Some(file) = file {
        csv::write(file, &simulation, settings.locale).context("writing CSV")?;
    }
    table::print(&simulation, settings.locale, printer);
    printer.document(&document::document(&options.job, &simulation));
    Ok(Ending::Done)
}

/// Those that are named, or the last so many full ones.
fn periods(pipeline: &Pipeline, options: &SimulateOptions) -> anyhow::Result<Vec<Period>> {
    if !options.period.is_empty() {
        let named = options.period.iter().map(|text| period(pipeline, &options.job, text, None));
        return Ok(named.collect::<Result<_, _>>()?);
    }
    let last = period(pipeline, &options.job, "last", None)?;
    let back = std::iter::successors(Some(last), |period| Some(period.previous()));
    Ok(back.take(options.periods as usize).collect())
}

fn nothing_kept(job: &str, period: Option<&Period>) -> String {
    let period = period.map_or_else(|| "last".to_owned(), Period::name);
    format!("no data of earlier periods is kept; run `scorepost run {job} --period {period}` first")
}

fn tell_missing(job: &str, simulation: &Simulation, printer: &Printer) {
    for period in &simulation.missing {
        let name = period.name();
        printer.warn(&format!("no data of {name} is kept; `scorepost run {job} --period {name}` pulls it"));
    }
}
