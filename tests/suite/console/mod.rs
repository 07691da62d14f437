//! The console: each sees only their own, nobody is led astray, and a form counts once.

mod appeals;
mod bench;
mod cards;
mod forgery;
mod pages;
mod previews;
mod proposals;
mod ratings;
mod rights;
mod running;
mod setting_up;
mod signing_in;
