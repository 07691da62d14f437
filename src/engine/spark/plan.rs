//! Questions become statements: those about the same rows by the same subject and parts are one reading of the table,
//! each with its own condition.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::diag::{Diagnostic, Diagnostics};
use crate::score::{Parts, Question};
use crate::source::Table;

use super::review;
use super::sql::{self, Sort, Wanted};

/// What Spark is to do for a list of questions.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The statements, each of which gives one result.
    pub statements: Vec<Statement>,
    /// For each question where its answer is.
    pub(super) shares: Vec<Share>,
}

/// One reading of a table.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The table that is read.
    pub table: Table,
    /// The Parquet in which its rows lie.
    pub rows: PathBuf,
    /// The names and sorts of what it gives.
    pub(super) columns: Vec<(String, Sort)>,
    /// The query, over a view of those rows.
    pub sql: String,
}

/// Where the answer to a question is.
#[derive(Clone, Debug)]
pub(super) struct Share {
    /// The statement.
    pub statement: usize,
    /// The column that counts rows which fulfil its condition, where others of the statement have another.
    pub kept: Option<String>,
    /// The columns of each of its sums.
    pub sums: Vec<(String, Option<String>)>,
}

/// Questions that one reading answers.
type Source = (PathBuf, String, Option<String>, Parts, Option<usize>);

impl Plan {
    /// Says questions in Spark's SQL, or reports all that cannot be said.
    pub(super) fn of(questions: &[Question]) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::new();
        let mut sources: BTreeMap<Source, Vec<usize>> = BTreeMap::new();
        for (place, one) in questions.iter().enumerate() {
            // Which day is the newest depends on the condition, so that such a question is read on its own.
            let alone = one.newest.then_some(place);
            let source = (one.rows.clone(), one.table.clone(), one.subject.clone(), one.parts, alone);
            sources.entry(source).or_default().push(place);
        }
        let (mut statements, mut shares) = (Vec::new(), vec![None; questions.len()]);
        for places in sources.into_values() {
            let asked: Vec<&Question> = places.iter().map(|place| &questions[*place]).collect();
            match Draft::of(&asked) {
                Ok(draft) => {
                    for (place, share) in places.iter().zip(draft.shares(statements.len())) {
                        shares[*place] = Some(share);
                    }
                    statements.push(draft.statement(asked[0], statements.len()));
                }
                Err(wrong) => found.extend(wrong),
            }
        }
        found.into_result(Self { statements, shares: shares.into_iter().flatten().collect() })
    }

    /// The whole script; each statement writes its result into a folder of its number below `results`.
    pub fn script(&self, results: &Path) -> anyhow::Result<String> {
        let mut script = String::new();
        for (number, statement) in self.statements.iter().enumerate() {
            writeln!(script, "{};", statement.view(number)?)?;
        }
        let total = self.statements.len();
        for (number, statement) in self.statements.iter().enumerate() {
            let mark = sql::text(&super::submission::mark(number, total));
            let folder = sql::text(&uri(&results.join(number.to_string()))?);
            writeln!(script, "SELECT {mark};")?;
            writeln!(script, "INSERT OVERWRITE DIRECTORY {folder} USING parquet\n{};", statement.sql)?;
        }
        Ok(script)
    }
}

impl Statement {
    fn view(&self, number: usize) -> anyhow::Result<String> {
        let columns = self.table.columns().iter();
        let columns = columns.map(|one| format!("{} {}", sql::name(one.name), Sort::of(one.kind).sql()));
        let columns: Vec<String> = columns.collect();
        let path = sql::text(&uri(&self.rows)?);
        let name = sql::name(&view(self.table, number));
        Ok(format!("CREATE TEMPORARY VIEW {name} ({}) USING parquet OPTIONS (path {path})", columns.join(", ")))
    }
}

/// The name of the rows that a statement reads; the columns of a view are declared, so that those which a file lacks are
/// empty and no type is guessed.
fn view(table: Table, number: usize) -> String {
    format!("{}_{number}", table.name())
}

/// A path as every node of the cluster must see it.
fn uri(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().with_context(|| format!("the path `{}` is not UTF-8", path.display()))?;
    let pattern = text.contains(['*', '?', '[', ']', '{', '}', '\\']);
    ensure!(!pattern, "Spark reads `{text}` as a pattern; choose a data folder without any of *?[]{{}}\\ in its path");
    Ok(format!("file:{text}"))
}

/// A statement on its way.
struct Draft {
    table: Table,
    /// The different conditions, `None` for all rows.
    conditions: Vec<Option<String>>,
    /// For each question its condition and what it counts.
    members: Vec<(usize, Vec<Wanted>)>,
}

impl Draft {
    fn of(asked: &[&Question]) -> Result<Self, Diagnostics> {
        let table = known(asked[0])?;
        let mut draft = Self { table, conditions: Vec::new(), members: Vec::new() };
        let mut found = Diagnostics::new();
        let mut places = Vec::new();
        for one in asked {
            match condition(one, table) {
                Ok(condition) => places.push(draft.place(condition)),
                Err(wrong) => found.extend(wrong),
            }
        }
        found.into_result(())?;
        let mut found = Diagnostics::new();
        // One condition that all have in common is decided before anything is counted.
        let alone = draft.conditions.len() == 1;
        for (one, place) in asked.iter().zip(places) {
            let keep = draft.conditions[place].as_deref().filter(|_| !alone);
            let wanted = one.sums.iter().map(|sum| {
                sql::wanted(&sum.sql, table, keep).map_err(|why| review::refused(&sum.metric, &sum.place, &why))
            });
            let (wanted, wrong): (Vec<_>, Vec<_>) = wanted.partition(Result::is_ok);
            wrong.into_iter().filter_map(Result::err).for_each(|wrong| found.push(wrong));
            draft.members.push((place, wanted.into_iter().flatten().collect()));
        }
        found.into_result(draft)
    }

