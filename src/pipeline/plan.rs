//! What a run would do, said before it does it.

use crate::job::{Job, Of, Reader, ReleasedBy, Report};
use crate::ledger::{DeliveryState, DocumentKind, Scope};
use crate::render;
use crate::score::Appraisal;
use crate::score::appraisal::Standing;
use crate::words::Bilingual;

use super::effects::{self, Effect, Effects};
use super::order::Order;
use super::{Pipeline, addresses, build, documents, keeping, pull, reports, versions};

/// The effects of an order, computed without any.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What would be pulled, computed, rendered and mailed, line by line.
    pub lines: Vec<Bilingual>,
    /// What would become of the cards from the kept data; `None` when no data is kept or it is to be refreshed.
    pub effects: Option<Effects>,
}

/// Says what a run would do; pulls nothing, writes nothing, mails nobody.
pub fn plan(pipeline: &Pipeline, order: &Order) -> anyhow::Result<Plan> {
    let job = pipeline.jobs.get(&order.job).map_err(crate::diag::Diagnostics::from)?;
    let mut lines = pull::describe(pipeline, job, order)?;
    lines.push(scheme_line(pipeline, job, order)?);
    let scheme = versions::scheme_or(pipeline, job, &order.period, order.scheme_version.as_deref())?;
    versions::same_cycle(job, &scheme)?;
    let kept = if order.refresh { None } else { keeping::kept_tables(pipeline, job, &order.period)? };
    let Some(tables) = kept else {
        lines.push(Bilingual::new(
            "出卡：数据拉取后为范围内每人一张绩效卡，每个团队一份汇总",
            "render: one card per agent in scope and one pack per team, once the data is there",
        ));
        lines.extend(job.reports.iter().map(|report| report_line(job, report, None)));
        lines.push(mail_line(job, order, None));
        lines.extend(release_line(job, order));
        return Ok(Plan { lines, effects: None });
    };
    let now = pipeline.settings.clock.now();
    let appraisal = build::appraise(pipeline, job, &scheme, &tables, &order.period, now)?;
    let effects = effects::of(pipeline, job, &order.scope, &appraisal)?;
    let cards: Vec<_> = appraisal.cards.iter().filter(|card| documents::covers(&order.scope, card)).collect();
    let scored = cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. })).count();
    let (all, new, first) = (cards.len(), effects.cards.len(), effects.first());
    lines.push(Bilingual::new(
        format!("出卡：范围内 {all} 人（{scored} 人有分数），{new} 张绩效卡将有新版次，其中 {first} 张为首版"),
        format!(
            "render: {all} agents in scope ({scored} scored), {new} cards get a new edition, {first} of them the first"
        ),
    ));
    lines.extend(report_lines(pipeline, job, order, &appraisal)?);
    let unreachable = addresses::unreachable(pipeline, job, &order.scope, &appraisal)?.len();
    let (new, sent) = letters_of(pipeline, job, &appraisal, &effects.cards, &order.scope)?;
    lines.push(mail_line(job, order, Some((new, sent, unreachable))));
    lines.extend(release_line(job, order));
    Ok(Plan { lines, effects: Some(effects) })
}

/// How many documents of each report there are, and how many of them change.
fn report_lines(
    pipeline: &Pipeline,
    job: &Job,
    order: &Order,
    appraisal: &Appraisal,
) -> anyhow::Result<Vec<Bilingual>> {
    let wanted = reports::wanted(pipeline, job, &order.scope, appraisal)?;
    let mut lines = Vec::new();
    for report in &job.reports {
        let (mut all, mut new) = (0, 0);
        for one in wanted.iter().filter(|one| std::ptr::eq(one.report, report)) {
            let latest = pipeline.ledger.latest_document(&job.id, &appraisal.period, one.kind(), one.subject())?;
            let is_same = latest.is_some_and(|latest| latest.content_hash == render::digest(&one.body));
            (all, new) = (all + 1, new + usize::from(!is_same));
        }
        lines.push(report_line(job, report, Some((all, new))));
    }
    Ok(lines)
}

