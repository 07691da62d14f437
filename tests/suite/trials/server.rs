//! A real mail server: what it stored is read back over IMAP by a parser that nobody here wrote, byte for byte.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Figures;
use super::crowd::{Crowd, Desk};
use super::cut::CutProxy;

const SET: &str = "letters through a real server";
const RUN: &str = "monthly-scorecard-2026-10-1";
/// Of so many letters, the reply to one is lost on its way.
const LOSE_ONE_IN: usize = 50;

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("`{name}` is set by `.ci/trials`"))
}

/// What the mailboxes hold, as `.ci/read-back` tells it: by Message-ID the mailbox, the copies, and whether the bytes are
/// those of the sealed letter.
fn read_back(letters: &Path, users: usize) -> BTreeMap<String, Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/read-back");
    let port = variable("MAIL_TRIAL_IMAP_PORT");
    let output = Command::new("python3").arg(script).arg(port).arg(users.to_string()).arg(letters).output();
    let output = output.expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("what was read")
}

/// sent ⇒ one copy; unknown ⇒ none or one; nothing else; each in its own mailbox and as it was sealed. Gives the unknown.
fn check(desk: &Desk, found: &BTreeMap<String, Value>) -> Vec<Value> {
    let told = desk.ask(&["show", RUN]);
    let mut unknown = Vec::new();
    for letter in told["deliveries"].as_array().expect("letters") {
        let id = letter["message_id"].as_str().expect("a Message-ID").trim_matches(['<', '>']);
        let copies = found.get(id).map_or(0, |one| one["copies"].as_u64().expect("a number"));
        match letter["state"].as_str() {
            Some("sent" | "resolved-sent") => assert_eq!(copies, 1, "{letter}"),
            Some("unknown") => {
                assert!(copies <= 1, "{letter}");
                unknown.push(letter.clone());
            }
            _ => assert_eq!(copies, 0, "{letter}"),
        }
    }
    for (id, one) in found {
        assert_eq!(one["sealed"], true, "{id} is not byte for byte what was sealed");
        assert_eq!(one["mailbox"], one["to"], "{id} lies in another's mailbox");
    }
    unknown
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the mail server that `.ci/trials` starts"]
async fn letters_are_in_their_mailboxes_byte_for_byte_though_replies_are_lost() {
    let agents: usize = variable("MAIL_TRIAL_LETTERS").parse().expect("a number of letters");
    let crowd = Crowd { agents, team: 50.min(agents) };
    let proxy = CutProxy::before(variable("MAIL_TRIAL_SMTP_PORT").parse().expect("a port"), LOSE_ONE_IN);
    let authority = variable("MAIL_TRIAL_FOLDER") + "/tls/cert.pem";
    let url = format!("smtp+starttls://agent0:secret@127.0.0.1:{}?ca={authority}", proxy.port);
    let desk = Desk::of(&crowd, super::Dice::seed()).await.mailing(url);
    let mut figures = Figures::of(SET);
    let run = ["run", "monthly-scorecard", "--period", "2026-10", "--send"];
    desk.ask(&run);
    let letters = desk.folder.path().join("data/letters");
    let found = read_back(&letters, agents);
    let unknown = check(&desk, &found);
    assert_eq!(unknown.len(), proxy.lost(), "every lost reply is an unknown letter");
    for letter in &unknown {
        let id = letter["message_id"].as_str().expect("a Message-ID").trim_matches(['<', '>']);
        let verdict = if found.contains_key(id) { "--arrived" } else { "--send-again" };
        let number = letter["delivery"].to_string();
        desk.ask(&["resolve", &number, verdict, "--reason", "the mailbox says so"]);
    }
    desk.ask(&["resend", RUN, "--failed"]);
    let found = read_back(&letters, agents);
    assert!(check(&desk, &found).is_empty(), "something is unknown after everything was resolved");
    assert_eq!(found.len(), agents);
    figures.add("letters", found.len());
    figures.add("byte-equal to the sealed copy", found.len());
    figures.add("replies lost", proxy.lost());
    figures.add("doubled", 0);
    figures.tell();
}
