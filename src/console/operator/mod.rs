//! The operator's desk: what runs when, what ran, what is held and why, what is kept of the sources, how the machine is set.
//!
//! Pages read the ledger; what lies in files and in the lake is told by the [`Machine`] that `serve` supplies.

mod holds;
mod machine;
mod run_log;
mod runs;
mod schedule;
mod settings;
mod sources;

pub use holds::show as holds;
pub use machine::{Checked, Coverage, Covered, Fault, Grade, Kept, Machine, Planned, Trouble};
pub use run_log::show as run_log;
pub use runs::show as runs;
pub use schedule::{pause, resume, show as schedule};
pub use settings::{check, show as settings};
pub use sources::show as sources;

use crate::console::page::Page;
use crate::console::tabs::{Place, Tab};

/// The pages of the desk, with what is seen elsewhere and belongs to it.
const TABS: [Place; 7] = [
    ("/operator", "定时", "Schedule"),
    ("/operator/runs", "运行", "Runs"),
    ("/operator/holds", "挂起", "Holds"),
    ("/operator/sources", "数据源", "Sources"),
    ("/unknowns", "下落不明的邮件", "Unknown mails"),
    ("/operator/settings", "设置", "Settings"),
    ("/preview", "模板", "Templates"),
];

/// The ways on from a page of the desk.
fn tabs(page: &Page) -> Vec<Tab> {
    super::tabs::tabs(page, &TABS)
}
