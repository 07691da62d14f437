//! `[[resource]]`: request, holes and format fit together.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::Checker;
use super::request::method;
use crate::diag::Spanned;
use crate::source::quantity;
use crate::source::resource::{Matches, Request, Resource, WhenEmpty, WhenMissing};
use crate::source::template::Slot;
use crate::source::written::{Placed, ResourceTable, WhenEmptyWord, WhenMissingWord};

impl Checker<'_> {
    pub(super) fn resource(&mut self, table: &ResourceTable, zone: Tz) -> Option<Resource> {
        let request = self.request(table);
        self.holes(table, &request);
        self.first_only(table, &request);
        let window = table.window.as_ref().and_then(|window| self.window(window));
        let fan_outs = table.fan_out.as_ref().map_or_else(Vec::new, |list| self.fan_outs(list));
        let paginator = self.paginator(table.paginator.as_ref());
        let format = self.format(table);
        let set_aside_limit = table.set_aside_limit.as_ref().and_then(|limit| self.share(limit));
        let mapping = self.mapping(table, zone);
        Some(Resource {
            id: table.id.get_ref().clone(),
            request,
            window,
            fan_outs,
            gives: BTreeSet::new(),
            paginator,
            format: format?,
            matches: match table.one.as_ref().map(Spanned::get_ref) {
                Some(true) => Matches::One,
                Some(false) | None => Matches::All,
            },
            set_aside_limit,
            when_empty: match table.when_empty {
                WhenEmptyWord::Note => WhenEmpty::Note,
                WhenEmptyWord::Hold => WhenEmpty::Hold,
            },
            when_missing: match table.when_missing {
                WhenMissingWord::Fail => WhenMissing::Fail,
                WhenMissingWord::NoTable => WhenMissing::NoTable,
            },
            mapping,
        })
    }

    fn request(&mut self, table: &ResourceTable) -> Request {
        let path = &table.path;
        if !path.get_ref().starts_with('/') {
            self.fault(path.span(), "a path begins with `/`", "it follows the base address of the client");
        }
        Request {
            method: method(table.method),
            path: self.template(path.get_ref(), path.span()),
            query: self.params(&table.query),
            body: self.body(table.method, &table.form, table.body.as_ref()),
        }
    }

    /// A hole needs its filling, and a filling without a hole would pull the same rows again and again.
    fn holes(&mut self, table: &ResourceTable, request: &Request) {
        let slots: Vec<&Slot> = request.templates().into_iter().flat_map(|text| text.slots()).collect();
        let wants_window = slots.iter().any(|slot| slot.needs_window());
        match &table.window {
            None if wants_window => {
                let hint = "add `window = {}` with the limits of the interface";
                self.fault(table.path.span(), "the request names a window that is not described", hint);
            }
            Some(window) if !wants_window => {
                let hint = "write `{window.start:FORMAT}` into its path or parameters, or remove `window`";
                self.fault(window.span(), "the request does not say which window it asks for", hint);
            }
            _ => {}
        }
        self.id_holes(table, &slots);
    }

    /// A parameter that the request does not have cannot be left out of it.
    fn first_only(&mut self, table: &ResourceTable, request: &Request) {
        let names = table.paginator.iter().flat_map(|paginator| &paginator.get_ref().first_only);
        for name in names.filter(|name| !request.has_param(name.get_ref())) {
            let message = format!("the request has no parameter `{}`", name.get_ref());
            self.fault(name.span(), message, "`first-only` names parameters of `query`, `form` or `body`");
        }
    }

    fn id_holes(&mut self, table: &ResourceTable, slots: &[&Slot]) {
        let wanted = slots.iter().filter_map(|slot| match slot {
            Slot::Ids(name) => Some(name.as_deref()),
            _ => None,
        });
        let wanted: BTreeSet<Option<&str>> = wanted.collect();
        let list = table.fan_out.iter().flat_map(|list| &list.get_ref().0);
        let given: BTreeSet<Option<&str>> =
            list.map(|one| one.slot.as_ref().map(|slot| slot.get_ref().as_str())).collect();
        for name in wanted.difference(&given) {
            let hint = "add `fan-out = { over = \"accounts\", platform = \"...\", batch = 30 }`";
            self.fault(table.path.span(), format!("the request names `{}` without a fan-out", hole(*name)), hint);
        }
        for name in given.difference(&wanted) {
            let Some(list) = &table.fan_out else { continue };
            let hint = format!("write `{}` into its path or parameters, or remove the fan-out", hole(*name));
            self.fault(list.span(), "the request does not say which ids it asks for", hint);
        }
    }

    fn share(&mut self, text: &Placed) -> Option<u64> {
        let share = quantity::percent(text.get_ref());
        if share.is_none() {
            let message = format!("`{}` is not a share", text.get_ref());
            self.fault(text.span(), message, "write whole percent from `0%` to `100%`");
        }
        share
    }
}

fn hole(name: Option<&str>) -> String {
    name.map_or_else(|| "{ids}".to_owned(), |name| format!("{{ids.{name}}}"))
}