fn report_line(job: &Job, report: &Report, known: Option<(usize, usize)>) -> Bilingual {
    let title = report.kind.title(job.cycle);
    let readers = |managers: &str, agents: &str, nobody: &str, by: &str| {
        let word = |reader: &Reader| match reader {
            Reader::Managers => managers.to_owned(),
            Reader::Agents => agents.to_owned(),
            Reader::Address(address) => address.clone(),
        };
        let words: Vec<String> = report.to.iter().map(word).collect();
        if words.is_empty() { nobody.to_owned() } else { words.join(by) }
    };
    let (zh, en) = match (known, report.of) {
        (Some((all, new)), _) => {
            (format!("{all} 份，{new} 份将有新版次"), format!("{all} in all, {new} with a new edition"))
        }
        (None, Of::Team) => ("每个团队一份".to_owned(), "one per team".to_owned()),
        (None, Of::Shop) => ("全店一份".to_owned(), "one for all".to_owned()),
        (None, Of::Agent) => ("需要者每人一份".to_owned(), "one per agent who needs it".to_owned()),
    };
    Bilingual::new(
        format!("报表：{}，{zh}；读者：{}", title.zh, readers("主管", "客服", "无", "、")),
        format!("report: {}, {en}; for {}", title.en, readers("managers", "agents", "nobody", ", ")),
    )
}

fn scheme_line(pipeline: &Pipeline, job: &Job, order: &Order) -> anyhow::Result<Bilingual> {
    let scheme = versions::scheme_or(pipeline, job, &order.period, order.scheme_version.as_deref())?;
    let (assumed, unset) = (scheme.assumptions().len(), scheme.unset().len());
    Ok(Bilingual::new(
        format!(
            "评分：{} {} 版，{} 个考核项，{assumed} 处默认值，{unset} 处未设定",
            scheme.title.zh,
            scheme.version,
            scheme.indicators.len()
        ),
        format!(
            "score: {} version {}, {} indicators, {assumed} values assumed, {unset} unset",
            scheme.title.en,
            scheme.version,
            scheme.indicators.len()
        ),
    ))
}

/// How many letters about cards in scope would go out, and how many went out before and stay as they are.
fn letters_of(
    pipeline: &Pipeline,
    job: &Job,
    appraisal: &Appraisal,
    effects: &[Effect],
    scope: &Scope,
) -> anyhow::Result<(usize, usize)> {
    let (mut new, mut sent) = (0, 0);
    for card in appraisal.cards.iter().filter(|card| documents::covers(scope, card)) {
        let changed = effects.iter().any(|effect| effect.agent == card.agent.id);
        let latest = pipeline.ledger.latest_document(&job.id, &appraisal.period, DocumentKind::Card, &card.agent.id)?;
        let deliveries = match latest.filter(|_| !changed) {
            Some(latest) => pipeline.ledger.document_deliveries(latest.id)?,
            None => Vec::new(),
        };
        match deliveries.iter().any(|one| matches!(one.state, DeliveryState::Sent | DeliveryState::ResolvedSent)) {
            true => sent += 1,
            false if addresses::can_be_mailed(job, &card.agent) => new += 1,
            false => {}
        }
    }
    Ok((new, sent))
}

/// Whose word is still missing when somebody asks for letters.
fn release_line(job: &Job, order: &Order) -> Option<Bilingual> {
    let second = order.send && job.mails() && job.release.by == ReleasedBy::TwoPerson;
    second.then(|| {
        Bilingual::new(
            "放行：您的要求算第一人放行，另一人放行后才发出",
            "release: your asking is the first word; letters go when another person releases the run",
        )
    })
}

fn mail_line(job: &Job, order: &Order, known: Option<(usize, usize, usize)>) -> Bilingual {
    if !job.mails() {
        return Bilingual::new("发送：本任务不发邮件", "mail: this job mails nobody");
    }
    if !order.send {
        return Bilingual::new(
            "发送：不发送任何邮件（发送需另行指定）",
            "mail: nobody is mailed, unless sending is asked for",
        );
    }
    let (zh, en) = match known {
        Some((_, _, unreachable)) if job.letters.to.is_empty() => (
            format!("：只发报表，有变化才发，{unreachable} 人无法送达"),
            format!(": reports alone, where they changed; {unreachable} people cannot be reached"),
        ),
        Some((new, sent, unreachable)) => (
            format!(
                "：绩效卡发出 {new} 封，{sent} 封已发过的不再发，{unreachable} 人无法送达；团队汇总与报表有变化才发"
            ),
            format!(
                ": {new} cards go out, {sent} that went out are not sent again, {unreachable} people cannot be reached; packs and reports go out where they changed"
            ),
        ),
        None => (String::new(), String::new()),
    };
    Bilingual::new(
        format!("发送：新版次发给 {} 域内的收件人{zh}", job.letters.allow_domains.join("、")),
        format!("mail: new editions go to recipients at {}{en}", job.letters.allow_domains.join(", ")),
    )
}
