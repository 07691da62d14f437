//! Every route × every kind of person × own, other's, the whole shop's, nobody's: who is answered, and who gets a 404.
//!
//! A new route needs one line in [`ROWS`], or this fails.

use axum::http::StatusCode;
use scorepost::console::{Audience, Method, RouteFacts, routes};
use scorepost::ledger::{AnswerStage, DeliveryState, FormOf, Given, Role, Run, RunState};
use scorepost::period::Period;

use super::bench::{Answer, Bench, Browser, MEMBERS};
use super::rows::{At, ROWS, Row, Rule};

/// What a person is, as the promise tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Not signed in.
    Stranger,
    /// Keeps the machine, and sees everything.
    Operator,
    /// HR, who sees everything.
    Overseer,
    /// Leads T1 and acts for it.
    Leads,
    /// Led T1 in every period of the shop, until somebody else came.
    Led,
    /// A manager of nothing.
    Idle,
    /// The agent A001.
    Agent,
    /// An agent without a staff number.
    Nobody,
}

/// Who asks. `Own` things are those of team T1 and agent A001.
const PEOPLE: [(&str, Kind); 9] = [
    ("", Kind::Stranger),
    ("op", Kind::Operator),
    ("hr", Kind::Overseer),
    ("lead1", Kind::Leads),
    ("roster1", Kind::Leads),
    ("former", Kind::Led),
    ("teamless", Kind::Idle),
    ("a001", Kind::Agent),
    ("numberless", Kind::Nobody),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Own,
    Other,
    WholeShop,
    Missing,
}

const THINGS: [Thing; 4] = [Thing::Own, Thing::Other, Thing::WholeShop, Thing::Missing];

impl Thing {
    fn team(self) -> Option<&'static str> {
        match self {
            Self::Own => Some("T1"),
            Self::Other => Some("T2"),
            Self::WholeShop => None,
            Self::Missing => Some("T9"),
        }
    }

    /// An agent of it: of the whole shop, the one whose own things the others are.
    fn subject(self) -> &'static str {
        if self == Self::Other { "B001" } else { "A001" }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Answered,
    NotThere,
    SignInFirst,
}

impl Outcome {
    fn of(answer: &Answer, case: &str) -> Self {
        match answer.status {
            StatusCode::NOT_FOUND => Self::NotThere,
            StatusCode::SEE_OTHER if answer.location().starts_with("/sign-in?") => Self::SignInFirst,
            StatusCode::SEE_OTHER if answer.location() == "/sign-in" => Self::SignInFirst,
            StatusCode::OK | StatusCode::SEE_OTHER => Self::Answered,
            other => panic!("{other} is no answer of the matrix: {case}"),
        }
    }
}

/// The runs and plans that the matrix asks for, one per thing.
struct Shop {
    bench: Bench,
    sent: Vec<Run>,
    ready: Vec<Run>,
    busy: Vec<Run>,
    plans: Vec<i64>,
    partly: Vec<Run>,
    unknown: Vec<i64>,
    unsent: Vec<i64>,
    proposals: Vec<i64>,
    questioned: Vec<i64>,
    appeals: Vec<i64>,
    simulation: i64,
    waiting: Vec<Run>,
    events: Vec<i64>,
}

