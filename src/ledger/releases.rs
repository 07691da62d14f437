//! Releases: who let a run's mails go, since when a run waits for that, and which letters were kept back.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::audit::append;
use super::choices::{Letters, choose, narrow};
use super::deliveries::{deliveries_of, move_delivery};
use super::delivery_state::DeliveryState;
use super::findings::add_finding;
use super::run_log::note_step;
use super::runs::{Run, RunState, find_run};
use super::store::{Connection, OptionalExtension, Transaction, params};
use super::stored::At;
use super::{Ledger, touched};
use crate::finding::Finding;
use crate::words::Bilingual;

/// What a person's word for a release came to, where two are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It is the first; another person must say the same.
    First,
    /// It is the second: the mails may go.
    Second,
}

impl Ledger {
    /// Lets a run's mails go out in the name of a person, also after a crash; audited.
    ///
    /// Refused unless the run waits for this or is at it.
    pub fn release_run(&self, id: &str, who: &str) -> Result<()> {
        self.release_letters(id, who, &Letters::All)
    }

    /// The same for some letters of a run that waits for this: the others stay as they are and wait for another word.
    pub fn release_letters(&self, id: &str, who: &str, letters: &Letters) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            choose(transaction, id, letters)?;
            let_go(transaction, id)?;
            append(transaction, now, who, "release", id, &letters.detail())
        })
    }

    /// One of the two words that let a ready run's mails go; each is audited, and the second may not be the first one's.
    pub fn say_release(&self, id: &str, who: &str) -> Result<Word> {
        self.say_release_of(id, who, &Letters::All)
    }

    /// The same for some letters only: those go that both persons chose, the others wait for two other words.
    pub fn say_release_of(&self, id: &str, who: &str, letters: &Letters) -> Result<Word> {
        let now = self.now();
        self.write(|transaction| {
            let state = find_run(transaction, id)?.with_context(|| format!("there is no run `{id}`"))?.state;
            if state != RunState::Ready {
                bail!("run `{id}` is {state}, so there is nothing to release");
            }
            match first_word(transaction, id)? {
                Some(first) if is_same_person(&first, who) => {
                    bail!("`{first}` released run `{id}` already; the second word must be another person's")
                }
                Some(first) => {
                    say(transaction, id, who, now)?;
                    narrow(transaction, id, letters)?;
                    let_go(transaction, id)?;
                    let detail = format!("the second of two; the first was {first}{}", letters.detail());
                    append(transaction, now, who, "release", id, &detail)?;
                    Ok(Word::Second)
                }
                None => {
                    say(transaction, id, who, now)?;
                    choose(transaction, id, letters)?;
                    let detail = format!("the first of two{}", letters.detail());
                    append(transaction, now, who, "release-first", id, &detail)?;
                    Ok(Word::First)
                }
            }
        })
    }

    /// Who said the first of two words for a run, if somebody did.
    pub fn first_release_word(&self, id: &str) -> Result<Option<String>> {
        self.read(|connection| first_word(connection, id))
    }

    /// Since when a run waits for its release, if it ever did.
    pub fn waits_since(&self, id: &str) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let sql = "SELECT since FROM waits WHERE run_id = ?1";
            let since = connection.query_row(sql, [id], |row| row.get::<_, At>(0)).optional()?;
            Ok(since.map(|since| since.0))
        })
    }

    /// Holds a ready run whose release came too late; audited with the reason.
    pub fn hold_run(&self, id: &str, who: &str, reason: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "UPDATE runs SET state = 'held' WHERE id = ?1 AND state = 'ready'";
            touched(transaction.execute(sql, [id])?, "ready run", id)?;
            note_step(transaction, id, RunState::Held, now)?;
            append(transaction, now, who, "hold", id, reason)
        })
    }

    /// Keeps back the letters about one agent or team that have not begun to go out, and records that as a finding of the
    /// run; audited. Returns how many.
    ///
    /// Refused when there is none, or when one of them went out already or nobody knows.
    pub fn hold_back(&self, run_id: &str, subject: &str, who: &str, reason: &str) -> Result<usize> {
        let now = self.now();
        self.write(|transaction| {
            let mut letters = deliveries_of(transaction, run_id)?;
            letters.retain(|one| one.subject == subject);
            if let Some(gone) = letters.iter().find(|one| !one.state.is_at_rest()) {
                bail!("a letter about `{subject}` is {} and cannot be kept back", gone.state);
            }
            letters.retain(|one| one.state != DeliveryState::Withdrawn);
            if letters.is_empty() {
                bail!("run `{run_id}` has no letter about `{subject}` that could be kept back");
            }
            for letter in &letters {
                move_delivery(transaction, letter.id, DeliveryState::Withdrawn)?;
                let sql = "UPDATE deliveries SET reason = ?2 WHERE id = ?1";
                transaction.execute(sql, params![letter.id, format!("kept back by {who}")])?;
            }
            let run = find_run(transaction, run_id)?.with_context(|| format!("there is no run `{run_id}`"))?;
            add_finding(transaction, run_id, &kept_back(&run, subject, who, reason))?;
            let detail = if reason.is_empty() { subject.to_owned() } else { format!("{subject}: {reason}") };
            append(transaction, now, who, "hold-back", run_id, &detail)?;
            Ok(letters.len())
        })
    }
}

