//! The console's way to rating forms: those of a period, their workbooks, and the folder where they are collected.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::Context;

use crate::console::{Forms, Item, Rater, Sheet, UploadedCell};
use crate::ledger::Given;
use crate::period::Period;
use crate::pipeline::{FormDesk, Pipeline, form_name};
use crate::scheme::rater;
use crate::score::appraisal::Person;
use crate::score::forms::{Block, RatingForm, shown};
use crate::words::Locale;
use crate::workbook::{self, FilledRow};

/// Each form, and whether what is handed in on it comes to a run.
type Collected = Vec<(RatingForm, bool)>;
/// The newest run of a job when its forms were worked out, and the forms.
type Known = (Option<String>, Arc<Collected>);

/// The kept people and the schemes of this process.
pub(super) struct KeptForms {
    pipeline: Arc<Pipeline>,
    /// What was worked out last for a job's period, and the newest run of that job then: only a run changes who is known.
    known: Mutex<BTreeMap<(String, Period), Known>>,
}

impl KeptForms {
    pub(super) fn of(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, known: Mutex::default() }
    }

    fn forms(&self, job: &str, period: &Period) -> anyhow::Result<Arc<Collected>> {
        let newest = self.pipeline.ledger.runs(Some(job), 1)?.pop().map(|run| format!("{} {}", run.id, run.state));
        let key = (job.to_owned(), *period);
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((_, forms)) = known.get(&key).filter(|(then, _)| *then == newest) {
            return Ok(forms.clone());
        }
        let desk = FormDesk::open(&self.pipeline, job, period)?;
        let forms = desk.map(|desk| {
            let is_collected = desk.is_collected();
            desk.rating_forms().into_iter().map(|form| (form, is_collected)).collect()
        });
        let forms: Arc<Collected> = Arc::new(forms.unwrap_or_default());
        known.insert(key, (newest, forms.clone()));
        Ok(forms)
    }

    fn at<T>(
        &self,
        job: &str,
        period: &Period,
        form: &str,
        act: impl FnOnce(&FormDesk<'_>, &RatingForm) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let desk = FormDesk::open(&self.pipeline, job, period)?.context("nobody of that period is known any more")?;
        let all = desk.rating_forms();
        let form = all.iter().find(|one| form_name(one) == form).context("the scheme no longer has this form")?;
        act(&desk, form)
    }
}

impl Forms for KeptForms {
    fn sheets(&self, job: &str, period: &Period, locale: Locale) -> anyhow::Result<Vec<Sheet>> {
        let forms = self.forms(job, period)?;
        Ok(forms.iter().map(|(form, is_collected)| sheet(form, *is_collected, locale)).collect())
    }

    fn workbook(&self, job: &str, period: &Period, form: &str, given: &[Given]) -> anyhow::Result<Vec<u8>> {
        self.at(job, period, form, |desk, form| desk.workbook(form, given))
    }

    fn read(&self, bytes: &[u8]) -> anyhow::Result<Vec<UploadedCell>> {
        Ok(workbook::read_rating_form(bytes)?.into_iter().map(cell).collect())
    }

    fn collect(&self, job: &str, period: &Period, form: &str, by: Rater<'_>, given: &[Given]) -> anyhow::Result<()> {
        let person = Person { id: by.id.to_owned(), name: by.name.to_owned(), email: None };
        self.at(job, period, form, |desk, form| desk.collect(form, &person, given).map(drop))
    }
}

fn sheet(form: &RatingForm, is_collected: bool, locale: Locale) -> Sheet {
    let people = form.blocks.iter().flat_map(|block| &block.people);
    let members: std::collections::BTreeSet<String> = people.map(|one| one.id.clone()).collect();
    Sheet {
        name: form_name(form),
        role: form.role.clone(),
        role_name: rater(&form.role),
        team: form.team_id.clone(),
        team_name: form.team_name.clone(),
        rater: form.rater.as_ref().map(|one| (one.id.clone(), one.name.clone())),
        members: members.into_iter().collect(),
        is_collected,
        items: form.blocks.iter().map(|block| item(block, locale)).collect(),
    }
}

fn item(block: &Block, locale: Locale) -> Item {
    let item = &block.item;
    Item {
        id: item.id.clone(),
        label: item.label.get(locale).to_owned(),
        about: item.about.as_ref().map(|about| about.get(locale).to_owned()),
        most: shown(&item.max),
        levels: item.levels.iter().map(|level| (level.id.clone(), level.label.get(locale).to_owned())).collect(),
        people: block.people.iter().map(|one| (one.id.clone(), one.name.clone())).collect(),
    }
}

fn cell(row: FilledRow) -> UploadedCell {
    UploadedCell {
        sheet: workbook::RATING_SHEET.to_owned(),
        cell: row.cell,
        role: row.role,
        given: Given { item: row.item, agent: row.agent, given: row.given, comment: row.comment },
    }
}
