//! Fills a ledger as months of a large shop leave it: cards with their whole content, packs, letters, findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{Datelike, TimeDelta, Utc};
use scorepost::clock::Clock;
use scorepost::console::{fresh_token, hash_token};
use scorepost::exact::Exact;
use scorepost::finding::Finding;
use scorepost::ledger::{
    Document, DocumentKind, Ledger, NewDelivery, NewDocument, NewRun, RecipientRole, Role, RunState, Scope, TeamLead,
    Trigger, User,
};
use scorepost::period::{Cycle, Period};
use scorepost::render::{Shape, sample};
use scorepost::words::{Bilingual, Locale};

/// Agents of a team.
const TEAM: usize = 50;
/// The job of every run.
pub const JOB: &str = "monthly-scorecard";

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    /// What the table calls them.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Their cookie's value.
    pub token: String,
    /// The token of their forms.
    pub csrf: String,
}

/// What was filled in, as far as addresses of pages name it.
pub struct Filled {
    /// Who keeps the machine.
    pub operator: Person,
    /// Who leads the first team.
    pub manager: Person,
    /// One of its agents.
    pub agent: Person,
    /// The newest run.
    pub run: String,
    /// Its first team.
    pub team: String,
    /// An agent of it.
    pub agent_id: String,
    /// How many teams there are.
    pub teams: usize,
    /// The period of the newest run.
    pub period: Period,
    named: BTreeMap<&'static str, String>,
}

impl Filled {
    /// The address of a page; none for those of things that are not here, such as simulations and links.
    pub fn path(&self, route: &str) -> Option<String> {
        let mut path = String::new();
        for part in route.split('/').skip(1) {
            path.push('/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => path.push_str(self.named.get(name)?),
                None => path.push_str(part),
            }
        }
        Some(path)
    }
}

/// Fills the ledger of this data folder unless it is filled already.
pub fn fill(folder: &Path, agents: usize, months: usize) -> Filled {
    let ledger = ok(Ledger::open(&folder.join("ledger.sqlite"), Clock::system()));
    let last = Period::last_before(Cycle::Month, Utc::now().date_naive());
    let mut periods: Vec<Period> =
        std::iter::successors(Some(last), |period| Some(period.previous())).take(months).collect();
    periods.reverse();
    let done = ok(ledger.runs(None, 1_000)).iter().filter(|run| run.job == JOB).count();
    let started = std::time::Instant::now();
    for period in periods.iter().skip(done) {
        month(&ledger, *period, agents, *period == last);
        eprintln!("{period} is filled after {:.0} s", started.elapsed().as_secs_f64());
    }
    // In a folder that is used again the newest may be one that was begun while the bench looked on.
    let mut runs = ok(ledger.runs_of_period(JOB, &last)).into_iter();
    let run = runs.next_back().unwrap_or_else(|| panic!("a run")).id;
    let (team, agent_id) = (team_of(0), agent_of(7));
    let card = ok(ledger.head_about(&run, DocumentKind::Card, &agent_id)).unwrap_or_else(|| panic!("a card"));
    let letter = ok(ledger.document_deliveries(card.id))[0].id;
    let named = BTreeMap::from([
        ("run", run.clone()),
        ("document", card.id.to_string()),
        ("card", card.id.to_string()),
        ("delivery", letter.to_string()),
        ("person", "operator".to_owned()),
        ("scheme", "presale-weighted".to_owned()),
    ]);
    Filled {
        operator: person(&ledger, "operator", Role::Operator, None),
        manager: person(&ledger, "manager", Role::Manager, Some("M0000")),
        agent: person(&ledger, "agent", Role::Agent, Some(&agent_id)),
        teams: agents.div_ceil(TEAM),
        period: last,
        run,
        team,
        agent_id,
        named,
    }
}

/// A user with an open session.
pub fn person(ledger: &Ledger, name: &str, role: Role, staff_number: Option<&str>) -> Person {
    let user = User {
        name: name.to_owned(),
        role,
        staff_number: staff_number.map(str::to_owned),
        teams: Vec::new(),
        disabled: false,
        password_hash: None,
        created_at: Utc::now(),
    };
    ok(ledger.put_user(&user));
    let (token, csrf) = (ok(fresh_token()), ok(fresh_token()));
    ok(ledger.open_session(name, &hash_token(&token), &csrf, Utc::now() + TimeDelta::hours(8)));
    Person { name: name.to_owned(), role, token, csrf }
}

