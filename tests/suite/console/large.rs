//! A shop of thousands: no page grows with it.

use scorepost::console::{Audience, Method, routes};
use scorepost::exact::Exact;
use scorepost::finding::Finding;
use scorepost::ledger::{DocumentKind, NewDelivery, NewDocument, RecipientRole, Role, Run, RunState};
use scorepost::words::Bilingual;

use super::bench::{Bench, document};

const TEAMS: usize = 100;
const AGENTS: usize = 4_000;
const LARGEST: usize = 100_000;

/// A run with cards, packs, letters and remarks of the whole shop.
fn shop(bench: &Bench, state: RunState) -> Run {
    let run = bench.run("2026-10", None, state);
    let mut letters = Vec::new();
    for team in 0..TEAMS {
        let id = format!("W{team:03}");
        bench.ledger.issue(&run.id, &document(&run, DocumentKind::Pack, &id, &id, &id)).expect("a pack");
    }
    for agent in 0..AGENTS {
        let (id, team) = (format!("Z{agent:05}"), format!("W{:03}", agent % TEAMS));
        let new = NewDocument {
            total: Some(Exact::whole((agent % 40) as i64 + 60)),
            rank: Some((agent / TEAMS) as u32 + 1),
            ..document(&run, DocumentKind::Card, &id, &format!("客服{agent:05}"), &team)
        };
        let (card, _) = bench.ledger.issue(&run.id, &new).expect("a card");
        letters.push(NewDelivery {
            document_id: card.id,
            run_id: run.id.clone(),
            recipient: id.clone(),
            role: RecipientRole::Agent,
            address: format!("{id}@shop.example"),
            message_id: format!("<{id}@shop.example>"),
            mime_hash: "0".repeat(64),
        });
    }
    bench.ledger.plan_deliveries(&letters).expect("letters");
    let about = |agent: usize| {
        let code = if agent.is_multiple_of(20) { "outlier-total" } else { "few-chats" };
        Finding::note(code, Bilingual::new("会话少", "few chats")).about(format!("Z{agent:05}"))
    };
    bench.findings(&run, &(0..AGENTS).step_by(10).map(about).collect::<Vec<_>>());
    run
}

#[tokio::test]
async fn no_page_grows_with_the_shop() {
    let bench = Bench::shop();
    let run = shop(&bench, RunState::Ready);
    let mut looked_at = 0;
    let paths: Vec<String> = routes()
        .filter(|route| route.method == Method::Get && !matches!(route.audience, Audience::Programs(_)))
        .filter(|route| !route.path.contains('{') || route.path.starts_with("/runs/{run}"))
        .filter(|route| !route.path.contains("{delivery}") && !route.path.contains("{document}"))
        .map(|route| route.path.replace("{run}", &run.id))
        .chain(["/cards?text=Z000", "/insight?team=W007", "/insight/heat?team=W007"].map(str::to_owned))
        .chain([2, 40].map(|sheet| format!("/runs/{}?sheet={sheet}", run.id)))
        .collect();
    let operator = bench.browser("op");
    for path in paths.iter().filter(|path| !path.ends_with("/events")) {
        let answer = bench.get(Some(&operator), path).await;
        assert!(answer.body.len() < LARGEST, "{path} has {} bytes", answer.body.len());
        looked_at += 1;
    }
    assert!(looked_at > 25, "{looked_at}");
}

#[tokio::test]
async fn the_cards_of_a_large_run_are_leafed_through_once_each() {
    let bench = Bench::shop();
    let run = shop(&bench, RunState::Ready);
    let operator = bench.browser("op");
    let mut seen = Vec::new();
    for sheet in 1..=AGENTS / 100 + 1 {
        let page = bench.get(Some(&operator), &format!("/runs/{}?sheet={sheet}", run.id)).await.body;
        seen.extend(page.split("<small>Z").skip(1).filter_map(|rest| rest.get(..5)).map(str::to_owned));
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (AGENTS, AGENTS));
    // The desk begins with those that stand out, and every place holds a card.
    for (place, is_outlier) in [(1, true), (AGENTS / 20, true), (AGENTS / 20 + 1, false), (AGENTS + 4, false)] {
        let page = bench.get(Some(&operator), &format!("/runs/{}/desk?n={place}&lang=en", run.id)).await.body;
        assert!(page.contains(&format!("{place} / {}", AGENTS + 4)), "{place}: {page}");
        assert!(!is_outlier || page.contains("few chats"), "{place}: {page}");
    }
}

#[tokio::test]
async fn a_manager_counts_only_their_own_of_a_large_run() {
    let bench = Bench::shop();
    let run = shop(&bench, RunState::Sent);
    bench.person("wide", Role::Manager, Some("M099"), vec!["W007".to_owned(), "W008".to_owned()]);
    let page = bench.get(Some(&bench.browser("wide")), &format!("/runs/{}?lang=en", run.id)).await.body;
    assert_eq!(page.matches("<small>Z").count(), 2 * AGENTS / TEAMS);
    for agent in page.split("<small>Z").skip(1).filter_map(|rest| rest.get(..5)) {
        let team = agent.parse::<usize>().expect("a number") % TEAMS;
        assert!(team == 7 || team == 8, "{agent}");
    }
    assert!(page.contains("W007") && !page.contains("W009"), "{page}");
}
