//! The shipped jobs, sources and schemes, for a machine where only the program is.

use std::fs;
use std::path::Path;

use anyhow::Context;

const FILES: &[(&str, &str)] = &[
    ("monthly-scorecard.toml", include_str!("../../jobs/monthly-scorecard.toml")),
    ("weekly-ranking.toml", include_str!("../../jobs/weekly-ranking.toml")),
    ("daily-watch.toml", include_str!("../../jobs/daily-watch.toml")),
    ("quarterly-tracking.toml", include_str!("../../jobs/quarterly-tracking.toml")),
    ("phone-desk.toml", include_str!("../../jobs/phone-desk.toml")),
    ("calendars/china.toml", include_str!("../../jobs/calendars/china.toml")),
    ("schemes/presale-weighted.toml", include_str!("../../jobs/schemes/presale-weighted.toml")),
    ("schemes/weekly-ranking.toml", include_str!("../../jobs/schemes/weekly-ranking.toml")),
    ("schemes/daily-watch.toml", include_str!("../../jobs/schemes/daily-watch.toml")),
    ("schemes/presale-quarterly.toml", include_str!("../../jobs/schemes/presale-quarterly.toml")),
    ("schemes/phone-desk.toml", include_str!("../../jobs/schemes/phone-desk.toml")),
    ("sources/shop-roster.toml", include_str!("../../jobs/sources/shop-roster.toml")),
    ("sources/taobao-top.toml", include_str!("../../jobs/sources/taobao-top.toml")),
    ("sources/dingtalk.toml", include_str!("../../jobs/sources/dingtalk.toml")),
    ("sources/csv-tables.toml", include_str!("../../jobs/sources/csv-tables.toml")),
    ("sources/forms.toml", include_str!("../../jobs/sources/forms.toml")),
    ("sources/phone-desk.toml", include_str!("../../jobs/sources/phone-desk.toml")),
];

/// The shipped file of this name, such as `schemes/phone-desk.toml`; empty when there is none.
pub(super) fn text(name: &str) -> &'static str {
    FILES.iter().find(|(path, _)| *path == name).map_or("", |(_, text)| text)
}

/// Writes them into a jobs folder; a file that is there already is left alone.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    for (name, text) in FILES.iter().copied() {
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
