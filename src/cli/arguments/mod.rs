//! What may be typed, with help that teaches.

mod appeals;
mod files;
mod people;
mod run;
mod scheme;
mod sources;
mod upkeep;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub(super) use appeals::*;
pub(super) use files::*;
pub(super) use people::*;
pub(super) use run::*;
pub(super) use scheme::*;
pub(super) use sources::*;
pub(super) use upkeep::*;

/// Scores customer-service agents and posts each of them a scorecard.
///
/// Pull → tables → scores → PDFs → letters, every step kept in a ledger.
#[derive(Debug, Parser)]
#[command(
    name = "scorepost",
    version,
    after_help = "Examples:\n  scorepost demo                                  see the whole way on an embedded shop\n  scorepost check                                 everything that is wrong with jobs, sources and schemes\n  scorepost plan monthly-scorecard                what a run would do\n  scorepost run monthly-scorecard --period last   cards of last month, nobody mailed\n  scorepost run monthly-scorecard --send          the same, and mail what is new\n\nExit codes: 0 done, 1 the work failed, was held or refused, 2 wrong usage or we failed."
)]
pub(super) struct Arguments {
    /// Settings file (default: scorepost.toml in this folder, if it is there).
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// Print one JSON document on stdout instead of text.
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// See the whole way: an embedded shop, last month's cards, letters in an outbox folder.
    Demo(DemoOptions),
    /// Serve the embedded shop's APIs alone; the first line on stdout is its base address.
    Shop(ShopOptions),
    /// Write a commented folder to start from: settings, a job, its sources and scheme, templates.
    #[command(
        after_help = "Examples:\n  scorepost init my-desk                        in Chinese\n  SCOREPOST_LOCALE=en scorepost init my-desk    in English\n  scorepost init . --all-templates              every template, to change its look\n\nFiles that are there already are never overwritten."
    )]
    Init(InitOptions),
    /// Find everything that is wrong with settings, jobs, sources, schemes and templates.
    Check(CheckOptions),
    /// Say what a run would pull, compute, render and mail, and do none of it.
    #[command(
        after_help = "Examples:\n  scorepost plan monthly-scorecard --period 2026-10       what a run would do\n  scorepost plan monthly-scorecard --engine spark         the SQL that a cluster would get, whatever the settings say"
    )]
    Plan(PlanOptions),
    /// Run a job now; mails nobody unless --send is given.
    Run(RunOptions),
    /// Look at appraisal schemes, check them, and try them on worked examples.
    #[command(subcommand)]
    Scheme(SchemeCommand),
    /// Where data comes from: list and check the sources, pull them ahead, see what is kept.
    #[command(subcommand)]
    Sources(SourcesCommand),
    /// Print the JSON Schema of job, calendar, source or scheme files, for editors that complete and check them.
    Schema {
        /// Which files.
        of: AuthoredKind,
    },
    /// Write rating forms and check sheets for people to fill in: workbooks that come back, and PDFs to print.
    #[command(
        after_help = "Examples:\n  scorepost form monthly-scorecard                         everybody's forms for last month, in forms/\n  scorepost form store-check --team T1 --out /srv/forms    one team, where the source `forms` looks\n  scorepost form store-check --rater peer                  only what colleagues rate\n\nPeople fill in the cells in bold frames and put the file back into the same folder; several raters of one role each use a copy under a name of their own that begins alike. Add the source `forms` to the job and set FORMS_DIR to the folder; what nobody filled in is missing, not nought. The forms that lie there already are left as they are."
    )]
    Form(FormOptions),
    /// Run jobs on their schedules and serve the console.
    Serve {
        /// Only do what is due now and end, for a timer of your own; without the console.
        #[arg(long)]
        once: bool,
    },
    /// The jobs and when they run next; pause and resume them.
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// The latest runs.
    Runs {
        /// Only runs of this job.
        #[arg(long)]
        job: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// One run: its cards, findings and letters.
    Show {
        /// The run's id, as `runs` lists it.
        run: String,
        /// Only what its new editions say otherwise than the ones before.
        #[arg(long)]
        differences: bool,
    },
    /// One card down to the rows behind each number.
    Explain(ExplainOptions),
    /// Show a template of reports or letters to whoever writes it, with issued or invented data.
    Preview(PreviewOptions),
    /// Write the files of a run for other programs, and the amounts for finance; nothing is paid here.
    #[command(
        after_help = "Examples:\n  scorepost export monthly-scorecard-2026-10-1                                  everything, with the PDFs\n  scorepost export monthly-scorecard-2026-10-1 --format xlsx                    cards.xlsx\n  scorepost export monthly-scorecard-2026-10-1 --format csv --what finance      finance.csv and finance-proposals.csv\n\nFinance: what needs no approval or has it is payable, what waits is pending; sums are those of the fen beside them. Held cards stand there without amounts. JSON and CSV have decimals as text; CSV is UTF-8 with a byte order mark, and a text that a spreadsheet would compute begins with an apostrophe."
    )]
    Export(ExportOptions),
    /// Let the letters of a ready run go, or of a held one that you answer for.
    Release(ReleaseOptions),
    /// Stop a run; what went out already is listed.
    Cancel {
        /// The run's id.
        run: String,
    },
    /// Try letters again that the relay refused or that came back; sent and unknown ones are never touched.
    Resend(ResendOptions),
    /// Letters of which nobody knows whether they arrived, with what to look for in the relay's log.
    Unknowns,
    /// Say what became of a letter of which nobody knows whether it arrived.
    Resolve(ResolveOptions),
    /// Letters that came back.
    #[command(subcommand)]
    Bounces(BouncesCommand),
    /// Fines, bonuses, promotions and dismissals that schemes propose; none takes effect until a named person approves it.
    Proposals(ProposalsOptions),
    /// Lines of cards that agents dispute: look at them and answer.
    #[command(
        subcommand,
        after_help = "Examples:\n  scorepost appeals list --state open\n  scorepost appeals accept 3 --points 18 --by PERSON --reason TEXT      set the points of the line\n  scorepost appeals accept 3 --value 95.3% --by PERSON --reason TEXT    set what its rules judge\n  scorepost appeals refuse 3 --by PERSON --reason TEXT\n\nWhat is accepted is a dated adjustment: the agent is scored again by `serve`, and every later run of the period keeps it."
    )]
    Appeals(AppealsCommand),
    /// Prove by hashes that ledger, archive, sealed letters, manifests and the audit chain agree.
    Verify(VerifyOptions),
    /// Give out or erase everything that is kept of one agent.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Remove what has grown older than the months of `[retention]`, after listing it.
    Purge(PurgeOptions),
    /// Copy the ledger while it is in use, or check it.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// What the operator is told of, and whether they are reached.
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Print a systemd unit for `serve`, closed as far as it goes.
    ServiceUnit(ServiceUnitOptions),
    /// People who may sign in to the console.
    #[command(subcommand)]
    User(UserCommand),
    /// Programs that may ask `/api/v1` in a person's name.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Completions for a shell, on stdout.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct DemoOptions {
    /// Where ledger, PDFs and letters go.
    #[arg(long, default_value = "scorepost-demo", value_name = "DIR")]
    pub(super) data: PathBuf,
    /// Keep the shop open afterwards, until Ctrl-C.
    #[arg(long)]
    pub(super) keep_serving: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShopOptions {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub(super) listen: SocketAddr,
    /// How many agents.
    #[arg(long, default_value_t = 21)]
    pub(super) agents: u32,
    /// How many months until last month.
    #[arg(long, default_value_t = 6)]
    pub(super) months: u32,
    /// The same seed gives the same shop.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
}

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    /// Also reach the mail relay.
    #[arg(long)]
    pub(super) online: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum BouncesCommand {
    /// Read the mailbox for returned letters now; `serve` does it every minute.
    Check,
}

#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// All jobs, their last run, the next thing they do, and why they do not run.
    List,
    /// Let a job no longer run on its own; what falls due meanwhile counts as missed.
    Pause {
        /// The job's id.
        job: String,
        /// Why.
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
    },
    /// Let a paused job run on its own again; its `catch-up` says what is made up for.
    Resume {
        /// The job's id.
        job: String,
    },
}