impl Shop {
    fn open() -> Self {
        let bench = Bench::shop();
        bench.lead("roster1", "M010", "T1", true);
        bench.lead("former", "M011", "T1", false);
        for name in ["own", "other", "both"] {
            bench.person(name, Role::Agent, None, Vec::new());
        }
        let of_each = |period: &str, state| -> Vec<Run> {
            THINGS[..3].iter().map(|thing| bench.run(period, thing.team(), state)).collect()
        };
        let (sent, ready) = (of_each("2026-09", RunState::Sent), of_each("2026-08", RunState::Ready));
        let busy = of_each("2026-07", RunState::Rendering);
        let plans = THINGS[..3].iter().map(|thing| bench.plan(thing.team())).collect();
        // Each mail before the next run makes a newer edition, after which it would not go out.
        let doubted = |thing: &Thing| {
            let run = bench.run("2026-06", thing.team(), RunState::PartlySent);
            let mail = bench.mail(&run, thing.subject(), DeliveryState::Unknown);
            (run, mail)
        };
        let (partly, unknown) = THINGS[..3].iter().map(doubted).unzip();
        let failed = |thing: &Thing| {
            let run = bench.run("2026-02", thing.team(), RunState::PartlySent);
            bench.mail(&run, thing.subject(), DeliveryState::Failed);
            bench.document_of(&run, thing.subject())
        };
        let unsent = THINGS[..3].iter().map(failed).collect();
        // Each in a period of its own, because a newer edition withdraws what it does not propose.
        let proposed = |(thing, period): (&Thing, &&str)| {
            let run = bench.run(period, thing.team(), RunState::Sent);
            bench.propose(&run, thing.subject(), 50)
        };
        let proposals = THINGS[..3].iter().zip(&["2026-05", "2026-04", "2026-03"]).map(proposed).collect();
        let question = |(thing, period): (&Thing, &&str)| {
            let run = bench.run(period, thing.team(), RunState::Sent);
            let card = bench.questionable(&run, thing.subject());
            let waiting = bench.appeal(&card, "10月5日请假");
            assert_eq!(bench.appeal_of_line(&card, "events", "不是我"), waiting + 1);
            (card.id, waiting)
        };
        for (who, team) in [("op", "T1"), ("op", "T2"), ("hr", "T1"), ("hr", "T2"), ("lead1", "T1"), ("roster1", "T1")]
        {
            let of = FormOf {
                job: "monthly".to_owned(),
                period: Period::parse("2026-10").expect("a period"),
                form: format!("rating-supervisor-{team}"),
                author: who.to_owned(),
            };
            let agent = if team == "T1" { "A001" } else { "B001" };
            let (item, agent, comment) = ("skill".to_owned(), agent.to_owned(), String::new());
            let given = Given { item, agent, given: "9".to_owned(), comment };
            bench.ledger.put_answers(&of, AnswerStage::Draft, &[given]).expect("a draft");
        }
        let (questioned, appeals) = THINGS[..3].iter().zip(&["2026-01", "2025-12", "2025-11"]).map(question).unzip();
        // In periods of their own, because a letter about an edition that has a newer one does not go out.
        let waits = |(thing, period): (&Thing, &&str)| {
            let run = bench.run(period, thing.team(), RunState::Ready);
            for (subject, _, team, ..) in MEMBERS {
                if thing.team().is_none_or(|own| own == team) {
                    bench.delivery(bench.document_of(&run, subject), &run, subject);
                }
            }
            run
        };
        let waiting = THINGS[..3].iter().zip(&["2026-10", "2025-09", "2025-08"]).map(waits).collect();
        let simulation = super::policy::tried(&bench, "A001");
        let events = THINGS[..3].iter().map(|thing| super::recorded::recorded(&bench, thing.subject())).collect();
        Self {
            bench,
            sent,
            ready,
            busy,
            plans,
            partly,
            unknown,
            unsent,
            proposals,
            questioned,
            appeals,
            simulation,
            waiting,
            events,
        }
    }

    fn run_of(runs: &[Run], thing: Thing) -> String {
        runs.get(thing as usize).map_or_else(|| "monthly-2026-09-99".to_owned(), |run| run.id.clone())
    }

    /// A card of the thing's run: of the whole shop's, the one that is A001's.
    fn document_of(&self, thing: Thing) -> String {
        let document = self.sent.get(thing as usize).map(|run| self.bench.document_of(run, thing.subject()));
        document.unwrap_or(999).to_string()
    }

