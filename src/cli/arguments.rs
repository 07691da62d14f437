//! What may be typed, with help that teaches.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::ledger::ProposalState;
use crate::render::Shape;

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
    /// Find everything that is wrong with settings, jobs, sources, schemes and templates.
    Check(CheckOptions),
    /// Say what a run would pull, compute, render and mail, and do none of it.
    Plan(OrderOptions),
    /// Run a job now; mails nobody unless --send is given.
    Run(RunOptions),
    /// Look at appraisal schemes, check them, and try them on worked examples.
    #[command(subcommand)]
    Scheme(SchemeCommand),
    /// Where data comes from: list and check the sources, pull them ahead, see what is kept.
    #[command(subcommand)]
    Sources(SourcesCommand),
    /// Print the JSON Schema of job, source or scheme files, for editors that complete and check them.
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
    Serve,
    /// The jobs and when they run next.
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
    /// Try letters again that the relay refused; sent and unknown ones are never touched.
    Resend(ResendOptions),
    /// Say what became of a letter of which nobody knows whether it arrived.
    Resolve(ResolveOptions),
    /// Fines, bonuses, promotions and dismissals that schemes propose; none takes effect until a named person approves it.
    Proposals(ProposalsOptions),
    /// People who may sign in to the console.
    #[command(subcommand)]
    User(UserCommand),
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

#[derive(Debug, Args)]
pub(super) struct OrderOptions {
    /// The job's id: the name of its file without `.toml`.
    pub(super) job: String,
    /// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05` or `last`.
    #[arg(long, default_value = "last", value_name = "P")]
    pub(super) period: String,
    /// Only this team, by its id.
    #[arg(long, value_name = "T")]
    pub(super) team: Option<String>,
    /// Only this agent, by staff number.
    #[arg(long, value_name = "A")]
    pub(super) agent: Option<String>,
    /// Pull again, although raw data is kept.
    #[arg(long)]
    pub(super) refresh: bool,
    /// Mail new editions when nothing holds the run.
    #[arg(long)]
    pub(super) send: bool,
    /// Count `last` from this instant instead of now, such as 2026-11-09T09:00:00+08:00.
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<DateTime<Utc>>,
}

#[derive(Debug, Args)]
pub(super) struct RunOptions {
    #[command(flatten)]
    pub(super) order: OrderOptions,
    /// Also write cards and amounts for finance as JSON, CSV, XLSX and Parquet, packs.json, run.json and the PDFs into this folder.
    #[arg(long, value_name = "DIR")]
    pub(super) export: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum SourcesCommand {
    /// All sources: resources, tables, and variables that have no value yet.
    List,
    /// Find everything that is wrong with the files of sources.
    Check(CheckSourcesOptions),
    /// Pull a source for a period; days that are kept and no longer change are not asked for again.
    Pull(PullSourcesOptions),
    /// A calendar of what is kept, by day: final, still changing, missing.
    Status(StatusOptions),
}

#[derive(Debug, Args)]
pub(super) struct CheckSourcesOptions {
    /// Only this source.
    #[arg(value_name = "ID")]
    pub(super) source: Option<String>,
    /// Also send one cheap request to each.
    #[arg(long)]
    pub(super) online: bool,
}

#[derive(Debug, Args)]
pub(super) struct PullSourcesOptions {
    /// The source's id: the name of its file without `.toml`.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(super) source: Option<String>,
    /// Every source, those first that know the people.
    #[arg(long)]
    pub(super) all: bool,
    /// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05`, `yesterday` or `last` (the last full month).
    #[arg(long, default_value = "last", value_name = "P")]
    pub(super) period: String,
    /// Ask for everything again for which the source still answers.
    #[arg(long)]
    pub(super) refresh: bool,
}

#[derive(Debug, Args)]
pub(super) struct StatusOptions {
    /// Only this source.
    #[arg(value_name = "ID")]
    pub(super) source: Option<String>,
    /// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05`, `yesterday` or `last` (the last full month).
    #[arg(long, default_value = "last", value_name = "P")]
    pub(super) period: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// All jobs, their last run and their next.
    List,
}

#[derive(Debug, Args)]
pub(super) struct ExportOptions {
    /// The run's id, as `runs` lists it.
    pub(super) run: String,
    /// The format; may be repeated (default: everything, or xlsx for `--what`).
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Vec<ExportFormat>,
    /// What to write.
    #[arg(long, value_name = "WHAT")]
    pub(super) what: Option<ExportWhat>,
    /// The folder (default: export/RUN).
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// The format of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportFormat {
    /// For programs; amounts are texts of decimals.
    Json,
    /// UTF-8 with a byte order mark.
    Csv,
    /// A workbook with typed cells.
    Xlsx,
    /// Columns of text, for cards alone.
    Parquet,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportWhat {
    /// Cards with their lines.
    Cards,
    /// Amounts by agent and component, and the proposals behind them.
    Finance,
}

#[derive(Debug, Args)]
pub(super) struct FormOptions {
    /// The job's id.
    pub(super) job: String,
    /// The period, or `last`.
    #[arg(long, short, default_value = "last", value_name = "P")]
    pub(super) period: String,
    /// Only this team, by its id.
    #[arg(long, value_name = "T")]
    pub(super) team: Option<String>,
    /// Only this role of raters, such as `supervisor`; for items that anybody may rate, the role to write.
    #[arg(long, value_name = "ROLE")]
    pub(super) rater: Option<String>,
    /// The folder; a folder of the period is made in it (default: forms).
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Write forms again that are there already; what was filled in is lost.
    #[arg(long)]
    pub(super) overwrite: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainOptions {
    /// Staff number.
    pub(super) agent: String,
    /// The job's id.
    #[arg(long, short, value_name = "J")]
    pub(super) job: String,
    /// The period, or `last`.
    #[arg(long, short, default_value = "last", value_name = "P")]
    pub(super) period: String,
    /// Rows to show behind each number.
    #[arg(long, default_value_t = 5)]
    pub(super) rows: usize,
}

#[derive(Debug, Args)]
pub(super) struct ReleaseOptions {
    /// The run's id.
    pub(super) run: String,
    /// Answer, by your name, for what gates of the job hold; a short pull stays held.
    #[arg(long, requires = "reason")]
    pub(super) accept: bool,
    /// Why.
    #[arg(long, requires = "accept", value_name = "TEXT")]
    pub(super) reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true)))]
