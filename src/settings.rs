//! This machine's settings: `scorepost.toml` in the working folder, each value overridden by the environment.
//!
//! Read once at start. Secrets are values of the environment or of the secrets file, never of a job file.

mod alerts;
mod console_tls;
mod engine;
mod ledger_place;
mod log;
mod mail;
mod monitor;
mod retention;
mod sign_in;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::clock::Clock;
use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::source::Variables;
use crate::words::{Bilingual, Locale};

pub use alerts::{ALERT_SECRET, Alerts};
pub use console_tls::ConsoleTls;
pub use engine::{Engine, FallBack, Spark};
pub use ledger_place::LedgerPlace;
pub use log::LogFormat;
pub use mail::Mail;
pub use monitor::Monitor;
pub use retention::Retention;
pub use sign_in::{IdentityProvider, SignIn, is_private_line};

/// The file that is read when no other is named.
pub const DEFAULT_FILE: &str = "scorepost.toml";

/// Everything about this machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder: ledger, raw pages, tables, archive.
    pub data: PathBuf,
    /// Where jobs are, with `sources/` and `schemes/` inside.
    pub jobs: PathBuf,
    /// A folder whose templates replace the built-in ones, if it exists.
    pub templates: PathBuf,
    /// Where letters go: `folder:PATH`, or relays with blanks between, `smtp://…`, `smtps://…`, `smtp+starttls://…`, in
    /// the order of preference; may hold a password.
    pub mail_url: String,
    /// How letters go out and what comes back.
    pub mail: Mail,
    /// Where the console listens.
    pub listen: SocketAddr,
    /// Where people reach the console, if not at `listen`: the address of the proxy in front of it.
    pub console_url: Option<Url>,
    /// The certificate with which the console speaks TLS itself; without one a proxy does, or nobody.
    pub console_tls: Option<ConsoleTls>,
    /// Where the ledger is.
    pub ledger: LedgerPlace,
    /// The language of reports, mails and messages.
    pub locale: Locale,
    /// The clock of this process.
    pub clock: Clock,
    /// Who issues the cards.
    pub house: House,
    /// Names and values for `${NAME}` in source files: the secrets file, overridden by the environment.
    pub variables: Variables,
    /// Who is told when something needs a person.
    pub alerts: Alerts,
    /// How monitors are let in.
    pub monitor: Monitor,
    /// How log lines are written.
    pub log: LogFormat,
    /// For how long what is kept.
    pub retention: Retention,
    /// The ways into the console beside the password.
    pub sign_in: SignIn,
    /// Who counts the rows of kept tables.
    pub engine: Engine,
}

/// What is printed as the issuer of cards and letters.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct House {
    /// The company's name.
    pub company: Bilingual,
    /// The accent colour, `#rrggbb`.
    pub colour: String,
    /// How to question a card; `{until}` stands for the last day, `{days}` for the number of working days.
    pub appeal: Bilingual,
    /// Working days after the cut-off of its data in which a card can be questioned; 0 names no day.
    pub appeal_days: u32,
    /// A small SVG or PNG file that stands before the company's name.
    pub logo: Option<PathBuf>,
    /// Which standards the PDFs keep.
    pub pdf: PdfStandard,
}

/// Which standards a PDF keeps; either is tagged, has a title, a language and texts for its pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum PdfStandard {
    /// PDF/A-2a for archives and PDF/UA-1 for screen readers.
    #[default]
    #[serde(rename = "a-2a+ua-1")]
    A2aAndUa1,
    /// PDF/UA-1 alone.
    #[serde(rename = "ua-1")]
    Ua1,
}

