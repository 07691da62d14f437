//! The console: pages in which people look at runs, open documents and ask for new ones.
//!
//! It reads the ledger and the archive and writes requests; the scheduler acts on them. No page calls a stage.
//! Every route stands in one list, [`routes`], with who may use it; the router is built from that list.

mod api;
mod appeals;
mod assets;
mod attend;
mod audit_page;
mod cards;
mod charts;
mod desk;
mod documents;
mod doors;
mod events;
mod fields;
mod forms;
mod guard;
mod headers;
mod health;
mod home;
mod insight;
mod language;
mod letters;
mod my_teams;
mod operator;
mod page;
mod passwords;
mod people;
mod periods;
mod plans;
mod policy;
mod previews;
mod proposal_rows;
mod proposals;
mod recorded;
mod refusal;
mod release_desk;
mod requests;
mod rerun;
mod rights;
mod routes;
mod run_actions;
mod run_page;
mod run_rows;
mod say;
mod seen_run;
mod sessions;
mod setup;
mod sign_in;
mod tabs;
mod throttle;
mod tls;
mod tokens;
mod unknowns;
mod uploads;
mod verdicts;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::serve::{Listener, ListenerExt};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::clock::Clock;
use crate::job::{ApprovedBy, ReleasedBy};
use crate::ledger::Ledger;
use crate::period::Cycle;
use crate::words::{Bilingual, Locale};

pub use appeals::{Misfit, read_correction};
pub use cards::{Body as CardBody, Branch, Explained, Explanations, RowTable};
pub use doors::{Doors, Identified, Identity, Journey, LinkLetter, LinkPost};
pub use forms::{Forms, Item, Rater, Sheet, UploadedCell};
pub use health::{MetricsPlace, Monitored, Monitors, serve_monitors};
pub use operator::{Checked, Coverage, Covered, Fault, Grade, Kept, Machine, Planned, Trouble};
pub use passwords::hash_password;
pub use policy::{Policies, SimulatedSheet};
pub use previews::{PreviewWish, Previewed, Previews};
pub use recorded::{Collection, RecordSheet, RecordTeam, Records};
pub use routes::{Audience, Method, RouteFacts, routes};
pub use setup::{FirstUser, SetupToken, first_user_token};
pub use tls::{Certificate, TlsListener};
pub use tokens::{fresh as fresh_token, hashed as hash_token};

/// What the console needs from outside.
pub struct Console {
    /// What ran, what was sent, who may see.
    pub ledger: Ledger,
    /// Where "now" comes from.
    pub clock: Clock,
    /// The folder of documents; a PDF lies at `<first 2 of its sha256>/<sha256>.pdf`.
    pub archive: PathBuf,
    /// The folder of sealed letters; one lies at `<first 2 of its sha256>/<sha256>.eml`.
    pub letters: PathBuf,
    /// The jobs that can be run, in the order in which they are offered.
    pub jobs: Vec<JobCard>,
    /// The language of people who have not chosen one.
    pub locale: Locale,
    /// Wakes the scheduler after a request was written.
    pub poke: Arc<tokio::sync::Notify>,
    /// Whether cookies travel over TLS only.
    pub secure_cookies: SecureCookies,
    /// Host names, without port, under which people reach the console beside its own address and `localhost`.
    pub hosts: Vec<String>,
    /// Shows templates to whoever writes them.
    pub previews: Arc<dyn Previews>,
    /// Follows cards down to their rows.
    pub explanations: Arc<dyn Explanations>,
    /// Knows the rating forms.
    pub forms: Arc<dyn Forms>,
    /// Knows which events can be written down.
    pub records: Arc<dyn Records>,
    /// What HR's desk reads.
    pub policies: Arc<dyn Policies>,
    /// What the operator's desk is told about this machine.
    pub machine: Arc<dyn Machine>,
    /// What monitors are told, and how they are let in.
    pub monitors: Monitors,
    /// The ways in beside the password.
    pub doors: Doors,
    /// The open invitation of the first user, as [`first_user_token`] made it.
    pub setup: Option<SetupToken>,
}

/// When a job fires next after an instant, if it has a schedule; asked anew for every page.
pub type NextFire = Arc<dyn Fn(DateTime<Utc>) -> Option<DateTime<Utc>> + Send + Sync>;

/// What the console tells about a job.
#[derive(Clone)]
pub struct JobCard {
    /// The job's id, the name of its file.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// The length of its periods.
    pub cycle: Cycle,
    /// Its schedule.
    pub next: NextFire,
    /// The time zone of its days.
    pub zone: Tz,
    /// Who lets its letters go.
    pub released_by: ReleasedBy,
    /// How many persons approve its proposals.
    pub approved_by: ApprovedBy,
    /// How long after a run is ready its release is too late, if ever.
    pub deadline: Option<TimeDelta>,
    /// The versions of its scheme, the earliest first.
    pub versions: Vec<SchemeVersion>,
}

/// A version of a job's scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeVersion {
    /// What it is called.
    pub version: String,
    /// The first day on which it is in force.
    pub from: NaiveDate,
}

/// Whether the session cookie is marked `Secure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecureCookies {
    /// Behind TLS: the cookie is `__Host-scorepost`, `Secure`, and answers carry HSTS.
    Yes,
    /// On plain loopback, where browsers refuse `__Host-` names: the cookie is `scorepost`.
    No,
}

/// The console's pages as a service; reached by the names in `console.hosts` and by `localhost`.
///
/// Errors when the machine gives no random bytes or no password can be hashed.
pub fn router(console: Console) -> anyhow::Result<axum::Router> {
    Ok(routes::build(Arc::new(desk::Desk::new(console)?)))
}

/// Serves the console on `listener`, plain or a [`TlsListener`], until `stop` is done, then lets open answers finish.
///
/// Errors when the listener breaks.
pub async fn serve<L: Listener<Addr = SocketAddr>>(
    mut console: Console,
    listener: L,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the console's listener has no address")?;
    console.hosts.push(guard::name_of(address));
    let desk = Arc::new(desk::Desk::new(console)?);
    let pages = routes::build(desk.clone());
    // Tapped for nothing but the address of whoever connects, which pages are told so whatever the listener.
    axum::serve(listener.tap_io(|_| ()), pages.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            stop.await;
            desk.stopping.send_replace(true);
        })
        .await
        .context("the console stopped answering")
}
