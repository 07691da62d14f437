//! A relay on loopback that takes every letter and keeps none of them, in a process of its own so that its work is not ours.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a process is told that is to be the sink.
pub const ROLE: &str = "be-the-sink";

/// Whether the relay talks in the clear.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Talks {
    /// Under TLS from the first byte.
    Encrypted,
    /// In the clear.
    Plainly,
}

/// A sink that runs.
pub struct Sink {
    /// Where it listens.
    pub port: u16,
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Sink {
    /// Starts one that thinks so long about each letter.
    pub fn start(talks: Talks, thinks: Duration) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([ROLE, if talks == Talks::Encrypted { "tls" } else { "plain" }, &thinks.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a sink");
        let ask = child.stdin.take().expect("its ear");
        let told = BufReader::new(child.stdout.take().expect("its mouth"));
        let mut sink = Self { port: 0, child, ask, told };
        sink.port = sink.hear()[0] as u16;
        sink
    }

    /// How many letters it took since the last question, and to how many people.
    pub fn taken(&mut self) -> (usize, usize) {
        writeln!(self.ask).expect("a question");
        let told = self.hear();
        (told[0], told[1])
    }

    fn hear(&mut self) -> Vec<usize> {
        let mut line = String::new();
        self.told.read_line(&mut line).expect("an answer");
        line.split_whitespace().map(|word| word.parse().expect("a number")).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The certificate that it shows, for `localhost`.
pub fn certificate() -> PathBuf {
    peer_file("localhost-cert.pem")
}

fn peer_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/suite/peers").join(name)
}

/// What was taken since the last question.
#[derive(Default)]
struct Taken {
    letters: usize,
    people: BTreeSet<String>,
}

/// Is the sink until its parent ends.
pub fn be(arguments: &[String]) {
    let tls = (arguments[0] == "tls").then(config);
    let thinks = Duration::from_millis(arguments[1].parse().expect("milliseconds"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{}", listener.local_addr().expect("its address").port());
    let taken = Arc::new(Mutex::new(Taken::default()));
    let counted = taken.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (tls, taken) = (tls.clone(), taken.clone());
            thread::spawn(move || greet(stream, tls, thinks, &taken));
        }
    });
    for _ in std::io::stdin().lines() {
        let taken = std::mem::take(&mut *counted.lock().expect("the count"));
        println!("{} {}", taken.letters, taken.people.len());
    }
}

fn config() -> Arc<ServerConfig> {
    let shown = CertificateDer::from_pem_file(certificate()).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(std::fs::read(peer_file("localhost-key.der")).expect("its key"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![shown], key.into());
    Arc::new(config.expect("a server's TLS"))
}

fn greet(stream: TcpStream, tls: Option<Arc<ServerConfig>>, thinks: Duration, taken: &Mutex<Taken>) {
    stream.set_nodelay(true).expect("a stream");
    // A client that goes away ends the conversation, and nobody minds.
    let _ = match tls {
        None => converse(stream, thinks, taken),
        Some(config) => {
            let connection = ServerConnection::new(config).expect("a connection");
            converse(StreamOwned::new(connection, stream), thinks, taken)
        }
    };
}

/// Commands may come together; nothing comes behind a dot before its answer.
fn converse(mut stream: impl Read + Write, thinks: Duration, taken: &Mutex<Taken>) -> std::io::Result<()> {
    let (mut ahead, mut to) = (Vec::new(), String::new());
    stream.write_all(b"220 sink.example.test ESMTP\r\n")?;
    loop {
        let (mut said, mut used) = (Vec::new(), 0);
        while let Some(end) = ahead[used..].windows(2).position(|two| two == b"\r\n") {
            let line = String::from_utf8_lossy(&ahead[used..used + end]).to_ascii_lowercase();
            used += end + 2;
            said.extend_from_slice(match line.split([' ', ':']).next().unwrap_or_default() {
                "ehlo" => b"250-sink.example.test\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n",
                "data" => b"354 go\r\n",
                "quit" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            });
            if line.starts_with("rcpt") {
                to = line;
            } else if line == "data" {
                stream.write_all(&said)?;
                said.clear();
                ahead.drain(..used);
                used = 0;
                swallow(&mut stream, &mut ahead)?;
                thread::sleep(thinks);
                let mut taken = taken.lock().expect("the count");
                taken.letters += 1;
                taken.people.insert(std::mem::take(&mut to));
                said.extend_from_slice(b"250 2.0.0 taken\r\n");
            }
        }
        ahead.drain(..used);
        stream.write_all(&said)?;
        more(&mut stream, &mut ahead)?;
    }
}

/// Reads up to the lone dot and forgets all of it.
fn swallow(stream: &mut impl Read, ahead: &mut Vec<u8>) -> std::io::Result<()> {
    while !ahead.ends_with(b"\r\n.\r\n") {
        more(stream, ahead)?;
    }
    ahead.clear();
    Ok(())
}

fn more(stream: &mut impl Read, ahead: &mut Vec<u8>) -> std::io::Result<()> {
    let mut chunk = [0; 64 * 1024];
    match stream.read(&mut chunk)? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        read => {
            ahead.extend_from_slice(&chunk[..read]);
            Ok(())
        }
    }
}
