//! Weights: equal parts are worked out, and everything sums to what is declared.

use crate::exact::Exact;
use crate::scheme::line::Counts;
use crate::scheme::written::Weight;
use crate::scheme::{Amount, Scheme};

use super::Checker;

impl Checker<'_> {
    /// Works out equal parts and checks every sum; unknown weights leave their sum unchecked.
    pub(super) fn weights(&mut self, scheme: &mut Scheme) {
        self.negative(scheme);
        self.equal_groups(scheme);
        self.equal_lines(scheme);
        self.sums(scheme);
    }

    fn negative(&mut self, scheme: &Scheme) {
        for (written, indicator) in self.written.indicator.iter().zip(&scheme.indicators) {
            let Counts::Weighted { weight, .. } = &indicator.counts else { continue };
            if weight.known().is_some_and(Exact::is_negative) {
                let place = written.weight.as_ref().map(|weight| self.place(weight));
                let place = place.or_else(|| written.marks.as_ref().map(|marks| self.place(marks)));
                let place = place.unwrap_or_else(|| self.place(&written.id));
                self.wrong(place, "a weight cannot be negative", "write deductions as occurrences or as an addition");
            }
        }
    }

    fn is_equal(&self, indicator: usize) -> bool {
        let weight = self.written.indicator[indicator].weight.as_ref();
        weight.is_some_and(|weight| matches!(weight.as_ref(), Weight::Equal))
    }

    /// Top-level groups with equal weights, and lines without a group, share what the full marks leave.
    fn equal_groups(&mut self, scheme: &mut Scheme) {
        let equal_group = |index: &usize| {
            let weight = self.written.group[*index].weight.as_ref();
            weight.is_some_and(|weight| matches!(weight.as_ref(), Weight::Equal))
        };
        let groups: Vec<usize> = (0..self.written.group.len()).filter(equal_group).collect();
        let alone = |index: &usize| self.written.indicator[*index].group.is_none() && self.is_equal(*index);
        let lines: Vec<usize> = (0..self.written.indicator.len()).filter(alone).collect();
        let many = groups.len() + lines.len();
        if many == 0 {
            return;
        }
        let Some(full) = scheme.full_marks.clone() else {
            let place = self.place(&self.written.id);
            self.wrong(
                place,
                "equal weights need full marks to share",
                "write `full-marks = 100`, or weights as numbers",
            );
            return;
        };
        let taken: Exact = scheme.groups.iter().filter_map(|one| one.weight.as_ref()?.known().cloned()).sum();
        let own = |(index, line): (usize, &crate::scheme::Indicator)| match &line.counts {
            Counts::Weighted { weight, .. } if self.written.indicator[index].group.is_none() => weight.known().cloned(),
            _ => None,
        };
        let own: Exact = scheme.indicators.iter().enumerate().filter_map(own).sum();
        let Some(part) = (full - taken - own).checked_div(&Exact::whole(many as i64)) else { return };
        groups.into_iter().for_each(|group| scheme.groups[group].weight = Some(Amount::Known(part.clone())));
        lines.into_iter().for_each(|line| set_weight(scheme, line, part.clone()));
    }

    /// Lines of a group with equal weights share what its others leave.
    fn equal_lines(&mut self, scheme: &mut Scheme) {
        for group in scheme.groups.clone() {
            let of_group = |index: &usize| scheme.indicators[*index].group.as_ref() == Some(&group.id);
            let members: Vec<usize> = (0..scheme.indicators.len()).filter(of_group).collect();
            let equal: Vec<usize> = members.iter().copied().filter(|index| self.is_equal(*index)).collect();
            if equal.is_empty() {
                continue;
            }
            match &group.weight {
                Some(Amount::Known(weight)) => {
                    let own: Exact = members.iter().filter_map(|index| weight_of(scheme, *index)).sum();
                    let part = (weight.clone() - own).checked_div(&Exact::whole(equal.len() as i64));
                    let part = part.unwrap_or_else(Exact::zero);
                    equal.into_iter().for_each(|index| set_weight(scheme, index, part.clone()));
                }
                Some(Amount::Unset(name)) => {
                    for index in equal {
                        if let Counts::Weighted { weight, .. } = &mut scheme.indicators[index].counts {
                            *weight = Amount::Unset(name.clone());
                        }
                    }
                }
                None => {
                    let place = self.place(&self.written.indicator[equal[0]].id);
                    self.wrong(
                        place,
                        format!("an equal weight needs the weight of its group `{}`", group.id),
                        "give the group a `weight`",
                    );
                }
            }
        }
    }

    fn sums(&mut self, scheme: &Scheme) {
        for (index, group) in scheme.groups.iter().enumerate() {
            let Some(Amount::Known(weight)) = &group.weight else { continue };
            let members = scheme.indicators.iter().enumerate().filter(|(_, one)| one.group.as_ref() == Some(&group.id));
            let members: Vec<usize> = members.map(|(place, _)| place).collect();
            if let Some(sum) = known_sum(scheme, &members)
                && sum != *weight
            {
                let place = match &self.written.group[index].weight {
                    Some(weight) => self.place(weight),
                    None => self.place(&self.written.group[index].id),
                };
                self.wrong(
                    place,
                    format!("the weights in `{}` sum to {sum}, not to {weight}", group.id),
                    "change a weight, or the group's",
                );
            }
        }
        let apart = |line: &crate::scheme::Indicator| {
            scheme.groups.iter().any(|group| group.apart && Some(&group.id) == line.group.as_ref())
        };
        let counted: Vec<usize> =
            (0..scheme.indicators.len()).filter(|index| !apart(&scheme.indicators[*index])).collect();
        let weighted = |index: &usize| matches!(scheme.indicators[*index].counts, Counts::Weighted { .. });
        let Some(last) = counted.iter().copied().rfind(weighted) else { return };
        let (Some(sum), Some(full)) = (known_sum(scheme, &counted), &scheme.full_marks) else { return };
        if sum != *full && scheme.total.counts == crate::scheme::Counting::Sum {
            let written = &self.written.indicator[last];
            let place = written.weight.as_ref().map(|weight| self.place(weight));
            let place = place.or_else(|| written.marks.as_ref().map(|marks| self.place(marks)));
            let place = place.unwrap_or_else(|| self.place(&written.id));
            self.wrong(
                place,
                format!("the weights sum to {sum}, not to {full}"),
                format!("change a weight, or declare `full-marks = {sum}` at the top of the file"),
            );
        }
    }
}

fn weight_of(scheme: &Scheme, indicator: usize) -> Option<Exact> {
    match &scheme.indicators[indicator].counts {
        Counts::Weighted { weight, .. } => weight.known().cloned(),
        _ => None,
    }
}

fn set_weight(scheme: &mut Scheme, indicator: usize, part: Exact) {
    if let Counts::Weighted { weight, .. } = &mut scheme.indicators[indicator].counts {
        *weight = Amount::Known(part);
    }
}

/// The sum of the weights of these lines, or nothing while one of them is unset.
fn known_sum(scheme: &Scheme, indicators: &[usize]) -> Option<Exact> {
    let mut sum = Exact::zero();
    for index in indicators {
        if let Counts::Weighted { weight, .. } = &scheme.indicators[*index].counts {
            sum = sum + weight.known()?.clone();
        }
    }
    Some(sum)
}
