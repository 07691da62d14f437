//! Where a PostgreSQL ledger is, and how the line to it is protected.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use url::Url;

/// How long a line may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// A database, as its address says.
#[derive(Clone)]
pub(in crate::ledger) struct Place {
    pub(super) config: Config,
    /// Certificates that are trusted beside those of the machine.
    pub(super) root: Option<PathBuf>,
    /// The address without its password.
    shown: String,
}

impl Place {
    /// Reads `postgres://user:password@host/database?sslmode=verify-full`; no error repeats the address.
    ///
    /// A line that leaves the machine is encrypted and its certificate checked, unless `sslmode=disable` is written.
    pub(in crate::ledger) fn parse(text: &str) -> Result<Self> {
        let mut url = Url::parse(text)
            .ok()
            .context("the ledger's address cannot be read: write `postgres://user:password@host/database`")?;
        let (mut mode, mut root, mut rest) = (None, None, Vec::new());
        for (name, value) in url.query_pairs().into_owned() {
            match name.as_str() {
                "sslmode" => mode = Some(value),
                "sslrootcert" => root = Some(PathBuf::from(value)),
                _ => rest.push((name, value)),
            }
        }
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(&rest);
            // The driver reads `%20`, not the `+` of forms.
            let query = url.query().map(|query| query.replace('+', "%20"));
            url.set_query(query.as_deref());
        }
        let mut config: Config = url.as_str().parse().map_err(|error| unreadable(&error))?;
        config.ssl_mode(protection(mode.as_deref(), &config)?);
        config.application_name("scorepost").connect_timeout(CONNECT);
        config.keepalives_idle(Duration::from_secs(10)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3).tcp_user_timeout(Duration::from_secs(25));
        let _ = url.set_password(None);
        url.set_query(None);
        Ok(Self { config, root, shown: url.into() })
    }

    /// The address for messages, without its password.
    pub(in crate::ledger) fn shown(&self) -> &str {
        &self.shown
    }
}

/// The driver's own error may repeat what it could not read, and with it a password.
fn unreadable(_: &tokio_postgres::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "the ledger's address is not one of PostgreSQL: write `postgres://user:password@host/database`, special \
         characters as `%40`"
    )
}

fn protection(mode: Option<&str>, config: &Config) -> Result<SslMode> {
    match mode {
        Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
        Some("disable") => Ok(SslMode::Disable),
        None if stays_here(config) => Ok(SslMode::Disable),
        None => Ok(SslMode::Require),
        Some(other) => bail!(
            "`sslmode={other}` would let anybody on the line switch encryption off: write `sslmode=verify-full`, or \
             `sslmode=disable` on a line that you trust"
        ),
    }
}

fn stays_here(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> SslMode {
        Place::parse(text).expect("a place").config.get_ssl_mode()
    }

    #[test]
    fn a_line_that_leaves_the_machine_is_encrypted_unless_a_person_says_otherwise() {
        assert_eq!(mode("postgres://u@127.0.0.1:5433/d"), SslMode::Disable);
        assert_eq!(mode("postgres://u@%2Fvar%2Frun/d"), SslMode::Disable);
        assert_eq!(mode("postgres://u@db.example.com/d"), SslMode::Require);
        assert_eq!(mode("postgres://u@localhost/d?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://u@db.example.com/d?sslmode=disable"), SslMode::Disable);
        let error = Place::parse("postgres://u@db.example.com/d?sslmode=prefer").err().expect("refused");
        assert!(error.to_string().contains("verify-full"), "{error}");
    }

    #[test]
    fn no_message_shows_the_password() {
        let place = Place::parse("postgres://u:s3cret@db.example.com/d?options=-csearch_path%3Dx").expect("a place");
        assert_eq!(place.shown(), "postgres://u@db.example.com/d");
        assert_eq!(place.config.get_options(), Some("-csearch_path=x"));
        for wrong in ["postgres://u:s3cret@h:99999/d", "postgres://u:s3cret@h/d?s3cret=1", "postgres://u:s3%ZZcret"] {
            let error = Place::parse(wrong).err().expect("refused");
            assert!(!format!("{error:#}").contains("s3"), "{error:#}");
        }
    }
}
