//! How a run shows that it works: a bar per stage on a terminal, one line per stage elsewhere.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::pipeline::{Event, Stage};
use crate::words::{Bilingual, Locale};

use super::printer::Printer;

/// Shows the stages of one run.
pub(super) struct Progress<'a> {
    printer: &'a Printer,
    locale: Locale,
    bars: Option<MultiProgress>,
    open: Mutex<BTreeMap<Stage, Open>>,
}

/// A stage that has begun.
struct Open {
    bar: Option<ProgressBar>,
    since: Instant,
    seen: u64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(printer: &'a Printer, locale: Locale) -> Self {
        let bars = stderr().is_terminal().then(MultiProgress::new);
        Self { printer, locale, bars, open: Mutex::new(BTreeMap::new()) }
    }

    /// Takes one event of the run.
    pub(super) fn take(&self, event: Event) {
        match event {
            Event::Begins(stage) => self.begin(stage),
            Event::Progress { stage, done, total, what } => self.advance(stage, done, total, &what),
            Event::Counted { .. } => {}
            Event::Ends(stage) => self.end(stage),
            Event::Says(text) => match &self.bars {
                Some(bars) => drop(bars.println(text)),
                None => self.printer.say(&text),
            },
        }
    }

    fn begin(&self, stage: Stage) {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new(0).with_style(style()).with_prefix(self.name(stage)));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        self.open().insert(stage, Open { bar, since: Instant::now(), seen: 0 });
    }

    fn advance(&self, stage: Stage, done: u64, total: u64, what: &str) {
        if let Some(Open { bar, seen, .. }) = self.open().get_mut(&stage) {
            *seen = (*seen).max(done);
            if let Some(bar) = bar {
                bar.set_length(total.max(done));
                bar.set_position(*seen);
                bar.set_message(what.to_owned());
            }
        }
    }

    fn end(&self, stage: Stage) {
        let Some(Open { bar, since, seen }) = self.open().remove(&stage) else { return };
        let took = format!("{:.1} s", since.elapsed().as_secs_f64());
        match bar {
            Some(bar) => bar.finish_with_message(took),
            None => self.printer.say(&format!("{} {seen} · {took}", self.name(stage))),
        }
    }

    fn name(&self, stage: Stage) -> String {
        let name = match stage {
            Stage::Pull => Bilingual::new("拉取数据", "pull  "),
            Stage::Score => Bilingual::new("评分排名", "score "),
            Stage::Render => Bilingual::new("生成文件", "render"),
            Stage::Seal => Bilingual::new("封装邮件", "seal  "),
            Stage::Deliver => Bilingual::new("发送邮件", "mail  "),
        };
        name.get(self.locale).to_owned()
    }

    fn open(&self) -> std::sync::MutexGuard<'_, BTreeMap<Stage, Open>> {
        self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix} {bar:28} {pos}/{len} {elapsed} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
