//! What a line judges, in a few words.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::scheme::line::Rating;
use crate::scheme::{Absent, Amount, Indicator, Judged, Measure, Unchecked, Unit};

use super::{Reader, say};

impl Reader<'_> {
    /// A metric by its label, a rating, a check sheet, recorded events, a formula.
    pub(super) fn measured(&self, line: &Indicator) -> String {
        match &line.judged {
            Judged::Value { value, .. } => self.formula(value),
            Judged::Rating(rating) => self.rating(rating),
            Judged::Checklist(sheet) => {
                let count = sheet.items.len();
                match sheet.measure {
                    Measure::Passed => {
                        say!(self, "检查表 {count} 条，按合格比例", "{count} checks, by the share passed")
                    }
                    Measure::Unmet => {
                        say!(self, "检查表 {count} 条，按不合格条数", "{count} checks, by how many failed")
                    }
                }
            }
            Judged::Occurrences { kinds, .. } => {
                say!(self, "按次记录，共 {} 种", "recorded events (kinds: {})", kinds.len())
            }
            Judged::Points(_) => self.pick("按公式计分", "points by a formula").to_owned(),
            Judged::Met(_) => self.pick("全部达到才得分", "points when all is met").to_owned(),
        }
    }

    fn rating(&self, rating: &Rating) -> String {
        match rating.mix.is_empty() {
            true => self.pick("评分，取平均", "ratings, their mean").to_owned(),
            false => say!(self, "评分：{}", "ratings: {}", self.mix(&rating.mix)),
        }
    }

    /// Raters with their parts; equal ones are only named.
    fn mix(&self, mix: &BTreeMap<String, Amount>) -> String {
        let sum: Exact = mix.values().filter_map(Amount::known).cloned().sum();
        let hundred = sum == 100;
        let alone = mix.len() == 1;
        self.list(mix.iter().map(|(role, weight)| match weight {
            Amount::Known(_) if alone => self.rater(role),
            Amount::Known(part) if hundred => format!("{} {}%", self.rater(role), part.trimmed(4)),
            weight => format!("{} × {}", self.rater(role), self.amount(weight, Unit::Ratio)),
        }))
    }

    /// Who rates.
    pub(super) fn rater(&self, role: &str) -> String {
        crate::scheme::rater(role).get(self.locale).to_owned()
    }

    /// What a rating or a check sheet does with what it lacks.
    pub(super) fn lacking_evidence(&self, line: &Indicator) -> Vec<String> {
        match &line.judged {
            Judged::Rating(rating) => self.rating_rules(rating),
            Judged::Checklist(sheet) => vec![match sheet.unchecked {
                Unchecked::Missing => {
                    self.pick("有未检查的条目则无数据", "no value while an item is unchecked").to_owned()
                }
                Unchecked::LeftOut => self.pick("未检查的条目不计", "unchecked items are left out").to_owned(),
            }],
            _ => Vec::new(),
        }
    }

    fn rating_rules(&self, rating: &Rating) -> Vec<String> {
        let mut rules = vec![say!(self, "最高评 {} 分", "scores up to {}", rating.max)];
        if !rating.levels.is_empty() {
            let levels = rating.levels.iter().map(|(level, score)| format!("{level} = {}", self.points(score)));
            rules.push(say!(self, "等第折算：{}", "levels: {}", self.list(levels)));
        }
        if rating.mix.len() > 1 {
            rules.push(match rating.absent {
                Absent::Renormalise => {
                    self.pick("有人未评时按其余评分人的比例折算", "a silent rater's part goes to the others").to_owned()
                }
                Absent::Hold => self.pick("缺一人评分则等待", "it waits for every rater").to_owned(),
            });
        }
        if !rating.reference_only.is_empty() {
            let roles = self.list(rating.reference_only.iter().map(|role| self.rater(role)));
            rules.push(say!(self, "{roles}的评分只作参考", "the scores of {roles} are for information"));
        }
        rules
    }
}
