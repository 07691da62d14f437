//! One cheap request, to see whether a source answers, or a look into its folder; nothing is kept.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::http::Fetcher;
use super::plan::{Circumstance, Survey};
use super::walk::first_request;
use super::{Ask, Extraction};
use crate::source::{Resource, Source};

/// What a source answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// The request, without secrets, or the folder.
    pub request: String,
    /// What came back.
    pub answer: String,
}

/// Sends the first request of the first resource for which the ids are known.
///
/// # Errors
/// When a variable has no value, no resource can be asked, or the answer is not good; never a secret.
pub async fn probe(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Probed> {
    if let Some(name) = source.unresolved.first() {
        bail!("`{name}` has no value; set it in the environment or the secrets file");
    }
    if let Some(folder) = source.client.folder() {
        let look = tokio::task::spawn_blocking(move || look_into(&folder));
        return match tokio::time::timeout(source.client.timeout * 2, look).await {
            Ok(found) => found.context("looking into the folder was interrupted")?,
            Err(_) => bail!("the folder does not answer; is it mounted?"),
        };
    }
    let Some((resource, walk)) = source.resources.iter().find_map(|one| Some((one, first(source, one, ask, world)?)))
    else {
        bail!("it asks for each account or agent and none is known; pull the source that fills them first");
    };
    let asked = first_request(resource, &walk);
    let fetcher = Fetcher::new(source, world.clock.clone(), &world.hosts, world.progress)?;
    let answer = tokio::time::timeout(source.client.timeout * 2, fetcher.fetch(resource, &asked)).await;
    let Ok(answer) = answer else { bail!("{}: no good answer after {:?}", asked.label(), source.client.timeout * 2) };
    let answer = answer?;
    Ok(Probed { request: asked.label(), answer: format!("{}, {} B", answer.status, answer.body.len()) })
}

/// Whether a folder is there and may be read; which files are due depends on the period of a job.
fn look_into(folder: &Path) -> Result<Probed> {
    let entries = std::fs::read_dir(folder).with_context(|| {
        format!("the folder `{}` cannot be read; is it mounted, and may this user read it?", folder.display())
    })?;
    match entries.count() {
        0 => bail!("the folder `{}` is empty; is it mounted?", folder.display()),
        many => Ok(Probed { request: folder.display().to_string(), answer: format!("{many} entries") }),
    }
}

/// The first walk of a resource, if it can be planned.
fn first(source: &Source, resource: &Resource, ask: &Ask, world: &Extraction<'_>) -> Option<super::plan::Walk> {
    let tables = ask.tables.iter().map(|(table, frame)| (*table, vec![frame.clone()])).collect::<BTreeMap<_, _>>();
    let circumstance = Circumstance {
        period: ask.period,
        job: &ask.job,
        zone: source.zone,
        begun: world.clock.now(),
        tables: &tables,
        parents: None,
    };
    let survey = Survey::of(resource, &circumstance).ok()?;
    let days = survey.reach.iter().map(|reach| reach.wanted).filter(|(from, to)| from < to).collect();
    survey.walks(&[(days, survey.cells.clone())]).into_iter().next()
}
