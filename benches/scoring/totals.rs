//! Our side of `.ci/bench-scoring`: totals and places of the weighted scheme, and what they took.

use std::fmt::Write;
use std::fs;
use std::time::Instant;

use scorepost::score::Appraisal;
use scorepost::score::appraisal::Standing;

use super::ratio::{processor, status};

/// Scores once unmeasured and then so many times, writes agents, totals and places, and prints the seconds.
pub fn print(out: &str, repeats: usize, score: impl Fn() -> Appraisal) {
    let appraisal = score();
    let (before, mut seconds) = (processor(), Vec::new());
    for _ in 0..repeats {
        let begun = Instant::now();
        std::hint::black_box(score());
        seconds.push(begun.elapsed().as_secs_f64());
    }
    let cpu = processor().saturating_sub(before).as_secs_f64() / repeats as f64;
    let mut lines = String::new();
    for card in &appraisal.cards {
        if let Standing::Scored { total, rank, .. } = &card.standing {
            writeln!(lines, "{},{},{rank}", card.agent.id, total.to_f64()).unwrap_or_else(|error| panic!("{error}"));
        }
    }
    fs::write(out, lines).unwrap_or_else(|error| panic!("{error}"));
    let memory = status("VmHWM:").unwrap_or(0) / 1024;
    println!("{}", serde_json::json!({ "secs": seconds, "cpu": cpu, "mib": memory }));
}
