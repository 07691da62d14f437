//! What raters filled in: drafts, uploads that wait for a word, and what was handed in.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::audit::append;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, Label, stored_words};
use crate::period::Period;

stored_words! {
    /// How far an answer is.
    pub enum AnswerStage {
        /// It may still change.
        Draft = "draft",
        /// It came in a file and was not taken yet.
        Upload = "upload",
        /// It counts.
        HandedIn = "handed-in",
    }
}

/// One form in the hands of one rater.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormOf {
    /// The job's id.
    pub job: String,
    /// The days that it is about.
    pub period: Period,
    /// The form's name, such as `rating-supervisor-T1`.
    pub form: String,
    /// The user who fills it in.
    pub author: String,
}

/// One cell that was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Given {
    /// The item's id.
    pub item: String,
    /// The staff number of whom it is about.
    pub agent: String,
    /// The score, or the id of the level.
    pub given: String,
    /// What was said beside it.
    #[serde(default)]
    pub comment: String,
}

/// What a rater filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// On which form, by whom.
    pub of: FormOf,
    /// How far it is.
    pub stage: AnswerStage,
    /// The cells that were filled in.
    pub given: Vec<Given>,
    /// When it came to that.
    pub at: DateTime<Utc>,
}

impl Ledger {
    /// Keeps answers in place of those of the same rater, form and stage.
    pub fn put_answers(&self, of: &FormOf, stage: AnswerStage, given: &[Given]) -> Result<()> {
        let now = self.now();
        self.write(|transaction| put(transaction, of, stage, given, now))
    }

    /// Takes an upload as the draft; nothing happens where there is none.
    pub fn take_upload(&self, of: &FormOf) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let Some(upload) = find(transaction, of, AnswerStage::Upload)? else { return Ok(()) };
            put(transaction, of, AnswerStage::Draft, &upload.given, now)?;
            forget(transaction, of, AnswerStage::Upload)?;
            append(transaction, now, &of.author, "take-upload", &called(of), &format!("{} cells", upload.given.len()))
        })
    }

    /// Leaves an upload out.
    pub fn drop_upload(&self, of: &FormOf) -> Result<()> {
        self.write(|transaction| forget(transaction, of, AnswerStage::Upload))
    }

    /// Notes that the draft was handed in as it is.
    pub fn hand_in(&self, of: &FormOf, given: &[Given]) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            put(transaction, of, AnswerStage::Draft, given, now)?;
            put(transaction, of, AnswerStage::HandedIn, given, now)?;
            append(transaction, now, &of.author, "hand-in-form", &called(of), &format!("{} cells", given.len()))
        })
    }

    /// What a rater filled in, so far.
    pub fn answers(&self, of: &FormOf, stage: AnswerStage) -> Result<Option<Answers>> {
        self.read(|connection| find(connection, of, stage))
    }

    /// Everything that was filled in for a job's period, by form and rater.
    pub fn all_answers(&self, job: &str, period: &Period) -> Result<Vec<Answers>> {
        self.read(|connection| {
            let sql = "SELECT * FROM form_answers WHERE job = ?1 AND period = ?2 ORDER BY form, author, stage";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, Label(*period)], read)?.collect::<store::Result<Vec<_>>>()?;
            found.into_iter().map(whole).collect()
        })
    }
}

fn put(connection: &Connection, of: &FormOf, stage: AnswerStage, given: &[Given], now: DateTime<Utc>) -> Result<()> {
    connection.execute(
        "INSERT INTO form_answers (job, period, form, author, stage, answers, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (job, period, form, author, stage) DO UPDATE SET answers = excluded.answers, at = excluded.at",
        params![of.job, Label(of.period), of.form, of.author, stage, serde_json::to_string(given)?, At(now)],
    )?;
    Ok(())
}

fn forget(connection: &Connection, of: &FormOf, stage: AnswerStage) -> Result<()> {
    let sql = "DELETE FROM form_answers WHERE job = ?1 AND period = ?2 AND form = ?3 AND author = ?4 AND stage = ?5";
    connection.execute(sql, params![of.job, Label(of.period), of.form, of.author, stage])?;
    Ok(())
}

fn find(connection: &Connection, of: &FormOf, stage: AnswerStage) -> Result<Option<Answers>> {
    let sql = "SELECT * FROM form_answers WHERE job = ?1 AND period = ?2 AND form = ?3 AND author = ?4 AND stage = ?5";
    let wanted = params![of.job, Label(of.period), of.form, of.author, stage];
    connection.query_row(sql, wanted, read).optional()?.map(whole).transpose()
}

fn read(row: &Row<'_>) -> store::Result<(FormOf, AnswerStage, String, DateTime<Utc>)> {
    let of = FormOf {
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        form: row.get("form")?,
        author: row.get("author")?,
    };
    Ok((of, row.get("stage")?, row.get("answers")?, row.get::<_, At>("at")?.0))
}

fn whole((of, stage, text, at): (FormOf, AnswerStage, String, DateTime<Utc>)) -> Result<Answers> {
    let given =
        serde_json::from_str(&text).with_context(|| format!("the answers on form `{}` are damaged", of.form))?;
    Ok(Answers { of, stage, given, at })
}

/// A form in the words of the audit.
fn called(of: &FormOf) -> String {
    format!("form {} of {} {}", of.form, of.job, of.period)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, period};

    fn given(score: &str) -> Vec<Given> {
        vec![Given { item: "skill".into(), agent: "A001".into(), given: score.into(), comment: "ok".into() }]
    }

    #[test]
    fn an_upload_waits_for_a_word_and_what_is_handed_in_stays_beside_the_draft() {
        let (ledger, clock) = ledger();
        let of = FormOf {
            job: "monthly".into(),
            period: period("2026-10"),
            form: "rating-supervisor-T1".into(),
            author: "lead1".into(),
        };
        let kept = |stage| ledger.answers(&of, stage).expect("read").map(|one| one.given);
        ledger.put_answers(&of, AnswerStage::Draft, &given("3")).expect("a draft");
        ledger.put_answers(&of, AnswerStage::Upload, &given("4")).expect("an upload");
        assert_eq!(kept(AnswerStage::Draft), Some(given("3")));
        ledger.take_upload(&of).expect("taken");
        ledger.take_upload(&of).expect("nothing to take");
        assert_eq!((kept(AnswerStage::Draft), kept(AnswerStage::Upload)), (Some(given("4")), None));
        ledger.hand_in(&of, &given("4")).expect("handed in");
        ledger.put_answers(&of, AnswerStage::Draft, &given("5")).expect("a new draft");
        let all = ledger.all_answers("monthly", &period("2026-10")).expect("all");
        let stages: Vec<(AnswerStage, &str)> = all.iter().map(|one| (one.stage, one.given[0].given.as_str())).collect();
        assert_eq!(stages, [(AnswerStage::Draft, "5"), (AnswerStage::HandedIn, "4")]);
        assert_eq!(all[0].at, clock.now());
        let actions: Vec<String> = ledger.audit_entries(9).expect("read").into_iter().map(|one| one.action).collect();
        assert_eq!(actions, ["hand-in-form", "take-upload"]);
    }
}
