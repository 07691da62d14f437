//! One thing that an interface gives: the request, its windows, batches and pages, and where the records lie.

use serde_json::Number;
use serde_json_path::JsonPath;

use super::canonical::Table;
use super::format::Format;
use super::mapping::Mapping;
use super::template::Template;

/// One thing that an interface gives.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name inside the source.
    pub id: String,
    /// The request.
    pub request: Request,
    /// How the time is cut; `None` when the interface knows no time.
    pub window: Option<Window>,
    /// Which ids are asked for; `None` when all come at once.
    pub fan_out: Option<FanOut>,
    /// How pages follow each other.
    pub paginator: Paginator,
    /// What the body is.
    pub format: Format,
    /// How many files of a folder one window may find.
    pub matches: Matches,
    /// The share of records, in percent, that may be set aside before the run is held; `None` for any but all.
    pub set_aside_limit: Option<u64>,
    /// What it means that nothing came.
    pub when_empty: WhenEmpty,
    /// What it means that the source has no such thing.
    pub when_missing: WhenMissing,
    /// Which rows a record becomes.
    pub mapping: Mapping,
}

/// How many files of a folder one window may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matches {
    /// All of them are read, by name.
    All,
    /// A second one is an error.
    One,
}

/// What it means that the source answers "not found" (404).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenMissing {
    /// It must be there: the pull fails.
    Fail,
    /// Nobody keeps this table here: the pull goes on without it.
    NoTable,
}

/// What it means that a resource gave no record at all, in a period that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenEmpty {
    /// It happens: it is told.
    Note,
    /// It does not: the source was wiped or the right to see it was lost, and the run is held.
    Hold,
}

/// A request with its holes.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path after the base address.
    pub path: Template,
    /// Query parameters, sorted by name.
    pub query: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
}

/// The method of a request; both only read, so both may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

impl Method {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// `application/x-www-form-urlencoded`, sorted by name.
    Form(Vec<(String, Template)>),
    /// JSON.
    Json(JsonTemplate),
}

impl Body {
    /// Every text in it.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::None => Vec::new(),
            Self::Form(params) => params.iter().map(|(_, text)| text).collect(),
            Self::Json(json) => json.templates(),
        }
    }
}

impl JsonTemplate {
    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Text(text) => vec![text],
            Self::Number(_) | Self::Bool(_) => Vec::new(),
            Self::List(list) => list.iter().flat_map(Self::templates).collect(),
            Self::Map(map) => map.iter().flat_map(|(_, one)| one.templates()).collect(),
        }
    }
}

/// A JSON value whose texts have holes; a text that is only `{ids}` becomes a list.
#[derive(Clone, Debug)]
pub enum JsonTemplate {
    /// A text.
    Text(Template),
    /// A number.
    Number(Number),
    /// A truth value.
    Bool(bool),
    /// A list.
    List(Vec<JsonTemplate>),
    /// An object.
    Map(Vec<(String, JsonTemplate)>),
}

/// How the time that is asked for is cut; days are days of the source's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How long one window is.
    pub step: Step,
    /// How many days back the interface answers; `None` for any.
    pub max_age: Option<u64>,
    /// Whether the present day may be asked for.
    pub today: Today,
    /// How many days before the period are asked for too.
    pub before: u64,
    /// How many days after it.
    pub after: u64,
}

/// How long one window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// As long as what is asked for.
    Whole,
    /// At most this many days.
    Days(u64),
    /// Whole calendar months, for files by month.
    Month,
}

/// Whether the present day may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Today {
    /// Up to now.
    Allowed,
    /// Only days that are over.
    Refused,
}

/// A request for each batch of ids from a table that was pulled before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FanOut {
    /// Where the ids come from.
    pub over: FanOutTable,
    /// How many ids one request takes.
    pub batch: usize,
    /// What stands between two.
    pub join: String,
}

/// Where the ids of a fan-out come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FanOutTable {
    /// The accounts of one platform.
    Accounts(String),
    /// All agents.
    Agents,
}

impl FanOutTable {
    /// The table that must have been pulled before.
    pub fn table(&self) -> Table {
        match self {
            Self::Accounts(_) => Table::ACCOUNTS,
            Self::Agents => Table::AGENTS,
        }
    }
}

/// How pages follow each other.
#[derive(Clone, Debug)]
pub struct Paginator {
    /// The way.
    pub paging: Paging,
    /// Where the answer says that more follows.
    pub has_more: Option<JsonPath>,
    /// Where the answer declares how many records there are in all.
    pub total: Option<JsonPath>,
    /// How many pages one window and batch may have.
    pub max_pages: u64,
}

/// The ways of paging; parameters go into the form, else the JSON body, else the query.
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
        /// The page size and its parameter.
        size: PageSize,
    },
    /// By the number of records before.
    Offset {
        /// The parameter of the offset.
        param: String,
        /// The page size and its parameter.
        size: PageSize,
    },
    /// By a mark that the answer gives.
    Cursor {
        /// The parameter of the mark.
        param: String,
        /// Where the answer gives the next mark; none, null or empty ends it.
        next: JsonPath,
        /// The page size and its parameter, if it can be chosen.
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