pub(super) struct ResendOptions {
    /// The run's id.
    pub(super) run: String,
    /// All failed letters of the run.
    #[arg(long, group = "which")]
    pub(super) failed: bool,
    /// The failed letters about this agent.
    #[arg(long, group = "which", value_name = "A")]
    pub(super) agent: Option<String>,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("verdict").required(true)))]
pub(super) struct ResolveOptions {
    /// The delivery's number, as `show` lists it.
    pub(super) delivery: i64,
    /// It arrived; it is not sent again.
    #[arg(long, group = "verdict")]
    pub(super) arrived: bool,
    /// It did not arrive; `resend` or the next run sends it again under the same Message-ID.
    #[arg(long, group = "verdict")]
    pub(super) send_again: bool,
    /// How you know.
    #[arg(long)]
    pub(super) reason: String,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ProposalsOptions {
    #[command(subcommand)]
    pub(super) command: Option<ProposalsCommand>,
    #[command(flatten)]
    pub(super) which: WhichProposals,
}

#[derive(Debug, Args)]
pub(super) struct WhichProposals {
    /// Only those of this job.
    #[arg(long, value_name = "J")]
    pub(super) job: Option<String>,
    /// Only those of this period, such as `2026-10`.
    #[arg(long, value_name = "P")]
    pub(super) period: Option<String>,
    /// Only those in this state.
    #[arg(long)]
    pub(super) state: Option<StateOfProposal>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorepost preview card                                     the card of the last run's first agent, or an invented one\n  scorepost preview card --agent A0001 --watch               again at every change of the template folder\n  scorepost preview pack.typ --fixture overflowing           a team of forty with long names\n  scorepost preview letters/card.zh-CN.html.j2 --out l.html  the letter as a page and as a mail"
)]
pub(super) struct PreviewOptions {
    /// `card`, `pack.typ`, a path to a template, or `letters/card.zh-CN.html.j2`.
    pub(super) template: String,
    /// Show the document of this agent, by staff number.
    #[arg(long, value_name = "A", conflicts_with_all = ["team", "fixture"])]
    pub(super) agent: Option<String>,
    /// Show the document of this team, by its id.
    #[arg(long, value_name = "T", conflicts_with = "fixture")]
    pub(super) team: Option<String>,
    /// Only documents of this job.
    #[arg(long, value_name = "J", conflicts_with = "fixture")]
    pub(super) job: Option<String>,
    /// Only documents of this period, such as `2026-10`.
    #[arg(long, value_name = "P", requires = "job")]
    pub(super) period: Option<String>,
    /// Invented data instead of issued.
    #[arg(long)]
    pub(super) fixture: Option<Fixture>,
    /// Render again whenever a template changes, until Ctrl-C.
    #[arg(long)]
    pub(super) watch: bool,
    /// Where the result goes (default: `card.preview.pdf` in this folder, by the template's name).
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// Invented data.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Fixture {
    /// A team of seven.
    Usual,
    /// One agent, one line, the first period of all.
    Minimal,
    /// Forty agents, twelve lines, everything long.
    Overflowing,
    /// Texts that look like markup or never end.
    Hostile,
    /// Nobody scored, values without data.
    Missing,
    /// Headings, additions, events, money, proposals; no grades.
    Ledger,
    /// No total: every line has a level.
    Levels,
}

