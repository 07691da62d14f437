//! Owed forms: whose ratings a period still lacks.

use std::collections::BTreeSet;

use polars::prelude::DataFrame;

use crate::diag::Diagnostics;
use crate::job::Job;
use crate::period::Period;
use crate::scheme::rater;
use crate::score::appraisal::Person;
use crate::score::forms::RatingForm;
use crate::words::{Bilingual, Locale};

use super::form::forms_of;
use super::order::Watch;
use super::{Pipeline, keeping, pull};

/// What one kind of rater owes about one team, or about themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// As what they rate, such as `supervisor`.
    pub role: String,
    /// The team's id.
    pub team: String,
    /// What people call the team.
    pub team_name: String,
    /// Who rates, where only one person can.
    pub rater: Option<Person>,
    /// Ratings that are missing.
    pub missing: usize,
    /// Ratings that are asked for.
    pub asked: usize,
}

impl Owed {
    /// The same in words.
    pub fn text(&self) -> Bilingual {
        let Self { team_name, missing, asked, .. } = self;
        let role = rater(&self.role);
        let who = self.rater.as_ref().map(|one| format!(" {}", one.id)).unwrap_or_default();
        Bilingual::new(
            format!("{team_name}{who} {}（缺 {missing}/{asked}）", role.get(Locale::Zh)),
            format!("{team_name}{who}, {} ({missing} of {asked})", role.get(Locale::En)),
        )
    }
}

/// Whose ratings are missing in what the job's sources have now; nobody, where its scheme asks for none.
pub async fn owed_forms(
    pipeline: &Pipeline,
    job: &str,
    period: &Period,
    watch: Watch<'_>,
) -> anyhow::Result<Vec<Owed>> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    let forms = forms_of(pipeline, job, period, watch).await?;
    let wanted = forms.rating_forms(None);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let given = ratings(pipeline, job, period, watch).await?;
    Ok(wanted.iter().filter_map(|form| owed(form, &given)).collect())
}

/// Who was rated on what by whom: role, subject, item.
type Given = BTreeSet<(String, String, String)>;

fn owed(form: &RatingForm, given: &Given) -> Option<Owed> {
    let asked = form.blocks.iter().flat_map(|block| block.people.iter().map(|one| (&one.id, &block.item.id)));
    let asked: Vec<(&String, &String)> = asked.collect();
    let has = |one: &&(&String, &String)| !given.contains(&(form.role.clone(), one.0.clone(), one.1.clone()));
    let missing = asked.iter().filter(has).count();
    (missing > 0).then(|| Owed {
        role: form.role.clone(),
        team: form.team_id.clone(),
        team_name: form.team_name.clone(),
        rater: form.rater.clone(),
        missing,
        asked: asked.len(),
    })
}

/// The ratings as the sources have them now: what is kept of forms is older than what people filled in since.
async fn ratings(pipeline: &Pipeline, job: &Job, period: &Period, watch: Watch<'_>) -> anyhow::Result<Given> {
    let fill = |id: &&String| {
        let source = pipeline.sources.get(*id);
        source.is_some_and(|source| source.fills().iter().any(|table| table.name() == "ratings"))
    };
    let sources: Vec<String> = job.sources.iter().filter(fill).cloned().collect();
    if sources.is_empty() {
        return Ok(Given::new());
    }
    let asked = Job { sources, ..job.clone() };
    let now = pipeline.settings.clock.now();
    let pulled = pull::pull(pipeline, &asked, period, Some(now), watch).await?;
    let tables = keeping::tables_of(job, period, pulled.stocks, now)?;
    tables.frames.get("ratings").map_or_else(|| Ok(Given::new()), read)
}

fn read(frame: &DataFrame) -> anyhow::Result<Given> {
    let column = |name: &str| anyhow::Ok(frame.column(name)?.str()?.clone());
    let (roles, subjects, items) = (column("rater_role")?, column("agent_id")?, column("item_id")?);
    let rows = roles.iter().zip(subjects.iter()).zip(items.iter());
    let own = |text: Option<&str>| text.map(str::to_owned);
    Ok(rows.filter_map(|((role, subject), item)| Some((own(role)?, own(subject)?, own(item)?))).collect())
}
