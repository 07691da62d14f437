//! `sources status`: a calendar of what is kept.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::{Value, json};

use crate::extract::{Mark, ResourceStatus, SourceStatus};
use crate::pipeline::{self, Pipeline};
use crate::source::Source;
use crate::words::Locale;

use super::super::Ending;
use super::super::arguments::StatusOptions;
use super::super::printer::Printer;

/// Prints the days of a period for one source or all.
pub(super) async fn status(pipeline: &Pipeline, options: &StatusOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let sources = match &options.source {
        Some(id) => vec![super::find(pipeline, id)?],
        None => pipeline::in_order(pipeline),
    };
    let locale = pipeline.settings.locale;
    let mut facts = Vec::new();
    for source in sources {
        let period = super::period(pipeline, source, &options.period)?;
        let status = pipeline::source_status(pipeline, source, period).await?;
        let view = View { source, now: pipeline.settings.clock.now(), locale };
        view.lines(&period.to_string(), &status).iter().for_each(|line| printer.line(line));
        facts.push(json!({ "period": period.to_string(), "status": view.facts(&status) }));
    }
    printer.line(match locale {
        Locale::Zh => "● 已定 ◐ 仍会变化，将重取 ○ 缺 · 不需要（未到，或接口已不再提供）；每周一换组",
        Locale::En => "● final ◐ may still change, is pulled again ○ missing · not wanted (not there yet, or no longer to be had); groups begin on Monday",
    });
    printer.document(&json!(facts));
    Ok(Ending::Done)
}

/// How one source is shown.
struct View<'a> {
    source: &'a Source,
    now: DateTime<Utc>,
    locale: Locale,
}

impl View<'_> {
    fn lines(&self, period: &str, status: &SourceStatus) -> Vec<String> {
        let title = self.source.title.get(self.locale);
        let mut lines = vec![format!("{} {title} · {period}", status.source)];
        if let Some((period, begun)) = &status.last_pull {
            lines.push(format!("  {} {} ({period})", self.say("上次取数", "last pull"), self.instant(*begun)));
        }
        if let Some(failure) = &status.last_failure {
            let (words, at) = (self.say("上次失败", "last failure"), self.instant(failure.at));
            lines.push(format!("  {words} {at} ({}): {}", failure.period, failure.why));
        }
        for resource in &status.resources {
            lines.extend(self.resource(resource));
        }
        lines
    }

    fn resource(&self, resource: &ResourceStatus) -> Vec<String> {
        let age = match resource.begun {
            None => self.say("未取过", "never pulled").to_owned(),
            Some((oldest, newest)) => format!("{} … {}", self.age(oldest), self.age(newest)),
        };
        let ids = resource.ids.map_or_else(String::new, |ids| format!(" · {ids} {}", self.say("个账号", "ids")));
        let (pages, records) = (resource.pages, resource.records);
        let counts = match self.locale {
            Locale::Zh => format!("{pages} 页 {records} 条{ids} · {age}"),
            Locale::En => format!("{pages} pages, {records} records{ids} · {age}"),
        };
        let mut lines = vec![format!("  {} · {counts}", resource.resource)];
        lines.extend(months(&resource.days).into_iter().map(|(month, marks)| format!("    {month} {marks}")));
        lines
    }

    fn instant(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.source.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// How long ago something was.
    fn age(&self, at: DateTime<Utc>) -> String {
        let age = (self.now - at).max(TimeDelta::zero());
        match (age.num_days(), age.num_hours(), age.num_minutes()) {
            (0, 0, minutes) => format!("{minutes} {}", self.say("分钟前", "min ago")),
            (0, hours, _) => format!("{hours} {}", self.say("小时前", "h ago")),
            (days, ..) => format!("{days} {}", self.say("天前", "d ago")),
        }
    }

    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.locale.say(zh, en)
    }

    fn facts(&self, status: &SourceStatus) -> Value {
        let failure =
            |one: &crate::extract::Failure| json!({ "at": one.at.to_rfc3339(), "period": one.period, "why": one.why });
        let resource = |one: &ResourceStatus| {
            let days: serde_json::Map<String, Value> =
                one.days.iter().map(|(day, mark)| (day.to_string(), json!(word(*mark)))).collect();
            json!({
                "resource": one.resource, "days": days, "ids": one.ids, "walks": one.walks, "pages": one.pages,
                "records": one.records, "oldest": one.begun.map(|(oldest, _)| oldest.to_rfc3339()),
                "newest": one.begun.map(|(_, newest)| newest.to_rfc3339()),
            })
        };
        json!({
            "source": status.source, "resources": status.resources.iter().map(resource).collect::<Vec<_>>(),
            "last_failure": status.last_failure.as_ref().map(failure),
            "last_pull": status.last_pull.as_ref().map(|(period, at)| json!({ "period": period, "at": at.to_rfc3339() })),
        })
    }
}

/// The marks of each month, in groups that begin on Monday.
fn months(days: &[(NaiveDate, Mark)]) -> Vec<(String, String)> {
    let mut months: Vec<(String, String)> = Vec::new();
    for (day, mark) in days {
        let month = day.format("%Y-%m").to_string();
        if months.last().is_none_or(|(last, _)| *last != month) {
            months.push((month, String::new()));
        } else if day.weekday() == Weekday::Mon
            && let Some((_, marks)) = months.last_mut()
        {
            marks.push(' ');
        }
        if let Some((_, marks)) = months.last_mut() {
            marks.push(sign(*mark));
        }
    }
    months
}

fn sign(mark: Mark) -> char {
    match mark {
        Mark::Final => '●',
        Mark::Open => '◐',
        Mark::Missing => '○',
        Mark::Unwanted => '·',
    }
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Final => "final",
        Mark::Open => "open",
        Mark::Missing => "missing",
        Mark::Unwanted => "unwanted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_lines_and_weeks_are_groups() {
        let first: NaiveDate = "2026-10-30".parse().expect("a day");
        let marks = [Mark::Final, Mark::Final, Mark::Open, Mark::Missing, Mark::Unwanted];
        let days: Vec<(NaiveDate, Mark)> = first.iter_days().zip(marks).collect();
        let months = months(&days);
        assert_eq!(months, [("2026-10".to_owned(), "●●".to_owned()), ("2026-11".to_owned(), "◐ ○·".to_owned())]);
    }
}
