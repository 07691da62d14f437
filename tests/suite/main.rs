//! The promises, a module each.

mod mail;
mod peers;
