//! The console: each sees only their own, nobody is led astray, and a form counts once.

mod bench;
mod cards;
mod forgery;
mod insight;
mod machine;
mod operator;
mod pages;
mod policy;
mod previews;
mod proposals;
mod rights;
mod running;
mod setting_up;
mod signing_in;
mod two_versions;
