//! Lines to PostgreSQL are driven on a thread of their own, so that a call can be waited for anywhere, as one to SQLite.

use std::future::Future;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};

/// Begins work beside everything else and waits for it.
pub(super) fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T> {
    let running = runtime()?.spawn(work);
    pollster::block_on(running).context("the line to PostgreSQL broke down")
}

/// Begins work beside everything else.
pub(super) fn begin(work: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(work);
    Ok(())
}

fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("postgresql")
        .enable_all()
        .build()
        .context("cannot start a thread for PostgreSQL")?;
    Ok(RUNTIME.get_or_init(|| made))
}
