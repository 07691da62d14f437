//! Lines become points by name and totals, and totals grades: agent by agent, side by side.

use rayon::prelude::*;

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::{Amount, Scheme, Scored};

use super::appraisal::{Line, LineKind, Status};
use super::appraise::Worked;
use super::facts::Facts;
use super::results::Points;
use super::total::{self, Sum};

impl Worked {
    /// Points of lines, and their sums by group.
    pub(super) fn note_points(&mut self, scheme: &Scheme) {
        let points = |(agent, lines): (&String, &Vec<Line>)| (agent.clone(), points_of(scheme, lines));
        let groups = scheme.groups.iter().map(|group| group.id.clone());
        let names = groups.chain(scheme.indicators.iter().map(|line| line.id.clone()));
        self.results.points = Points::new(names, self.lines.par_iter().map(points).collect());
    }

    /// The total of everybody who has one, and its grade.
    pub(super) fn add_up(&mut self, facts: &Facts<'_>) {
        let (scheme, reasons) = (facts.scheme, &self.reasons);
        let sum = |(agent, lines): (&String, &mut Vec<Line>)| {
            let lacking = lacking_names(scheme, lines);
            let sum = total::add_up(scheme, lines);
            let sum = (!reasons.contains_key(agent)).then_some(sum);
            if !matches!(sum, Some(Sum::Total(..))) {
                lines.iter_mut().for_each(|line| line.contribution = None);
            }
            (agent.clone(), lacking, sum)
        };
        let sums: Vec<(String, Vec<String>, Option<Sum>)> = self.lines.par_iter_mut().map(sum).collect();
        for (agent, lacking, sum) in sums {
            self.lacking.extend(lacking);
            match sum {
                Some(Sum::Total(total, said)) => {
                    self.said.insert(agent.clone(), said);
                    self.results.totals.insert(agent, total);
                }
                Some(Sum::None(reason)) => {
                    self.reasons.insert(agent, reason);
                }
                None => {}
            }
        }
        self.grade(scheme);
    }

    fn grade(&mut self, scheme: &Scheme) {
        for (agent, total) in &self.results.totals {
            match grade(scheme, total) {
                Ok(Some(grade)) => {
                    self.results.grades.insert(agent.clone(), grade);
                }
                Ok(None) => {}
                Err(names) => self.lacking.extend(names),
            }
        }
    }
}

/// The sums of groups in the scheme's order, and then the points of each line.
fn points_of(scheme: &Scheme, lines: &[Line]) -> Vec<Value> {
    let mut points = vec![Value::Missing; scheme.groups.len()];
    for (line, indicator) in lines.iter().zip(&scheme.indicators) {
        let value = match (&line.points, &line.lacking) {
            (Some(points), _) => Value::Number(points.clone()),
            (None, Some(name)) => Value::Unset(name.clone()),
            (None, None) => Value::Missing,
        };
        let group = indicator.group.as_ref().and_then(|id| scheme.groups.iter().position(|group| group.id == *id));
        if let Some(sum) = group.and_then(|place| points.get_mut(place)) {
            add(sum, &value);
        }
        points.push(value);
    }
    points
}

fn add(sum: &mut Value, value: &Value) {
    *sum = match (&*sum, value) {
        (Value::Unset(name), _) | (_, Value::Unset(name)) => Value::Unset(name.clone()),
        (Value::Number(sum), Value::Number(more)) => Value::Number(sum.clone() + more.clone()),
        (Value::Number(sum), _) => Value::Number(sum.clone()),
        (_, other) => other.clone(),
    };
}

/// The grade whose limit the total reaches, or the names of all limits that nobody has set.
fn grade(scheme: &Scheme, total: &Exact) -> Result<Option<usize>, Vec<String>> {
    for (place, grade) in scheme.grades.iter().enumerate() {
        match &grade.at_least {
            None => return Ok(Some(place)),
            Some(Amount::Known(limit)) if total >= limit => return Ok(Some(place)),
            Some(Amount::Known(_)) => {}
            Some(Amount::Unset(_)) => {
                let limits = scheme.grades.iter().filter_map(|grade| grade.at_least.as_ref()?.lacking());
                return Err(limits.map(str::to_owned).collect());
            }
        }
    }
    Ok(None)
}

/// Names of unset values that are in the way of lines that count; without data, any of a line's bands might be needed.
fn lacking_names(scheme: &Scheme, lines: &[Line]) -> Vec<String> {
    let mut names = Vec::new();
    for (line, indicator) in lines.iter().zip(&scheme.indicators) {
        let counts = line.kind != LineKind::Shown || scheme.is_apart(indicator);
        if !counts {
            continue;
        }
        names.extend(line.lacking.clone());
        if line.status == Status::Missing
            && let Scored::Curve(curve) = &indicator.scored
        {
            names.extend(curve.unset());
        }
    }
    names
}
