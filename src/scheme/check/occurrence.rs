//! Kinds of recorded events (R07).

use crate::diag::{Place, Spanned};
use crate::exact::Exact;
use crate::scheme::line::{Occurrence, OccurrencePoints};
use crate::scheme::written::OccurrenceTable;

use super::Checker;
use super::values::unplaced;

impl Checker<'_> {
    pub(super) fn occurrence(&mut self, written: &Spanned<OccurrenceTable>, line: &str) -> Option<Occurrence> {
        let (table, place) = (written.as_ref(), self.place(written));
        self.sound_occurrence(table, &place);
        let name = |key: &str| format!("{line}.{}.{key}", table.what.zh);
        let points = self.occurrence_points(written, &name("points"))?;
        let if_none = table.if_none.as_ref().map(|points| self.amount(points, &name("if-none"), place.clone()));
        let extra =
            table.extra.as_ref().map(|extra| (extra.at, self.amount(&extra.points, &name("extra"), place.clone())));
        let filter = self.written.filter.iter().find(|filter| *filter.id.as_ref() == table.table);
        let source = filter.map_or(&table.table, |filter| filter.table.as_ref()).clone();
        let conditions = filter.map(|filter| filter.keep.as_ref()).into_iter();
        let conditions: Vec<String> = conditions
            .chain(table.keep.as_ref().map(|keep| keep.as_ref()))
            .map(|condition| format!("({condition})"))
            .collect();
        Some(Occurrence {
            what: table.what.clone(),
            keep: (!conditions.is_empty()).then(|| conditions.join(" AND ")),
            place: table.keep.as_ref().map_or(place, |keep| self.place(keep)),
            points,
            zero_at: table.zero_at,
            allowance: table.allowance,
            allowance_mode: table.allowance_mode,
            if_none,
            at_most: unplaced(&table.at_most),
            at_least: unplaced(&table.at_least),
            extra,
            agents: table.agents.clone(),
            count: match &table.count {
                Some(count) => Some(count.as_ref().clone()),
                None if source == "events" => Some("COALESCE(count, 1)".to_owned()),
                None => None,
            },
            note: table.note.clone().or_else(|| (source == "events").then(|| "note".to_owned())),
            table: source,
        })
    }

    fn sound_occurrence(&mut self, table: &OccurrenceTable, place: &Place) {
        self.bounds(&table.at_least, &table.at_most, &format!("`{}`", table.what.zh));
        if table.agents.is_empty() {
            self.wrong(
                place.clone(),
                format!("nobody is charged for `{}`", table.what.zh),
                "write for instance `agents = [\"agent_id\"]`, or leave `agents` out",
            );
        }
        if table.agents.iter().enumerate().any(|(at, name)| table.agents[..at].contains(name)) {
            self.wrong(
                place.clone(),
                format!("`{}` charges a person twice for one event", table.what.zh),
                "name each column of `agents` once",
            );
        }
        if table.zero_at == Some(0) || table.extra.as_ref().is_some_and(|extra| extra.at == 0) {
            self.wrong(
                place.clone(),
                format!("`{}` counts from the noughth occurrence", table.what.zh),
                "`zero-at` and `extra.at` begin with 1, the first occurrence; `if-none` is for none",
            );
        }
        if let (Some(between), None) = (&table.between, &table.points_from) {
            let at = self.place(between);
            self.wrong(at, "`between` says nothing without `points-from`", "it limits the points of a column");
        }
    }

    fn occurrence_points(&mut self, written: &Spanned<OccurrenceTable>, name: &str) -> Option<OccurrencePoints> {
        let (table, place) = (written.as_ref(), self.place(written));
        match (&table.points, &table.points_from, table.cumulative.is_empty()) {
            (Some(points), None, true) => Some(OccurrencePoints::Each(self.amount(points, name, place))),
            (None, Some(column), true) => {
                let between = match table.between.as_ref().map(|between| (between.as_ref().as_slice(), between)) {
                    Some(([least, most], _)) if least <= most => (least.clone(), most.clone()),
                    other => {
                        let at = other.map_or(place, |(_, between)| self.place(between));
                        self.wrong(
                            at,
                            "points from a column need limits",
                            "write `between = [1, 5]`, the least and the most that may be given",
                        );
                        (Exact::zero(), Exact::zero())
                    }
                };
                Some(OccurrencePoints::Column { column: column.as_ref().clone(), between })
            }
            (None, None, false) => Some(OccurrencePoints::Cumulative(
                table.cumulative.iter().map(|one| self.amount(one, name, place.clone())).collect(),
            )),
            (None, None, true) if table.zero_at.is_some() || table.if_none.is_some() || table.extra.is_some() => {
                Some(OccurrencePoints::Nothing)
            }
            _ => {
                self.wrong(
                    place,
                    "an occurrence moves points in one way",
                    "write one of `points` (each), `points-from` (a column) and `cumulative`, or only `zero-at`",
                );
                None
            }
        }
    }
}
