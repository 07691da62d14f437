//! The console's way to files and the lake: the schedule, what is kept of the sources, the settings and what is wrong in them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use url::Url;

use crate::cli::{check, jobs, show};
use crate::console::{Checked, Coverage, Covered, Fault, Grade, Kept, Machine, Planned, Trouble};
use crate::diag::{Diagnostic, Severity};
use crate::extract::{Mark, ResourceStatus};
use crate::period::{Cycle, Period};
use crate::pipeline::{self, Pipeline};
use crate::words::Bilingual;

/// This machine, with what the last look at its files found.
pub(super) struct ThisMachine {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) checked: Mutex<Option<Checked>>,
}

impl Machine for ThisMachine {
    fn sources(&self) -> Vec<(String, Bilingual)> {
        pipeline::in_order(&self.pipeline).into_iter().map(|one| (one.id.clone(), one.title.clone())).collect()
    }

    fn coverage(&self, source: &str, month: Option<Period>) -> anyhow::Result<Option<Coverage>> {
        let Some(source) = self.pipeline.sources.get(source) else { return Ok(None) };
        let today = self.pipeline.settings.clock.now().with_timezone(&source.zone).date_naive();
        let month = month.unwrap_or_else(|| Period::containing(Cycle::Month, today));
        // Pages are answered on threads that may wait.
        let status = Handle::current().block_on(pipeline::source_status(&self.pipeline, source, month))?;
        let trouble = status.last_failure.map(|one| Trouble { period: one.period, at: one.at, why: one.why });
        Ok(Some(Coverage {
            month,
            zone: source.zone,
            last_pull: status.last_pull,
            last_failure: trouble,
            resources: status.resources.into_iter().map(covered).collect(),
        }))
    }

    fn schedule(&self) -> anyhow::Result<Vec<Planned>> {
        self.pipeline
            .jobs
            .all()
            .iter()
            .map(|job| jobs::Line::of(&self.pipeline, job).map(jobs::Line::planned))
            .collect()
    }

    fn read_by(&self, run: &str) -> anyhow::Result<Vec<Bilingual>> {
        let read = pipeline::manifest(&self.pipeline, run)?.unwrap_or_default();
        Ok(read.iter().map(show::read).collect())
    }

    fn settings(&self) -> Vec<(Bilingual, String)> {
        let settings = &self.pipeline.settings;
        let relays: Vec<String> = settings.mail_url.split_whitespace().map(without_secrets).collect();
        let scheme = if settings.console_tls.is_some() { "https" } else { "http" };
        let console =
            settings.console_url.as_ref().map_or_else(|| format!("{scheme}://{}", settings.listen), Url::to_string);
        vec![
            (Bilingual::new("数据目录", "data folder"), settings.data.display().to_string()),
            (Bilingual::new("任务目录", "jobs folder"), settings.jobs.display().to_string()),
            (Bilingual::new("模板目录", "templates folder"), settings.templates.display().to_string()),
            (Bilingual::new("台账", "ledger"), settings.ledger.to_string()),
            (Bilingual::new("邮件", "mail"), relays.join(" ")),
            (Bilingual::new("控制台", "console"), console),
            (Bilingual::new("语言", "language"), settings.locale.tag().to_owned()),
            (Bilingual::new("签发单位", "issuer"), settings.house.company.get(settings.locale).to_owned()),
        ]
    }

    fn check(&self) -> Checked {
        let settings = &self.pipeline.settings;
        let found = check::files(settings, &check::Known::Ledger(self.pipeline.ledger.clone()));
        let faults = found.sorted().into_iter().map(fault).collect();
        let checked = Checked { at: settings.clock.now(), faults };
        *self.checked.lock().unwrap_or_else(PoisonError::into_inner) = Some(checked.clone());
        checked
    }

    fn last_check(&self) -> Option<Checked> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn covered(status: ResourceStatus) -> Covered {
    Covered {
        resource: status.resource,
        days: status.days.into_iter().map(|(day, mark)| (day, kept(mark))).collect(),
        ids: status.ids,
        pages: status.pages,
        records: status.records,
        begun: status.begun,
    }
}

fn kept(mark: Mark) -> Kept {
    match mark {
        Mark::Final => Kept::Final,
        Mark::Open => Kept::Open,
        Mark::Missing => Kept::Missing,
        Mark::Unwanted => Kept::Unwanted,
    }
}

/// Without the line of the file: a password may stand in it.
fn fault(one: &Diagnostic) -> Fault {
    let place = one.place.as_ref().map(|place| {
        let (line, column) = place.line_and_column();
        format!("{}:{line}:{column}", place.file.path.display())
    });
    let grade = match one.severity {
        Severity::Error => Grade::Error,
        Severity::Warning => Grade::Warning,
        Severity::Note => Grade::Note,
    };
    Fault { grade, message: one.message.clone(), place, next_steps: one.hints.clone() }
}

/// An address without user, password and query; of one that cannot be read only its kind.
fn without_secrets(address: &str) -> String {
    let Some((kind, _)) = address.split_once("://") else { return address.to_owned() };
    match Url::parse(address) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{kind}://{}{port}", url.host_str().unwrap_or_default())
        }
        Err(_) => format!("{kind}://…"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (address, shown) in [
            ("folder:/tmp/out", "folder:/tmp/out"),
            ("smtp://boss:word@mail.example:25", "smtp://mail.example:25"),
            ("smtps://boss:w%40rd@mail.example/?token=word", "smtps://mail.example"),
            ("smtp+starttls://boss:word@mail.example:587", "smtp+starttls://mail.example:587"),
            ("smtp://boss:word@[broken", "smtp://…"),
        ] {
            assert_eq!(without_secrets(address), shown);
        }
    }
}
