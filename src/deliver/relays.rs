//! Several relays of which each can do for another: the next takes over while a letter is surely with none of them.

use anyhow::bail;
use tokio::time::Instant;

use super::smtp::Smtp;
use super::{Limits, Outcome, Relay, Sealed};

/// Relays in the order of preference, each with its own connection.
#[derive(Debug)]
pub struct Relays {
    each: Vec<Tried>,
    limits: Limits,
}

#[derive(Debug)]
struct Tried {
    smtp: Smtp,
    /// Until when it comes after the others, because it took no letter lately.
    rests_until: Option<Instant>,
}

impl Relays {
    /// Reads the certificates that are to be trusted; connects only when a letter comes.
    pub fn new(relays: &[Relay], limits: &Limits) -> anyhow::Result<Self> {
        let each = relays.iter().map(|relay| {
            Ok::<_, anyhow::Error>(Tried { smtp: Smtp::new(relay.clone(), limits.clone())?, rests_until: None })
        });
        Ok(Self { each: each.collect::<Result<_, _>>()?, limits: limits.clone() })
    }

    /// Sends one letter by the first relay that takes letters; see [`super::Postman::deliver`].
    ///
    /// Another relay is asked only while the letter is not marked as in doubt: behind the mark its body may be with the
    /// first one, and a second relay would make a second copy.
    pub(super) async fn deliver(
        &mut self,
        sealed: &Sealed,
        in_doubt: &mut impl AsyncFnMut() -> anyhow::Result<()>,
    ) -> Outcome {
        let mut told = Vec::new();
        for place in self.order() {
            let mut marked = false;
            let mut mark = async || {
                marked = true;
                in_doubt().await
            };
            let outcome = self.each[place].smtp.deliver(sealed, &mut mark).await;
            let takes_none = matches!(outcome, Outcome::Away { .. } | Outcome::Halt { .. });
            if marked || !takes_none {
                self.each[place].rests_until = None;
                return outcome;
            }
            self.leave_alone(place, &outcome);
            told.push((self.each[place].smtp.place(), outcome));
        }
        of_all(told)
    }

    /// Those that took letters first, those that rest last; within both the order of preference.
    fn order(&self) -> Vec<usize> {
        let now = Instant::now();
        let mut order: Vec<usize> = (0..self.each.len()).collect();
        order.sort_by_key(|place| self.each[*place].rests_until.is_some_and(|until| now < until));
        order
    }

    fn leave_alone(&mut self, place: usize, outcome: &Outcome) {
        let wait = match outcome {
            Outcome::Away { wait, .. } => *wait,
            _ => self.limits.age,
        };
        self.each[place].rests_until = Some(Instant::now() + wait);
        if self.each.len() > 1 {
            tracing::warn!(relay.place = place, relay.rests_seconds = wait.as_secs(), "a relay takes no letters");
        }
    }

    /// Says goodbye wherever a connection is open.
    pub(super) async fn close(&mut self) {
        for one in &mut self.each {
            one.smtp.close().await;
        }
    }

    /// Goes to each without sending and says what was found; fails when one of them cannot be used.
    pub(super) async fn probe(&mut self) -> anyhow::Result<String> {
        let mut found = Vec::new();
        for one in &mut self.each {
            match one.smtp.probe().await {
                Ok(answer) => found.push(answer),
                Err(error) => bail!("`{}`: {error:#}", one.smtp.place()),
            }
        }
        Ok(found.join("; "))
    }
}

/// What it means that no relay took a letter: one that may be back soon outweighs those that a person must mend.
fn of_all(told: Vec<(String, Outcome)>) -> Outcome {
    let [(_, only)] = told.as_slice() else {
        let soonest = told.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Away { wait, .. } => Some(*wait),
            _ => None,
        });
        let soonest = soonest.min();
        let reasons = told.iter().filter_map(|(place, outcome)| match outcome {
            Outcome::Away { reason, .. } | Outcome::Halt { reason } => Some(format!("`{place}`: {reason}")),
            _ => None,
        });
        let reason = reasons.collect::<Vec<_>>().join("; ");
        return match soonest {
            Some(wait) => Outcome::Away { reason, wait },
            None => Outcome::Halt { reason },
        };
    };
    only.clone()
}