/// Notes, inside a caller's transaction, that a run waits for its release from now on; the first time counts.
pub(super) fn begin_wait(connection: &Connection, id: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO waits (run_id, since) VALUES (?1, ?2) ON CONFLICT (run_id) DO NOTHING";
    connection.execute(sql, params![id, At(now)])?;
    Ok(())
}

fn kept_back(run: &Run, subject: &str, who: &str, reason: &str) -> Finding {
    let again = format!("scorepost run {} --period {} --send", run.job, run.period);
    let (zh, en) = match reason {
        "" => (String::new(), String::new()),
        reason => (format!("：{reason}"), format!(": {reason}")),
    };
    Finding::hold_subject(
        "kept-back",
        subject,
        Bilingual::new(format!("{who} 暂不发送 {subject}{zh}"), format!("`{subject}` was kept back by {who}{en}")),
        Bilingual::new(
            format!("核对后再发：{again} --agent {subject}"),
            format!("to send it after all: {again} --agent {subject}"),
        ),
    )
}

fn let_go(transaction: &Transaction<'_>, id: &str) -> Result<()> {
    let sql = "UPDATE runs SET send = 1, state = 'releasing', finished_at = NULL \
               WHERE id = ?1 AND state IN ('ready', 'releasing', 'partly-sent')";
    if transaction.execute(sql, [id])? == 0 {
        let state = find_run(transaction, id)?.map(|run| run.state);
        let state = state.with_context(|| format!("there is no run `{id}`"))?;
        bail!("run `{id}` is {state}, so there is nothing to release");
    }
    Ok(())
}

fn say(transaction: &Transaction<'_>, id: &str, who: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO release_words (run_id, who, at) VALUES (?1, ?2, ?3)";
    transaction.execute(sql, params![id, who, At(now)])?;
    Ok(())
}

fn first_word(connection: &Connection, id: &str) -> Result<Option<String>> {
    let sql = "SELECT who FROM release_words WHERE run_id = ?1 ORDER BY at, who LIMIT 1";
    Ok(connection.query_row(sql, [id], |row| row.get(0)).optional()?)
}

/// Names are told apart as people do: neither case nor blanks make a second person.
pub(super) fn is_same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, planned};

    #[test]
    fn two_words_of_two_persons_let_a_run_go() {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001"]);
        assert!(ledger.say_release(&run, "hr").is_err(), "not ready yet");
        ledger.set_state(&run, RunState::Ready).expect("ready");
        assert_eq!(ledger.say_release(&run, "hr").expect("a word"), Word::First);
        assert_eq!(ledger.run(&run).expect("a read").expect("the run").state, RunState::Ready);
        for same in ["hr", "HR", " hr "] {
            let refused = ledger.say_release(&run, same).expect_err("the same person");
            assert!(refused.to_string().contains("another person"), "{refused}");
        }
        assert_eq!(ledger.first_release_word(&run).expect("a read").as_deref(), Some("hr"));
        assert_eq!(ledger.say_release(&run, "boss").expect("a word"), Word::Second);
        assert_eq!(ledger.run(&run).expect("a read").expect("the run").state, RunState::Releasing);
        let told = ledger.audit_entries(2).expect("entries");
        assert_eq!((told[1].who.as_str(), told[1].action.as_str()), ("hr", "release-first"));
        assert_eq!((told[0].who.as_str(), told[0].action.as_str()), ("boss", "release"));
        assert!(told[0].detail.contains("hr"));
    }

    #[test]
    fn a_wait_counts_from_the_first_time() {
        let (ledger, clock) = ledger();
        let run = planned(&ledger, &["A001"]);
        assert_eq!(ledger.waits_since(&run).expect("a read"), None);
        let since = clock.now();
        ledger.set_state(&run, RunState::Ready).expect("ready");
        clock.set(since + chrono::TimeDelta::days(1));
        ledger.hold_run(&run, "schedule", "too late").expect("held");
        assert!(ledger.hold_run(&run, "schedule", "too late").is_err(), "it is held already");
        ledger.accept_run(&run, "hr", "late but right").expect("accepted");
        assert_eq!(ledger.waits_since(&run).expect("a read"), Some(since));
    }

    #[test]
    fn one_letter_is_kept_back_and_the_others_go() {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001", "A002"]);
        ledger.set_state(&run, RunState::Ready).expect("ready");
        assert_eq!(ledger.hold_back(&run, "A002", "hr", "looks wrong").expect("kept back"), 1);
        assert!(ledger.hold_back(&run, "A002", "hr", "looks wrong").is_err(), "once is enough");
        assert!(ledger.hold_back(&run, "A009", "hr", "looks wrong").is_err(), "nobody");
        let told = ledger.findings(&run).expect("findings");
        assert_eq!((told[0].code.as_str(), told[0].subject.as_deref()), ("kept-back", Some("A002")));
        assert!(told[0].text.en.contains("hr: looks wrong"), "{}", told[0].text.en);
        let claimed = ledger.claim_delivery(&run, "w1").expect("a claim").expect("a letter");
        assert_eq!(claimed.subject, "A001");
        assert!(ledger.hold_back(&run, "A001", "hr", "looks wrong").is_err(), "it is under way");
        assert_eq!(ledger.claim_delivery(&run, "w1").expect("a claim"), None);
    }
}
