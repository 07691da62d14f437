//! What the folder begins with: the shipped files themselves, and a few that are about this machine.

use crate::cli::shipped;
use crate::deliver::letters;
use crate::render;
use crate::words::Locale;

/// A file of the folder.
pub(super) struct Starting {
    pub(super) path: String,
    pub(super) text: String,
    /// Whether only its owner may read it.
    pub(super) is_secret: bool,
}

/// The shipped job with what it names, by path below the jobs folder.
const JOB: [&str; 5] = [
    "monthly-scorecard.toml",
    "sources/shop-roster.toml",
    "sources/taobao-top.toml",
    "sources/dingtalk.toml",
    "schemes/presale-weighted.toml",
];

const IGNORED: &str = "/secrets.toml\n/scorepost-data\n*.preview.pdf\n";

/// Settings, secrets, a guide, and a job with its sources and scheme.
pub(super) fn desk(locale: Locale) -> Vec<Starting> {
    let (settings, secrets, guide, templates) = match locale {
        Locale::Zh => (
            include_str!("starter/zh-CN/scorepost.toml"),
            include_str!("starter/zh-CN/secrets.toml"),
            include_str!("starter/zh-CN/README.md"),
            include_str!("starter/zh-CN/templates.md"),
        ),
        Locale::En => (
            include_str!("starter/en/scorepost.toml"),
            include_str!("starter/en/secrets.toml"),
            include_str!("starter/en/README.md"),
            include_str!("starter/en/templates.md"),
        ),
    };
    let mut files = vec![
        plain("README.md", guide),
        plain("scorepost.toml", settings),
        Starting { is_secret: true, ..plain("secrets.toml", secrets) },
        plain(".gitignore", IGNORED),
    ];
    files.extend(JOB.map(|name| plain(&format!("jobs/{name}"), shipped::text(name))));
    // Under another ending, so that it is read by people and not by jobs.
    let example = include_str!("../../../jobs/sources/rest-example.toml");
    files.push(plain("jobs/sources/rest-example.toml.example", example));
    files.push(plain("report-templates/README.md", templates));
    files
}

/// The card and its letter: enough to see how templates are written.
pub(super) fn templates(locale: Locale) -> Vec<Starting> {
    let letter = format!("letters/card.{}.", locale.tag());
    all_templates()
        .into_iter()
        .filter(|file| {
            let inside = file.path.trim_start_matches("report-templates/");
            inside == "card.typ" || inside.starts_with(&letter)
        })
        .collect()
}

/// Every template of documents and letters.
pub(super) fn all_templates() -> Vec<Starting> {
    let documents = render::shipped_templates().map(|(path, text)| plain(&format!("report-templates/{path}"), text));
    let letters = letters::shipped().map(|(name, text)| plain(&format!("report-templates/letters/{name}"), text));
    documents.chain(letters).collect()
}

fn plain(path: &str, text: &str) -> Starting {
    Starting { path: path.to_owned(), text: text.to_owned(), is_secret: false }
}
