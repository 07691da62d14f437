//! The PDFs of an export, by team and agent.

use std::fs;
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::ledger::{DocumentHead, DocumentKind, SHOP};
use crate::pipeline::Pipeline;
use crate::pipeline::folders::write_whole;

/// Copies the PDFs of a run out of the archive, each to its place by team and agent.
pub(super) fn copy(pipeline: &Pipeline, documents: &[DocumentHead], folder: &Path) -> anyhow::Result<()> {
    for document in documents {
        let Some(hash) = &document.pdf_hash else { continue };
        let name = match document.kind {
            DocumentKind::Card => file_name(&document.subject),
            DocumentKind::ImprovementPlan => format!("{}/{}", document.kind.word(), file_name(&document.subject)),
            other => other.word().to_owned(),
        };
        let team = if document.subject == SHOP && document.team.is_empty() {
            SHOP.to_owned()
        } else {
            file_name(&document.team)
        };
        let to = folder.join("pdf").join(team).join(format!("{name}.pdf"));
        let from = pipeline.folders.pdf(hash);
        let bytes = fs::read(&from).with_context(|| format!("reading `{}` from the archive", from.display()))?;
        write_whole(&to, &bytes)?;
    }
    Ok(())
}

/// A staff number or team id as a file's name: whatever else it holds becomes `_`, so that it never becomes a path.
///
/// A changed name, and one that only a pack, a report or the shop may have, ends with a part of the id's hash, so that no two
/// are the same.
pub(in crate::pipeline) fn file_name(id: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    let name: String = id.chars().map(|one| if plain(one) { one } else { '_' }).take(40).collect();
    let lower = name.to_lowercase();
    let is_taken = lower == SHOP || DocumentKind::ALL.iter().any(|kind| kind.word() == lower);
    if name.is_empty() || name != id || is_taken {
        return format!("{name}-{}", &hex::encode(Sha256::digest(id))[..12]);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn no_two_ids_share_a_file_and_none_is_a_path_or_a_pack() {
        assert_eq!(file_name("A001"), "A001");
        let names = [
            "pack",
            "PACK",
            "ranking",
            "Shop",
            "a/b",
            "a_b",
            "a:b",
            "../../etc/one",
            "../../etc/two",
            "",
            "员工/1",
            "员工:1",
        ]
        .map(file_name);
        let different: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        assert!(names.iter().all(|name| !name.contains(['/', '.', ':'])), "{names:?}");
        assert!(
            !names.iter().any(|name| ["pack", "ranking", "shop"].contains(&name.to_lowercase().as_str())),
            "{names:?}"
        );
        assert!(file_name(&"x".repeat(300)).len() < 60);
    }
}
