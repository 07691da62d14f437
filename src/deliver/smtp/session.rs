//! One conversation with the relay, from the connection to the login.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Starttls;
use lettre::transport::smtp::extension::{ClientId, Extension};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::Limits;
use super::offers::Offers;
use super::reply::{self, Answer};
use super::wire::{Carrier, Wire};
use crate::deliver::{Relay, Tls};
use crate::failpoint;

/// What lettre reads as the greeting of a conversation that went on under TLS.
const GREETED_BEFORE: &[u8] = b"220 encrypted\r\n";

/// A relay that was greeted, is encrypted as it should be, and knows who we are.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) wire: Wire,
    pub(super) letters: u32,
    pub(super) used: Instant,
    pub(super) opened: Instant,
    pub(super) offers: Offers,
    connection: Connection,
}

/// lettre's connection, which has no `Debug` of its own.
struct Connection(AsyncSmtpConnection);

impl std::fmt::Debug for Connection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Connection")
    }
}

/// Why there is no session; nothing was sent in either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// The relay cannot be reached, or has no time now.
    ForNow(String),
    /// A person must mend something first.
    UntilMended(String),
}

impl Session {
    /// Connects, encrypts, logs in.
    pub(super) async fn open(relay: &Relay, tls: Option<&Arc<ClientConfig>>, limits: &Limits) -> Result<Self, Closed> {
        let (peer, hello, stream) = connect(relay, limits.connect).await?;
        let mut session = match (relay.tls, tls) {
            (Tls::None, _) => Self::greet(Wire::new(peer, stream), &hello, limits).await?,
            (Tls::Implicit, Some(tls)) => {
                let stream = encrypt(stream, relay, tls, limits.reply).await?;
                Self::greet(Wire::new(peer, stream), &hello, limits).await?
            }
            (Tls::Starttls, Some(tls)) => {
                let plain = Self::greet(Wire::new(peer, stream), &hello, limits).await?;
                let stream = encrypt(plain.ask_for_tls(limits).await?, relay, tls, limits.reply).await?;
                Self::greet(Wire::after(peer, stream, GREETED_BEFORE), &hello, limits).await?
            }
            (_, None) => return Err(Closed::UntilMended("TLS was not prepared".to_owned())),
        };
        failpoint::pass(|| "smtp greeted");
        session.log_in(relay, limits).await?;
        failpoint::pass(|| "smtp ready");
        tracing::debug!(relay.host = relay.host, relay.port = relay.port, "connected to the relay");
        Ok(session)
    }

    /// Reads the greeting and says `EHLO`.
    pub(super) async fn greet(wire: Wire, hello: &ClientId, limits: &Limits) -> Result<Self, Closed> {
        wire.begin();
        let step = AsyncSmtpConnection::connect_with_transport(Box::new(wire.clone()), hello);
        let connection = match timeout(limits.reply, step).await {
            Err(_) => return Err(Closed::ForNow(format!("the relay did not greet within {:?}", limits.reply))),
            Ok(Err(error)) => return Err(closed("the relay's greeting", reply::whole(error))),
            Ok(Ok(connection)) => connection,
        };
        let (offers, now) = (Offers::read(&wire.heard()), Instant::now());
        Ok(Self { wire, letters: 0, used: now, opened: now, offers, connection: Connection(connection) })
    }

    /// Asks for TLS and gives the bare stream back.
    ///
    /// The plain connection ends here with whatever is left in its buffer, so nothing that was said in the clear can be
    /// taken for something said under TLS.
    async fn ask_for_tls(mut self, limits: &Limits) -> Result<Box<dyn Carrier>, Closed> {
        if !self.connection.0.server_info().supports_feature(Extension::StartTls) {
            let reason = "the relay does not offer STARTTLS, and nothing is sent in the clear; \
                          check host and port, or use `smtps://`";
            return Err(Closed::UntilMended(reason.to_owned()));
        }
        match self.say(limits.reply, Starttls).await {
            Ok(reply) if reply.code == 220 => {}
            answer => return Err(closed("STARTTLS", answer)),
        }
        self.wire.surrender().ok_or_else(|| Closed::ForNow("the connection is gone".to_owned()))
    }

