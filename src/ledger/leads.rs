//! Who led which team in which period, as the rosters of scored runs say; read at every request of a manager.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};

use super::Ledger;
use super::grants::{Grant, grants_of};
use super::people::{Role, User};
use super::store::{self, Connection, Row, params};
use super::stored::{At, Label};
use crate::period::Period;

/// One manager of one team, as the roster of a run has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TeamLead {
    /// The team's id.
    pub team: String,
    /// The manager's staff number.
    pub manager: String,
    /// Whether they led it when the run's data ended, and not only earlier in the period.
    pub in_office: bool,
}

/// The teams of one person, with the periods for which they are theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Led {
    today: NaiveDate,
    grants: Vec<Grant>,
    jobs: BTreeMap<String, BTreeMap<PeriodKey, Stand>>,
}

/// Sorts periods by their first day, and tells a month from a quarter that begins with it.
type PeriodKey = (NaiveDate, String);

/// What one roster says of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stand {
    led: BTreeSet<String>,
    in_office: BTreeSet<String>,
}

impl Led {
    /// Whether they may look at a team's things of this period: they led it on some day, or were given it.
    pub fn sees(&self, job: &str, period: &Period, team: &str) -> bool {
        self.is_granted(period, team) || self.stand(job, period).is_some_and(|(_, led)| led.contains(team))
    }

    /// Whether they act for a team in this period: they were the last to lead it, or were given it.
    pub fn commands(&self, job: &str, period: &Period, team: &str) -> bool {
        self.is_granted(period, team) || self.stand(job, period).is_some_and(|(last, _)| last.contains(team))
    }

    /// The teams at whose things of this period they may look.
    pub fn teams_of(&self, job: &str, period: &Period) -> BTreeSet<String> {
        let granted = self.grants.iter().filter(|grant| grant.covers(period)).map(|grant| grant.team.clone());
        let led = self.stand(job, period).into_iter().flat_map(|(_, led)| led.iter().cloned());
        granted.chain(led).collect()
    }

    /// The teams for which they act at present.
    pub fn now(&self) -> BTreeSet<String> {
        let newest = self.jobs.values().filter_map(|periods| periods.values().next_back());
        let led = newest.flat_map(|stand| stand.in_office.iter().cloned());
        let granted = self.grants.iter().filter(|grant| grant.holds_on(self.today)).map(|grant| grant.team.clone());
        granted.chain(led).collect()
    }

    /// Every team that they lead, led or were given, in whatever period.
    pub fn ever(&self) -> BTreeSet<String> {
        let led = self.jobs.values().flat_map(BTreeMap::values).flat_map(|stand| stand.led.iter().cloned());
        led.chain(self.grants.iter().map(|grant| grant.team.clone())).collect()
    }

    fn is_granted(&self, period: &Period, team: &str) -> bool {
        self.grants.iter().any(|grant| grant.team == team && grant.covers(period))
    }

    /// Those of the period's own roster; a period that was never scored has the leaders of the last one before it.
    fn stand(&self, job: &str, period: &Period) -> Option<(&BTreeSet<String>, &BTreeSet<String>)> {
        let periods = self.jobs.get(job)?;
        let key = (period.start, period.to_string());
        match periods.get(&key) {
            Some(stand) => Some((&stand.in_office, &stand.led)),
            None => periods.range(..key).next_back().map(|(_, stand)| (&stand.in_office, &stand.in_office)),
        }
    }
}

impl Ledger {
    /// Keeps what a run's roster says of a period, in place of what was known of it.
    pub fn record_leads(&self, job: &str, period: &Period, leads: &BTreeSet<TeamLead>) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "INSERT INTO rosters (job, period, recorded_at) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (job, period) DO UPDATE SET recorded_at = excluded.recorded_at";
            transaction.execute(sql, params![job, Label(*period), At(now)])?;
            let sql = "DELETE FROM team_leads WHERE job = ?1 AND period = ?2";
            transaction.execute(sql, params![job, Label(*period)])?;
            let sql = "INSERT INTO team_leads (job, period, team, manager, in_office) VALUES (?1, ?2, ?3, ?4, ?5) \
                       ON CONFLICT (job, period, team, manager) DO UPDATE SET in_office = 1";
            let mut statement = transaction.prepare_cached(sql)?;
            // Whoever was in office comes last, so that a second row of one person never takes the office away.
            for lead in leads {
                statement.execute(params![job, Label(*period), lead.team, lead.manager, lead.in_office])?;
            }
            Ok(())
        })
    }

    /// The teams of a user as the rosters and the grants have them now; none for whoever is no manager.
    pub fn led_by(&self, user: &User) -> Result<Led> {
        let today = self.now().date_naive();
        self.read(|connection| led_by(connection, user, today))
    }
}

/// The teams of a user, inside a caller's transaction.
pub(super) fn led_by(connection: &Connection, user: &User, today: NaiveDate) -> Result<Led> {
    if user.role != Role::Manager {
        return Ok(Led { today, ..Led::default() });
    }
    let always = user.teams.iter().map(|team| Grant::always(team));
    let grants = always.chain(grants_of(connection, &user.name)?).collect();
    let jobs = match &user.staff_number {
        Some(number) => stands(connection, number)?,
        None => BTreeMap::new(),
    };
    Ok(Led { today, grants, jobs })
}

