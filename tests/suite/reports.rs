//! Reports go to their readers and to nobody else, say what the cards say, and are issued again only when that changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mail_parser::{MessageParser, MimeHeaders};
use scorepost::diag::AuthoredFile;
use scorepost::job::Job;
use scorepost::ledger::{DocumentKind, RecipientRole, RunState};
use scorepost::pipeline::{Outcome, export};
use scorepost::render::report::{About, report_body};
use scorepost::render::{House, subject_of};
use scorepost::score::Appraisal;
use scorepost::score::appraisal::Standing;
use scorepost::trial;
use scorepost::words::Locale;
use serde_json::Value;

use crate::bench::Bench;

/// What three kinds of reports look like in a job.
const REPORTS: &str = r#"
[[report]]
kind = "ranking"
to = ["managers"]

[[report]]
kind = "summary"
to = ["hr@example.test"]

[[report]]
kind = "result-sheet"
to = ["agents", "managers"]
shows = ["grade"]
"#;

fn data(bench: &Bench, run: &str, kind: DocumentKind, subject: &str) -> Value {
    let document = &bench.documents(run)[&(kind, subject.to_owned())];
    serde_json::from_str(&document.data).expect("a body")
}

fn rows(body: &Value) -> Vec<&Value> {
    let tables = body["tables"].as_array().expect("tables");
    tables.iter().flat_map(|table| table["rows"].as_array().expect("rows")).collect()
}

