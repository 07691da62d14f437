//! The doubles on an address.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::shop::Shop;
use super::{chatwoot, dingtalk, feishu, files, gateway, jd, wecom, zendesk};
use crate::clock::Clock;

/// What all doubles share; what a platform remembers of its callers stays with its routes.
#[derive(Clone)]
pub(super) struct Stand {
    /// The truth that they all tell.
    pub shop: Arc<Shop>,
    /// What time it is.
    pub clock: Clock,
}

/// A shop that is being served; it stops when this is dropped.
#[derive(Debug)]
pub struct Served {
    /// Where it can be reached: `http://127.0.0.1:PORT`.
    pub base: String,
    /// The address it listens on.
    pub addr: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// Waits until the server ends, which it does only when it fails.
    pub async fn ended(mut self) {
        // A task that was aborted or panicked has ended as well.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a shop on an address, port 0 for any free one, in a task of the runtime that the caller is in.
///
/// Fails when the address cannot be bound or when there is no tokio runtime.
pub fn start(shop: Arc<Shop>, clock: Clock, addr: SocketAddr) -> anyhow::Result<Served> {
    let runtime = Handle::try_current().context("the shop must be started inside a tokio runtime")?;
    let socket = std::net::TcpListener::bind(addr)
        .with_context(|| format!("cannot listen on `{addr}`; choose another address or port 0 for any free one"))?;
    socket.set_nonblocking(true).context("cannot prepare the listening socket")?;
    let addr = socket.local_addr().context("cannot read the listening address")?;
    let listener = TcpListener::from_std(socket).context("cannot hand the listening socket to the runtime")?;
    let task = runtime.spawn(async move {
        if let Err(error) = serve(shop, clock, listener).await {
            tracing::error!(error.message = %error, "the shop stopped serving");
        }
    });
    Ok(Served { base: format!("http://{}", reachable(addr)), addr, task })
}

/// Serves a shop on a listener until it fails or is dropped.
pub fn serve(shop: Arc<Shop>, clock: Clock, listener: TcpListener) -> impl Future<Output = std::io::Result<()>> + Send {
    let stand = Stand { shop, clock };
    let router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .merge(gateway::routes(&stand))
        .merge(dingtalk::routes(&stand))
        .merge(feishu::routes(&stand))
        .merge(wecom::routes(&stand))
        .merge(jd::routes(&stand))
        .merge(chatwoot::routes(&stand))
        .merge(zendesk::routes(&stand))
        .merge(files::routes(&stand));
    async move { axum::serve(listener, router).await }
}

/// The address by which this machine reaches a listener, also one that listens everywhere.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
