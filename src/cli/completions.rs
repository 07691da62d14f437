//! `completions`: a script for a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Ending;
use super::arguments::Arguments;

/// Writes the script to stdout.
pub(super) fn completions(shell: Shell) -> anyhow::Result<Ending> {
    clap_complete::generate(shell, &mut Arguments::command(), "scorepost", &mut std::io::stdout());
    Ok(Ending::Done)
}
