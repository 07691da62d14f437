//! What scoring noticed: unset values hold the run, people without a score are listed, data that is awaited holds a card.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::scheme::formula::UNSET_SEPARATOR;
use crate::scheme::{Counting, Counts, Missing, Scheme};
use crate::words::Bilingual;

use super::appraisal::{Card, Person, Standing, Status};
use super::facts::{Facts, metrics_behind};

/// Everything noticed about the cards; `lacking` names the unset values that were needed, `unpayable` the components of
/// pay that lack data.
pub(super) fn of(
    facts: &Facts<'_>,
    cards: &[Card],
    lacking: &[String],
    unpayable: &[(String, Bilingual)],
) -> Vec<Finding> {
    let (scheme, crowd) = (facts.scheme, &facts.crowd);
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
    let mut findings: Vec<Finding> = unset.chain(not_given(facts, cards)).collect();
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

/// Weighted lines that nobody has data for because no source gave their tables. The others make up the total then; where
/// they are less than half of it, the run is held.
fn not_given(facts: &Facts<'_>, cards: &[Card]) -> Option<Finding> {
    let scheme = facts.scheme;
    let crowd: Vec<&Card> = cards.iter().filter(|card| facts.crowd.scored.contains(&card.agent.id)).collect();
    let all_are = |place: usize, status: Status| {
        crowd.iter().all(|card| card.lines.get(place).is_none_or(|line| line.status == status))
    };
    let is_absent = |metric: &usize| !facts.is_given(*metric) && scheme.metrics[*metric].months_ago.is_empty();
    let table = |metric: &usize| {
        let name = scheme.metrics[*metric].table.as_str();
        scheme.filters.iter().find(|filter| filter.id == name).map_or(name, |filter| filter.table.as_str())
    };
    let (mut all, mut lacking) = (Exact::zero(), Exact::zero());
    let (mut tables, mut lines) = (BTreeSet::new(), Vec::new());
    for (place, line) in scheme.indicators.iter().enumerate() {
        let Counts::Weighted { weight, .. } = &line.counts else { continue };
        let weight =
            weight.known().cloned().filter(|_| !all_are(place, Status::NotApplicable)).unwrap_or_else(Exact::zero);
        all = all + weight.clone();
        let metrics = metrics_behind(scheme, line);
        if all_are(place, Status::Missing) && metrics.iter().any(is_absent) {
            lacking = lacking + weight;
            tables.extend(metrics.iter().filter(|metric| is_absent(metric)).map(table));
            lines.push(&line.label);
        }
    }
    if lines.is_empty() || crowd.is_empty() {
        return None;
    }
    let tables = |mark: &str| tables.iter().copied().collect::<Vec<&str>>().join(mark);
    let list =
        |pick: fn(&Bilingual) -> &str, mark: &str| lines.iter().copied().map(pick).collect::<Vec<_>>().join(mark);
    let text = Bilingual::new(
        format!(
            "本期没有任何数据源给出 {}，以下考核项所有人都没有数据，总分只由其余各项得出：{}",
            tables("、"),
            list(|one| &one.zh, "、")
        ),
        format!(
            "no source gave {}, so nobody has data for these lines, and the others alone make up the total: {}",
            tables(", "),
            list(|one| &one.en, ", ")
        ),
    );
    let next = Bilingual::new(
        "补上数据后用 --refresh 重新运行；确实没有的，由具名的人接受后放行",
        "bring the data and run again with `--refresh`; where there is none, a named person may accept it",
    );
    let is_most = lacking.clone() + lacking > all;
    Some(match is_most {
        true => Finding::hold("table-not-given", text, next),
        false => Finding::note("table-not-given", text).next(next),
    })
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
