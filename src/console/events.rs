//! Live progress of a run as server-sent events; they end when the machine has nothing more to do for it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights::{self, Sight};
use super::{run_rows, say, sessions};
use crate::ledger::Progress;
use crate::words::Locale;

/// How often the ledger is asked.
const EVERY: Duration = Duration::from_millis(500);

/// `GET /runs/{run}/events`
pub fn follow(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let run = visit.params.get("run").to_owned();
    rights::open_run(&desk.console.ledger, &person.sight, &run)?.ok_or(Refusal::NotFound)?;
    let watched = Watched {
        desk: desk.clone(),
        run,
        locale: visit.locale,
        token_hash: person.token_hash.clone(),
        sight: person.sight.clone(),
    };
    let stream = Sse::new(changes(watched)).keep_alive(KeepAlive::default());
    Ok(([(header::CACHE_CONTROL, "no-store")], stream).into_response())
}

/// Whose eyes are on which run.
#[derive(Clone)]
struct Watched {
    desk: Arc<Desk>,
    run: String,
    locale: Locale,
    token_hash: String,
    sight: Sight,
}

struct Follower {
    watched: Watched,
    tick: Interval,
    stopping: watch::Receiver<bool>,
    told: String,
    over: bool,
}

/// What is told of a run.
struct News {
    data: String,
    over: bool,
}

fn changes(watched: Watched) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = watched.desk.stopping.subscribe();
    let follower = Follower { watched, tick, stopping, told: String::new(), over: false };
    stream::unfold(follower, |mut follower| async move {
        let event = follower.next_change().await?;
        Some((Ok(event), follower))
    })
}

impl Follower {
    /// Waits for something new; `None` when there is nothing more to tell.
    async fn next_change(&mut self) -> Option<Event> {
        while !self.over {
            tokio::select! {
                _ = self.tick.tick() => {}
                _ = self.stopping.wait_for(|stop| *stop) => return None,
            }
            let watched = self.watched.clone();
            let news = spawn_blocking(move || watched.look()).await.ok()??;
            self.over = news.over;
            if news.over {
                return Some(Event::default().event("over").data(news.data));
            }
            if news.data != self.told {
                self.told.clone_from(&news.data);
                return Some(Event::default().data(news.data));
            }
        }
        None
    }
}

impl Watched {
    /// The run now; `None` once the person may no longer look, or the ledger does not answer.
    fn look(&self) -> Option<News> {
        let person = sessions::look(&self.desk, &self.token_hash).ok()??;
        if person.sight != self.sight {
            return None;
        }
        let run = self.desk.console.ledger.run(&self.run).ok()??;
        let data = serde_json::json!({
            "state": say::run_state(run.state).0.get(self.locale),
            "done": run.stage_done.min(run.stage_total),
            "total": run.stage_total,
            "stages": self.stages()?,
        });
        Some(News { data: data.to_string(), over: !say::is_moving(run.state) })
    }

    /// Each stage by its word, with how far it is and what is being worked on.
    fn stages(&self) -> Option<serde_json::Value> {
        let all = self.desk.console.ledger.progress(&self.run).ok()?;
        let stage = |one: &Progress| {
            let told = serde_json::json!({ "count": run_rows::counted(one), "what": one.what });
            (one.stage.clone(), told)
        };
        Some(all.iter().map(stage).collect::<serde_json::Map<_, _>>().into())
    }
}
