//! What the people of a story would get: their cards and packs as PDFs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::render::{House, Issue, Pdf, RenderFault, Renderer, card_body, pack_body};
use crate::settings::Settings;

use super::Trial;

/// What stands in the foot of a document of no run.
const RUN: &str = "trial";

/// Renders every card and pack of a story into a folder and names the files, cards first.
pub fn documents(settings: &Settings, trial: &Trial, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let (renderer, house, locale) = (Renderer::of_machine(settings)?, House::of_machine(settings), settings.locale);
    let appraisal = &trial.appraisal;
    let issue = Issue {
        run: RUN.to_owned(),
        edition: 1,
        cut_off: appraisal.cut_off,
        zone: chrono_tz::UTC,
        changed: Vec::new(),
    };
    let cards = appraisal.cards.iter().map(|card| {
        let body = card_body(appraisal, card, &house, locale);
        write(folder, &format!("card-{}", card.agent.id), renderer.card(&body, &issue))
    });
    let packs = appraisal.teams.iter().map(|team| {
        let body = pack_body(appraisal, team, &house, locale);
        write(folder, &format!("pack-{}", team.id), renderer.pack(&body, &issue))
    });
    if let Ok(out) = std::env::var("FOLLOW_DUMP") {
        use crate::render::{alert_body, improvement_body, tracking_body};
        for team in &appraisal.teams {
            for (k, b) in [
                ("tracking", tracking_body(appraisal, team, &house, locale)),
                ("alert", alert_body(appraisal, team, &house, locale)),
            ] {
                if let Some(b) = b {
                    fs::write(format!("{out}/{k}-{}.json", team.id), serde_json::json!({"body": b, "issue": {"run":"trial","edition":1,"cut_off":"2026-11-15 09:00 (Asia/Shanghai)","changed":[]}}).to_string())?;
                }
            }
        }
        for card in &appraisal.cards {
            if let Some(b) = improvement_body(appraisal, card, &house, locale) {
                fs::write(format!("{out}/improvement-plan-{}.json", card.agent.id), serde_json::json!({"body": b, "issue": {"run":"trial","edition":1,"cut_off":"2026-11-15 09:00 (Asia/Shanghai)","changed":[]}}).to_string())?;
            }
        }
    }
    cards.chain(packs).collect()
}

fn write(folder: &Path, name: &str, pdf: Result<Pdf, RenderFault>) -> anyhow::Result<PathBuf> {
    // A staff number or team's id must not lead out of the folder.
    let safe: String =
        name.chars().map(|one| if one.is_alphanumeric() || "-_.".contains(one) { one } else { '_' }).collect();
    let path = folder.join(format!("{safe}.pdf"));
    let pdf = pdf.with_context(|| format!("`{name}` cannot be rendered"))?;
    fs::write(&path, pdf.bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(path)
}
