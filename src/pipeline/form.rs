//! Forms that people fill in: a workbook and a printable page set for each rater's role and team, and for each check sheet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::diag::{Diagnostic, Diagnostics};
use crate::extract::{self, Extraction, Stock};
use crate::job::Job;
use crate::period::Period;
use crate::render::{self, FormKind, House};
use crate::score::forms::{self, CheckSheet, Forms, RatingForm};
use crate::score::{self, Input};
use crate::source::{Source, Table};
use crate::tables::Tables;
use crate::workbook::{self, Filled};

use super::export::file_name;
use super::folders::write_whole;
use super::order::Watch;
use super::{Pipeline, keeping, pull, versions};

/// Which forms are wanted, and where they go.
#[derive(Clone, Debug)]
pub struct FormOrder {
    /// The job's id.
    pub job: String,
    /// The days that they are about.
    pub period: Period,
    /// Only this team.
    pub team: Option<String>,
    /// Only this role of raters; where the scheme leaves rating to anybody, the role that is written.
    pub rater: Option<String>,
    /// The folder that gets a folder of the period.
    pub folder: PathBuf,
    /// What happens to forms that lie there already.
    pub known: Known,
}

/// What happens to forms that lie there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// They stay as they are: somebody may have filled them in.
    Left,
    /// They are written again, empty.
    Overwritten,
}

/// A form that was asked for.
#[derive(Clone, Debug)]
pub struct FormFile {
    /// The workbook; the printable form lies beside it under the same name.
    pub path: PathBuf,
    /// What it is.
    pub kind: FormKind,
    /// As what its rater rates; empty for check sheets.
    pub role: String,
    /// The team, the person who rates themselves, or the shop.
    pub about: String,
    /// How many items.
    pub items: usize,
    /// How many people, or sites.
    pub people: usize,
    /// Whether it was written now.
    pub is_new: bool,
}

/// Writes the forms of a job's scheme for a period; people are those of the last run, else of the roster's sources.
///
/// # Errors
/// When the scheme asks nobody for anything, nobody matches, the roster cannot be had, or a file cannot be written.
pub async fn write_forms(pipeline: &Pipeline, order: &FormOrder, watch: Watch<'_>) -> anyhow::Result<Vec<FormFile>> {
    let job = pipeline.jobs.get(&order.job).map_err(Diagnostics::from)?;
    let forms = forms_of(pipeline, job, &order.period, watch).await?;
    let forms = in_scope(forms, order)?;
    let ratings = forms.rating_forms(order.rater.as_deref());
    let checks = if order.rater.is_none() { forms.check_sheets() } else { Vec::new() };
    if ratings.is_empty() && checks.is_empty() {
        return Err(nobody_rates(&forms, order).into());
    }
    let desk = Desk::new(pipeline, &forms, order);
    let mut files = Vec::new();
    for form in &ratings {
        files.push(desk.rating(form)?);
    }
    for sheet in &checks {
        files.push(desk.check(sheet)?);
    }
    Ok(files)
}

fn in_scope(mut forms: Forms, order: &FormOrder) -> Result<Forms, Diagnostics> {
    if forms.is_empty() {
        let nothing =
            Diagnostic::error(format!("the scheme of job `{}` asks nobody to rate or to check anything", order.job));
        return Err(nothing
            .hint("`scorepost scheme show` lists what it counts; a line with `rating` or `checklist` makes a form")
            .into());
    }
    if let Some(team) = &order.team {
        let known: Vec<String> = forms.teams.iter().map(|one| format!("`{}` {}", one.id, one.name)).collect();
        forms.teams.retain(|one| one.id == *team);
        if forms.teams.is_empty() {
            let nobody = Diagnostic::error(format!("nobody of team `{team}` is scored in {}", order.period));
            return Err(nobody.hint(format!("teams: {}", known.join(", "))).into());
        }
    }
    Ok(forms)
}

fn nobody_rates(forms: &Forms, order: &FormOrder) -> Diagnostics {
    match &order.rater {
        Some(role) if !forms.rated.is_empty() => {
            let nobody = Diagnostic::error(format!("no item is rated by `{role}`"));
            nobody.hint(format!("the scheme's raters: `{}`", forms.roles().join("`, `"))).into()
        }
        _ => Diagnostic::error(format!("nobody is scored in {}", order.period))
            .hint("check the roster and the period: `scorepost sources status`")
            .into(),
    }
}

/// What is to be filled in, from the people that are known.
pub(super) async fn forms_of(
    pipeline: &Pipeline,
    job: &Job,
    period: &Period,
    watch: Watch<'_>,
) -> anyhow::Result<Forms> {
    let tables = match keeping::kept_tables(pipeline, job, period)? {
        Some(tables) => tables,
        None => people(pipeline, job, period, watch).await?,
    };
    let scheme = versions::scheme_last_used(pipeline, job, period)?;
    let compiled = score::compile(&scheme)?;
    let now = pipeline.settings.clock.now();
    let earlier = BTreeMap::new();
    let as_of = keeping::day_of(job, now);
    forms::forms(
        &compiled,
        &Input {
            tables: &tables,
            period: *period,
            cut_off: now,
            as_of,
            past: &[],
            earlier: &earlier,
            adjustments: &[],
        },
    )
}

