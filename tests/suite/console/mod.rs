//! The console: each sees only their own, nobody is led astray, and a form counts once.

mod asking;
mod bench;
mod cards;
mod forgery;
mod home;
mod letters;
mod pages;
mod previews;
mod proposals;
mod release_desk;
mod rights;
mod running;
mod setting_up;
mod signing_in;
