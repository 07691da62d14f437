//! Which walks stand for which days and ids: the newest that has them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::keep::{Days, Errand, KeptWalk};

/// A day of a window; none for a resource that knows no time.
pub type Day = Option<NaiveDate>;

/// One thing to ask for beside the day: an id, or one of each fan-out.
pub type Cell = Vec<String>;

/// Days that are missing, joined, and the cells that lack them; no days for a resource that knows no time.
pub type Gap = (Vec<Days>, Vec<Cell>);

/// The finished walks of a resource, seen from the days and ids that are wanted.
pub struct Coverage<'a> {
    walks: Vec<&'a KeptWalk>,
    /// For each walk the wanted cells that it has, by place.
    cells: Vec<Vec<usize>>,
    /// The walks of each day, oldest first.
    by_day: BTreeMap<Day, Vec<usize>>,
    wanted: usize,
}

impl<'a> Coverage<'a> {
    /// Looks at walks, oldest first.
    pub fn of(walks: impl IntoIterator<Item = &'a KeptWalk>, wanted: &[Cell]) -> Self {
        let places: BTreeMap<&Cell, usize> = wanted.iter().enumerate().map(|(place, cell)| (cell, place)).collect();
        let mut coverage = Self { walks: Vec::new(), cells: Vec::new(), by_day: BTreeMap::new(), wanted: wanted.len() };
        for walk in walks {
            let number = coverage.walks.len();
            coverage.walks.push(walk);
            let cells = product(&walk.errand.ids);
            coverage.cells.push(cells.iter().filter_map(|cell| places.get(cell).copied()).collect());
            for day in days(&walk.errand) {
                coverage.by_day.entry(day).or_default().push(number);
            }
        }
        coverage
    }

    /// For each wanted cell the newest walk that has it on a day, unless an older one `is_fresh` and it is not.
    pub fn owners(&self, day: Day, is_fresh: &dyn Fn(&KeptWalk) -> bool) -> Vec<Option<&'a KeptWalk>> {
        let mut owners: Vec<Option<&KeptWalk>> = vec![None; self.wanted];
        for number in self.by_day.get(&day).into_iter().flatten().rev() {
            let walk = self.walks[*number];
            for cell in &self.cells[*number] {
                let owner = &mut owners[*cell];
                if owner.is_none_or(|owner| !is_fresh(owner) && is_fresh(walk)) {
                    *owner = Some(walk);
                }
            }
        }
        owners
    }

    /// Every walk that has a wanted cell on a day, oldest first.
    pub fn all(&self, day: Day) -> impl Iterator<Item = &'a KeptWalk> {
        let here = self.by_day.get(&day).into_iter().flatten();
        here.filter(|number| !self.cells[**number].is_empty()).map(|number| self.walks[*number])
    }
}

/// The days of an errand one by one.
fn days(errand: &Errand) -> Vec<Day> {
    match errand.days {
        None => vec![None],
        Some((from, to)) => from.iter_days().take_while(|day| *day < to).map(Some).collect(),
    }
}

/// One of each list, in their order; one cell of nothing where there is no list.
pub fn product(lists: &[Vec<String>]) -> Vec<Cell> {
    lists.iter().fold(vec![Vec::new()], |cells, list| {
        let with = |cell: &Cell, id: &String| cell.iter().chain([id]).cloned().collect::<Cell>();
        cells.iter().flat_map(|cell| list.iter().map(move |id| with(cell, id))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day") + chrono::Days::new(number - 1)
    }

    fn walk(id: &str, days: (u64, u64), ids: &[&str]) -> KeptWalk {
        let ids = vec![ids.iter().map(|id| (*id).to_owned()).collect()];
        KeptWalk {
            id: id.to_owned(),
            errand: Errand { days: Some((day(days.0), day(days.1))), ids, ..Errand::default() },
            pull: "2026-10#1".into(),
            begun: DateTime::UNIX_EPOCH,
            done: DateTime::UNIX_EPOCH,
            pages: 1,
            raw_hash: String::new(),
        }
    }

    fn names(coverage: &Coverage, number: u64, is_fresh: &dyn Fn(&KeptWalk) -> bool) -> Vec<String> {
        let owners = coverage.owners(Some(day(number)), is_fresh);
        owners.into_iter().map(|walk| walk.map_or("-".to_owned(), |walk| walk.id.clone())).collect()
    }

    #[test]
    fn the_newest_walk_stands_and_new_ids_are_missing() {
        let walks = [walk("month", (1, 8), &["a", "b"]), walk("tail", (6, 8), &["a", "b"]), walk("c", (1, 3), &["c"])];
        let wanted: Vec<Cell> = ["a", "b", "c"].map(|id| vec![id.to_owned()]).to_vec();
        let coverage = Coverage::of(&walks, &wanted);
        let all = |_: &KeptWalk| true;
        assert_eq!(names(&coverage, 1, &all), ["month", "month", "c"]);
        assert_eq!(names(&coverage, 5, &all), ["month", "month", "-"]);
        assert_eq!(names(&coverage, 7, &all), ["tail", "tail", "-"]);
        assert_eq!(names(&coverage, 8, &all), ["-", "-", "-"]);
        assert_eq!(names(&coverage, 7, &|walk| walk.id == "month"), ["month", "month", "-"]);
    }

    #[test]
    fn two_fan_outs_are_covered_in_pairs() {
        assert_eq!(product(&[]), [Vec::<String>::new()]);
        let lists = [vec!["a".to_owned(), "b".to_owned()], vec!["x".to_owned()]];
        assert_eq!(product(&lists), [["a", "x"], ["b", "x"]]);
    }
}
