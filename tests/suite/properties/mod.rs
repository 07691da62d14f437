//! What must hold for any data: laws of scoring over months that nobody wrote by hand.

mod bands;
mod kept;
mod laws;
mod month;
mod numbers;