/// What every roster says of one staff number; where it says nothing, that they led none.
fn stands(connection: &Connection, number: &str) -> Result<BTreeMap<String, BTreeMap<PeriodKey, Stand>>> {
    let mut jobs: BTreeMap<String, BTreeMap<PeriodKey, Stand>> = BTreeMap::new();
    let sql = "SELECT rosters.job AS job, rosters.period AS period, team_leads.team AS team, \
               coalesce(team_leads.in_office, 0) AS in_office FROM rosters LEFT JOIN team_leads \
               ON team_leads.job = rosters.job AND team_leads.period = rosters.period AND team_leads.manager = ?1 \
               WHERE rosters.job IN (SELECT job FROM team_leads WHERE manager = ?1)";
    let mut statement = connection.prepare_cached(sql)?;
    for row in statement.query_map([number], read_stand)? {
        let (job, period, team, in_office) = row?;
        let stand = jobs.entry(job).or_default().entry((period.start, period.to_string())).or_default();
        stand.led.extend(team.clone());
        stand.in_office.extend(team.filter(|_| in_office));
    }
    Ok(jobs)
}

fn read_stand(row: &Row<'_>) -> store::Result<(String, Period, Option<String>, bool)> {
    Ok((row.get("job")?, row.get::<_, Label>("period")?.0, row.get("team")?, row.get("in_office")?))
}

/// Forgets the rosters that nobody recorded since `cutoff`.
pub(super) fn forget_rosters(connection: &Connection, cutoff: DateTime<Utc>) -> Result<()> {
    let aged = "SELECT 1 FROM rosters WHERE rosters.job = team_leads.job AND rosters.period = team_leads.period \
                AND rosters.recorded_at < ?1";
    connection.execute(&format!("DELETE FROM team_leads WHERE EXISTS ({aged})"), [At(cutoff)])?;
    connection.execute("DELETE FROM rosters WHERE recorded_at < ?1", [At(cutoff)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, period, user};

    fn lead(team: &str, manager: &str, in_office: bool) -> TeamLead {
        TeamLead { team: team.to_owned(), manager: manager.to_owned(), in_office }
    }

    fn manager(ledger: &Ledger, number: &str) -> User {
        let user = User { staff_number: Some(number.to_owned()), ..user(number, Role::Manager, ledger.now()) };
        ledger.put_user(&user).expect("a user");
        user
    }

    /// M1 led T1 to the end of September and part of October; M2 leads it since, and T2 in November.
    fn shop() -> Ledger {
        let (ledger, _) = ledger();
        for (label, leads) in [
            ("2026-09", vec![lead("T1", "M1", true)]),
            ("2026-10", vec![lead("T1", "M1", false), lead("T1", "M2", true)]),
            ("2026-11", vec![lead("T1", "M2", true), lead("T2", "M2", true)]),
        ] {
            ledger.record_leads("monthly", &period(label), &leads.into_iter().collect()).expect("recorded");
        }
        ledger
    }

    #[test]
    fn each_period_belongs_to_those_who_led_it_and_is_acted_on_by_the_last() {
        let ledger = shop();
        let led = |number: &str| ledger.led_by(&manager(&ledger, number)).expect("teams");
        let (old, new) = (led("M1"), led("M2"));
        let looks = |led: &Led, team: &str| {
            ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12"]
                .map(|label| (led.sees("monthly", &period(label), team), led.commands("monthly", &period(label), team)))
        };
        let (no, look, all) = ((false, false), (true, false), (true, true));
        assert_eq!(looks(&old, "T1"), [no, all, look, no, no]);
        assert_eq!(looks(&new, "T1"), [no, no, all, all, all]);
        assert_eq!(looks(&new, "T2"), [no, no, no, all, all]);
        assert!(!new.sees("weekly", &period("2026-11"), "T1"), "another job has a roster of its own");
        assert_eq!((old.now().len(), new.now().len()), (0, 2));
        assert_eq!(new.teams_of("monthly", &period("2026-10")).into_iter().collect::<Vec<_>>(), ["T1"]);
    }

    #[test]
    fn what_a_later_run_says_of_a_period_takes_its_place() {
        let ledger = shop();
        let user = manager(&ledger, "M1");
        ledger
            .record_leads("monthly", &period("2026-09"), &BTreeSet::from([lead("T1", "M2", true)]))
            .expect("recorded");
        let led = ledger.led_by(&user).expect("teams");
        assert!(!led.sees("monthly", &period("2026-09"), "T1"));
        assert!(led.sees("monthly", &period("2026-10"), "T1"));
    }

    #[test]
    fn only_managers_with_a_staff_number_lead_by_the_roster() {
        let ledger = shop();
        let agent = User { role: Role::Agent, ..manager(&ledger, "M2") };
        let numberless = User { staff_number: None, ..manager(&ledger, "M2") };
        for user in [agent, numberless] {
            let led = ledger.led_by(&user).expect("teams");
            assert!(led.now().is_empty() && !led.sees("monthly", &period("2026-11"), "T1"));
        }
    }

    #[test]
    fn whoever_has_two_rows_for_a_team_is_in_office_by_either() {
        let (ledger, _) = ledger();
        let both = BTreeSet::from([lead("T1", "M1", false), lead("T1", "M1", true)]);
        ledger.record_leads("monthly", &period("2026-10"), &both).expect("recorded");
        let led = ledger.led_by(&manager(&ledger, "M1")).expect("teams");
        assert!(led.commands("monthly", &period("2026-10"), "T1"));
    }

    #[test]
    fn old_rosters_are_forgotten() {
        let ledger = shop();
        let user = manager(&ledger, "M2");
        let now = ledger.now();
        ledger.write(|transaction| forget_rosters(transaction, now)).expect("kept");
        assert!(!ledger.led_by(&user).expect("teams").now().is_empty());
        let later = now + chrono::TimeDelta::days(1);
        ledger.write(|transaction| forget_rosters(transaction, later)).expect("forgotten");
        assert!(ledger.led_by(&user).expect("teams").now().is_empty());
    }
}
