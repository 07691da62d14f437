//! How long each step may take and how long a connection is kept.

use std::time::Duration;

/// Time limits of one conversation; the defaults are those of RFC 5321 §4.5.3.2.
#[derive(Clone, Debug)]
pub struct Limits {
    /// To reach the relay.
    pub connect: Duration,
    /// For the greeting with `EHLO`, the TLS handshake, `AUTH`, `MAIL`, `RCPT` and `RSET`, each.
    pub reply: Duration,
    /// For `DATA` until the relay asks for the body.
    pub data: Duration,
    /// From the final dot to the reply; giving up earlier makes unknowns.
    pub after_dot: Duration,
    /// For `QUIT`, whose reply nobody needs.
    pub quit: Duration,
    /// The most letters over one connection.
    pub letters: u32,
    /// The longest rest after which a connection is used again.
    pub idle: Duration,
    /// The age at which a connection is given up for a new one, however busy it is.
    pub age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            reply: Duration::from_secs(300),
            data: Duration::from_secs(120),
            after_dot: Duration::from_secs(600),
            quit: Duration::from_secs(5),
            letters: 100,
            idle: Duration::from_secs(60),
            age: Duration::from_secs(300),
        }
    }
}

impl Limits {
    /// For a body of `bytes` until its reply: the time after the dot, and what a line of 16 KiB/s needs to carry it.
    pub(super) fn body(&self, bytes: usize) -> Duration {
        self.after_dot + Duration::from_secs(bytes as u64 / (16 * 1024))
    }
}