impl Default for House {
    fn default() -> Self {
        Self {
            company: Bilingual::new("客服中心", "Customer service"),
            colour: "#1f5f8b".to_owned(),
            appeal: Bilingual::new(
                "对任何一项有疑问，请在{until}前（{days} 个工作日，遇法定节假日顺延）直接回复邮件，由直属主管答复。",
                "Questions about any line: reply to the mail by {until} ({days} working days, public holidays not counted); your manager answers.",
            ),
            appeal_days: 5,
            logo: None,
            pdf: PdfStandard::default(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Written {
    data: Option<PathBuf>,
    jobs: Option<PathBuf>,
    templates: Option<PathBuf>,
    mail_url: Option<Spanned<String>>,
    listen: Option<Spanned<String>>,
    console_url: Option<Spanned<String>>,
    console: console_tls::Written,
    ledger_url: Option<Spanned<String>>,
    locale: Option<Spanned<String>>,
    secrets_file: Option<PathBuf>,
    mail: Mail,
    house: House,
    alerts: alerts::Written,
    monitor: monitor::Written,
    log: Option<Spanned<String>>,
    retention: Retention,
    sign_in: sign_in::Written,
    engine: engine::Written,
}

impl Settings {
    /// Reads the settings: `file` if named, else `scorepost.toml` if it is there, and the given environment over it.
    pub fn read(file: Option<&Path>, environment: &BTreeMap<String, String>) -> Result<Self, Diagnostics> {
        let authored = match file {
            Some(path) => Some(AuthoredFile::read(path)?),
            None if Path::new(DEFAULT_FILE).exists() => Some(AuthoredFile::read(Path::new(DEFAULT_FILE))?),
            None => None,
        };
        let written = match &authored {
            Some(file) => file.parse_toml()?,
            None => Written::default(),
        };
        Reader { environment, file: authored.as_ref(), found: Diagnostics::new() }.read(written)
    }
}

struct Reader<'a> {
    environment: &'a BTreeMap<String, String>,
    file: Option<&'a AuthoredFile>,
    found: Diagnostics,
}

impl Reader<'_> {
    fn read(mut self, written: Written) -> Result<Settings, Diagnostics> {
        let data = self.path("SCOREPOST_DATA", written.data, "scorepost-data");
        let mail_url = self
            .text("SCOREPOST_MAIL_URL", &written.mail_url)
            .unwrap_or_else(|| format!("folder:{}", data.join("outbox").display()));
        self.no_password_in_file(&written.mail_url, "SCOREPOST_MAIL_URL");
        let listen = self
            .parsed("SCOREPOST_LISTEN", &written.listen, "an address such as 127.0.0.1:8080", |text| text.parse().ok());
        let console_url = self.parsed(
            "SCOREPOST_CONSOLE_URL",
            &written.console_url,
            "an address such as https://scorepost.example.com",
            site,
        );
        let console_tls = written.console.check(self.environment, &mut self.found);
        let plain = console_tls.as_ref().and(console_url.as_ref()).and_then(ConsoleTls::refuse_plain);
        if let Some(plain) = plain {
            self.found.push(plain);
        }
        let locale = self.parsed("SCOREPOST_LOCALE", &written.locale, "`zh-CN` or `en`", Locale::parse);
        let ledger = self.ledger(&written.ledger_url);
        let clock = self.clock();
        let log = self.parsed("SCOREPOST_LOG", &written.log, "`text` or `json`", LogFormat::parse);
        let variables = self.variables(written.secrets_file);
        let mut alerts = written.alerts;
        alerts.heartbeat = variables.get("SCOREPOST_HEARTBEAT_URL").map(str::to_owned).or(alerts.heartbeat);
        let settings = Settings {
            ledger: ledger.unwrap_or_else(|| LedgerPlace::File(data.join("ledger.sqlite"))),
            jobs: self.path("SCOREPOST_JOBS", written.jobs, "jobs"),
            templates: self.path("SCOREPOST_TEMPLATES", written.templates, "report-templates"),
            mail_url,
            mail: written.mail.overridden(self.environment, &mut self.found),
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            console_url,
            console_tls,
            locale: locale.unwrap_or_default(),
            clock,
            house: written.house,
            alerts: alerts.check(&mut self.found),
            monitor: written.monitor.check(&variables, &mut self.found),
            log: log.unwrap_or_default(),
            retention: written.retention,
            sign_in: written.sign_in.check(&variables, &mut self.found),
            engine: written.engine.check(&variables, &mut self.found),
            variables,
            data,
        };
        self.colour(&settings.house.colour);
        self.found.into_result(settings)
    }

    fn path(&self, name: &str, written: Option<PathBuf>, default: &str) -> PathBuf {
        self.environment.get(name).map(PathBuf::from).or(written).unwrap_or_else(|| default.into())
    }

    fn text(&self, name: &str, written: &Option<Spanned<String>>) -> Option<String> {
        self.environment.get(name).cloned().or_else(|| written.as_ref().map(|text| text.as_ref().clone()))
    }

    /// A value that must have a form; a wrong one is reported with its place or its variable.
    fn parsed<T>(
        &mut self,
        name: &str,
        written: &Option<Spanned<String>>,
        form: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name, written)?;
        let value = parse(&text);
        if value.is_none() {
            let wrong = Diagnostic::error(format!("`{text}` is not {form}"));
            self.found.push(match (written, self.file) {
                (Some(spanned), Some(file)) if !self.environment.contains_key(name) => {
                    wrong.at(file.place(spanned.span()))
                }
                _ => wrong.hint(format!("it is the value of the environment variable `{name}`")),
            });
        }
        value
    }

    /// The address of a server is not repeated when it is wrong: it may hold a password.
    fn ledger(&mut self, written: &Option<Spanned<String>>) -> Option<LedgerPlace> {
        self.no_password_in_file(written, "SCOREPOST_LEDGER_URL");
        let place = LedgerPlace::parse(&self.text("SCOREPOST_LEDGER_URL", written)?);
        if place.is_none() {
            let wrong = Diagnostic::error("the address of the ledger is neither `sqlite:PATH` nor `postgres://…`");
            self.found.push(match (written, self.file) {
                (Some(spanned), Some(file)) if !self.environment.contains_key("SCOREPOST_LEDGER_URL") => {
                    wrong.at(file.place(spanned.span()))
                }
                _ => wrong.hint("it is the value of the environment variable `SCOREPOST_LEDGER_URL`"),
            });
        }
        place
    }

    fn no_password_in_file(&mut self, written: &Option<Spanned<String>>, variable: &str) {
        if let (Some(url), Some(file)) = (written, self.file)
            && url
                .as_ref()
                .split_once("://")
                .is_some_and(|(_, rest)| rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')))
        {
            self.found.push(
                Diagnostic::warning("a password in a settings file is easily shared by mistake")
                    .at(file.place(url.span()))
                    .hint(format!("give the whole address in the environment variable `{variable}` instead")),
            );
        }
    }

    fn clock(&mut self) -> Clock {
        let Some(text) = self.environment.get("SCOREPOST_NOW") else { return Clock::system() };
        match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Clock::fixed(at.with_timezone(&Utc)),
            Err(_) => {
                self.found.push(
                    Diagnostic::error(format!("`{text}` is not an instant"))
                        .hint("`SCOREPOST_NOW` is written as 2026-11-09T09:00:00+08:00"),
                );
                Clock::system()
            }
        }
    }

    /// The secrets file holds `NAME = "value"`; the environment wins.
    fn variables(&mut self, file: Option<PathBuf>) -> Variables {
        let named = self.environment.get("SCOREPOST_SECRETS").map(PathBuf::from).or(file);
        let mut values = BTreeMap::new();
        if let Some(path) = named {
            match AuthoredFile::read(&path).and_then(|file| file.parse_toml::<BTreeMap<String, String>>()) {
                Ok(kept) => values = kept,
                Err(wrong) => self.found.push(wrong),
            }
        }
        values.extend(self.environment.iter().map(|(name, value)| (name.clone(), value.clone())));
        values.into_iter().collect()
    }

    fn colour(&mut self, colour: &str) {
        let digits = colour.strip_prefix('#').unwrap_or("");
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            self.found.push(
                Diagnostic::error(format!("`{colour}` is not a colour"))
                    .hint("write `colour` in `[house]` as \"#1f5f8b\""),
            );
        }
    }
}

