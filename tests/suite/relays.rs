//! Several relays do for each other before the dot and never behind it; what a relay offers is used, what it limits is kept.

use std::time::Duration;

use scorepost::deliver::{Limits, MailUrl, Outcome, Postman};

use crate::mail::{deliver, letter, limits, plain, postman, word};
use crate::peers::smtp::{Act, FakeRelay, Step, certificate, strange_certificate};

/// A postman for the relays in their order.
fn of_both(first: &FakeRelay, second: &FakeRelay) -> Postman {
    postman(&format!("smtp://127.0.0.1:{} smtp://127.0.0.1:{}", first.port, second.port))
}

#[tokio::test]
async fn the_next_relay_takes_over_before_the_dot_and_never_behind_it() {
    use Step::*;
    let cases = [
        (Connect, Act::close(), "sent", 1),
        (Connect, Act::say("421 4.3.2 busy"), "sent", 1),
        (Connect, Act::say("554 5.7.1 not you"), "sent", 1),
        (Ehlo, Act::close(), "sent", 1),
        (Mail, Act::say("421 4.3.2 closing").then_close(), "sent", 1),
        (Mail, Act::say("530 5.7.0 log in first"), "sent", 1),
        (Data, Act::say("421 4.3.2 closing").then_close(), "sent", 1),
        (Mail, Act::hang(), "sent", 1),
        (Rcpt, Act::close(), "sent", 1),
        (Data, Act::raw("35").then_close(), "sent", 1),
        (Rcpt, Act::say("550 5.1.1 unknown"), "refused", 0),
        (Rcpt, Act::say("450 4.2.0 greylisted"), "later", 0),
        (Dot, Act::close(), "unknown", 0),
        (Dot, Act::close().storing(), "unknown", 0),
        (Dot, Act::say("421 4.3.2 closing").then_close(), "later", 0),
        (Dot, Act::raw("25").then_close(), "unknown", 0),
    ];
    for (step, act, expected, taken_over) in cases {
        let told = format!("{step:?} {act:?}");
        let (first, second) = (FakeRelay::start().await.always(step, act), FakeRelay::start().await);
        let (outcome, _) = deliver(&mut of_both(&first, &second), &letter(1, 100)).await;
        assert_eq!((word(&outcome), second.stored().len()), (expected, taken_over), "{told}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_relay_whose_tls_or_login_fails_hands_on_too() {
    for (user, ca) in [("agent:wrong", certificate()), ("agent:s3cret", strange_certificate())] {
        let first = FakeRelay::start().await.offering("STARTTLS").wanting("agent", "s3cret");
        let second = FakeRelay::start().await;
        let (one, two) = (first.port, second.port);
        let url = format!("smtp+starttls://{user}@localhost:{one}?ca={} smtp://127.0.0.1:{two}", ca.display());
        let (outcome, marks) = deliver(&mut postman(&url), &letter(1, 100)).await;
        assert_eq!(
            (word(&outcome), marks, second.stored().len(), first.count("MAIL")),
            ("sent", 1, 1, 0),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_relay_that_was_away_comes_last_for_a_while() {
    let (first, second) = (FakeRelay::start().await.always(Step::Connect, Act::close()), FakeRelay::start().await);
    let mut both = of_both(&first, &second);
    for number in 0..3 {
        assert_eq!(word(&deliver(&mut both, &letter(number, 10)).await.0), "sent");
    }
    assert_eq!((first.connections(), second.connections(), second.stored().len()), (1, 1, 3));
}

#[tokio::test]
async fn when_no_relay_takes_letters_each_is_named_and_a_short_absence_outweighs_a_fault() {
    let fault = || async { FakeRelay::start().await.always(Step::Connect, Act::say("554 5.7.1 not you")) };
    let (first, second) = (fault().await, FakeRelay::start().await.always(Step::Connect, Act::close()));
    let (outcome, marks) = deliver(&mut of_both(&first, &second), &letter(1, 10)).await;
    let Outcome::Away { reason, .. } = &outcome else { panic!("{outcome:?}") };
    assert!([first.port, second.port].iter().all(|port| reason.contains(&port.to_string())), "{reason}");
    assert_eq!(marks, 0);
    let (outcome, _) = deliver(&mut of_both(&first, &fault().await), &letter(1, 10)).await;
    assert_eq!(word(&outcome), "halt", "{outcome:?}");
}

#[tokio::test]
async fn a_mark_that_cannot_be_kept_goes_to_no_other_relay() {
    let (first, second) = (FakeRelay::start().await, FakeRelay::start().await);
    let mut both = of_both(&first, &second);
    let outcome = both.deliver(&letter(1, 0), &mut async || anyhow::bail!("disk full")).await;
    assert_eq!((word(&outcome), second.connections()), ("halt", 0), "{outcome:?}");
}

#[tokio::test]
async fn an_old_connection_is_given_up_however_busy_it_is() {
    let relay = FakeRelay::start().await;
    let url = MailUrl::parse(&format!("smtp://127.0.0.1:{}", relay.port)).expect("a URL");
    let mut postman = Postman::open(&url, Limits { age: Duration::ZERO, ..limits() }).expect("a postman");
    for number in 0..3 {
        assert_eq!(word(&deliver(&mut postman, &letter(number, 10)).await.0), "sent");
    }
    assert_eq!((relay.stored().len(), relay.connections(), relay.count("QUIT")), (3, 3, 2));
}

#[tokio::test]
async fn commands_that_may_go_together_mean_the_same() {
    use Step::*;
    let cases = [
        (None, "sent", 1),
        (Some((Mail, Act::say("550 5.7.1 sender"))), "refused", 0),
        (Some((Mail, Act::say("451 4.3.0 later"))), "later", 0),
        (Some((Rcpt, Act::say("550 5.1.1 unknown"))), "refused", 0),
        (Some((Rcpt, Act::say("450 4.2.0 later"))), "later", 0),
        (Some((Rcpt, Act::close())), "later", 0),
        (Some((Data, Act::say("451 4.3.0 later"))), "later", 0),
        (Some((Data, Act::say("554 5.5.1 no"))), "refused", 0),
        (Some((Data, Act::hang())), "later", 0),
        (Some((Dot, Act::close())), "unknown", 0),
    ];
    for (fault, expected, stored) in cases {
        let told = format!("{fault:?}");
        let relay = FakeRelay::start().await.offering("PIPELINING");
        let relay = fault.into_iter().fold(relay, |relay, (step, act)| relay.once(step, act));
        let mut postman = plain(&relay);
        let (outcome, _) = deliver(&mut postman, &letter(1, 100)).await;
        assert_eq!((word(&outcome), relay.stored().len()), (expected, stored), "{told}: {outcome:?}");
        // Whatever came before, the next letter gets its own replies.
        let (outcome, _) = deliver(&mut postman, &letter(2, 100)).await;
        assert_eq!(word(&outcome), "sent", "{told}: {outcome:?}");
        assert_eq!(relay.stored().last(), Some(&letter(2, 100).bytes), "{told}");
    }
}

#[tokio::test]
async fn refused_together_a_connection_is_kept() {
    let relay = FakeRelay::start().await.offering("PIPELINING");
    let relay = relay.once(Step::Rcpt, Act::say("550 5.1.1 unknown")).once(Step::Data, Act::say("554 5.5.1 nobody"));
    let mut postman = plain(&relay);
    assert_eq!(word(&deliver(&mut postman, &letter(1, 10)).await.0), "refused");
    assert_eq!(word(&deliver(&mut postman, &letter(2, 10)).await.0), "sent");
    assert_eq!((relay.connections(), relay.count("RSET")), (1, 1));
}

#[tokio::test]
async fn a_letter_above_the_relays_limit_is_refused_with_both_sizes_before_a_word_of_it() {
    let relay = FakeRelay::start().await.offering("SIZE 2000");
    let mut postman = plain(&relay);
    let large = letter(1, 5000);
    let (outcome, marks) = deliver(&mut postman, &large).await;
    let Outcome::Refused { reason } = &outcome else { panic!("{outcome:?}") };
    assert!(reason.contains(&large.bytes.len().to_string()) && reason.contains("2000"), "{reason}");
    assert_eq!((marks, relay.count("MAIL")), (0, 0));
    let small = letter(2, 0);
    assert_eq!(word(&deliver(&mut postman, &small).await.0), "sent");
    assert!(relay.said().contains(&format!("MAIL FROM:<scorepost@shop.example> SIZE={}", small.bytes.len())));
}

#[tokio::test]
async fn reports_are_asked_for_where_the_relay_offers_them() {
    for (option, wanted) in [("", "FAILURE,DELAY"), ("?notify=success", "SUCCESS,FAILURE,DELAY")] {
        let relay = FakeRelay::start().await.offering("DSN");
        let mut postman = postman(&format!("smtp://127.0.0.1:{}{option}", relay.port));
        let sealed = letter(7, 10);
        assert_eq!(word(&deliver(&mut postman, &sealed).await.0), "sent");
        let said = relay.said();
        let mail = format!("MAIL FROM:<scorepost@shop.example> RET=HDRS ENVID={}", sealed.message_id);
        assert!(said.contains(&mail), "{said:?}");
        assert!(said.contains(&format!("RCPT TO:<agent7@shop.example> NOTIFY={wanted}")), "{said:?}");
    }
}
