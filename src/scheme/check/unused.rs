//! What a file declares and nothing in it uses: hardly ever meant.

use super::Checker;
use crate::diag::Spanned;

/// A family and an id of it.
type Declared<'a> = (&'static str, &'a Spanned<String>);

impl<'a> Checker<'a> {
    /// Warns of every id that nobody names.
    pub(super) fn unused(&mut self) {
        let written = self.written;
        let mut declared: Vec<Declared<'a>> = Vec::new();
        declared.extend(written.parameter.iter().map(|one| ("parameter", &one.id)));
        declared.extend(written.metric.iter().map(|one| ("metric", &one.id)));
        declared.extend(written.formula.iter().map(|one| ("formula", &one.id)));
        declared.extend(written.lookup.iter().map(|one| ("lookup", &one.id)));
        let idle = declared.into_iter().filter(|(_, id)| !self.mentioned.contains(id.as_ref()));
        let mut idle: Vec<Declared<'a>> = idle.collect();
        idle.extend(self.unused_levels());
        idle.extend(self.unused_items());
        idle.extend(self.unused_filters());
        idle.extend(self.empty_groups());
        for (family, id) in idle {
            let place = self.place(id);
            self.doubtful(place, format!("nothing uses the {family} `{}`", id.as_ref()), "use it, or take it out");
        }
    }

    fn unused_levels(&self) -> Vec<Declared<'a>> {
        let written = self.written;
        let lines = &written.indicator;
        let of_bands = lines.iter().flat_map(|line| line.bands.iter().filter_map(|band| band.as_ref().level.as_ref()));
        let rest = lines.iter().filter_map(|line| line.otherwise_level.as_ref());
        let given: Vec<&String> = of_bands.chain(rest).map(|level| level.as_ref()).collect();
        // Raters choose levels by their ids.
        let chosen = lines.iter().filter_map(|line| line.rating.as_ref());
        let chosen: Vec<&String> = chosen.flat_map(|rating| rating.as_ref().levels.keys()).collect();
        let levels = self.written.level.iter().map(|one| &one.id);
        levels
            .filter(|id| !given.contains(&id.as_ref()) && !chosen.contains(&id.as_ref()))
            .map(|id| ("level", id))
            .collect()
    }

    fn unused_items(&self) -> Vec<Declared<'a>> {
        let lists = self.written.indicator.iter().filter_map(|line| line.checklist.as_ref()).map(|list| list.as_ref());
        let lists: Vec<_> = lists.collect();
        let named = |id: &String| lists.iter().any(|list| list.items.iter().any(|item| item.as_ref() == id));
        let of_chapter = |chapter: &String| {
            lists.iter().any(|list| list.chapter.iter().chain(&list.chapters).any(|one| one.as_ref() == chapter))
        };
        // What is checked at the site stands on no agent's card.
        let people = self.written.item.iter().filter(|one| one.of != crate::scheme::Level::Shop);
        let idle = people.filter(|one| !named(one.id.as_ref()) && !one.chapter.as_ref().is_some_and(of_chapter));
        idle.map(|one| ("item", &one.id)).collect()
    }

    fn unused_filters(&self) -> Vec<Declared<'a>> {
        let metrics = self.written.metric.iter().map(|one| one.table.as_ref());
        let kinds = self.written.indicator.iter().flat_map(|line| &line.occurrence).map(|kind| &kind.as_ref().table);
        let tables: Vec<&String> = metrics.chain(kinds).collect();
        let filters = self.written.filter.iter().map(|one| &one.id);
        filters.filter(|id| !tables.contains(&id.as_ref())).map(|id| ("filter", id)).collect()
    }

    fn empty_groups(&self) -> Vec<Declared<'a>> {
        let named: Vec<&String> =
            self.written.indicator.iter().filter_map(|line| line.group.as_ref()).map(|group| group.as_ref()).collect();
        let groups = self.written.group.iter().map(|one| &one.id);
        groups.filter(|id| !named.contains(&id.as_ref())).map(|id| ("group", id)).collect()
    }
}