impl From<Fixture> for Shape {
    fn from(typed: Fixture) -> Self {
        match typed {
            Fixture::Usual => Self::Usual,
            Fixture::Minimal => Self::Minimal,
            Fixture::Overflowing => Self::Overflowing,
            Fixture::Hostile => Self::Hostile,
            Fixture::Missing => Self::Missing,
            Fixture::Ledger => Self::Ledger,
            Fixture::Levels => Self::Levels,
        }
    }
}

/// How far a proposal is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum StateOfProposal {
    /// Nobody has decided.
    Pending,
    /// A person agreed.
    Approved,
    /// A person said no.
    Refused,
    /// A later edition no longer proposes it.
    Withdrawn,
}

impl From<StateOfProposal> for ProposalState {
    fn from(typed: StateOfProposal) -> Self {
        match typed {
            StateOfProposal::Pending => Self::Pending,
            StateOfProposal::Approved => Self::Approved,
            StateOfProposal::Refused => Self::Refused,
            StateOfProposal::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum ProposalsCommand {
    /// Agree: it is to happen; exports then count its amount as money.
    Approve(WordOnProposals),
    /// Say no: it is not to happen.
    Refuse(WordOnProposals),
}

#[derive(Debug, Args)]
pub(super) struct WordOnProposals {
    /// Numbers of proposals, as `proposals` lists them; all are decided or none.
    #[arg(required = true, value_name = "ID")]
    pub(super) ids: Vec<i64>,
    /// Who decides: a manager of that team, HR or an operator, by the name in `user list`.
    #[arg(long, value_name = "PERSON")]
    pub(super) by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
}

/// What a person may see and do in the console.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum UserRole {
    /// Runs jobs.
    Operator,
    /// Sees every card.
    Hr,
    /// Sees the cards of their teams.
    Manager,
    /// Sees their own card.
    Agent,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a person, or change one; the password is read from the terminal or one line of stdin.
    Add {
        /// The name to sign in with.
        name: String,
        /// What the person may see and do.
        #[arg(long)]
        role: UserRole,
        /// The person's own staff number.
        #[arg(long)]
        staff_number: Option<String>,
        /// A team that a manager leads; may be repeated.
        #[arg(long)]
        team: Vec<String>,
    },
    /// Everybody who may sign in.
    List,
    /// Take away a person's access at once.
    Disable {
        /// The name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum SchemeCommand {
    /// All schemes: title, version, cycle, and what is unset or assumed in them.
    List,
    /// One scheme as people read it: indicators, bands, money rules, and what is open.
    Show {
        /// The scheme's id or file.
        scheme: String,
    },
    /// Start a scheme file from a commented template, or from a scheme that is there.
    New(NewSchemeOptions),
    /// Run a draft over past periods beside the scheme in force: who changes, what is paid, how the totals lie.
    Simulate(SimulateOptions),
    /// Check every scheme, or one: everything wrong, what is unset, what is assumed.
    Check {
        /// A scheme's id or file (default: all of the schemes folder).
        scheme: Option<String>,
    },
    /// Score a story by a scheme and compare with what its author worked out by hand.
    Try {
        /// The scheme's id or file.
        scheme: String,
        /// The story's folder, with `story.toml` and a folder of CSV tables per period.
        #[arg(long, value_name = "DIR")]
        story: PathBuf,
        /// Also write the cards and packs of the story into this folder, as the people of the story would get them.
        #[arg(long, value_name = "DIR")]
        cards: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct NewSchemeOptions {
    /// The new scheme's id, which names its file.
    pub(super) id: String,
    /// What people call it.
    #[arg(long, value_name = "T")]
    pub(super) title: Option<String>,
    /// The scheme to begin from, by id or file.
    #[arg(long, value_name = "SCHEME")]
    pub(super) from: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct SimulateOptions {
    /// The draft's id or file.
    pub(super) scheme: String,
    /// The job whose kept tables are scored.
    #[arg(long, value_name = "J")]
    pub(super) job: String,
    /// The last so many full periods.
    #[arg(long, default_value_t = 6, value_name = "N", conflicts_with = "period")]
    pub(super) periods: u32,
    /// This period; may be repeated.
    #[arg(long, value_name = "P")]
    pub(super) period: Vec<String>,
    /// Also write one row per agent and period into this file.
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
}

/// A kind of file that a person writes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum AuthoredKind {
    /// `jobs/*.toml`.
    Job,
    /// `jobs/sources/*.toml`.
    Source,
    /// `jobs/schemes/*.toml`.
    Scheme,
}
