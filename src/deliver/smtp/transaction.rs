//! One letter over a session: `MAIL`, `RCPT`, `DATA`, the mark, the body; and what each reply means.
//!
//! | step | reply | outcome |
//! |---|---|---|
//! | before the body | 4yz, garbage | try later: an unfinished letter is discarded |
//! | before the body | 421, silence, a broken connection | away, so that another relay may take it |
//! | before the body | 5yz | refused; 530, 534, 535 and 538 speak of our login and halt the run |
//! | body | broken before its last byte left | try later |
//! | body | 250 | sent |
//! | body | 4yz, 5yz | try later, refused: both are proof that it was not taken |
//! | body | anything else, or nothing whole | unknown |

use std::time::Duration;

use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{MailParameter, RcptParameter};

use super::Limits;
use super::reply::{Answer, Reply};
use super::session::Session;
use crate::deliver::{Notify, Outcome, Sealed};

/// How long to leave a relay alone that could not be reached or broke off.
pub(super) const AFTER_TROUBLE: Duration = Duration::from_secs(60);

/// How long to wait after a 4yz; greylisting wants some minutes.
const AFTER_DEFERRAL: Duration = Duration::from_secs(300);

/// What to do with the session afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It is ready for the next letter.
    Keep,
    /// It is in the middle of a letter that was refused.
    Reset,
    /// It cannot be trusted any more, or a later try shall have a new one.
    Drop,
}

/// How a letter ended.
pub(super) type Ending = (Outcome, Then);

/// The first command of a letter, and where the relay lets them go together also the next two, up to the body.
///
/// A reused session may have died unnoticed, which shows here: nothing of a letter is at large before its body.
pub(super) async fn begin(session: &mut Session, sealed: &Sealed, notify: Notify, limits: &Limits) -> Answer {
    let mail = mail(session, sealed);
    if session.offers.pipelining {
        let rcpt = rcpt(session, sealed, notify);
        return session.say(limits.reply, format!("{mail}{rcpt}{Data}")).await;
    }
    session.say(limits.reply, mail).await
}

/// Tells the size, and by what name we know the letter when something is reported of it; of the card itself a report
/// is to bring back no more than the headers.
fn mail(session: &Session, sealed: &Sealed) -> Mail {
    let mut parameters = Vec::new();
    if session.offers.size.is_some() {
        parameters.push(MailParameter::Size(sealed.bytes.len()));
    }
    if session.offers.dsn {
        let other = |keyword: &str, value: &str| MailParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value.to_owned()),
        };
        parameters.extend([other("RET", "HDRS"), other("ENVID", &sealed.message_id)]);
    }
    Mail::new(Some(sealed.envelope.from.for_lettre()), parameters)
}

fn rcpt(session: &Session, sealed: &Sealed, notify: Notify) -> Rcpt {
    let asked = RcptParameter::Other { keyword: "NOTIFY".to_owned(), value: Some(notify.word().to_owned()) };
    let parameters = if session.offers.dsn { vec![asked] } else { Vec::new() };
    Rcpt::new(sealed.envelope.to.for_lettre(), parameters)
}

/// The rest of a letter, after the answer to its `MAIL`.
pub(super) async fn finish(
    session: &mut Session,
    mail: Answer,
    sealed: &Sealed,
    notify: Notify,
    limits: &Limits,
    in_doubt: &mut impl AsyncFnMut() -> anyhow::Result<()>,
) -> Ending {
    let Some(body) = stuffed(&sealed.bytes) else {
        return (Outcome::Refused { reason: "the sealed letter is not plain ASCII lines".to_owned() }, Then::Drop);
    };
    if let Err(ending) = introduce(session, mail, sealed, notify, limits).await {
        return ending;
    }
    // As late as can be: whatever ends this process before here ends an unfinished letter, which every relay discards,
    // and the letter is tried again. From the next line on the body with its dot may be at the relay.
    if let Err(error) = in_doubt().await {
        return (Outcome::unmarked(&error), Then::Drop);
    }
    let answer = session.say(limits.body(body.len()), body).await;
    after_body(answer, session.wire.waited())
}

