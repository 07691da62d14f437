//! One binary for all promises; one module for each.

mod demo_doubles;
