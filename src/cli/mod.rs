//! The command line: one file per verb, one printer, one place that turns outcomes into exit codes.
//!
//! Exit codes: 0 done · 1 the work failed, was held or refused · 2 wrong usage, or we failed.

mod arguments;
mod cancel;
mod check;
mod completions;
mod demo;
mod explain;
mod export;
mod fault;
mod form;
mod init;
mod jobs;
mod plan;
mod preview;
mod printer;
mod progress;
mod proposals;
mod release;
mod resend;
mod resolve;
mod results;
mod run;
mod runs;
mod schema;
mod scheme;
mod serve;
mod shipped;
mod shop;
mod show;
mod sources;
mod user;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

use crate::diag::Diagnostics;
use crate::pipeline::{Pipeline, Written};
use crate::settings::Settings;

use arguments::{Arguments, Verb};
use fault::Fault;
use printer::Printer;

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything that was asked for was done.
    Done,
    /// The work was held, refused or left unfinished; the printed text says why.
    NotDone,
}

/// Parses the arguments, runs the verb and says how it ended.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refused) => return not_understood(&refused),
    };
    let printer = Printer::new(arguments.json);
    log_to_stderr();
    // Without a provider of its own choice, a crate that uses bare rustls would panic.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match carry_out(arguments, &printer) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::NotDone) => ExitCode::from(1),
        Err(error) => {
            printer.failure(&error);
            ExitCode::from(fault::exit_code(&error))
        }
    }
}

/// Help and version go to stdout, wrong usage to stderr, and to a program as its document.
fn not_understood(refused: &clap::Error) -> ExitCode {
    if refused.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        Printer::new(true).refusal(&refused.render().to_string());
    }
    // A reader that closed the pipe wants no more.
    let _ = refused.print();
    ExitCode::from(if refused.use_stderr() { 2 } else { 0 })
}

fn carry_out(arguments: Arguments, printer: &Printer) -> anyhow::Result<Ending> {
    if let Verb::Completions { shell } = arguments.verb {
        return completions::completions(shell);
    }
    if let Verb::Schema { of } = arguments.verb {
        return Ok(schema::schema(of, printer));
    }
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let settings = Settings::read(arguments.settings.as_deref(), &environment)?;
    if settings.clock.is_fixed() {
        printer.warn(&format!(
            "the clock stands at {} (SCOREPOST_NOW); this is for tests and replays",
            settings.clock.now().to_rfc3339()
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ending = match arguments.verb {
        Verb::Demo(options) => runtime.block_on(demo::demo(settings, &options, printer)),
        Verb::Shop(options) => runtime.block_on(shop::shop(&settings, &options, printer)),
        Verb::Init(options) => init::init(&settings, &options, printer),
        Verb::Check(options) => runtime.block_on(check::check(&settings, &options, printer)),
        Verb::Plan(order) => runtime.block_on(plan::plan(&open_for(settings, &order.job, printer)?, &order, printer)),
        Verb::Run(options) => {
            runtime.block_on(run::run(&open_for(settings, &options.order.job, printer)?, &options, printer))
        }
        Verb::Scheme(command) => scheme::scheme(&settings, &command, printer),
        Verb::Sources(command) => runtime.block_on(sources::sources(settings, &command, printer)),
        Verb::Serve => runtime.block_on(serve::serve(open(settings)?, printer)),
        Verb::Form(options) => {
            runtime.block_on(form::form(&open_for(settings, &options.job, printer)?, &options, printer))
        }
        Verb::Jobs(command) => jobs::jobs(&open(settings)?, &command, printer),
        Verb::Runs { job, limit } => runs::runs(&open_ledger(settings)?, job.as_deref(), limit, printer),
        Verb::Show { run } => show::show(&about(open_ledger(settings)?, &run)?, &run, printer),
        Verb::Explain(options) => explain::explain(&open_for(settings, &options.job, printer)?, &options, printer),
        Verb::Preview(options) => runtime.block_on(preview::preview(settings, &options, printer)),
        Verb::Export(options) => {
            export::export(&about(open_sound(settings, printer)?, &options.run)?, &options, printer)
        }
        Verb::Release(options) => {
            runtime.block_on(release::release(&about(open_sound(settings, printer)?, &options.run)?, &options, printer))
        }
        Verb::Cancel { run } => cancel::cancel(&about(open_ledger(settings)?, &run)?, &run, printer),
        Verb::Resend(options) => {
            runtime.block_on(resend::resend(&about(open_sound(settings, printer)?, &options.run)?, &options, printer))
        }
        Verb::Resolve(options) => resolve::resolve(&open_ledger(settings)?, &options, printer),
        Verb::Proposals(options) => proposals::proposals(&open_ledger(settings)?, &options, printer),
        Verb::User(command) => user::user(&settings, &command, printer),
        Verb::Completions { .. } | Verb::Schema { .. } => Ok(Ending::Done),
    };
    // A stage that computes cannot be interrupted, and whoever stopped it does not want to wait for it.
    runtime.shutdown_background();
    ending
}

/// Loads everything that people wrote, in which nothing may be wrong, and opens the ledger.
fn open(settings: Settings) -> anyhow::Result<Pipeline> {
    let written = Pipeline::load(&settings)?;
    open_written(settings, written)
}

/// The same for one job: what is wrong with the files of others is no hindrance.
fn open_for(settings: Settings, job: &str, printer: &Printer) -> anyhow::Result<Pipeline> {
    let (written, found) = Pipeline::load_sound(&settings);
    let (jobs, schemes, sources) = &written;
    let sound = jobs.get(job).is_ok_and(|job| {
        schemes.all().iter().any(|scheme| scheme.id == job.scheme)
            && job.sources.iter().all(|id| sources.contains_key(id))
    });
    if found.has_errors() && !sound {
        return Err(found.into());
    }
    warn_of(&found, printer);
    open_written(settings, written)
}

/// The same for a verb whose job only the ledger knows.
fn open_sound(settings: Settings, printer: &Printer) -> anyhow::Result<Pipeline> {
    let (written, found) = Pipeline::load_sound(&settings);
    warn_of(&found, printer);
    open_written(settings, written)
}

/// For verbs that only look into the ledger or write to it.
fn open_ledger(settings: Settings) -> anyhow::Result<Pipeline> {
    open_written(settings, Written::default())
}

fn warn_of(found: &Diagnostics, printer: &Printer) {
    if found.has_errors() {
        printer.warn("some files of jobs, schemes or sources are wrong; `scorepost check` lists them");
    }
}

fn open_written(settings: Settings, (jobs, schemes, sources): Written) -> anyhow::Result<Pipeline> {
    let opened = Pipeline::open(settings, jobs, schemes, sources);
    opened.map_err(|error| error.context(Fault::Ours("the data folder or the ledger cannot be used".to_owned())))
}

/// For a verb about a run that must be there.
fn about(pipeline: Pipeline, run: &str) -> anyhow::Result<Pipeline> {
    match pipeline.ledger.run(run)? {
        Some(_) => Ok(pipeline),
        None => Err(Fault::Usage(format!("there is no run `{run}`; `scorepost runs` lists them")).into()),
    }
}

/// Who is at the keyboard, for the ledger: the account's name.
fn who() -> String {
    ["SCOREPOST_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "operator".to_owned())
}

/// `RUST_LOG` sets what is logged; by default only what went wrong.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error,scorepost=warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