async fn introduce(
    session: &mut Session,
    mail: Answer,
    sealed: &Sealed,
    notify: Notify,
    limits: &Limits,
) -> Result<(), Ending> {
    if session.offers.pipelining {
        return introduce_at_once(session, mail, limits).await;
    }
    expect("MAIL", mail, &[250])?;
    let rcpt = rcpt(session, sealed, notify);
    let rcpt = session.say(limits.reply, rcpt).await;
    expect("RCPT", rcpt, &[250, 251, 252])?;
    let data = session.say(limits.data, Data).await;
    expect("DATA", data, &[354])
}

/// The same where the three were said in one write: each reply is waited for in turn and means what it always means.
async fn introduce_at_once(session: &mut Session, mail: Answer, limits: &Limits) -> Result<(), Ending> {
    if let Err(ending) = expect("MAIL", mail, &[250]) {
        return Err(in_step(session, ending, 2, limits).await);
    }
    let rcpt = session.hear(limits.reply).await;
    if let Err(ending) = expect("RCPT", rcpt, &[250, 251, 252]) {
        return Err(in_step(session, ending, 1, limits).await);
    }
    let data = session.hear(limits.data).await;
    expect("DATA", data, &[354])
}

/// Hears what a relay says to the commands behind one that it refused.
///
/// Only when it refuses them too do both sides agree where they are; a relay that waits for a body is left.
async fn in_step(session: &mut Session, (outcome, then): Ending, behind: u32, limits: &Limits) -> Ending {
    for _ in 0..if then == Then::Drop { 0 } else { behind } {
        if !matches!(session.hear(limits.data).await, Ok(reply) if (500..600).contains(&reply.code)) {
            return (outcome, Then::Drop);
        }
    }
    (outcome, then)
}

/// What a reply before the body means.
fn expect(step: &str, answer: Answer, wanted: &[u16]) -> Result<(), Ending> {
    let reply = match answer {
        Ok(reply) if wanted.contains(&reply.code) => return Ok(()),
        Ok(reply) => reply,
        Err(reason) => {
            let reason = format!("{step} failed: {reason}");
            return Err((Outcome::Away { reason, wait: AFTER_TROUBLE }, Then::Drop));
        }
    };
    let reason = format!("{step}: {reply}");
    Err(match reply.code {
        421 => (Outcome::Away { reason, wait: AFTER_TROUBLE }, Then::Drop),
        400..=499 => (later(reason, AFTER_DEFERRAL), Then::Drop),
        530 | 534 | 535 | 538 => (Outcome::Halt { reason }, Then::Drop),
        500..=599 => (Outcome::Refused { reason }, Then::Reset),
        _ => (later(format!("{reason}, which is no answer to it"), AFTER_TROUBLE), Then::Drop),
    })
}

/// What the reply after the final dot means; `waited` says whether the dot left at all.
fn after_body(answer: Answer, waited: bool) -> Ending {
    match answer {
        Ok(reply) => by_code(reply),
        Err(reason) if !waited => (later(format!("the body broke off: {reason}"), AFTER_TROUBLE), Then::Drop),
        Err(reason) => {
            (Outcome::Unknown { reason: format!("no whole reply after the final dot: {reason}") }, Then::Drop)
        }
    }
}

fn by_code(reply: Reply) -> Ending {
    match reply.code {
        250 => (Outcome::Sent { reply: reply.to_string() }, Then::Keep),
        400..=499 => (later(format!("after the body: {reply}"), AFTER_DEFERRAL), Then::Drop),
        500..=599 => (Outcome::Refused { reason: format!("after the body: {reply}") }, Then::Keep),
        _ => (Outcome::Unknown { reason: format!("after the final dot came {reply}, which is no answer") }, Then::Drop),
    }
}

fn later(reason: String, wait: Duration) -> Outcome {
    Outcome::TryLater { reason, wait }
}

