//! The console: each sees only their own, nobody is led astray, and a form counts once.

mod appeals;
mod bench;
mod cards;
mod doors;
mod forgery;
mod insight;
mod machine;
mod matrix;
mod operator;
mod pages;
mod pages;
mod people;
mod policy;
mod previews;
mod programs;
mod proposals;
mod ratings;
mod rights;
mod rows;
mod running;
mod setting_up;
mod signing_in;
mod two_versions;
