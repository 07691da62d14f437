//! Limits of the machine that would end the process where it could tell of them.

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// SIGXFSZ, which ends a process that lets a file grow beyond its limit.
const FILE_TOO_LARGE: i32 = 25;

/// From now on a file that may not grow is an error like a full disk, for the rest of the process.
pub(super) fn tell_of_full_files(runtime: &Runtime) -> std::io::Result<()> {
    let _inside = runtime.enter();
    // Listened to once, the signal never again does what it did; nobody needs to hear it.
    signal(SignalKind::from_raw(FILE_TOO_LARGE)).map(drop)
}