/// The bench with one more duty in the monthly job's scheme, and a list of those whom it commends.
fn commending(bench: Bench, when: &str) -> Bench {
    let bench = bench.with_monthly("\n[[report]]\nkind = \"commendation\"\nto = [\"managers\"]\n");
    let scheme = bench.folder.path().join("own-jobs/schemes/presale-weighted.toml");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes/presale-weighted.toml");
    let text = std::fs::read_to_string(shipped).expect("the shipped scheme");
    let duty = format!(
        "\n[[duty]]\nid = \"stars\"\nkind = \"commendation\"\nwhen = \"{when}\"\nto = [\"managers\"]\n\
         text = {{ zh = \"公布服务之星\", en = \"name the stars\" }}\n"
    );
    std::fs::write(scheme, text + &duty).expect("a scheme");
    bench.reopen(|environment| {
        let jobs = environment["SCOREPOST_DATA"].clone() + "/own-jobs";
        environment.insert("SCOREPOST_JOBS".to_owned(), jobs);
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commendation_that_no_longer_holds_is_taken_back() {
    let bench = commending(Bench::on(9), "total >= 80");
    let first = bench.run(bench.october()).await;
    let key = (DocumentKind::Commendation, "shop".to_owned());
    let stars = rows(&data(&bench, &first.run.id, key.0, &key.1)).len();
    assert!(stars > 0);
    let bench = commending(bench, "total > 1000");
    let second = bench.run(bench.october()).await;
    let withdrawn = &bench.documents(&second.run.id)[&key];
    assert_eq!(withdrawn.edition, 2);
    let changed: Vec<Value> = serde_json::from_str(withdrawn.changed.as_deref().unwrap_or_default()).expect("changes");
    assert_eq!(changed.iter().filter(|one| one["after"] == "—").count(), stars.min(12), "{changed:?}");
    assert!(!bench.pdf(withdrawn).is_empty());
    let third = bench.run(bench.october()).await;
    assert_eq!(third.new_editions, 0, "taken back once");
    let fresh = commending(Bench::on(9), "total > 1000");
    let nobody = fresh.run(fresh.october()).await;
    assert!(!fresh.documents(&nobody.run.id).contains_key(&key), "nothing was published, nothing is taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_does_not_print_is_recorded_all_the_same() {
    let bench = Bench::on(9);
    let watch = bench.run(bench.day("2026-10-14")).await;
    let documents = bench.documents(&watch.run.id);
    let cards: Vec<_> = documents.values().filter(|one| one.kind == DocumentKind::Card).collect();
    assert!(cards.len() > 10 && cards.iter().all(|one| one.pdf_hash.is_none()));
    assert!(documents.values().all(|one| one.kind != DocumentKind::Pack));
    assert!(documents.values().filter(|one| one.kind == DocumentKind::Alert).all(|one| one.pdf_hash.is_some()));
    let again = bench.run(bench.day("2026-10-14")).await;
    assert_eq!(again.new_editions, 0);
}

/// The places of a run, by staff number.
fn places(outcome: &Outcome) -> BTreeMap<String, u32> {
    let cards = &outcome.appraisal.as_ref().expect("an appraisal").cards;
    let place = |card: &scorepost::score::appraisal::Card| match card.standing {
        Standing::Scored { rank, .. } => Some((card.agent.id.clone(), rank)),
        Standing::NotScored { .. } => None,
    };
    cards.iter().filter_map(place).collect()
}

/// Kind, subject and role of every letter of a run, with how many there are.
fn letters(bench: &Bench, run: &str) -> BTreeMap<(DocumentKind, String, RecipientRole), usize> {
    let mut count = BTreeMap::new();
    for delivery in bench.pipeline.ledger.deliveries(run).expect("deliveries") {
        *count.entry((delivery.kind, delivery.subject, delivery.role)).or_default() += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weekly_ranking_goes_to_all_and_nothing_else_does() {
    let bench = Bench::on(9);
    let before = bench.run(bench.week("2026-W42").results()).await;
    let outcome = bench.run(bench.week("2026-W43").send()).await;
    assert_eq!(outcome.run.state, RunState::Sent);
    let body = data(&bench, &outcome.run.id, DocumentKind::Ranking, "shop");
    let (places, earlier) = (places(&outcome), places(&before));
    assert!(places.len() > 10);
    let told: BTreeMap<String, u32> = rows(&body)
        .iter()
        .map(|row| (row["id"].as_str().expect("an id").to_owned(), row["rank"].as_u64().expect("a place") as u32))
        .collect();
    assert_eq!(told, places);
    for row in rows(&body) {
        let id = row["id"].as_str().expect("an id");
        let moved = match earlier.get(id) {
            Some(before) => i64::from(*before) - i64::from(places[id]),
            None => 0,
        };
        let sign = if row["moved"]["way"] == "down" { -1 } else { 1 };
        assert_eq!(sign * row["moved"]["by"].as_i64().expect("a number"), moved, "{row}");
    }
    let roster = bench.pipeline.ledger.deliveries(&outcome.run.id).expect("deliveries");
    assert!(roster.iter().all(|one| one.kind == DocumentKind::Ranking), "no cards and no packs in the week");
    let recipients: BTreeSet<&str> = roster.iter().map(|one| one.address.as_str()).collect();
    let appraisal = outcome.appraisal.as_ref().expect("an appraisal");
    let agents = appraisal.cards.iter().filter_map(|card| card.agent.email.as_deref());
    let managers = appraisal.teams.iter().filter_map(|team| team.manager.as_ref()?.email.as_deref());
    assert_eq!(recipients, agents.chain(managers).collect(), "every agent and manager with an address");
    assert_eq!(recipients.len(), roster.len(), "each once");
    let document = &bench.documents(&outcome.run.id)[&(DocumentKind::Ranking, "shop".to_owned())];
    for bytes in bench.outbox().values() {
        let letter = MessageParser::default().parse(bytes).expect("a letter");
        assert_eq!(letter.to().expect("a recipient").iter().count(), 1);
        assert_eq!(letter.attachment_count(), 1);
        let attached = letter.attachment(0).expect("an attachment");
        assert_eq!(attached.contents(), bench.pdf(document));
        assert_eq!(subject_of(attached.contents()).as_deref(), Some("shop"));
        assert_eq!(attached.attachment_name(), Some("周排名_客服中心_2026-W43.pdf"));
        assert!(letter.subject().is_some_and(|subject| subject.contains("周排名") && subject.contains("第43周")));
    }
    let again = bench.run(bench.week("2026-W43").send()).await;
    assert_eq!((again.new_editions, again.tally.sent_now, again.tally.sent), (0, 0, roster.len() as u64));
    let body = body.to_string();
    for foreign in ["¥", "@", "迟到", "attendance", "money", "remarks", "findings", "reason\":\""] {
        assert!(!body.contains(foreign), "`{foreign}` is in {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reports_of_a_month_reach_their_readers_agree_with_the_packs_and_change_alone() {
    let bench = Bench::on(9).with_monthly(REPORTS);
    let plan = bench.plan(bench.october());
    let said: Vec<&str> =
        plan.lines.iter().map(|line| line.zh.as_str()).filter(|line| line.starts_with("报表")).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[1].contains("hr@example.test"), "{said:?}");
    let outcome = bench.run(bench.october().send()).await;
    let run = &outcome.run.id;
    let letters = letters(&bench, run);
    let count = |kind, subject: &str, role| letters.get(&(kind, subject.to_owned(), role)).copied().unwrap_or(0);
    for team in ["T1", "T2", "T3"] {
        assert_eq!(count(DocumentKind::Ranking, team, RecipientRole::Manager), 1, "{team}");
        assert_eq!(count(DocumentKind::Ranking, team, RecipientRole::Agent), 0, "{team}");
    }
    assert_eq!(count(DocumentKind::Summary, "shop", RecipientRole::Reader), 1);
    assert_eq!(count(DocumentKind::ResultSheet, "shop", RecipientRole::Agent), 20);
    assert_eq!(count(DocumentKind::ResultSheet, "shop", RecipientRole::Manager), 3);
    assert_eq!(letters.values().sum::<usize>(), 23 + 3 + 1 + 23, "cards and packs, and the reports");
    let summary = bench.outbox().into_iter().find(|(name, _)| name.starts_with("hr@")).expect("a letter to HR").1;
    let letter = MessageParser::default().parse(&summary).expect("a letter");
    assert!(letter.reply_to().is_none() && letter.subject().is_some_and(|subject| subject.contains("绩效汇总")));
    assert!(letter.to().and_then(|to| to.first()?.name()).is_none(), "nothing but the address is known of HR");
    let sheet = data(&bench, run, DocumentKind::ResultSheet, "shop");
    assert!(rows(&sheet).iter().all(|row| row["total"].is_null() && row["grade"].is_string()), "grades alone");
    let plan = bench.plan(bench.october());
    assert!(
        plan.lines
            .iter()
            .any(|line| line.en == "report: Performance summary, 1 in all, 0 with a new edition; for hr@example.test"),
        "{:?}",
        plan.lines
    );
    agrees_with_packs(&bench, &outcome);
    stands_beside_packs(&bench, &outcome);
    changes_alone(bench).await;
}

/// The summary's numbers of a team are those of its pack.
fn agrees_with_packs(bench: &Bench, outcome: &Outcome) {
    let summary = data(bench, &outcome.run.id, DocumentKind::Summary, "shop");
    let teams = summary["teams"].as_array().expect("teams");
    assert_eq!(teams.len(), 3);
    for team in teams {
        let pack = data(bench, &outcome.run.id, DocumentKind::Pack, team["id"].as_str().expect("an id"));
        for key in ["scored", "of"] {
            assert_eq!(team[key], pack["tiles"][key], "{key}");
        }
        assert_eq!(team["manager"], pack["team"]["manager"]);
    }
    let of_packs: u64 = teams.iter().map(|team| team["of"].as_u64().expect("a number")).sum();
    assert_eq!(summary["all"]["of"], of_packs);
}

/// Exported reports have a place and a name of their own.
fn stands_beside_packs(bench: &Bench, outcome: &Outcome) {
    let folder = bench.folder.path().join("export");
    export(&bench.pipeline, outcome, &folder).expect("files");
    for path in ["pdf/T1/pack.pdf", "pdf/T1/ranking.pdf", "pdf/shop/summary.pdf", "pdf/shop/result-sheet.pdf"] {
        let bytes = std::fs::read(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(bytes.starts_with(b"%PDF"));
    }
    let run: Value = serde_json::from_slice(&std::fs::read(folder.join("run.json")).expect("a file")).expect("JSON");
    assert!(run["pdfs"]["summary/shop"].is_string() && run["pdfs"]["ranking/T3"].is_string(), "{run}");
}

/// What one report shows is changed in the job: it alone is issued and mailed again, and says whose line changed.
async fn changes_alone(bench: Bench) {
    let bench = bench.with_monthly(&REPORTS.replace("shows = [\"grade\"]", "shows = [\"grade\", \"total\"]"));
    let outcome = bench.run(bench.october().send()).await;
    let documents = bench.documents(&outcome.run.id);
    let again: Vec<DocumentKind> =
        documents.iter().filter(|(_, one)| one.edition == 2).map(|((kind, _), _)| *kind).collect();
    assert_eq!(again, [DocumentKind::ResultSheet]);
    assert_eq!((outcome.new_editions, outcome.tally.sent_now), (1, 23));
    let sheet = &documents[&(DocumentKind::ResultSheet, "shop".to_owned())];
    let changed: Vec<Value> = serde_json::from_str(sheet.changed.as_deref().expect("changes")).expect("JSON");
    assert_eq!(changed.len(), 13, "a dozen people, and how many more");
    assert!(changed[0]["after"].as_str().is_some_and(|after| after.contains('.')), "{changed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_for_one_team_makes_its_reports_alone_and_one_for_an_agent_none() {
    let bench = Bench::on(9).with_monthly(REPORTS);
    let of_kinds = |run: &str| -> BTreeSet<(DocumentKind, String)> {
        let is_report = |kind: &DocumentKind| !matches!(kind, DocumentKind::Card | DocumentKind::Pack);
        bench.documents(run).into_keys().filter(|(kind, _)| is_report(kind)).collect()
    };
    let team = bench.run(bench.october().team("T2")).await;
    assert_eq!(of_kinds(&team.run.id), BTreeSet::from([(DocumentKind::Ranking, "T2".to_owned())]));
    let body = data(&bench, &team.run.id, DocumentKind::Ranking, "T2").to_string();
    for card in &team.appraisal.as_ref().expect("an appraisal").cards {
        assert_eq!(body.contains(&card.agent.id), card.team_id == "T2", "{}", card.agent.id);
    }
    let agent = bench.run(bench.october().agent("A001")).await;
    assert_eq!(of_kinds(&agent.run.id), BTreeSet::new());
}

/// What a report says about a story of a scheme.
fn of_story(scheme: &str, story: &str, report: &str) -> (Appraisal, Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = AuthoredFile::read(&root.join(format!("jobs/schemes/{scheme}.toml"))).expect("a scheme");
    let folder = root.join("fixtures/schemes").join(scheme).join(story);
    let appraisal = trial::run(&file, &folder).expect("a story that can be scored").appraisal;
    let job = format!(
        "id = \"job\"\ntitle = \"t\"\ncycle = \"month\"\ntime-zone = \"Asia/Shanghai\"\nsources = [\"x\"]\n\
         scheme = \"{scheme}\"\n[letters]\nfrom = \"a@example.test\"\nfrom-name = \"a\"\nto = []\n[[report]]\n{report}\n"
    );
    let job = Job::parse(&AuthoredFile::from_text("job.toml", &job)).unwrap_or_else(|found| panic!("{found}"));
    let about = (About::Shop, "shop");
    let body = report_body(&appraisal, &job.reports[0], about, &House::default(), Locale::Zh).expect("a report");
    (appraisal, body)
}

#[test]
fn stars_are_those_whom_the_scheme_commends() {
    let (appraisal, body) = of_story("aftersale-modern", "first-contact-tiers", "kind = \"commendation\"");
    let stars = appraisal.cards.iter().filter(|card| card.marks.iter().any(|mark| mark.id == "five-star"));
    let stars: BTreeSet<&str> = stars.map(|card| card.agent.id.as_str()).collect();
    let named: BTreeSet<&str> = rows(&body).iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!((&named, stars.len()), (&stars, 1));
    let star = rows(&body)[0];
    assert!(star["marks"].as_array().is_some_and(|marks| marks.iter().any(|mark| mark == "五星客服")), "{star}");
    assert!(star["feats"].as_array().is_some_and(|feats| !feats.is_empty()), "what for, with the number: {star}");
    let (_, by_grade) = of_story("aftersale-quarterly-grades", "grade-limits", "kind = \"commendation\"");
    assert!(rows(&by_grade).iter().all(|row| row["grade"] == "优秀"), "{by_grade}");
}

#[test]
fn a_public_sheet_of_departments_tells_no_bonus() {
    let report = "kind = \"result-sheet\"\nobjection-days = 3";
    let (appraisal, body) = of_story("hotel-departments", "support-base-filled", report);
    assert!(appraisal.cards.iter().any(|card| !card.money.is_empty()), "the story pays somebody");
    assert_eq!(body["objection_days"], 3);
    let text = body.to_string();
    for line in appraisal.cards.iter().flat_map(|card| &card.money) {
        assert!(!text.contains(&line.amount.fixed(2)) && !text.contains(&line.label.zh), "{}", line.id);
    }
}
