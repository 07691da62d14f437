//! What scoring noticed: unset values hold the run, people without a score are listed, data that is awaited holds a card.

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::scheme::formula::UNSET_SEPARATOR;
use crate::scheme::{Counting, Missing, Scheme};
use crate::words::Bilingual;

use super::appraisal::{Card, Person, Standing, Status};
use super::facts::Crowd;

/// Everything noticed about the cards; `lacking` names the unset values that were needed, `unpayable` the components of
/// pay that lack data.
pub(super) fn of(
    scheme: &Scheme,
    crowd: &Crowd,
    cards: &[Card],
    lacking: &[String],
    unpayable: &[(String, Bilingual)],
) -> Vec<Finding> {
    let mut names: Vec<&str> = Vec::new();
    for name in lacking.iter().flat_map(|names| names.split(UNSET_SEPARATOR)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let unset = names.into_iter().map(|name| {
        Finding::hold(
            "unset-value",
            Bilingual::new(
                format!("考核方案 {} 的 {name} 尚未设定", scheme.id),
                format!("scheme {} leaves {name} unset", scheme.id),
            ),
            Bilingual::new("请在方案文件中填入该值后重新运行", "write the value into the scheme's file and run again"),
        )
    });
    let mut findings: Vec<Finding> = unset.collect();
    let scored = cards.iter().filter(|card| crowd.scored.contains(&card.agent.id));
    findings.extend(scored.flat_map(|card| waiting(scheme, card)));
    let people: FxHashMap<&str, &Person> = cards.iter().map(|card| (card.agent.id.as_str(), &card.agent)).collect();
    for (agent, pay) in unpayable {
        let called = people.get(agent.as_str()).map(|person| person.called()).unwrap_or_default();
        findings.push(awaited(agent, &called, pay));
    }
    if scheme.total.counts == Counting::Sum {
        findings.extend(cards.iter().filter_map(not_scored));
    }
    findings
}

fn not_scored(card: &Card) -> Option<Finding> {
    let Standing::NotScored { reason } = &card.standing else { return None };
    let text = Bilingual::new(
        format!("{}未评分：{}", card.agent.called().zh, reason.zh),
        format!("{} is not scored: {}", card.agent.called().en, reason.en),
    );
    Some(Finding::note("not-scored", text).about(&card.agent.id))
}

/// Lines whose data must be waited for hold the agent's documents.
fn waiting<'a>(scheme: &'a Scheme, card: &'a Card) -> impl Iterator<Item = Finding> + 'a {
    let lines = card.lines.iter().zip(&scheme.indicators);
    let waiting = lines.filter(|(line, one)| line.status == Status::Missing && one.missing == Missing::Hold);
    waiting.map(|(line, _)| awaited(&card.agent.id, &card.agent.called(), &line.label))
}

fn awaited(agent: &str, called: &Bilingual, what: &Bilingual) -> Finding {
    Finding::hold_subject(
        "waiting-for-data",
        agent,
        Bilingual::new(
            format!("{}的“{}”尚无数据，其文件已挂起", called.zh, what.zh),
            format!("\"{}\" of {} has no data yet; their documents are held", what.en, called.en),
        ),
        Bilingual::new("数据到齐后用 --refresh 重新运行", "run again with `--refresh` once the data is there"),
    )
}
