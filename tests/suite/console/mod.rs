//! The console: each sees only their own, nobody is led astray, and a form counts once.

mod appeals;
mod asking;
mod bench;
mod cards;
mod doors;
mod forgery;
mod home;
mod insight;
mod letters;
mod machine;
mod matrix;
mod operator;
mod pages;
mod people;
mod policy;
mod previews;
mod programs;
mod proposals;
mod ratings;
mod release_desk;
mod rights;
mod rows;
mod running;
mod setting_up;
mod signing_in;
mod two_versions;
