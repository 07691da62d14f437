//! One scheme's line of history: its results of the periods simulated before, and those that were issued.

use std::collections::BTreeSet;

use crate::job::Job;
use crate::period::Period;
use crate::scheme::Scheme;
use crate::score::appraisal::{Card, Standing};
use crate::score::{self, Appraisal, Compiled, Input, PastResult};

use super::super::reckoning::{self, For};
use super::super::{Pipeline, adjustments, build, keeping};
use super::Kept;

/// A scheme on its way through the periods.
pub(super) struct History<'a> {
    compiled: Compiled<'a>,
    results: Vec<PastResult>,
    simulated: BTreeSet<Period>,
}

impl<'a> History<'a> {
    /// A scheme that has not scored anything yet.
    pub(super) fn of(scheme: &'a Scheme) -> anyhow::Result<Self> {
        Ok(Self { compiled: score::compile(scheme)?, results: Vec::new(), simulated: BTreeSet::new() })
    }

    /// Scores one period and remembers the results for those after it.
    pub(super) fn appraise(&mut self, pipeline: &Pipeline, job: &Job, kept: &Kept) -> anyhow::Result<Appraisal> {
        let past = self.past(pipeline, job, &kept.period)?;
        let earlier = keeping::earlier_tables(pipeline, job, self.compiled.scheme, &kept.period)?;
        let set = adjustments::now(pipeline, job, &kept.period)?;
        let input = Input {
            tables: &kept.tables,
            period: kept.period,
            cut_off: kept.cut_off,
            as_of: keeping::day_of(job, kept.cut_off),
            past: &past,
            earlier: &earlier,
            adjustments: &set,
        };
        let appraisal = reckoning::appraise(pipeline, job, &self.compiled, &input, For::Look)?;
        self.simulated.insert(kept.period);
        self.results.extend(appraisal.cards.iter().map(|card| result(card, kept.period)));
        Ok(appraisal)
    }

    /// Its own results, and for periods that it did not score those that were issued.
    fn past(&self, pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Vec<PastResult>> {
        let mut past = build::past_results(pipeline, job, self.compiled.scheme, period)?;
        past.retain(|result| !self.simulated.contains(&result.period));
        past.extend(self.results.iter().cloned());
        past.sort_by(|one, other| (one.period, &one.agent).cmp(&(other.period, &other.agent)));
        Ok(past)
    }
}

fn result(card: &Card, period: Period) -> PastResult {
    let (total, rank, ranked, grade) = match &card.standing {
        Standing::Scored { total, rank, of, grade_id, .. } => {
            (Some(total.clone()), Some(*rank), Some(*of), Some(grade_id.clone()))
        }
        Standing::NotScored { .. } => (None, None, None, None),
    };
    PastResult {
        agent: card.agent.id.clone(),
        team: card.team_id.clone(),
        period,
        total,
        rank,
        ranked,
        grade,
        marks: card.marks.iter().map(|mark| mark.id.clone()).collect(),
    }
}
