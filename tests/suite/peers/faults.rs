//! A proxy that stands before a source and spoils its answers, the same ones whenever it is given the same seed.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http::{Message, Task, listen};

/// What happens to one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It comes whole, byte by byte.
    Drips,
    /// It begins and never ends.
    Stalls,
    /// Its kind is wrong, its bytes are right.
    WrongKind,
    /// Half of it comes, and is announced as all.
    Truncated,
    /// Less comes than was announced.
    Short,
    /// It is no gzip, although it says so.
    BadGzip,
    /// A web page comes instead, with status 200.
    WebPage,
    /// The source is down.
    Down,
    /// Too many requests, with a wait.
    Limited,
    /// Too many requests, without one.
    LimitedSilently,
    /// The connection breaks before a byte.
    Reset,
    /// The token is refused as DingTalk does it.
    TokenDies,
    /// It never ends, as fast as it can.
    Endless,
}

impl Fault {
    /// Those that a request survives when it is repeated, whatever it asks for.
    pub const PASSING: [Self; 9] = [
        Self::Drips,
        Self::WrongKind,
        Self::Short,
        Self::BadGzip,
        Self::WebPage,
        Self::Down,
        Self::Limited,
        Self::LimitedSilently,
        Self::Reset,
    ];
}

/// A request that came, and how often the same one came before.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method, path and parameters, without what differs in every call.
    pub identity: String,
    /// How often it came before.
    pub before: u64,
}

type Plan = dyn Fn(&Seen) -> Fault + Send + Sync;

struct State {
    target: String,
    plan: Box<Plan>,
    seen: Mutex<BTreeMap<String, u64>>,
    spoiled: AtomicU64,
    written: AtomicU64,
}

/// A proxy at work; it stops when this is dropped.
pub struct FaultProxy {
    pub base: String,
    state: Arc<State>,
    _task: Task,
}

impl FaultProxy {
    /// Stands before the source at `base`.
    pub async fn before(base: &str, plan: impl Fn(&Seen) -> Fault + Send + Sync + 'static) -> Self {
        let state = Arc::new(State {
            target: base.trim_start_matches("http://").to_owned(),
            plan: Box::new(plan),
            seen: Mutex::default(),
            spoiled: AtomicU64::new(0),
            written: AtomicU64::new(0),
        });
        let shared = Arc::clone(&state);
        let (port, task) = listen(move |stream| serve(stream, Arc::clone(&shared))).await;
        Self { base: format!("http://127.0.0.1:{port}"), state, _task: task }
    }

    /// How many answers were spoiled.
    pub fn spoiled(&self) -> u64 {
        self.state.spoiled.load(Ordering::Relaxed)
    }

    /// How many bytes of endless answers went out.
    pub fn written(&self) -> u64 {
        self.state.written.load(Ordering::Relaxed)
    }
}

/// Spoils about half of the answers to each request at first, never those after its fourth time.
pub fn storm(seed: u64) -> impl Fn(&Seen) -> Fault + Send + Sync {
    move |seen| {
        let dice = Sha256::digest(format!("{seed} {} {}", seen.identity, seen.before).as_bytes());
        if seen.before >= 4 || dice[0] % 2 != 0 {
            return Fault::None;
        }
        match usize::from(dice[1]) % (Fault::PASSING.len() + 2) {
            // A file that is cut in the middle and announced so is another file: nobody could tell.
            0 if !seen.identity.contains("/files/") => Fault::Truncated,
            // Refused with a new token too, a token has no rights: that one is no storm.
            1 if seen.before == 0 && seen.identity.contains("access_token") => Fault::TokenDies,
            other => Fault::PASSING[other % Fault::PASSING.len()],
        }
    }
}