/// A web address that names a site and no page of it.
fn site(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain && nobody).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)]) -> Result<Settings, Diagnostics> {
        let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Settings::read(None, &environment)
    }

    #[test]
    fn the_environment_decides() {
        let settings = read(&[
            ("SCOREPOST_DATA", "d"),
            ("SCOREPOST_LOCALE", "en"),
            ("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00"),
        ])
        .expect("good settings");
        assert_eq!(settings.ledger, LedgerPlace::File(PathBuf::from("d/ledger.sqlite")));
        assert_eq!(settings.mail_url, "folder:d/outbox");
        assert_eq!(settings.locale, Locale::En);
        assert!(settings.clock.is_fixed());
    }

    #[test]
    fn the_address_of_the_console_is_a_site() {
        let url = |text| read(&[("SCOREPOST_CONSOLE_URL", text)]).map(|settings| settings.console_url);
        let good = url("https://Scorepost.example.com").expect("an address").expect("an address");
        assert_eq!((good.scheme(), good.host_str()), ("https", Some("scorepost.example.com")));
        for wrong in ["scorepost.example.com", "ftp://a.example", "https://a.example/scores", "https://u:p@a.example"] {
            assert!(url(wrong).is_err(), "{wrong}");
        }
        assert_eq!(read(&[]).expect("settings").console_url, None);
    }

    #[test]
    fn the_ledger_is_a_file_or_a_server_and_its_password_stays_out_of_files_and_messages() {
        let at = |text| read(&[("SCOREPOST_LEDGER_URL", text)]).map(|settings| settings.ledger);
        assert_eq!(at("sqlite:x.sqlite").expect("a file"), LedgerPlace::File(PathBuf::from("x.sqlite")));
        let url = "postgres://u:s3cret@h/d";
        let server = at(url).expect("a server");
        assert_eq!(server, LedgerPlace::Server(url.to_owned()));
        assert!(!format!("{server:?}").contains("s3cret"), "{server:?}");
        let wrong = at("mysql://u:s3cret@h/d").expect_err("another kind of server");
        assert!(!wrong.to_string().contains("s3cret"), "{wrong}");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("scorepost.toml");
        std::fs::write(&file, format!("ledger-url = \"{url}\"\n")).expect("a file");
        let authored = AuthoredFile::read(&file).expect("the file");
        let written: Written = authored.parse_toml().expect("settings");
        let mut reader = Reader { environment: &BTreeMap::new(), file: Some(&authored), found: Diagnostics::new() };
        reader.ledger(&written.ledger_url);
        assert!(reader.found.to_string().contains("SCOREPOST_LEDGER_URL"), "{}", reader.found);
    }

    #[test]
    fn an_operator_is_named_in_one_place_and_a_secret_address_is_not_repeated() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("scorepost.toml");
        let text = "log = \"json\"\n[alerts]\nmail = [\"ops@example.invalid\"]\ngrace-minutes = 5\n\
                    [retention]\nraw-pages = 13\n[monitor]\nlisten = \"127.0.0.1:9464\"\n";
        std::fs::write(&file, text).expect("a file");
        let settings = Settings::read(Some(&file), &BTreeMap::new()).expect("settings");
        assert_eq!((settings.log, settings.alerts.grace), (LogFormat::Json, chrono::TimeDelta::minutes(5)));
        assert_eq!((settings.retention.raw_pages, settings.retention.letters), (Some(13), None));
        assert!(settings.alerts.reach_somebody() && settings.monitor.listen.is_some());
        std::fs::write(&file, "[alerts]\nwebhook = \"s3cret\"\nmail = [\"nobody\"]\n").expect("a file");
        let wrong = Settings::read(Some(&file), &BTreeMap::new()).expect_err("two faults");
        assert_eq!(wrong.sorted().len(), 2);
        assert!(!wrong.to_string().contains("s3cret"), "{wrong}");
    }

    #[test]
    fn everything_wrong_is_reported_together() {
        let wrong = read(&[("SCOREPOST_LISTEN", "here"), ("SCOREPOST_LOCALE", "fr"), ("SCOREPOST_NOW", "noon")])
            .expect_err("three faults");
        assert_eq!(wrong.sorted().len(), 3);
    }

    #[test]
    fn the_house_has_words_a_logo_and_a_standard_in_one_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("scorepost.toml");
        let house = "[house]\ncompany = \"示例店\"\nlogo = \"logo.svg\"\npdf = \"ua-1\"\nappeal-days = 3\n";
        std::fs::write(&file, house).expect("a file");
        let house = Settings::read(Some(&file), &BTreeMap::new()).expect("settings").house;
        assert_eq!(house.logo, Some(PathBuf::from("logo.svg")));
        assert_eq!((house.pdf, house.appeal_days), (PdfStandard::Ua1, 3));
        let default = House::default();
        assert_eq!((default.pdf, default.appeal_days, default.logo), (PdfStandard::A2aAndUa1, 5, None));
        std::fs::write(&file, "[house]\npdf = \"a-1b\"\n").expect("a file");
        let wrong = Settings::read(Some(&file), &BTreeMap::new()).expect_err("no such standard");
        assert!(wrong.to_string().contains("a-2a+ua-1"), "{wrong}");
    }
}
