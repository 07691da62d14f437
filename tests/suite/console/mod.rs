//! The console: each sees only their own, nobody is led astray, and a form counts once.

mod appeals;
mod bench;
mod cards;
mod doors;
mod forgery;
mod matrix;
mod pages;
mod people;
mod previews;
mod programs;
mod proposals;
mod ratings;
mod rights;
mod rows;
mod running;
mod setting_up;
mod signing_in;