async fn serve(mut stream: TcpStream, state: Arc<State>) -> io::Result<()> {
    let request = Message::read(&mut stream).await?;
    let seen = state.note(&request);
    let fault = (state.plan)(&seen);
    state.spoiled.fetch_add(u64::from(fault != Fault::None), Ordering::Relaxed);
    match fault {
        Fault::Reset => return Ok(()),
        Fault::Endless => return endless(&mut stream, &state).await,
        _ => {}
    }
    let answer = match instead(fault) {
        Some(answer) => answer,
        None => ask(&state.target, request).await?,
    };
    let bytes = spoil(fault, answer);
    match fault {
        Fault::Drips => drip(&mut stream, &bytes).await?,
        Fault::Stalls => {
            stream.write_all(&bytes[..bytes.len() / 2]).await?;
            // Until the client goes away: it sends nothing more.
            return stream.read_u8().await.map(drop);
        }
        _ => stream.write_all(&bytes).await?,
    }
    stream.shutdown().await
}

impl State {
    fn note(&self, request: &Message) -> Seen {
        let identity = identity(request);
        let mut seen = self.seen.lock().expect("what was seen");
        let times = seen.entry(identity.clone()).or_default();
        *times += 1;
        Seen { identity, before: *times - 1 }
    }
}

/// The request without timestamp, signature and token, which differ in every call.
fn identity(request: &Message) -> String {
    let target = request.first.split(' ').nth(1).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kind = request.header("content-type").unwrap_or_default();
    let (form, rest) =
        if kind.contains("urlencoded") { (&request.body[..], &[][..]) } else { (&[][..], &request.body[..]) };
    let pairs = url::form_urlencoded::parse(query.as_bytes()).chain(url::form_urlencoded::parse(form));
    let pairs = pairs.filter(|(name, _)| !matches!(name.as_ref(), "timestamp" | "sign"));
    let pairs: Vec<String> = pairs
        .map(|(name, value)| if name == "access_token" { name.into_owned() } else { format!("{name}={value}") })
        .collect();
    format!("{path} {} {}", pairs.join("&"), String::from_utf8_lossy(rest))
}

/// What is answered without asking the source.
fn instead(fault: Fault) -> Option<Message> {
    Some(match fault {
        Fault::WebPage => Message::answer("200 OK", "text/html; charset=utf-8", "<html>please sign in</html>"),
        Fault::Down => Message::answer("503 Service Unavailable", "text/plain", "down"),
        Fault::Limited => Message::answer("429 Too Many Requests", "text/plain", "slow").with("retry-after", "1"),
        Fault::LimitedSilently => Message::answer("429 Too Many Requests", "application/json", "{}"),
        Fault::TokenDies => Message::answer("200 OK", "application/json", r#"{"errcode":42001,"errmsg":"expired"}"#),
        _ => return None,
    })
}

/// The source's own answer.
async fn ask(target: &str, request: Message) -> io::Result<Message> {
    let mut stream = TcpStream::connect(target).await?;
    stream.write_all(&request.with("host", target).with("connection", "close").bytes()).await?;
    Message::read(&mut stream).await
}

fn spoil(fault: Fault, answer: Message) -> Vec<u8> {
    let whole = answer.body.len();
    match fault {
        Fault::WrongKind => answer.with("content-type", "image/png").bytes(),
        Fault::BadGzip => answer.with("content-encoding", "gzip").bytes(),
        Fault::Truncated => {
            let mut answer = answer;
            answer.headers.retain(|(name, _)| name != "content-length");
            answer.body.truncate(whole / 2);
            answer.bytes()
        }
        Fault::Short => {
            let mut answer = answer.with("content-length", &(whole + 7).to_string());
            answer.body.truncate(whole.saturating_sub(1));
            answer.bytes()
        }
        _ => answer.bytes(),
    }
}

/// In pieces as small as the network makes them at its worst.
async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    for piece in bytes.chunks(bytes.len() / 24 + 1) {
        stream.write_all(piece).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

async fn endless(stream: &mut TcpStream, state: &State) -> io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"list\":[\"";
    stream.write_all(head.as_bytes()).await?;
    let piece = vec![b'x'; 64 << 10];
    loop {
        stream.write_all(&piece).await?;
        state.written.fetch_add(piece.len() as u64, Ordering::Relaxed);
    }
}
