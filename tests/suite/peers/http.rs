//! HTTP by hand, so that it can be spoken wrongly: one request and one answer for each connection.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The first line and the headers of a message, and its body.
#[derive(Clone, Debug, Default)]
pub struct Message {
    pub first: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    /// Reads one message whose body has a `Content-Length` or none.
    pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut message = Self { first, headers, body: Vec::new() };
        let length = message.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        message.body.resize(length, 0);
        stream.read_exact(&mut message.body).await?;
        Ok(message)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same with another value of a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// An answer with a text.
    pub fn answer(status: &str, kind: &str, body: &str) -> Self {
        let answer = Self { first: format!("HTTP/1.1 {status}"), headers: Vec::new(), body: body.into() };
        answer.with("content-type", kind)
    }

    /// The bytes on the wire; a `Content-Length` that is there is believed.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        self.headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        if self.header("content-length").is_none() {
            text.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        text.push_str("connection: close\r\n\r\n");
        [text.into_bytes(), self.body.clone()].concat()
    }
}

/// A task that ends with its owner.
pub struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Listens on a free port and hands every connection to `serve`; gives the port.
pub async fn listen<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> (u16, Task)
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that goes away ends its conversation; that is no fault here.
            drop(tokio::spawn(serve(stream)));
        }
    });
    (port, Task(task))
}

/// Answers every request over TLS, with a certificate of the [`authority`]; gives the port.
pub async fn listen_with_tls(answer: Message) -> (u16, Task) {
    let acceptor = acceptor();
    listen(move |stream| {
        let (acceptor, answer) = (acceptor.clone(), answer.clone());
        async move {
            let mut stream = acceptor.accept(stream).await?;
            Message::read(&mut stream).await?;
            stream.write_all(&answer.bytes()).await?;
            stream.shutdown().await
        }
    })
    .await
}

/// The certificate of the authority that signed the one of [`listen_with_tls`].
pub fn authority() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/peers/authority-cert.pem")
}

fn acceptor() -> TlsAcceptor {
    let chain = CertificateDer::from_pem_slice(include_bytes!("source-cert.pem")).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(include_bytes!("source-key.der").to_vec());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key.into())
        .expect("a pair");
    TlsAcceptor::from(Arc::new(config))
}
