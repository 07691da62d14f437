//! Stages: an expression may use only what is known when it is evaluated, and nothing is made of itself.

use crate::diag::{Diagnostic, Place};
use crate::scheme::consequence::Sorted;
use crate::scheme::data::FormulaRule;
use crate::scheme::formula::Scope;
use crate::scheme::line::{Judged, Scored};
use crate::scheme::{Formula, Scheme, Split, Stage};

use super::Checker;

/// An expression with the words for it and the last stage that it may use.
struct Use<'s> {
    owner: String,
    formula: &'s Formula,
    latest: Stage,
}

impl Checker<'_> {
    /// Checks every expression of the scheme.
    pub(super) fn stages(&mut self, scheme: &Scheme) {
        for one in &scheme.formulas {
            for formula in inner(&one.rule) {
                self.known_names(scheme, formula);
            }
            if let Err(circle) = scheme.stage_of_name(&one.id) {
                let place =
                    self.written.formula.iter().map(|one| &one.id).chain(self.written.lookup.iter().map(|one| &one.id));
                let place = place.filter(|id| *id.as_ref() == one.id).map(|id| self.place(id)).next();
                let diagnostic = Diagnostic::error(format!("`{}` is made of itself: {circle}", one.id));
                let diagnostic = diagnostic.hint("break the circle: one of these must not need the other");
                self.found.push(match place {
                    Some(place) => diagnostic.at(place),
                    None => diagnostic,
                });
            }
        }
        for one in uses(scheme) {
            self.known_names(scheme, one.formula);
            self.in_time(scheme, &one);
        }
        self.in_order(scheme);
        for (formula, _) in scheme.expressions() {
            self.kept_of_before(scheme, formula);
        }
        for streak in &scheme.streaks {
            self.about_results(scheme, &streak.id, &streak.when);
        }
    }

    fn in_time(&mut self, scheme: &Scheme, one: &Use<'_>) {
        for (name, _) in one.formula.names() {
            let Ok(stage) = scheme.stage_of(name) else { continue };
            if stage > one.latest {
                let place = self.place_of(one.formula);
                let message =
                    format!("{} cannot use `{name}`, which is known only after {}", one.owner, stage.before());
                self.wrong(place, message, format!("it is evaluated when {} are known", one.latest.known()));
            }
        }
    }

    /// Of the period before only what was counted is known, not what was made of results.
    fn kept_of_before(&mut self, scheme: &Scheme, formula: &Formula) {
        let before = [Scope::Previous, Scope::PreviousTeam, Scope::PreviousDepartment, Scope::PreviousShop];
        for (name, _) in formula.names() {
            let made = scheme.stage_of_name(&name.id).is_ok_and(|stage| stage > Stage::Facts);
            if before.contains(&name.scope) && made && name.id != "total" {
                let place = self.place_of(formula);
                self.wrong(
                    place,
                    format!("`{name}` is made of results, which are not worked out again for the period before"),
                    "ask for metrics, or use a `[[streak]]` for results of several periods",
                );
            }
        }
    }

    /// Gates and components of pay are decided in the order of the file, also through formulas.
    fn in_order(&mut self, scheme: &Scheme) {
        for (index, gate) in scheme.gates.iter().enumerate() {
            let later: Vec<&str> = scheme.gates[index..].iter().map(|one| one.id.as_str()).collect();
            if let Some(name) = scheme
                .behind(&gate.when)
                .into_iter()
                .find(|name| name.scope == Scope::Own && later.contains(&name.id.as_str()))
            {
                let place = self.place_of(&gate.when);
                self.wrong(
                    place,
                    format!("gate `{}` uses `{name}`, which is decided after it", gate.id),
                    "write gates that others need before them",
                );
            }
        }
        for (index, pay) in scheme.pays.iter().enumerate() {
            let later: Vec<&str> = scheme.pays[index..].iter().map(|one| one.id.as_str()).collect();
            for formula in [&pay.amount].into_iter().chain(&pay.when) {
                if let Some(name) = scheme
                    .behind(formula)
                    .into_iter()
                    .find(|name| name.scope == Scope::Pay && later.contains(&name.id.as_str()))
                {
                    let place = self.place_of(formula);
                    self.wrong(
                        place,
                        format!("`{}` uses `{name}`, which is not known yet", pay.id),
                        "write `[[pay]]` that others need before them",
                    );
                }
            }
        }
    }

    /// Of earlier periods only the results are kept.
    fn about_results(&mut self, scheme: &Scheme, id: &str, when: &Formula) {
        self.known_names(scheme, when);
        let marks: Vec<&String> =
            scheme.gates.iter().map(|one| &one.id).chain(scheme.quotas.iter().map(|one| &one.id)).collect();
        for (name, _) in when.names() {
            let parameter = scheme.parameters.iter().any(|one| one.id == name.id);
            if !parameter && !Self::is_result(name.scope, &name.id, &marks) {
                let place = self.place_of(when);
                self.wrong(
                    place,
                    format!("streak `{id}` cannot use `{name}`: of earlier periods only the results are kept"),
                    "use total, rank, ranked, grade, and the ids of gates and quotas",
                );
            }
        }
    }

    /// Where an expression is written: the first of the same text.
    pub(super) fn place_of(&self, formula: &Formula) -> Place {
        let text = &self.file.text;
        let quoted = format!("\"{}\"", formula.text);
        let start = text.find(&quoted).or_else(|| text.find(&formula.text)).unwrap_or(0);
        self.file.place(start..start + formula.text.len())
    }
}

