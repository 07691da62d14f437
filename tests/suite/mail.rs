//! Promise 4: nobody is mailed twice without a person's word; what SMTP leaves ambiguous is unknown.

use std::path::Path;
use std::time::Duration;

use scorepost::deliver::{
    Address, Attachment, Letter, Limits, MailUrl, Memory, Outcome, Postman, Sealed, Sender, seal,
};

use crate::peers::smtp::{Act, FakeRelay, Step, certificate, strange_certificate};

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

pub fn letter(number: u32, attached: usize) -> Sealed {
    let letter = Letter {
        from: Sender { name: "绩效".to_owned(), address: address("scorepost@shop.example") },
        to_name: "张三".to_owned(),
        to: address(&format!("agent{number}@shop.example")),
        reply_to: None,
        subject: "绩效卡".to_owned(),
        text: ".\r\n..\nplain\n.".to_owned(),
        html: "<p>html</p>".to_owned(),
        attachments: vec![Attachment {
            file_name: "绩效卡.pdf".to_owned(),
            bytes: vec![b'%'; attached],
            media_type: "application/pdf".to_owned(),
        }],
        message_id: format!("{number:032x}@shop.example"),
        date: "2026-11-01T01:00:00Z".parse().expect("a date"),
        run: "monthly/2026-10".to_owned(),
        edition: 1,
        list_id: None,
    };
    seal(&letter).expect("a sealed letter")
}

/// Short limits, so that a silent relay costs a second.
pub fn limits() -> Limits {
    let short = Duration::from_secs(1);
    Limits { reply: short, data: short, after_dot: short, quit: short, ..Limits::default() }
}

pub fn postman(url: &str) -> Postman {
    let url = MailUrl::parse(url).unwrap_or_else(|fault| panic!("{fault}"));
    Postman::open(&url, limits()).expect("a postman")
}

pub fn plain(relay: &FakeRelay) -> Postman {
    postman(&format!("smtp://127.0.0.1:{}", relay.port))
}

/// Delivers one letter and counts how often it was marked as in doubt.
pub async fn deliver(postman: &mut Postman, sealed: &Sealed) -> (Outcome, u32) {
    let mut marks = 0;
    let outcome = postman
        .deliver(sealed, &mut async || {
            marks += 1;
            Ok(())
        })
        .await;
    (outcome, marks)
}

pub fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::TryLater { .. } | Outcome::Away { .. } => "later",
        Outcome::Refused { .. } => "refused",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Halt { .. } => "halt",
    }
}

