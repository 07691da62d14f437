//! The console's way to events that people write down: what a scheme counts, about whom, and the folder that collects it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::console::{Collection, RecordSheet, RecordTeam, Records};
use crate::period::Period;
use crate::pipeline::{self, FormDesk, Pipeline};
use crate::score::forms::FormTeam;

use super::kept::Kept;

/// The kept people and the schemes of this process.
pub(super) struct KeptRecords {
    pipeline: Arc<Pipeline>,
    known: Kept<RecordSheet>,
    /// Files are written one at a time.
    writing: Mutex<()>,
}

impl KeptRecords {
    pub(super) fn of(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, known: Kept::default(), writing: Mutex::default() }
    }
}

impl Records for KeptRecords {
    fn sheet(&self, job: &str, period: &Period) -> anyhow::Result<Arc<RecordSheet>> {
        let work =
            || Ok(FormDesk::open(&self.pipeline, job, period)?.map(|desk| sheet(&desk, period)).unwrap_or_default());
        self.known.get(&self.pipeline, (job, period), work)
    }

    fn collect(&self, job: &str, period: &Period) -> anyhow::Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        pipeline::collect_events(&self.pipeline, job, period)
    }
}

fn sheet(desk: &FormDesk<'_>, period: &Period) -> RecordSheet {
    RecordSheet {
        kinds: desk.noted().to_vec(),
        teams: desk.teams().iter().map(team).collect(),
        known_since: Some(desk.known_since()).filter(|known| known != period),
        collection: collection(desk.collection()),
    }
}

fn collection(found: pipeline::Collection) -> Collection {
    match found {
        pipeline::Collection::Nowhere => Collection::Nowhere,
        pipeline::Collection::WithoutEvents(source) => Collection::WithoutEvents(source),
        pipeline::Collection::Works => Collection::Works,
    }
}

fn team(team: &FormTeam) -> RecordTeam {
    RecordTeam {
        id: team.id.clone(),
        name: team.name.clone(),
        people: team.people.iter().map(|one| (one.id.clone(), one.name.clone())).collect(),
    }
}
