//! Insight (R25): totals over the periods, how they lie, teams side by side, agents by indicators, what goes with what.
//! They count nothing; each page says from how many cards its numbers come.

mod choice;
mod correlation;
mod figures;
mod heat;
mod overview;
mod points;

pub use correlation::show as correlation;
pub use heat::show as heat;
pub use overview::show as overview;

use super::page::Page;
use super::tabs::{Place, Tab};

/// The pages of insight.
const TABS: [Place; 3] = [
    ("/insight", "趋势与团队", "Trends and teams"),
    ("/insight/heat", "热力图", "Heat map"),
    ("/insight/correlation", "相关", "Correlation"),
];

/// The ways on from a page, with what is chosen there.
fn tabs(page: &Page, query: &str) -> Vec<Tab> {
    super::tabs::tabs_with(page, &TABS, query)
}
