//! Ways of doing the same work held against each other, in turn, so that a busy machine is busy for all of them alike.

use std::fs;
use std::time::{Duration, Instant};

/// How often each is measured.
const ROUNDS: usize = 15;

/// One way, with its name.
pub type Way<'w> = (&'w str, Box<dyn Fn() -> usize + 'w>);

/// What a way took.
#[derive(Default)]
struct Taken {
    wall: Vec<Duration>,
    /// Of all threads together.
    processor: Duration,
    /// The most memory beyond what was held before, in MiB.
    memory: Option<u64>,
}

/// Prints what each way takes, and how that compares with each of the last `rivals`.
pub fn print(ways: &[Way<'_>], rivals: usize) {
    let mut taken: Vec<Taken> = ways.iter().map(|_| Taken::default()).collect();
    for round in 0..=ROUNDS {
        for ((_, work), taken) in ways.iter().zip(&mut taken) {
            // The first round only fills caches and tells the memory.
            if round == 0 {
                taken.memory = peak(work);
            } else {
                taken.note(work);
            }
        }
    }
    let rivals: Vec<usize> = (ways.len() - rivals..ways.len()).collect();
    println!("{:<34}{:>10}{:>10}{:>10}   ratios of wall time and of processor time", "", "wall ms", "cpu ms", "MiB");
    for ((name, _), one) in ways.iter().zip(&taken) {
        let against = |rival: &usize| {
            let rival = &taken[*rival];
            format!("{:.2} {:.2}", one.wall() / rival.wall(), one.processor() / rival.processor())
        };
        let ratios = rivals.iter().map(against).collect::<Vec<String>>().join(" | ");
        let memory = one.memory.map_or_else(|| "?".to_owned(), |memory| memory.to_string());
        println!("{name:<34}{:>10.1}{:>10.1}{memory:>10}   {ratios}", one.wall() * 1e3, one.processor() * 1e3);
    }
}

impl Taken {
    fn note(&mut self, work: &dyn Fn() -> usize) {
        let (begun, before) = (Instant::now(), processor());
        std::hint::black_box(work());
        self.wall.push(begun.elapsed());
        self.processor += processor().saturating_sub(before);
    }

    /// The middle of the wall times, in seconds.
    fn wall(&self) -> f64 {
        let mut all = self.wall.clone();
        all.sort();
        all[all.len() / 2].as_secs_f64()
    }

    fn processor(&self) -> f64 {
        self.processor.as_secs_f64() / self.wall.len() as f64
    }
}

/// Processor time of this process, in the system's ticks of a hundredth of a second; nought where it does not tell.
pub fn processor() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn peak(work: &dyn Fn() -> usize) -> Option<u64> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS:")?;
    std::hint::black_box(work());
    Some(status("VmHWM:")?.saturating_sub(before) / 1024)
}

/// A figure of memory in KiB.
pub fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
