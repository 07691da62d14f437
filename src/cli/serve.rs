//! `serve`: the scheduler and the console in one process.

mod background;
mod doors;
mod explanations;
mod forms;
mod kept;
mod machine;
mod monitors;
mod once;
mod policies;
mod records;
mod templates;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::console::{
    self, Certificate, Console, JobCard, Monitors, NextFire, SchemeVersion, SecureCookies, TlsListener,
};
use crate::job::Job;
use crate::ledger::{Claim, Holder};
use crate::pipeline::Pipeline;
use crate::scheduler;
use crate::settings::{ConsoleTls, Settings};
use crate::upkeep::{self, Vitals};

use super::Ending;
use super::printer::Printer;

pub(super) use once::once;

/// How long scheduler and console may take to stop; the scheduler gives up by itself a little earlier.
const PATIENCE: Duration = Duration::from_secs(25);

/// Serves until Ctrl-C or SIGTERM; the letter in hand is finished first, unless a second signal comes.
///
/// Errors when another process serves the same data folder, or when scheduler or console ends by itself.
pub(super) async fn serve(pipeline: Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    let _alone = alone(&pipeline)?;
    refuse_open_line(&pipeline.settings)?;
    let pipeline = Arc::new(pipeline);
    let mut signals = Signals::listen()?;
    let left = pipeline.clone();
    // A data folder of years is not walked through in a moment.
    tokio::task::spawn_blocking(move || upkeep::tidy(&left));
    let certificate = certificate(&pipeline.settings)?;
    let listener = listen(&pipeline.settings).await?;
    let invitation = greet(&pipeline, &listener, printer)?;
    let poke = Arc::new(Notify::new());
    let (stop, stopped) = watch::channel(false);
    let vitals = Arc::new(Vitals::new(pipeline.clone()));
    let monitors = monitors::monitors(&pipeline, vitals.clone());
    let doors = doors::doors(&pipeline, listener.local_addr()?)?;
    let desk = desk(&pipeline, poke.clone(), invitation, monitors.clone(), doors);
    let mut parts = JoinSet::new();
    let ending = until(stopped.clone());
    match certificate {
        None => parts.spawn(async move { console::serve(desk, listener, ending).await.context("the console broke") }),
        Some(certificate) => {
            let listener = TlsListener::over(listener, certificate)?;
            parts.spawn(async move { console::serve(desk, listener, ending).await.context("the console broke") })
        }
    };
    if let Some(listener) = monitors::listener(&pipeline).await? {
        parts.spawn(console::serve_monitors(monitors, listener, until(stopped.clone())));
    }
    let ending = until(stopped.clone());
    let expected = monitors::expected(pipeline.clone());
    let handle = Handle::current();
    // On a thread of its own, because what carries a letter stays on its thread.
    parts.spawn_blocking(move || {
        handle.block_on(async move {
            tokio::select! {
                () = ending => Ok(()),
                broke = upkeep::watch(vitals, expected) => broke.context("the watch broke"),
            }
        })
    });
    let background = background::runtime()?;
    let scheduler = async move { scheduler::serve(pipeline, poke, stopped).await.context("the scheduler broke") };
    parts.spawn_on(scheduler, background.handle());
    told(NotifyState::Ready);
    let ended = watch_over(parts, stop, async || signals.next().await, printer).await;
    // What still computes is waited for no longer; it goes on at the next start.
    background.shutdown_background();
    ended
}

/// Done when the process is to end.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Tells systemd, if it listens.
fn told(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(error = error.to_string(), "systemd could not be told");
    }
}

/// Waits for a signal, or for a part that ends by itself, and stops the rest; a second signal ends everything at once.
async fn watch_over(
    mut parts: JoinSet<anyhow::Result<()>>,
    stop: watch::Sender<bool>,
    mut signal: impl AsyncFnMut(),
    printer: &Printer,
) -> anyhow::Result<Ending> {
    let broke = tokio::select! {
        () = signal() => None,
        ended = parts.join_next() => ended,
    };
    told(NotifyState::Stopping);
    printer.say("stopping: the letter in hand is finished, the rest goes on at the next start");
    stop.send_replace(true);
    let rest = tokio::select! {
        rest = end(parts) => rest,
        () = signal() => return Ok(Ending::NotDone),
    };
    match broke {
        Some(ended) => ended
            .context("a part of the service broke")?
            .and_then(|()| anyhow::bail!("a part of the service ended by itself; start it again")),
        None => rest.map(|()| Ending::Done),
    }
}

/// Waits for the parts that still work, and tells the first thing that went wrong with them.
async fn end(mut parts: JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    let all = async {
        let mut first = Ok(());
        while let Some(ended) = parts.join_next().await {
            first = first.and(ended.context("a part of the service broke").flatten());
        }
        first
    };
    // Whatever is not at its end by now is written down well enough to be taken up again.
    tokio::time::timeout(PATIENCE, all).await.unwrap_or(Ok(()))
}

/// The right to serve this data folder: two schedulers would take each other's work for left behind.
fn alone(pipeline: &Pipeline) -> anyhow::Result<Holder> {
    let data = &pipeline.settings.data;
    match pipeline.ledger.claim_service(data)? {
        Claim::Held(holder) => Ok(holder),
        Claim::Busy { by } => anyhow::bail!(
            "another `scorepost serve` works on the data folder `{}` ({by}): stop that one first, or give this one \
             a folder of its own in `SCOREPOST_DATA`",
            data.display()
        ),
    }
}