    async fn log_in(&mut self, relay: &Relay, limits: &Limits) -> Result<(), Closed> {
        let (Some(user), Some(password)) = (&relay.user, &relay.password) else { return Ok(()) };
        if relay.tls == Tls::None && !self.wire.is_loopback() {
            return Err(Closed::UntilMended(
                "the password would go out in the clear; use `smtp+starttls://`".to_owned(),
            ));
        }
        if self.connection.0.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
            let reason = "the relay offers no login by PLAIN or LOGIN; check the scheme of the mail URL, \
                          most relays offer it only under TLS";
            return Err(Closed::UntilMended(reason.to_owned()));
        }
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        self.wire.begin();
        match reply::within(limits.reply, self.connection.0.auth(DEFAULT_MECHANISMS, &credentials)).await {
            Ok(reply) if reply.code == 235 => Ok(()),
            answer => Err(closed("the login", answer)),
        }
    }

    /// Says one command and hears its reply; `command` is written in one piece.
    pub(super) async fn say(&mut self, limit: Duration, command: impl std::fmt::Display) -> Answer {
        self.wire.begin();
        let command_type = std::any::type_name_of_val(&command);
        let place = |step| move || format!("smtp {} {step}", name_of(command_type));
        failpoint::pass(place("begins"));
        let answer = reply::within(limit, self.connection.0.command(command)).await;
        failpoint::pass(place("is answered"));
        answer
    }

    /// Hears the reply to a command that was said together with others.
    pub(super) async fn hear(&mut self, limit: Duration) -> Answer {
        self.wire.begin();
        reply::within(limit, self.connection.0.read_response()).await
    }

    /// The name that the relay gave itself.
    pub(super) fn relay_name(&self) -> &str {
        self.connection.0.server_info().name()
    }
}

/// What a type of command is called; a body is said as a text.
fn name_of(command_type: &str) -> &str {
    match command_type.rsplit("::").next() {
        Some("String") => "body",
        name => name.unwrap_or(command_type),
    }
}

/// A reply other than the wanted one while the session opens: 4yz and silence pass, 5yz waits for a person.
fn closed(step: &str, answer: Answer) -> Closed {
    match answer {
        Ok(reply) if reply.code >= 500 => {
            Closed::UntilMended(format!("{step} was refused: {reply}; check the mail URL and the relay's settings"))
        }
        Ok(reply) => Closed::ForNow(format!("{step} was put off: {reply}")),
        Err(reason) => Closed::ForNow(format!("{step} failed: {reason}")),
    }
}

async fn connect(relay: &Relay, limit: Duration) -> Result<(SocketAddr, ClientId, Box<dyn Carrier>), Closed> {
    let reached = async {
        let stream = TcpStream::connect((relay.host.as_str(), relay.port)).await?;
        // Without it the last piece of each letter waits for the acknowledgement of the one before.
        failpoint::pass(|| "smtp connected");
        stream.set_nodelay(true)?;
        Ok::<_, std::io::Error>((stream.peer_addr()?, stream.local_addr()?.ip(), stream))
    };
    let at = format!("`{}:{}`", relay.host, relay.port);
    let (peer, own, stream) = match timeout(limit, reached).await {
        Err(_) => return Err(Closed::ForNow(format!("cannot reach the relay at {at} within {limit:?}"))),
        Ok(Err(error)) => return Err(Closed::ForNow(format!("cannot reach the relay at {at}: {error}"))),
        Ok(Ok(reached)) => reached,
    };
    let hello = match (&relay.hello, own) {
        (Some(name), _) => ClientId::Domain(name.clone()),
        (None, IpAddr::V4(own)) => ClientId::Ipv4(own),
        (None, IpAddr::V6(own)) => ClientId::Ipv6(own),
    };
    Ok((peer, hello, Box::new(stream)))
}

/// The TLS handshake; a certificate that does not convince waits for a person, a lost connection does not.
async fn encrypt(
    stream: Box<dyn Carrier>,
    relay: &Relay,
    tls: &Arc<ClientConfig>,
    limit: Duration,
) -> Result<Box<dyn Carrier>, Closed> {
    let name = ServerName::try_from(relay.host.clone())
        .map_err(|_| Closed::UntilMended(format!("`{}` is not a name that a certificate can carry", relay.host)))?;
    match timeout(limit, TlsConnector::from(tls.clone()).connect(name, stream)).await {
        Err(_) => Err(Closed::ForNow(format!("no TLS within {limit:?}"))),
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Closed::UntilMended(unsafe_way(&error)))
        }
        Ok(Err(error)) => Err(Closed::ForNow(format!("the connection broke during TLS: {error}"))),
    }
}

/// What TLS found wrong, with the next action.
fn unsafe_way(error: &std::io::Error) -> String {
    let found = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let next = match found {
        Some(rustls::Error::InvalidCertificate(_)) => "for a certificate of your own add `?ca=FILE` to the mail URL",
        _ => "check the scheme and the port of the mail URL",
    };
    format!("TLS with the relay failed: {error}; {next}")
}
