//! Whether the time of a refused sign-in tells who exists: known and unknown names in turn, compared by Welch's t.

use std::path::Path;

use chrono::Utc;
use scorepost::clock::Clock;
use scorepost::console::hash_password;
use scorepost::ledger::{Ledger, Role, User};

use crate::fill::{Person, ok};
use crate::served::Served;

/// Tries of each kind.
const TRIES: usize = 250;
/// Beyond it the two kinds would be told apart.
const TELLING: f64 = 3.0;

/// Prints both means and how far apart they are.
pub async fn measure(served: &Served, folder: &Path) {
    let ledger = ok(Ledger::open(&folder.join("ledger.sqlite"), Clock::system()));
    let hash = ok(hash_password("four unrelated words river"));
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..TRIES {
        let (there, nowhere) = (format!("known {number:03}"), format!("nobody {number:03}"));
        ok(ledger.put_user(&user(&there, &hash)));
        // In turn, so that whatever else the machine does touches both alike.
        known.push(refused(served, &ledger, &there).await);
        unknown.push(refused(served, &ledger, &nowhere).await);
    }
    let (mean_known, mean_unknown) = (mean(&known), mean(&unknown));
    let t = (mean_known - mean_unknown) / (spread(&known) + spread(&unknown)).sqrt();
    let verdict = if t.abs() < TELLING { "tells nothing" } else { "tells who exists" };
    println!("a refused sign-in: known {mean_known:.2} ms, unknown {mean_unknown:.2} ms, t = {t:.2}: {verdict}");
}

/// The milliseconds of one try with a wrong password; nothing of it is held against the next.
async fn refused(served: &Served, ledger: &Ledger, name: &str) -> f64 {
    let nobody = Person { name: String::new(), role: Role::Agent, token: String::new(), csrf: String::new() };
    let answer = served.post(&nobody, "/sign-in", &[("name", name), ("password", "wrong words on purpose")]).await;
    assert!(answer.status < 429, "{name} was answered with {}", answer.status);
    ok(ledger.clear_failed_sign_ins(name));
    answer.took.as_secs_f64() * 1000.0
}

fn user(name: &str, hash: &str) -> User {
    User {
        name: name.to_owned(),
        role: Role::Agent,
        staff_number: None,
        teams: Vec::new(),
        disabled: false,
        password_hash: Some(hash.to_owned()),
        created_at: Utc::now(),
    }
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}

/// The variance of the mean.
fn spread(times: &[f64]) -> f64 {
    let mean = mean(times);
    let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
    squares / (times.len() - 1) as f64 / times.len() as f64
}
