//! What follows up: alerts go to the managers whom they concern and once, a quarter is tracked while it runs, a plan reaches
//! the agent and the manager alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use axum::response::IntoResponse;
use mail_parser::{Message, MessageParser, MimeHeaders};
use scorepost::exact::Exact;
use scorepost::ledger::{DocumentKind, RunState};
use scorepost::pipeline::Outcome;
use scorepost::render::subject_of;
use scorepost::score::appraisal::{Alert, Beyond, Unit};
use serde_json::Value;

use crate::bench::{Bench, files};
use crate::sources::double::{Double, status};

/// The alerts of a run by the team of the agent.
fn by_team(outcome: &Outcome) -> BTreeMap<String, Vec<&Alert>> {
    let appraisal = outcome.appraisal.as_ref().expect("an appraisal");
    let mut teams: BTreeMap<String, Vec<&Alert>> = BTreeMap::new();
    for alert in appraisal.alerts.iter() {
        let card = appraisal.cards.iter().find(|card| card.agent.id == alert.about).expect("a card");
        teams.entry(card.team_id.clone()).or_default().push(alert);
    }
    teams
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).expect("a letter")
}

fn recipient(letter: &Message<'_>) -> String {
    let to: Vec<&str> = letter.to().expect("a recipient").iter().filter_map(|one| one.address()).collect();
    assert_eq!((to.len(), letter.cc().is_some(), letter.bcc().is_some()), (1, false, false));
    to[0].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_go_to_the_managers_whom_they_concern_and_once() {
    let bench = Bench::on(9);
    let outcome = bench.run(bench.day("2026-10-19").send()).await;
    let teams = by_team(&outcome);
    assert!(!teams.is_empty(), "the shop has a day with an alert");
    assert_eq!(outcome.run.state, RunState::Sent);
    let documents = bench.documents(&outcome.run.id);
    let told: BTreeSet<&String> =
        documents.keys().filter(|(kind, _)| *kind == DocumentKind::Alert).map(|(_, subject)| subject).collect();
    assert_eq!(told, teams.keys().collect(), "a team without an alert has no document");
    let outbox = bench.outbox();
    assert_eq!(outbox.len(), teams.len(), "one letter to each manager concerned, no card and no pack");
    let appraisal = outcome.appraisal.as_ref().expect("an appraisal");
    for bytes in outbox.values() {
        let letter = parsed(bytes);
        let to = recipient(&letter);
        let team = appraisal
            .teams
            .iter()
            .find(|team| team.manager.as_ref().and_then(|manager| manager.email.as_deref()) == Some(to.as_str()));
        let team = team.expect("a manager");
        let attached = letter.attachment(0).expect("an attachment");
        assert_eq!(subject_of(attached.contents()), Some(team.id.clone()));
        let (text, html) = (letter.body_text(0).expect("a text"), letter.body_html(0).expect("a page"));
        let subject = letter.subject().expect("a subject");
        assert!(subject.starts_with("预警：") && subject.contains(&team.name), "{subject}");
        for card in &appraisal.cards {
            let own = teams[&team.id].iter().any(|alert| alert.about == card.agent.id);
            assert_eq!(text.contains(&card.agent.name), own, "{} in {text}", card.agent.name);
            assert_eq!(html.contains(&card.agent.name), own, "{} in {html}", card.agent.name);
            assert!(!subject.contains(&card.agent.name), "a subject shows on locked screens: {subject}");
        }
        for alert in &teams[&team.id] {
            let value = alert.sightings[0].measured.value.clone().expect("a value");
            let scale = Exact::whole(if alert.unit == Unit::Percent { 100 } else { 1 });
            let printed = (value * scale).fixed(alert.decimals);
            assert!(text.contains(&printed) && html.contains(&printed), "`{printed}` is not in {text}");
            assert!(alert.question.as_ref().is_none_or(|question| text.contains(&question.zh)), "{text}");
        }
    }
    let again = bench.run(bench.day("2026-10-19").send()).await;
    assert_eq!((again.new_editions, bench.outbox().len()), (0, outbox.len()), "the same alert is not mailed twice");
}

/// The same with a watch that tells from 5% on: the shop's people are even-tempered.
fn watching_closely(bench: Bench) -> Bench {
    let jobs = bench.folder.path().join("own-jobs");
    crate::bench::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &jobs);
    let scheme = jobs.join("schemes/daily-watch.toml");
    let text = std::fs::read_to_string(&scheme).expect("a scheme");
    assert!(text.contains("worse-by = \"30%\""), "{text}");
    std::fs::write(&scheme, text.replace("worse-by = \"30%\"", "worse-by = \"5%\"")).expect("a scheme");
    bench.reopen(|environment| {
        environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_compared_with_the_days_that_ran_before_it() {
    let bench = watching_closely(Bench::on(9));
    let mut values: BTreeMap<String, Vec<Exact>> = BTreeMap::new();
    let mut compared = 0;
    for day in 12..=19 {
        let outcome = bench.run(bench.day(&format!("2026-10-{day}")).results()).await;
        let appraisal = outcome.appraisal.expect("an appraisal");
        for alert in appraisal.alerts.iter().filter(|alert| alert.watch == "answers-slower") {
            let [Beyond::Worse { mean, days, .. }] = &alert.sightings[0].beyond[..] else { panic!("{alert:?}") };
            let before = &values[&alert.about];
            let before = &before[before.len().saturating_sub(7)..];
            let sum: Exact = before.iter().cloned().sum();
            assert_eq!(
                (*days as usize, Some(mean.clone())),
                (before.len(), sum.checked_div(&Exact::whole(before.len() as i64)))
            );
            let value = alert.sightings[0].measured.value.clone().expect("a value");
            assert!(value >= mean.clone() * Exact::scaled(105, 2), "{alert:?}");
            compared += 1;
        }
        let slower: BTreeSet<String> = appraisal
            .alerts
            .iter()
            .filter(|alert| alert.watch == "answers-slower")
            .map(|alert| alert.about.clone())
            .collect();
        for card in &appraisal.cards {
            let line = card.lines.iter().find(|line| line.id == "response-time").expect("a line");
            let Some(value) = line.measured.as_ref().and_then(|one| one.value.clone()) else { continue };
            let before = values.entry(card.agent.id.clone()).or_default();
            let sum: Exact = before.iter().cloned().sum();
            let mean = sum.checked_div(&Exact::whole(before.len() as i64));
            let is_slower = mean.is_some_and(|mean| value >= mean * Exact::scaled(105, 2));
            assert_eq!(slower.contains(&card.agent.id), is_slower, "{} on the {day}th", card.agent.id);
            before.push(value);
        }
    }
    assert!(compared > 0, "nobody was slower in eight days");
}

/// Serves the files of a quarter as they are on a day.
async fn quarter(today: &'static str) -> Double {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schemes/presale-quarterly/half-a-quarter/2026-Q4");
    Double::new(move |asked| {
        let Some(name) = asked.path.strip_prefix("/2026-Q4/") else { return status(404, "not found") };
        let Ok(text) = std::fs::read_to_string(folder.join(name)) else { return status(404, "not found") };
        let text = match name {
            "agents.csv" => with_addresses(&text),
            _ => text,
        };
        // What was won later in the quarter is not there yet.
        let later = |line: &str| today < "2026-12" || name != "crm_leads.csv" || !line.is_empty();
        let lines: Vec<&str> = text.lines().filter(|line| later(line)).collect();
        let more = if today >= "2026-12" && name == "crm_leads.csv" {
            "\nL7,A01,2026-11-20,true\nL8,A01,2026-11-21,true"
        } else {
            ""
        };
        format!("{}{more}\n", lines.join("\n")).into_response()
    })
    .await
}

/// The story's roster with an address for everybody.
fn with_addresses(roster: &str) -> String {
    let line = |(at, line): (usize, &str)| match (at, line.split(',').next()) {
        (0, _) => format!("{line},email"),
        (_, id) => format!("{line},{}@example.test", id.unwrap_or_default().to_lowercase()),
    };
    roster.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The program in a folder of its own, at an instant.
async fn scorepost(folder: &Path, base: &str, now: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    let own = folder.join("jobs");
    command
        .args(arguments)
        .arg("--json")
        .env("SCOREPOST_DATA", folder.join("data"))
        .env("SCOREPOST_JOBS", if own.exists() { own } else { shipped })
        .env("SCOREPOST_NOW", now)
        .env("SCOREPOST_MAIL_URL", format!("folder:{}", folder.join("outbox").display()))
        .env("TABLES_URL", base);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("a run");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

fn total(run: &Value, agent: &str) -> Option<String> {
    let document = run["documents"].as_array().into_iter().flatten().find(|one| one["subject"] == agent)?;
    Some(document["total"].as_str()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_is_tracked_while_it_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let half = quarter("2026-11-16").await;
    let order = ["run", "quarterly-tracking", "--send"];
    let run = scorepost(folder.path(), &half.base, "2026-11-16T09:00:00+08:00", &order).await;
    assert_eq!(run["run"], "quarterly-tracking-2026-Q4-1", "`last` is the quarter that runs: {run:#}");
    assert_eq!((total(&run, "A01").as_deref(), &run["state"]), (Some("62.00"), &"sent".into()), "{run:#}");
    let letters = files(&folder.path().join("outbox"));
    assert_eq!(letters.len(), 1, "cards of a quarter that runs are not mailed");
    let letter = parsed(letters.values().next().expect("a letter"));
    assert_eq!(recipient(&letter), "m01@example.test");
    assert!(letter.body_text(0).is_some_and(|text| text.contains("46 / 92") && text.contains("临时")));
    // Two more leads were won: (80 × 20 + 75 × 30) / 50 = 77.
    let later = quarter("2026-12-01").await;
    let run = scorepost(folder.path(), &later.base, "2026-12-01T09:00:00+08:00", &order).await;
    assert_eq!(total(&run, "A01").as_deref(), Some("77.00"), "{run:#}");
    assert_eq!(files(&folder.path().join("outbox")).len(), 2, "another stand is another edition");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_the_end_is_held_while_a_quarter_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let jobs = folder.path().join("jobs");
    crate::bench::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &jobs);
    let job = jobs.join("quarterly-tracking.toml");
    let text = std::fs::read_to_string(&job).expect("a job").replace("periods = \"running\"", "");
    std::fs::write(&job, text).expect("a job");
    let half = quarter("2026-11-16").await;
    let order = ["run", "quarterly-tracking", "--period", "2026-Q4", "--send"];
    let run = scorepost(folder.path(), &half.base, "2026-11-16T09:00:00+08:00", &order).await;
    assert_eq!(run["state"], "held", "{run:#}");
    assert!(files(&folder.path().join("outbox")).is_empty());
}

/// Ten agents of one team with a supervisor's rating each, in a month without checks and surveys; the last gets a plan.
fn ten_agents(asked: &str) -> Option<String> {
    let ids = || 1..=10;
    Some(match asked {
        "/2026-10/agents.csv" => {
            let agents: String =
                ids().map(|at| format!("A{at:02},测试{at},T1,测试一组,presale,a{at:02}@example.test\n")).collect();
            format!(
                "agent_id,name,team_id,team_name,role,email\n{agents}M1,测试主管,T1,测试一组,manager,m1@example.test\n"
            )
        }
        "/2026-10/qa_checks.csv" => "check_id,agent_id,date,item_id,points\n".to_owned(),
        "/2026-10/surveys.csv" => "agent_id,date,score\n".to_owned(),
        "/2026-10/ratings.csv" => {
            let rating = |at: u32| format!("M1,supervisor,A{at:02},overall,{},2026-10-20\n", 100 - 3 * at);
            format!("rater_id,rater_role,agent_id,item_id,score,date\n{}", ids().map(rating).collect::<String>())
        }
        _ => return None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_reaches_the_agent_and_the_manager_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let jobs = folder.path().join("jobs");
    crate::bench::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &jobs);
    let read = |name: &str| std::fs::read_to_string(jobs.join(name)).expect("a shipped file");
    let scheme = read("schemes/presale-modern.toml").replace("value = \"unset\"", "value = 0");
    let agents_too = "to = [\"agent\", \"managers\"]\ntext = { zh = \"按目标";
    assert!(scheme.contains(agents_too), "the shipped scheme gives the plan to the agent");
    std::fs::write(jobs.join("schemes/presale-modern.toml"), &scheme).expect("a scheme");
    let job = "id = \"plans\"\ntitle = \"计划\"\ncycle = \"month\"\ntime-zone = \"Asia/Shanghai\"\nsources = [\"csv-tables\"]\n\
               scheme = \"presale-modern\"\n[letters]\nfrom = \"scorecards@example.test\"\nfrom-name = \"绩效卡\"\nto = []\n\
               allow-domains = [\"example.test\"]\n[[report]]\nkind = \"improvement-plan\"\nto = [\"managers\", \"agents\"]\n";
    std::fs::write(jobs.join("plans.toml"), job).expect("a job");
    let double = Double::new(|asked| match ten_agents(&asked.path) {
        Some(text) => text.into_response(),
        None => status(404, "not found"),
    })
    .await;
    let now = "2026-11-09T09:00:00+08:00";
    let run = scorepost(folder.path(), &double.base, now, &["run", "plans", "--period", "2026-10", "--send"]).await;
    assert_eq!(run["state"], "sent", "{run:#}");
    let letters = files(&folder.path().join("outbox"));
    let to: BTreeSet<String> = letters.values().map(|bytes| recipient(&parsed(bytes))).collect();
    assert_eq!(to, BTreeSet::from(["a10@example.test".to_owned(), "m1@example.test".to_owned()]));
    for bytes in letters.values() {
        let letter = parsed(bytes);
        let attached = letter.attachment(0).expect("an attachment");
        assert_eq!(subject_of(attached.contents()).as_deref(), Some("A10"));
        assert!(attached.attachment_name().is_some_and(|name| name.starts_with("改进计划_测试10_2026-10")));
        assert!(letter.body_text(0).is_some_and(|text| !text.contains("70.00")), "the numbers stay in the document");
    }
    // A scheme that tells managers alone keeps it from the agent, whatever the job says.
    let alone = scheme.replace(agents_too, "to = [\"managers\"]\ntext = { zh = \"按目标");
    std::fs::write(jobs.join("schemes/presale-modern.toml"), alone).expect("a scheme");
    let other = tempfile::tempdir().expect("a folder");
    crate::bench::copy(&jobs, &other.path().join("jobs"));
    let run = scorepost(other.path(), &double.base, now, &["run", "plans", "--period", "2026-10", "--send"]).await;
    assert_eq!(run["state"], "sent", "{run:#}");
    let letters = files(&other.path().join("outbox"));
    let to: Vec<String> = letters.values().map(|bytes| recipient(&parsed(bytes))).collect();
    assert_eq!(to, ["m1@example.test"]);
}
