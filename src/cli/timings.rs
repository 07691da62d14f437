//! Where the time of a run goes: what each stage took, what went through it, and the peak of memory.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::pipeline::{Event, Stage, Unit};
use crate::words::Locale;

use super::printer::Printer;

/// What a stage took, or several.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    wall: Duration,
    /// Of all cores together.
    processor: Duration,
}

/// A point in time on both clocks.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Instant,
    processor: Duration,
}

impl Mark {
    fn now() -> Self {
        Self { at: Instant::now(), processor: processor_time().unwrap_or_default() }
    }

    fn until_now(self) -> Spent {
        let now = Self::now();
        Spent { wall: now.at - self.at, processor: now.processor.saturating_sub(self.processor) }
    }
}

/// One stage so far.
#[derive(Debug, Default)]
struct Course {
    open: Option<Mark>,
    spent: Spent,
    counts: BTreeMap<Unit, u64>,
}

/// Listens to a run and measures.
#[derive(Debug)]
pub(super) struct Timings {
    began: Mark,
    stages: Mutex<BTreeMap<Stage, Course>>,
}

impl Timings {
    /// Begins to measure.
    pub(super) fn begin() -> Self {
        Self { began: Mark::now(), stages: Mutex::default() }
    }

    /// Takes one event of the run.
    pub(super) fn take(&self, event: &Event) {
        let mut stages = self.stages.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match event {
            Event::Begins(stage) => stages.entry(*stage).or_default().open = Some(Mark::now()),
            Event::Counted { stage, unit, count } => {
                *stages.entry(*stage).or_default().counts.entry(*unit).or_default() += count;
            }
            Event::Ends(stage) => {
                let course = stages.entry(*stage).or_default();
                if let Some(mark) = course.open.take() {
                    course.spent = course.spent.and(mark.until_now());
                }
            }
            Event::Progress { .. } | Event::Says(_) => {}
        }
    }

    /// Everything that was measured until now.
    pub(super) fn end(self) -> Passed {
        let whole = self.began.until_now();
        let stages = self.stages.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        let inside = stages.values().fold(Spent::default(), |sum, course| sum.and(course.spent));
        Passed { stages, between: whole.without(inside), whole, peak_kib: peak_kib() }
    }
}

impl Spent {
    fn and(self, other: Self) -> Self {
        Self { wall: self.wall + other.wall, processor: self.processor + other.processor }
    }

    fn without(self, other: Self) -> Self {
        Self { wall: self.wall.saturating_sub(other.wall), processor: self.processor.saturating_sub(other.processor) }
    }
}

/// Where the time of a run went.
#[derive(Debug)]
pub(super) struct Passed {
    stages: BTreeMap<Stage, Course>,
    /// The ledger's part between the stages.
    between: Spent,
    whole: Spent,
    /// The most memory that the process ever had, where the system says.
    peak_kib: Option<u64>,
}

impl Passed {
    /// The table for a person.
    pub(super) fn print(&self, locale: Locale, printer: &Printer) {
        let rows = self
            .stages
            .iter()
            .map(|(stage, course)| row(stage_name(*stage, locale), course.spent, &through(course, locale)));
        let (between, whole) = match locale {
            Locale::Zh => ("各阶段之间", "合计"),
            Locale::En => ("between stages", "whole run"),
        };
        let peak = self.peak_kib.map(|kib| match locale {
            Locale::Zh => format!("内存峰值 {} MiB", kib / 1024),
            Locale::En => format!("peak memory {} MiB", kib / 1024),
        });
        let ends = [row(between, self.between, ""), row(whole, self.whole, &peak.unwrap_or_default())];
        let head = match locale {
            Locale::Zh => ["阶段", "用时", "处理器", "处理量"],
            Locale::En => ["stage", "time", "processor", "went through"],
        };
        printer.table(&head, rows.chain(ends).collect());
    }

    /// The same for a program.
    pub(super) fn facts(&self) -> Value {
        let stage = |(stage, course): (&Stage, &Course)| {
            let counts: serde_json::Map<String, Value> =
                course.counts.iter().map(|(unit, count)| (unit_word(*unit).to_owned(), json!(count))).collect();
            json!({
                "stage": stage.word(),
                "seconds": course.spent.wall.as_secs_f64(),
                "processor_seconds": course.spent.processor.as_secs_f64(),
                "counts": counts,
            })
        };
        json!({
            "stages": self.stages.iter().map(stage).collect::<Vec<_>>(),
            "seconds": self.whole.wall.as_secs_f64(),
            "processor_seconds": self.whole.processor.as_secs_f64(),
            "peak_memory_kib": self.peak_kib,
        })
    }
}

fn row(name: &str, spent: Spent, through: &str) -> Vec<String> {
    let seconds = |time: Duration| format!("{:.3} s", time.as_secs_f64());
    vec![name.to_owned(), seconds(spent.wall), seconds(spent.processor), through.to_owned()]
}

/// What went through a stage, and how much of it a second.
fn through(course: &Course, locale: Locale) -> String {
    let one = |(unit, count): (&Unit, &u64)| {
        let name = unit_name(*unit, locale);
        match *count as f64 / course.spent.wall.as_secs_f64() {
            speed if speed.is_finite() => format!("{count} {name} ({speed:.0}/s)"),
            _ => format!("{count} {name}"),
        }
    };
    course.counts.iter().map(one).collect::<Vec<_>>().join(" · ")
}

fn stage_name(stage: Stage, locale: Locale) -> &'static str {
    let (zh, en) = match stage {
        Stage::Pull => ("拉取数据", "pull"),
        Stage::Score => ("评分排名", "score"),
        Stage::Render => ("生成文件", "render"),
        Stage::Seal => ("封装邮件", "seal letters"),
        Stage::Deliver => ("发送邮件", "mail"),
    };
    in_words(locale, zh, en)
}

fn unit_name(unit: Unit, locale: Locale) -> &'static str {
    let (zh, en) = match unit {
        Unit::Rows => ("行", "rows"),
        Unit::Documents => ("份文件", "documents"),
        Unit::Pages => ("页", "pages"),
        Unit::Letters => ("封", "letters"),
    };
    in_words(locale, zh, en)
}

fn unit_word(unit: Unit) -> &'static str {
    unit_name(unit, Locale::En)
}

fn in_words(locale: Locale, zh: &'static str, en: &'static str) -> &'static str {
    match locale {
        Locale::Zh => zh,
        Locale::En => en,
    }
}

/// What Linux counts of this process, in hundredths of a second; other systems say nothing of it here.
fn processor_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything, the user's time is the twelfth field and the system's the next one.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_ascii_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Some(Duration::from_millis(10 * ticks.sum::<Result<u64, _>>().ok()?))
}

/// The most memory that this process ever had.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn stages_are_measured_with_what_went_through_them() {
        let timings = Timings::begin();
        timings.take(&Event::Begins(Stage::Render));
        let from = processor_time().expect("counted");
        while processor_time().expect("counted") < from + Duration::from_millis(30) {}
        for count in [2, 3] {
            timings.take(&Event::Counted { stage: Stage::Render, unit: Unit::Pages, count });
        }
        timings.take(&Event::Ends(Stage::Render));
        let facts = timings.end().facts();
        let stage = &facts["stages"][0];
        assert_eq!((stage["stage"].as_str(), stage["counts"]["pages"].as_u64()), (Some("render"), Some(5)));
        assert!(stage["processor_seconds"].as_f64() >= Some(0.03), "{facts}");
        assert!(facts["peak_memory_kib"].as_u64() > Some(1024), "{facts}");
    }
}
