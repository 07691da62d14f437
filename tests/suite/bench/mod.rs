//! A shop, a data folder and a clock of a test's own, with the verbs of a person: run, send, look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use scorepost::clock::Clock;
use scorepost::demo::{Served, Shop, ShopPlan, start};
use scorepost::ledger::{Document, DocumentKind, Ledger, Scope, Trigger};
use scorepost::period::Period;
use scorepost::pipeline::{self, Order, Outcome, Pipeline, Reach, Watch};
use scorepost::settings::Settings;

/// Everything that one test needs; the folder goes with it.
pub struct Bench {
    pub shop: Arc<Shop>,
    pub clock: Clock,
    pub folder: tempfile::TempDir,
    served: Served,
    pub pipeline: Pipeline,
}

/// A bench whose pipeline is in other hands.
pub struct Place {
    pub shop: Arc<Shop>,
    pub clock: Clock,
    pub folder: tempfile::TempDir,
    served: Served,
}

impl Place {
    /// Opens everything again, as a second start of the program would, with other environment variables.
    pub fn reopen(self, change: impl Fn(&mut BTreeMap<String, String>)) -> Bench {
        let pipeline = open(self.folder.path(), &self.clock, &self.served.base, change);
        Bench { shop: self.shop, clock: self.clock, folder: self.folder, served: self.served, pipeline }
    }
}

/// What a test changes about a run of the monthly job.
pub struct Ask {
    order: Order,
}

impl Ask {
    pub fn send(mut self) -> Self {
        self.order.send = true;
        self
    }

    pub fn refresh(mut self) -> Self {
        self.order.refresh = true;
        self
    }

    /// Says why it is run again.
    pub fn because(mut self, reason: &str) -> Self {
        self.order.reason = Some(reason.to_owned());
        self
    }

    pub fn month(mut self, month: &str) -> Self {
        self.order.period = Period::parse(month).expect("a period");
        self
    }

    /// Only results in the ledger, no documents.
    pub fn results(mut self) -> Self {
        self.order.reach = Reach::Results;
        self
    }

    pub fn team(mut self, team: &str) -> Self {
        self.order.scope.team = Some(team.to_owned());
        self
    }

    pub fn agent(mut self, agent: &str) -> Self {
        self.order.scope.agent = Some(agent.to_owned());
        self
    }
}

impl Bench {
    /// The shop at nine o'clock on a morning in November 2026, in Shanghai; October is its last full month.
    pub fn on(day: u32) -> Self {
        Self::with(day, |_| {})
    }

    /// The same, with other environment variables.
    pub fn with(day: u32, change: impl Fn(&mut BTreeMap<String, String>)) -> Self {
        Self::made(day, 21, 2, change)
    }

    /// The same with more or fewer agents and months.
    pub fn sized(day: u32, agents: u32, months: u32) -> Self {
        Self::made(day, agents, months, |_| {})
    }

    fn made(day: u32, agents: u32, months: u32, change: impl Fn(&mut BTreeMap<String, String>)) -> Self {
        let now = morning(day);
        let clock = Clock::fixed(now);
        let last_month = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
        let plan = ShopPlan { seed: 1, agents, months, last_month };
        let shop = Arc::new(Shop::generate(plan));
        let served = start(shop.clone(), clock.clone(), ([127, 0, 0, 1], 0).into()).expect("an open shop");
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = open(folder.path(), &clock, &served.base, change);
        Self { shop, clock, folder, served, pipeline }
    }

    /// Opens everything again, as a second start of the program would, with other environment variables.
    pub fn reopen(mut self, change: impl Fn(&mut BTreeMap<String, String>)) -> Self {
        self.pipeline = open(self.folder.path(), &self.clock, &self.served.base, change);
        self
    }

    /// Gives the pipeline away; the folder goes with the place that is left.
    pub fn give(self) -> (Place, Arc<Pipeline>) {
        let place = Place { shop: self.shop, clock: self.clock, folder: self.folder, served: self.served };
        (place, Arc::new(self.pipeline))
    }

    /// The shop's address.
    pub fn shop_url(&self) -> &str {
        &self.served.base
    }

    /// The monthly job for October.
    pub fn october(&self) -> Ask {
        Ask { order: october() }
    }

    /// The weekly job for a week, such as `2026-W43`.
    pub fn week(&self, week: &str) -> Ask {
        let mut ask = self.october();
        ask.order.job = "weekly-ranking".into();
        ask.order.period = Period::parse(week).expect("a week");
        ask
    }

    /// The daily job for a day, such as `2026-10-05`.
    pub fn day(&self, day: &str) -> Ask {
        let mut ask = self.october();
        ask.order.job = "daily-watch".into();
        ask.order.period = Period::parse(day).expect("a day");
        ask
    }

