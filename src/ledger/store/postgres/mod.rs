//! The ledger on PostgreSQL, for several processes on several machines.

mod dialect;
mod place;
mod rights;
mod runtime;
mod schema;
mod session;
mod tls;
mod value;

pub(in crate::ledger) use place::Place;
pub(in crate::ledger) use rights::{Right, Rights, Taken};
pub(in crate::ledger) use schema::migrate;
pub(in crate::ledger) use session::Session;

#[cfg(test)]
mod tests;