/// The roster alone: of this period, or as it was pulled last.
async fn people(pipeline: &Pipeline, job: &Job, period: &Period, watch: Watch<'_>) -> anyhow::Result<Tables> {
    let tables = who_tells(job);
    let sources = job.sources.iter().filter_map(|id| pipeline.sources.get(id));
    let tellers: Vec<&Source> =
        sources.filter(|source| source.fills().iter().any(|table| tables.contains(table))).collect();
    let asked = Job { sources: tellers.iter().map(|source| source.id.clone()).collect(), ..job.clone() };
    let pulled = pull::pull(pipeline, &asked, period, None, watch).await?;
    let has_people = |stocks: &[(String, Stock)]| {
        stocks.iter().any(|(name, stock)| stock.height() > 0 && tables.iter().any(|table| table.name() == name))
    };
    let mut stocks = pulled.stocks;
    if !has_people(&stocks) {
        stocks = newest(pipeline, &tellers, &tables, period).await?;
    }
    if !has_people(&stocks) {
        let ids: Vec<String> = asked.sources.iter().map(|id| format!("`{id}`")).collect();
        let nobody = Diagnostic::error(format!("nobody is known for {period}: {} gave no people", ids.join(", ")));
        return Err(Diagnostics::from(nobody.hint("fill in the roster of that period, then ask again")).into());
    }
    keeping::tables_of(job, period, stocks, pipeline.settings.clock.now())
}

/// The tables that say who works where.
fn who_tells(job: &Job) -> Vec<Table> {
    let mut tables: Vec<Table> = vec![Table::AGENTS];
    tables.extend(Table::from_name("departments"));
    tables.extend(job.only_team.as_ref().and_then(|team| Table::from_name(&team.agents_of)));
    tables
}

async fn newest(
    pipeline: &Pipeline,
    tellers: &[&Source],
    tables: &[Table],
    period: &Period,
) -> anyhow::Result<Vec<(String, Stock)>> {
    let world = Extraction {
        clock: pipeline.settings.clock.clone(),
        raw: pull::raw_store(pipeline),
        hosts: pipeline.hosts.clone(),
        progress: &|_| {},
    };
    let mut stocks = Vec::new();
    for source in tellers {
        for table in source.fills().into_iter().filter(|table| tables.contains(table)) {
            let frame = extract::newest(source, table, *period, &world).await?;
            stocks.extend(frame.map(|frame| (table.name().to_owned(), frame.into())));
        }
    }
    Ok(stocks)
}

/// Where forms are written.
struct Desk<'a> {
    pipeline: &'a Pipeline,
    forms: &'a Forms,
    folder: PathBuf,
    known: Known,
    house: House,
    /// The period as people say it.
    period: String,
}

impl<'a> Desk<'a> {
    fn new(pipeline: &'a Pipeline, forms: &'a Forms, order: &FormOrder) -> Self {
        Self {
            pipeline,
            forms,
            folder: order.folder.join(order.period.name()),
            known: order.known,
            house: House::of_machine(&pipeline.settings),
            period: render::period_in_words(&order.period, pipeline.settings.locale),
        }
    }

    fn rating(&self, form: &RatingForm) -> anyhow::Result<FormFile> {
        let about = form.rater.as_ref().map_or(&form.team_id, |rater| &rater.id);
        let path = self.folder.join(format!("rating-{}-{}.xlsx", file_name(&form.role), file_name(about)));
        let (heading, locale) = (&self.forms.heading, self.pipeline.settings.locale);
        let book = || workbook::rating_form(heading, form, &Filled::new(), (&self.period, &self.house.company), locale);
        let body = || render::rating_form_body(heading, form, &self.house, locale);
        let people: std::collections::BTreeSet<&str> =
            form.blocks.iter().flat_map(|block| &block.people).map(|one| one.id.as_str()).collect();
        Ok(FormFile {
            is_new: self.write(&path, FormKind::Rating, book, body)?,
            path,
            kind: FormKind::Rating,
            role: form.role.clone(),
            about: about.clone(),
            items: form.blocks.len(),
            people: people.len(),
        })
    }

    fn check(&self, sheet: &CheckSheet) -> anyhow::Result<FormFile> {
        let site = if sheet.of_site { "site-" } else { "" };
        let path = self.folder.join(format!("check-{site}{}.xlsx", file_name(&sheet.id)));
        let (heading, locale) = (&self.forms.heading, self.pipeline.settings.locale);
        let book = || {
            workbook::check_sheet(heading, sheet, (None, &Filled::new()), (&self.period, &self.house.company), locale)
        };
        let body = || render::check_sheet_body(heading, sheet, &self.house, locale);
        Ok(FormFile {
            is_new: self.write(&path, FormKind::Check, book, body)?,
            path,
            kind: FormKind::Check,
            role: String::new(),
            about: sheet.id.clone(),
            items: sheet.inspected.iter().map(|one| one.lines.len()).max().unwrap_or(0),
            people: sheet.inspected.len(),
        })
    }

    /// Writes both files of a form; `false` when the workbook was there and stays.
    fn write(
        &self,
        path: &Path,
        kind: FormKind,
        book: impl FnOnce() -> anyhow::Result<Vec<u8>>,
        body: impl FnOnce() -> serde_json::Value,
    ) -> anyhow::Result<bool> {
        if self.known == Known::Left && path.exists() {
            return Ok(false);
        }
        let named = || format!("the form `{}` cannot be made", path.display());
        let pdf = self.pipeline.renderer()?.form(kind, &body()).map_err(anyhow::Error::from).with_context(named)?;
        write_whole(&path.with_extension("pdf"), &pdf.bytes)?;
        write_whole(path, &book().with_context(named)?)?;
        Ok(true)
    }
}
