//! `paginator`: how pages follow each other.

use std::ops::Range;

use super::Checker;
use crate::diag::Spanned;
use crate::source::resource::{PageSize, Paginator, Paging};
use crate::source::written::{PaginatorKind, PaginatorTable, Placed};

const MAX_PAGES: u64 = 10_000;

impl Checker<'_> {
    pub(super) fn paginator(&mut self, table: Option<&Spanned<PaginatorTable>>) -> Paginator {
        let Some(placed) = table else {
            return Paginator { paging: Paging::Single, has_more: None, total: None, max_pages: 1 };
        };
        let table = placed.get_ref();
        let paging = self.paging(table, placed.span()).unwrap_or(Paging::Single);
        self.unused(table);
        Paginator {
            paging,
            has_more: self.optional_path(table.has_more.as_ref()),
            total: self.optional_path(table.total.as_ref()),
            max_pages: table.max_pages.unwrap_or(MAX_PAGES),
        }
    }

    fn paging(&mut self, table: &PaginatorTable, span: Range<usize>) -> Option<Paging> {
        match table.kind {
            PaginatorKind::Single => Some(Paging::Single),
            PaginatorKind::Page => {
                let param = self.param(table.page_param.as_ref(), "page-param", span.clone());
                let size = self.page_size(table, span);
                Some(Paging::Page { param: param?, first: table.first.unwrap_or(1), size: size? })
            }
            PaginatorKind::Offset => {
                let param = self.param(table.offset_param.as_ref(), "offset-param", span.clone());
                let size = self.page_size(table, span);
                Some(Paging::Offset { param: param?, size: size? })
            }
            PaginatorKind::Cursor => {
                let param = self.param(table.cursor_param.as_ref(), "cursor-param", span.clone());
                let next = self.param(table.next.as_ref(), "next", span.clone()).and(table.next.as_ref());
                let size = table.size.as_ref().and_then(|_| self.page_size(table, span));
                let next = next.and_then(|next| self.json_path(next));
                Some(Paging::Cursor { param: param?, next: next?, size })
            }
        }
    }

    fn param(&mut self, text: Option<&Placed>, name: &str, span: Range<usize>) -> Option<String> {
        if text.is_none() {
            self.fault(span, format!("this paginator needs `{name}`"), format!("add `{name} = \"...\"`"));
        }
        text.map(|text| text.get_ref().clone())
    }

    fn page_size(&mut self, table: &PaginatorTable, span: Range<usize>) -> Option<PageSize> {
        let Some(size) = &table.size else {
            self.fault(span, "this paginator needs `size`", "say how many records a full page has");
            return None;
        };
        let records = self.at_least_one(size, "the page size");
        Some(PageSize { param: table.size_param.as_ref().map(|param| param.get_ref().clone()), records })
    }

    /// Options of another kind would be silently without effect.
    fn unused(&mut self, table: &PaginatorTable) {
        let kind = table.kind;
        let options = [
            (&table.page_param, kind == PaginatorKind::Page, "page-param"),
            (&table.offset_param, kind == PaginatorKind::Offset, "offset-param"),
            (&table.cursor_param, kind == PaginatorKind::Cursor, "cursor-param"),
            (&table.next, kind == PaginatorKind::Cursor, "next"),
            (&table.has_more, kind != PaginatorKind::Single, "has-more"),
            (&table.size_param, kind != PaginatorKind::Single, "size-param"),
        ];
        for (option, fits, name) in options {
            if let Some(option) = option.as_ref().filter(|_| !fits) {
                self.fault(option.span(), format!("this kind of paginator knows no `{name}`"), "remove it");
            }
        }
    }
}
