//! The ledger of events: what leaders write down about their people, with what shows it, and what they withdraw.

mod add;
mod entry;
mod team;
mod teams;
mod withdraw;

pub use add::add;
pub use team::show as team;
pub use teams::show as teams;
pub use withdraw::withdraw;

use std::sync::Arc;

use super::attend::Visit;
use super::desk::Desk;
use super::forms::job_and_period;
use super::refusal::Refusal;
use crate::ledger::NotRecorded;
use crate::period::Period;
use crate::scheme::Noted;
use crate::words::Bilingual;

/// Knows which events of a period can be written down about whom, and brings those that count to the next run.
pub trait Records: Send + Sync {
    /// What can be written down, and about whom; nothing while nobody is known, or where the scheme counts no events.
    fn sheet(&self, job: &str, period: &Period) -> anyhow::Result<Arc<RecordSheet>>;

    /// Brings the events of a team that count to where the job collects them.
    fn collect(&self, job: &str, period: &Period, team: &str) -> anyhow::Result<()>;
}

/// What can be written down, and about whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSheet {
    /// The kinds of events, in the order of the card.
    pub kinds: Vec<Noted>,
    /// The teams.
    pub teams: Vec<RecordTeam>,
    /// Whether what is written down comes to a run.
    pub is_collected: bool,
}

/// A team about whose people events are written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordTeam {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The staff numbers and names of its people.
    pub people: Vec<(String, String)>,
}

/// The team that a path names, and what can be written down about it.
struct Named {
    job: String,
    period: Period,
    sheet: Arc<RecordSheet>,
    /// Its place on the sheet.
    place: usize,
}

impl Named {
    /// The team of the path; one for which this person does not act is not there.
    fn of(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let sight = &visit.person()?.sight;
        let (job, period) = job_and_period(desk, visit.params.get("job"), visit.params.get("period"))?;
        let id = visit.params.get("team_id");
        if !sight.commands_in(&job, &period, Some(id)) {
            return Err(Refusal::NotFound);
        }
        let sheet = desk.console.records.sheet(&job, &period)?;
        let place = sheet.teams.iter().position(|team| team.id == id).ok_or(Refusal::NotFound)?;
        Ok(Self { job, period, sheet, place })
    }

    fn team(&self) -> &RecordTeam {
        &self.sheet.teams[self.place]
    }

    fn path(&self) -> String {
        path(&self.job, &self.period, &self.team().id)
    }
}

/// Where a team's events are.
fn path(job: &str, period: &Period, team: &str) -> String {
    let plain =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("/recorded/{}/{}/{}", plain(job), plain(&period.to_string()), plain(team))
}

/// The word by which a form names a kind.
fn word(kind: &Noted) -> String {
    [kind.kind.as_str()].into_iter().chain(kind.cause.as_deref()).collect::<Vec<_>>().join("/")
}

/// Nothing is written down that would count for nothing.
fn refuse_uncollected(named: &Named) -> Result<(), Refusal> {
    if named.sheet.is_collected {
        return Ok(());
    }
    Err(Refusal::Conflict(Bilingual::new(
        "该任务没有收表的数据源，请联系管理员添加 forms 并设置 FORMS_DIR。",
        "No source of this job collects forms; ask the operator to add `forms` and set FORMS_DIR.",
    )))
}

fn refused(error: anyhow::Error) -> Refusal {
    match error.downcast_ref() {
        Some(NotRecorded::Barred(bar)) => Refusal::Conflict(super::proposals::say_barred(*bar)),
        Some(NotRecorded::NoReason) => Refusal::Conflict(entry::say_evidence()),
        Some(NotRecorded::NoSuchEvent(_) | NotRecorded::NoSuchPerson(_)) => Refusal::NotFound,
        None => Refusal::Broken(error),
    }
}
