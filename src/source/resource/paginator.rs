//! How pages follow each other.

use serde_json_path::JsonPath;

/// How pages follow each other.
#[derive(Clone, Debug)]
pub struct Paginator {
    /// The way.
    pub paging: Paging,
    /// Where the answer says whether more follows.
    pub more: Option<More>,
    /// Where the answer declares how many records there are in all.
    pub total: Option<Told>,
    /// Where the answer declares how many pages there are in all.
    pub total_pages: Option<Told>,
    /// Where its parameters go.
    pub place: Place,
    /// Parameters of the request that only the first page has.
    pub first_only: Vec<String>,
    /// How many pages one window and batch may have.
    pub max_pages: u64,
}

/// Where the parameters of a paginator go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Into the form, else the JSON body, else the query.
    #[default]
    Body,
    /// Into the query.
    Query,
}

/// Where an answer says whether more follows.
#[derive(Clone, Debug)]
pub enum More {
    /// A value that is true while more follows.
    Follows(JsonPath),
    /// A value that is true on the last page.
    Done(JsonPath),
}

/// Where an answer tells a fact about its pages.
#[derive(Clone, Debug)]
pub enum Told {
    /// In the body.
    Body(JsonPath),
    /// In the header of this name, in lower case.
    Header(String),
}

/// The ways of paging.
#[derive(Clone, Debug)]
pub enum Paging {
    /// One answer has everything.
    Single,
    /// By page number.
    Page {
        /// The parameter of the page number.
        param: String,
        /// The number of the first page.
        first: u64,
        /// The page size and its parameter; `None` where the answer says how pages end.
        size: Option<PageSize>,
    },
    /// By page number from the last to the first: what moves to an earlier page while it is read comes twice, but is
    /// not lost.
    LastToFirst {
        /// The parameter of the page number.
        param: String,
        /// The number of the first page.
        first: u64,
        /// The page size and its parameter.
        size: PageSize,
    },
    /// By the number of records before.
    Offset {
        /// The parameter of the offset.
        param: String,
        /// The offset of the first page.
        first: u64,
        /// The page size and its parameter; `None` where the answer says how pages end.
        size: Option<PageSize>,
    },
    /// By a mark that the answer gives.
    Cursor {
        /// The parameter of the mark.
        param: String,
        /// Where the answer gives the next mark; none, null or empty ends it.
        next: Told,
        /// The page size and its parameter, if it can be chosen.
        size: Option<PageSize>,
    },
    /// By an address that the answer gives, on the same host.
    NextLink {
        /// Where the answer gives it; none, null or empty ends it.
        next: Told,
        /// The page size and its parameter for the first request, if it can be chosen.
        size: Option<PageSize>,
    },
}

/// How many records a page has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// The parameter; `None` when the interface fixes the size.
    pub param: Option<String>,
    /// The size.
    pub records: u64,
}

impl Paginator {
    /// One answer that has everything.
    pub fn single() -> Self {
        Self::by(Paging::Single, 1)
    }

    /// A way of paging about which nothing else is known.
    pub fn by(paging: Paging, max_pages: u64) -> Self {
        Self {
            paging,
            more: None,
            total: None,
            total_pages: None,
            place: Place::Body,
            first_only: Vec::new(),
            max_pages,
        }
    }

    /// The headers that it reads, in lower case.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        let told = [self.paging.next(), self.total.as_ref(), self.total_pages.as_ref()];
        told.into_iter().flatten().filter_map(|told| match told {
            Told::Header(name) => Some(name.as_str()),
            Told::Body(_) => None,
        })
    }
}

impl Paging {
    /// The page size, where it is known.
    pub fn size(&self) -> Option<&PageSize> {
        match self {
            Self::Single => None,
            Self::LastToFirst { size, .. } => Some(size),
            Self::Page { size, .. }
            | Self::Offset { size, .. }
            | Self::Cursor { size, .. }
            | Self::NextLink { size, .. } => size.as_ref(),
        }
    }

    /// Where the answer gives the mark or address of the next page.
    pub fn next(&self) -> Option<&Told> {
        match self {
            Self::Cursor { next, .. } | Self::NextLink { next, .. } => Some(next),
            _ => None,
        }
    }
}