    /// Opens everything again with `more` at the end of the monthly job's file.
    pub fn with_monthly(self, more: &str) -> Self {
        let jobs = self.folder.path().join("own-jobs");
        if !jobs.exists() {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &jobs);
        }
        let file = jobs.join("monthly-scorecard.toml");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/monthly-scorecard.toml");
        let text = std::fs::read_to_string(shipped).expect("the shipped job");
        std::fs::write(&file, format!("{text}\n{more}")).expect("the job");
        self.reopen(|environment| {
            environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
        })
    }

    /// Opens everything again with the monthly job alone, and its file as `change` makes it.
    pub fn with_monthly_alone(self, change: impl Fn(&str) -> String) -> Self {
        let (root, jobs) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), self.folder.path().join("one-job"));
        for folder in ["schemes", "sources", "calendars"] {
            copy(&root.join(folder), &jobs.join(folder));
        }
        let text = std::fs::read_to_string(root.join("monthly-scorecard.toml")).expect("the shipped job");
        let changed = change(&text);
        assert_ne!(changed, text, "nothing was changed");
        std::fs::write(jobs.join("monthly-scorecard.toml"), changed).expect("the job");
        self.reopen(|environment| {
            environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string());
        })
    }

    /// Runs it; a failure fails the test.
    pub async fn run(&self, ask: Ask) -> Outcome {
        self.try_run(ask).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Runs it.
    pub async fn try_run(&self, ask: Ask) -> anyhow::Result<Outcome> {
        pipeline::run(&self.pipeline, &ask.order, &|_| {}).await
    }

    /// Runs it while somebody watches; a failure fails the test.
    pub async fn watched(&self, ask: Ask, watch: Watch<'_>) -> Outcome {
        pipeline::run(&self.pipeline, &ask.order, watch).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// What a run would do.
    pub fn plan(&self, ask: Ask) -> pipeline::Plan {
        pipeline::plan(&self.pipeline, &ask.order).unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// The letters in the outbox, by file name.
    pub fn outbox(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.folder.path().join("outbox"))
    }

    /// The documents of a run, by kind and subject.
    pub fn documents(&self, run: &str) -> BTreeMap<(DocumentKind, String), Document> {
        let documents = documents_of(&self.pipeline.ledger, run);
        documents.into_iter().map(|one| ((one.kind, one.subject.clone()), one)).collect()
    }

    /// The bytes of a document's PDF.
    pub fn pdf(&self, document: &Document) -> Vec<u8> {
        let hash = document.pdf_hash.as_deref().expect("a rendered document");
        std::fs::read(self.pipeline.folders.pdf(hash)).expect("a PDF in the archive")
    }
}

/// The order of the monthly job for October.
pub fn october() -> Order {
    Order {
        job: "monthly-scorecard".into(),
        period: Period::parse("2026-10").expect("a period"),
        scope: Scope::default(),
        trigger: Trigger::AdHoc,
        requested_by: "test".into(),
        refresh: false,
        send: false,
        as_of: None,
        reach: Reach::Documents,
        occasion: None,
        request: None,
        scheme_version: None,
        reason: None,
    }
}

/// Nine o'clock on a morning of November 2026 in Shanghai.
pub fn morning(day: u32) -> DateTime<Utc> {
    let text = format!("2026-11-{day:02}T09:00:00+08:00");
    DateTime::parse_from_rfc3339(&text).expect("an instant").with_timezone(&Utc)
}

fn open(data: &Path, clock: &Clock, shop: &str, change: impl Fn(&mut BTreeMap<String, String>)) -> Pipeline {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut environment = BTreeMap::from([
        ("SCOREPOST_DATA".to_owned(), data.display().to_string()),
        ("SCOREPOST_JOBS".to_owned(), root.join("jobs").display().to_string()),
        ("SCOREPOST_TEMPLATES".to_owned(), root.join("report-templates").display().to_string()),
        ("SHOP_URL".to_owned(), shop.to_owned()),
    ]);
    change(&mut environment);
    let settings = Settings::read(None, &environment).unwrap_or_else(|found| panic!("{found}"));
    let settings = Settings { clock: clock.clone(), ..settings };
    let (jobs, schemes, sources) = Pipeline::load(&settings).unwrap_or_else(|found| panic!("{found}"));
    Pipeline::open(settings, jobs, schemes, sources).unwrap_or_else(|error| panic!("{error:#}"))
}

/// What a run stands on, each with what it says.
pub fn documents_of(ledger: &Ledger, run: &str) -> Vec<Document> {
    let heads = ledger.run_heads(run).expect("documents");
    heads.iter().map(|head| ledger.document(head.id).expect("a read").expect("it is there")).collect()
}

/// The files of a folder with their bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file"))
        })
        .collect()
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}
