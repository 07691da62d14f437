//! Forms come back as they were filled in: nothing is guessed, nothing is lost, and a name is never a formula.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};
use chrono::TimeDelta;
use rust_xlsxwriter::Workbook;
use scorepost::clock::Clock;
use scorepost::diag::AuthoredFile;
use scorepost::finding::Weight;
use scorepost::ledger::{Given, Scope, Trigger};
use scorepost::period::Period;
use scorepost::pipeline::{self, Form, FormDesk, FormFile, FormOrder, Known, Order, Outcome, Pipeline, Reach};
use scorepost::score::appraisal::{Card, Person};
use scorepost::settings::Settings;
use scorepost::trial::{self, Trial};
use scorepost::workbook;

use crate::bench::{copy, morning};
use crate::facts::exact;

/// A story of a shipped scheme, without what people rate, check and write down: that comes by forms.
pub struct Desk {
    pub folder: tempfile::TempDir,
    scheme: &'static str,
    pub period: Period,
    pub pipeline: Pipeline,
    story: PathBuf,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Desk {
    pub fn of(scheme: &'static str, story: &str, period: &str) -> Self {
        Self::with(scheme, story, period, |_| {})
    }

    /// The same, after a change of the tables.
    pub fn with(scheme: &'static str, story: &str, period: &str, change: impl Fn(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let story = root().join("fixtures/schemes").join(scheme).join(story);
        let tables = folder.path().join("tables").join(period);
        copy(&story.join(period), &tables);
        for given_by_forms in ["ratings.csv", "checklist_results.csv", "events.csv"] {
            let _ = std::fs::remove_file(tables.join(given_by_forms));
        }
        change(&tables);
        std::fs::create_dir(folder.path().join("forms")).expect("a folder");
        let jobs = folder.path().join("jobs");
        for file in ["sources/csv-tables.toml", "sources/forms.toml", &format!("schemes/{scheme}.toml")] {
            std::fs::create_dir_all(jobs.join(file).parent().expect("a folder")).expect("a folder");
            std::fs::copy(root().join("jobs").join(file), jobs.join(file)).expect("a copy");
        }
        write_job(&jobs, ("desk", scheme, period), &["csv-tables", "forms"]);
        let pipeline = open(folder.path(), &jobs);
        Self { folder, scheme, period: Period::parse(period).expect("a period"), pipeline, story }
    }

    fn order(&self) -> FormOrder {
        FormOrder {
            job: "desk".into(),
            period: self.period,
            team: None,
            rater: None,
            folder: self.folder.path().join("forms"),
            known: Known::Left,
        }
    }

    async fn forms(&self) -> Vec<FormFile> {
        self.write(&self.order()).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    async fn write(&self, order: &FormOrder) -> anyhow::Result<Vec<FormFile>> {
        pipeline::write_forms(&self.pipeline, order, &|_| {}).await
    }

    /// Opens everything again as it lies in the folder.
    pub fn reopened(&self) -> Pipeline {
        open(self.folder.path(), &self.folder.path().join("jobs"))
    }

    /// Opens everything again, with one more job or other sources of this one.
    pub fn with_job(&self, job: &str, sources: &[&str]) -> Pipeline {
        let jobs = self.folder.path().join("jobs");
        for source in sources {
            let file = format!("sources/{source}.toml");
            std::fs::copy(root().join("jobs").join(&file), jobs.join(&file)).expect("a copy");
        }
        write_job(&jobs, (job, self.scheme, &self.period.to_string()), sources);
        self.reopened()
    }

    pub async fn run(&self) -> Outcome {
        self.run_job(&self.pipeline, "desk").await
    }

    pub async fn run_job(&self, pipeline: &Pipeline, job: &str) -> Outcome {
        self.try_job(pipeline, job).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    pub async fn try_job(&self, pipeline: &Pipeline, job: &str) -> anyhow::Result<Outcome> {
        self.run_to(pipeline, job, Reach::Documents).await
    }

    /// The job's results without any document.
    pub async fn results(&self) -> Outcome {
        let outcome = self.run_to(&self.pipeline, "desk", Reach::Results).await;
        outcome.unwrap_or_else(|error| panic!("{error:#}"))
    }

    async fn run_to(&self, pipeline: &Pipeline, job: &str, reach: Reach) -> anyhow::Result<Outcome> {
        let order = Order {
            job: job.into(),
            period: self.period,
            scope: Scope::default(),
            trigger: Trigger::AdHoc,
            requested_by: "test".into(),
            refresh: true,
            send: false,
            as_of: None,
            reach,
            occasion: None,
            request: None,
            scheme_version: None,
            reason: None,
        };
        pipeline::run(pipeline, &order, &|_| {}).await
    }

    /// Lets time pass: what is pulled again must have begun after it was asked for.
    pub fn later(&self) {
        let clock = &self.pipeline.settings.clock;
        clock.set(clock.now() + TimeDelta::minutes(1));
    }

    /// The story as its tables are, scored without any form.
    pub fn trial(&self) -> Trial {
        let scheme = root().join("jobs/schemes").join(format!("{}.toml", self.scheme));
        let file = AuthoredFile::read(&scheme).expect("a scheme");
        trial::run(&file, &self.story).unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// The rows of a table of the story by the columns of its header.
    pub fn told(&self, table: &str) -> Vec<BTreeMap<String, String>> {
        let path = self.story.join(self.period.name()).join(format!("{table}.csv"));
        let mut reader = csv::Reader::from_path(path).expect("a table");
        let names = reader.headers().expect("a header").clone();
        let row = |row: csv::StringRecord| names.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
        reader.records().map(|one| row(one.expect("a row"))).collect()
    }
}

fn write_job(jobs: &Path, (id, scheme, period): (&str, &str, &str), sources: &[&str]) {
    let cycle = if period.contains('Q') { "quarter" } else { "month" };
    let job = format!(
        "id = \"{id}\"\ntitle = {{ zh = \"台\", en = \"Desk\" }}\ncycle = \"{cycle}\"\ntime-zone = \"Asia/Shanghai\"\n\
         sources = {sources:?}\nscheme = \"{scheme}\"\n\
         [letters]\nfrom = \"cards@example.test\"\nfrom-name = {{ zh = \"卡\", en = \"Cards\" }}\nto = []\n"
    );
    std::fs::write(jobs.join(format!("{id}.toml")), job).expect("a job");
}

fn open(folder: &Path, jobs: &Path) -> Pipeline {
    let environment = BTreeMap::from([
        ("SCOREPOST_DATA".to_owned(), folder.join("data").display().to_string()),
        ("SCOREPOST_JOBS".to_owned(), jobs.display().to_string()),
        ("SCOREPOST_TEMPLATES".to_owned(), root().join("report-templates").display().to_string()),
        ("TABLES_URL".to_owned(), format!("file://{}", folder.join("tables").display())),
        ("SHEETS_URL".to_owned(), format!("file://{}", folder.join("sheets").display())),
        ("FORMS_DIR".to_owned(), folder.join("forms").display().to_string()),
    ]);
    let settings = Settings::read(None, &environment).unwrap_or_else(|found| panic!("{found}"));
    let settings = Settings { clock: Clock::fixed(morning(9)), ..settings };
    let (jobs, schemes, sources) = Pipeline::load(&settings).unwrap_or_else(|found| panic!("{found}"));
    Pipeline::open(settings, jobs, schemes, sources).unwrap_or_else(|error| panic!("{error:#}"))
}

/// The row with the names that programs read, counted from nought.
const NAMES: usize = 5;

/// A sheet of a form as it lies in the file.
struct Sheet {
    name: String,
    cells: Vec<Vec<Data>>,
}

impl Sheet {
    /// The text of a column of a row; nothing for columns that it has not.
    fn text(&self, row: usize, column: &str) -> String {
        let place = self.cells[NAMES].iter().position(|name| *name == column);
        place.map(|place| self.cells[row][place].to_string()).unwrap_or_default()
    }

    fn put(&mut self, row: usize, column: &str, value: Data) {
        let place = self.cells[NAMES].iter().position(|name| *name == column).expect("a column");
        self.cells[row][place] = value;
    }

    fn rows(&self) -> std::ops::Range<usize> {
        NAMES + 1..self.cells.len()
    }
}

/// The sheets of a form.
fn read(path: &Path) -> Vec<Sheet> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(path).expect("a form"))).expect("a workbook");
    let names = book.sheet_names();
    let sheet = |name: String| {
        let range = book.worksheet_range(&name).expect("a sheet");
        let last = range.end().expect("cells");
        let row =
            |row| (0..=last.1).map(|column| range.get_value((row, column)).cloned().unwrap_or(Data::Empty)).collect();
        Sheet { cells: (0..=last.0).map(row).collect(), name }
    };
    names.into_iter().map(sheet).collect()
}

/// Writes the sheets as a spreadsheet program would after they were filled in.
fn write(path: &Path, sheets: &[Sheet]) {
    let mut book = Workbook::new();
    for sheet in sheets {
        let page = book.add_worksheet().set_name(&sheet.name).expect("a name");
        for (row, cells) in (0u32..).zip(&sheet.cells) {
            for (column, cell) in (0u16..).zip(cells) {
                match cell {
                    Data::Empty => {}
                    Data::Float(number) => drop(page.write_number(row, column, *number).expect("a cell")),
                    other => drop(page.write_string(row, column, other.to_string()).expect("a cell")),
                }
            }
        }
    }
    book.save(path).expect("a file");
}

/// Fills in what `answer` says for a row, by the columns' names; gives how many cells.
fn fill(path: &Path, column: &str, answer: impl Fn(&Sheet, usize) -> Option<Data>) -> usize {
    let mut sheets = read(path);
    let mut filled = 0;
    for sheet in sheets.iter_mut().filter(|sheet| sheet.name != "lists") {
        for row in sheet.rows() {
            if let Some(value) = answer(sheet, row) {
                sheet.put(row, column, value);
                filled += 1;
            }
        }
    }
    write(path, &sheets);
    filled
}

/// The answers of a story's raters.
fn ratings(told: &[BTreeMap<String, String>], sheet: &Sheet, row: usize) -> Option<Data> {
    let is_asked = |one: &&BTreeMap<String, String>| {
        ["agent_id", "item_id", "rater_role"].iter().all(|name| one[*name] == sheet.text(row, name))
    };
    let one = told.iter().find(is_asked)?;
    match one["score"].parse() {
        Ok(score) => Some(Data::Float(score)),
        Err(_) => {
            let words: BTreeMap<String, String> = serde_json::from_str(&sheet.text(row, "levels")).expect("words");
            let label = words.iter().find(|(_, id)| **id == one["level"]).expect("a level").0.clone();
            Some(Data::String(label))
        }
    }
}

fn points(card: &Card) -> Vec<(&str, Option<String>, String)> {
    let line = |line: &scorepost::score::appraisal::Line| line.points.as_ref().map(|points| points.trimmed(9));
    card.lines.iter().map(|one| (one.id.as_str(), line(one), one.status.word().to_owned())).collect()
}

/// Every card has the lines that the story's own tables give.
fn same_cards(outcome: &Outcome, trial: &Trial) {
    let cards = &outcome.appraisal.as_ref().expect("scores").cards;
    assert_eq!(cards.len(), trial.appraisal.cards.len());
    for told in &trial.appraisal.cards {
        let card = cards.iter().find(|card| card.agent.id == told.agent.id).expect("a card");
        assert_eq!(points(card), points(told), "{}", told.agent.id);
    }
}

fn holds(outcome: &Outcome) -> Vec<&str> {
    let holds = outcome.findings.iter().filter(|one| one.weight == Weight::Hold);
    holds.map(|one| one.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_that_come_back_are_the_storys_and_what_nobody_rated_is_missing() {
    let desk = Desk::of("workload-and-satisfaction", "seventy-thirty", "2026-10");
    let files = desk.forms().await;
    let names: Vec<String> =
        files.iter().map(|one| one.path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["rating-supervisor-T1.xlsx", "rating-supervisor-T2.xlsx", "rating-supervisor-T3.xlsx"]);
    assert!(files.iter().all(|one| one.items == 3 && one.path.with_extension("pdf").is_file()));
    // Item by item, each with everybody: not person by person.
    let sheet = &read(&files[0].path)[0];
    let asked: Vec<(String, String)> = sheet
        .rows()
        .map(|row| (sheet.text(row, "item_id"), sheet.text(row, "agent_id")))
        .filter(|one| !one.1.is_empty())
        .collect();
    let items: Vec<&str> = asked.iter().map(|(item, _)| item.as_str()).collect();
    assert_eq!(items[..3], ["job-duties"; 3]);
    assert_eq!(asked[..3].iter().map(|(_, agent)| agent.as_str()).collect::<Vec<_>>(), ["A01", "A02", "A03"]);

    let empty = desk.run().await;
    let cards = &empty.appraisal.as_ref().expect("scores").cards;
    let rated = cards.iter().flat_map(|card| &card.lines).filter(|line| line.id == "job-duties");
    assert!(
        rated.clone().count() > 0 && rated.into_iter().all(|line| line.points.is_none()),
        "empty forms are no noughts"
    );

    let told = desk.told("ratings");
    let filled: usize = files.iter().map(|one| fill(&one.path, "given", |sheet, row| ratings(&told, sheet, row))).sum();
    assert_eq!(filled, told.len());
    let outcome = desk.run().await;
    assert_eq!(holds(&outcome), Vec::<&str>::new());
    same_cards(&outcome, &desk.trial());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_still_owes_ratings_is_told_until_they_are_there() {
    let desk = Desk::of("workload-and-satisfaction", "seventy-thirty", "2026-10");
    let owed = async || -> Vec<(String, bool)> {
        let all = pipeline::owed_forms(&desk.pipeline, "desk", &desk.period, &|_| {}).await.expect("an answer");
        all.iter().map(|one| (format!("{} {}", one.role, one.team), one.missing == one.asked)).collect()
    };
    let all = ["supervisor T1", "supervisor T2", "supervisor T3"].map(|name| (name.to_owned(), true));
    let files = desk.forms().await;
    assert_eq!(owed().await, all, "empty forms are no answer");
    let rated = |sheet: &Sheet, row: usize| (!sheet.text(row, "agent_id").is_empty()).then_some(Data::Float(80.0));
    assert!(fill(&files[0].path, "given", rated) > 0);
    assert_eq!(owed().await, all[1..]);
    let first = |sheet: &Sheet, row: usize| rated(sheet, row).filter(|_| row == NAMES + 2);
    fill(&files[1].path, "given", first);
    let partly = owed().await;
    assert_eq!(partly.len(), 2, "{partly:?}");
    fill(&files[1].path, "given", rated);
    fill(&files[2].path, "given", rated);
    assert_eq!(owed().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_is_chosen_by_its_name_and_counts_by_its_id() {
    let desk = Desk::of("aftersale-three-levels", "level-limits", "2026-10");
    let files = desk.forms().await;
    let told = desk.told("ratings");
    let filled: usize = files.iter().map(|one| fill(&one.path, "given", |sheet, row| ratings(&told, sheet, row))).sum();
    assert_eq!(filled, told.len());
    let outcome = desk.run().await;
    let trial = desk.trial();
    for told in &trial.appraisal.cards {
        let cards = &outcome.appraisal.as_ref().expect("scores").cards;
        let card = cards.iter().find(|card| card.agent.id == told.agent.id).expect("a card");
        for id in ["teamwork", "follow-up"] {
            let of = |card: &Card| points(card).into_iter().find(|(line, ..)| *line == id).map(|(_, points, _)| points);
            assert_eq!(of(card), of(told), "{} {id}", told.agent.id);
        }
    }
    // A word that is none of the list is named by file, sheet and row.
    fill(&files[0].path, "given", |sheet, row| {
        (sheet.text(row, "agent_id") == "A01").then(|| Data::String("超好".into()))
    });
    let outcome = desk.run().await;
    assert!(holds(&outcome).contains(&"rows-set-aside"), "{:?}", outcome.findings);
    let told = outcome.findings.iter().map(|one| one.text.zh.clone()).collect::<Vec<_>>().join("\n");
    assert!(
        told.contains(
            "文件“2026-10/rating-supervisor-T1.xlsx”的工作表“评分 Ratings”第 9 行无法使用：`level` 的值不允许"
        ),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_that_come_back_are_the_storys() {
    let desk = Desk::of("store-service-checklist", "ninety-eight", "2026-10");
    let files = desk.forms().await;
    let names: Vec<String> =
        files.iter().map(|one| one.path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["check-T1.xlsx", "check-site-S1.xlsx"]);
    let sheets = read(&files[0].path);
    assert_eq!(sheets.len(), 4, "a list a person");
    assert!(sheets[0].name.starts_with("检查 Check 01 "), "{}", sheets[0].name);
    let ids = |sheet: &Sheet| -> Vec<String> {
        let place = sheet.cells[NAMES].iter().position(|name| *name == "item").expect("a column");
        sheet
            .rows()
            .map(|row| sheet.cells[row][place].to_string())
            .filter(|id| id.starts_with(char::is_numeric))
            .collect()
    };
    let mut all = [ids(&sheets[0]), ids(&read(&files[1].path)[0])].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 104, "103 printed lines, and 25b");
    assert!(["95a", "95b", "97", "100"].iter().all(|id| all.iter().any(|one| one == id)));

    let told = desk.told("checklist_results");
    let verdict = |sheet: &Sheet, row: usize| {
        if !sheet.text(row, "verdict").is_empty() {
            return None;
        }
        let is_asked = |one: &&BTreeMap<String, String>| {
            let subject = if one["agent_id"].is_empty() { "shop_id" } else { "agent_id" };
            one[subject] == sheet.text(row, subject) && one["item_id"] == sheet.text(row, "item_id")
        };
        // Of several looks at one item a failed one counts.
        let found: Vec<_> = told.iter().filter(is_asked).collect();
        let failed = found.iter().any(|one| one["passed"] == "false");
        (!found.is_empty()).then(|| Data::String(if failed { "不合格" } else { "合格" }.into()))
    };
    let filled: usize = files.iter().map(|one| fill(&one.path, "verdict", verdict)).sum();
    assert!(filled > 350, "{filled}");
    let outcome = desk.run().await;
    assert_eq!(holds(&outcome), Vec::<&str>::new());
    let trial = desk.trial();
    for told in &trial.appraisal.cards {
        let cards = &outcome.appraisal.as_ref().expect("scores").cards;
        let card = cards.iter().find(|card| card.agent.id == told.agent.id).expect("a card");
        assert_eq!(checked(card), checked(told), "{}", told.agent.id);
        if told.agent.id == "A01" {
            assert_eq!(points(card)[0].1.as_deref(), Some("98"));
            let premises = card.lines.iter().find(|line| line.id == "premises").expect("the store's line");
            let value = premises.measured.as_ref().and_then(|one| one.value.clone()).expect("a value");
            assert_eq!(value.trimmed(4), "0.75", "what was found at the store is the store's");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn raters_of_one_role_stand_side_by_side_and_half_a_form_is_half_rated() {
    let desk = Desk::of("presale-quarterly", "one-quarter", "2026-Q3");
    let files = desk.forms().await;
    let roles: Vec<&str> = files.iter().map(|one| one.role.as_str()).collect();
    assert_eq!(roles.iter().filter(|role| **role == "self").count(), 3, "everybody their own: {roles:?}");
    let peer = files.iter().find(|one| one.role == "peer").expect("a form of peers");
    let second = peer.path.with_file_name("rating-peer-T1 (乙).xlsx");
    std::fs::copy(&peer.path, &second).expect("a copy");
    let teamwork = |score: f64| {
        move |sheet: &Sheet, row: usize| {
            let asked = sheet.text(row, "item_id") == "teamwork" && sheet.text(row, "agent_id") == "A01";
            asked.then_some(Data::Float(score))
        }
    };
    assert_eq!(fill(&peer.path, "given", teamwork(70.0)), 1);
    assert_eq!(fill(&second, "given", teamwork(91.0)), 1);
    let outcome = desk.run().await;
    let cards = &outcome.appraisal.as_ref().expect("scores").cards;
    let line = |agent: &str, id: &str| {
        let card = cards.iter().find(|card| card.agent.id == agent).expect("a card");
        points(card).into_iter().find(|(line, ..)| *line == id).expect("a line")
    };
    assert_eq!(line("A01", "teamwork").1.as_deref(), Some("80.5"), "the mean of both");
    assert_eq!(line("A02", "teamwork").1, None);
    assert_eq!(line("A01", "quality").1, None, "half a form is half rated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_out_of_range_is_named_by_file_sheet_and_row() {
    let desk = Desk::of("workload-and-satisfaction", "seventy-thirty", "2026-10");
    let files = desk.forms().await;
    let far = |sheet: &Sheet, row: usize| (sheet.text(row, "agent_id") == "A02").then_some(Data::Float(100.5));
    assert_eq!(fill(&files[0].path, "given", far), 3);
    let outcome = desk.run().await;
    assert_eq!(holds(&outcome), ["rows-set-aside"]);
    let told: Vec<&str> =
        outcome.findings.iter().filter(|one| one.code == "file-noted").map(|one| one.text.en.as_str()).collect();
    assert_eq!(told.len(), 3);
    let first = "row 10 of the sheet `评分 Ratings` of `2026-10/rating-supervisor-T1.xlsx` cannot be used: `score` lies outside what its row allows";
    assert_eq!(told[0], first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_a_text_in_every_form_and_the_same_people_give_the_same_bytes() {
    let names = ["=HYPERLINK(\"http://x.example\";\"a\")", "+1", "@SUM(A1)", "-2+3"];
    let hostile = |tables: &Path| {
        let path = tables.join("agents.csv");
        let text = std::fs::read_to_string(&path).expect("agents");
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let head = rows.headers().expect("a header").clone();
        let name = head.iter().position(|one| one == "name").expect("names");
        let mut out = csv::Writer::from_path(&path).expect("a file");
        out.write_record(&head).expect("a row");
        for (at, row) in rows.records().enumerate() {
            let row = row.expect("a row");
            let cell =
                |(place, cell): (usize, &str)| if place == name { names[at % 4].to_owned() } else { cell.to_owned() };
            out.write_record(row.iter().enumerate().map(cell)).expect("a row");
        }
        out.flush().expect("a file");
    };
    let desk = Desk::with("store-service-checklist", "ninety-eight", "2026-10", hostile);
    let (first, mut again) = (desk.order(), desk.order());
    again.folder = desk.folder.path().join("again");
    let files = desk.write(&first).await.unwrap_or_else(|error| panic!("{error:#}"));
    let twice = desk.write(&again).await.unwrap_or_else(|error| panic!("{error:#}"));
    for (one, other) in files.iter().zip(&twice) {
        for end in ["xlsx", "pdf"] {
            let bytes = |file: &FormFile| std::fs::read(file.path.with_extension(end)).expect("a file");
            assert!(bytes(one) == bytes(other), "{}", one.path.display());
        }
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(&files[0].path).expect("a form"))).expect("a workbook");
    let mut seen = 0;
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).expect("a sheet");
        assert_eq!(formulas.used_cells().count(), 0, "{name}");
        let range = book.worksheet_range(&name).expect("a sheet");
        seen += range
            .used_cells()
            .filter(|(.., cell)| matches!(cell, Data::String(text) if text.contains("HYPERLINK(\"")))
            .count();
    }
    assert!(seen > 0, "the name stands there as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_lie_there_stay_and_what_cannot_be_asked_says_why() {
    let desk = Desk::of("workload-and-satisfaction", "seventy-thirty", "2026-10");
    let files = desk.forms().await;
    std::fs::write(&files[0].path, b"filled in by somebody").expect("a file");
    let again = desk.forms().await;
    assert!(again.iter().all(|one| !one.is_new));
    assert_eq!(std::fs::read(&files[0].path).expect("a file"), b"filled in by somebody");
    let order = FormOrder { known: Known::Overwritten, ..desk.order() };
    assert!(desk.write(&order).await.expect("forms").iter().all(|one| one.is_new));
    assert!(std::fs::read(&files[0].path).expect("a file").starts_with(b"PK"));

    let refused = |result: anyhow::Result<Vec<FormFile>>| format!("{:#}", result.expect_err("refused"));
    let of_team = refused(desk.write(&FormOrder { team: Some("T9".into()), ..desk.order() }).await);
    assert!(of_team.contains("nobody of team `T9` is scored in 2026-10"), "{of_team}");
    let of_role = refused(desk.write(&FormOrder { rater: Some("peer".into()), ..desk.order() }).await);
    assert!(of_role.contains("no item is rated by `peer`"), "{of_role}");
    let counted = Desk::of("complaint-and-praise", "two-rates", "2026-10");
    let nothing = refused(counted.write(&counted.order()).await);
    assert!(nothing.contains("asks nobody to rate or to check anything"), "{nothing}");
}

/// What a story's raters said, as the console keeps it.
fn given(told: &[BTreeMap<String, String>]) -> Vec<Given> {
    let cell = |one: &BTreeMap<String, String>| Given {
        item: one["item_id"].clone(),
        agent: one["agent_id"].clone(),
        given: if one["score"].is_empty() { one["level"].clone() } else { one["score"].clone() },
        comment: "=1+1".to_owned(),
    };
    told.iter().map(cell).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_in_online_comes_through_the_same_door() {
    let desk = Desk::of("workload-and-satisfaction", "seventy-thirty", "2026-10");
    assert!(FormDesk::open(&desk.pipeline, "desk", &desk.period).expect("opened").is_none(), "nobody is known yet");
    desk.forms().await;
    desk.run().await;
    let open = FormDesk::open(&desk.pipeline, "desk", &desk.period).expect("opened").expect("people");
    let all = given(&desk.told("ratings"));
    let rater = Person { id: "M001".to_owned(), name: "Lead 001".to_owned(), email: None };
    let mut read = 0;
    for form in open.all() {
        assert!(open.is_collected(&form));
        let path = open.collect(&form, &rater, &all).expect("collected");
        assert!(path.ends_with(format!("2026-10/{} (M001).xlsx", form.name())), "{}", path.display());
        let bytes = std::fs::read(&path).expect("a file");
        open.collect(&form, &rater, &all).expect("collected again");
        assert_eq!(std::fs::read(&path).expect("a file"), bytes, "the same answers give the same bytes");
        let back = workbook::read_form(&bytes).expect("a form");
        let Form::Rating(form) = &form else { panic!("a scheme without check sheets") };
        let asked: Vec<(&str, &str)> = form
            .blocks
            .iter()
            .flat_map(|block| block.people.iter().map(|one| (block.item.id.as_str(), one.id.as_str())))
            .collect();
        let said = |cell: &&(&str, &str)| all.iter().any(|one| (one.item.as_str(), one.agent.as_str()) == **cell);
        assert_eq!(back.len(), asked.iter().filter(said).count());
        read += back.len();
        assert!(back.iter().all(|row| row.role == "supervisor" && row.comment == "=1+1" && row.cell.starts_with('L')));
        for row in &back {
            let one = all.iter().find(|one| (&one.item, &one.agent) == (&row.item, &row.agent)).expect("an answer");
            assert_eq!(exact(&row.given), exact(&one.given));
        }
    }
    assert!(read > 0, "nobody rated anything");
    desk.later();
    let outcome = desk.run().await;
    assert_eq!(holds(&outcome), Vec::<&str>::new());
    same_cards(&outcome, &desk.trial());
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_that_were_handed_in_online_count_by_their_id() {
    let desk = Desk::of("aftersale-three-levels", "level-limits", "2026-10");
    desk.forms().await;
    desk.run().await;
    let open = FormDesk::open(&desk.pipeline, "desk", &desk.period).expect("opened").expect("people");
    let rater = Person { id: "M001".to_owned(), name: "Lead 001".to_owned(), email: None };
    for form in open.all() {
        open.collect(&form, &rater, &given(&desk.told("ratings"))).expect("collected");
    }
    desk.later();
    let outcome = desk.run().await;
    assert_eq!(holds(&outcome), ["unset-value"], "the scheme leaves a value to its owner");
    let rated = |card: &Card| {
        points(card).into_iter().filter(|(id, ..)| *id == "teamwork").map(|one| one.1).collect::<Vec<_>>()
    };
    for told in &desk.trial().appraisal.cards {
        let cards = &outcome.appraisal.as_ref().expect("scores").cards;
        let card = cards.iter().find(|card| card.agent.id == told.agent.id).expect("a card");
        assert_eq!(rated(card), rated(told), "{}", told.agent.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_that_were_handed_in_online_are_the_storys() {
    let desk = Desk::of("store-service-checklist", "ninety-eight", "2026-10");
    desk.forms().await;
    desk.run().await;
    let open = FormDesk::open(&desk.pipeline, "desk", &desk.period).expect("opened").expect("people");
    let inspector = Person { id: "M001".to_owned(), name: "Lead 001".to_owned(), email: None };
    let told = desk.told("checklist_results");
    let seen = |one: &BTreeMap<String, String>| {
        let subject = if one["agent_id"].is_empty() { "shop_id" } else { "agent_id" };
        (one["item_id"].clone(), one[subject].clone())
    };
    let mut verdicts: BTreeMap<(String, String), bool> = BTreeMap::new();
    for one in &told {
        // Of several looks at one item a failed one counts.
        *verdicts.entry(seen(one)).or_insert(true) &= one["passed"] != "false";
    }
    let given: Vec<Given> = verdicts
        .into_iter()
        .map(|((item, agent), passed)| {
            let (given, comment) = if passed { ("pass", "") } else { ("fail", "=seen") };
            Given { item, agent, given: given.to_owned(), comment: comment.to_owned() }
        })
        .collect();
    let forms = open.all();
    assert_eq!(forms.iter().map(Form::name).collect::<Vec<_>>(), ["check-T1", "check-site-S1"]);
    let mut read = Vec::new();
    for form in &forms {
        assert!(open.is_collected(form));
        let bytes = std::fs::read(open.collect(form, &inspector, &given).expect("collected")).expect("a file");
        read.extend(workbook::read_form(&bytes).expect("a form"));
    }
    assert!(read.len() > 350 && read.iter().all(|row| row.role == "check"), "{}", read.len());
    let failed = read.iter().find(|row| row.given == "不合格").expect("a failed item");
    assert_eq!((failed.comment.as_str(), failed.cell.starts_with('G')), ("=seen", true));
    desk.later();
    let outcome = desk.run().await;
    assert_eq!(holds(&outcome), Vec::<&str>::new());
    for told in &desk.trial().appraisal.cards {
        let cards = &outcome.appraisal.as_ref().expect("scores").cards;
        let card = cards.iter().find(|card| card.agent.id == told.agent.id).expect("a card");
        assert_eq!(checked(card), checked(told), "{}", told.agent.id);
    }
}

/// The lines of a check sheet but those that stand on complaints of the month before, which need that month's tables.
fn checked(card: &Card) -> Vec<(String, Option<String>)> {
    let lines = points(card).into_iter().filter(|(id, ..)| !["all-items", "complaints-items"].contains(id));
    lines.map(|(id, points, _)| (id.to_owned(), points)).collect()
}
