//! A mail relay that does what a test tells it, and remembers what was said to it.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Where in a conversation the relay answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Connect,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Dot,
    Rset,
    Quit,
}

/// What it does there instead of its duty; at the dot it stores the letter only if told so.
#[derive(Clone, Debug, Default)]
pub struct Act {
    store: bool,
    say: Vec<u8>,
    hang: bool,
    close: bool,
}

impl Act {
    /// Says a line.
    pub fn say(line: &str) -> Self {
        Self::raw(&format!("{line}\r\n"))
    }

    /// Says these bytes and nothing after them.
    pub fn raw(text: &str) -> Self {
        Self { say: text.into(), ..Self::default() }
    }

    /// Says nothing and keeps the line open.
    pub fn hang() -> Self {
        Self { hang: true, ..Self::default() }
    }

    /// Closes the connection.
    pub fn close() -> Self {
        Self { close: true, ..Self::default() }
    }

    /// Closes the connection afterwards.
    pub fn then_close(self) -> Self {
        Self { close: true, ..self }
    }

    /// Keeps the line open without a further word.
    pub fn then_hang(self) -> Self {
        Self { hang: true, ..self }
    }

    /// Stores the letter first.
    pub fn storing(self) -> Self {
        Self { store: true, ..self }
    }
}

/// A relay on a loopback port.
#[derive(Clone)]
pub struct FakeRelay {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    always: BTreeMap<Step, Act>,
    once: BTreeMap<Step, VecDeque<Option<Act>>>,
    offers: Vec<String>,
    login: Option<(String, String)>,
    starts_encrypted: bool,
    cut_body_after: Option<usize>,
    only_counts: bool,
    taken: usize,
    stored: Vec<Vec<u8>>,
    said: Vec<String>,
    connections: usize,
    /// How many conversations are not over.
    talking: Arc<()>,
}

impl State {
    /// What it was told to do at this step; nothing when it is to do its duty.
    fn told(&mut self, step: Step) -> Option<Act> {
        let once = self.once.get_mut(&step).and_then(VecDeque::pop_front);
        once.unwrap_or_else(|| self.always.get(&step).cloned())
    }
}

impl FakeRelay {
    /// Listens and takes every letter until told otherwise.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let port = listener.local_addr().expect("its address").port();
        let relay = Self { port, state: Arc::default() };
        let shared = relay.state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(shared.clone(), stream));
            }
        });
        relay
    }

    /// Does `act` at `step`, every time.
    pub fn always(self, step: Step, act: Act) -> Self {
        self.lock().always.insert(step, act);
        self
    }

    /// Does `act` at the next `step` that has no earlier one waiting.
    pub fn once(self, step: Step, act: Act) -> Self {
        self.then(step, act);
        self
    }

    /// Does its duty at the next `step` that has nothing else waiting.
    pub fn then_usual(&self, step: Step) {
        self.lock().once.entry(step).or_default().push_back(None);
    }

    /// Does `act` at the next `step` that has nothing else waiting.
    pub fn then(&self, step: Step, act: Act) {
        self.lock().once.entry(step).or_default().push_back(Some(act));
    }

    /// Forgets what it was told, heard and stored.
    pub fn forget(&self) {
        *self.lock() = State::default();
    }

    /// Names an extension in its answer to `EHLO`.
    pub fn offering(self, keyword: &str) -> Self {
        self.lock().offers.push(keyword.to_owned());
        self
    }

    /// Wants this login by `AUTH PLAIN`.
    pub fn wanting(self, user: &str, password: &str) -> Self {
        self.lock().login = Some((user.to_owned(), password.to_owned()));
        self.offering("AUTH PLAIN LOGIN")
    }

    /// Is encrypted from the first byte.
    pub fn encrypted(self) -> Self {
        self.lock().starts_encrypted = true;
        self
    }

    /// Closes after so many bytes of a body.
    pub fn cutting_body_after(self, bytes: usize) -> Self {
        self.lock().cut_body_after = Some(bytes);
        self
    }

    /// Counts letters instead of storing them, to be no hindrance where speed is measured.
    pub fn only_counting(self) -> Self {
        self.lock().only_counts = true;
        self
    }

    /// How many letters it took while it only counted.
    pub fn taken(&self) -> usize {
        self.lock().taken
    }

    /// The letters that it stored.
    pub fn stored(&self) -> Vec<Vec<u8>> {
        self.lock().stored.clone()
    }

    /// How many letters it stored.
    pub fn stored_count(&self) -> usize {
        self.lock().stored.len()
    }

    /// Every command line in order, over all connections.
    pub fn said(&self) -> Vec<String> {
        self.lock().said.clone()
    }

    /// How many commands began with `verb`.
    pub fn count(&self, verb: &str) -> usize {
        self.lock().said.iter().filter(|line| line.starts_with(verb)).count()
    }

    /// How many connections it took.
    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    /// Whether no client talks to it any more, so that it has read to the end of what had reached it.
    pub fn is_quiet(&self) -> bool {
        Arc::strong_count(&self.lock().talking) == 1
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the relay's state")
    }
}

