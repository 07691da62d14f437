//! The command line: one file per verb, one printer, one place that turns outcomes into exit codes.
//!
//! Exit codes: 0 done · 1 the work failed, was held or refused · 2 wrong usage, or we failed.

mod alerts;
mod appeals;
mod arenas;
mod arguments;
mod bounces;
mod cancel;
mod check;
mod completions;
mod demo;
mod differences;
mod engine_plan;
mod explain;
mod export;
mod fault;
mod form;
mod init;
mod jobs;
mod ledger;
mod limits;
mod person;
mod plan;
mod preview;
mod printer;
mod progress;
mod proposals;
mod purge;
mod release;
mod resend;
mod resolve;
mod results;
mod run;
mod runs;
mod schema;
mod scheme;
mod serve;
mod service_unit;
mod shipped;
mod shop;
mod show;
mod sources;
mod timings;
mod token;
mod unknowns;
mod user;
mod verify;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Parser;

use crate::diag::Diagnostics;
use crate::pipeline::{Pipeline, Written};
use crate::settings::{LogFormat, Settings};

use arguments::{Arguments, BouncesCommand, Counting, Verb};
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

/// Exit code of a program that broke, by which it is told from any other trouble.
const BROKE: u8 = 101;

/// Parses the arguments, runs the verb and says how it ended.
pub fn main() -> ExitCode {
    arenas::limit();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refused) => return not_understood(&refused),
    };
    let printer = Printer::new(arguments.json);
    // Without a provider of its own choice, a crate that uses bare rustls would panic.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let carried_out = catch_unwind(AssertUnwindSafe(|| carry_out(arguments, &printer)));
    match carried_out {
        Ok(Ok(Ending::Done)) => ExitCode::SUCCESS,
        Ok(Ok(Ending::NotDone)) => ExitCode::from(1),
        Err(_) => {
            printer.failure(&broke());
            ExitCode::from(BROKE)
        }
        Ok(Err(error)) => {
            printer.failure(&error);
            ExitCode::from(fault::exit_code(&error))
        }
    }
}

/// What is said after a panic, which has told its place itself: a library may know no other way to say that it cannot begin.
fn broke() -> anyhow::Error {
    anyhow!(
        "the program broke for the reason above; give the same command again, which goes on where this one was, and report \
         the reason if it comes back"
    )
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
    if let Verb::ServiceUnit(options) = &arguments.verb {
        return service_unit::service_unit(options, printer);
    }
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let settings = Settings::read(arguments.settings.as_deref(), &environment)?;
    log_to_stderr(settings.log);
    if settings.clock.is_fixed() {
        printer.warn(&format!(
            "the clock stands at {} (SCOREPOST_NOW); this is for tests and replays",
            settings.clock.now().to_rfc3339()
        ));
    }
    let settings = tested(settings, &arguments.verb, printer);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    limits::tell_of_full_files(&runtime)?;
    let ending = match arguments.verb {
        Verb::Demo(options) => runtime.block_on(demo::demo(settings, &options, printer)),
        Verb::Shop(options) => runtime.block_on(shop::shop(&settings, &options, printer)),
        Verb::Init(options) => init::init(&settings, &options, printer),
        Verb::Check(options) => runtime.block_on(check::check(&settings, &options, printer)),
        Verb::Plan(options) => {
            let pipeline = open_for(settings, &options.order.job, printer)?;
            match options.engine {
                Some(Counting::Spark) => engine_plan::spark(&pipeline, &options, printer),
                None => runtime.block_on(plan::plan(&pipeline, &options.order, printer)),
            }
        }
        Verb::Run(options) => {
            runtime.block_on(run::run(&open_for(settings, &options.order.job, printer)?, &options, printer))
        }
        Verb::Scheme(command) => scheme::scheme(&settings, &command, printer),
        Verb::Sources(command) => runtime.block_on(sources::sources(settings, &command, printer)),
        Verb::Serve { once: true } => runtime.block_on(serve::once(open(settings)?, printer)),
        Verb::Serve { once: false } => runtime.block_on(serve::serve(open(settings)?, printer)),
        Verb::Form(options) => {
            runtime.block_on(form::form(&open_for(settings, &options.job, printer)?, &options, printer))
        }
        Verb::Jobs(command) => jobs::jobs(&open_sound(settings, printer)?, &command, printer),
        Verb::Runs { job, limit } => runs::runs(&open_ledger(settings)?, job.as_deref(), limit, printer),
        Verb::Show { run, differences: true } => {
            differences::show(&about(open_ledger(settings)?, &run)?, &run, printer)
        }
        Verb::Show { run, differences: false } => show::show(&about(open_ledger(settings)?, &run)?, &run, printer),
        Verb::Verify(options) => verify::verify(&open_ledger(settings)?, &options, printer),
        Verb::Person(command) => person::person(&open_sound(settings, printer)?, &command, printer),
        Verb::Purge(options) => purge::purge(&open_sound(settings, printer)?, &options, printer),
        Verb::Ledger(command) => ledger::ledger(&open_ledger(settings)?, &command, printer),
        Verb::Alerts(command) => runtime.block_on(alerts::alerts(&open_ledger(settings)?, &command, printer)),
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
        Verb::Unknowns => unknowns::unknowns(&open_ledger(settings)?, printer),
        Verb::Bounces(BouncesCommand::Check) => runtime.block_on(bounces::check(&open_ledger(settings)?, printer)),
        Verb::Resolve(options) => resolve::resolve(&open_ledger(settings)?, &options, printer),
        Verb::Proposals(options) => proposals::proposals(&open_sound(settings, printer)?, &options, printer),
        Verb::Appeals(command) => appeals::appeals(&open_sound(settings, printer)?, &command, printer),
        Verb::User(command) => user::user(&settings, &command, printer),
        Verb::Token(command) => token::token(&settings, &command, printer),
        Verb::Completions { .. } | Verb::Schema { .. } | Verb::ServiceUnit(_) => Ok(Ending::Done),
    };
    // A stage that computes cannot be interrupted, and whoever stopped it does not want to wait for it.
    runtime.shutdown_background();
    ending
}

/// The settings with the address that a verb gives for tests; whoever mails in test mode is told.
fn tested(settings: Settings, verb: &Verb, printer: &Printer) -> Settings {
    let (given, mails) = match verb {
        Verb::Run(options) => (options.order.test_to.clone(), true),
        Verb::Release(options) => (options.test_to.clone(), true),
        Verb::Serve { .. } => (None, true),
        _ => (None, false),
    };
    let test_to = given.or(settings.mail.test_to.clone());
    if mails && test_to.is_some() {
        printer.warn("test mode: every letter goes to one address, and nothing counts as sent");
    }
    let mail = crate::settings::Mail { test_to, ..settings.mail };
    Settings { mail, ..settings }
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
fn log_to_stderr(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error,scorepost=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}
