//! `serve`: the scheduler and the console in one process.

use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};

use crate::console::{self, Console, JobCard, NextFire, SecureCookies};
use crate::job::Job;
use crate::pipeline::Pipeline;
use crate::scheduler;

use super::Ending;
use super::printer::Printer;

/// Serves until Ctrl-C or SIGTERM; the letter in hand is finished first.
pub(super) async fn serve(pipeline: Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    let pipeline = Arc::new(pipeline);
    let address = pipeline.settings.listen;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; another address: `SCOREPOST_LISTEN=127.0.0.1:9000 scorepost serve`")
    })?;
    let base = format!("http://{}", listener.local_addr()?);
    let invitation = console::first_user_token(&pipeline.ledger, &pipeline.settings.clock)?;
    printer.line(&base);
    printer.say(&format!("console: {base}"));
    if let Some(first) = &invitation {
        printer.say(&format!("no user yet; make the first one here, within an hour: {base}{}", first.path));
    }
    let poke = Arc::new(Notify::new());
    let (stop, stopped) = watch::channel(false);
    let desk = desk(&pipeline, poke.clone(), invitation.map(|first| first.token));
    let mut ending = stopped.clone();
    let pages = tokio::spawn(console::serve(desk, listener, async move {
        let _ = ending.wait_for(|stop| *stop).await;
    }));
    let jobs = tokio::spawn(scheduler::serve(pipeline, poke, stopped));
    wait_for_signal().await?;
    printer.say("stopping: the letter in hand is finished, the rest goes on at the next start");
    stop.send_replace(true);
    jobs.await.context("the scheduler broke")??;
    pages.await.context("the console broke")??;
    Ok(Ending::Done)
}

fn desk(pipeline: &Pipeline, poke: Arc<Notify>, setup: Option<console::SetupToken>) -> Console {
    let settings = &pipeline.settings;
    let next = |job: &Job| -> NextFire {
        let job = job.clone();
        Arc::new(move |after| scheduler::next(&job, after))
    };
    let card = |job: &Job| JobCard {
        id: job.id.clone(),
        title: job.title.clone(),
        cycle: job.cycle,
        next: next(job),
        zone: job.time_zone,
    };
    Console {
        ledger: pipeline.ledger.clone(),
        clock: settings.clock.clone(),
        archive: pipeline.folders.archive(),
        jobs: pipeline.jobs.all().iter().map(card).collect(),
        locale: settings.locale,
        poke,
        secure_cookies: if settings.listen.ip().is_loopback() { SecureCookies::No } else { SecureCookies::Yes },
        hosts: Vec::new(),
        setup,
    }
}

async fn wait_for_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