    fn place(&mut self, condition: Option<String>) -> usize {
        self.conditions.iter().position(|known| *known == condition).unwrap_or_else(|| {
            self.conditions.push(condition);
            self.conditions.len() - 1
        })
    }

    /// Where the answer to each question is, when this is the statement of that number.
    fn shares(&self, statement: usize) -> impl Iterator<Item = Share> {
        self.members.iter().enumerate().map(move |(member, (condition, wanted))| {
            let sums = wanted.iter().enumerate().map(|(place, one)| {
                (column('n', member, place), one.denominator.as_ref().map(|_| column('d', member, place)))
            });
            let kept = self.counted(*condition).then(|| format!("kept{condition}"));
            Share { statement, kept, sums: sums.collect() }
        })
    }

    /// Whether it must be counted how many rows fulfil a condition.
    fn counted(&self, condition: usize) -> bool {
        self.conditions.len() > 1 && self.conditions[condition].is_some()
    }

    fn statement(&self, asked: &Question, number: usize) -> Statement {
        let mut columns = vec![("subject".to_owned(), Sort::Text), ("part".to_owned(), Sort::Whole)];
        let mut list = vec!["`the_subject` AS `subject`".to_owned(), "CAST(`the_part` AS BIGINT) AS `part`".to_owned()];
        for (place, condition) in self.conditions.iter().enumerate() {
            if let Some(condition) = condition.as_ref().filter(|_| self.counted(place)) {
                list.push(format!("COUNT(*) FILTER (WHERE {condition}) AS `kept{place}`"));
                columns.push((format!("kept{place}"), Sort::Whole));
            }
        }
        for (member, (_, wanted)) in self.members.iter().enumerate() {
            for (place, one) in wanted.iter().enumerate() {
                let sides = [('n', Some(&one.numerator)), ('d', one.denominator.as_ref())];
                for (side, said) in sides.into_iter().filter_map(|(side, said)| Some((side, said?))) {
                    let name = column(side, member, place);
                    list.push(format!("{} AS {}", said.sql, sql::name(&name)));
                    columns.push((name, said.sort));
                }
            }
        }
        let rows = self.rows(asked, number);
        let list = list.join(",\n  ");
        let sql = format!("SELECT {list}\nFROM ({rows})\nGROUP BY `the_subject`, `the_part`");
        Statement { table: self.table, rows: asked.rows.clone(), columns, sql }
    }

    /// The rows with whose they are and in which part they lie.
    fn rows(&self, asked: &Question, number: usize) -> String {
        let subject = asked.subject.as_ref().map_or_else(|| "''".to_owned(), |column| sql::name(column));
        let view = sql::name(&view(self.table, number));
        let keep = match self.conditions.as_slice() {
            [Some(keep)] => format!(" WHERE {keep}"),
            _ => String::new(),
        };
        let rows =
            format!("SELECT *, {subject} AS `the_subject`, {} AS `the_part` FROM {view}{keep}", part(asked.parts));
        if !asked.newest {
            return rows;
        }
        let newest = "MAX(`date`) OVER (PARTITION BY `the_subject`, `the_part`) AS `the_newest`";
        format!(
            "SELECT * FROM (SELECT *, {newest} FROM ({rows})) WHERE `date` = `the_newest` AND `the_subject` IS NOT NULL"
        )
    }
}

fn column(side: char, member: usize, place: usize) -> String {
    format!("{side}{member}_{place}")
}

/// In which part a row lies; before the first day in one below nought.
fn part(parts: Parts) -> String {
    match parts {
        Parts::Whole => "0".to_owned(),
        Parts::Days(first) => format!("DATEDIFF(`date`, {})", sql::day(first)),
        Parts::Weeks(first) => {
            let begun =
                |week: u64| format!("WHEN `date` >= {} THEN {week}", sql::day(first + chrono::Days::new(7 * week)));
            format!("CASE {} ELSE -1 END", (0..4).rev().map(begun).collect::<Vec<String>>().join(" "))
        }
    }
}

fn known(question: &Question) -> Result<Table, Diagnostic> {
    let table = Table::from_name(&question.table);
    let table = table.ok_or_else(|| Diagnostic::error(format!("`{}` is no canonical table", question.table)))?;
    match &question.subject {
        Some(column) if table.column(column).is_none() => {
            Err(Diagnostic::error(format!("table `{}` has no column `{column}`", table.name())))
        }
        _ => Ok(table),
    }
}

/// All conditions of a question in one.
fn condition(question: &Question, table: Table) -> Result<Option<String>, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut said = Vec::new();
    for keep in &question.keep {
        match sql::condition(keep, table) {
            Ok(condition) => said.push(condition),
            Err(wrong) => found.push(wrong.hint(review::HINT)),
        }
    }
    found.into_result((!said.is_empty()).then(|| said.join(" AND ")))
}
