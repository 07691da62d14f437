//! References (R04 of the catalogue): what a value is compared with.
//!
//! A team's or shop's value is the ratio of sums over all its agents, scored or not: Σ numerators / Σ denominators.

use std::collections::BTreeMap;

use crate::scheme::{Baseline, Scheme};
use crate::tables::Roster;
use crate::words::Bilingual;

use super::appraisal::{Measured, Reference, ReferenceKind};
use super::measure::{Measures, Parts};

/// Sums of parts by metric, for the shop and for each team.
#[derive(Debug, Default)]
pub(super) struct Baselines {
    shop: BTreeMap<usize, Parts>,
    teams: BTreeMap<String, BTreeMap<usize, Parts>>,
}

impl Baselines {
    pub(super) fn of(measures: &Measures, roster: &Roster) -> Self {
        let mut sums = Self::default();
        for member in roster.agents() {
            let Some(parts) = measures.get(&member.id) else { continue };
            let team = sums.teams.entry(member.team_id.clone()).or_default();
            for (metric, parts) in parts {
                add(team, *metric, parts);
                add(&mut sums.shop, *metric, parts);
            }
        }
        sums
    }

    /// What `baseline` is for one agent, with the value's relation to it; `None` when it is not known.
    pub(super) fn reference(
        &self,
        scheme: &Scheme,
        baseline: &Baseline,
        metric: usize,
        team: &str,
        own: &BTreeMap<usize, Parts>,
        value: Option<&Measured>,
    ) -> Option<Reference> {
        let (kind, label, parts) = match baseline {
            Baseline::Team => {
                (ReferenceKind::Team, Bilingual::new("团队", "Team"), self.teams.get(team)?.get(&metric)?)
            }
            Baseline::Shop => (ReferenceKind::Shop, Bilingual::new("全店", "Shop"), self.shop.get(&metric)?),
            Baseline::Metric(id) => {
                let index = scheme.metrics.iter().position(|metric| metric.id == *id)?;
                (ReferenceKind::Own, scheme.metrics[index].label.clone(), own.get(&index)?)
            }
        };
        let measured = parts.measured();
        let relation = value.and_then(|value| value.value.as_ref()?.checked_div(measured.value.as_ref()?));
        Some(Reference { kind, label, measured, relation })
    }
}

fn add(sums: &mut BTreeMap<usize, Parts>, metric: usize, parts: &Parts) {
    match sums.get_mut(&metric) {
        Some(sum) => sum.add(parts),
        None => {
            sums.insert(metric, parts.clone());
        }
    }
}
