//! A mailbox on an IMAP server, over TLS from the first byte or from STARTTLS on; never in the clear.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use async_imap::{Client, Session};
use futures_util::TryStreamExt;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use super::{LARGEST, MOST};
use crate::deliver::Secret;
use crate::deliver::smtp::tls;
use crate::deliver::url::{decode, host_of, wrong};
use crate::diag::Diagnostic;

/// How long a whole visit to the mailbox may take.
const VISIT: Duration = Duration::from_secs(120);

/// A mailbox on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imap {
    host: String,
    port: u16,
    starttls: bool,
    user: String,
    password: Secret,
    folder: String,
    ca: Option<PathBuf>,
}

impl Imap {
    /// Reads `imaps://USER:PASSWORD@HOST/FOLDER` or `imap+starttls://…`; the folder is `INBOX` if none is named.
    pub(super) fn parse(text: &str) -> Result<Self, Diagnostic> {
        let url = Url::parse(text).map_err(|error| malformed(&error.to_string()))?;
        let (starttls, port) = match url.scheme() {
            "imaps" => (false, 993),
            "imap+starttls" => (true, 143),
            _ => return Err(malformed("it does not say how the way is protected")),
        };
        let (user, password) = (decode(url.username())?, url.password().map(decode).transpose()?);
        let password = password.filter(|_| !user.is_empty()).ok_or_else(|| malformed("it has no user and password"))?;
        let mut ca = None;
        for (key, value) in url.query_pairs() {
            match &*key {
                "ca" if !value.is_empty() => ca = Some(value.as_ref().into()),
                _ => return Err(malformed("it has an option that is not known; known is `ca`, a PEM file to trust")),
            }
        }
        let folder = decode(url.path().trim_start_matches('/'))?;
        let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
        let port = url.port().unwrap_or(port);
        Ok(Self { host: host_of(&url)?, port, starttls, user, password: Secret::new(password), folder, ca })
    }

    /// Gives each unseen message to `take` and marks it as seen; see [`super::Inbox::each_new`].
    pub(super) async fn each_new(&self, take: &mut impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<usize> {
        let place = format!("the mailbox of returned letters at `{}:{}`", self.host, self.port);
        match timeout(VISIT, self.visit(take)).await {
            Ok(read) => read.with_context(|| format!("cannot read {place}")),
            Err(_) => bail!("{place} did not answer within {VISIT:?}"),
        }
    }

    async fn visit(&self, take: &mut impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<usize> {
        let mut session = self.log_in().await?;
        session.select(&self.folder).await.with_context(|| format!("cannot open the folder `{}`", self.folder))?;
        let mut unseen: Vec<u32> = session.uid_search(format!("UNSEEN SMALLER {LARGEST}")).await?.into_iter().collect();
        unseen.sort_unstable();
        unseen.truncate(MOST);
        for uid in &unseen {
            // One at a time: a mailbox that somebody filled is no reason to hold all of it in memory.
            let found: Vec<_> = session.uid_fetch(uid.to_string(), "BODY.PEEK[]").await?.try_collect().await?;
            for body in found.iter().filter_map(|one| one.body()) {
                take(body)?;
            }
            let marked = session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen)").await?;
            marked.try_collect::<Vec<_>>().await?;
        }
        session.logout().await?;
        Ok(unseen.len())
    }

    async fn log_in(&self) -> anyhow::Result<Session<TlsStream<TcpStream>>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let client = if self.starttls {
            let mut client = Client::new(stream);
            client.read_response().await?.context("the server does not greet")?;
            client.run_command_and_check_ok("STARTTLS", None).await.context("the server does not offer STARTTLS")?;
            // Whatever was said in the clear behind the answer ends here, with the client that read it.
            Client::new(self.encrypt(client.into_inner()).await?)
        } else {
            let mut client = Client::new(self.encrypt(stream).await?);
            client.read_response().await?.context("the server does not greet")?;
            client
        };
        let session = client.login(&self.user, self.password.reveal()).await;
        session.map_err(|(error, _)| anyhow!("the login was refused: {error}; check `SCOREPOST_BOUNCES_URL`"))
    }

    async fn encrypt(&self, stream: TcpStream) -> anyhow::Result<TlsStream<TcpStream>> {
        let name =
            ServerName::try_from(self.host.clone()).context("the host is not a name that a certificate can carry")?;
        let config = tls::config(self.ca.as_deref())?;
        TlsConnector::from(config).connect(name, stream).await.context("TLS with the server failed")
    }
}

fn malformed(reason: &str) -> Diagnostic {
    wrong(
        format!("the URL of the mailbox for returned letters cannot be read: {reason}"),
        "write `maildir:PATH`, `imaps://USER:PASSWORD@HOST/FOLDER` or `imap+starttls://…`; in user and password write \
         `%40` for `@`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_read_and_its_password_never_shown() {
        let imap = Imap::parse("imaps://li%40shop.example:s3cret@Mail.shop.example/DSN?ca=/x.pem").expect("a mailbox");
        assert_eq!((imap.host.as_str(), imap.port, imap.folder.as_str()), ("mail.shop.example", 993, "DSN"));
        assert_eq!((imap.user.as_str(), imap.ca.as_deref()), ("li@shop.example", Some("/x.pem".as_ref())));
        assert!(!format!("{imap:?}").contains("s3cret"));
        let plain = Imap::parse("imap+starttls://a:b@h.example").expect("a mailbox");
        assert_eq!((plain.port, plain.starttls, plain.folder.as_str()), (143, true, "INBOX"));
    }

    #[test]
    fn a_way_in_the_clear_or_without_a_login_is_refused() {
        for text in ["imap://a:b@h.example", "imaps://h.example", "imaps://a@h.example", "imaps://a:b@h?x=y", "x", ""] {
            let fault = Imap::parse(text).expect_err(text);
            assert!(!fault.hints.is_empty(), "{text}");
        }
    }
}
