//! The ways on between the pages of one desk.

use super::page::Page;
use crate::words::Bilingual;

/// A page of a desk: its path, and its name in both languages.
pub type Place = (&'static str, &'static str, &'static str);

/// One way on.
pub struct Tab {
    /// Where it leads.
    pub path: String,
    /// What is there.
    pub name: Bilingual,
    /// Whether it is the page that is shown.
    pub here: bool,
}

/// The ways on from a page.
pub fn tabs(page: &Page, places: &[Place]) -> Vec<Tab> {
    let tab = |(path, zh, en): &Place| Tab {
        path: (*path).to_owned(),
        name: Bilingual::new(*zh, *en),
        here: page.here == *path,
    };
    places.iter().map(tab).collect()
}

/// The ways on from a page, with what is chosen there.
pub fn tabs_with(page: &Page, places: &[Place], query: &str) -> Vec<Tab> {
    let with = |tab: Tab| Tab { path: format!("{}?{query}", tab.path), ..tab };
    tabs(page, places).into_iter().map(with).collect()
}
