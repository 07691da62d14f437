//! `[[resource]]`: request, window, fan-out and format fit together.

use chrono_tz::Tz;

use super::Checker;
use super::request::method;
use crate::diag::Spanned;
use crate::source::quantity;
use crate::source::resource::{
    FanOut, FanOutTable as Over, Matches, Request, Resource, Step, Today, WhenEmpty, WhenMissing, Window,
};
use crate::source::template::Slot;
use crate::source::written::{
    FanOutTable, Placed, ResourceTable, StepWord, WhenEmptyWord, WhenMissingWord, WindowTable,
};

impl Checker<'_> {
    pub(super) fn resource(&mut self, table: &ResourceTable, zone: Tz) -> Option<Resource> {
        let request = self.request(table);
        self.holes(table, &request);
        let window = table.window.as_ref().and_then(|window| self.window(window));
        let fan_out = table.fan_out.as_ref().and_then(|fan_out| self.fan_out(fan_out));
        let paginator = self.paginator(table.paginator.as_ref());
        let format = self.format(table);
        let set_aside_limit = table.set_aside_limit.as_ref().and_then(|limit| self.share(limit));
        let mapping = self.mapping(table, zone);
        Some(Resource {
            id: table.id.get_ref().clone(),
            request,
            window,
            fan_out,
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
        let mut slots: Vec<&Slot> = request.path.slots().collect();
        slots.extend(request.query.iter().flat_map(|(_, text)| text.slots()));
        slots.extend(request.body.templates().into_iter().flat_map(|text| text.slots()));
        let wants_window = slots.iter().any(|slot| slot.needs_window());
        let wants_ids = slots.iter().any(|slot| !slot.needs_window());
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
        match &table.fan_out {
            None if wants_ids => {
                let hint = "add `fan-out = { over = \"accounts\", platform = \"...\", batch = 30 }`";
                self.fault(table.path.span(), "the request names `{ids}` without a fan-out", hint);
            }
            Some(fan_out) if !wants_ids => {
                let hint = "write `{ids}` into its path or parameters, or remove `fan-out`";
                self.fault(fan_out.span(), "the request does not say which ids it asks for", hint);
            }
            _ => {}
        }
    }

    fn window(&mut self, placed: &Spanned<WindowTable>) -> Option<Window> {
        let table = placed.get_ref();
        let span = table.max_span.as_ref().and_then(|span| self.days(span));
        if table.step.is_some() && table.max_span.is_some() {
            let hint = "`step` follows the calendar, `max-span` counts days";
            self.fault(placed.span(), "both `step` and `max-span` are given", hint);
        }
        let step = match (table.step, span) {
            (Some(StepWord::Day), _) => Step::Days(1),
            (Some(StepWord::Month), _) => Step::Month,
            (None, Some(days)) => Step::Days(days.max(1)),
            (None, None) => Step::Whole,
        };
        let widen = |days: Option<&Placed>, checker: &mut Self| days.and_then(|days| checker.days(days)).unwrap_or(0);
        Some(Window {
            step,
            max_age: table.max_age.as_ref().and_then(|age| self.days(age)),
            today: if table.not_today { Today::Refused } else { Today::Allowed },
            before: widen(table.widen.as_ref().and_then(|widen| widen.before.as_ref()), self),
            after: widen(table.widen.as_ref().and_then(|widen| widen.after.as_ref()), self),
        })
    }

    fn fan_out(&mut self, placed: &Spanned<FanOutTable>) -> Option<FanOut> {
        let table = placed.get_ref();
        let over = match (table.over.get_ref().as_str(), &table.platform) {
            ("accounts", Some(platform)) => Some(Over::Accounts(platform.clone())),
            ("agents", None) => Some(Over::Agents),
            ("accounts", None) => {
                let hint = "add `platform = \"...\"`, the word that the `accounts` table has for it";
                self.fault(placed.span(), "accounts belong to a platform", hint);
                None
            }
            _ => {
                let message = format!("cannot ask for each of `{}`", table.over.get_ref());
                self.fault(table.over.span(), message, "use `accounts` with a `platform`, or `agents` without");
                None
            }
        };
        if *table.batch.get_ref() == 0 {
            self.fault(table.batch.span(), "a batch has at least 1 id", "write a number from 1");
        }
        let join = table.join.clone().unwrap_or_else(|| ",".to_owned());
        Some(FanOut { over: over?, batch: (*table.batch.get_ref()).max(1), join })
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
