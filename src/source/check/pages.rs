//! `paginator`: how pages follow each other.

use std::ops::Range;

use super::Checker;
use crate::diag::Spanned;
use crate::source::resource::{More, PageSize, Paginator, Paging, Place, Told};
use crate::source::written::{PaginatorKind as Kind, PaginatorTable, PlaceWord, Placed};

const MAX_PAGES: u64 = 10_000;

impl Checker<'_> {
    pub(super) fn paginator(&mut self, table: Option<&Spanned<PaginatorTable>>) -> Paginator {
        let Some(placed) = table else { return Paginator::single() };
        let table = placed.get_ref();
        let paging = self.paging(table, placed.span()).unwrap_or(Paging::Single);
        self.unused(table);
        Paginator {
            paging,
            more: self.more(table),
            total: self.told(table.total.as_ref(), table.total_header.as_ref()),
            total_pages: self.told(table.total_pages.as_ref(), table.total_pages_header.as_ref()),
            place: match table.place {
                PlaceWord::Body => Place::Body,
                PlaceWord::Query => Place::Query,
            },
            first_only: table.first_only.iter().map(|name| name.get_ref().clone()).collect(),
            max_pages: table.max_pages.unwrap_or(MAX_PAGES),
        }
    }

    fn paging(&mut self, table: &PaginatorTable, span: Range<usize>) -> Option<Paging> {
        let first = |default| table.first.as_ref().map_or(default, |first| *first.get_ref());
        match table.kind {
            Kind::Single => Some(Paging::Single),
            Kind::Page => {
                let param = self.param(table.page_param.as_ref(), "page-param", span.clone());
                let size = self.end_of_pages(table, span);
                Some(Paging::Page { param: param?, first: first(1), size })
            }
            Kind::LastToFirst => {
                let param = self.param(table.page_param.as_ref(), "page-param", span.clone());
                let size = self.page_size(table, span.clone());
                self.needs_total(table, span);
                Some(Paging::LastToFirst { param: param?, first: first(1), size: size? })
            }
            Kind::Offset => {
                let param = self.param(table.offset_param.as_ref(), "offset-param", span.clone());
                let size = self.end_of_pages(table, span);
                Some(Paging::Offset { param: param?, first: first(0), size })
            }
            Kind::Cursor => {
                let param = self.param(table.cursor_param.as_ref(), "cursor-param", span.clone());
                let next = self.next(table, span.clone());
                let size = table.size.as_ref().and_then(|_| self.page_size(table, span));
                Some(Paging::Cursor { param: param?, next: next?, size })
            }
            Kind::NextLink => {
                let next = self.next(table, span.clone());
                let size = table.size.as_ref().and_then(|_| self.page_size(table, span));
                Some(Paging::NextLink { next: next?, size })
            }
        }
    }

    fn param(&mut self, text: Option<&Placed>, name: &str, span: Range<usize>) -> Option<String> {
        if text.is_none() {
            self.fault(span, format!("this paginator needs `{name}`"), format!("add `{name} = \"...\"`"));
        }
        text.map(|text| text.get_ref().clone())
    }

    fn next(&mut self, table: &PaginatorTable, span: Range<usize>) -> Option<Told> {
        if table.next.is_none() && table.next_header.is_none() {
            let hint = "add `next = \"$.next\"`, or `next-header = \"Link\"`";
            self.fault(span, "this paginator needs `next`", hint);
        }
        self.told(table.next.as_ref(), table.next_header.as_ref())
    }

    /// A fact that is told in the body or in a header.
    fn told(&mut self, path: Option<&Placed>, header: Option<&Placed>) -> Option<Told> {
        match (path, header) {
            (Some(path), Some(header)) => {
                self.fault(header.span(), "one fact is told in two places", "keep the path or the header");
                self.json_path(path).map(Told::Body)
            }
            (Some(path), None) => self.json_path(path).map(Told::Body),
            (None, header) => header.map(|header| Told::Header(header.get_ref().to_ascii_lowercase())),
        }
    }

    fn more(&mut self, table: &PaginatorTable) -> Option<More> {
        match (&table.has_more, &table.done) {
            (Some(_), Some(done)) => {
                self.fault(done.span(), "both `has-more` and `done` are given", "keep one of them");
                None
            }
            (Some(path), None) => self.json_path(path).map(More::Follows),
            (None, path) => path.as_ref().and_then(|path| self.json_path(path)).map(More::Done),
        }
    }

    /// Numbered pages end by what the answer says, else by a page that is not full.
    fn end_of_pages(&mut self, table: &PaginatorTable, span: Range<usize>) -> Option<PageSize> {
        let told = [&table.has_more, &table.done, &table.total, &table.total_header];
        let told = told.into_iter().chain([&table.total_pages, &table.total_pages_header]).any(Option::is_some);
        if table.size.is_none() && told { None } else { self.page_size(table, span) }
    }

    fn page_size(&mut self, table: &PaginatorTable, span: Range<usize>) -> Option<PageSize> {
        let Some(size) = &table.size else {
            self.fault(span, "this paginator needs `size`", "say how many records a full page has");
            return None;
        };
        let records = self.at_least_one(size, "the page size");
        Some(PageSize { param: table.size_param.as_ref().map(|param| param.get_ref().clone()), records })
    }

    /// The last page can be asked for first only when its number is known.
    fn needs_total(&mut self, table: &PaginatorTable, span: Range<usize>) {
        let told = [&table.total, &table.total_header, &table.total_pages, &table.total_pages_header];
        if told.into_iter().all(Option::is_none) {
            let hint = "add `total = \"$.total\"` or `total-pages = \"$.pages\"`";
            self.fault(span, "this paginator needs `total` or `total-pages`", hint);
        }
    }

    /// Options of another kind would be silently without effect.
    fn unused(&mut self, table: &PaginatorTable) {
        let kind = table.kind;
        let by_number = matches!(kind, Kind::Page | Kind::LastToFirst);
        let by_mark = matches!(kind, Kind::Cursor | Kind::NextLink);
        let forward = !matches!(kind, Kind::Single | Kind::LastToFirst);
        let paged = kind != Kind::Single;
        let options = [
            (&table.page_param, by_number, "page-param"),
            (&table.offset_param, kind == Kind::Offset, "offset-param"),
            (&table.cursor_param, kind == Kind::Cursor, "cursor-param"),
            (&table.next, by_mark, "next"),
            (&table.next_header, by_mark, "next-header"),
            (&table.has_more, forward, "has-more"),
            (&table.done, forward, "done"),
            (&table.total_pages, paged, "total-pages"),
            (&table.total_pages_header, paged, "total-pages-header"),
            (&table.size_param, paged, "size-param"),
        ];
        for (option, fits, name) in options {
            if let Some(option) = option.as_ref().filter(|_| !fits) {
                self.unknown_option(option.span(), kind, name);
            }
        }
        if let Some(first) = table.first.as_ref().filter(|_| !by_number && kind != Kind::Offset) {
            self.unknown_option(first.span(), kind, "first");
        }
        if let (Some(param), None) = (&table.size_param, &table.size) {
            self.fault(param.span(), "`size-param` has no `size` to ask for", "add `size = 100`");
        }
    }

    fn unknown_option(&mut self, span: Range<usize>, kind: Kind, name: &str) {
        let message = format!("a paginator of the kind `{}` knows no `{name}`", kind.word());
        self.fault(span, message, "remove it, or choose another kind");
    }
}
