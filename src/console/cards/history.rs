//! One agent's totals over the periods, as a table and as a line.

use super::super::rights::{self, Sight};
use super::{dash, path, place, total};
use crate::exact::Exact;
use crate::ledger::{CardSummary, Document, Ledger};

/// How many periods are shown at most.
const PERIODS: usize = 24;
/// The drawing is this wide …
const WIDTH: f64 = 640.0;
/// … and this high, with room at each edge for the dots.
const HEIGHT: f64 = 120.0;
const EDGE: f64 = 12.0;

/// What became of an agent over the periods.
pub struct History {
    /// A line per period, the newest first.
    pub rows: Vec<Row>,
    /// The line through the totals; none with fewer than two.
    pub chart: Option<Chart>,
}

/// One period.
pub struct Row {
    /// The period.
    pub period: String,
    /// Where its card is.
    pub path: String,
    /// Whether it is the one on the page.
    pub here: bool,
    /// Two decimals, or a dash.
    pub total: String,
    /// The place of how many, or a dash.
    pub rank: String,
    /// The grade, or a dash.
    pub grade: String,
}

/// A line through totals.
pub struct Chart {
    /// The corners of the line, as SVG takes them.
    pub line: String,
    /// A dot for each total.
    pub dots: Vec<Dot>,
    /// The lowest and the highest total.
    pub range: (String, String),
}

/// One total in the drawing.
pub struct Dot {
    /// From the left edge.
    pub x: String,
    /// From the upper edge.
    pub y: String,
    /// The period and the total.
    pub text: String,
}

impl History {
    /// The history of the card's agent as far as this person may see it.
    pub fn of(ledger: &Ledger, sight: &Sight, card: &Document) -> anyhow::Result<Self> {
        let mut all = rights::card_history(ledger, sight, &card.job, &card.subject)?;
        all.retain(|one| one.period.cycle == card.period.cycle);
        let skipped = all.len().saturating_sub(PERIODS);
        let shown = &all[skipped..];
        let rows = shown.iter().rev().map(|one| Row::of(one, card)).collect();
        Ok(Self { rows, chart: Chart::of(shown) })
    }
}

impl Row {
    fn of(one: &CardSummary, card: &Document) -> Self {
        Self {
            period: one.period.to_string(),
            path: path(one.id),
            here: one.period == card.period,
            total: total(one.total.as_ref()),
            rank: place(one.rank, one.of),
            grade: one.grade.clone().unwrap_or_else(dash),
        }
    }
}

impl Chart {
    /// Periods at even distances, totals between the lowest and the highest; a period without a total has no dot.
    fn of(history: &[CardSummary]) -> Option<Self> {
        let totals: Vec<(usize, &CardSummary, &Exact)> =
            history.iter().enumerate().filter_map(|(at, one)| Some((at, one, one.total.as_ref()?))).collect();
        let low = totals.iter().map(|(.., total)| *total).min()?;
        let high = totals.iter().map(|(.., total)| *total).max()?;
        if totals.len() < 2 {
            return None;
        }
        let span = (high.clone() - low.clone()).to_f64();
        let across = (WIDTH - 2.0 * EDGE) / (history.len() - 1) as f64;
        let dot = |(at, one, total): &(usize, &CardSummary, &Exact)| {
            let above = if span > 0.0 { ((*total).clone() - low.clone()).to_f64() / span } else { 0.5 };
            Dot {
                x: format!("{:.1}", EDGE + *at as f64 * across),
                y: format!("{:.1}", HEIGHT - EDGE - above * (HEIGHT - 2.0 * EDGE)),
                text: format!("{} {}", one.period, total.fixed(2)),
            }
        };
        let dots: Vec<Dot> = totals.iter().map(dot).collect();
        let line = dots.iter().map(|dot| format!("{},{}", dot.x, dot.y)).collect::<Vec<_>>().join(" ");
        Some(Self { line, dots, range: (low.fixed(2), high.fixed(2)) })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::period::Period;

    fn card(label: &str, total: Option<i64>) -> CardSummary {
        CardSummary {
            id: 1,
            period: Period::parse(label).expect("a period"),
            agent: "A001".to_owned(),
            name: "Agent 001".to_owned(),
            team: "T1".to_owned(),
            edition: 1,
            total: total.map(Exact::whole),
            rank: None,
            of: None,
            grade: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_higher_total_lies_higher_and_a_missing_one_leaves_a_gap() {
        let chart = Chart::of(&[card("2026-08", Some(60)), card("2026-09", None), card("2026-10", Some(80))]);
        let chart = chart.expect("a chart");
        assert_eq!(chart.line, "12.0,108.0 628.0,12.0");
        assert_eq!(chart.range, ("60.00".to_owned(), "80.00".to_owned()));
        assert_eq!(chart.dots[1].text, "2026-10 80.00");
    }

    #[test]
    fn one_total_is_no_line_and_equal_ones_are_a_level_one() {
        assert!(Chart::of(&[card("2026-10", Some(60))]).is_none());
        assert!(Chart::of(&[card("2026-09", None), card("2026-10", None)]).is_none());
        let level = Chart::of(&[card("2026-09", Some(70)), card("2026-10", Some(70))]).expect("a chart");
        assert_eq!(level.line, "12.0,60.0 628.0,60.0");
    }
}
