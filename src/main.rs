//! The `scorepost` program.
fn main() {}
