//! What scoring noticed: unset values hold the run, people without a score are listed, data that is awaited holds a card.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::scheme::formula::UNSET_SEPARATOR;
use crate::scheme::{Counting, Counts, Judged, Missing, Scheme};
use crate::tables::Tables;
use crate::words::Bilingual;

use super::appraisal::{Card, Person, Standing, Status};
use super::facts::Facts;

/// Everything noticed about the cards; `lacking` names the unset values that were needed, `unpayable` the components of
/// pay that lack data.
pub(super) fn of(
    facts: &Facts<'_>,
    tables: &Tables,
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
    let mut findings: Vec<Finding> =
        unset.chain(not_given(facts, tables, cards)).chain(not_recorded(scheme, tables)).collect();
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
fn not_given(facts: &Facts<'_>, given: &Tables, cards: &[Card]) -> Option<Finding> {
    let scheme = facts.scheme;
    let crowd: Vec<&Card> = cards.iter().filter(|card| facts.crowd.scored.contains(&card.agent.id)).collect();
    let all_are = |place: usize, status: Status| {
        crowd.iter().all(|card| card.lines.get(place).is_none_or(|line| line.status == status))
    };
    let (mut all, mut lacking) = (Exact::zero(), Exact::zero());
    let (mut tables, mut lines) = (BTreeSet::new(), Vec::new());
    for (place, line) in scheme.indicators.iter().enumerate() {
        let Counts::Weighted { weight, .. } = &line.counts else { continue };
        let weight =
            weight.known().cloned().filter(|_| !all_are(place, Status::NotApplicable)).unwrap_or_else(Exact::zero);
        all = all + weight.clone();
        let origins = crowd.first().and_then(|card| card.lines.get(place)).map_or(&[][..], |line| &line.origins);
        let mut absent =
            origins.iter().map(|origin| origin.table.as_str()).filter(|table| !given.has(table)).peekable();
        if all_are(place, Status::Missing) && absent.peek().is_some() {
            lacking = lacking + weight;
            tables.extend(absent);
            lines.push(&line.label);
        }
    }
    if lines.is_empty() || crowd.is_empty() {
        return None;
    }
    let (tables, lines) = (named(&tables), listed(&lines));
    let text = Bilingual::new(
        format!("本期没有任何数据源给出 {}，以下考核项所有人都没有数据，总分只由其余各项得出：{}", tables.zh, lines.zh),
        format!(
            "no source gave {}, so nobody has data for these lines, and the others alone make up the total: {}",
            tables.en, lines.en
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

/// Lines judged by recorded events which nobody records: everybody keeps what they begin with.
fn not_recorded(scheme: &Scheme, given: &Tables) -> Option<Finding> {
    let mut tables = BTreeSet::new();
    let mut lines = Vec::new();
    for line in scheme.indicators.iter().filter(|line| !matches!(line.counts, Counts::Shown)) {
        let Judged::Occurrences { kinds, .. } = &line.judged else { continue };
        if kinds.iter().all(|kind| !given.has(&kind.table)) {
            tables.extend(kinds.iter().map(|kind| kind.table.as_str()));
            lines.push(&line.label);
        }
    }
    if lines.is_empty() {
        return None;
    }
    let (tables, lines) = (named(&tables), listed(&lines));
    let text = Bilingual::new(
        format!("没有数据源记录 {}，以下考核项按什么都没有发生计：{}", tables.zh, lines.zh),
        format!("no source records {}, so these lines count as if nothing had happened: {}", tables.en, lines.en),
    );
    let next = Bilingual::new(
        "若有记录，请让数据源给出后用 --refresh 重新运行",
        "if there are records, have a source give them and run again with `--refresh`",
    );
    Some(Finding::note("nothing-recorded", text).next(next))
}

fn named(tables: &BTreeSet<&str>) -> Bilingual {
    let joined = |mark: &str| tables.iter().copied().collect::<Vec<&str>>().join(mark);
    Bilingual::new(joined("、"), joined(", "))
}

fn listed(labels: &[&Bilingual]) -> Bilingual {
    let joined =
        |pick: fn(&Bilingual) -> &str, mark: &str| labels.iter().copied().map(pick).collect::<Vec<_>>().join(mark);
    Bilingual::new(joined(|one| &one.zh, "、"), joined(|one| &one.en, ", "))
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

#[cfg(test)]
mod tests;
