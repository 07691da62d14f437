//! Quotas (强制分布): so many of the best or of the last.

use crate::scheme::consequence::{Quota, QuotaSize};
use crate::scheme::{End, QuotaTies, Rounding};

use super::{Reader, Section, lines, say};

impl Reader<'_> {
    /// One sentence for each quota.
    pub(super) fn quotas(&self) -> Section {
        self.section("名额", "Quotas", lines(&self.scheme.quotas, |quota| self.quota(quota)))
    }

    fn quota(&self, quota: &Quota) -> String {
        let (label, within) = (self.text(&quota.label), self.within(quota.within));
        let size = self.size(&quota.size);
        let head = match quota.from {
            End::Top => say!(self, "{label}：每个{within}的前 {size}", "{label}: the best {size} of each {within}"),
            End::Bottom => say!(self, "{label}：每个{within}的后 {size}", "{label}: the last {size} of each {within}"),
        };
        let mut said = vec![format!("{head}{}", self.assumed_mark(quota.assumed.as_ref()))];
        if let Some(key) = &quota.key {
            said.push(say!(self, "按{}", "by {}", self.sorted(key)));
        }
        if let Some(among) = &quota.among {
            said.push(say!(self, "限{}者", "among those with {}", self.formula(among)));
        }
        said.extend(self.numbers(quota));
        said.push(
            match quota.ties {
                QuotaTies::Break => {
                    self.pick("并列按排名规则和工号取舍", "the rank's rules and the staff number break ties")
                }
                QuotaTies::Include => self.pick("并列者全部入选", "all equals are in"),
                QuotaTies::Exclude => self.pick("跨线并列者都不入选", "equals across the limit are out"),
            }
            .to_owned(),
        );
        self.clauses(said)
    }

    /// How a part becomes a number, and what small groups do.
    fn numbers(&self, quota: &Quota) -> Vec<String> {
        let mut said = Vec::new();
        if let QuotaSize::Share(_, rounding) = &quota.size {
            let rounding = match rounding {
                Rounding::HalfUp => self.pick("人数四舍五入", "rounded half up"),
                Rounding::Floor => self.pick("人数舍去小数", "rounded down"),
                Rounding::Ceil => self.pick("人数进位取整", "rounded up"),
            };
            said.push(rounding.to_owned());
        }
        if quota.at_least > 0 {
            said.push(say!(self, "至少 {} 人", "at least {}", quota.at_least));
        }
        if quota.minimum_group > 0 {
            let (group, small) = (quota.minimum_group, quota.small_group);
            said.push(say!(self, "不足 {group} 人时取 {small} 人", "{small} in groups of fewer than {group}"));
        }
        said
    }

    fn size(&self, size: &QuotaSize) -> String {
        match size {
            QuotaSize::Share(share, _) => self.share(share),
            QuotaSize::Count(count) => say!(self, "{count} 名", "{count}"),
        }
    }
}
