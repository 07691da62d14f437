//! kill -9 at every named place of the program, and what is unknown afterwards is settled by a person at the command line.

use std::collections::BTreeMap;

use scorepost::ledger::Delivery;
use tokio::sync::OnceCell;

use super::dice::{cases, share};
use super::mailboxes::Copies;
use super::oracle::{Standing, check};
use super::{Dice, Ending, Figures, Mailboxes, Prepared, Program, Replay, Weather};

const SET: &str = "kills at named places";
/// Of one place, so many of its occurrences.
const OCCURRENCES: usize = 5;
/// How many replies are lost in rough weather.
const LOST: usize = 1;

/// One kill, or two, in a mailing by some processes at once.
#[derive(Clone, Debug)]
struct Case {
    /// Place and occurrence at which the first process is killed.
    place: String,
    /// Whether the resumed mailing is killed as well.
    again: bool,
    /// Whether the other processes are killed with it.
    all: bool,
}

/// A mailing whose letters are shared by so many processes, each over so many connections.
struct Trial {
    prepared: Prepared,
    connections: usize,
    mailboxes: Mailboxes,
    /// Every place that a process passes, with how often.
    places: Vec<(String, usize)>,
}

impl Trial {
    async fn of(agents: u32, months: u32, connections: usize) -> Self {
        let prepared = Prepared::of(agents, months).await.over(connections);
        let mut trial = Self { prepared, connections, mailboxes: Mailboxes::open().await, places: Vec::new() };
        trial.places = trial.listed();
        trial
    }

    fn concurrency(&self) -> usize {
        self.prepared.runs.len()
    }

