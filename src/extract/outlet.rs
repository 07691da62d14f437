//! Where the rows of a long walk go while it is under way: into a load of its own, so that memory does not grow with it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use tokio::task::JoinHandle;

use super::lake::{Growing, Label, Name, Sheet};
use super::map::rows::Rows;

/// How many rows of a walk wait in memory at most.
const MOST_WAITING: usize = 20_000;

/// When rows may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relief {
    /// After every page.
    EachPage,
    /// After every leg: until then it may turn out too large, and its rows do not count.
    EachLeg,
}

/// The way of one walk's rows into the lake.
pub struct Outlet<'a> {
    lake: PathBuf,
    name: Name<'a>,
    relief: Relief,
    days: Option<(NaiveDate, NaiveDate)>,
    /// The chunk that is written while the next one gathers.
    writing: Option<JoinHandle<Result<Growing>>>,
    strayed: bool,
}

impl<'a> Outlet<'a> {
    /// For a walk that asks for these days; `name` is that of its load.
    pub fn new(lake: &Path, name: Name<'a>, relief: Relief, days: Option<(NaiveDate, NaiveDate)>) -> Self {
        Self { lake: lake.to_owned(), name, relief, days, writing: None, strayed: false }
    }

    /// Whether a leg that turns out too large has left nothing here.
    pub fn holds_whole_legs(&self) -> bool {
        self.relief == Relief::EachLeg || self.writing.is_none()
    }

    /// Takes the rows of a leg that goes on, if they are many and may go.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn after_page(&mut self, waiting: &mut [Rows]) -> Result<()> {
        match self.relief {
            Relief::EachPage => self.after_leg(waiting).await,
            Relief::EachLeg => Ok(()),
        }
    }

    /// Takes the rows of whole legs, if they are many; one list for each rule of the mapping.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn after_leg(&mut self, waiting: &mut [Rows]) -> Result<()> {
        if waiting.iter().map(|rows| rows.height).sum::<usize>() < MOST_WAITING || is_mixed(waiting) {
            return Ok(());
        }
        self.take(waiting).await
    }

    async fn take(&mut self, waiting: &mut [Rows]) -> Result<()> {
        let rows: Vec<Rows> = waiting.iter_mut().map(Rows::take).filter(|rows| rows.height > 0).collect();
        self.strayed |= rows.iter().any(|rows| strays(rows, self.days));
        let mut growing = match self.writing.take() {
            Some(writing) => written(writing).await?,
            None => Growing::new(&self.lake, self.name),
        };
        self.writing = Some(tokio::task::spawn_blocking(move || {
            rows.into_iter().try_for_each(|rows| growing.add(Sheet::of_walk(rows, 0)))?;
            Ok(growing)
        }));
        Ok(())
    }

    /// Leaves nothing of what was taken; returns when that is so.
    pub async fn abandon(&mut self) {
        if let Some(writing) = self.writing.take() {
            drop(writing.await);
        }
    }

    /// The load of the walk with the last of its rows; none when they are few enough to wait, so that they lie in a load
    /// with those of other walks.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn finish(&mut self, waiting: &mut [Rows]) -> Result<Option<Own>> {
        if self.writing.is_some() {
            self.take(waiting).await?;
        }
        let Some(writing) = self.writing.take() else { return Ok(None) };
        Ok(Some(Own { growing: written(writing).await?, strayed: self.strayed }))
    }
}

/// The load of one walk, which nobody sees yet.
pub struct Own {
    /// Its files.
    pub growing: Growing,
    /// Whether a row lies on a day that was not asked for.
    pub strayed: bool,
}

/// Whether some rows lie on days that were not asked for.
pub fn strays(rows: &Rows, days: Option<(NaiveDate, NaiveDate)>) -> bool {
    days.is_some_and(|days| Label::of(rows).iter().any(|one| one.strays(rows.table, days)))
}

/// Whether two rules of the mapping fill one table: in chunks their rows would lie in another order than in one piece.
fn is_mixed(waiting: &[Rows]) -> bool {
    let tables = || waiting.iter().map(|rows| rows.table);
    tables().enumerate().any(|(place, table)| tables().take(place).any(|other| other == table))
}

async fn written(writing: JoinHandle<Result<Growing>>) -> Result<Growing> {
    writing.await.context("writing rows was interrupted")?
}
