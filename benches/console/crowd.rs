//! Many people at once, while a run of the whole shop is under way.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use scorepost::clock::Clock;
use scorepost::ledger::{Ledger, NewRequest, RequestKind, Role, Run, RunState, Scope};
use tokio::sync::Mutex;

use crate::fill::{Filled, JOB, Person, ok, person};
use crate::served::Served;

/// Lines at once.
const LINES: usize = 32;
/// How long they look.
const SPAN: Duration = Duration::from_secs(20);
/// How long somebody who leafs through pages looks at each.
const LOOK: Duration = Duration::from_millis(500);
/// How long a run may take to begin its first real work.
const PATIENCE: Duration = Duration::from_secs(120);

/// Prints how long people wait, at the median and for the slowest hundredth.
pub async fn measure(served: &Served, filled: &Filled, folder: &Path) {
    let ledger = ok(Ledger::open(&folder.join("ledger.sqlite"), Clock::system()));
    let people: Vec<Person> = (0..LINES)
        .map(|at| person(&ledger, &format!("manager {at}"), Role::Manager, Some(&format!("M{:04}", at % filled.teams))))
        .collect();
    let run = begin(&ledger, filled).await;
    for (pace, rest) in [("a page each half a second", LOOK), ("pages as fast as they come", Duration::ZERO)] {
        let begun = Instant::now();
        let (looks, asks) = tokio::join!(look(served, filled, &people, rest), ask(served, filled, &people, rest));
        let state = ok(ledger.run(&run)).map_or("gone", |run: Run| run.state.word());
        println!("{LINES} people, {pace}, for {:.0} s; the run is {state}", begun.elapsed().as_secs_f64());
        tell("reads", looks.iter().map(|look| look.1));
        for path in looks.iter().map(|look| &look.0).collect::<BTreeSet<_>>() {
            tell(&format!("- `{path}`"), looks.iter().filter(|look| look.0 == *path).map(|look| look.1));
        }
        tell("requests for a re-run", asks.into_iter());
    }
}

/// Asks for the run and waits until it computes.
async fn begin(ledger: &Ledger, filled: &Filled) -> String {
    let new = NewRequest {
        key: format!("bench {:?}", Instant::now()),
        kind: RequestKind::Run,
        job: JOB.to_owned(),
        period: filled.period.to_string(),
        scope: Scope { team: None, agent: None },
        refresh: false,
        send: false,
        run_id: None,
        requested_by: "operator".to_owned(),
    };
    let asked = ok(ledger.ask(&new)).id;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let newest = ok(ledger.runs(Some(JOB), 1)).remove(0);
        if newest.id != filled.run && !matches!(newest.state, RunState::Planned) {
            return newest.id;
        }
    }
    panic!("request {asked} began no run: {:?}", ok(ledger.request(asked)));
}

/// Everybody leafs through what managers look at, with a rest after each page.
async fn look(served: &Served, filled: &Filled, people: &[Person], rest: Duration) -> Vec<(String, Duration)> {
    let run = &filled.run;
    let paths = [
        "/".to_owned(),
        format!("/runs/{run}"),
        "/cards".to_owned(),
        format!("/runs/{run}/desk?n=3"),
        format!("/runs/{run}/letters"),
        "/appeals".to_owned(),
        "/proposals".to_owned(),
        "/rerun".to_owned(),
        "/insight".to_owned(),
    ];
    let (times, next) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let end = Instant::now() + SPAN;
    let (next, paths, times) = (&next, &paths, &times);
    let each = people.iter().zip(1..).map(async |(who, place)| {
        // They did not all sit down in the same instant.
        tokio::time::sleep(rest * place / LINES as u32).await;
        while Instant::now() < end {
            let path = &paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()];
            let answer = served.get(who, path).await;
            assert_eq!(answer.status, 200, "{path}");
            times.lock().await.push((path.clone(), answer.took));
            tokio::time::sleep(rest).await;
        }
    });
    futures_util::future::join_all(each).await;
    std::mem::take(&mut *times.lock().await)
}

/// Meanwhile each asks once for a plan of their team.
async fn ask(served: &Served, filled: &Filled, people: &[Person], rest: Duration) -> Vec<Duration> {
    let mut times = Vec::new();
    for (at, who) in people.iter().enumerate() {
        tokio::time::sleep(SPAN / (2 * LINES as u32)).await;
        let (team, period) = (format!("T{:04}", at % filled.teams), filled.period.to_string());
        // Each time another request, which is not answered by the one before.
        let key = format!("{}{}", who.csrf, rest.as_millis());
        let fields = [("job", JOB), ("team", &team), ("period", &period), ("key", &key)];
        let answer = served.post(who, "/rerun/plan", &fields).await;
        assert_eq!(answer.status, 303, "a request of {}", who.name);
        times.push(answer.took);
    }
    times
}

fn tell(what: &str, times: impl Iterator<Item = Duration>) {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "{what}: {} answered, median {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
