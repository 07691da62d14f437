//! Every expression of a scheme with whose it is, for rules that look at all of them.

use super::consequence::Sorted;
use super::formula::{Among, Name, Scope};
use super::{Formula, FormulaRule, Judged, Level, Scheme, Scored, Split};

impl Scheme {
    /// Every expression, and of whom it is worked out.
    pub fn expressions(&self) -> Vec<(&Formula, Level)> {
        let mut all: Vec<(&Formula, Level)> = Vec::new();
        for one in &self.formulas {
            let (FormulaRule::Expression(formula) | FormulaRule::Lookup { value: formula, .. }) = &one.rule;
            all.push((formula, one.of));
        }
        all.extend(self.pools.iter().map(|pool| (&pool.base, pool.of)));
        all.extend(self.reconciles.iter().flat_map(|one| [(&one.value, one.of), (&one.with, one.of)]));
        all.extend(self.of_agents().into_iter().map(|formula| (formula, Level::Agent)));
        all
    }

    fn of_agents(&self) -> Vec<&Formula> {
        let population = &self.population;
        let who = [&population.scored, &population.ranked, &population.averaged, &population.headcount];
        let mut all: Vec<&Formula> = who.into_iter().flatten().collect();
        all.extend(population.exclude.iter().map(|(when, _)| when));
        all.extend(self.items.iter().flat_map(|item| item.applies_when.iter().chain(&item.met_when)));
        for line in &self.indicators {
            all.extend(&line.when);
            match &line.judged {
                Judged::Value { value, relative_to, .. } => all.extend([value].into_iter().chain(relative_to)),
                Judged::Points(points) => all.push(points),
                Judged::Met(conditions) => all.extend(conditions),
                Judged::Rating(_) | Judged::Checklist(_) | Judged::Occurrences { .. } => {}
            }
            if let Scored::Ranks(ranks) = &line.scored {
                all.extend(ranks.reach.iter().chain(ranks.below.iter().map(|(than, _)| than)));
            }
        }
        all.extend(self.gates.iter().map(|gate| &gate.when));
        let sorted =
            self.rank.key.iter().chain(&self.rank.ties).chain(self.quotas.iter().filter_map(|one| one.key.as_ref()));
        all.extend(sorted.filter_map(|sorted| match sorted {
            Sorted::By(formula, _) => Some(formula),
            Sorted::StaffNumber => None,
        }));
        all.extend(self.quotas.iter().filter_map(|quota| quota.among.as_ref()));
        for pool in &self.pools {
            all.extend(&pool.among);
            if let Split::Score { score, .. } = &pool.split {
                all.push(score);
            }
        }
        all.extend(self.pays.iter().flat_map(|pay| [&pay.amount].into_iter().chain(&pay.when)));
        all.extend(self.titles.iter().filter_map(|title| title.requires.as_ref()));
        all.extend(self.proposals.iter().flat_map(|one| [&one.when].into_iter().chain(&one.amount)));
        all.extend(self.watches.iter().flat_map(|watch| watch.above.iter().chain(&watch.below)));
        all.extend(self.duties.iter().filter_map(|duty| duty.when.as_ref()));
        all.extend(self.insights.iter().map(|insight| &insight.value));
        all
    }

    /// Every name of an expression, and every name of the formulas behind them.
    pub fn behind<'s>(&'s self, formula: &'s Formula) -> Vec<&'s Name> {
        let mut found: Vec<&Name> = Vec::new();
        let mut open = vec![formula];
        while let Some(formula) = open.pop() {
            for (name, _) in formula.names() {
                if found.contains(&name) {
                    continue;
                }
                found.push(name);
                if let Some(named) = self.formulas.iter().find(|one| one.id == name.id) {
                    let (FormulaRule::Expression(inner) | FormulaRule::Lookup { value: inner, .. }) = &named.rule;
                    open.push(inner);
                }
            }
        }
        found
    }

    /// The metrics of agents that somewhere stand for a group's value, with the expression that asks for it.
    pub fn asked_of_groups(&self) -> Vec<(usize, &Formula)> {
        let groups = [
            Scope::Team,
            Scope::Department,
            Scope::Shop,
            Scope::PreviousTeam,
            Scope::PreviousDepartment,
            Scope::PreviousShop,
        ];
        let mut asked = Vec::new();
        for (formula, of) in self.expressions() {
            for (name, among) in formula.names() {
                let own =
                    of != Level::Agent && among == Among::One && matches!(name.scope, Scope::Own | Scope::Previous);
                let place = self.metrics.iter().position(|metric| metric.id == name.id);
                if let Some(place) = place.filter(|place| self.metrics[*place].of == Level::Agent)
                    && (own || groups.contains(&name.scope))
                {
                    asked.push((place, formula));
                }
            }
        }
        asked
    }
}
