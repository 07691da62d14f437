//! TLS of the console's own: connections whose handshake is done, so that a slow client holds up nobody else.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const LONGEST_HANDSHAKE: Duration = Duration::from_secs(10);
/// How many handshakes go on at once.
const HANDSHAKES: usize = 4096;
/// How many of them of one address.
const OF_ONE_ADDRESS: usize = 32;
/// How many connections wait to be served.
const READY: usize = 256;

/// A connection that is encrypted, and from where it comes.
type Connection = (TlsStream<TcpStream>, SocketAddr);

/// A certificate that was read, with the key that fits it.
pub struct Certificate(TlsAcceptor);

impl Certificate {
    /// Reads a certificate and its key, both in PEM.
    ///
    /// # Errors
    /// When the files cannot be read or do not fit each other, or when others than their owner may read the key.
    pub fn read(certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let config = config(certificate, key)?;
        refuse_open_key(key)?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Listens for encrypted connections.
pub struct TlsListener {
    ready: mpsc::Receiver<Connection>,
    address: SocketAddr,
}

impl TlsListener {
    /// Takes over a listener; its connections are encrypted with this certificate.
    pub fn over(listener: TcpListener, Certificate(acceptor): Certificate) -> anyhow::Result<Self> {
        let address = listener.local_addr().context("the console's listener has no address")?;
        let (sender, ready) = mpsc::channel(READY);
        tokio::spawn(accept(listener, acceptor, sender));
        Ok(Self { ready, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Connection {
        match self.ready.recv().await {
            Some(connection) => connection,
            // Nobody accepts any more, because the process ends.
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Accepts until nobody wants the connections any more; whoever fails the handshake, or comes when too many are at it, is
/// left.
async fn accept(mut listener: TcpListener, acceptor: TlsAcceptor, sender: mpsc::Sender<Connection>) {
    let (places, under_way) = (Arc::new(Semaphore::new(HANDSHAKES)), Arc::<UnderWay>::default());
    loop {
        let (stream, address) = tokio::select! {
            () = sender.closed() => return,
            accepted = Listener::accept(&mut listener) => accepted,
        };
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        under_way.begin(address.ip(), async move {
            let _place = place;
            if let Ok(Ok(stream)) = timeout(LONGEST_HANDSHAKE, acceptor.accept(stream)).await {
                // Where nobody wants it any more it is closed.
                let _ = sender.send((stream, address)).await;
            }
        });
    }
}

/// The handshakes that go on, by address, each by its number.
#[derive(Default)]
struct UnderWay {
    by_address: Mutex<HashMap<IpAddr, VecDeque<(u64, AbortHandle)>>>,
    numbers: AtomicU64,
}

impl UnderWay {
    /// Begins a handshake; where one address has too many, its oldest gives way, because whoever means it is done by then.
    fn begin(self: &Arc<Self>, address: IpAddr, handshake: impl Future<Output = ()> + Send + 'static) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let end = End { under_way: self.clone(), address, number };
        let mut all = self.all();
        let own = all.entry(address).or_default();
        if own.len() >= OF_ONE_ADDRESS
            && let Some((_, oldest)) = own.pop_front()
        {
            oldest.abort();
        }
        let task = tokio::spawn(async move {
            let _end = end;
            handshake.await;
        });
        own.push_back((number, task.abort_handle()));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<IpAddr, VecDeque<(u64, AbortHandle)>>> {
        self.by_address.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets a handshake when it is over, however it ends.
struct End {
    under_way: Arc<UnderWay>,
    address: IpAddr,
    number: u64,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut all = self.under_way.all();
        let Some(own) = all.get_mut(&self.address) else { return };
        own.retain(|(number, _)| *number != self.number);
        if own.is_empty() {
            all.remove(&self.address);
        }
    }
}

/// Whoever reads the key is the console to everybody.
fn refuse_open_key(key: &Path) -> anyhow::Result<()> {
    let facts =
        std::fs::metadata(key).with_context(|| format!("cannot read the private key in `{}`", key.display()))?;
    anyhow::ensure!(
        facts.permissions().mode() & 0o077 == 0,
        "others may read the private key in `{0}`: `chmod 600 {0}`",
        key.display()
    );
    Ok(())
}

fn config(certificate: &Path, key: &Path) -> anyhow::Result<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.with_context(|| format!("cannot read the certificate in `{}`", certificate.display()))?;
    anyhow::ensure!(!chain.is_empty(), "`{}` holds no certificate in PEM", certificate.display());
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| {
        format!("cannot read the private key in `{}`; it must be PEM without a password", key.display())
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("cannot prepare TLS")?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .with_context(|| {
            format!("the key in `{}` does not fit the certificate in `{}`", key.display(), certificate.display())
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
