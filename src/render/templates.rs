//! The templates: those inside the program, each replaceable by a file of the same name in a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest, Sha256};

use crate::diag::AuthoredFile;

/// The folder's name in messages about templates that came with the program.
const HOME: &str = "report-templates";

/// The templates that came with the program, by path below the folder.
const EMBEDDED: &[(&str, &str)] = &[
    ("card.typ", include_str!("../../report-templates/card.typ")),
    ("pack.typ", include_str!("../../report-templates/pack.typ")),
    ("ranking.typ", include_str!("../../report-templates/ranking.typ")),
    ("summary.typ", include_str!("../../report-templates/summary.typ")),
    ("result-sheet.typ", include_str!("../../report-templates/result-sheet.typ")),
    ("commendation.typ", include_str!("../../report-templates/commendation.typ")),
    ("tracking.typ", include_str!("../../report-templates/tracking.typ")),
    ("improvement-plan.typ", include_str!("../../report-templates/improvement-plan.typ")),
    ("alert.typ", include_str!("../../report-templates/alert.typ")),
    ("lib/comparison.typ", include_str!("../../report-templates/lib/comparison.typ")),
    ("lib/following.typ", include_str!("../../report-templates/lib/following.typ")),
    ("lib/report.typ", include_str!("../../report-templates/lib/report.typ")),
    ("rating-form.typ", include_str!("../../report-templates/rating-form.typ")),
    ("check-sheet.typ", include_str!("../../report-templates/check-sheet.typ")),
    ("lib/form.typ", include_str!("../../report-templates/lib/form.typ")),
    ("lib/page.typ", include_str!("../../report-templates/lib/page.typ")),
    ("lib/style.typ", include_str!("../../report-templates/lib/style.typ")),
    ("lib/words.typ", include_str!("../../report-templates/lib/words.typ")),
    ("lib/glance.typ", include_str!("../../report-templates/lib/glance.typ")),
    ("lib/charts.typ", include_str!("../../report-templates/lib/charts.typ")),
    ("lib/indicators.typ", include_str!("../../report-templates/lib/indicators.typ")),
    ("lib/made-of.typ", include_str!("../../report-templates/lib/made-of.typ")),
    ("lib/notes.typ", include_str!("../../report-templates/lib/notes.typ")),
    ("lib/movers.typ", include_str!("../../report-templates/lib/movers.typ")),
    ("lib/insights.typ", include_str!("../../report-templates/lib/insights.typ")),
    ("lib/team.typ", include_str!("../../report-templates/lib/team.typ")),
];

/// The templates inside the program: path below the folder, and text.
pub fn shipped_templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    EMBEDDED.iter().copied()
}

/// Every template by its path below the folder, such as `lib/page.typ`.
pub(super) struct Templates {
    pub(super) files: BTreeMap<String, AuthoredFile>,
    pub(super) hash: String,
}

impl Templates {
    /// Lets the hash stand for a file beside the templates too.
    pub(super) fn add_to_hash(&mut self, name: &str, bytes: &[u8]) {
        let hash = Sha256::new().chain_update(&self.hash).chain_update(name).chain_update(bytes);
        self.hash = hex::encode(hash.finalize());
    }
}

/// The embedded templates, overlaid by every `.typ` file of `folder` and of the folders in it.
pub(super) fn load(folder: Option<&Path>) -> anyhow::Result<Templates> {
    let embedded = |(path, text): &(&str, &str)| {
        ((*path).to_owned(), AuthoredFile::from_text(PathBuf::from(HOME).join(path), text))
    };
    let mut files: BTreeMap<String, AuthoredFile> = EMBEDDED.iter().map(embedded).collect();
    if let Some(folder) = folder {
        overlay(&mut files, folder, "")?;
    }
    let mut hash = Sha256::new();
    for (path, file) in &files {
        hash.update(format!("{path}\0{}\0", file.text.len()));
        hash.update(file.text.as_bytes());
    }
    Ok(Templates { files, hash: hex::encode(hash.finalize()) })
}

fn overlay(files: &mut BTreeMap<String, AuthoredFile>, folder: &Path, below: &str) -> anyhow::Result<()> {
    let unreadable = || format!("cannot read the template folder `{}`", folder.display());
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            overlay(files, &path, &format!("{below}{name}/"))?;
        } else if name.ends_with(".typ") {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read the template `{}`", path.display()))?;
            files.insert(format!("{below}{name}"), AuthoredFile::from_text(&path, &text));
        }
    }
    Ok(())
}
