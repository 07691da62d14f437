//! A relay that speaks SMTP: one connection, kept between letters, one recipient per letter.
//!
//! lettre supplies the commands and the reading of replies; the phases, their time limits and what they mean are ours,
//! because its transport tells neither at which phase a letter failed nor bounds anything but the connecting.

use std::sync::Arc;

use anyhow::bail;
use lettre::transport::smtp::commands::{Quit, Rset};
use rustls::ClientConfig;
use tokio::time::Instant;

mod limits;
mod offers;
mod reply;
mod session;
pub(super) mod tls;
mod transaction;
mod wire;

pub use limits::Limits;

use self::reply::Answer;
use self::session::{Closed, Session};
use self::transaction::{AFTER_TROUBLE, Then};
use super::{Outcome, Relay, Sealed, Tls};

/// A relay and the connection to it, if one is open.
#[derive(Debug)]
pub struct Smtp {
    relay: Relay,
    tls: Option<Arc<ClientConfig>>,
    limits: Limits,
    session: Option<Session>,
}

impl Smtp {
    /// Reads the certificates that are to be trusted; connects only when a letter comes.
    pub fn new(relay: Relay, limits: Limits) -> anyhow::Result<Self> {
        let tls = match relay.tls {
            Tls::None => None,
            Tls::Starttls | Tls::Implicit => Some(tls::config(relay.ca.as_deref())?),
        };
        Ok(Self { relay, tls, limits, session: None })
    }

    /// Where it is, without the login.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.relay.host, self.relay.port)
    }

    /// Sends one letter; see [`super::Postman::deliver`].
    ///
    /// The session is out of `self` meanwhile, so a call that is given up half-way cannot leave it to the next letter.
    pub async fn deliver(
        &mut self,
        sealed: &Sealed,
        in_doubt: &mut impl AsyncFnMut() -> anyhow::Result<()>,
    ) -> Outcome {
        let (mut session, mail) = match self.begin(sealed).await {
            Ok(begun) => begun,
            Err(outcome) => return outcome,
        };
        let (notify, limits) = (self.relay.notify, &self.limits);
        let (outcome, then) = transaction::finish(&mut session, mail, sealed, notify, limits, in_doubt).await;
        self.keep(session, then).await;
        outcome
    }

    /// A session that has answered `MAIL`: the kept one, or a new one if it is old or turns out to be dead.
    async fn begin(&mut self, sealed: &Sealed) -> Result<(Session, Answer), Outcome> {
        if let Some(kept) = self.session.take() {
            if self.is_fit(&kept) {
                let (kept, mail) = self.introduce(kept, sealed).await?;
                if !is_dead(&mail) {
                    return Ok((kept, mail));
                }
            } else {
                self.take_leave(kept).await;
            }
        }
        let session = self.open().await.map_err(|closed| match closed {
            Closed::ForNow(reason) => Outcome::Away { reason, wait: AFTER_TROUBLE },
            Closed::UntilMended(reason) => Outcome::Halt { reason },
        })?;
        self.introduce(session, sealed).await
    }

    /// Says the first command, unless the relay has told already that it would refuse the letter for its size.
    async fn introduce(&mut self, mut session: Session, sealed: &Sealed) -> Result<(Session, Answer), Outcome> {
        if let Some(reason) = session.offers.too_large(sealed.bytes.len()) {
            self.session = Some(session);
            return Err(Outcome::Refused { reason });
        }
        let mail = transaction::begin(&mut session, sealed, self.relay.notify, &self.limits).await;
        Ok((session, mail))
    }

    async fn open(&self) -> Result<Session, Closed> {
        Session::open(&self.relay, self.tls.as_ref(), &self.limits).await
    }

    fn is_fit(&self, session: &Session) -> bool {
        session.letters < self.limits.letters
            && session.used.elapsed() < self.limits.idle
            && session.opened.elapsed() < self.limits.age
    }

    async fn keep(&mut self, mut session: Session, then: Then) {
        let ready = match then {
            Then::Keep => true,
            Then::Reset => matches!(session.say(self.limits.reply, Rset).await, Ok(reply) if reply.code == 250),
            Then::Drop => false,
        };
        if ready {
            session.letters += 1;
            session.used = Instant::now();
            self.session = Some(session);
        }
    }

    /// Says goodbye if a connection is open.
    pub async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            self.take_leave(session).await;
        }
    }

    async fn take_leave(&self, mut session: Session) {
        // Nothing depends on the reply; the connection closes either way.
        let _ = session.say(self.limits.quit, Quit).await;
    }

    /// Connects, encrypts and logs in without sending; says how the relay calls itself.
    pub async fn probe(&mut self) -> anyhow::Result<String> {
        match self.open().await {
            Ok(session) => {
                let found = format!("`{}` answers as `{}`", self.relay, session.relay_name());
                self.take_leave(session).await;
                Ok(found)
            }
            Err(Closed::ForNow(reason) | Closed::UntilMended(reason)) => bail!(reason),
        }
    }
}

/// Whether a kept session was closed by the relay since the last letter.
fn is_dead(mail: &Answer) -> bool {
    mail.as_ref().map_or(true, |reply| reply.is_farewell())
}
