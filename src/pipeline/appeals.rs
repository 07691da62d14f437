//! Until when a card can be questioned, and where.

use chrono::{DateTime, NaiveTime, TimeZone, Utc};

use crate::job::Job;
use crate::ledger::{Document, DocumentKind};

use super::Pipeline;

/// Notes until when cards of this cut-off can be questioned; a house that names no days leaves them open to nobody.
pub(super) fn open_windows(
    pipeline: &Pipeline,
    job: &Job,
    cards: &[i64],
    cut_off: DateTime<Utc>,
) -> anyhow::Result<()> {
    let days = pipeline.settings.house.appeal_days;
    if cards.is_empty() || days == 0 {
        return Ok(());
    }
    pipeline.ledger.open_windows(cards, window_end(job, cut_off, days))
}

/// The end of the last day that the card names, on the job's clocks.
fn window_end(job: &Job, cut_off: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    let last = job.calendar.working_days_after(cut_off.with_timezone(&job.time_zone).date_naive(), days);
    let midnight = last.succ_opt().unwrap_or(last).and_time(NaiveTime::MIN);
    let end = job.time_zone.from_local_datetime(&midnight);
    // Where the clocks skip midnight, the day ends as the calendar of UTC says.
    end.earliest().map_or_else(|| midnight.and_utc(), |end| end.with_timezone(&Utc))
}

/// Where the agent questions the card and says that it was read; nothing where no address of the console is set.
pub(super) fn link(pipeline: &Pipeline, card: &Document) -> anyhow::Result<Option<String>> {
    let Some(console) = pipeline.settings.console_url.as_ref().filter(|_| card.kind == DocumentKind::Card) else {
        return Ok(None);
    };
    let word = pipeline.ledger.sign_link(card)?;
    Ok(word.map(|word| format!("{}/my/{word}", console.as_str().trim_end_matches('/'))))
}
