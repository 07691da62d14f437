//! Whose fault an error is, which decides the exit code.

use std::fmt;

use crate::diag::Diagnostics;
use crate::ledger;

/// A classification that is put into the chain of an error, with a sentence for people; without one, see [`exit_code`].
#[derive(Debug)]
pub(super) enum Fault {
    /// What was typed names nothing, or cannot be.
    Usage(String),
    /// This machine, its data folder or its ledger.
    Ours(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(text) | Self::Ours(text)) = self;
        out.write_str(text)
    }
}

impl std::error::Error for Fault {}

/// Exit code of an error: 1 when the work failed or was refused, 2 for wrong usage or when we failed.
///
/// What was classified decides; else a file that a person wrote, the ledger's database and the disk are ours, and
/// everything else, such as a source that is down, is the work's.
pub(super) fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<Fault>() {
        Some(Fault::Usage(_) | Fault::Ours(_)) => 2,
        None if error.downcast_ref::<Diagnostics>().is_some() || is_ours(error) => 2,
        None => 1,
    }
}

/// Whether the disk or the ledger failed; a connection that failed is an error of the same type, but of another kind.
fn is_ours(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind::{NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let kinds = [NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull];
    let causes = || error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    ledger::is_at_fault(error) || causes().any(|cause| kinds.contains(&cause.kind()))
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;
    use crate::diag::Diagnostic;

    #[test]
    fn each_kind_of_error_has_its_code() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let usage = anyhow::Error::from(Fault::Usage("there is no run `x`".into())).context("more");
        let ours: anyhow::Result<()> = Err(anyhow!("damaged")).context(Fault::Ours("the ledger cannot be used".into()));
        assert_eq!(exit_code(&usage), 2);
        assert_eq!(exit_code(&ours.expect_err("an error")), 2);
        assert_eq!(exit_code(&anyhow::Error::from(full).context("cannot keep a page").context("run `r` failed")), 2);
        assert_eq!(exit_code(&anyhow::Error::from(reset).context("cannot pull")), 1);
        assert_eq!(exit_code(&anyhow::Error::from(Diagnostics::from(Diagnostic::error("no job"))).context("run")), 2);
        assert_eq!(exit_code(&anyhow!("the relay refused")), 1);
    }
}