    /// What stands for a name in braces, in a path or a field.
    fn named(&self, name: &str, at: At, thing: Thing) -> String {
        let numbered = |all: &[i64]| all.get(thing as usize).map_or_else(|| "999".to_owned(), ToString::to_string);
        match name {
            "run" => Self::run_of(
                match at {
                    At::Sent => &self.sent,
                    At::Ready => &self.ready,
                    At::Busy => &self.busy,
                    At::Partly | At::Questioned => &self.partly,
                    At::Waiting => &self.waiting,
                },
                thing,
            ),
            "document" => self.document_of(thing),
            "card" if at == At::Partly => numbered(&self.unsent),
            "card" if at == At::Waiting => {
                let card = self.waiting.get(thing as usize).map(|run| self.bench.document_of(run, thing.subject()));
                card.unwrap_or(999).to_string()
            }
            "card" if at == At::Questioned => numbered(&self.questioned),
            "appeal" => numbered(&self.appeals),
            // Opened beside the one that waits for its answer.
            "second" => numbered(&self.appeals.iter().map(|id| id + 1).collect::<Vec<_>>()),
            "period" => "2026-10".to_owned(),
            "item" => "1".to_owned(),
            "form" if thing == Thing::Missing => "none".to_owned(),
            "form" => format!("rating-supervisor-{}", thing.team().unwrap_or("T1")),
            "link" => "1.6a000000.forged".to_owned(),
            "card" => self.document_of(thing),
            "delivery" => numbered(&self.unknown),
            "proposal" => numbered(&self.proposals),
            "request" | "plan" => numbered(&self.plans),
            "scheme" => if thing == Thing::Missing { "nothing" } else { "monthly" }.to_owned(),
            "draft" => if thing == Thing::Missing { "monthly 9" } else { "monthly 2" }.to_owned(),
            "simulation" => if thing == Thing::Missing { 999 } else { self.simulation }.to_string(),
            "team_id" => thing.team().unwrap_or("T1").to_owned(),
            "agent" => thing.subject().to_owned(),
            "event" => numbered(&self.events),
            "team" => thing.team().unwrap_or_default().to_owned(),
            "job" => if thing == Thing::Missing { "no-such-job" } else { "monthly" }.to_owned(),
            "person" => ["own", "other", "both", "none"][thing as usize].to_owned(),
            "file" => "none.css".to_owned(),
            other => panic!("`{other}` stands for nothing in the matrix: add what it stands for"),
        }
    }

    /// A text with everything in braces filled in.
    fn filled(&self, text: &str, at: At, thing: Thing) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("a closing brace");
            filled += &self.named(name, at, thing);
            filled += rest;
        }
        filled
    }
}

/// What browsers ask; programs have their own list and tests.
fn pages() -> impl Iterator<Item = RouteFacts> {
    routes().filter(|route| !matches!(route.audience, Audience::Programs(_)))
}

/// The row of a route. A new route has none and fails here.
fn row_of(route: RouteFacts) -> &'static Row {
    let found = ROWS.iter().find(|row| row.method == route.method && row.path == route.path);
    found.unwrap_or_else(|| panic!("the route `{:?} {}` has no line in `rows.rs`: add one", route.method, route.path))
}

/// What the promise says, written apart from how the console decides it.
fn expected(rule: Rule, kind: Kind, thing: Thing) -> Outcome {
    if kind == Kind::Stranger {
        return Outcome::SignInFirst;
    }
    let there = thing != Thing::Missing;
    let all = matches!(kind, Kind::Operator | Kind::Overseer);
    let team = thing != Thing::Other;
    let allowed = match rule {
        Rule::Public | Rule::Everybody => true,
        Rule::Runners => !matches!(kind, Kind::Agent | Kind::Nobody),
        Rule::Overseers => all,
        Rule::OverseersOf => all && there,
        Rule::Operators => kind == Kind::Operator,
        Rule::OperatorsOf => kind == Kind::Operator && there,
        Rule::Looks => there && (all || team && matches!(kind, Kind::Leads | Kind::Led | Kind::Agent)),
        Rule::Supervises => there && (all || team && matches!(kind, Kind::Leads | Kind::Led)),
        Rule::Decides => there && (all || team && kind == Kind::Leads),
        Rule::Speaks => there && team && kind == Kind::Agent,
        Rule::Commands => there && (all || thing == Thing::Own && kind == Kind::Leads),
    };
    if allowed { Outcome::Answered } else { Outcome::NotThere }
}

async fn ask(shop: &Shop, route: RouteFacts, who: Option<&Browser>, thing: Thing) -> Answer {
    let row = row_of(route);
    let path = shop.filled(row.path, row.at, thing);
    match row.method {
        Method::Get => shop.bench.get(who, &path).await,
        Method::Post if path.ends_with("/upload") => shop.bench.post_file(who, &path, b"").await,
        Method::Post => {
            let form: Vec<(&str, String)> =
                row.form.iter().map(|(name, value)| (*name, shop.filled(value, row.at, thing))).collect();
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            shop.bench.post(who, &path, &form).await
        }
    }
}

