//! How each line is scored: its conditions, its curve or its events.

use crate::scheme::{Indicator, Judged, Measure, Missing, Per, Scored, Unit};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// Line by line, with a table of bands where there are bands.
    pub(super) fn scoring(&self) -> Section {
        let parts = self.scheme.indicators.iter().flat_map(|line| self.scoring_of(line)).collect();
        self.section("评分标准", "How points are given", parts)
    }

    fn scoring_of(&self, line: &Indicator) -> Vec<Part> {
        let conditions = self.clauses(self.conditions(line));
        let label = self.text(&line.label);
        let head = match conditions.is_empty() {
            true => format!("【{label}】"),
            false => format!("【{label}】{conditions}"),
        };
        let mut parts = vec![Part::Line(head)];
        if let Some(about) = &line.about {
            parts.push(Part::Line(self.text(about).to_owned()));
        }
        parts.extend(match (&line.scored, &line.judged) {
            (_, Judged::Occurrences { start, kinds }) => self.occurrences(start, kinds),
            (_, Judged::Points(formula)) => {
                vec![Part::Line(say!(self, "得分 = {}", "points = {}", self.formula(formula)))]
            }
            (Scored::Curve(curve), Judged::Met(conditions)) => self.met(conditions, curve),
            (Scored::Curve(curve), _) => self.bands(curve, self.unit_of_curve(line)),
            (Scored::Linear(linear), _) => vec![self.linear(linear, self.unit_of_curve(line))],
            (Scored::Ranks(ranks), _) => self.by_place(ranks),
            (Scored::AsIs, _) => vec![Part::Line(self.as_is(line))],
        });
        parts
    }

    /// When, how often, within which limits, and what happens without data.
    fn conditions(&self, line: &Indicator) -> Vec<String> {
        let mut said = Vec::new();
        if line.per == Per::Week {
            said.push(
                self.pick(
                    "每周计分（1～7、8～14、15～21、22 日至月末），四周相加",
                    "scored in four parts of the month (1–7, 8–14, 15–21, the rest), summed",
                )
                .to_owned(),
            );
        }
        if let Some(when) = &line.when {
            said.push(say!(self, "仅当 {} 时考核", "only when {}", self.formula(when)));
        }
        said.push(self.limits(line.at_least.as_ref(), line.at_most.as_ref(), Unit::Points));
        if let (Judged::Value { .. } | Judged::Rating(_) | Judged::Checklist(_), Some(missing)) =
            (&line.judged, self.without_data(line))
        {
            said.push(missing.to_owned());
        }
        said.extend(self.lacking_evidence(line));
        said
    }

    fn without_data(&self, line: &Indicator) -> Option<&'static str> {
        Some(match line.missing {
            Missing::Renormalise => return None,
            Missing::Hold => self.pick("无数据则暂不评分", "without data the card waits"),
            Missing::Full => self.pick("无数据按满分", "full points without data"),
            Missing::Zero => self.pick("无数据按零分", "no points without data"),
        })
    }

    fn as_is(&self, line: &Indicator) -> String {
        match (&line.judged, self.full_points(line)) {
            (Judged::Value { .. }, _) => {
                self.pick("只列示数值，不计分", "the value is shown and counts nothing").to_owned()
            }
            (_, Some(full)) => {
                say!(self, "按比例折算，满分 {}", "in proportion, {} at best", self.points(&full))
            }
            (Judged::Checklist(sheet), None) => match sheet.measure {
                Measure::Passed => self.pick("列示合格比例", "the share passed is shown").to_owned(),
                Measure::Unmet => self.pick("列示不合格条数", "the number failed is shown").to_owned(),
            },
            (_, None) => self.pick("得分即评分", "the score is the points").to_owned(),
        }
    }
}