fn inner(rule: &FormulaRule) -> Vec<&Formula> {
    match rule {
        FormulaRule::Expression(formula) | FormulaRule::Lookup { value: formula, .. } => vec![formula],
    }
}

/// Every expression outside formulas and streaks.
fn uses(scheme: &Scheme) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    let population = &scheme.population;
    let who = [&population.scored, &population.ranked, &population.averaged, &population.headcount];
    let who = who.into_iter().flatten().chain(population.exclude.iter().map(|(when, _)| when));
    uses.extend(who.map(|formula| Use { owner: "the population".to_owned(), formula, latest: Stage::People }));
    for item in &scheme.items {
        let formulas = item.applies_when.iter().chain(&item.met_when);
        uses.extend(formulas.map(|formula| Use {
            owner: format!("item `{}`", item.id),
            formula,
            latest: Stage::Facts,
        }));
    }
    for line in &scheme.indicators {
        let formulas = line_formulas(&line.judged).into_iter().chain(&line.when).chain(ranks(&line.scored));
        uses.extend(formulas.map(|formula| Use {
            owner: format!("indicator `{}`", line.id),
            formula,
            latest: Stage::Facts,
        }));
    }
    for gate in &scheme.gates {
        let latest = if gate.comes_before_the_total() { Stage::Points } else { Stage::Total };
        uses.push(Use { owner: format!("gate `{}`", gate.id), formula: &gate.when, latest });
    }
    let sorted = scheme.rank.key.iter().chain(&scheme.rank.ties);
    uses.extend(sorted.filter_map(by).map(|formula| Use {
        owner: "the rank".to_owned(),
        formula,
        latest: Stage::Total,
    }));
    for quota in &scheme.quotas {
        let formulas = quota.among.iter().chain(quota.key.iter().filter_map(by));
        uses.extend(formulas.map(|formula| Use {
            owner: format!("quota `{}`", quota.id),
            formula,
            latest: Stage::Places,
        }));
    }
    for pool in &scheme.pools {
        let score = match &pool.split {
            Split::Score { score, .. } => Some(score),
            Split::Rank { .. } => None,
        };
        let formulas = [&pool.base].into_iter().chain(&pool.among).chain(score);
        uses.extend(formulas.map(|formula| Use {
            owner: format!("pool `{}`", pool.id),
            formula,
            latest: Stage::Quotas,
        }));
    }
    for pay in &scheme.pays {
        let formulas = [&pay.amount].into_iter().chain(&pay.when);
        uses.extend(formulas.map(|formula| Use { owner: format!("pay `{}`", pay.id), formula, latest: Stage::Pay }));
    }
    let titles = scheme.titles.iter().filter_map(|one| one.requires.as_ref());
    let proposals = scheme.proposals.iter().flat_map(|one| [&one.when].into_iter().chain(&one.amount));
    let duties = scheme.duties.iter().filter_map(|one| one.when.as_ref());
    let last = titles.chain(proposals).chain(duties);
    uses.extend(last.map(|formula| Use { owner: "a proposal".to_owned(), formula, latest: Stage::Pay }));
    let watches = scheme.watches.iter().flat_map(|one| one.above.iter().chain(&one.below));
    let reconciles = scheme.reconciles.iter().flat_map(|one| [&one.value, &one.with]);
    let looks = watches.chain(reconciles);
    uses.extend(looks.map(|formula| Use { owner: "a watch".to_owned(), formula, latest: Stage::Facts }));
    uses.extend(scheme.insights.iter().map(|one| Use {
        owner: "an insight".to_owned(),
        formula: &one.value,
        latest: Stage::Pay,
    }));
    uses
}

fn by(sorted: &Sorted) -> Option<&Formula> {
    match sorted {
        Sorted::By(formula, _) => Some(formula),
        Sorted::StaffNumber => None,
    }
}

fn line_formulas(judged: &Judged) -> Vec<&Formula> {
    match judged {
        Judged::Value { value, relative_to, .. } => [value].into_iter().chain(relative_to).collect(),
        Judged::Points(formula) => vec![formula],
        Judged::Met(conditions) => conditions.iter().collect(),
        Judged::Rating(_) | Judged::Checklist(_) | Judged::Occurrences { .. } => Vec::new(),
    }
}

fn ranks(scored: &Scored) -> Vec<&Formula> {
    match scored {
        Scored::Ranks(ranks) => ranks.reach.iter().chain(ranks.below.iter().map(|(than, _)| than)).collect(),
        _ => Vec::new(),
    }
}
