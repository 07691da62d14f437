//! The recipients' mailboxes: what a relay took, by Message-ID, and the weather on the way to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use sha2::{Digest, Sha256};

use super::Dice;
use crate::peers::smtp::{Act, FakeRelay, Step};

/// Letters that lie in mailboxes, by Message-ID: to whom, and how often.
pub type Copies = BTreeMap<String, (String, usize)>;

/// The hashes of the PDFs that lie in mailboxes, by Message-ID.
pub type Cards = BTreeMap<String, String>;

/// A relay, and what it took.
pub struct Mailboxes {
    relay: FakeRelay,
}

/// How the relay treats some letters on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// It takes every letter.
    Fair,
    /// It puts some off, refuses some, breaks off within some, in any order, and its word about so many is lost.
    Rough { lost: usize },
}

impl Mailboxes {
    /// Empty mailboxes behind a relay that listens.
    pub async fn open() -> Self {
        Self { relay: FakeRelay::start().await }
    }

    /// The mail URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.relay.port)
    }

    /// Empties them for the next case, and makes its weather.
    pub fn begin(&self, weather: Weather, dice: &mut Dice) {
        self.settle();
        self.relay.forget();
        let Weather::Rough { lost } = weather else { return };
        let mut acts = vec![
            (Step::Rcpt, Act::say("451 4.7.1 come later")),
            (Step::Rcpt, Act::say("550 5.1.1 no such mailbox")),
            (Step::Mail, Act::say("421 4.3.2 closing").then_close()),
            (Step::Data, Act::close()),
            (Step::Dot, Act::say("452 4.3.1 full")),
            (Step::Dot, Act::say("554 5.6.0 refused")),
        ];
        // Of few letters, not every one meets a fault.
        acts.retain(|_| dice.once_in(2));
        acts.extend((0..lost).map(|_| (Step::Dot, Act::close().storing())));
        dice.shuffle(&mut acts);
        for (step, act) in acts {
            for _ in 0..dice.below(4) {
                self.relay.then_usual(step);
            }
            self.relay.then(step, act);
        }
    }

    /// Waits until the relay has read to the end of what programs that are gone had said.
    fn settle(&self) {
        let since = Instant::now();
        while !self.relay.is_quiet() {
            assert!(since.elapsed() < Duration::from_secs(60), "somebody still talks to the relay");
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    /// How many letters lie in them.
    pub fn count(&self) -> usize {
        self.relay.stored_count()
    }

    /// The senders of the envelopes, letter by letter.
    pub fn senders(&self) -> Vec<String> {
        let line = |said: String| Some(said.strip_prefix("MAIL FROM:<")?.split('>').next()?.to_owned());
        self.relay.said().into_iter().filter_map(line).collect()
    }

    /// What lies in them when nobody talks to the relay any more.
    pub fn copies(&self) -> Copies {
        self.settle();
        let mut copies = Copies::new();
        for bytes in self.relay.stored() {
            let letter = MessageParser::default().parse_headers(&bytes).expect("a letter");
            let to =
                letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient").to_owned();
            let id = letter.message_id().expect("a Message-ID").to_owned();
            let (known, count) = copies.entry(id).or_insert_with(|| (to.clone(), 0));
            assert_eq!(*known, to, "one Message-ID went to two people");
            *count += 1;
        }
        copies
    }

    /// The attached cards; nobody has two letters of one subject, which names the period.
    pub fn cards(&self) -> Cards {
        self.settle();
        let (mut cards, mut seen) = (Cards::new(), BTreeSet::new());
        for bytes in self.relay.stored() {
            let letter = MessageParser::default().parse(&bytes).expect("a letter");
            let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient");
            let subject = letter.subject().expect("a subject");
            assert!(seen.insert((to.to_owned(), subject.to_owned())), "{to} has two letters `{subject}`");
            let card = hex::encode(Sha256::digest(letter.attachment(0).expect("a card").contents()));
            cards.insert(letter.message_id().expect("a Message-ID").to_owned(), card);
        }
        cards
    }
}
