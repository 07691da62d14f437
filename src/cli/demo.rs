//! `demo`: the whole way on the embedded shop.

mod earlier;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::clock::Clock;
use crate::demo::{self, Served, Shop};
use crate::ledger::{Scope, Trigger};
use crate::period::{Cycle, Period};
use crate::pipeline::{self, Order, Pipeline, Reach};
use crate::settings::{LedgerPlace, Settings};
use crate::words::Locale;

use super::arguments::DemoOptions;
use super::printer::Printer;
use super::progress::Progress;
use super::{Ending, results, shipped, shop};

/// The job that is shown.
const JOB: &str = "monthly-scorecard";
/// How many months the shop has been open.
const MONTHS: u32 = 6;

/// Opens the shop, replays its earlier months for the trend, and runs the monthly job for the last one.
pub(super) async fn demo(settings: Settings, options: &DemoOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let now = settings.clock.now();
    let clock = Clock::fixed(now);
    let shop = Arc::new(Shop::generate(shop::plan(&settings, 21, MONTHS, 1)));
    let served = open(&shop, &clock)?;
    printer.say(&format!("shop: {} ({MONTHS} months, Taobao-style and DingTalk-style APIs)", served.base));
    let settings = at_home(settings, options, &served.base, clock.clone())?;
    let (jobs, schemes, sources) = Pipeline::load(&settings)?;
    let pipeline = Pipeline::open(settings, jobs, schemes, sources)?;
    let period = Period::last_before(Cycle::Month, now.with_timezone(&chrono_tz::Asia::Shanghai).date_naive());
    earlier::replay(&pipeline, &period, printer).await?;
    clock.set(now);
    let progress = Progress::new(printer, pipeline.settings.locale);
    let order = order(period, Trigger::Demo, Reach::Documents);
    let outcome = pipeline::run(&pipeline, &order, &|event| progress.take(event)).await?;
    results::tell(&pipeline, &outcome, None, printer)?;
    farewell(&pipeline.settings, options, printer);
    if options.keep_serving {
        printer.say(&format!("the shop stays open at {} until Ctrl-C", served.base));
        tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    }
    Ok(if outcome.succeeded() { Ending::Done } else { Ending::NotDone })
}

/// Serves the shop as it is at a time, on any free port of this machine.
fn open(shop: &Arc<Shop>, clock: &Clock) -> anyhow::Result<Served> {
    demo::start(Arc::clone(shop), clock.clone(), ([127, 0, 0, 1], 0).into())
}

/// Settings whose everything lies in the demo's own folder, with letters to an outbox folder.
fn at_home(settings: Settings, options: &DemoOptions, shop: &str, clock: Clock) -> anyhow::Result<Settings> {
    let mut settings = Settings {
        ledger: LedgerPlace::File(options.data.join("ledger.sqlite")),
        mail_url: format!("folder:{}", options.data.join("outbox").display()),
        data: options.data.clone(),
        clock,
        ..settings
    };
    if !settings.jobs.join(format!("{JOB}.toml")).is_file() {
        settings.jobs = options.data.join("jobs");
        shipped::write(&settings.jobs)?;
    }
    let variables = settings.variables.clone().with("SHOP_URL", shop);
    Ok(Settings { variables, ..settings })
}

fn order(period: Period, trigger: Trigger, reach: Reach) -> Order {
    Order {
        job: JOB.to_owned(),
        period,
        scope: Scope::default(),
        trigger,
        requested_by: "demo".to_owned(),
        refresh: false,
        send: reach == Reach::Documents,
        as_of: None,
        reach,
        occasion: None,
        request: None,
        scheme_version: None,
        reason: None,
    }
}

fn farewell(settings: &Settings, options: &DemoOptions, printer: &Printer) {
    let data = options.data.display();
    let jobs = if settings.jobs.starts_with(&options.data) {
        format!(" SCOREPOST_JOBS={}", settings.jobs.display())
    } else {
        String::new()
    };
    let zh = settings.locale == Locale::Zh;
    let outbox = options.data.join("outbox");
    let letters = count(&outbox);
    let (outbox, ledger) = (outbox.display(), &settings.ledger);
    if zh {
        printer.line(&format!("邮件（RFC 5322 文件）：{outbox}（{letters} 个）"));
        printer.line(&format!("台账：{ledger}"));
        printer.line("接下来可以试试：");
    } else {
        printer.line(&format!("letters (RFC 5322 files): {outbox} ({letters})"));
        printer.line(&format!("ledger: {ledger}"));
        printer.line("try next:");
    }
    for next in ["runs", "explain A001 --job monthly-scorecard", "serve"] {
        printer.line(&format!("  SCOREPOST_DATA={data}{jobs} scorepost {next}"));
    }
    printer.line(match zh {
        true => "  scorepost demo        # 再来一次：没有变化，所以没有人会收到第二封",
        false => "  scorepost demo        # again: nothing changed, so nobody is mailed twice",
    });
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| entries.filter_map(Result::ok).count())
}
