//! What was typed about an event, and whether it can be written down.

use chrono::NaiveDate;

use super::{Named, word};
use crate::console::fields::Fields;
use crate::exact::Exact;
use crate::ledger::{LONGEST_REASON, NewRecordedEvent};
use crate::scheme::Noted;
use crate::words::Bilingual;

/// How many one event stands for at most.
const MOST: u32 = 1000;
/// Letters of a number at most.
const LONGEST_NUMBER: usize = 20;

/// What was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) agent: String,
    pub(super) kind: String,
    pub(super) day: String,
    pub(super) count: String,
    pub(super) points: String,
    pub(super) evidence: String,
}

/// Under which key an event is written down, and by whom.
pub(super) struct Stamp {
    pub(super) key: String,
    pub(super) author: String,
}

impl Entry {
    pub(super) fn typed(form: &Fields) -> Self {
        let text = |name: &str| form.get(name).trim().to_owned();
        Self {
            agent: text("agent"),
            kind: text("kind"),
            day: text("day"),
            count: text("count"),
            points: text("points"),
            evidence: text("evidence"),
        }
    }

    /// The event, or why it cannot be written down.
    pub(super) fn read(&self, named: &Named, stamp: Stamp) -> Result<NewRecordedEvent, Bilingual> {
        let (agent, name) =
            named.team().people.iter().find(|(id, _)| *id == self.agent).cloned().ok_or_else(say_whom)?;
        let kind = named.sheet.kinds.iter().find(|kind| word(kind) == self.kind).ok_or_else(say_which)?;
        let day: NaiveDate = self.day.parse().map_err(|_| say_day(named))?;
        if !named.days().contains(&day) {
            return Err(say_day(named));
        }
        let count = if self.count.is_empty() { Ok(1) } else { self.count.parse() };
        let count = count.ok().filter(|count| (1..=MOST).contains(count)).ok_or_else(say_count)?;
        if self.evidence.is_empty() || self.evidence.chars().count() > LONGEST_REASON {
            return Err(say_evidence());
        }
        Ok(NewRecordedEvent {
            key: stamp.key,
            job: named.job.clone(),
            period: named.period,
            team: named.team().id.clone(),
            agent,
            name,
            day,
            kind: kind.kind.clone(),
            cause: kind.cause.clone(),
            points: self.read_points(kind)?,
            count,
            evidence: self.evidence.clone(),
            author: stamp.author,
        })
    }

    /// The points where the kind takes them from the event; others are refused, so that nobody thinks they count.
    fn read_points(&self, kind: &Noted) -> Result<Option<Exact>, Bilingual> {
        match (&kind.points, self.points.as_str()) {
            (None, "") => Ok(None),
            (None, _) => Err(say_no_points()),
            (Some((least, most)), typed) => {
                let number = Exact::parse(typed).filter(|_| typed.len() <= LONGEST_NUMBER && !typed.contains('%'));
                let number = number.filter(|number| least <= number && number <= most);
                number.map(Some).ok_or_else(|| say_points(least, most))
            }
        }
    }
}

fn say_whom() -> Bilingual {
    Bilingual::new("请选择本团队的一名客服。", "Choose a person of this team.")
}

fn say_which() -> Bilingual {
    Bilingual::new("请选择方案里的一种事件。", "Choose a kind of event that the scheme counts.")
}

fn say_day(named: &Named) -> Bilingual {
    let (first, last) = named.days().into_inner();
    if !named.has_begun() {
        return say_not_begun();
    }
    Bilingual::new(
        format!("日期应在 {first} 至 {last} 之间。"),
        format!("The day must lie between {first} and {last}."),
    )
}

pub(super) fn say_not_begun() -> Bilingual {
    Bilingual::new("该周期尚未开始，还不能登记。", "This period has not begun: nothing can have happened in it.")
}

fn say_count() -> Bilingual {
    Bilingual::new(format!("次数为 1 至 {MOST} 的整数。"), format!("How often: a whole number from 1 to {MOST}."))
}

fn say_points(least: &Exact, most: &Exact) -> Bilingual {
    let (least, most) = (least.trimmed(6), most.trimmed(6));
    Bilingual::new(
        format!("该事件要写分值：{least} 至 {most}。"),
        format!("This kind needs its points: from {least} to {most}."),
    )
}

fn say_no_points() -> Bilingual {
    Bilingual::new("该事件的分值由方案规定，请留空。", "The scheme says the points of this kind: leave them empty.")
}

pub(super) fn say_evidence() -> Bilingual {
    Bilingual::new(
        format!("请写明依据或理由（不超过 {LONGEST_REASON} 字）。"),
        format!("Say what shows it, in at most {LONGEST_REASON} letters."),
    )
}
