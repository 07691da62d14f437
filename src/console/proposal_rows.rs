//! The rows of the page of proposals.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::desk::Desk;
use super::home::{job_title, zone_of};
use super::proposals::{first_of_two, said_first, say_barred, say_second, say_unsettled};
use super::say;
use super::sessions::SignedIn;
use crate::ledger::{Bar, Proposal, ProposalState, Said, TeamNames};
use crate::words::{Bilingual, Locale};

/// One proposal.
pub struct ProposalRow {
    /// The ledger's number for it.
    pub id: i64,
    /// The agent.
    pub name: String,
    /// The agent's staff number.
    pub agent: String,
    /// What the agent's team is called.
    pub team: String,
    /// The job and the period.
    pub card: String,
    /// The edition of the card.
    pub edition: u32,
    /// What is proposed, with its amount.
    pub text: String,
    /// Its kind and its rule.
    pub rule: String,
    /// The numbers that led to it.
    pub evidence: String,
    /// Where the run behind its card is.
    pub run: String,
    /// Its state.
    pub state: Bilingual,
    /// How that looks.
    pub tone: &'static str,
    /// The one before it, and what became of that.
    pub earlier: Option<Bilingual>,
    /// Who decided, when and why.
    pub ended: Option<String>,
    /// Where to decide, for those who may now.
    pub decide: Option<String>,
    /// Who said the first of two words, when and why.
    pub first_word: Option<String>,
    /// Whether this person's word would approve it or be the first of two; whoever said the first may only refuse.
    pub may_approve: bool,
    /// Why this person may not decide now.
    pub bar: Option<Bilingual>,
}

/// Makes rows for one person.
pub struct Rows<'a> {
    desk: &'a Desk,
    person: &'a SignedIn,
    locale: Locale,
    all: &'a [Proposal],
    teams: BTreeMap<String, Arc<TeamNames>>,
}

impl<'a> Rows<'a> {
    /// `all` are the proposals that the person may see, among which earlier ones are looked up.
    pub fn new(desk: &'a Desk, person: &'a SignedIn, locale: Locale, all: &'a [Proposal]) -> Self {
        Self { desk, person, locale, all, teams: BTreeMap::new() }
    }

    /// The rows of these proposals.
    pub fn of(&mut self, some: &[&Proposal]) -> anyhow::Result<Vec<ProposalRow>> {
        some.iter().map(|one| self.row(one)).collect()
    }

    fn row(&mut self, one: &Proposal) -> anyhow::Result<ProposalRow> {
        let (state, tone) = say::proposal_state(one.state);
        let bar = self.bar(one);
        let is_pending = one.state == ProposalState::Pending;
        let is_open = is_pending && bar.is_none();
        let said_before = said_first(self.desk, self.person, one);
        Ok(ProposalRow {
            id: one.id,
            name: one.name.clone(),
            agent: one.agent.clone(),
            team: self.team(one)?,
            card: format!("{} {}", job_title(self.desk, &one.job, self.locale), one.period),
            edition: one.edition,
            text: with_amount(one, self.locale),
            rule: one.what.origin(),
            evidence: one.what.evidence.get(self.locale).to_owned(),
            run: format!("/runs/{}", one.run_id),
            state,
            tone: tone.class(),
            earlier: self.earlier(one),
            ended: one.ended.as_ref().map(|end| self.said(one, end)),
            first_word: first_of_two(self.desk, one).map(|first| self.said(one, &first.said)),
            may_approve: !said_before,
            decide: is_open.then(|| format!("/proposals/{}/decide", one.id)),
            bar: bar.or_else(|| said_before.then(say_second)).filter(|_| is_pending),
        })
    }

    fn bar(&self, one: &Proposal) -> Option<Bilingual> {
        let barred = Bar::of(&self.person.user, &self.person.sight.led(), one).map(say_barred);
        barred.or_else(|| (!one.is_settled).then(say_unsettled))
    }

    fn team(&mut self, one: &Proposal) -> anyhow::Result<String> {
        if !self.teams.contains_key(&one.job) {
            self.teams.insert(one.job.clone(), self.desk.console.ledger.team_names(&one.job)?);
        }
        let names = self.teams.get(&one.job);
        Ok(names.and_then(|names| names.get(&one.team)).unwrap_or(&one.team).clone())
    }

    fn earlier(&self, one: &Proposal) -> Option<Bilingual> {
        let before = self.all.iter().find(|other| Some(other.id) == one.earlier)?;
        let (state, _) = say::proposal_state(before.state);
        let said = |locale, state: &str| format!("#{} {}: {state}", before.id, with_amount(before, locale));
        Some(Bilingual::new(said(Locale::Zh, &state.zh), said(Locale::En, &state.en)))
    }

    fn said(&self, one: &Proposal, word: &Said) -> String {
        format!("{} · {} · {}", word.by, say::when(word.at, zone_of(self.desk, &one.job)), word.reason)
    }
}

fn with_amount(one: &Proposal, locale: Locale) -> String {
    let text = one.what.text.get(locale);
    match &one.what.amount {
        Some(amount) => format!("{text} ¥{}", amount.fixed(2)),
        None => text.to_owned(),
    }
}