/// The bytes with a second dot before each line that begins with one, and the dot that ends them.
///
/// One text, so that body and dot go out in one write: lettre's `message` writes them apart, and the second write then
/// waits for the acknowledgement of the first.
fn stuffed(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii() && text.ends_with("\r\n"))?;
    let mut body = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive("\r\n") {
        if line.starts_with('.') {
            body.push('.');
        }
        body.push_str(line);
    }
    body.push_str(".\r\n");
    Some(body)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll};

    use lettre::transport::smtp::extension::ClientId;
    use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

    use super::super::wire::Wire;
    use super::*;
    use crate::deliver::{Address, Envelope};

    #[test]
    fn dots_at_line_starts_are_doubled_and_the_end_is_marked() {
        let stuff = |text: &str| stuffed(text.as_bytes());
        assert_eq!(stuff("a\r\n.\r\n..b\r\nc.\r\n").as_deref(), Some("a\r\n..\r\n...b\r\nc.\r\n.\r\n"));
        assert_eq!(stuff("no end"), None);
        assert_eq!(stuff("é\r\n"), None);
    }

    #[test]
    fn only_a_250_after_the_dot_is_sent() {
        for code in 200..600u16 {
            let (outcome, then) = by_code(Reply { code, text: String::new() });
            let fits = match code {
                250 => matches!(outcome, Outcome::Sent { .. }) && then == Then::Keep,
                400..=499 => matches!(outcome, Outcome::TryLater { .. }),
                500..=599 => matches!(outcome, Outcome::Refused { .. }),
                _ => matches!(outcome, Outcome::Unknown { .. }) && then == Then::Drop,
            };
            assert!(fits, "{code}: {outcome:?}");
        }
    }

    /// A carrier that notes each write and fails once it has taken `room` bytes.
    struct Noting {
        inner: tokio::io::DuplexStream,
        writes: Arc<Mutex<Vec<usize>>>,
        room: usize,
    }

    impl AsyncRead for Noting {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            into: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.inner).poll_read(context, into)
        }
    }

    impl AsyncWrite for Noting {
        fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            if self.room == 0 {
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            let some = &bytes[..bytes.len().min(self.room)];
            let polled = Pin::new(&mut self.inner).poll_write(context, some);
            if let Poll::Ready(Ok(taken)) = &polled {
                self.room -= taken;
                self.writes.lock().expect("the notes").push(*taken);
            }
            polled
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.inner).poll_flush(context)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.inner).poll_shutdown(context)
        }
    }

    /// Sends one letter to a relay that has all its replies ready; gives the outcome and the sizes of the writes.
    async fn send(sealed: &Sealed, room: usize) -> (Outcome, Vec<usize>) {
        let (inner, mut relay) = tokio::io::duplex(1 << 20);
        let replies = b"220 hello\r\n250 relay\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n";
        relay.write_all(replies).await.expect("room for the replies");
        let writes = Arc::new(Mutex::new(Vec::new()));
        let carrier = Noting { inner, writes: writes.clone(), room };
        let peer = "127.0.0.1:25".parse().expect("an address");
        let wire = Wire::new(peer, Box::new(carrier));
        let limits = Limits::default();
        let hello = ClientId::Domain("localhost".to_owned());
        let mut session = Session::greet(wire, &hello, &limits).await.expect("greeted");
        let notify = Notify::default();
        let mail = begin(&mut session, sealed, notify, &limits).await;
        let (outcome, _) = finish(&mut session, mail, sealed, notify, &limits, &mut async || Ok(())).await;
        let writes = writes.lock().expect("the notes").clone();
        (outcome, writes)
    }

    fn sealed(lines: usize) -> Sealed {
        let address = |text: &str| Address::parse(text).expect("an address");
        let envelope = Envelope { from: address("a@shop.example"), to: address("b@shop.example") };
        let bytes = "0123456789\r\n".repeat(lines).into_bytes();
        Sealed { envelope, message_id: "1@shop.example".to_owned(), bytes, sha256: String::new() }
    }

    #[tokio::test]
    async fn body_and_dot_are_one_write() {
        let (outcome, writes) = send(&sealed(1000), usize::MAX).await;
        assert_eq!(outcome, Outcome::Sent { reply: "250 taken".to_owned() });
        // EHLO, MAIL, RCPT, DATA, and the body of 12000 bytes with its dot.
        assert_eq!((writes.len(), writes.last()), (5, Some(&12003)), "{writes:?}");
    }

    #[tokio::test]
    async fn a_dot_that_never_left_is_no_unknown() {
        let (_, writes) = send(&sealed(1000), usize::MAX).await;
        let all: usize = writes.iter().sum();
        for missing in [1, 2, 3, 4, 11_000] {
            let (outcome, _) = send(&sealed(1000), all - missing).await;
            assert!(matches!(outcome, Outcome::TryLater { .. }), "{missing}: {outcome:?}");
        }
    }
}
