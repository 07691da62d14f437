//! What schemes propose and a person must decide: the list, and the word on each.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::JobCard;
use super::attend::Visit;
use super::desk::Desk;
use super::page::{self, Page};
use super::proposal_rows::{ProposalRow, Rows};
use super::refusal::Refusal;
use super::rights::Sight;
use super::run_rows::Sheets;
use super::sessions::SignedIn;
use crate::job::ApprovedBy;
use crate::ledger::{Bar, Decision, FirstWord, Proposal, ProposalState, Through, Undecided, Verdict, WantedProposals};
use crate::words::Bilingual;

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;
/// How many of those that were decided are shown.
const DECIDED: usize = 20;

#[derive(Template)]
#[template(path = "proposals.html", config = "src/console/askama.toml")]
struct ProposalsPage {
    page: Page,
    waiting: Vec<ProposalRow>,
    sheets: Sheets,
    decided: Vec<ProposalRow>,
}

/// `GET /proposals`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let all = theirs(&person.sight, desk.console.ledger.proposals(&WantedProposals::default())?);
    let waiting: Vec<&Proposal> = all.iter().filter(|one| one.state == ProposalState::Pending).collect();
    let sheets = Sheets::of(waiting.len(), visit.query.get("sheet"));
    let mut rows = Rows::new(desk, person, visit.locale, &all);
    page::show(&ProposalsPage {
        page: Page::of(visit),
        waiting: rows.of(sheets.cut(&waiting))?,
        decided: rows.of(&lately_decided(&all))?,
        sheets,
    })
}

/// `POST /proposals/{proposal}/decide`
pub fn decide(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let ledger = &desk.console.ledger;
    let id = visit.params.number("proposal").ok_or(Refusal::NotFound)?;
    let proposal = ledger.proposal(id)?.filter(|one| commands(&person.sight, one));
    let proposal = proposal.ok_or(Refusal::NotFound)?;
    let verdict = Verdict::from_word(visit.form.get("verdict")).ok_or_else(|| Refusal::Conflict(say_which()))?;
    let reason = visit.form.given("reason").filter(|reason| reason.chars().count() <= LONGEST_REASON);
    let reason = reason.ok_or_else(|| Refusal::Conflict(say_why()))?;
    // The same form sent twice.
    let said_before = verdict == Verdict::Approve && said_first(desk, person, &proposal);
    if proposal.state != verdict.state() && !said_before {
        let by = &person.user.name;
        let two_persons = &two_persons(desk);
        let decision = Decision { verdict, by, reason, through: Through::Console, two_persons };
        ledger.decide_proposals(&[id], decision).map_err(refused)?;
    }
    Ok(Redirect::to("/proposals").into_response())
}

/// How many proposals wait for this person's word now.
pub fn waiting_for(desk: &Desk, person: &SignedIn) -> anyhow::Result<usize> {
    let pending = WantedProposals { state: Some(ProposalState::Pending), ..WantedProposals::default() };
    let all = theirs(&person.sight, desk.console.ledger.proposals(&pending)?);
    let led = person.sight.led();
    let waits = |one: &&Proposal| one.is_settled && Bar::of(&person.user, &led, one).is_none();
    Ok(all.iter().filter(waits).filter(|one| !said_first(desk, person, one)).count())
}

/// Whether a proposal that waits for a second person has this person's word already.
pub fn said_first(desk: &Desk, person: &SignedIn, one: &Proposal) -> bool {
    first_of_two(desk, one).is_some_and(|first| first.is_of(&person.user.name))
}

/// The first word for a proposal that waits for the second; none where one is enough.
pub fn first_of_two<'a>(desk: &Desk, one: &'a Proposal) -> Option<&'a FirstWord> {
    let waits = one.state == ProposalState::Pending && desk.job(&one.job).is_some_and(asks_two);
    one.first_word.as_ref().filter(|_| waits)
}

fn asks_two(job: &JobCard) -> bool {
    job.approved_by == ApprovedBy::TwoPerson
}

/// The jobs whose proposals two persons approve.
fn two_persons(desk: &Desk) -> BTreeSet<String> {
    desk.console.jobs.iter().filter(|job| asks_two(job)).map(|job| job.id.clone()).collect()
}

/// How many proposals of a run's cards wait, as far as this person may see them.
pub fn waiting_of_run(desk: &Desk, sight: &Sight, run_id: &str) -> anyhow::Result<usize> {
    Ok(theirs(sight, desk.console.ledger.waiting_proposals(run_id)?).len())
}

/// Those about agents of teams that this person commands.
fn theirs(sight: &Sight, mut all: Vec<Proposal>) -> Vec<Proposal> {
    all.retain(|one| commands(sight, one));
    all
}

fn commands(sight: &Sight, one: &Proposal) -> bool {
    sight.commands_in(&one.job, &one.period, Some(&one.team))
}

/// What persons decided, newest first.
fn lately_decided(all: &[Proposal]) -> Vec<&Proposal> {
    let by_person = |one: &&Proposal| matches!(one.state, ProposalState::Approved | ProposalState::Refused);
    let mut decided: Vec<&Proposal> = all.iter().filter(by_person).collect();
    decided.sort_by_key(|one| std::cmp::Reverse((one.ended.as_ref().map(|end| end.at), one.id)));
    decided.truncate(DECIDED);
    decided
}

fn refused(error: anyhow::Error) -> Refusal {
    match error.downcast_ref::<Undecided>() {
        Some(Undecided::Barred(_, bar)) => Refusal::Conflict(say_barred(*bar)),
        Some(Undecided::Unsettled(..)) => Refusal::Conflict(say_unsettled()),
        Some(Undecided::NoReason) => Refusal::Conflict(say_why()),
        Some(Undecided::SamePerson(..)) => Refusal::Conflict(say_second()),
        Some(Undecided::Over(..)) => Refusal::Conflict(say_over()),
        Some(Undecided::NoSuchProposal(_) | Undecided::NoSuchPerson(_)) => Refusal::NotFound,
        None => Refusal::Broken(error),
    }
}

/// Why a person may not decide.
pub fn say_barred(bar: Bar) -> Bilingual {
    match bar {
        Bar::AboutThemself => Bilingual::new(
            "这项建议关于您本人，须由人事或其他主管决定。",
            "This one is about yourself: HR or another manager decides.",
        ),
        Bar::NotTheirTeam | Bar::Disabled => Bilingual::new(
            "只有该团队的主管、人事或管理员可以决定。",
            "Only a manager of that team, HR or an operator decides.",
        ),
    }
}

/// Why nobody may decide yet.
pub fn say_unsettled() -> Bilingual {
    Bilingual::new(
        "所依据的运行已挂起或尚未完成，重新运行并完成后才能决定。",
        "The run behind it is held or not finished; it can be decided once it was run again and finished.",
    )
}

/// Why the first of two persons waits for another.
pub fn say_second() -> Bilingual {
    Bilingual::new(
        "您已同意；该任务须由另一人再批准后才生效。",
        "You agreed; this job needs another person's word before it takes effect.",
    )
}

fn say_over() -> Bilingual {
    Bilingual::new(
        "这项建议已经决定或撤回，不能再改。请返回查看。",
        "This proposal was decided or withdrawn before. Go back and look.",
    )
}

fn say_which() -> Bilingual {
    Bilingual::new("请选择“批准”或“驳回”。", "Say whether you approve it or refuse it.")
}

fn say_why() -> Bilingual {
    Bilingual::new("请写明理由（不超过 500 字）。", "Say why, in at most 500 letters.")
}
