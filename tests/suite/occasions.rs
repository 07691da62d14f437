//! What a job does on its own beside its run: milestones, pauses, waiting for others, and releases that nobody gives.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use scorepost::ledger::{Moment, NewRun, OccurrenceState, RunState, Scope, Trigger};
use scorepost::period::Period;
use scorepost::pipeline;

use crate::bench::{Bench, Place, morning};
use crate::scheduler::{JOB, Served};

/// The monthly job on the morning of a day, with parts of its file replaced.
fn served(day: u32, changes: &[(&str, &str)]) -> (Place, Served) {
    let change = |text: &str| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "the job has no `{from}`");
            text.replace(from, to)
        })
    };
    let (place, pipeline) = Bench::on(day).with_monthly_alone(change).give();
    (place, Served::start(pipeline))
}

const AUTOMATIC: &str = "[release]\nby = \"automatic\"";

fn state(served: &Served) -> Option<RunState> {
    served.runs().first().map(|run| run.state)
}

fn announcements(served: &Served) -> Vec<String> {
    let all = served.ledger().announcements(JOB, 9).expect("announcements");
    all.into_iter().rev().map(|one| one.said.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_nobody_gives_is_asked_for_and_then_held() {
    let by = "[release]\nby = \"manager\"\nremind-after = \"1d\"\ndeadline = \"3d\"";
    let (_place, served) = served(9, &[(AUTOMATIC, by)]);
    served.until("it is ready", |one| state(one) == Some(RunState::Ready)).await;
    assert_eq!(announcements(&served), Vec::<String>::new());
    served.later(TimeDelta::days(1) + TimeDelta::minutes(1));
    served.until("people are reminded", |one| announcements(one) == ["release-reminder"]).await;
    served.later(TimeDelta::minutes(1));
    served.later(TimeDelta::days(2));
    served.until("it is held", |one| state(one) == Some(RunState::Held)).await;
    assert_eq!(announcements(&served), ["release-reminder", "release-late"], "each is said once");
    let run = served.runs()[0].id.clone();
    let pipeline = served.end().await;
    pipeline.stopping.store(false, Ordering::SeqCst);
    let refused = pipeline::release(&pipeline, &run, "hr", &|_| {}).await.expect_err("it is held");
    assert!(format!("{refused:#}").contains("--accept"), "{refused:#}");
    pipeline::accept(&pipeline, &run, "hr", "we were away").expect("answered for");
    let outcome = pipeline::release(&pipeline, &run, "hr", &|_| {}).await.expect("a release");
    assert_eq!(outcome.run.state, RunState::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_release_is_given_or_the_run_given_up_as_the_job_says() {
    for (then, end) in [("release", RunState::Sent), ("cancel", RunState::Cancelled)] {
        let by = format!("[release]\nby = \"manager\"\ndeadline = \"12h\"\nthen = \"{then}\"");
        let (place, served) = served(9, &[(AUTOMATIC, &by)]);
        served.until("it is ready", |one| state(one) == Some(RunState::Ready)).await;
        served.later(TimeDelta::hours(12));
        served.until(then, |one| state(one) == Some(end)).await;
        served.end().await;
        let letters = crate::bench::files(&place.folder.path().join("outbox")).len();
        assert_eq!(letters, if end == RunState::Sent { 23 } else { 0 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_falls_due_in_a_pause_is_made_up_for_afterwards() {
    let (place, pipeline) = Bench::on(8).with_monthly_alone(|text| text.replace("15d", "16d")).give();
    pipeline.ledger.pause_job(JOB, "hr", "stocktaking").expect("paused");
    place.clock.set(morning(9));
    let served = Served::start(pipeline);
    served.later(TimeDelta::hours(1));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(served.occasion(), None);
    served.ledger().resume_job(JOB, "hr").expect("resumed");
    served.later(TimeDelta::minutes(1));
    served.until("it was made up for", |one| state(one) == Some(RunState::Sent)).await;
    assert_eq!(served.occasion().map(|one| one.moment), Some(Moment::of_schedule(morning(9))));
    assert_eq!(served.runs().len(), 1);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occasion_waits_for_a_run_at_work_or_is_left_out() {
    for (overlap, end) in [("queue", OccurrenceState::Done), ("skip", OccurrenceState::Skipped)] {
        let schedule = format!("catch-up = \"latest\"\noverlap = \"{overlap}\"");
        let (_place, pipeline) =
            Bench::on(9).with_monthly_alone(|text| text.replace("catch-up = \"latest\"", &schedule)).give();
        let new = NewRun {
            job: JOB.to_owned(),
            period: Period::parse("2026-09").expect("a period"),
            scope: Scope::default(),
            trigger: Trigger::AdHoc,
            requested_by: "test".to_owned(),
            refresh: false,
            send: false,
            as_of: None,
        };
        let other = pipeline.ledger.start_run(&new).expect("a run").id;
        pipeline.ledger.set_state(&other, RunState::Pulling).expect("at work");
        let served = Served::start(pipeline);
        served.until(overlap, |one| one.occasion().is_some_and(|one| one.state == end)).await;
        served
            .until("the other run ends", |one| {
                one.runs().iter().any(|run| run.id == other && run.state == RunState::Ready)
            })
            .await;
        let occasion = served.occasion().expect("an occasion");
        assert_eq!(occasion.why.is_some_and(|why| why.contains(&other)), overlap == "skip");
        served.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn milestones_of_a_period_do_their_things_in_turn() {
    let more = "by = \"automatic\"\n[[milestone]]\nid = \"ahead\"\ndoes = \"pull\"\non = \"day-8\"\nat = \"09:00\"\n\
                [[milestone]]\nid = \"draft\"\ndoes = \"draft\"\non = \"day-8\"\nat = \"10:00\"\n\
                [[milestone]]\nid = \"go\"\ndoes = \"release\"\non = \"working-day-8\"\nat = \"09:00\"\n";
    let (place, served) = served(8, &[("by = \"automatic\"", more)]);
    let kept = |one: &Served, milestone: &str| {
        let all = one.ledger().occurrences(JOB, 9).expect("occasions");
        all.iter().any(|one| one.moment.milestone == milestone && one.state == OccurrenceState::Done)
    };
    served.until("data is pulled ahead", |one| kept(one, "ahead")).await;
    assert!(served.runs().is_empty(), "a pull is no run");
    served.later(TimeDelta::hours(1));
    served.until("a draft is there", |one| kept(one, "draft") && state(one) == Some(RunState::Ready)).await;
    place.clock.set(morning(9));
    served.later(TimeDelta::zero());
    served.until("the cards are ready", |one| one.runs().len() == 2 && state(one) == Some(RunState::Ready)).await;
    assert!(crate::bench::files(&place.folder.path().join("outbox")).is_empty(), "they wait for their day");
    // The eighth working day of November 2026 is the eleventh.
    place.clock.set(morning(11));
    served.later(TimeDelta::zero());
    served.until("they are released", |one| kept(one, "go") && state(one) == Some(RunState::Sent)).await;
    assert_eq!(served.runs().len(), 2);
    assert_eq!(served.runs()[1].state, RunState::Cancelled, "the draft was superseded");
    served.end().await;
}
