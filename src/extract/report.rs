//! What a pull noticed, for people: what is short, what was set aside, what came twice.

use std::collections::BTreeSet;

use super::Count;
use super::dedup::Duplicates;
use super::keep::{Days, Facts, Told, Use};
use super::map::Note;
use super::plan::Cut;
use crate::finding::Finding;
use crate::source::mapping::{FieldTest, Telling};
use crate::source::resource::WhenEmpty;
use crate::source::{Resource, Table};
use crate::words::{Bilingual, Locale};

/// How many numbers of records a finding names for each reason.
const SAMPLES: usize = 3;

/// What was counted for one resource.
#[derive(Debug, Default)]
pub struct Tally {
    count: Count,
    /// Records that could not become rows.
    aside: Told,
    notes: BTreeSet<Note>,
    declared: u64,
    short: u64,
    beyond: u64,
    shifted: u64,
    unsure: u64,
    walks: u64,
    missing: u64,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(resource: &Resource) -> Self {
        Self { count: Count { resource: resource.id.clone(), ..Count::default() }, ..Self::default() }
    }

    /// Adds what a walk of so many pages told.
    pub fn add(&mut self, pages: u64, facts: &Facts) {
        self.walks += 1;
        self.missing += u64::from(facts.missing);
        self.count.pages += pages;
        self.count.kept += pages;
        self.count.records += facts.records;
        for (name, number) in &facts.skipped {
            *self.count.skipped.entry(name.clone()).or_default() += number;
        }
        self.notes.extend(facts.notes.iter().cloned());
        self.declared += facts.declared.total;
        self.short += facts.declared.short;
        self.beyond += facts.declared.beyond;
        self.shifted += facts.declared.shifted;
        self.unsure += facts.unsure;
        self.aside.merge(&facts.aside, SAMPLES);
    }

    /// Says how many of its pages came from the source now.
    pub fn asked(&mut self, pages: u64) {
        self.count.kept = self.count.kept.saturating_sub(pages);
    }

    /// Whether the source has no such thing at all.
    pub fn is_absent(&self) -> bool {
        self.missing > 0 && self.missing == self.walks
    }

    /// The numbers alone.
    pub fn count(self) -> Count {
        let declared = (self.declared > 0).then_some(self.declared);
        Count { set_aside: self.aside.records, declared, missing: self.short, ..self.count }
    }

    /// What a person should know.
    pub fn findings(&self, source: &str, resource: &Resource) -> Vec<Finding> {
        let subject = format!("{source}/{}", resource.id);
        let aside = self.aside(resource.set_aside_limit);
        let all = [
            self.completeness(),
            self.unsure(resource),
            self.partly_missing(),
            self.empty(resource.when_empty),
            aside,
            self.skipped(resource),
        ];
        let notes = self.notes.iter().map(|note| Finding::note("file-noted", note.describe()));
        all.into_iter().flatten().chain(notes).map(|finding| finding.about(subject.clone())).collect()
    }

    fn completeness(&self) -> Option<Finding> {
        let (declared, seen) = (self.declared, self.count.records);
        if self.short > 0 {
            let missing = self.short;
            return Some(Finding::hold(
                "short-pull",
                Bilingual::new(
                    format!("数据源声明共 {declared} 条，实取 {seen} 条，缺 {missing} 条"),
                    format!("the source declared {declared} records and gave {seen}; {missing} are missing"),
                ),
                again(),
            ));
        }
        (self.beyond > 0 || self.shifted > 0).then(|| {
            Finding::hold(
                "pages-shifted",
                Bilingual::new(
                    format!("取数途中数据有变化：声明共 {declared} 条，实取 {seen} 条"),
                    format!("the data changed while it was read: {declared} records declared, {seen} given"),
                ),
                again(),
            )
        })
    }

    /// A full first page without a word on what follows: the path of the mark may be wrong.
    fn unsure(&self, resource: &Resource) -> Option<Finding> {
        let unsure = self.unsure;
        (unsure > 0).then(|| {
            let size = resource.paginator.paging.size().map_or(0, |size| size.records);
            Finding::note(
                "end-of-pages-unsure",
                Bilingual::new(
                    format!("{unsure} 次查询的首页恰为 {size} 条且没有下一页标记，请核对 paginator 的 next，或加上 total"),
                    format!(
                        "{unsure} first pages had exactly {size} records and no mark of a next one; check `next` of the \
                         paginator, or add `total`"
                    ),
                ),
            )
        })
    }