    /// The places on the way of one undisturbed mailing in rough weather and of what follows it.
    fn listed(&self) -> Vec<(String, usize)> {
        let folder = self.prepared.copy();
        self.mailboxes.begin(Weather::Rough { lost: LOST }, &mut Dice::of(SET, 0));
        let url = self.mailboxes.url();
        let list = folder.path().join("places");
        let program = Program { folder: folder.path(), prepared: &self.prepared, mail: &url, hour: 0 };
        for run in &self.prepared.runs {
            let mut command = program.command(&["release", run]);
            command.env("SCOREPOST_STOP_LIST", &list).status().expect("the program");
        }
        let mut counts = BTreeMap::<String, usize>::new();
        for line in std::fs::read_to_string(list).expect("a list of places").lines() {
            *counts.entry(line.to_owned()).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// The first, the last and some other occurrences of every place.
    fn cases(&self, dice: &mut Dice) -> Vec<Case> {
        let mut cases = Vec::new();
        for (place, count) in &self.places {
            let mut occurrences = vec![1, *count];
            occurrences.extend((2..OCCURRENCES).map(|_| 1 + dice.below(*count)));
            for occurrence in occurrences {
                let place = format!("{place}#{occurrence}");
                cases.push(Case { place, again: dice.once_in(2), all: dice.once_in(2) });
            }
        }
        dice.shuffle(&mut cases);
        cases
    }

    /// Kills, goes on, settles; gives how many kills there were and how many letters were unknown then.
    fn run(&self, case: &Case, dice: &mut Dice) -> (usize, usize) {
        let folder = self.prepared.copy();
        let lost = if dice.once_in(2) { LOST } else { 0 };
        self.mailboxes.begin(if lost > 0 { Weather::Rough { lost } } else { Weather::Fair }, dice);
        let url = self.mailboxes.url();
        let mut program = Program { folder: folder.path(), prepared: &self.prepared, mail: &url, hour: 0 };
        let mut kills = self.killed(&program, &case.place, case.all);
        self.check(&program);
        if case.again {
            program.hour += 1;
            let (place, count) = dice.pick(&self.places);
            kills += self.killed(&program, &format!("{place}#{}", 1 + dice.below(*count)), !case.all);
            self.check(&program);
        }
        let standing = self.finish(&mut program);
        let unknown = standing.unknown.len();
        assert_eq!(standing.letters(), self.prepared.letters, "a letter is lost");
        let most = kills * self.connections + lost;
        assert!(unknown <= most, "{unknown} unknown after {kills} kills and {lost} lost replies");
        self.settle(&mut program, &standing.unknown);
        (kills, unknown)
    }

    /// Lets the letters of every run go by a process each; the first stops at `place` and is killed there.
    fn killed(&self, program: &Program<'_>, place: &str, all: bool) -> usize {
        let (first, others) = self.prepared.runs.split_first().expect("a run");
        let first = program.start(&["release", first], Some(place));
        let others: Vec<_> = others.iter().map(|run| program.start(&["release", run], None)).collect();
        let mut endings = vec![first.end()];
        endings.extend(others.into_iter().map(|other| if all { other.kill() } else { other.end() }));
        endings.iter().filter(|ending| **ending == Ending::Killed).count()
    }

    /// Goes on until nothing waits any more; refused letters stay refused.
    fn finish(&self, program: &mut Program<'_>) -> Standing {
        for _ in 0..8 {
            program.hour += 1;
            for run in &self.prepared.runs {
                let Ending::Exit(code, text) = program.run(&["release", run]) else { panic!("nobody killed it") };
                // A run that is through has nothing to release.
                assert!(code == 0 || code == 1, "{code}: {text}");
            }
            let standing = self.check(program);
            if standing.open == 0 {
                return standing;
            }
        }
        panic!("after eight hours there are letters that wait");
    }

    /// A person reads what is unknown, looks into the mailboxes, and says what happened: then nothing is left.
    fn settle(&self, program: &mut Program<'_>, unknown: &[Delivery]) {
        let copies = self.mailboxes.copies();
        let mut shown = Vec::new();
        for run in &self.prepared.runs {
            let told = program.ask(&["show", run]);
            let letters = told["deliveries"].as_array().expect("letters").clone();
            shown.extend(letters.into_iter().filter(|one| one["state"] == "unknown"));
        }
        assert_eq!(shown.len(), unknown.len(), "not every unknown letter is shown");
        for one in &shown {
            let (number, id) = (one["delivery"].to_string(), one["message_id"].as_str().expect("a Message-ID"));
            let verdict = if arrived(&copies, id) { "--arrived" } else { "--send-again" };
            let ending = program.run(&["resolve", &number, verdict, "--reason", "the mailbox says so"]);
            assert!(matches!(ending, Ending::Exit(0, _)), "{ending:?}");
        }
        for _ in 0..2 {
            program.hour += 1;
            for run in &self.prepared.runs {
                let ending = program.run(&["resend", run, "--failed"]);
                assert!(matches!(ending, Ending::Exit(0 | 1, _)), "{ending:?}");
            }
        }
        let standing = self.check(program);
        // Weather that the first mailing did not live to see may still refuse a letter or lose a reply.
        assert!(standing.unknown.len() <= LOST, "{} are unknown again", standing.unknown.len());
        assert_eq!(standing.letters(), self.prepared.letters);
    }

    fn check(&self, program: &Program<'_>) -> Standing {
        check(program.folder, &self.prepared.runs, &self.mailboxes.copies())
    }
}

fn arrived(copies: &Copies, id: &str) -> bool {
    copies.contains_key(id.trim_matches(['<', '>']))
}

/// Runs cases of a trial until there were so many mailings and so many kills.
fn runs(trial: &Trial, kills: usize, figures: &mut Figures) {
    let mut dice = Dice::of(SET, trial.concurrency() * trial.connections);
    let mut list = Vec::new();
    while list.len() < 2 * kills {
        list.extend(trial.cases(&mut dice));
    }
    let mut killed = 0;
    for number in cases(list.len()) {
        if killed >= kills && figures.count("mailings") >= kills {
            break;
        }
        let case = &list[number];
        let _replay = Replay::of(SET, number, format!("{case:?} by {} processes", trial.concurrency()));
        let (times, unknown) = trial.run(case, &mut Dice::of(SET, number));
        killed += times;
        figures.add("kills", times);
        figures.add("mailings", 1);
        figures.add("letters", trial.prepared.letters);
        figures.add("unknown, all of them settled", unknown);
    }
    figures.add("lost", 0);
    figures.add("doubled", 0);
}

/// The mailing of the short sets, made once for all of them.
pub async fn small() -> &'static Prepared {
    static SMALL: OnceCell<Prepared> = OnceCell::const_new();
    SMALL.get_or_init(|| Prepared::of(9, 1)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_place_nobody_is_mailed_twice_and_every_unknown_is_settled() {
    let trial = Trial::of(9, 2, 1).await;
    assert!(trial.places.len() > 30, "{:#?}", trial.places);
    let mut figures = Figures::of(SET);
    runs(&trial, 12, &mut figures);
    figures.tell();
}

/// Three hundred kills in three hundred mailings of forty letters each, or a share of that.
async fn three_hundred(set: &'static str, trial: Trial) {
    let mut figures = Figures::of(set);
    figures.add("places", trial.places.len());
    runs(&trial, share(300), &mut figures);
    figures.tell();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn three_hundred_kills_of_one_process() {
    three_hundred("kills at named places, one process", Trial::of(36, 1, 1).await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn three_hundred_kills_of_one_process_with_three_connections() {
    three_hundred("kills at named places, three connections", Trial::of(36, 1, 3).await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn three_hundred_kills_of_two_processes() {
    three_hundred("kills at named places, two processes", Trial::of(18, 2, 1).await).await;
}