/// The certificate that the relay shows, for `localhost`.
pub fn certificate() -> PathBuf {
    peer_file("localhost-cert.pem")
}

/// Its private key, PKCS 8.
pub fn key() -> Vec<u8> {
    std::fs::read(peer_file("localhost-key.der")).expect("a key")
}

/// A certificate for the same name that the relay does not hold.
pub fn strange_certificate() -> PathBuf {
    peer_file("stranger-cert.pem")
}

fn peer_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/suite/peers").join(name)
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// One client: its stream, and what was read beyond the last line.
struct Client {
    shared: Arc<Mutex<State>>,
    stream: Box<dyn Duplex>,
    ahead: Vec<u8>,
}

async fn converse(shared: Arc<Mutex<State>>, stream: TcpStream) {
    let (encrypted, _talks) = {
        let mut state = shared.lock().expect("the relay's state");
        state.connections += 1;
        (state.starts_encrypted, state.talking.clone())
    };
    let mut client = Client { shared, stream: Box::new(stream), ahead: Vec::new() };
    if encrypted && client.encrypt().await.is_err() {
        return;
    }
    // A client that goes away ends the conversation; that is no fault of the relay.
    let _ = client.serve().await;
}

impl Client {
    async fn serve(&mut self) -> io::Result<()> {
        self.answer(Step::Connect, "220 relay.example.test ESMTP").await?;
        loop {
            let line = self.line().await?;
            self.shared.lock().expect("the relay's state").said.push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => _ = self.answer(Step::Ehlo, &self.greeting()).await?,
                "STARTTLS" => {
                    self.answer(Step::Starttls, "220 go ahead").await?;
                    self.encrypt().await?;
                }
                "AUTH" => _ = self.answer(Step::Auth, self.judge(&line)).await?,
                "MAIL" => _ = self.answer(Step::Mail, "250 2.1.0 Ok").await?,
                "RCPT" => _ = self.answer(Step::Rcpt, "250 2.1.5 Ok").await?,
                "RSET" => _ = self.answer(Step::Rset, "250 2.0.0 Ok").await?,
                "DATA" => {
                    if self.answer(Step::Data, "354 go").await? {
                        self.take_letter().await?;
                    }
                }
                "QUIT" => {
                    self.answer(Step::Quit, "221 bye").await?;
                    return self.stream.shutdown().await;
                }
                _ => self.write(b"500 5.5.2 what\r\n").await?,
            }
        }
    }

    /// Says the usual thing or does what it was told; tells whether it was the usual thing.
    async fn answer(&mut self, step: Step, usual: &str) -> io::Result<bool> {
        let told = {
            let mut state = self.shared.lock().expect("the relay's state");
            state.told(step)
        };
        match told {
            None => self.write(format!("{usual}\r\n").as_bytes()).await.map(|()| true),
            Some(act) => self.perform(act).await.map(|()| false),
        }
    }

    async fn perform(&mut self, act: Act) -> io::Result<()> {
        self.write(&act.say).await?;
        if act.hang {
            // Until the client has enough and closes.
            let mut sink = [0; 512];
            while self.stream.read(&mut sink).await? > 0 {}
        }
        if act.hang || act.close {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    fn greeting(&self) -> String {
        let state = self.shared.lock().expect("the relay's state");
        let mut lines = vec!["relay.example.test".to_owned()];
        lines.extend(state.offers.iter().cloned());
        let last = lines.len() - 1;
        let line = |(at, text): (usize, &String)| format!("250{}{text}", if at == last { ' ' } else { '-' });
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }

    fn judge(&self, line: &str) -> &'static str {
        use base64::Engine as _;
        let state = self.shared.lock().expect("the relay's state");
        let Some((user, password)) = &state.login else { return "503 5.5.1 no login here" };
        let wanted = base64::engine::general_purpose::STANDARD.encode(format!("\0{user}\0{password}"));
        if line == format!("AUTH PLAIN {wanted}") { "235 2.7.0 welcome" } else { "535 5.7.8 no" }
    }

    async fn take_letter(&mut self) -> io::Result<()> {
        let cut = self.shared.lock().expect("the relay's state").cut_body_after;
        let end = loop {
            if let Some(at) = end_of_letter(&self.ahead) {
                break at;
            }
            if cut.is_some_and(|cut| self.ahead.len() >= cut) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            self.more().await?;
        };
        let raw: Vec<u8> = self.ahead.drain(..end).collect();
        if self.shared.lock().expect("the relay's state").only_counts {
            self.shared.lock().expect("the relay's state").taken += 1;
            return self.write(b"250 2.0.0 Ok: queued\r\n").await;
        }
        self.settle(unstuffed(&raw)).await
    }

    /// Decides what becomes of a whole letter: stored and acknowledged, or as told.
    async fn settle(&mut self, letter: Vec<u8>) -> io::Result<()> {
        let told = {
            let mut state = self.shared.lock().expect("the relay's state");
            let told = state.told(Step::Dot);
            if told.as_ref().is_none_or(|act| act.store) {
                state.stored.push(letter);
            }
            told.unwrap_or_else(|| Act::say(&format!("250 2.0.0 Ok: queued as Q{}", state.stored.len())))
        };
        self.perform(told).await
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.ahead.windows(2).position(|two| two == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        let mut chunk = vec![0; 64 * 1024];
        let read = tokio::time::timeout(Duration::from_secs(20), self.stream.read(&mut chunk)).await??;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.ahead.extend_from_slice(&chunk[..read]);
        Ok(())
    }

    async fn encrypt(&mut self) -> io::Result<()> {
        let (bare, _) = tokio::io::duplex(1);
        let plain = std::mem::replace(&mut self.stream, Box::new(bare));
        self.ahead.clear();
        self.stream = Box::new(acceptor().accept(plain).await?);
        Ok(())
    }
}

fn acceptor() -> TlsAcceptor {
    let shown = CertificateDer::from_pem_file(certificate()).expect("the certificate");
    let key = PrivatePkcs8KeyDer::from(key());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_no_client_auth()
        .with_single_cert(vec![shown], key.into())
        .expect("a server's TLS");
    TlsAcceptor::from(Arc::new(config))
}

/// Just after the line with the lone dot.
fn end_of_letter(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b".\r\n") {
        return Some(3);
    }
    // A client says nothing behind the dot before it has its answer.
    bytes.ends_with(b"\r\n.\r\n").then_some(bytes.len())
}

/// Without the lone dot and the doubled ones.
fn unstuffed(raw: &[u8]) -> Vec<u8> {
    let text = raw.strip_suffix(b".\r\n").unwrap_or(raw);
    let mut letter = Vec::with_capacity(text.len());
    let mut line_start = true;
    for &byte in text {
        if !(line_start && byte == b'.') {
            letter.push(byte);
        }
        line_start = byte == b'\n';
    }
    letter
}
