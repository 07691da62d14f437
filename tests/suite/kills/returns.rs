//! A real mail server reports on letters: one that came back is seen, one whose answer was lost is proven to have arrived.

use std::io;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use scorepost::ledger::{DeliveryState, RunState};
use scorepost::pipeline::{self, Bounces};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::server::Server;
use crate::bench::Bench;

/// Where the server returns letters to, and who gets the letters of a test; no letter of a run goes there.
const TESTER: &str = "agent0@example.test";
/// Whose mailbox is broken; no other letter of a run goes there.
const BROKEN: &str = "agent39@example.test";
/// More than the first letter, which is the one to the broken mailbox, and less than two.
const INSIDE_THE_SECOND_BODY: usize = 150_000;

/// A line to the server that once, when the second letter's body is on its way, carries no answer back any more.
async fn lossy_line(server: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let intact = Arc::new(AtomicBool::new(false));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (server, intact) = (server.clone(), intact.clone());
            tokio::spawn(async move { carry(client, &server, &intact).await });
        }
    });
    port
}

async fn carry(client: TcpStream, server: &str, intact: &AtomicBool) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let (mut bytes, mut passed) = (vec![0; 16 * 1024], 0);
    loop {
        let read = from_client.read(&mut bytes).await?;
        if read == 0 {
            return to_server.shutdown().await;
        }
        passed += read;
        if passed > INSIDE_THE_SECOND_BODY && !intact.swap(true, Ordering::SeqCst) {
            back.abort();
        }
        to_server.write_all(&bytes[..read]).await?;
        if back.is_finished() {
            // The rest of the letter still gets through; only then the line is dead.
            let rest = tokio::time::timeout(Duration::from_secs(1), tokio::io::copy(&mut from_client, &mut to_server));
            let _ = rest.await;
            return Ok(());
        }
    }
}

/// Breaks a mailbox and lets the server try only once, so that it takes a letter and returns it.
fn break_mailbox(server: &Server) {
    std::fs::write(server.folder.join("vmail/agent39"), "no Maildir").expect("a file in its place");
    let etc = server.folder.join("etc");
    for (tool, arguments) in [("postconf", &["-e", "maximal_queue_lifetime=0"][..]), ("postfix", &["reload"][..])] {
        let done = Command::new(tool).arg("-c").arg(&etc).args(arguments).stderr(Stdio::null()).status();
        assert!(done.expect("the server's tools").success(), "{tool}");
    }
}

fn of_the_trial(bench: Bench, url: &str, imap: &str) -> Bench {
    let jobs = bench.folder.path().join("own-jobs").display().to_string();
    let mut bench = bench.reopen(|environment| {
        let set = [("SCOREPOST_JOBS", jobs.as_str()), ("SCOREPOST_MAIL_URL", url), ("SCOREPOST_BOUNCES_URL", imap)];
        set.iter().for_each(|(name, value)| drop(environment.insert(name.to_string(), value.to_string())));
    });
    bench.pipeline.settings.mail.return_path = Some(TESTER.to_owned());
    bench
}

/// Reads the mailbox until it named as many letters as came back and were proven.
async fn reports(bench: &Bench, bounced: usize, proven: usize) -> Bounces {
    let (since, mut all) = (Instant::now(), Bounces::default());
    while all.bounced.len() < bounced || all.proven.len() < proven {
        assert!(since.elapsed() < Duration::from_secs(30), "only {all:?}");
        let found = pipeline::check_bounces(&bench.pipeline).await.expect("the mailbox").expect("a mailbox");
        all.read += found.read;
        all.bounced.extend(found.bounced);
        all.proven.extend(found.proven);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the mail server that `.ci/mail-trial` starts"]
async fn a_real_server_reports_what_came_back_and_proves_what_arrived() {
    let server = Server::of_the_trial();
    let imap = std::env::var("MAIL_TRIAL_IMAP_URL").expect("set by `.ci/mail-trial`");
    server.forget();
    let (login, place) = server.url.split_once("@127.0.0.1:").expect("a URL of this machine");
    let (port, query) = place.split_once('?').expect("a certificate");
    let line = lossy_line(format!("127.0.0.1:{port}")).await;
    let url = format!("{login}@127.0.0.1:{line}?{query}&notify=success");
    break_mailbox(&server);
    let more = format!("[[report]]\nkind = \"summary\"\nof = \"shop\"\nto = [\"{BROKEN}\"]\n");
    let bench = of_the_trial(Bench::on(9).with_monthly(&more), &url, &imap);
    let outcome = bench.run(bench.october().send()).await;
    let all = bench.pipeline.ledger.deliveries(&outcome.run.id).expect("deliveries");
    let unknown: Vec<_> = all.iter().filter(|one| one.state == DeliveryState::Unknown).collect();
    assert_eq!(unknown.len(), 1, "one answer was lost: {:?}", outcome.tally);
    let broken = all.iter().find(|one| one.address == BROKEN).expect("a letter to the broken mailbox");
    assert_eq!(broken.state, DeliveryState::Sent, "the server takes it before it knows");
    let found = reports(&bench, 1, 1).await;
    assert_eq!((&found.bounced, &found.proven), (&vec![broken.id], &vec![unknown[0].id]));
    let state = |id| bench.pipeline.ledger.delivery(id).expect("a read").expect("a delivery");
    assert_eq!((state(broken.id).state, state(unknown[0].id).state), (DeliveryState::Bounced, DeliveryState::Sent));
    let run = bench.pipeline.ledger.run(&outcome.run.id).expect("a read").expect("the run");
    assert_eq!(run.state, RunState::PartlySent);
    println!("{} messages read over IMAP; came back: {:?}", found.read, state(broken.id).reason);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the mail server that `.ci/mail-trial` starts"]
async fn a_rehearsal_over_a_real_server_reaches_one_mailbox() {
    let server = Server::of_the_trial();
    server.forget();
    let bench = Bench::on(9).reopen(|environment| {
        environment.insert("SCOREPOST_MAIL_URL".to_owned(), server.url.clone());
        environment.insert("SCOREPOST_TEST_TO".to_owned(), TESTER.to_owned());
    });
    let outcome = bench.run(bench.october().send()).await;
    server.settle();
    let letters = server.letters();
    assert_eq!((outcome.run.state, letters.len() as u64), (RunState::Ready, outcome.tally.tested));
    assert!(letters.iter().all(|path| path.starts_with(server.folder.join("vmail/agent0"))), "{letters:?}");
    assert!(letters.len() >= 23);
}