#[tokio::test]
async fn every_route_answers_only_those_whose_it_is() {
    let shop = Shop::open();
    let mut cases = 0;
    for route in pages() {
        for (name, kind) in PEOPLE {
            for thing in THINGS {
                // A fresh session each time: signing out is one of the routes.
                shop.bench.later(chrono::TimeDelta::minutes(11));
                let browser = (kind != Kind::Stranger).then(|| shop.bench.browser(name));
                let answer = ask(&shop, route, browser.as_ref(), thing).await;
                let case = format!("{:?} {} by `{name}` for {thing:?}", route.method, route.path);
                check_headers(&answer, &case);
                check_no_foreign(&answer, kind, &case);
                let rule = row_of(route).rule;
                assert_eq!(rule == Rule::Public, route.audience == Audience::Anyone, "{case}");
                if rule == Rule::Public {
                    continue;
                }
                if route.path == "/sign-out" && kind != Kind::Stranger {
                    assert_eq!(answer.location(), "/sign-in", "{case}");
                } else {
                    assert_eq!(Outcome::of(&answer, &case), expected(rule, kind, thing), "{case}");
                }
                cases += 1;
            }
        }
    }
    assert!(cases >= 500, "the matrix has {cases} cases");
    println!("{cases} cases");
}

/// A line for a route that is no more would promise what nothing keeps.
#[test]
fn every_row_is_a_route() {
    for row in ROWS {
        let is_route = routes().any(|route| route.method == row.method && route.path == row.path);
        assert!(is_route, "`{:?} {}` is no route", row.method, row.path);
    }
}

/// What is somebody else's looks like what is not there, byte for byte.
#[tokio::test]
async fn the_foreign_and_the_missing_look_alike() {
    let shop = Shop::open();
    let (lead, agent) = (shop.bench.browser("lead1"), shop.bench.browser("a001"));
    for route in pages().filter(|route| route.path.contains('{') && route.audience != Audience::Anyone) {
        for browser in [&lead, &agent] {
            let foreign = ask(&shop, route, Some(browser), Thing::Other).await;
            let missing = ask(&shop, route, Some(browser), Thing::Missing).await;
            let nonsense = shop.bench.get(Some(browser), "/no/such/page").await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", route.path);
            assert_eq!(foreign.body, missing.body, "{}", route.path);
            assert_eq!(foreign.body, nonsense.body, "{}", route.path);
            assert_eq!(foreign.headers, missing.headers, "{}", route.path);
        }
    }
}

fn check_headers(answer: &Answer, case: &str) {
    let text = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().expect("text"));
    assert!(text("content-security-policy").starts_with("default-src 'none'"), "{case}");
    // What a template makes and a card's PDF are shown inside our own page, and nowhere else.
    let framed = ["/preview/file", "/cards/{card}/pdf"].iter().any(|path| case.contains(path));
    let is_letter = case.contains("/letters/{delivery}/html") && answer.status.is_success();
    let holders = if (answer.body.starts_with("%PDF") && framed) || is_letter { "'self'" } else { "'none'" };
    assert!(text("content-security-policy").contains(&format!("frame-ancestors {holders}")), "{case}");
    assert_eq!(text("x-content-type-options"), "nosniff", "{case}");
    assert!(!answer.headers.contains_key("access-control-allow-origin"), "{case}");
    let kind = text("content-type");
    assert!(answer.body.is_empty() || !kind.is_empty(), "{case} has no type");
    assert!(
        !kind.starts_with("text/") || kind.contains("charset=utf-8") || kind == "text/event-stream",
        "{case}: {kind}"
    );
    assert_eq!(text("referrer-policy"), "same-origin", "{case}");
    assert_eq!(text("strict-transport-security"), "max-age=31536000", "{case}");
    assert!(matches!(text("cache-control"), "no-store" | "public, max-age=31536000, immutable"), "{case}");
}

/// Names and numbers of people whom this person may not see.
fn check_no_foreign(answer: &Answer, kind: Kind, case: &str) {
    let foreign: &[&str] = match kind {
        Kind::Operator | Kind::Overseer => &[],
        Kind::Leads | Kind::Led => &["B001", "B002", "毕一昉", "毕二玥", "T2", "二组"],
        Kind::Agent => &["A002", "安二犇", "B001", "B002", "毕一昉", "毕二玥", "T2", "二组"],
        _ => &["A001", "A002", "安一喆", "安二犇", "B001", "B002", "毕一昉", "毕二玥", "T1", "T2", "一组", "二组"],
    };
    for canary in foreign {
        assert!(!answer.body.contains(canary), "{case} tells `{canary}`");
    }
}
