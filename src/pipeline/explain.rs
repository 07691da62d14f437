//! One card followed down to the rows behind each number.

use anyhow::Context;

use crate::diag::{Diagnostic, Diagnostics};
use crate::ledger::DocumentKind;
use crate::period::Period;
use crate::score::appraisal::{Card, Figure, Origin};
use crate::tables::Rows;

use super::{Pipeline, build, documents, keeping, versions};

/// A card and the rows behind its lines.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The card, scored again from the kept tables.
    pub card: Card,
    /// The scheme and its version.
    pub scheme: String,
    /// The edition that was issued, if one was.
    pub edition: Option<u32>,
    /// Whether that edition says the same as these numbers; the scheme or the data may have changed since.
    pub as_issued: bool,
    /// For each line, the rows behind its value: as many entries as the line has origins.
    pub rows: Vec<Vec<Rows>>,
    /// The numbers of the agent's team, department and shop on which the money rests.
    pub figures: Vec<Figure>,
}

/// Scores the kept tables of a period again and shows at most `most` rows behind each value of one agent.
pub fn explain(
    pipeline: &Pipeline,
    job: &str,
    period: &Period,
    agent: &str,
    most: usize,
) -> anyhow::Result<Explanation> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    let tables = keeping::kept_tables(pipeline, job, period)?.with_context(|| {
        format!("no data of {period} is kept; run `scorepost run {} --period {period}` first", job.id)
    })?;
    let latest = pipeline.ledger.latest_document(&job.id, period, DocumentKind::Card, agent)?;
    let chosen = match &latest {
        Some(card) => pipeline.ledger.chosen_scheme(&card.run_id)?,
        None => None,
    };
    let scheme = versions::scheme_or(pipeline, job, period, chosen.as_deref())?;
    let appraisal = build::appraise(pipeline, job, &scheme, &tables, period, pipeline.settings.clock.now())?;
    let card = appraisal.cards.iter().find(|card| card.agent.id == agent).cloned();
    let card = card.ok_or_else(|| {
        let known: Vec<&str> = tables.roster.agents().map(|member| member.id.as_str()).collect();
        let unknown = Diagnostic::error(format!("agent `{agent}` has no card in {period}"));
        Diagnostics::from(unknown.hint(format!("agents: {}", known.join(", "))))
    })?;
    let rows_of =
        |origin: &Origin| tables.rows_charged(&origin.table, origin.filter.as_deref(), &origin.agents, agent, most);
    let rows = card
        .lines
        .iter()
        .map(|line| line.origins.iter().map(rows_of).collect::<anyhow::Result<_>>())
        .collect::<anyhow::Result<_>>()?;
    let of_agent = appraisal.groups.iter().filter(|group| group.members.iter().any(|member| member == agent));
    let figures = of_agent.flat_map(|group| group.figures.iter().cloned()).collect();
    let digest = documents::digest_of(pipeline, &appraisal, &card);
    Ok(Explanation {
        as_issued: latest.as_ref().is_some_and(|latest| latest.content_hash == digest),
        edition: latest.map(|latest| latest.edition),
        card,
        scheme: format!("{} {}", scheme.id, scheme.version),
        rows,
        figures,
    })
}
