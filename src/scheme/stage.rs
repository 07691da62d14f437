//! The order in which a scheme's numbers become known.

use super::formula::{Among, Formula, Name, Scope};
use super::{FormulaRule, Scheme};

/// What is known, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Metrics, parameters and the roster.
    People,
    /// Who is scored, ranked and counted.
    Facts,
    /// The points of every line.
    Points,
    /// The total and its grade.
    Total,
    /// Ranks.
    Places,
    /// Quotas.
    Quotas,
    /// Parts of pools.
    Pools,
    /// Components of pay.
    Pay,
}

impl Stage {
    /// What makes it known, for messages.
    pub fn before(self) -> &'static str {
        match self {
            Self::People => "the data is there",
            Self::Facts => "the population is decided",
            Self::Points => "the lines are scored",
            Self::Total => "the total is made",
            Self::Places => "everybody is ranked",
            Self::Quotas => "the quotas are filled",
            Self::Pools => "the pools are split",
            Self::Pay => "pay is worked out",
        }
    }

    /// What is known by then, for messages.
    pub fn known(self) -> &'static str {
        match self {
            Self::People => "only metrics, parameters and the roster",
            Self::Facts => "metrics, parameters, the roster and the population",
            Self::Points => "the points of the lines",
            Self::Total => "the total and the grade",
            Self::Places => "the ranks",
            Self::Quotas => "the quotas",
            Self::Pools => "the parts of pools",
            Self::Pay => "pools and earlier components of pay",
        }
    }
}

/// Names on the way from a formula to itself: `a → b → a`.
pub type Circle = String;

impl Scheme {
    /// When a name is known.
    pub fn stage_of(&self, name: &Name) -> Result<Stage, Circle> {
        self.stage_on_way(name, &mut Vec::new())
    }

    /// When the own value of an id is known.
    pub fn stage_of_name(&self, id: &str) -> Result<Stage, Circle> {
        self.stage_of(&Name::own(id))
    }

    fn stage_on_way(&self, name: &Name, way: &mut Vec<String>) -> Result<Stage, Circle> {
        match name.scope {
            Scope::Points => return Ok(Stage::Points),
            Scope::Pool => return Ok(Stage::Pools),
            Scope::Pay => return Ok(Stage::Pay),
            Scope::Agent | Scope::Period => return Ok(Stage::People),
            Scope::Lowest | Scope::Highest => {
                return Ok(self.stage_on_way(&Name::own(&name.id), way)?.max(Stage::Facts));
            }
            // Of the period before, facts are known from the beginning; `check` asks for nothing else.
            Scope::Previous | Scope::PreviousTeam | Scope::PreviousDepartment | Scope::PreviousShop => {
                return Ok(Stage::People);
            }
            _ => {}
        }
        match name.id.as_str() {
            "total" | "grade" | "grade-amount" | "grade-coefficient" => return Ok(Stage::Total),
            "rank" | "ranked" => return Ok(Stage::Places),
            "headcount" => return Ok(Stage::Facts),
            _ => {}
        }
        if self.quotas.iter().any(|one| one.id == name.id) {
            return Ok(Stage::Quotas);
        }
        if let Some(gate) = self.gates.iter().find(|one| one.id == name.id) {
            return Ok(if gate.comes_before_the_total() { Stage::Points } else { Stage::Total });
        }
        let Some(formula) = self.formulas.iter().find(|one| one.id == name.id) else { return Ok(Stage::People) };
        if way.contains(&name.id) {
            way.push(name.id.clone());
            return Err(way.join(" → "));
        }
        way.push(name.id.clone());
        let stage = match &formula.rule {
            FormulaRule::Expression(formula) | FormulaRule::Lookup { value: formula, .. } => {
                self.latest(formula, way)?
            }
        };
        way.pop();
        Ok(stage)
    }

    fn latest(&self, formula: &Formula, way: &mut Vec<String>) -> Result<Stage, Circle> {
        let mut latest = Stage::People;
        for (name, among) in formula.names() {
            let least = if among == Among::Members { Stage::Facts } else { Stage::People };
            latest = latest.max(least).max(self.stage_on_way(name, way)?);
        }
        Ok(latest)
    }
}