/// fault at a step → outcome, whether it had been marked, copies in the relay's store.
#[tokio::test]
async fn every_fault_has_its_outcome() {
    use Step::*;
    let faults: Vec<(Step, Act, (&str, u32, usize))> = vec![
        (Connect, Act::say("421 4.3.2 busy"), ("later", 0, 0)),
        (Connect, Act::say("554 5.7.1 not you"), ("halt", 0, 0)),
        (Connect, Act::hang(), ("later", 0, 0)),
        (Connect, Act::close(), ("later", 0, 0)),
        (Connect, Act::say("SSH-2.0-x"), ("later", 0, 0)),
        (Connect, Act::say(&format!("220 {}", "x".repeat(100_000))), ("later", 0, 0)),
        (Ehlo, Act::say("502 5.5.1 what"), ("halt", 0, 0)),
        (Ehlo, Act::say("421 later"), ("later", 0, 0)),
        (Ehlo, Act::close(), ("later", 0, 0)),
        (Mail, Act::say("451 4.3.0 later"), ("later", 0, 0)),
        (Mail, Act::say("421 4.3.2 closing").then_close(), ("later", 0, 0)),
        (Mail, Act::say("550 5.7.1 sender"), ("refused", 0, 0)),
        (Mail, Act::say("530 5.7.0 log in first"), ("halt", 0, 0)),
        (Mail, Act::say("354 what"), ("later", 0, 0)),
        (Mail, Act::close(), ("later", 0, 0)),
        (Mail, Act::hang(), ("later", 0, 0)),
        (Rcpt, Act::say("450 4.2.0 greylisted"), ("later", 0, 0)),
        (Rcpt, Act::say("452 4.2.2 full"), ("later", 0, 0)),
        (Rcpt, Act::say("550 5.1.1 unknown"), ("refused", 0, 0)),
        (Rcpt, Act::say("550-5.1.1 unknown\r\n550 5.1.1 really"), ("refused", 0, 0)),
        (Rcpt, Act::say("251 2.1.5 will forward"), ("sent", 1, 1)),
        (Rcpt, Act::say("hello"), ("later", 0, 0)),
        (Rcpt, Act::close(), ("later", 0, 0)),
        (Rcpt, Act::hang(), ("later", 0, 0)),
        (Data, Act::say("451 4.3.0 later"), ("later", 0, 0)),
        (Data, Act::say("554 5.5.1 no valid recipients"), ("refused", 0, 0)),
        (Data, Act::say("250 2.0.0 Ok"), ("later", 0, 0)),
        (Data, Act::raw("35").then_close(), ("later", 0, 0)),
        (Data, Act::close(), ("later", 0, 0)),
        (Data, Act::hang(), ("later", 0, 0)),
        (Dot, Act::close(), ("unknown", 1, 0)),
        (Dot, Act::close().storing(), ("unknown", 1, 1)),
        (Dot, Act::hang().storing(), ("unknown", 1, 1)),
        (Dot, Act::raw("25").storing().then_close(), ("unknown", 1, 1)),
        (Dot, Act::raw("25").storing().then_hang(), ("unknown", 1, 1)),
        (Dot, Act::raw("250 2.0.0 Ok").storing().then_close(), ("unknown", 1, 1)),
        (Dot, Act::raw("250 2.0.0 Ok\n").storing().then_close(), ("unknown", 1, 1)),
        (Dot, Act::say("250-2.0.0 Ok").storing().then_close(), ("unknown", 1, 1)),
        (Dot, Act::say("354 go").storing(), ("unknown", 1, 1)),
        (Dot, Act::say("220 what").storing(), ("unknown", 1, 1)),
        (Dot, Act::say("gibberish").storing(), ("unknown", 1, 1)),
        (Dot, Act::say("451 4.3.0 later"), ("later", 1, 0)),
        (Dot, Act::say("421 4.3.2 closing").then_close(), ("later", 1, 0)),
        (Dot, Act::say("554 5.7.1 spam"), ("refused", 1, 0)),
        (Dot, Act::say("552 5.3.4 too large"), ("refused", 1, 0)),
        (Dot, Act::say("250-2.0.0 Ok\r\n250 2.0.0 queued").storing(), ("sent", 1, 1)),
    ];
    let mut wrong = Vec::new();
    for (step, act, expected) in faults {
        let told = format!("{step:?} {act:?}");
        let relay = FakeRelay::start().await.always(step, act);
        let (outcome, marks) = deliver(&mut plain(&relay), &letter(1, 100)).await;
        let seen = (word(&outcome), marks, relay.stored().len());
        if seen != expected {
            wrong.push(format!("{told}: wanted {expected:?}, saw {seen:?}: {outcome:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_letter_arrives_byte_for_byte_with_the_relays_words() {
    let relay = FakeRelay::start().await;
    let sealed = letter(1, 50_000);
    let (outcome, marks) = deliver(&mut plain(&relay), &sealed).await;
    assert_eq!(outcome, Outcome::Sent { reply: "250 2.0.0 Ok: queued as Q1".to_owned() });
    assert_eq!(marks, 1);
    assert_eq!(relay.stored(), [sealed.bytes]);
    let commands = relay.said();
    assert!(commands.contains(&"MAIL FROM:<scorepost@shop.example>".to_owned()), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<agent1@shop.example>".to_owned()), "{commands:?}");
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_tried_later() {
    let (outcome, marks) = deliver(&mut postman("smtp://127.0.0.1:1"), &letter(1, 0)).await;
    assert_eq!((word(&outcome), marks), ("later", 0), "{outcome:?}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_unknown() {
    let relay = FakeRelay::start().await.cutting_body_after(1000);
    // More than both socket buffers hold, so the cut comes while the body is still being written.
    let (outcome, marks) = deliver(&mut plain(&relay), &letter(1, 16_000_000)).await;
    assert_eq!((word(&outcome), marks, relay.stored().len()), ("later", 1, 0), "{outcome:?}");
}

#[tokio::test]
async fn a_mark_that_cannot_be_kept_stops_before_the_body() {
    let relay = FakeRelay::start().await;
    let outcome = plain(&relay).deliver(&letter(1, 0), &mut async || anyhow::bail!("disk full")).await;
    assert!(matches!(&outcome, Outcome::Halt { reason } if reason.contains("disk full")), "{outcome:?}");
    assert_eq!(relay.stored().len(), 0);
}

#[tokio::test]
async fn a_connection_is_kept_and_renewed() {
    let relay = FakeRelay::start().await;
    let url = MailUrl::parse(&format!("smtp://127.0.0.1:{}", relay.port)).expect("a URL");
    let mut postman = Postman::open(&url, Limits { letters: 2, ..limits() }).expect("a postman");
    for number in 0..5 {
        assert_eq!(word(&deliver(&mut postman, &letter(number, 10)).await.0), "sent");
    }
    postman.close().await;
    assert_eq!((relay.stored().len(), relay.connections(), relay.count("QUIT")), (5, 3, 3));
    let mut idle = Postman::open(&url, Limits { idle: Duration::ZERO, ..limits() }).expect("a postman");
    for number in 5..8 {
        assert_eq!(word(&deliver(&mut idle, &letter(number, 10)).await.0), "sent");
    }
    assert_eq!((relay.stored().len(), relay.connections()), (8, 6));
}

#[tokio::test]
async fn a_kept_connection_that_died_is_replaced_once() {
    for death in [Act::close(), Act::say("421 4.4.2 idle too long").then_close()] {
        let relay = FakeRelay::start().await.once(Step::Mail, Act::say("250 Ok")).once(Step::Mail, death);
        let mut postman = plain(&relay);
        assert_eq!(word(&deliver(&mut postman, &letter(1, 10)).await.0), "sent");
        assert_eq!(deliver(&mut postman, &letter(2, 10)).await.1, 1);
        assert_eq!((relay.stored().len(), relay.connections()), (2, 2));
    }
    let relay = FakeRelay::start().await.once(Step::Mail, Act::say("250 Ok")).always(Step::Mail, Act::close());
    let mut postman = plain(&relay);
    assert_eq!(word(&deliver(&mut postman, &letter(1, 10)).await.0), "sent");
    assert_eq!(word(&deliver(&mut postman, &letter(2, 10)).await.0), "later");
    assert_eq!((relay.stored().len(), relay.connections()), (1, 2));
}

#[tokio::test]
async fn a_refused_recipient_does_not_cost_the_next_one() {
    let relay = FakeRelay::start().await.once(Step::Rcpt, Act::say("550 5.1.1 unknown"));
    let mut postman = plain(&relay);
    assert_eq!(word(&deliver(&mut postman, &letter(1, 10)).await.0), "refused");
    assert_eq!(word(&deliver(&mut postman, &letter(2, 10)).await.0), "sent");
    assert_eq!((relay.stored().len(), relay.connections(), relay.count("RSET")), (1, 1, 1));
}

#[tokio::test]
async fn a_deferral_gets_a_new_connection() {
    let relay = FakeRelay::start().await.once(Step::Rcpt, Act::say("450 4.2.0 greylisted"));
    let mut postman = plain(&relay);
    let (first, _) = deliver(&mut postman, &letter(1, 10)).await;
    assert!(matches!(first, Outcome::TryLater { wait, .. } if wait >= Duration::from_secs(300)), "{first:?}");
    assert_eq!(word(&deliver(&mut postman, &letter(1, 10)).await.0), "sent");
    assert_eq!((relay.stored().len(), relay.connections()), (1, 2));
}

/// A reply that came too late must never be taken for the reply to another letter.
#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_behind() {
    let relay = FakeRelay::start().await.once(Step::Dot, Act::hang().storing());
    let mut postman = plain(&relay);
    let first = letter(1, 10);
    let given_up = tokio::time::timeout(Duration::from_millis(500), deliver(&mut postman, &first)).await;
    assert!(given_up.is_err());
    let (second, _) = deliver(&mut postman, &letter(2, 10)).await;
    assert_eq!(second, Outcome::Sent { reply: "250 2.0.0 Ok: queued as Q2".to_owned() });
    assert_eq!(relay.connections(), 2);
}

fn secured(scheme: &str, host: &str, relay: &FakeRelay, ca: &Path) -> Postman {
    postman(&format!("{scheme}://agent:s3cret@{host}:{}?ca={}", relay.port, ca.display()))
}

#[tokio::test]
async fn starttls_and_login_come_before_the_letter() {
    let relay = FakeRelay::start().await.offering("STARTTLS").wanting("agent", "s3cret");
    let sealed = letter(1, 50_000);
    let (outcome, _) = deliver(&mut secured("smtp+starttls", "localhost", &relay, &certificate()), &sealed).await;
    assert_eq!(word(&outcome), "sent", "{outcome:?}");
    assert_eq!(relay.stored(), [sealed.bytes]);
    let verbs: Vec<String> =
        relay.said().iter().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(verbs, ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"]);
}

#[tokio::test]
async fn smtps_is_encrypted_from_the_first_byte() {
    let relay = FakeRelay::start().await.encrypted().wanting("agent", "s3cret");
    let mut postman = secured("smtps", "localhost", &relay, &certificate());
    assert!(postman.probe().await.expect("a probe").contains("relay.example.test"));
    let (outcome, _) = deliver(&mut postman, &letter(1, 10)).await;
    assert_eq!((word(&outcome), relay.stored().len()), ("sent", 1), "{outcome:?}");
}

#[tokio::test]
async fn a_way_that_is_not_safe_halts_before_anything_is_told() {
    // Each but the last would take the login and the letter if the one thing were not amiss.
    let ready = || async { FakeRelay::start().await.offering("STARTTLS").wanting("agent", "s3cret") };
    let cases = [
        ("STARTTLS stripped", FakeRelay::start().await.wanting("agent", "s3cret"), "localhost", certificate()),
        ("a strange certificate", ready().await, "localhost", strange_certificate()),
        ("another name", ready().await, "127.0.0.1", certificate()),
        ("no login offered", FakeRelay::start().await.offering("STARTTLS"), "localhost", certificate()),
    ];
    for (case, relay, host, ca) in cases {
        let mut postman = secured("smtp+starttls", host, &relay, &ca);
        let (outcome, marks) = deliver(&mut postman, &letter(1, 10)).await;
        assert_eq!((word(&outcome), marks), ("halt", 0), "{case}: {outcome:?}");
        assert!(postman.probe().await.is_err(), "{case}");
        assert_eq!((relay.count("AUTH"), relay.count("MAIL")), (0, 0), "{case}: {:?}", relay.said());
    }
}

#[tokio::test]
async fn a_login_that_is_refused_halts_and_one_put_off_waits() {
    for (reply, expected) in [("535 5.7.8 bad", "halt"), ("534 5.7.9 too weak", "halt"), ("454 4.7.0 later", "later")] {
        let relay = FakeRelay::start().await.wanting("agent", "s3cret").always(Step::Auth, Act::say(reply));
        let mut postman = postman(&format!("smtp://agent:s3cret@127.0.0.1:{}", relay.port));
        let (outcome, marks) = deliver(&mut postman, &letter(1, 10)).await;
        assert_eq!((word(&outcome), marks, relay.count("MAIL")), (expected, 0, 0), "{reply}: {outcome:?}");
        assert!(!format!("{outcome:?} {postman:?}").contains("s3cret"));
    }
    let relay = FakeRelay::start().await.wanting("agent", "other");
    let mut postman = postman(&format!("smtp://agent:s3cret@127.0.0.1:{}", relay.port));
    assert_eq!(word(&deliver(&mut postman, &letter(1, 10)).await.0), "halt");
}

/// What a stranger slips in behind the answer to STARTTLS must not be heard as said under TLS.
#[tokio::test]
async fn words_injected_before_tls_are_thrown_away() {
    let injected =
        "220 go ahead\r\n250-evil.example\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n";
    let relay = FakeRelay::start()
        .await
        .offering("STARTTLS")
        .wanting("agent", "s3cret")
        .always(Step::Starttls, Act::raw(injected))
        .always(Step::Dot, Act::say("554 5.7.1 the true answer"));
    let mut postman = secured("smtp+starttls", "localhost", &relay, &certificate());
    let (outcome, _) = deliver(&mut postman, &letter(1, 10)).await;
    // Either the handshake fails over the stray bytes or the conversation is the true one; never the injected "taken".
    assert!(!matches!(outcome, Outcome::Sent { .. } | Outcome::Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_folder_takes_a_letter_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let outbox = folder.path().join("out/box");
    let mut postman = postman(&format!("folder:{}", outbox.display()));
    let sealed = letter(7, 100);
    for _ in 0..2 {
        let (outcome, marks) = deliver(&mut postman, &sealed).await;
        assert_eq!((word(&outcome), marks), ("sent", 0), "{outcome:?}");
    }
    let files: Vec<_> =
        std::fs::read_dir(&outbox).expect("the outbox").map(|file| file.expect("a file").path()).collect();
    let expected = outbox.join(format!("agent7@shop.example-{:032x}.eml", 7));
    assert_eq!(files, std::slice::from_ref(&expected));
    assert_eq!(std::fs::read(&expected).expect("the letter"), sealed.bytes);
    std::fs::write(&expected, "something else").expect("a change");
    assert_eq!(word(&deliver(&mut postman, &sealed).await.0), "unknown");
    std::fs::remove_dir_all(folder.path()).expect("the folder goes");
    assert_eq!(word(&deliver(&mut postman, &sealed).await.0), "halt");
}

#[tokio::test]
async fn memory_answers_as_told() {
    let memory =
        Memory::answering([Outcome::Refused { reason: "550".to_owned() }, Outcome::Unknown { reason: "?".to_owned() }]);
    let mut postman = Postman::Memory(memory.clone());
    let mut seen = Vec::new();
    for number in 0..3 {
        let (outcome, marks) = deliver(&mut postman, &letter(number, 0)).await;
        seen.push((word(&outcome), marks));
    }
    assert_eq!(seen, [("refused", 0), ("unknown", 1), ("sent", 1)]);
    assert_eq!(memory.letters().len(), 2);
}
