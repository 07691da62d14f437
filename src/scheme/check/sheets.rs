//! Ratings by people, and check sheets.

use crate::diag::{Place, Spanned, known_names};
use crate::exact::Exact;
use crate::scheme::line::{Checklist, Rating};
use crate::scheme::written::{ChecklistTable, ItemTable, Mix, RatingTable, Written};

use super::Checker;

impl Checker<'_> {
    pub(super) fn rating(&mut self, written: &Spanned<RatingTable>, id: &str) -> Rating {
        let (table, place) = (written.as_ref(), self.place(written));
        let max = table.max.clone().unwrap_or_else(|| Exact::whole(100));
        if max <= 0 {
            self.wrong(place.clone(), "a rating's `max` is above nought", "write the best score that can be given");
        }
        self.sound_mix(table, &place);
        self.levels_within(table, &max, &place);
        let mix = match &table.mix {
            Mix::Mean => Default::default(),
            Mix::Weights(weights) => weights
                .iter()
                .map(|(role, weight)| (role.clone(), self.amount(weight, &format!("{id}.mix.{role}"), place.clone())))
                .collect(),
        };
        Rating {
            item: table.item.clone(),
            max,
            mix,
            reference_only: table.reference_only.clone(),
            absent: table.absent,
            levels: table
                .levels
                .iter()
                .map(|(level, score)| {
                    (level.clone(), self.amount(score, &format!("{id}.levels.{level}"), place.clone()))
                })
                .collect(),
        }
    }

    /// Weights by role are shares of one score: none below nought, not all nought, and none for a role that only reports.
    fn sound_mix(&mut self, table: &RatingTable, place: &Place) {
        let Mix::Weights(weights) = &table.mix else { return };
        let known = |weight: &Written| match weight {
            Written::Known(number) => Some(number.clone()),
            _ => None,
        };
        let numbers: Option<Vec<Exact>> = weights.values().map(known).collect();
        if numbers.is_some_and(|all| all.iter().any(Exact::is_negative) || all.iter().all(Exact::is_zero)) {
            self.wrong(
                place.clone(),
                "the weights of a rating's roles are not below nought, and one is above it",
                "write for instance `mix = { self = 40, supervisor = 60 }`",
            );
        }
        if let Some(role) = table.reference_only.iter().find(|role| weights.contains_key(*role)) {
            self.wrong(
                place.clone(),
                format!("the role `{role}` both counts and is for reference only"),
                "keep it in `mix` or in `reference-only`",
            );
        }
    }

    /// A level that a rater chooses is worth a score of the scale.
    fn levels_within(&mut self, table: &RatingTable, max: &Exact, place: &Place) {
        let beyond = |score: &Written| matches!(score, Written::Known(score) if score > max || score.is_negative());
        if let Some((level, _)) = table.levels.iter().find(|(_, score)| beyond(score)) {
            self.wrong(
                place.clone(),
                format!("the level `{level}` is worth a score outside 0 to {max}"),
                "set `max`, the best score that can be given, or lower the level's",
            );
        }
    }

    pub(super) fn checklist(&mut self, written: &Spanned<ChecklistTable>) -> Checklist {
        let table = written.as_ref();
        let mut items = Vec::new();
        for name in &table.items {
            match self.written.item.iter().position(|one| one.id.as_ref() == name.as_ref()) {
                Some(item) => items.push(item),
                None => {
                    let place = self.place(name);
                    let hint = known_names(name.as_ref(), self.written.item.iter().map(|one| one.id.as_ref().as_str()));
                    self.wrong(place, format!("there is no item `{}`", name.as_ref()), hint);
                }
            }
        }
        for chapter in table.chapter.iter().chain(&table.chapters) {
            let of_chapter = |item: &ItemTable| item.chapter.as_ref() == Some(chapter.as_ref());
            let places: Vec<usize> = self
                .written
                .item
                .iter()
                .enumerate()
                .filter(|(_, item)| of_chapter(item))
                .map(|(place, _)| place)
                .collect();
            if places.is_empty() {
                let place = self.place(chapter);
                self.wrong(
                    place,
                    format!("no item is in the chapter `{}`", chapter.as_ref()),
                    "give items this `chapter`",
                );
            }
            items.extend(places);
        }
        if let Some(twice) = (1..items.len()).find(|place| items[..*place].contains(&items[*place])) {
            let item = &self.written.item[items[twice]].id;
            let place = table.items.iter().rfind(|name| name.as_ref() == item.as_ref()).map(|name| self.place(name));
            self.wrong(
                place.unwrap_or_else(|| self.place(written)),
                format!("item `{}` is on this checklist twice", item.as_ref()),
                "name it once, or its chapter",
            );
        }
        if items.is_empty() && table.items.is_empty() && table.chapter.is_none() && table.chapters.is_empty() {
            let place = self.place(written);
            self.wrong(
                place,
                "a checklist needs `items` or a `chapter`",
                "write for instance `items = [\"greeting\"]`",
            );
        }
        Checklist { items, measure: table.measure, unchecked: table.unchecked }
    }
}
