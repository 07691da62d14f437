//! The ladder of titles (R20): who holds which, and who is proposed for a higher one.

use crate::scheme::consequence::TitleLevel;
use crate::tables::Member;
use crate::words::Bilingual;

use super::appraisal::Proposal;
use super::desk::Desk;
use super::reason;

/// Whether an agent holds a title; rosters write its id or its label.
pub(super) fn holds(member: &Member, title: &TitleLevel) -> bool {
    member.title.as_ref().is_some_and(|held| *held == title.id || *held == title.label.zh || *held == title.label.en)
}

/// The highest title above the present one whose requirements are met.
pub(super) fn promotion(desk: &Desk<'_>, member: &Member) -> Option<Proposal> {
    let titles = &desk.facts.scheme.titles;
    let above = titles.iter().position(|title| holds(member, title)).map_or(0, |held| held + 1);
    let fits = |title: &&TitleLevel| title.requires.as_ref().is_some_and(|requires| desk.holds(requires, member));
    let title = titles[above..].iter().rfind(fits)?;
    let requires = title.requires.as_ref().map(|requires| reason::of_agent(desk, requires, member));
    let requires = requires.unwrap_or_default();
    Some(Proposal {
        rule: title.id.clone(),
        kind: "promote".to_owned(),
        text: Bilingual::new(format!("晋升为{}", title.label.zh), format!("promote to {}", title.label.en)),
        evidence: Bilingual::new(format!("满足条件：{}", requires.zh), format!("meets: {}", requires.en)),
        amount: None,
    })
}
