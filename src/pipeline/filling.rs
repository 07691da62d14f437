//! Forms filled in beside the workbooks: those of a period from what is kept, and the drop file by which what was handed
//! in comes to a run, through the same door as a workbook that a person put there.

use std::path::PathBuf;

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::Given;
use crate::period::Period;
use crate::render;
use crate::scheme::Noted;
use crate::score::appraisal::Person;
use crate::score::forms::{CheckSheet, Forms, RatingForm};
use crate::score::{self, Input, forms};
use crate::source::{Resource, Source};
use crate::tables::Tables;
use crate::workbook::{self, Filled};

use super::export::file_name;
use super::folders::write_whole;
use super::{Pipeline, keeping, versions};

/// How many periods back the people are looked for, where nothing of the period itself is kept.
const BACK: usize = 3;

/// The forms of one period of a job.
pub struct FormDesk<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) job: &'a Job,
    pub(super) period: Period,
    /// The period as of which the people are known: this one, or one before it.
    pub(super) known: Period,
    pub(super) forms: Forms,
    /// The events that can be written down.
    pub(super) noted: Vec<Noted>,
}

/// A form that can be filled in.
#[derive(Clone, Debug)]
pub enum Form {
    /// Items to rate.
    Rating(RatingForm),
    /// Items to check.
    Check(CheckSheet),
}

impl Form {
    /// Its name, which its files begin with.
    pub fn name(&self) -> String {
        match self {
            Self::Rating(form) => {
                let about = form.rater.as_ref().map_or(&form.team_id, |rater| &rater.id);
                format!("rating-{}-{}", file_name(&form.role), file_name(about))
            }
            Self::Check(sheet) => {
                let site = if sheet.of_site { "site-" } else { "" };
                format!("check-{site}{}", file_name(&sheet.id))
            }
        }
    }

    /// The table that its answers fill.
    fn table(&self) -> &'static str {
        match self {
            Self::Rating(_) => "ratings",
            Self::Check(_) => "checklist_results",
        }
    }
}

impl<'a> FormDesk<'a> {
    /// The forms for the people who are known without asking any source; `None` where nobody is known yet.
    pub fn open(pipeline: &'a Pipeline, job: &str, period: &Period) -> anyhow::Result<Option<Self>> {
        let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
        let Some((known, tables)) = people(pipeline, job, period)? else { return Ok(None) };
        let scheme = versions::scheme_last_used(pipeline, job, period)?;
        let compiled = score::compile(&scheme)?;
        let (now, earlier) = (pipeline.settings.clock.now(), Default::default());
        let forms = forms::forms(
            &compiled,
            &Input {
                tables: &tables,
                period: *period,
                cut_off: now,
                as_of: keeping::day_of(job, now),
                past: &[],
                earlier: &earlier,
                adjustments: &[],
            },
        )?;
        Ok(Some(Self { pipeline, job, period: *period, known, forms, noted: scheme.noted() }))
    }

    /// Every form: ratings role by role and team by team, then check sheets.
    pub fn all(&self) -> Vec<Form> {
        let ratings = self.forms.rating_forms(None).into_iter().map(Form::Rating);
        ratings.chain(self.forms.check_sheets().into_iter().map(Form::Check)).collect()
    }

    /// The workbook of a form, with what is filled in already.
    pub fn workbook(&self, form: &Form, given: &[Given]) -> anyhow::Result<Vec<u8>> {
        self.book(form, None, given)
    }

    fn book(&self, form: &Form, by: Option<&Person>, given: &[Given]) -> anyhow::Result<Vec<u8>> {
        let (settings, locale) = (&self.pipeline.settings, self.pipeline.settings.locale);
        let period = render::period_in_words(&self.period, locale);
        let about = (period.as_str(), settings.house.company.get(locale));
        let (heading, filled) = (&self.forms.heading, filled(given));
        match (form, by) {
            (Form::Rating(form), None) => workbook::rating_form(heading, form, &filled, about, locale),
            (Form::Rating(form), Some(rater)) => {
                let own = RatingForm { rater: Some(rater.clone()), ..form.clone() };
                workbook::rating_form(heading, &own, &filled, about, locale)
            }
            (Form::Check(sheet), by) => workbook::check_sheet(heading, sheet, (by, &filled), about, locale),
        }
    }

    /// Whether what is handed in comes to a run: whether a source of the job reads such forms from a folder.
    pub fn is_collected(&self, form: &Form) -> bool {
        self.folder(form.table(), &file_of(form, "")).is_some()
    }

    /// Puts what somebody handed in where the job's source collects forms, in place of what they handed in before.
    ///
    /// # Errors
    /// When no source of the job collects such forms, or the file cannot be written.
    pub fn collect(&self, form: &Form, by: &Person, given: &[Given]) -> anyhow::Result<PathBuf> {
        let name = file_of(form, &file_name(&by.id));
        let folder = self.folder(form.table(), &name).with_context(|| {
            format!("no source of job `{}` collects forms: add the source `forms` and set `FORMS_DIR`", self.job.id)
        })?;
        let path = folder.join(self.period.name()).join(name);
        write_whole(&path, &self.book(form, Some(by), given)?)?;
        Ok(path)
    }

    /// The folder in which a source of the job reads a workbook of this name and fills a table from it.
    fn folder(&self, table: &str, file: &str) -> Option<PathBuf> {
        let mut sources = self.job.sources.iter().filter_map(|id| self.pipeline.sources.get(id));
        let name = self.period.name();
        sources.find_map(|source| folder_of(source, (&name, &self.job.id), (table, file)))
    }
}

/// The file in which somebody hands in a form.
fn file_of(form: &Form, by: &str) -> String {
    format!("{} ({by}).xlsx", form.name())
}

/// The folder of a source that reads a workbook of this name in a period's folder, for a job, and fills a table from it.
pub(super) fn folder_of(source: &Source, names: (&str, &str), (table, file): (&str, &str)) -> Option<PathBuf> {
    let fills = |one: &Resource| one.mapping.rows.iter().any(|row| row.table.name() == table);
    let reads = |one: &&Resource| one.collects_workbooks() && one.reads(names, file) && fills(one);
    source.resources.iter().find(reads).and_then(|_| source.client.folder())
}

/// The people of the period as they were pulled last, or of the nearest period before of which any are kept.
fn people(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Option<(Period, Tables)>> {
    let mut at = *period;
    for _ in 0..=BACK {
        if let Some(tables) = keeping::kept_tables(pipeline, job, &at)? {
            return Ok(Some((at, tables)));
        }
        at = at.previous();
    }
    Ok(None)
}

fn filled(given: &[Given]) -> Filled {
    let cell = |one: &Given| ((one.item.clone(), one.agent.clone()), (one.given.clone(), one.comment.clone()));
    given.iter().map(cell).collect()
}
