//! `shop`: the embedded shop's APIs alone.

use std::sync::Arc;

use anyhow::Context;
use serde_json::json;

use crate::demo::{self, Shop, ShopPlan};
use crate::period::{Cycle, Period};
use crate::settings::Settings;

use super::Ending;
use super::arguments::ShopOptions;
use super::printer::Printer;

/// Serves until Ctrl-C; the first line on stdout is the base address.
pub(super) async fn shop(settings: &Settings, options: &ShopOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let plan = plan(settings, options.agents, options.months, options.seed);
    let shop = Arc::new(Shop::generate(plan));
    let served = demo::start(shop, settings.clock.clone(), options.listen)?;
    printer.line(&served.base);
    printer.document(&json!({ "base": served.base }));
    printer.say("the shop is open until Ctrl-C; in another terminal:");
    printer.say(&format!("  SHOP_URL={} scorepost run monthly-scorecard", served.base));
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    Ok(Ending::Done)
}

/// A shop whose last month is the last full one on the clocks of Shanghai.
pub(super) fn plan(settings: &Settings, agents: u32, months: u32, seed: u64) -> ShopPlan {
    let today = settings.clock.now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive();
    let last = Period::last_before(Cycle::Month, today);
    ShopPlan { seed, agents, months, last_month: last.start }
}
