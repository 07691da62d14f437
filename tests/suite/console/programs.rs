//! Programs: a token opens what its user may see and what it was made for, and nothing else.

use axum::body::Body;
use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use scorepost::console::{Audience, Method, hash_token, routes};
use scorepost::ledger::{Ability, DeliveryState, NewApiToken, RequestState, RunState};
use serde_json::{Value, json};

use super::bench::{Answer, Bench, request};

/// A program with a token of its own.
struct Program<'a> {
    bench: &'a Bench,
    token: String,
}

impl<'a> Program<'a> {
    fn of(bench: &'a Bench, user: &str, abilities: &[Ability]) -> Self {
        let token = format!("token of {user} {abilities:?}");
        let new = NewApiToken {
            name: "payroll".to_owned(),
            user: user.to_owned(),
            token_hash: hash_token(&token),
            abilities: abilities.to_vec(),
            expires_at: bench.clock.now() + TimeDelta::days(1),
        };
        bench.ledger.add_api_token(&new).expect("a token");
        Self { bench, token }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = request("GET", path, None).header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        self.bench.send(request.body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &str) -> Answer {
        let mut request = request("POST", path, None).header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.bench.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

const ALL: [Ability; 3] = [Ability::Read, Ability::Request, Ability::Release];

fn plan_of(team: &str) -> String {
    json!({ "kind": "plan", "job": "monthly", "period": "2026-10", "team": team }).to_string()
}

#[tokio::test]
async fn without_a_token_of_the_right_kind_nothing_is_told() {
    let bench = Bench::shop();
    bench.run("2026-10", None, RunState::Ready);
    let browser = bench.browser("op");
    let reader = Program::of(&bench, "op", &[Ability::Read]);
    let mut asked = 0;
    for route in routes() {
        let Audience::Programs(ability) = route.audience else { continue };
        asked += 1;
        let method = if route.method == Method::Get { "GET" } else { "POST" };
        for who in [None, Some(&browser)] {
            let answer = bench.send(request(method, route.path, who).body(Body::empty()).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", route.path);
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(read(&answer)["status"], 401);
        }
        if ability != Ability::Read {
            let answer = reader.post(route.path, Some("k"), "{}").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", route.path);
            assert!(answer.headers[header::WWW_AUTHENTICATE].to_str().expect("text").contains("insufficient_scope"));
        }
    }
    assert!(asked >= 13, "{asked} operations");
    let nowhere = reader.get("/api/v1/nothing").await;
    assert_eq!((nowhere.status, read(&nowhere)["status"].clone()), (StatusCode::NOT_FOUND, json!(404)));
}

#[tokio::test]
async fn a_token_ends_with_its_day_its_user_and_a_persons_word() {
    let bench = Bench::shop();
    let program = Program::of(&bench, "hr", &ALL);
    let status = async |program: &Program<'_>| program.get("/api/v1/runs").await.status;
    assert_eq!(status(&program).await, StatusCode::OK);
    bench.ledger.disable_user("hr").expect("disabled");
    assert_eq!(status(&program).await, StatusCode::UNAUTHORIZED);
    let program = Program::of(&bench, "op", &ALL);
    let id = bench.ledger.api_tokens().expect("tokens")[0].id;
    assert_eq!(status(&program).await, StatusCode::OK);
    bench.ledger.revoke_api_token(id).expect("revoked");
    assert_eq!(status(&program).await, StatusCode::UNAUTHORIZED);
    let program = Program::of(&bench, "lead1", &ALL);
    bench.later(TimeDelta::days(1));
    assert_eq!(status(&program).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_program_sees_what_its_user_sees() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    bench.mail(&run, "A001", DeliveryState::Failed);
    let everything = Program::of(&bench, "hr", &ALL);
    let lead = Program::of(&bench, "lead1", &ALL);
    let agent = Program::of(&bench, "a001", &ALL);
    let agents = async |program: &Program<'_>, path: &str| -> Vec<String> {
        let answer = read(&program.get(path).await);
        let cards = answer["cards"].as_array().cloned().unwrap_or_default();
        cards.iter().filter_map(|card| card["agent"].as_str().map(str::to_owned)).collect()
    };
    let of_run = format!("/api/v1/runs/{}/cards", run.id);
    assert_eq!(agents(&everything, &of_run).await, ["A001", "A002", "B001", "B002"]);
    assert_eq!(agents(&lead, &of_run).await, ["A001", "A002"]);
    assert!(agents(&agent, &of_run).await.is_empty(), "nothing was released");
    let found = "/api/v1/cards?job=monthly&period=2026-10";
    assert_eq!(agents(&everything, &format!("{found}&limit=2&offset=1")).await, ["A002", "B001"]);
    assert_eq!(agents(&lead, &format!("{found}&team=T2")).await, [""; 0]);
    let foreign = bench.document_of(&run, "B001");
    assert_eq!(lead.get(&format!("/api/v1/cards/{foreign}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(lead.get(&format!("/api/v1/cards/{foreign}/pdf")).await.status, StatusCode::NOT_FOUND);
    let own = read(&lead.get(&format!("/api/v1/cards/{}", bench.document_of(&run, "A001"))).await);
    assert_eq!((own["agent"].clone(), own["total"].clone()), (json!("A001"), json!("95")));
    assert_eq!(own["editions"].as_array().map(Vec::len), Some(1));
    let mails = everything.get(&format!("/api/v1/runs/{}/deliveries", run.id)).await;
    assert_eq!(read(&mails)["deliveries"][0]["state"], "failed");
    assert!(!mails.body.contains("shop.example"), "an address is told");
    let runs = read(&everything.get("/api/v1/runs?job=monthly&period=2026-10&state=ready").await);
    assert_eq!(runs["runs"][0]["id"], json!(run.id));
    assert_eq!(read(&everything.get("/api/v1/runs?period=2026-09").await)["runs"], json!([]));
    assert_eq!(read(&everything.get(&format!("/api/v1/runs/{}", run.id)).await)["cards"], 4);
    assert_eq!(read(&everything.get("/api/v1/jobs").await)["jobs"][0]["id"], "monthly");
}

#[tokio::test]
async fn wrong_questions_are_told_what_is_wrong() {
    let bench = Bench::shop();
    let program = Program::of(&bench, "op", &ALL);
    for path in [
        "/api/v1/runs?limit=0",
        "/api/v1/runs?limit=x",
        "/api/v1/runs?offset=-1",
        "/api/v1/runs?state=lost",
        "/api/v1/cards",
        "/api/v1/cards?job=monthly&period=someday",
    ] {
        let answer = program.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(read(&answer)["detail"].as_str().is_some_and(|text| !text.is_empty()), "{path}");
    }
    for path in ["/api/v1/cards/x", "/api/v1/cards/999", "/api/v1/runs/none", "/api/v1/requests/7"] {
        assert_eq!(program.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let asked = async |body: &str| program.post("/api/v1/requests", Some("k"), body).await.status;
    assert_eq!(asked("").await, StatusCode::BAD_REQUEST);
    assert_eq!(asked(r#"{"kind": "plan", "surprise": 1}"#).await, StatusCode::BAD_REQUEST);
    let unknown = r#"{"kind": "plan", "job": "none", "period": "2026-10"}"#;
    assert_eq!(asked(unknown).await, StatusCode::UNPROCESSABLE_ENTITY);
    let future = r#"{"kind": "plan", "job": "monthly", "period": "2027-10"}"#;
    assert_eq!(asked(future).await, StatusCode::UNPROCESSABLE_ENTITY);
    let keyless = program.post("/api/v1/requests", None, &plan_of("T1")).await;
    assert_eq!(keyless.status, StatusCode::BAD_REQUEST);
    assert!(bench.ledger.requests(9).expect("requests").is_empty());
}

#[tokio::test]
async fn a_request_counts_once_under_its_key() {
    let bench = Bench::shop();
    let program = Program::of(&bench, "lead1", &[Ability::Request, Ability::Read]);
    let first = program.post("/api/v1/requests", Some("k1"), &plan_of("T1")).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let again = program.post("/api/v1/requests", Some("k1"), &plan_of("T1")).await;
    assert_eq!((again.status, again.location()), (StatusCode::ACCEPTED, first.location()));
    let other = program.post("/api/v1/requests", Some("k1"), &plan_of("T1").replace("2026-10", "2026-09")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let foreign = program.post("/api/v1/requests", Some("k2"), &plan_of("T2")).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let sending = plan_of("T1").replace("\"plan\"", "\"run\"").replace('}', ",\"send\":true}");
    let weak = program.post("/api/v1/requests", Some("k3"), &sending).await;
    assert_eq!(weak.status, StatusCode::FORBIDDEN, "asking for runs is not releasing them");
    let all = bench.ledger.requests(9).expect("requests");
    assert_eq!(all.len(), 1);
    bench.ledger.answer_request(all[0].id, RequestState::Done, Some(r#"{"pages": 3}"#)).expect("an answer");
    let told = read(&program.get(first.location()).await);
    assert_eq!((told["state"].clone(), told["answer"]["pages"].clone()), (json!("done"), json!(3)));
}

#[tokio::test]
async fn a_run_is_released_by_whoever_may_and_only_when_it_can_be() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let path = format!("/api/v1/runs/{}/release", run.id);
    let stranger = Program::of(&bench, "lead2", &ALL);
    assert_eq!(stranger.post(&path, Some("k"), "").await.status, StatusCode::NOT_FOUND);
    let program = Program::of(&bench, "lead1", &ALL);
    assert_eq!(program.post(&path, None, "").await.status, StatusCode::BAD_REQUEST);
    let released = program.post(&path, Some("k"), "").await;
    assert_eq!(released.status, StatusCode::ACCEPTED);
    assert_eq!(read(&released)["kind"], "release");
    let sent = bench.run("2026-10", Some("T1"), RunState::Sent);
    let late = program.post(&format!("/api/v1/runs/{}/cancel", sent.id), Some("k"), "").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let audit = bench.ledger.audit_entries(9).expect("the audit");
    assert!(audit.iter().any(|entry| entry.who == "lead1" && entry.action == "ask-release"));
}

#[tokio::test]
async fn the_description_has_every_operation_and_every_shape_that_it_names() {
    let bench = Bench::shop();
    let answer = bench.get(None, "/api/v1/openapi.json").await;
    let description = read(&answer);
    assert_eq!(description["openapi"], "3.1.0");
    for route in routes().filter(|route| matches!(route.audience, Audience::Programs(_))) {
        let method = if route.method == Method::Get { "get" } else { "post" };
        assert!(description["paths"][route.path][method]["operationId"].is_string(), "{}", route.path);
    }
    let shapes = description["components"]["schemas"].as_object().expect("shapes");
    let mut named = 0;
    for part in answer.body.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().expect("a name");
        assert!(shapes.contains_key(name), "{name}");
        named += 1;
    }
    assert!(named > 20, "{named}");
}
