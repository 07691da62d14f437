//! Resources for each of whose records another one asks: the parent stands before, and gives what its children need.

use std::collections::BTreeSet;

use super::Checker;
use crate::diag::Spanned;
use crate::source::resource::{FanOutTable as Over, Resource};
use crate::source::template::Slot;
use crate::source::written::{Placed, ResourceTable, SourceFile};

/// The ids of all resources that others ask for each of.
pub(super) fn asked_for(written: &SourceFile) -> BTreeSet<String> {
    let tables = written.resource.iter().map(Spanned::get_ref);
    tables.flat_map(named_parents).map(|id| id.get_ref().clone()).collect()
}

fn named_parents(table: &ResourceTable) -> impl Iterator<Item = &Placed> {
    table.fan_out.iter().flat_map(|list| &list.get_ref().0).filter_map(|one| one.resource.as_ref())
}

impl Checker<'_> {
    /// Tells each parent which fields its children need.
    pub(super) fn parents(&mut self, written: &SourceFile, resources: &mut [Resource]) {
        for table in written.resource.iter().map(Spanned::get_ref) {
            let Some(at) = resources.iter().position(|one| one.id == *table.id.get_ref()) else { continue };
            let (before, after) = resources.split_at_mut(at);
            let Some(child) = after.first() else { continue };
            self.parent_fields(table, child);
            let named = table.fan_out.iter().flat_map(|list| &list.get_ref().0);
            for id in named.filter_map(|one| one.resource.as_ref()) {
                match before.iter_mut().find(|one| one.id == *id.get_ref()) {
                    Some(parent) => self.adopt(id, parent, child),
                    None => {
                        let message = format!("no resource `{}` stands before this one", id.get_ref());
                        self.fault(id.span(), message, "put it earlier in the file; requests go in its order");
                    }
                }
            }
        }
    }

    fn adopt(&mut self, id: &Placed, parent: &mut Resource, child: &Resource) {
        if !parent.format.is_json() {
            let hint = "only the records of a JSON answer can be asked for one by one";
            self.fault(id.span(), format!("`{}` is a file of lines", parent.id), hint);
        }
        parent.gives.extend(wanted_fields(child));
        parent.gives.extend(child.fan_outs.iter().filter_map(|one| match &one.over {
            Over::Resource { id, field } if *id == parent.id => Some(field.clone()),
            _ => None,
        }));
    }

    /// A request for several parents has no fields of one.
    fn parent_fields(&mut self, table: &ResourceTable, child: &Resource) {
        let is_one = |over: &Over, batch: usize| matches!(over, Over::Resource { .. }) && batch == 1;
        let alone = child.fan_outs.iter().any(|one| is_one(&one.over, one.batch));
        let asks = child.request.templates().into_iter().flat_map(|text| text.slots()).any(is_parent);
        if asks && !alone {
            let hint = "add `fan-out = { over = \"resource\", resource = \"...\", field = \"id\", batch = 1 }`";
            self.fault(table.path.span(), "the request names a field of a parent that it does not have", hint);
        }
    }
}

fn is_parent(slot: &Slot) -> bool {
    matches!(slot, Slot::Parent(_))
}

/// The fields of its parent that a resource reads in its requests and rows.
fn wanted_fields(child: &Resource) -> BTreeSet<String> {
    let slots = child.request.templates().into_iter().flat_map(|text| text.slots());
    let in_request = slots.filter_map(|slot| match slot {
        Slot::Parent(field) => Some(field.as_str()),
        _ => None,
    });
    in_request.chain(child.mapping.parent_fields()).map(str::to_owned).collect()
}
