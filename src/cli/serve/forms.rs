//! The console's way to forms: those of a period, their workbooks, and the folder where they are collected.

mod checks;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;

use crate::console::{Forms, Item, Rater, Sheet, UploadedCell};
use crate::ledger::Given;
use crate::period::Period;
use crate::pipeline::{Form, FormDesk, Pipeline};
use crate::scheme::rater;
use crate::score::appraisal::Person;
use crate::score::forms::{Block, RatingForm, shown};
use crate::words::Locale;
use crate::workbook::{self, FilledRow};

use super::kept::Kept;

/// Each form, and whether what is handed in on it comes to a run.
type Collected = Vec<(Form, bool)>;

/// The kept people and the schemes of this process.
pub(super) struct KeptForms {
    pipeline: Arc<Pipeline>,
    known: Kept<Collected>,
}

impl KeptForms {
    pub(super) fn of(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, known: Kept::default() }
    }

    fn forms(&self, job: &str, period: &Period) -> anyhow::Result<Arc<Collected>> {
        self.known.get(&self.pipeline, (job, period), || {
            let Some(desk) = FormDesk::open(&self.pipeline, job, period)? else { return Ok(Vec::new()) };
            Ok(desk
                .all()
                .into_iter()
                .map(|form| (desk.is_collected(&form), form))
                .map(|(is, form)| (form, is))
                .collect())
        })
    }

    fn at<T>(
        &self,
        job: &str,
        period: &Period,
        form: &str,
        act: impl FnOnce(&FormDesk<'_>, &Form) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let desk = FormDesk::open(&self.pipeline, job, period)?.context("nobody of that period is known any more")?;
        let all = desk.all();
        let form = all.iter().find(|one| one.name() == form).context("the scheme no longer has this form")?;
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
        Ok(workbook::read_form(bytes)?.into_iter().map(cell).collect())
    }

    fn collect(&self, job: &str, period: &Period, form: &str, by: Rater<'_>, given: &[Given]) -> anyhow::Result<()> {
        let person = Person { id: by.id.to_owned(), name: by.name.to_owned(), email: None };
        self.at(job, period, form, |desk, form| desk.collect(form, &person, given).map(drop))
    }
}

fn sheet(form: &Form, is_collected: bool, locale: Locale) -> Sheet {
    let sheet = match form {
        Form::Rating(form) => rating(form, locale),
        Form::Check(sheet) => checks::sheet(sheet, locale),
    };
    let people = sheet.items.iter().flat_map(|item| &item.people);
    let members: BTreeSet<String> = people.map(|(id, _)| id.clone()).collect();
    Sheet { name: form.name(), members: members.into_iter().collect(), is_collected, ..sheet }
}

fn rating(form: &RatingForm, locale: Locale) -> Sheet {
    Sheet {
        role: form.role.clone(),
        role_name: rater(&form.role),
        team: form.team_id.clone(),
        team_name: form.team_name.clone(),
        rater: form.rater.as_ref().map(|one| (one.id.clone(), one.name.clone())),
        items: form.blocks.iter().map(|block| item(block, locale)).collect(),
        ..Sheet::default()
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
        ..Item::default()
    }
}

fn cell(row: FilledRow) -> UploadedCell {
    UploadedCell {
        sheet: row.sheet,
        cell: row.cell,
        role: row.role,
        given: Given { item: row.item, agent: row.agent, given: row.given, comment: row.comment },
    }
}
