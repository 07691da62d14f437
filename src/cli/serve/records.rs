//! The console's way to events that people write down: what a scheme counts, about whom, and the folder that collects it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::Context;

use crate::console::{RecordSheet, RecordTeam, Records};
use crate::period::Period;
use crate::pipeline::{FormDesk, Pipeline};
use crate::score::forms::FormTeam;

/// The newest run of a job when its sheet was worked out, and the sheet.
type Known = (Option<String>, Arc<RecordSheet>);

/// The kept people and the schemes of this process.
pub(super) struct KeptRecords {
    pipeline: Arc<Pipeline>,
    /// What was worked out last for a job's period: only a run changes who is known.
    known: Mutex<BTreeMap<(String, Period), Known>>,
    /// Files are written one at a time.
    writing: Mutex<()>,
}

impl KeptRecords {
    pub(super) fn of(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, known: Mutex::default(), writing: Mutex::default() }
    }
}

impl Records for KeptRecords {
    fn sheet(&self, job: &str, period: &Period) -> anyhow::Result<Arc<RecordSheet>> {
        let newest = self.pipeline.ledger.runs(Some(job), 1)?.pop().map(|run| format!("{} {}", run.id, run.state));
        let key = (job.to_owned(), *period);
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((_, sheet)) = known.get(&key).filter(|(then, _)| *then == newest) {
            return Ok(sheet.clone());
        }
        let sheet = Arc::new(FormDesk::open(&self.pipeline, job, period)?.map(|desk| sheet(&desk)).unwrap_or_default());
        known.insert(key, (newest, sheet.clone()));
        Ok(sheet)
    }

    fn collect(&self, job: &str, period: &Period, team: &str) -> anyhow::Result<()> {
        let _one = self.writing.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let desk = FormDesk::open(&self.pipeline, job, period)?.context("nobody of that period is known any more")?;
        desk.collect_events(team).map(drop)
    }
}

fn sheet(desk: &FormDesk<'_>) -> RecordSheet {
    RecordSheet {
        kinds: desk.noted().to_vec(),
        teams: desk.teams().iter().map(team).collect(),
        is_collected: desk.collects_events(),
    }
}

fn team(team: &FormTeam) -> RecordTeam {
    RecordTeam {
        id: team.id.clone(),
        name: team.name.clone(),
        people: team.people.iter().map(|one| (one.id.clone(), one.name.clone())).collect(),
    }
}
