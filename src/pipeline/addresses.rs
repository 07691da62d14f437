//! Who can be mailed and where, and why somebody cannot.

use crate::deliver::Address;
use crate::finding::Finding;
use crate::job::{Audience, Job};
use crate::ledger::Scope;
use crate::score::Appraisal;
use crate::score::appraisal::{Person, Team};
use crate::words::Bilingual;

use super::documents::covers;
use super::{Pipeline, reports, wording};

/// Who in scope cannot be mailed, and why; each is told of once.
pub(super) fn unreachable(
    pipeline: &Pipeline,
    job: &Job,
    scope: &Scope,
    appraisal: &Appraisal,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = of_cards_and_packs(job, scope, appraisal);
    for wanted in reports::wanted(pipeline, job, scope, appraisal)? {
        let title = wanted.report.kind.title(appraisal.period.cycle);
        for reader in reports::readers(wanted.report, wanted.about, appraisal) {
            let finding = address_of(job, &reader.person).err();
            let finding = finding.map(|fault| fault.finding(&reader.person, &title.zh, &title.en));
            let is_new = |one: &Finding| {
                !findings.iter().any(|other| (&other.code, &other.subject) == (&one.code, &one.subject))
            };
            findings.extend(finding.filter(is_new));
        }
    }
    Ok(findings)
}

fn of_cards_and_packs(job: &Job, scope: &Scope, appraisal: &Appraisal) -> Vec<Finding> {
    let mut findings = Vec::new();
    if job.letters.to.contains(&Audience::Agents) {
        for card in appraisal.cards.iter().filter(|card| covers(scope, card)) {
            findings.extend(
                address_of(job, &card.agent).err().map(|fault| fault.finding(&card.agent, "绩效卡", "the card")),
            );
        }
    }
    if job.letters.to.contains(&Audience::Managers) && scope.agent.is_none() {
        let in_scope = |team: &&Team| scope.team.as_ref().is_none_or(|id| *id == team.id);
        for team in appraisal.teams.iter().filter(in_scope) {
            match &team.manager {
                None => findings.push(wording::no_manager(team)),
                Some(manager) => findings
                    .extend(address_of(job, manager).err().map(|fault| fault.finding(manager, "团队汇总", "the pack"))),
            }
        }
    }
    findings
}

/// Why a person cannot be mailed.
enum Unreachable {
    NoAddress,
    Bad(Bilingual),
    Foreign(String),
}

impl Unreachable {
    fn finding(self, person: &Person, zh: &str, en: &str) -> Finding {
        match self {
            Self::NoAddress => wording::no_address(person, zh, en),
            Self::Bad(why) => wording::bad_address(person, &why),
            Self::Foreign(domain) => wording::foreign_domain(person, &domain),
        }
    }
}

fn address_of(job: &Job, person: &Person) -> Result<Address, Unreachable> {
    let text = person.email.as_deref().ok_or(Unreachable::NoAddress)?;
    let address = Address::parse(text).map_err(|fault| Unreachable::Bad(fault.text()))?;
    match allows(job, &address) {
        true => Ok(address),
        false => Err(Unreachable::Foreign(address.domain().to_owned())),
    }
}

/// Where a person may be mailed by the job.
pub(super) fn mailed(job: &Job, person: &Person) -> Option<Address> {
    address_of(job, person).ok()
}

/// Whether a person has an address to which the job may mail.
pub(super) fn can_be_mailed(job: &Job, person: &Person) -> bool {
    address_of(job, person).is_ok()
}

/// Whether the job lets mail go to an address.
pub(super) fn allows(job: &Job, address: &Address) -> bool {
    let domain = address.domain().to_lowercase();
    job.letters.allow_domains.contains(&domain)
}