    /// Some of what was asked for is not there although the rest is.
    fn partly_missing(&self) -> Option<Finding> {
        let (missing, walks) = (self.missing, self.walks);
        (missing > 0 && missing < walks).then(|| {
            Finding::hold(
                "files-missing",
                Bilingual::new(
                    format!("需要 {walks} 份，其中 {missing} 份数据源没有"),
                    format!("{missing} of {walks} are not there"),
                ),
                Bilingual::new("补齐后用 --refresh 重新运行", "add them, then run again with `--refresh`"),
            )
        })
    }

    /// Nothing came although something was asked for.
    fn empty(&self, when_empty: WhenEmpty) -> Option<Finding> {
        if self.count.pages == 0 || self.count.records > 0 || self.missing > 0 {
            return None;
        }
        let text = Bilingual::new("数据源没有给出任何记录", "the source gave no record at all");
        Some(match when_empty {
            WhenEmpty::Note => Finding::note("no-records", text),
            WhenEmpty::Hold => {
                let next = Bilingual::new(
                    "核对数据源是否有数据、账号是否仍有权限，再用 --refresh 重新取数",
                    "check that the source has data and that the account may still see it, then pull with `--refresh`",
                );
                Finding::hold("no-records", text, next)
            }
        })
    }

    /// One finding for all that was set aside: a note, or a hold above the limit or when nothing was usable.
    fn aside(&self, limit: Option<u64>) -> Option<Finding> {
        let (aside, records) = (self.aside.records, self.count.records);
        if aside == 0 {
            return None;
        }
        let text = Bilingual::new(
            format!("{records} 条记录中有 {aside} 条无法使用，已搁置：{}", self.reasons(Locale::Zh)),
            format!("{aside} of {records} records cannot be used and were set aside: {}", self.reasons(Locale::En)),
        );
        let limit = limit.unwrap_or(100);
        let too_many = aside == records || u128::from(aside) * 100 > u128::from(limit) * u128::from(records);
        Some(if too_many {
            let next = Bilingual::new(
                "核对数据源文件中的列映射与接口说明，改正后重新运行",
                "compare the columns of the source file with the interface, mend them and run again",
            );
            Finding::hold("rows-set-aside", text, next)
        } else {
            Finding::note("rows-set-aside", text)
        })
    }

    fn reasons(&self, locale: Locale) -> String {
        let one = |(words, count, samples): &(Bilingual, u64, Vec<u64>)| {
            let numbers: Vec<String> = samples.iter().map(u64::to_string).collect();
            match locale {
                Locale::Zh => format!("{}：{count} 条（第 {} 行）", words.zh, numbers.join("、")),
                Locale::En => format!("{}: {count} (row {})", words.en, numbers.join(", ")),
            }
        };
        let all: Vec<String> = self.aside.reasons.iter().map(one).collect();
        all.join(match locale {
            Locale::Zh => "；",
            Locale::En => "; ",
        })
    }

    /// One finding for all that was left out by rules that tell.
    fn skipped(&self, resource: &Resource) -> Option<Finding> {
        let mut told = BTreeSet::new();
        let mut all: Vec<Bilingual> = Vec::new();
        for skip in resource.mapping.rows.iter().flat_map(|rule| &rule.skips) {
            let number = self.count.skipped.get(&skip.name).copied().unwrap_or(0);
            if number > 0 && skip.telling == Telling::Note && told.insert(&skip.name) {
                let field = resource.mapping.fields.get(skip.when.field).map_or("", |field| field.name());
                all.push(left_out(number, field, &skip.when.test));
            }
        }
        let list = |locale, mark| all.iter().map(|one| one.get(locale)).collect::<Vec<&str>>().join(mark);
        let text = Bilingual::new(list(Locale::Zh, "；"), list(Locale::En, "; "));
        (!all.is_empty()).then(|| Finding::note("rows-skipped", text))
    }
}

