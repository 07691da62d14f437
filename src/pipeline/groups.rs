//! Which sources are pulled at the same time: other platforms, other budgets, so that one's refusal does not stop another.

use std::collections::BTreeSet;

use crate::source::{Source, Table};

/// Cuts the sources into groups, in their order: nobody in a group needs a table that another of the group fills.
pub(super) fn of<'a>(sources: &[&'a Source]) -> Vec<Vec<&'a Source>> {
    let mut groups: Vec<Vec<&Source>> = Vec::new();
    let mut filled: BTreeSet<Table> = BTreeSet::new();
    for source in sources {
        match groups.last_mut().filter(|_| filled.is_disjoint(&source.needs())) {
            Some(group) => group.push(source),
            None => {
                groups.push(vec![source]);
                filled.clear();
            }
        }
        filled.extend(source.fills());
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source;
    use crate::source::Variables;

    #[test]
    fn platforms_wait_for_the_roster_and_not_for_each_other() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/sources");
        let (sources, _) = source::review_folder(&folder, &Variables::default());
        let grouped = |ids: &[&str]| -> Vec<Vec<String>> {
            let sources: Vec<&Source> = ids.iter().map(|id| &sources[*id]).collect();
            of(&sources).iter().map(|group| group.iter().map(|source| source.id.clone()).collect()).collect()
        };
        assert_eq!(
            grouped(&["shop-roster", "taobao-top", "dingtalk"]),
            [vec!["shop-roster"], vec!["taobao-top", "dingtalk"]]
        );
        assert_eq!(
            grouped(&["taobao-top", "shop-roster", "dingtalk"]),
            [vec!["taobao-top", "shop-roster"], vec!["dingtalk"]]
        );
        assert_eq!(grouped(&[]), Vec::<Vec<String>>::new());
    }
}
