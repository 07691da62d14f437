//! Rendering again whenever a template changes.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use notify::{Event, RecursiveMode, Watcher};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::super::Ending;
use super::super::printer::Printer;

/// Editors write a file in several steps; what happens within this time is one change.
const ONE_CHANGE: Duration = Duration::from_millis(80);

/// Shows now and after every change of a template in `folder`; Ctrl-C is a good end.
///
/// What is wrong with a template is told and mended by the next change; errors when the folder cannot be watched.
pub(super) async fn watch(
    folder: &Path,
    show: impl Fn() -> anyhow::Result<Ending>,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    anyhow::ensure!(
        folder.is_dir(),
        "there is no template folder `{}` to watch; copy `report-templates` there, or name another in \
         `SCOREPOST_TEMPLATES`",
        folder.display()
    );
    let (changed, mut changes) = unbounded_channel();
    let told = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_of_a_template(&event)) {
            // Nobody listens any more when the watch ends.
            let _ = changed.send(());
        }
    };
    let mut watcher = notify::recommended_watcher(told).context("cannot watch files on this machine")?;
    watcher
        .watch(folder, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch the folder `{}`", folder.display()))?;
    // Listened to from here on: one that comes while a template is rendered is not lost.
    let mut interrupts = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    show()?;
    printer.say(&format!("watching `{}`; Ctrl-C ends", folder.display()));
    loop {
        tokio::select! {
            _ = interrupts.recv() => return Ok(Ending::Done),
            next = changes.recv() => next.context("the watch ended by itself")?,
        }
        settle(&mut changes).await;
        if let Err(error) = show() {
            printer.failure(&error);
        }
    }
}

/// Reading a template is no change of it.
fn is_of_a_template(event: &Event) -> bool {
    let is_template = |path: &std::path::PathBuf| {
        path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| matches!(kind, "typ" | "j2"))
    };
    !event.kind.is_access() && event.paths.iter().any(is_template)
}

/// Waits until nothing has changed for a moment.
async fn settle(changes: &mut UnboundedReceiver<()>) {
    while let Ok(Some(())) = tokio::time::timeout(ONE_CHANGE, changes.recv()).await {}
}
