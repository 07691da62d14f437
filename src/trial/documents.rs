//! What the people of a story would get: their cards, packs and reports as PDFs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use crate::diag::AuthoredFile;
use crate::job::{Calendar, Report, ReportKind};
use crate::render::report::{About, report_body};
use crate::render::{Everybody, House, Issue, Pdf, RenderFault, Renderer, card_body, pack_body};
use crate::score::Appraisal;
use crate::settings::Settings;
use crate::words::Locale;

use super::Trial;

/// What stands in the foot of a document of no run.
const RUN: &str = "trial";

/// Renders every card, every pack and every report that has something to say into a folder and names the files, cards
/// first.
pub fn documents(settings: &Settings, trial: &Trial, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let (renderer, house, locale) = (Renderer::of_machine(settings)?, House::of_machine(settings), settings.locale);
    let appraisal = &trial.appraisal;
    let everybody = Everybody::of(appraisal);
    let issue = Issue {
        run: RUN.to_owned(),
        edition: 1,
        cut_off: appraisal.cut_off,
        zone: chrono_tz::UTC,
        calendar: Calendar::default(),
        changed: Vec::new(),
        link: None,
    };
    let cards = appraisal.cards.iter().map(|card| {
        let body = card_body(appraisal, card, &house, locale);
        write(folder, &format!("card-{}", card.agent.id), renderer.card(&body, &issue))
    });
    let packs = appraisal.teams.iter().map(|team| {
        let body = pack_body(appraisal, team, &everybody, &house, locale);
        write(folder, &format!("pack-{}", team.id), renderer.pack(&body, &issue))
    });
    let reports = ReportKind::ALL.into_iter().flat_map(|kind| {
        let bodies = reports_of(kind, appraisal, &house, locale);
        bodies.into_iter().map(move |(name, body)| (kind, name, body))
    });
    let reports = reports.map(|(kind, name, body)| write(folder, &name, renderer.report(kind, &body, &issue)));
    cards.chain(packs).chain(reports).collect()
}

/// The reports of a kind as it usually is, each with the name of its file.
fn reports_of(kind: ReportKind, appraisal: &Appraisal, house: &House, locale: Locale) -> Vec<(String, Value)> {
    let report = Report::usual(kind, AuthoredFile::from_text(RUN, "").place(0..0));
    let named = |about: About<'_>| {
        let subject = match about {
            About::Shop => "shop",
            About::Team(team) => &team.id,
            About::Agent(card) => &card.agent.id,
        };
        let body = report_body(appraisal, &report, (about, subject), house, locale)?;
        Some((format!("{}-{subject}", kind.word()), body))
    };
    About::all(report.of, appraisal).into_iter().filter_map(named).collect()
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
