//! A check sheet as the console fills it in: an item with everybody to whom it applies, a verdict each.

use crate::console::{Item, Sheet};
use crate::score::forms::{CheckSheet, CheckedItem};
use crate::words::{Bilingual, Locale};
use crate::workbook::{self, CHECK, VERDICTS};

/// The items of a check sheet, in the order of the list; what follows from data is not asked.
pub(super) fn sheet(sheet: &CheckSheet, locale: Locale) -> Sheet {
    let mut items: Vec<Item> = Vec::new();
    for inspected in &sheet.inspected {
        for line in inspected.lines.iter().filter(|line| line.applies && !line.item.computed) {
            let who = (inspected.who.id.clone(), inspected.who.name.clone());
            match items.iter_mut().find(|known| known.id == line.item.id) {
                Some(known) => known.people.push(who),
                None => items.push(Item { people: vec![who], ..item(&line.item, locale) }),
            }
        }
    }
    Sheet {
        role: CHECK.to_owned(),
        role_name: Bilingual::new("检查表", "check sheet"),
        // Nobody leads a site: it is checked by those who see the whole shop.
        team: if sheet.of_site { String::new() } else { sheet.id.clone() },
        team_name: sheet.name.clone(),
        items,
        ..Sheet::default()
    }
}

fn item(item: &CheckedItem, locale: Locale) -> Item {
    let levels = VERDICTS.iter().zip(workbook::verdicts(locale));
    let critical = Bilingual::new("关键项：不合格则整项不得分", "critical: failing it fails the whole line");
    Item {
        id: item.id.clone(),
        label: item.text.get(locale).to_owned(),
        chapter: item.chapter_label.as_ref().map(|label| label.get(locale).to_owned()).or_else(|| item.chapter.clone()),
        about: item.critical.then(|| critical.get(locale).to_owned()),
        levels: levels.map(|(id, label)| ((*id).to_owned(), label.to_owned())).collect(),
        reasoned: Some(VERDICTS[1].to_owned()),
        ..Item::default()
    }
}
