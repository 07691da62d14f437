//! `fan-out`: where the ids come from and how many go into one request.

use std::collections::BTreeSet;

use super::{Checker, is_kebab};
use crate::diag::Spanned;
use crate::source::resource::{FanOut, FanOutTable as Over};
use crate::source::written::{FanOutList, FanOutTable};

/// The largest batch of any interface that we know.
const LARGEST_BATCH: usize = 200;

impl Checker<'_> {
    pub(super) fn fan_outs(&mut self, list: &Spanned<FanOutList>) -> Vec<FanOut> {
        let tables = &list.get_ref().0;
        let mut slots = BTreeSet::new();
        for one in tables {
            if !slots.insert(one.slot.as_ref().map(Spanned::get_ref)) {
                let hint = "give each but one its own `slot = \"NAME\"` and write `{ids.NAME}`";
                self.fault(one.over.span(), "two fan-outs fill the same hole", hint);
            }
        }
        let whole = |one: &&FanOutTable| one.over.get_ref() == "resource";
        if let Some(second) = tables.iter().filter(whole).nth(1) {
            let hint = "ask for each of one resource, and fan out over accounts or agents beside it";
            self.fault(second.over.span(), "two resources are asked for each at once", hint);
        }
        tables.iter().filter_map(|one| self.fan_out(one)).collect()
    }

    fn fan_out(&mut self, table: &FanOutTable) -> Option<FanOut> {
        let over = self.over(table);
        let batch = *table.batch.get_ref();
        if !(1..=LARGEST_BATCH).contains(&batch) {
            let hint = format!("write a number from 1 to {LARGEST_BATCH}");
            self.fault(table.batch.span(), format!("a batch has 1 to {LARGEST_BATCH} ids"), hint);
        }
        if let Some(slot) = table.slot.as_ref().filter(|slot| !is_kebab(slot.get_ref())) {
            self.kebab_fault(slot);
        }
        Some(FanOut {
            over: over?,
            batch: batch.clamp(1, LARGEST_BATCH),
            join: table.join.clone().unwrap_or_else(|| ",".to_owned()),
            prefix: table.prefix.clone().unwrap_or_default(),
            slot: table.slot.as_ref().map(|slot| slot.get_ref().clone()),
        })
    }

    fn over(&mut self, table: &FanOutTable) -> Option<Over> {
        let over = table.over.get_ref().as_str();
        match (over, &table.platform, &table.resource, &table.field) {
            ("accounts", Some(platform), None, None) => Some(Over::Accounts(platform.clone())),
            ("agents", None, None, None) => Some(Over::Agents),
            ("resource", None, Some(id), Some(field)) => {
                Some(Over::Resource { id: id.get_ref().clone(), field: field.get_ref().clone() })
            }
            ("accounts", None, None, None) => {
                let hint = "add `platform = \"...\"`, the word that the `accounts` table has for it";
                self.over_fault(table, "accounts belong to a platform", hint)
            }
            ("resource", None, _, _) => {
                let hint = "add `resource = \"...\"`, an earlier one of this file, and `field = \"id\"`";
                self.over_fault(table, "the records of a resource have a field that is asked for", hint)
            }
            _ => {
                let hint = "use `accounts` with `platform`, `agents` alone, or `resource` with `resource` and `field`";
                self.over_fault(table, &format!("cannot ask for each of `{over}` in this way"), hint)
            }
        }
    }

    fn over_fault(&mut self, table: &FanOutTable, message: &str, hint: &str) -> Option<Over> {
        self.fault(table.over.span(), message, hint);
        None
    }
}
