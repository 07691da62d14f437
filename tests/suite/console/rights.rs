//! Each sees only their own: every route × every kind of person × own, other's, the whole shop's, nobody's.

use axum::http::StatusCode;
use scorepost::console::{Audience, Method, RouteFacts, routes};
use scorepost::finding::Finding;
use scorepost::ledger::{DeliveryState, Role, Run, RunState};
use scorepost::words::Bilingual;

use super::bench::{Answer, Bench, Browser, MEMBERS};

/// Who asks. `Own` things are those of team T1 and agent A001.
const PEOPLE: [(&str, Option<Role>); 7] = [
    ("", None),
    ("op", Some(Role::Operator)),
    ("hr", Some(Role::Hr)),
    ("lead1", Some(Role::Manager)),
    ("teamless", Some(Role::Manager)),
    ("a001", Some(Role::Agent)),
    ("numberless", Some(Role::Agent)),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
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
    fn of(answer: &Answer) -> Self {
        match answer.status {
            StatusCode::NOT_FOUND => Self::NotThere,
            StatusCode::SEE_OTHER if answer.location().starts_with("/sign-in?") => Self::SignInFirst,
            StatusCode::SEE_OTHER if answer.location() == "/sign-in" => Self::SignInFirst,
            StatusCode::OK | StatusCode::SEE_OTHER => Self::Answered,
            other => panic!("{other} is no answer of the matrix"),
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
    waiting: Vec<Run>,
}

impl Shop {
    fn open() -> Self {
        let bench = Bench::shop();
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
        // In periods of their own too, because a letter about an edition that has a newer one does not go out.
        let waits = |(thing, period): (&Thing, &&str)| {
            let run = bench.run(period, thing.team(), RunState::Ready);
            for (subject, _, team, ..) in MEMBERS {
                if thing.team().is_none_or(|own| own == team) {
                    bench.delivery(bench.document_of(&run, subject), &run, subject);
                }
            }
            run
        };
        let waiting = THINGS[..3].iter().zip(&["2026-01", "2025-12", "2025-11"]).map(waits).collect();
        Self { bench, sent, ready, busy, plans, partly, unknown, unsent, proposals, waiting }
    }

    fn run_of(runs: &[Run], thing: Thing) -> String {
        runs.get(thing as usize).map_or_else(|| "monthly-2026-09-99".to_owned(), |run| run.id.clone())
    }

    fn plan_of(&self, thing: Thing) -> String {
        self.plans.get(thing as usize).map_or_else(|| "999".to_owned(), ToString::to_string)
    }

    fn mail_of(&self, thing: Thing) -> String {
        self.unknown.get(thing as usize).map_or_else(|| "999".to_owned(), ToString::to_string)
    }

    fn proposal_of(&self, thing: Thing) -> String {
        self.proposals.get(thing as usize).map_or_else(|| "999".to_owned(), ToString::to_string)
    }

    /// A card of the thing's run: of the whole shop's, the one that is A001's.
    fn document_of(&self, thing: Thing) -> String {
        let document = self.sent.get(thing as usize).map(|run| self.bench.document_of(run, thing.subject()));
        document.unwrap_or(999).to_string()
    }

    /// The card of the run whose letters wait.
    fn waiting_of(&self, thing: Thing) -> String {
        let card = self.waiting.get(thing as usize).map(|run| self.bench.document_of(run, thing.subject()));
        card.unwrap_or(999).to_string()
    }

    /// A card whose mail failed.
    fn unsent_of(&self, thing: Thing) -> String {
        self.unsent.get(thing as usize).map_or_else(|| "999".to_owned(), ToString::to_string)
    }

    /// The row of a route: its path and form for a thing. A new route has no row and fails here.
    fn row(&self, route: RouteFacts, thing: Thing) -> (String, Vec<(&'static str, String)>) {
        let sent = Self::run_of(&self.sent, thing);
        let form = match (route.method, route.path) {
            (Method::Post, "/rerun/plan") => vec![
                ("job", if thing == Thing::Missing { "no-such-job" } else { "monthly" }.to_owned()),
                ("team", thing.team().unwrap_or_default().to_owned()),
                ("period", "2026-10".to_owned()),
                ("key", "k".to_owned()),
            ],
            (Method::Post, "/runs/{run}/deliveries/{delivery}/resolve") => {
                vec![("verdict", "arrived".to_owned()), ("reason", "asked by phone".to_owned())]
            }
            (Method::Post, "/proposals/{proposal}/decide") => {
                vec![("verdict", "approve".to_owned()), ("reason", "seen with HR".to_owned())]
            }
            (Method::Post, "/runs/{run}/hold") => {
                vec![("card", self.waiting_of(thing)), ("reason", "looks wrong".to_owned())]
            }
            (Method::Post, "/runs/{run}/letters/send") => vec![("which", "all".to_owned()), ("key", "k".to_owned())],
            (Method::Post, "/rerun/run") => vec![("plan", self.plan_of(thing))],
            _ => Vec::new(),
        };
        let path = match route.path {
            "/" | "/unknowns" | "/proposals" | "/rerun" | "/rerun/plan" | "/rerun/run" | "/sign-out" => {
                route.path.to_owned()
            }
            "/preview" | "/preview/file" => route.path.to_owned(),
            "/cards" => "/cards".to_owned(),
            "/cards/{card}/resend" => format!("/cards/{}/resend", self.unsent_of(thing)),
            card if card.starts_with("/cards/{card}") => card.replace("{card}", &self.document_of(thing)),
            "/healthz" | "/readyz" | "/metrics" | "/sign-in" | "/setup" | "/assets/{file}" => route.path.to_owned(),
            "/runs/{run}" => format!("/runs/{sent}"),
            "/runs/{run}/events" => format!("/runs/{sent}/events"),
            "/runs/{run}/documents/{document}/pdf" => {
                format!("/runs/{sent}/documents/{}/pdf", self.document_of(thing))
            }
            "/runs/{run}/desk" => format!("/runs/{sent}/desk"),
            "/runs/{run}/letters" => format!("/runs/{sent}/letters"),
            "/runs/{run}/letters/send" => format!("/runs/{}/letters/send", Self::run_of(&self.waiting, thing)),
            "/runs/{run}/hold" => format!("/runs/{}/hold", Self::run_of(&self.waiting, thing)),
            "/runs/{run}/letters/{delivery}" | "/runs/{run}/letters/{delivery}/html" => {
                let own = route.path.replace("{run}", &Self::run_of(&self.partly, thing));
                own.replace("{delivery}", &self.mail_of(thing))
            }
            "/runs/{run}/release" => format!("/runs/{}/release", Self::run_of(&self.ready, thing)),
            "/runs/{run}/cancel" => format!("/runs/{}/cancel", Self::run_of(&self.busy, thing)),
            "/runs/{run}/resend" => format!("/runs/{}/resend", Self::run_of(&self.partly, thing)),
            "/runs/{run}/deliveries/{delivery}/resolve" => {
                format!("/runs/{}/deliveries/{}/resolve", Self::run_of(&self.partly, thing), self.mail_of(thing))
            }
            "/proposals/{proposal}/decide" => format!("/proposals/{}/decide", self.proposal_of(thing)),
            "/requests/{request}" => format!("/requests/{}", self.plan_of(thing)),
            other => panic!("the route `{other}` has no row in the matrix of rights: add one"),
        };
        (path, form)
    }
}

/// What the promise says, written apart from how the console decides it.
fn expected(route: RouteFacts, name: &str, thing: Thing) -> Outcome {
    let Some(role) = PEOPLE.iter().find(|one| one.0 == name).and_then(|one| one.1) else {
        return Outcome::SignInFirst;
    };
    let all = matches!(role, Role::Operator | Role::Hr);
    let looks = (all || name == "lead1" || name == "a001") && thing != Thing::Missing;
    let looks = looks && (all || thing != Thing::Other);
    let commands = thing != Thing::Missing && (all || (name == "lead1" && thing == Thing::Own));
    let allowed = match route.path {
        "/" | "/sign-out" | "/cards" => true,
        "/unknowns" | "/proposals" | "/rerun" => role != Role::Agent,
        // Whose document is shown makes no difference: they see all.
        "/preview" | "/preview/file" => all,
        "/runs/{run}" | "/runs/{run}/events" | "/runs/{run}/documents/{document}/pdf" => looks,
        "/cards/{card}" | "/cards/{card}/pdf" | "/cards/{card}/editions" => looks,
        "/cards/{card}/explanation" | "/cards/{card}/resend" => looks && role != Role::Agent,
        "/runs/{run}/desk"
        | "/runs/{run}/letters"
        | "/runs/{run}/letters/{delivery}"
        | "/runs/{run}/letters/{delivery}/html" => looks && role != Role::Agent,
        // A manager decides about the mails and proposals of the team, also of a run of the whole shop.
        "/runs/{run}/deliveries/{delivery}/resolve" | "/proposals/{proposal}/decide" => looks && role != Role::Agent,
        _ => commands,
    };
    if allowed { Outcome::Answered } else { Outcome::NotThere }
}

async fn ask(shop: &Shop, route: RouteFacts, who: Option<&Browser>, thing: Thing) -> Answer {
    let (path, form) = shop.row(route, thing);
    match route.method {
        Method::Get => shop.bench.get(who, &path).await,
        Method::Post => {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            shop.bench.post(who, &path, &form).await
        }
    }
}

#[tokio::test]
async fn every_route_answers_only_those_whose_it_is() {
    let shop = Shop::open();
    let mut cases = 0;
    for route in routes() {
        for (name, _) in PEOPLE {
            for thing in THINGS {
                // A fresh session each time: signing out is one of the routes.
                shop.bench.later(chrono::TimeDelta::minutes(11));
                let browser = (!name.is_empty()).then(|| shop.bench.browser(name));
                let answer = ask(&shop, route, browser.as_ref(), thing).await;
                let case = format!("{:?} {} by `{name}` for {thing:?}", route.method, route.path);
                check_headers(&answer, &case);
                check_no_foreign(&answer, name, &case);
                if route.audience == Audience::Anyone {
                    continue;
                }
                if route.path == "/sign-out" && !name.is_empty() {
                    assert_eq!(answer.location(), "/sign-in", "{case}");
                } else {
                    assert_eq!(Outcome::of(&answer), expected(route, name, thing), "{case}");
                }
                cases += 1;
            }
        }
    }
    assert!(cases >= 300, "the matrix has {cases} cases");
}

/// What is somebody else's looks like what is not there, byte for byte.
#[tokio::test]
async fn the_foreign_and_the_missing_look_alike() {
    let shop = Shop::open();
    let (lead, agent) = (shop.bench.browser("lead1"), shop.bench.browser("a001"));
    for route in routes().filter(|route| route.path.contains('{') && route.audience != Audience::Anyone) {
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
    // What a template makes, a card's PDF and a letter's page are shown inside our own page, and nowhere else.
    let framed =
        case.contains("/preview/file") || case.contains("/cards/{card}/pdf") || case.contains("{delivery}/html");
    let is_shown = answer.body.starts_with("%PDF") || answer.body.starts_with("<p>page for");
    let holders = if is_shown && framed { "'self'" } else { "'none'" };
    assert!(text("content-security-policy").contains(&format!("frame-ancestors {holders}")), "{case}");
    assert_eq!(text("x-content-type-options"), "nosniff", "{case}");
    assert_eq!(text("referrer-policy"), "same-origin", "{case}");
    assert_eq!(text("strict-transport-security"), "max-age=31536000", "{case}");
    assert!(matches!(text("cache-control"), "no-store" | "public, max-age=31536000, immutable"), "{case}");
}

/// Names and numbers of people whom this person may not see.
fn check_no_foreign(answer: &Answer, name: &str, case: &str) {
    let foreign: &[&str] = match name {
        "op" | "hr" => &[],
        "lead1" => &["B001", "B002", "毕一昉", "毕二玥", "T2", "二组"],
        "a001" => &["A002", "安二犇", "B001", "B002", "毕一昉", "毕二玥", "T2", "二组"],
        _ => &["A001", "A002", "安一喆", "安二犇", "B001", "B002", "毕一昉", "毕二玥", "T1", "T2", "一组", "二组"],
    };
    for canary in foreign {
        assert!(!answer.body.contains(canary), "{case} tells `{canary}`");
    }
}

#[tokio::test]
async fn a_manager_reads_no_finding_that_names_others() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Held);
    let text = |zh: &str| Bilingual::same(zh);
    bench.findings(
        &run,
        &[
            Finding::note("mine", text("安二犇缺少考勤")).about("A002"),
            Finding::note("my-team", text("一组的均值偏低")).about("T1"),
            Finding::note("shop", text("12 行被搁置")),
            Finding::note("shop-with-name", text("客服毕一昉不在花名册中")),
            Finding::note("foreign", text("缺少邮箱")).about("B002"),
            Finding::hold("foreign-team", text("对方数据不足"), text("重新取数")).about("T2"),
        ],
    );
    let page = bench.get(Some(&bench.browser("lead1")), &format!("/runs/{}", run.id)).await.body;
    for shown in ["安二犇缺少考勤", "一组的均值偏低", "12 行被搁置", "因您团队以外的原因挂起"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    for hidden in ["毕一昉", "缺少邮箱", "对方数据不足"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    let page = bench.get(Some(&bench.browser("hr")), &format!("/runs/{}", run.id)).await.body;
    for shown in ["毕一昉", "缺少邮箱", "对方数据不足", "重新取数"] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn an_agent_sees_a_card_only_once_it_is_released() {
    let bench = Bench::shop();
    let agent = bench.browser("a001");
    for state in RunState::ALL.iter().filter(|state| !matches!(state, RunState::Cancelled)) {
        let run = bench.run("2026-10", Some("T1"), *state);
        let document = bench.document_of(&run, "A001");
        let released = matches!(state, RunState::Sent | RunState::PartlySent);
        for path in [format!("/runs/{}", run.id), format!("/runs/{}/documents/{document}/pdf", run.id)] {
            let answer = bench.get(Some(&agent), &path).await;
            assert_eq!(answer.status == StatusCode::OK, released, "{state} {path}");
        }
    }
    let run = bench.run("2026-09", Some("T1"), RunState::Sent);
    let empty = Bilingual::same("复核中");
    bench.findings(&run, &[Finding::hold_subject("checked", "A001", empty.clone(), empty)]);
    assert_eq!(bench.get(Some(&agent), &format!("/runs/{}", run.id)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_moved_manager_loses_the_team_at_the_next_request() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let browser = bench.browser("lead1");
    let path = format!("/runs/{}", run.id);
    assert_eq!(bench.get(Some(&browser), &path).await.status, StatusCode::OK);
    bench.person("lead1", Role::Manager, Some("M001"), vec!["T2".to_owned()]);
    assert_eq!(bench.get(Some(&browser), &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_document_is_reached_only_through_its_own_run() {
    let bench = Bench::shop();
    let mine = bench.run("2026-10", Some("T1"), RunState::Ready);
    let theirs = bench.run("2026-10", Some("T2"), RunState::Ready);
    let foreign = bench.document_of(&theirs, "B001");
    let lead = bench.browser("lead1");
    let path = format!("/runs/{}/documents/{foreign}/pdf", mine.id);
    assert_eq!(bench.get(Some(&lead), &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.get(Some(&bench.browser("hr")), &path).await.status, StatusCode::NOT_FOUND);
}