/// How many records a rule leaves out, in plain words.
fn left_out(number: u64, field: &str, test: &FieldTest) -> Bilingual {
    match test {
        FieldTest::In(values) => Bilingual::new(
            format!("{number} 条记录为 {}，按规则不计", values.join("、")),
            format!("{number} records are {} and do not count, by rule", values.join(", ")),
        ),
        FieldTest::NotIn(_) => Bilingual::new(
            format!("{number} 条记录的“{field}”是别的值，按规则不计"),
            format!("{number} records have another `{field}` and do not count, by rule"),
        ),
        FieldTest::Empty => Bilingual::new(
            format!("{number} 条记录没有“{field}”，按规则不计"),
            format!("{number} records have no `{field}` and do not count, by rule"),
        ),
        FieldTest::Filled => Bilingual::new(
            format!("{number} 条记录有“{field}”，按规则不计"),
            format!("{number} records have `{field}` and do not count, by rule"),
        ),
    }
}

/// Days that could not be asked for, and fan-outs without ids.
pub fn unplanned(source: &str, resource: &Resource, plan: &Use) -> Vec<Finding> {
    let subject = format!("{source}/{}", resource.id);
    let mut findings: Vec<Finding> = plan.cuts.iter().map(cut).collect();
    findings.extend(plan.stayed.iter().map(stayed));
    if plan.without_ids {
        findings.push(Finding::hold(
            "nothing-to-ask-for",
            Bilingual::new("没有可查询的账号，未取任何数据", "there are no accounts to ask for, so nothing was pulled"),
            Bilingual::new("在名册中填写该平台的账号", "fill in the accounts of this platform in the roster"),
        ));
    }
    findings.into_iter().map(|finding| finding.about(subject.clone())).collect()
}

/// The code of the finding that days of the period are not over.
pub const PERIOD_OPEN: &str = "period-open";

fn cut(cut: &Cut) -> Finding {
    match cut {
        Cut::TooOld { from, to } => Finding::hold(
            "too-old",
            Bilingual::new(
                format!("{from} 至 {to}（不含）的数据已超出接口可查询的期限"),
                format!("the source no longer answers for {from} up to, not with, {to}"),
            ),
            Bilingual::new("改用导出文件补录，或缩短考核周期", "bring the days in from an exported file"),
        ),
        Cut::NotYet { from, to } => Finding::hold(
            PERIOD_OPEN,
            Bilingual::new(
                format!("取数时 {from} 至 {to}（不含）尚未结束，未取数"),
                format!("{from} up to, not with, {to} was not over and was not pulled"),
            ),
            Bilingual::new(
                "待周期结束后用 --refresh 重新运行",
                "wait for the end of the period, then run again with `--refresh`",
            ),
        ),
    }
}

/// Days that were to be asked for again, and that only the lake still has.
fn stayed((from, to): &Days) -> Finding {
    Finding::note(
        "kept-as-was",
        Bilingual::new(
            format!("{from} 至 {to}（不含）已超出接口可查询的期限，沿用先前取得的数据"),
            format!(
                "the source no longer answers for {from} up to, not with, {to}; those days stay as they were pulled before"
            ),
        ),
    )
}

/// Tables that the source does not have, in one finding.
pub fn absent(source: &str, tables: &BTreeSet<Table>) -> Option<Finding> {
    let names: Vec<&str> = tables.iter().map(|table| table.name()).collect();
    let text = Bilingual::new(
        format!("数据源没有以下数据表：{}", names.join("、")),
        format!("the source does not have the tables {}", names.join(", ")),
    );
    (!names.is_empty()).then(|| Finding::note("tables-absent", text).about(source))
}

/// Rows that came twice.
pub fn duplicates(source: &str, table: Table, duplicates: Duplicates) -> Vec<Finding> {
    let subject = format!("{source}/{}", table.name());
    let mut findings = Vec::new();
    if duplicates.identical > 0 {
        let number = duplicates.identical;
        let text = Bilingual::new(
            format!("{number} 行与先前的行完全相同，已去除"),
            format!("{number} rows repeat an earlier one and were dropped"),
        );
        findings.push(Finding::note("duplicates-dropped", text).about(subject.clone()));
    }
    if duplicates.conflicting > 0 {
        let number = duplicates.conflicting;
        let text = Bilingual::new(
            format!("{number} 行与先前同键的行内容不一致，暂以先到者为准"),
            format!("{number} rows contradict an earlier one with the same key; the first was kept"),
        );
        findings.push(Finding::hold("conflicting-rows", text, again()).about(subject));
    }
    findings
}

fn again() -> Bilingual {
    Bilingual::new(
        "用 --refresh 重新取数；若仍如此，请与数据源核对",
        "pull again with `--refresh`; if it stays, ask the source",
    )
}
