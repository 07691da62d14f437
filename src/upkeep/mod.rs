//! What keeps the house in order and its operator informed: health, metrics, alerts, proofs, retention, people's own data.
//!
//! What monitors and the operator are told are numbers, runs and causes; nobody's name or address.

mod alerts;
mod causes;
mod leftovers;
mod metrics;
mod person;
mod retention;
mod verify;
mod vitals;
mod watch;

pub use alerts::{Channel, Told, tell_trial};
pub use causes::Cause;
pub use leftovers::{sweep, tidy};
pub use person::{Erased, Person};
pub use retention::{Going, Kind, Purge};
pub use verify::{Disagreement, Proof, verify};
pub use vitals::{SourceFacts, Vitals};
pub use watch::{Expected, look, watch};
