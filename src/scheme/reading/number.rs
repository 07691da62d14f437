//! Numbers in words: with their unit, with as many decimals as they need, or as still to be supplied.

use crate::exact::Exact;
use crate::scheme::metric::grouped;
use crate::scheme::{Amount, Unit};

use super::{Reader, say};

impl Reader<'_> {
    /// A number in its unit.
    pub(super) fn value(&self, value: &Exact, unit: Unit) -> String {
        match unit {
            Unit::Percent => self.share(value),
            Unit::Yuan => format!("¥{}", grouped(&plain(value))),
            Unit::Seconds => say!(self, "{} 秒", "{} s", plain(value)),
            Unit::Minutes => say!(self, "{} 分钟", "{} min", plain(value)),
            Unit::Count | Unit::Ratio | Unit::Points => plain(value),
        }
    }

    /// A share as a percentage, or what is small as a permillage.
    pub(super) fn share(&self, value: &Exact) -> String {
        let small = !value.is_zero() && value.abs() < Exact::scaled(1, 2);
        match small {
            true => format!("{}‰", plain(&(value.clone() * Exact::whole(1000)))),
            false => format!("{}%", plain(&(value.clone() * Exact::whole(100)))),
        }
    }

    /// A number of the policy in its unit, or the name of what is lacking.
    pub(super) fn amount(&self, amount: &Amount, unit: Unit) -> String {
        match amount {
            Amount::Known(value) => self.value(value, unit),
            Amount::Unset(name) => self.lacking(name),
        }
    }

    /// What nobody has supplied yet.
    pub(super) fn lacking(&self, name: &str) -> String {
        say!(self, "未设定（{name}）", "unset ({name})")
    }

    /// Points: `96 分`.
    pub(super) fn points(&self, points: &Amount) -> String {
        match points {
            Amount::Known(value) if self.is_one(value) => say!(self, "{} 分", "{} point", plain(value)),
            Amount::Known(value) => say!(self, "{} 分", "{} points", plain(value)),
            Amount::Unset(name) => self.lacking(name),
        }
    }

    /// Points that are added or taken: `+5 分`, `−2 分`.
    pub(super) fn change(&self, points: &Amount) -> String {
        let sign = points.known().is_some_and(|value| *value > 0);
        format!("{}{}", if sign { "+" } else { "" }, self.points(points))
    }

    fn is_one(&self, value: &Exact) -> bool {
        value.abs() == 1
    }

    /// Limits, where there are any: `不低于 0，不超过 100`.
    pub(super) fn limits(&self, least: Option<&Exact>, most: Option<&Exact>, unit: Unit) -> String {
        let number = |limit: &Exact| match unit {
            Unit::Points => self.points(&Amount::Known(limit.clone())),
            unit => self.value(limit, unit),
        };
        let least = least.map(|least| say!(self, "不低于 {}", "at least {}", number(least)));
        let most = most.map(|most| say!(self, "不超过 {}", "at most {}", number(most)));
        let limits: Vec<String> = least.into_iter().chain(most).collect();
        limits.join(self.pick("，", ", "))
    }
}

/// With as many decimals as it needs, and a minus sign that is none of a range.
pub(super) fn plain(value: &Exact) -> String {
    value.trimmed(6).replace('-', "−")
}
