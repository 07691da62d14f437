//! Outliers: cards that a person should look at before any letter goes, told by what earlier periods were like.

use std::collections::{BTreeMap, BTreeSet};

use crate::exact::Exact;
use crate::finding::{Finding, OUTLIER};
use crate::job::{Job, Outliers};
use crate::ledger::{PastResult, Run};
use crate::period::Period;
use crate::scheme::Scheme;
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Standing, Status};
use crate::words::Bilingual;

use super::documents::covers;
use super::{Pipeline, versions};

/// How many earlier periods say what is usual.
const PERIODS: u32 = 6;

/// What stands out on the cards of a run, as its job asks to be told.
pub(super) fn of(pipeline: &Pipeline, job: &Job, run: &Run, appraisal: &Appraisal) -> anyhow::Result<Vec<Finding>> {
    let past = pipeline.ledger.past_results(&job.id, &run.period, PERIODS)?;
    let scheme = versions::scheme_of_run(pipeline, job, run)?;
    let usual = Usual {
        limits: job.release.outliers,
        scheme: &scheme,
        before: run.period.previous(),
        past: by_agent(&past),
        everybody: range(past.iter().filter_map(|one| one.total.as_ref())),
    };
    let cards = appraisal.cards.iter().filter(|card| covers(&run.scope, card));
    Ok(cards.flat_map(|card| usual.told(card)).collect())
}

fn by_agent(past: &[PastResult]) -> BTreeMap<&str, Vec<&PastResult>> {
    let mut agents: BTreeMap<&str, Vec<&PastResult>> = BTreeMap::new();
    for one in past {
        agents.entry(&one.agent).or_default().push(one);
    }
    agents
}

/// What was usual until now.
struct Usual<'a> {
    limits: Outliers,
    scheme: &'a Scheme,
    before: Period,
    past: BTreeMap<&'a str, Vec<&'a PastResult>>,
    /// The least and the greatest of all totals.
    everybody: Option<(&'a Exact, &'a Exact)>,
}

impl Usual<'_> {
    fn told(&self, card: &Card) -> Vec<Finding> {
        let Standing::Scored { total, rank, of, grade_id, .. } = &card.standing else { return Vec::new() };
        let before =
            self.past.get(card.agent.id.as_str()).and_then(|own| own.iter().find(|one| one.period == self.before));
        let told = [
            before.and_then(|before| self.grade(before, grade_id)).map(|text| ("grade", text)),
            before.and_then(|before| self.rank(before, *rank, *of)).map(|text| ("rank", text)),
            self.total(&card.agent.id, total).map(|text| ("total", text)),
            self.missing(card).map(|text| ("missing", text)),
        ];
        let name = format!("{}（{}）", card.agent.name, card.agent.id);
        let name_en = format!("{} ({})", card.agent.name, card.agent.id);
        let finding = |(kind, text): (&str, Bilingual)| {
            let text = Bilingual::new(format!("{name}{}", text.zh), format!("{name_en}: {}", text.en));
            Finding::note(&format!("{OUTLIER}{kind}"), text).about(&card.agent.id)
        };
        told.into_iter().flatten().map(finding).collect()
    }

    /// Grades stand best first in the scheme.
    fn grade(&self, before: &PastResult, now: &str) -> Option<Bilingual> {
        let place = |id: &str| self.scheme.grades.iter().position(|grade| grade.id == id);
        let (was, is) = (place(before.grade.as_deref()?)?, place(now)?);
        let moved = was.abs_diff(is) as u32;
        let (was, is) = (&self.scheme.grades[was].label, &self.scheme.grades[is].label);
        reaches(moved, self.limits.grade_moves).then(|| {
            Bilingual::new(
                format!("等级由 {} 变为 {}，移动 {moved} 级", was.zh, is.zh),
                format!("the grade moved by {moved}, from {} to {}", was.en, is.en),
            )
        })
    }

    fn rank(&self, before: &PastResult, now: u32, of: u32) -> Option<Bilingual> {
        let was = before.rank?;
        let moved = was.abs_diff(now);
        let among = before.ranked.unwrap_or(of);
        reaches(moved, self.limits.rank_moves).then(|| {
            Bilingual::new(
                format!("名次由 {was}/{among} 变为 {now}/{of}，移动 {moved} 位"),
                format!("the rank moved by {moved}, from {was} of {among} to {now} of {of}"),
            )
        })
    }

    /// Beyond the agent's own totals; where there are fewer than two, beyond everybody's.
    fn total(&self, agent: &str, now: &Exact) -> Option<Bilingual> {
        let margin = Some(self.limits.total_beyond).filter(|margin| *margin > 0)?;
        let own: Vec<&Exact> =
            self.past.get(agent).into_iter().flatten().filter_map(|one| one.total.as_ref()).collect();
        let (least, most) = if own.len() < 2 { self.everybody? } else { range(own.into_iter())? };
        let margin = Exact::whole(margin.into());
        let beyond = *now < least.clone() - margin.clone() || *now > most.clone() + margin;
        beyond.then(|| {
            let (now, least, most) = (now.fixed(2), least.fixed(2), most.fixed(2));
            Bilingual::new(
                format!("总分 {now} 超出以往范围 {least}—{most}"),
                format!("the total of {now} lies beyond the usual range of {least} to {most}"),
            )
        })
    }

    fn missing(&self, card: &Card) -> Option<Bilingual> {
        let lines = card.lines.iter().filter(|line| self.limits.missing && line.status == Status::Missing);
        let labels: BTreeSet<(&str, &str)> =
            lines.map(|line| (line.label.zh.as_str(), line.label.en.as_str())).collect();
        (!labels.is_empty()).then(|| {
            let zh: Vec<&str> = labels.iter().map(|label| label.0).collect();
            let en: Vec<&str> = labels.iter().map(|label| label.1).collect();
            Bilingual::new(format!("无数据：{}", zh.join("、")), format!("no data for {}", en.join(", ")))
        })
    }
}

/// The least and the greatest; none of none.
fn range<'e>(mut totals: impl Iterator<Item = &'e Exact>) -> Option<(&'e Exact, &'e Exact)> {
    let first = totals.next()?;
    Some(totals.fold((first, first), |(least, most), one| (least.min(one), most.max(one))))
}

/// Whether something moved as far as people asked to be told; nought asks for nothing.
fn reaches(moved: u32, limit: u32) -> bool {
    limit > 0 && moved >= limit
}
