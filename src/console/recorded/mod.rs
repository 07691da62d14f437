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

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::NaiveDate;

use super::attend::Visit;
use super::desk::Desk;
use super::home::zone_of;
use super::periods;
use super::refusal::Refusal;
use crate::ledger::{Bar, NewRecordedEvent, NotRecorded, RecordedEvent, RecordedTally};
use crate::period::Period;
use crate::scheme::Noted;
use crate::words::Bilingual;

/// Where the teams of a period are listed.
const LIST: &str = "/recorded";

/// Knows which events of a period can be written down about whom, and brings those that count to the next run.
pub trait Records: Send + Sync {
    /// What can be written down, and about whom; nothing while nobody is known, or where the scheme counts no events.
    fn sheet(&self, job: &str, period: &Period) -> anyhow::Result<Arc<RecordSheet>>;

    /// Brings the events that count to where the job collects them.
    fn collect(&self, job: &str, period: &Period) -> anyhow::Result<()>;
}

/// What can be written down, and about whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSheet {
    /// The kinds of events, in the order of the card.
    pub kinds: Vec<Noted>,
    /// The teams.
    pub teams: Vec<RecordTeam>,
    /// The period as of which these people are known, where that is an earlier one.
    pub known_since: Option<Period>,
    /// Whether what is written down comes to a run.
    pub collection: Collection,
}

/// Where what is written down goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Collection {
    /// No source of the job collects workbooks.
    #[default]
    Nowhere,
    /// This source collects workbooks, but none with events.
    WithoutEvents(String),
    /// A run reads it.
    Works,
}

impl RecordSheet {
    /// Whose events belong to each team: where the agent is now, else where they were when the events were written down.
    fn by_team(&self, tallies: Vec<RecordedTally>) -> BTreeMap<String, Vec<RecordedTally>> {
        let people = |team: &'_ RecordTeam| -> Vec<(String, String)> {
            team.people.iter().map(|(id, _)| (id.clone(), team.id.clone())).collect()
        };
        let homes: BTreeMap<String, String> = self.teams.iter().flat_map(people).collect();
        let mut by_team: BTreeMap<String, Vec<RecordedTally>> = BTreeMap::new();
        for tally in tallies {
            by_team.entry(homes.get(&tally.agent).unwrap_or(&tally.team).clone()).or_default().push(tally);
        }
        by_team
    }
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
    /// Today, where the job is.
    today: NaiveDate,
}

impl Named {
    /// The team of the path; one for which this person does not act is not there.
    fn of(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let sight = &visit.person()?.sight;
        let (job, period) = periods::named(desk, visit)?;
        let id = visit.params.get("team_id");
        if !sight.commands_in(&job, &period, Some(id)) {
            return Err(Refusal::NotFound);
        }
        let sheet = desk.console.records.sheet(&job, &period)?;
        let place = sheet.teams.iter().position(|team| team.id == id).ok_or(Refusal::NotFound)?;
        let today = desk.console.clock.now().with_timezone(&zone_of(desk, &job)).date_naive();
        Ok(Self { job, period, sheet, place, today })
    }

    /// Whether anything can have happened in the period.
    fn has_begun(&self) -> bool {
        self.period.start <= self.today
    }

    /// The days of the period until today.
    fn days(&self) -> RangeInclusive<NaiveDate> {
        self.period.start..=self.period.last_day().min(self.today)
    }

    /// Why nothing can be written down now; nothing where something can.
    fn closed(&self) -> Option<Bilingual> {
        say_uncollected(&self.sheet.collection).or_else(|| (!self.has_begun()).then(entry::say_not_begun))
    }

    /// Whose events belong to the team as it is now.
    fn tallies(&self, desk: &Desk) -> anyhow::Result<Vec<RecordedTally>> {
        let all = desk.console.ledger.recorded_tallies(&self.job, &self.period)?;
        Ok(self.sheet.by_team(all).remove(&self.team().id).unwrap_or_default())
    }

    /// Whether an event belongs to the team as it is now.
    fn has(&self, desk: &Desk, event: &RecordedEvent) -> anyhow::Result<bool> {
        let NewRecordedEvent { job, period, team, agent, .. } = &event.what;
        let is_here = *job == self.job && *period == self.period;
        Ok(is_here && self.tallies(desk)?.iter().any(|one| one.team == *team && one.agent == *agent))
    }

    fn team(&self) -> &RecordTeam {
        &self.sheet.teams[self.place]
    }

    fn path(&self) -> String {
        periods::path(LIST, &self.job, &self.period, &self.team().id)
    }
}

/// The word by which a form names a kind.
fn word(kind: &Noted) -> String {
    [kind.kind.as_str()].into_iter().chain(kind.cause.as_deref()).collect::<Vec<_>>().join("/")
}

/// Nothing is written down that would count for nothing.
fn refuse_uncollected(named: &Named) -> Result<(), Refusal> {
    say_uncollected(&named.sheet.collection).map_or(Ok(()), |why| Err(Refusal::Conflict(why)))
}

/// Why nothing that is written down would count.
fn say_uncollected(collection: &Collection) -> Option<Bilingual> {
    match collection {
        Collection::Works => None,
        Collection::Nowhere => Some(Bilingual::new(
            "该任务没有收表的数据源，登记了也不会计分。请联系管理员添加 forms 并设置 FORMS_DIR。",
            "No source of this job collects forms, so nothing would count. Ask the operator to add `forms` and set FORMS_DIR.",
        )),
        Collection::WithoutEvents(source) => Some(Bilingual::new(
            format!("该任务的数据源 {source} 没有 events 资源，登记了也不会计分。请管理员从随附的 forms.toml 复制。"),
            format!(
                "The job's source `{source}` has no resource for `events`, so nothing would count: copy it from the shipped \
                 `forms.toml`."
            ),
        )),
    }
}

/// The key of the form is none, or another event's.
fn say_again() -> Bilingual {
    Bilingual::new(
        "这张表单已经登记过另一条事件。请核对后再次提交。",
        "This form was used for another event already. Look at it and send it again.",
    )
}

fn say_barred(bar: Bar) -> Bilingual {
    match bar {
        Bar::AboutThemself => Bilingual::new(
            "不能登记或撤销关于您本人的事件，请由人事或其他主管处理。",
            "Nobody writes down or withdraws events about themself: ask HR or another manager.",
        ),
        Bar::NotTheirTeam | Bar::Disabled => Bilingual::new(
            "只有该团队的主管、人事或管理员可以登记或撤销。",
            "Only a manager of that team, HR or an operator writes events down or withdraws them.",
        ),
    }
}

fn refused(error: anyhow::Error) -> Refusal {
    match error.downcast_ref() {
        Some(NotRecorded::Barred(bar)) => Refusal::Conflict(say_barred(*bar)),
        Some(NotRecorded::NoKey | NotRecorded::OtherUnderKey) => Refusal::Conflict(say_again()),
        Some(NotRecorded::NoReason) => Refusal::Conflict(entry::say_evidence()),
        Some(NotRecorded::NoSuchEvent(_) | NotRecorded::NoSuchPerson(_)) => Refusal::NotFound,
        None => Refusal::Broken(error),
    }
}
