//! `cards.xlsx`: cards, their lines, their amounts and what was noticed, a sheet each.

use crate::exact::Exact;
use crate::ledger::DocumentKind;
use crate::score::appraisal::{Card, Line, MoneyLine, Standing};
use crate::workbook::{self, Cell, List, Row};

use super::super::Outcome;
use super::super::consequences::Consequences;
use super::Sheet;

/// The bytes of the workbook.
pub(super) fn cards(sheet: &Sheet<'_>, outcome: &Outcome, cards: &[&Card]) -> anyhow::Result<Vec<u8>> {
    let all = [sheet.standings(cards), sheet.card_lines(cards), sheet.amounts(cards), findings(outcome)];
    workbook::lists(&outcome.run.id, "scorepost", outcome.run.period.last_day(), &all)
}

impl Sheet<'_> {
    fn standings(&self, cards: &[&Card]) -> List {
        let row = |card: &&Card| {
            let mut cells = vec![Cell::text(&card.agent.id), Cell::text(&card.agent.name)];
            cells.extend([Cell::text(&card.team_id), Cell::text(&card.team_name)]);
            cells.extend(match &card.standing {
                Standing::Scored { total, rank, of, grade, .. } => [
                    Cell::Truth(true),
                    Cell::number(Some(total)),
                    Cell::Count(*rank),
                    Cell::Count(*of),
                    Cell::text(&grade.zh),
                    Cell::Empty,
                ],
                Standing::NotScored { reason } => {
                    let reason = Cell::text(&reason.zh);
                    [Cell::Truth(false), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, reason]
                }
            });
            cells.push(self.edition(DocumentKind::Card, &card.agent.id).map_or(Cell::Empty, Cell::Count));
            cells.extend([Cell::text(&self.appraisal.scheme.id), Cell::text(&self.appraisal.scheme.version)]);
            Row::of(cells)
        };
        let heads = [
            "agent",
            "name",
            "team",
            "team_name",
            "scored",
            "total",
            "rank",
            "of",
            "grade",
            "reason",
            "edition",
            "scheme",
            "scheme_version",
        ];
        list("cards", &heads, cards.iter().map(row).collect())
    }

    fn card_lines(&self, cards: &[&Card]) -> List {
        let rows = cards.iter().flat_map(|card| card.lines.iter().map(move |line| line_of(card, line)));
        let heads = [
            "agent",
            "name",
            "team",
            "line",
            "label",
            "value",
            "numerator",
            "denominator",
            "reference",
            "points",
            "full_marks",
            "weight",
            "contribution",
            "status",
            "rule",
        ];
        list("lines", &heads, rows.collect())
    }

    fn amounts(&self, cards: &[&Card]) -> List {
        let mut rows = Vec::new();
        for card in cards {
            let consequences = Consequences::of(card, self.proposals);
            let amount = |line: &&MoneyLine, state: &str| {
                Row::of(vec![
                    Cell::text(&card.agent.id),
                    Cell::text(&card.agent.name),
                    Cell::text(&card.team_id),
                    Cell::text(&line.id),
                    Cell::text(&line.label.zh),
                    Cell::Yuan(line.amount.clone()),
                    Cell::text(state),
                    Cell::text(&line.worked.zh),
                ])
            };
            rows.extend(consequences.agreed.iter().map(|line| amount(line, "agreed")));
            rows.extend(consequences.pending.iter().map(|line| amount(line, "pending")));
        }
        list("money", &["agent", "name", "team", "component", "label", "amount", "state", "rule"], rows)
    }
}

fn line_of(card: &Card, line: &Line) -> Row {
    let measured = line.measured.as_ref();
    let number = |value: Option<&Exact>| Cell::number(value);
    Row::of(vec![
        Cell::text(&card.agent.id),
        Cell::text(&card.agent.name),
        Cell::text(&card.team_id),
        Cell::text(&line.id),
        Cell::text(&line.label.zh),
        number(measured.and_then(|one| one.value.as_ref())),
        number(measured.map(|one| &one.numerator)),
        number(measured.and_then(|one| one.denominator.as_ref())),
        number(line.reference.as_ref().and_then(|one| one.measured.value.as_ref())),
        number(line.points.as_ref()),
        number(Some(&line.full_marks)),
        number(Some(&line.weight)),
        number(line.contribution.as_ref()),
        Cell::text(line.status.word()),
        Cell::text(&line.rule.zh),
    ])
}

fn findings(outcome: &Outcome) -> List {
    let row = |one: &crate::finding::Finding| {
        let subject = one.subject.as_deref().unwrap_or_default();
        let cells = [one.weight.word(), &one.code, subject, &one.text.zh, &one.text.en, &one.next.zh];
        Row::of(cells.iter().map(Cell::text).collect())
    };
    list("findings", &["weight", "code", "subject", "zh", "en", "next"], outcome.findings.iter().map(row).collect())
}

fn list(name: &str, heads: &[&str], rows: Vec<Row>) -> List {
    List { name: name.to_owned(), heads: heads.iter().map(|head| (*head).to_owned()).collect(), rows }
}
