//! Who does what by when: milestones, duties, and charts that count nothing.

use crate::scheme::consequence::{Due, Duty, Insight, Milestone};
use crate::scheme::{Cadence, Chart, MilestoneMonth};

use super::{Reader, Section, lines, say};

impl Reader<'_> {
    /// The calendar of the appraisal.
    pub(super) fn milestones(&self) -> Section {
        self.section("日程", "Calendar", lines(&self.scheme.milestones, |one| self.milestone(one)))
    }

    fn milestone(&self, milestone: &Milestone) -> String {
        let due = match &milestone.due {
            Due::Day(day, MilestoneMonth::Next) => say!(self, "次月 {day} 日", "day {day} of the next month"),
            Due::Day(day, MilestoneMonth::Same) => say!(self, "当月 {day} 日", "day {day} of the month"),
            Due::Weekday(day) => self.weekday(*day).to_owned(),
            Due::Every(Cadence::Day) => self.pick("每天", "every day").to_owned(),
            Due::Every(Cadence::Week) => self.pick("每周", "every week").to_owned(),
            Due::Every(Cadence::Period) => self.pick("每期", "every period").to_owned(),
        };
        let (who, what) = (self.text(&milestone.who), self.text(&milestone.what));
        say!(self, "{due}：{who}——{what}", "{due}: {who} — {what}")
    }

    fn weekday(&self, day: chrono::Weekday) -> &'static str {
        use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        match day {
            Mon => self.pick("每周一", "every Monday"),
            Tue => self.pick("每周二", "every Tuesday"),
            Wed => self.pick("每周三", "every Wednesday"),
            Thu => self.pick("每周四", "every Thursday"),
            Fri => self.pick("每周五", "every Friday"),
            Sat => self.pick("每周六", "every Saturday"),
            Sun => self.pick("每周日", "every Sunday"),
        }
    }

    /// What must be produced, sent or kept.
    pub(super) fn duties(&self) -> Section {
        self.section("义务", "Duties", lines(&self.scheme.duties, |duty| self.duty(duty)))
    }

    fn duty(&self, duty: &Duty) -> String {
        let when = duty.when.as_ref().map(|when| say!(self, "当{}", "when {}", self.formula(when)));
        let to = (!duty.to.is_empty()).then(|| say!(self, "给{}", "to {}", self.recipients(&duty.to)));
        let due = duty.due.as_ref().map(|due| self.text(due).to_owned());
        let text = self.text(&duty.text).to_owned();
        self.clauses([Some(text), when, to, due].into_iter().flatten())
    }

    /// Charts and texts that count nothing.
    pub(super) fn insights(&self) -> Section {
        self.section("参考图表", "Charts for information", lines(&self.scheme.insights, |one| self.insight(one)))
    }

    fn insight(&self, insight: &Insight) -> String {
        let chart = match insight.chart {
            Chart::Trend => self.pick("趋势", "trend"),
            Chart::Heatmap => self.pick("热力图", "heat map"),
            Chart::Histogram => self.pick("分布", "distribution"),
        };
        let text = insight.text.as_ref().map(|text| self.text(text).to_owned());
        self.clauses([Some(format!("{chart} · {}", self.formula(&insight.value))), text].into_iter().flatten())
    }
}