/// One month: the newest waits for its release, the others went out.
fn month(ledger: &Ledger, period: Period, agents: usize, is_last: bool) {
    let new = NewRun {
        job: JOB.to_owned(),
        period,
        scope: Scope { team: None, agent: None },
        trigger: Trigger::Schedule,
        requested_by: "schedule".to_owned(),
        refresh: false,
        send: false,
        as_of: None,
    };
    let run = ok(ledger.start_run(&new)).id;
    let (body, _) = sample("card.typ", Shape::Usual, Locale::Zh).unwrap_or_else(|| panic!("a card"));
    let teams = agents.div_ceil(TEAM);
    let mut documents = Vec::new();
    for agent in 0..agents {
        let mut body = body.clone();
        body["agent"] = serde_json::json!({ "id": agent_of(agent), "name": name_of(agent) });
        let card = NewDocument {
            data: body.to_string(),
            total: Some(Exact::whole((60 + (agent + period.start.month() as usize) % 40) as i64)),
            rank: Some((agent % TEAM + 1) as u32),
            of: Some(TEAM as u32),
            grade: Some("良好".to_owned()),
            ..document(DocumentKind::Card, period, (&agent_of(agent), &name_of(agent), &team_of(agent / TEAM)))
        };
        documents.push(card);
    }
    for team in 0..teams {
        let id = team_of(team);
        documents.push(document(DocumentKind::Pack, period, (&id, &format!("Team {team:03}"), &id)));
    }
    let issued = ok(ledger.issue_all(&run, &documents));
    let letters: Vec<NewDelivery> = issued.iter().map(|(document, _)| letter(&run, document)).collect();
    let leads: BTreeSet<TeamLead> = (0..teams)
        .map(|team| TeamLead { team: team_of(team), manager: format!("M{team:04}"), in_office: true })
        .collect();
    ok(ledger.record_leads(JOB, &period, &leads));
    ok(ledger.plan_deliveries(&letters));
    ok(ledger.record_findings(&run, &findings(agents)));
    ok(ledger.set_state(&run, if is_last { RunState::Ready } else { RunState::Sent }));
}

/// One agent in twenty is remarked on, and the whole shop twice.
fn findings(agents: usize) -> Vec<Finding> {
    let text = |agent: usize| Bilingual::new(format!("{} 的会话少", name_of(agent)), format!("few chats of {agent}"));
    let of_shop = [Finding::note("rows-set-aside", Bilingual::new("另置 3 行", "3 rows set aside"))];
    let of_agents = (0..agents).step_by(20).map(|agent| {
        let code = if agent % 100 == 0 { "outlier-total" } else { "few-chats" };
        Finding::note(code, text(agent)).about(agent_of(agent))
    });
    of_shop.into_iter().chain(of_agents).collect()
}

fn letter(run: &str, document: &Document) -> NewDelivery {
    let (recipient, role) = match document.kind {
        DocumentKind::Card => (document.subject.clone(), RecipientRole::Agent),
        _ => (format!("M{}", &document.subject[1..]), RecipientRole::Manager),
    };
    NewDelivery {
        document_id: document.id,
        run_id: run.to_owned(),
        role,
        address: format!("{recipient}@example.test"),
        message_id: format!("<{}@example.test>", document.id),
        mime_hash: hash_token(&recipient),
        recipient,
    }
}

fn document(kind: DocumentKind, period: Period, (subject, name, team): (&str, &str, &str)) -> NewDocument {
    NewDocument {
        kind,
        job: JOB.to_owned(),
        period,
        subject: subject.to_owned(),
        name: name.to_owned(),
        team: team.to_owned(),
        content_hash: format!("{subject} {period}"),
        data: "{}".to_owned(),
        total: None,
        rank: None,
        of: None,
        grade: None,
        grade_id: None,
        marks: Vec::new(),
        changed: None,
        proposals: None,
    }
}

fn team_of(team: usize) -> String {
    format!("T{team:04}")
}

fn agent_of(agent: usize) -> String {
    format!("A{agent:05}")
}

fn name_of(agent: usize) -> String {
    format!("客服{agent:05}")
}

/// The value; a bench that cannot be set up ends with the reason.
pub fn ok<T>(made: anyhow::Result<T>) -> T {
    made.unwrap_or_else(|error| panic!("{error:#}"))
}
