//! The console's way to the kept rows: cards followed down to what they were computed from.

use std::sync::Arc;

use crate::cli::explain::{Working, describe, figures, money, sum};
use crate::console::{Branch, Explained, Explanations, RowTable};
use crate::period::Period;
use crate::pipeline::{self, Pipeline};
use crate::score::appraisal::Line;
use crate::tables::Rows;
use crate::words::Locale;

/// How many rows are shown behind each value.
const ROWS: usize = 20;

/// Scores the kept rows again for every question.
pub(super) struct KeptRows {
    pub(super) pipeline: Arc<Pipeline>,
}

impl Explanations for KeptRows {
    fn explain(&self, job: &str, period: &Period, agent: &str, locale: Locale) -> anyhow::Result<Explained> {
        let explanation = pipeline::explain(&self.pipeline, job, period, agent, ROWS)?;
        let lines = explanation.card.lines.iter().zip(&explanation.rows);
        let branches = lines.map(|(line, rows)| branch(line, rows, locale));
        let outcome = money(&explanation, locale).into_iter().chain(figures(&explanation, locale));
        let outcome = outcome.map(|Working { head, worked }| Branch { head, steps: vec![worked], tables: Vec::new() });
        Ok(Explained {
            sum: sum(&explanation.card, locale),
            as_issued: explanation.as_issued,
            branches: branches.chain(outcome).collect(),
            scheme: explanation.scheme,
        })
    }
}

fn branch(line: &Line, rows: &[Rows], locale: Locale) -> Branch {
    let described = describe(line, rows, locale);
    let table =
        |(title, rows): (String, &Rows)| RowTable { title, columns: rows.columns.clone(), cells: rows.cells.clone() };
    Branch { head: described.head, steps: described.steps, tables: described.tables.into_iter().map(table).collect() }
}
