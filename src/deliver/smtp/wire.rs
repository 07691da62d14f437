//! The byte stream under lettre's connection, which knows what lettre does not tell.
//!
//! lettre 0.11 writes a command and reads its reply in one call. The wire notes whether a reply was waited for, that is,
//! whether everything before it was handed to the network; it bounds how much a relay may say in one reply; and it keeps
//! what was said, of which lettre passes on only the extensions that it knows itself.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes of one reply.
const LONGEST_REPLY: usize = 64 * 1024;

/// Anything that carries bytes both ways: TCP, or TLS over it.
pub(super) trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// A shared handle on one stream: lettre reads and writes through a clone, the session asks it questions.
#[derive(Clone)]
pub(super) struct Wire {
    peer: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    carrier: Option<Box<dyn Carrier>>,
    /// What is read before the first byte of the carrier.
    before: &'static [u8],
    allowance: usize,
    waited: bool,
    heard: Vec<u8>,
}

impl Wire {
    /// A stream whose first bytes come from the relay.
    pub(super) fn new(peer: SocketAddr, carrier: Box<dyn Carrier>) -> Self {
        Self::after(peer, carrier, b"")
    }

    /// A stream on which `before` is read first.
    ///
    /// After STARTTLS a relay does not greet again, but lettre begins every conversation by reading a greeting.
    pub(super) fn after(peer: SocketAddr, carrier: Box<dyn Carrier>, before: &'static [u8]) -> Self {
        let state =
            State { carrier: Some(carrier), before, allowance: LONGEST_REPLY, waited: false, heard: Vec::new() };
        Self { peer, state: Arc::new(Mutex::new(state)) }
    }

    /// Whether the relay is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.peer.ip().is_loopback()
    }

    /// Begins a command: its reply may be as long as a reply may be, and has not been waited for.
    pub(super) fn begin(&self) {
        let mut state = self.lock();
        state.allowance = LONGEST_REPLY;
        state.waited = false;
        state.heard.clear();
    }

    /// What was said since the last command, as text.
    pub(super) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.lock().heard).into_owned()
    }

    /// Whether the reply to the last command was waited for.
    ///
    /// lettre reads only after it wrote and flushed everything, so `false` proves that the last byte never left.
    pub(super) fn waited(&self) -> bool {
        self.lock().waited
    }

    /// Gives the stream up, to be wrapped in TLS; this wire is then at its end.
    pub(super) fn surrender(&self) -> Option<Box<dyn Carrier>> {
        self.lock().carrier.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn carrier(&mut self) -> io::Result<Pin<&mut Box<dyn Carrier>>> {
        self.carrier.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.waited = true;
        if !self.before.is_empty() {
            let (now, later) = self.before.split_at(self.before.len().min(into.remaining()));
            into.put_slice(now);
            self.before = later;
            return Poll::Ready(Ok(()));
        }
        if self.allowance == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the reply is endless")));
        }
        let held = into.filled().len();
        let polled = self.carrier()?.poll_read(context, into);
        self.allowance = self.allowance.saturating_sub(into.filled().len() - held);
        self.heard.extend_from_slice(&into.filled()[held..]);
        polled
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.lock().poll_read(context, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.lock().carrier()?.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().carrier()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().carrier()?.poll_shutdown(context)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Wire({})", self.peer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    fn peer() -> SocketAddr {
        "127.0.0.1:25".parse().expect("an address")
    }

    #[tokio::test]
    async fn an_endless_reply_is_cut_off() {
        let endless = tokio::io::join(tokio::io::repeat(b'x'), tokio::io::sink());
        let mut wire = Wire::new(peer(), Box::new(endless));
        let mut heard = Vec::new();
        assert!(wire.read_to_end(&mut heard).await.is_err());
        assert!(heard.len() <= 2 * LONGEST_REPLY, "{}", heard.len());
        wire.begin();
        assert!(wire.read_u8().await.is_ok());
    }

    #[tokio::test]
    async fn what_was_said_before_is_read_first() {
        let carrier = tokio::io::join(&b" world"[..], tokio::io::sink());
        let mut wire = Wire::after(peer(), Box::new(carrier), b"hello");
        let mut heard = String::new();
        wire.read_to_string(&mut heard).await.expect("both");
        assert_eq!(heard, "hello world");
        assert!(wire.waited() && wire.surrender().is_some() && wire.surrender().is_none());
        assert!(wire.read_u8().await.is_err());
    }
}
