//! What a set came to, one line of a table.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

/// The file that `.ci/trials` reads; without it the line goes to stdout.
const FILE: &str = "SCOREPOST_FIGURES";

/// The numbers of a set, in the order in which they are told.
pub struct Figures {
    set: &'static str,
    since: Instant,
    counts: Vec<(&'static str, usize)>,
}

impl Figures {
    /// A set that begins now.
    pub fn of(set: &'static str) -> Self {
        Self { set, since: Instant::now(), counts: Vec::new() }
    }

    /// Counts more of something.
    pub fn add(&mut self, what: &'static str, count: usize) {
        match self.counts.iter_mut().find(|(known, _)| *known == what) {
            Some((_, sum)) => *sum += count,
            None => self.counts.push((what, count)),
        }
    }

    /// Counts what others counted.
    pub fn join(&mut self, other: &Self) {
        other.counts.iter().for_each(|(what, count)| self.add(what, *count));
    }

    /// How many there were of something.
    pub fn count(&self, what: &str) -> usize {
        self.counts.iter().find(|(known, _)| *known == what).map_or(0, |(_, count)| *count)
    }

    /// Writes the line.
    pub fn tell(&self) {
        let mut line = format!("| {} |", self.set);
        for (at, (what, count)) in self.counts.iter().enumerate() {
            let _ = write!(line, "{}{count} {what}", if at == 0 { " " } else { ", " });
        }
        let _ = write!(line, " | {} | {:.0} s |", super::Dice::seed(), self.since.elapsed().as_secs_f64());
        println!("{line}");
        if let Some(path) = std::env::var_os(FILE) {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            writeln!(file.expect("the file of figures"), "{line}").expect("a line of figures");
        }
    }
}
