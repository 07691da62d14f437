//! A machine of one source and two jobs, for the operator's desk.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use scorepost::console::{Checked, Coverage, Covered, Fault, Grade, Kept, Machine, Planned, Trouble};
use scorepost::ledger::Ledger;
use scorepost::period::Period;
use scorepost::words::Bilingual;

/// A name as an attacker writes it.
pub const HOSTILE: &str = "<script>alert(1)</script>\"'&";

/// Tells what the ledger has, and else always the same.
pub struct OneMachine {
    pub ledger: Ledger,
    pub checked: Mutex<Option<Checked>>,
}

/// When everything was pulled.
pub fn pulled() -> DateTime<Utc> {
    "2026-11-08T02:00:00Z".parse().expect("an instant")
}

impl Machine for OneMachine {
    fn sources(&self) -> Vec<(String, Bilingual)> {
        vec![("shop".to_owned(), Bilingual::new("店铺", "The shop")), ("odd".to_owned(), Bilingual::same(HOSTILE))]
    }

    fn coverage(&self, source: &str, month: Option<Period>) -> anyhow::Result<Option<Coverage>> {
        if !self.sources().iter().any(|(id, _)| id == source) {
            return Ok(None);
        }
        let month = month.unwrap_or_else(|| Period::parse("2026-11").expect("a month"));
        let marks = [Kept::Final, Kept::Final, Kept::Open, Kept::Missing, Kept::Unwanted];
        let days = month.start.iter_days().zip(marks).collect();
        let chats = Covered {
            resource: "chats".to_owned(),
            days,
            ids: Some(4),
            pages: 12,
            records: 345,
            begun: Some((pulled() - TimeDelta::days(2), pulled())),
        };
        let agents =
            Covered { resource: "agents".to_owned(), days: Vec::new(), ids: None, pages: 1, records: 4, begun: None };
        Ok(Some(Coverage {
            month,
            zone: chrono_tz::Asia::Shanghai,
            last_pull: Some(("2026-10".to_owned(), pulled())),
            last_failure: Some(Trouble { period: "2026-11".to_owned(), at: pulled(), why: HOSTILE.to_owned() }),
            resources: vec![chats, agents],
        }))
    }

    fn schedule(&self) -> anyhow::Result<Vec<Planned>> {
        let planned = |job: &str, has_schedule: bool| -> anyhow::Result<Planned> {
            let pause = self.ledger.pause_of(job)?;
            Ok(Planned {
                job: job.to_owned(),
                title: Bilingual::same(job),
                zone: chrono_tz::Asia::Shanghai,
                has_schedule,
                last: self.ledger.runs(Some(job), 1)?.into_iter().next(),
                next: has_schedule.then(|| ("2026-12-01T01:00:00Z".parse().expect("an instant"), None)),
                why_not: pause
                    .iter()
                    .map(|pause| Bilingual::same(format!("{}: {}", pause.who, pause.reason)))
                    .collect(),
                pause,
            })
        };
        Ok(vec![planned("monthly", true)?, planned("weekly", false)?])
    }

    fn read_by(&self, run: &str) -> anyhow::Result<Vec<Bilingual>> {
        Ok(vec![Bilingual::same(format!("data shop of {run}"))])
    }

    fn settings(&self) -> Vec<(Bilingual, String)> {
        vec![(Bilingual::new("邮件", "mail"), "smtp://mail.example:25".to_owned())]
    }

    fn check(&self) -> Checked {
        let fault = |grade: Grade, message: &str, place: &str| Fault {
            grade,
            message: message.to_owned(),
            place: Some(place.to_owned()),
            next_steps: vec!["write a number".to_owned()],
        };
        let faults = vec![
            fault(Grade::Error, HOSTILE, "jobs/monthly.toml:3:1"),
            fault(Grade::Warning, "it is doubtful", "jobs/weekly.toml:2:1"),
            fault(Grade::Note, "it is as it may be", "sources/shop.toml:1:1"),
        ];
        let checked = Checked { at: pulled(), faults };
        *self.checked.lock().expect("a lock") = Some(checked.clone());
        checked
    }

    fn last_check(&self) -> Option<Checked> {
        self.checked.lock().expect("a lock").clone()
    }
}