/// Passwords and cards travel over other people's lines only when they are encrypted.
fn refuse_open_line(settings: &Settings) -> anyhow::Result<()> {
    anyhow::ensure!(
        settings.listen.ip().is_loopback() || has_site(settings),
        "the console would be reached at {} without encryption, or under no name of its own: give it a certificate \
         (`certificate` and `key` in `[console]`) or put a TLS proxy in front of it, and name its address, \
         `SCOREPOST_CONSOLE_URL=https://scorepost.example.com`; or let it listen on 127.0.0.1",
        settings.listen
    );
    Ok(())
}

/// Whether people reach the console at an address with TLS, whoever speaks it there.
fn has_site(settings: &Settings) -> bool {
    settings.console_url.as_ref().is_some_and(|url| url.scheme() == "https")
}

/// Whether people reach the console over TLS.
fn is_encrypted(settings: &Settings) -> bool {
    settings.console_tls.is_some() || has_site(settings)
}

/// The certificate that the settings name, read before anybody is told where the console is.
pub(super) fn certificate(settings: &Settings) -> anyhow::Result<Option<Certificate>> {
    let read = |ConsoleTls { certificate, key }: &ConsoleTls| Certificate::read(certificate, key);
    settings.console_tls.as_ref().map(read).transpose()
}

async fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let address = settings.listen;
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; another address: `SCOREPOST_LISTEN=127.0.0.1:9000 scorepost serve`")
    })
}

/// Says where the console is, and how the first user is made.
fn greet(
    pipeline: &Pipeline,
    listener: &TcpListener,
    printer: &Printer,
) -> anyhow::Result<Option<console::SetupToken>> {
    let settings = &pipeline.settings;
    let base = doors::base(pipeline, listener.local_addr()?);
    let invitation = console::first_user_token(&pipeline.ledger, &settings.clock)?;
    printer.line(&base);
    printer.say(&format!("console: {base}"));
    if let Some(first) = &invitation {
        printer.say(&format!("no user yet; make the first one here, within an hour: {base}{}", first.path));
    }
    Ok(invitation.map(|first| first.token))
}

fn desk(
    pipeline: &Arc<Pipeline>,
    poke: Arc<Notify>,
    setup: Option<console::SetupToken>,
    monitors: Monitors,
    doors: console::Doors,
) -> Console {
    let settings = &pipeline.settings;
    let next = |job: &Job| -> NextFire {
        let (job, pipeline) = (job.clone(), pipeline.clone());
        Arc::new(move |after| scheduler::next(&pipeline.schemes, &job, after).map(|next| next.due))
    };
    let versions = |job: &Job| {
        let own = pipeline.schemes.all().iter().filter(|scheme| scheme.id == job.scheme);
        own.map(|one| SchemeVersion { version: one.version.clone(), from: one.effective_from }).collect()
    };
    let card = |job: &Job| JobCard {
        id: job.id.clone(),
        title: job.title.clone(),
        cycle: job.cycle,
        next: next(job),
        zone: job.time_zone,
        released_by: job.release.by,
        approved_by: job.proposals,
        deadline: job.release.deadline.map(|deadline| deadline.after),
        versions: versions(job),
    };
    Console {
        ledger: pipeline.ledger.clone(),
        clock: settings.clock.clone(),
        archive: pipeline.folders.archive(),
        letters: pipeline.folders.letters(),
        jobs: pipeline.jobs.all().iter().map(card).collect(),
        locale: settings.locale,
        poke,
        secure_cookies: if is_encrypted(settings) { SecureCookies::Yes } else { SecureCookies::No },
        hosts: settings.console_url.iter().filter_map(|url| url.host_str().map(str::to_owned)).collect(),
        previews: Arc::new(templates::Templates { pipeline: pipeline.clone() }),
        forms: Arc::new(forms::KeptForms::of(pipeline.clone())),
        records: Arc::new(records::KeptRecords::of(pipeline.clone())),
        explanations: Arc::new(explanations::KeptRows { pipeline: pipeline.clone() }),
        policies: Arc::new(policies::Folder::new(pipeline.clone())),
        machine: Arc::new(machine::ThisMachine { pipeline: pipeline.clone(), checked: Mutex::default() }),
        monitors,
        doors,
        setup,
    }
}

/// The signals that end a service; listened to from the start, so that none is lost.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
        let terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
        Ok(Self { interrupt, terminate })
    }

    /// Waits for the next one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part that works until it is told to stop.
    async fn patient(mut stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
        stopped.wait_for(|stop| *stop).await.map(drop).context("nobody can stop it")
    }

    async fn broken() -> anyhow::Result<()> {
        anyhow::bail!("no clock")
    }

    #[tokio::test]
    async fn a_part_that_breaks_stops_the_rest_and_is_told() {
        let (stop, stopped) = watch::channel(false);
        let mut parts = JoinSet::new();
        parts.spawn(patient(stopped));
        parts.spawn(broken());
        let ended = watch_over(parts, stop, async || std::future::pending().await, &Printer::new(false)).await;
        assert!(ended.expect_err("a failure").to_string().contains("no clock"));
    }

    #[tokio::test]
    async fn a_signal_is_a_good_end_and_a_second_one_does_not_wait() {
        let (stop, stopped) = watch::channel(false);
        let mut parts = JoinSet::new();
        parts.spawn(patient(stopped));
        let mut signals = 0;
        let once = async || {
            signals += 1;
            if signals > 1 {
                std::future::pending().await
            }
        };
        assert_eq!(watch_over(parts, stop, once, &Printer::new(false)).await.expect("an end"), Ending::Done);
        let mut parts = JoinSet::new();
        parts.spawn(std::future::pending());
        let (stop, _stopped) = watch::channel(false);
        assert_eq!(watch_over(parts, stop, async || {}, &Printer::new(false)).await.expect("an end"), Ending::NotDone);
    }
}
