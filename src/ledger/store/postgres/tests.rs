//! What only a server can do to a ledger: cut its line, give its rights to others, forget what it promised.
//!
//! They need a server (`.ci/postgres`), and are no tests without one.

use std::time::Duration;

use anyhow::Result;

use super::super::error::Error;
use super::super::value::Value;
use super::{Place, Session};
use crate::clock::Clock;
use crate::ledger::bench::{fresh_schema, new_run, period, server};
use crate::ledger::{Claim, Ledger, Scope, store};
use crate::settings::LedgerPlace;

/// Two processes on one ledger, and a line to look from.
struct Shared {
    first: Ledger,
    second: Ledger,
    looker: Session,
}

impl Shared {
    /// None without a server.
    fn open() -> Option<Self> {
        let url = fresh_schema(&server()?);
        let open = || Ledger::open_at(&LedgerPlace::Server(url.clone()), Clock::system()).expect("a ledger");
        let looker = Session::open(&Place::parse(&url).expect("a place")).expect("a line");
        Some(Self { first: open(), second: open(), looker })
    }

    /// Cuts the line on which a right is held, as a broken network would.
    fn cut_holder(&self, right: &str) {
        let number = self.looker.lock_number(right).expect("a number");
        let halves = [Value::Integer((number >> 32) & 0xffff_ffff), Value::Integer(number & 0xffff_ffff)];
        let sql = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND granted \
                   AND classid::bigint = ?1 AND objid::bigint = ?2";
        assert_eq!(self.looker.query(sql, &halves).expect("a cut").rows, [[Value::Integer(1)]]);
    }
}

/// The process of the server behind a ledger's line.
fn backend(ledger: &Ledger) -> i64 {
    let pid = ledger.read(|line| Ok(line.query_row("SELECT pg_backend_pid()", [], |row| row.get(0))?));
    pid.expect("a process")
}

fn october(ledger: &Ledger) -> Claim {
    let nowhere = std::path::Path::new("/nonexistent");
    ledger.claim_run(nowhere, "monthly", period("2026-10"), &Scope::default()).expect("an answer")
}

/// Waits until the client has seen that its line was cut.
fn seen<T>(mut look: impl FnMut() -> Result<T>) -> T {
    for _ in 0..100 {
        match look() {
            Ok(seen) => return seen,
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    look().expect("what was awaited")
}

#[test]
fn a_right_is_held_by_one_process_until_it_is_dropped() {
    let Some(Shared { first, second, .. }) = Shared::open() else { return };
    let held = october(&first);
    assert!(matches!(held, Claim::Held(_)));
    for other in [&first, &second] {
        let Claim::Busy { by } = october(other) else { panic!("held twice") };
        assert!(by.contains(&format!("pid {}, all", std::process::id())), "{by}");
    }
    drop(held);
    assert!(matches!(october(&second), Claim::Held(_)));
}

#[test]
fn a_worker_is_dead_while_its_line_is_cut_and_alive_again_when_it_is_back() {
    let Some(shared) = Shared::open() else { return };
    let nowhere = std::path::Path::new("/nonexistent");
    let worker = shared.first.worker(nowhere).expect("a worker");
    assert!(shared.second.alive(nowhere, &worker.id) && !shared.second.alive(nowhere, "never-was"));
    shared.cut_holder(&format!("worker {}", worker.id));
    assert!(!shared.second.alive(nowhere, &worker.id), "its locks ended with its line");
    seen(|| {
        shared.first.start_run(&new_run("2026-10"))?;
        anyhow::ensure!(shared.second.alive(nowhere, &worker.id), "not yet");
        Ok(())
    });
    let id = worker.id.clone();
    drop(worker);
    assert!(!shared.second.alive(nowhere, &id));
}

#[test]
fn a_right_that_went_to_another_meanwhile_bars_writes_until_it_is_let_go() {
    let Some(shared) = Shared::open() else { return };
    let lost = october(&shared.first);
    shared.cut_holder("run monthly 2026-10");
    let Claim::Held(_theirs) = october(&shared.second) else { panic!("free after the cut") };
    seen(|| match shared.first.start_run(&new_run("2026-10")) {
        Ok(_) => anyhow::bail!("not seen yet"),
        Err(error) => {
            assert!(error.to_string().contains("taken `run monthly 2026-10` over"), "{error:#}");
            Ok(())
        }
    });
    assert!(shared.second.start_run(&new_run("2026-10")).is_ok());
    drop(lost);
    shared.first.start_run(&new_run("2026-10")).expect("free to work on something else");
}

#[test]
fn a_lost_line_is_made_anew_and_what_was_begun_on_it_is_undone() {
    let Some(shared) = Shared::open() else { return };
    let broken = shared.first.write(|transaction| {
        let pid: i64 = transaction.query_row("SELECT pg_backend_pid()", [], |row| row.get(0))?;
        transaction.execute("DELETE FROM secrets", [])?;
        shared.looker.query("SELECT pg_terminate_backend(?1::int, 10000)", &[Value::Integer(pid)])?;
        Ok(())
    });
    let text = format!("{:#}", broken.expect_err("nothing was committed"));
    assert!(text.contains("nobody knows") || text.contains("cannot be reached") || text.contains("stopped"), "{text}");
    seen(|| shared.first.message_key());
    let pid = backend(&shared.first);
    shared.looker.query("SELECT pg_terminate_backend(?1::int, 10000)", &[Value::Integer(pid)]).expect("a cut");
    seen(|| shared.first.start_run(&new_run("2026-10")));
}

#[test]
fn a_transaction_with_a_failed_statement_is_never_taken_for_kept() {
    let Some(Shared { first, .. }) = Shared::open() else { return };
    let kept = first.write(|transaction| {
        transaction.execute("DELETE FROM secrets", [])?;
        assert!(transaction.execute("INSERT INTO nowhere VALUES (1)", []).is_err());
        Ok(())
    });
    let error = kept.expect_err("nothing is kept");
    assert!(matches!(error.downcast_ref::<store::Error>(), Some(Error::Aborted)), "{error:#}");
    first.message_key().expect("still there");
}

#[test]
fn commits_are_synced_even_where_the_server_would_not() {
    let Some(url) = server() else { return };
    let careless = format!("{url}?options=-csynchronous_commit%3Doff");
    let session = Session::open(&Place::parse(&careless).expect("a place")).expect("a line");
    assert_eq!(session.setting("synchronous_commit").expect("a setting"), "on");
}

#[test]
fn another_programs_tables_and_a_newer_ledger_are_refused() {
    let Some(url) = server() else { return };
    let open = |url: &str| Ledger::open_at(&LedgerPlace::Server(url.to_owned()), Clock::system());
    let line = |url: &str| Session::open(&Place::parse(url).expect("a place")).expect("a line");
    let theirs = fresh_schema(&url);
    line(&theirs).batch("CREATE TABLE theirs (n INT)").expect("a table");
    let error = open(&theirs).err().expect("refused");
    assert!(format!("{error:#}").contains("another program"), "{error:#}");
    let newer = fresh_schema(&url);
    drop(open(&newer).expect("a ledger"));
    line(&newer).batch("UPDATE scorepost_ledger SET version = 99").expect("a version");
    let error = open(&newer).err().expect("refused");
    assert!(format!("{error:#}").contains("newer") && format!("{error:#}").contains("pg_dump"), "{error:#}");
}

#[test]
fn a_migration_in_common_words_keeps_rows_and_goes_on_counting_them() {
    let Some(url) = server().map(|url| fresh_schema(&url)) else { return };
    let session = Session::open(&Place::parse(&url).expect("a place")).expect("a line");
    let mut scripts = crate::ledger::schema::MIGRATIONS.to_vec();
    super::migrate(&session, &scripts).expect("the newest version");
    let insert = "INSERT INTO failed_sign_ins (name, address, at) VALUES ('n', 'a', 't') RETURNING number";
    assert_eq!(session.query(insert, &[]).expect("a row").rows, [[Value::Integer(1)]]);
    scripts.push(
        "CREATE TABLE anew (number INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, at TEXT NOT NULL) \
         STRICT; INSERT INTO anew SELECT * FROM failed_sign_ins; DROP TABLE failed_sign_ins; \
         ALTER TABLE anew RENAME TO failed_sign_ins;",
    );
    super::migrate(&session, &scripts).expect("one version more");
    let counted = session.query(&format!("{insert}, name"), &[]).expect("a row");
    assert_eq!(counted.rows, [[Value::Integer(2), Value::Text("n".to_owned())]]);
    super::migrate(&session, &scripts).expect("nothing to do");
}

#[test]
fn many_can_open_a_new_ledger_at_once() {
    let Some(url) = server().map(|url| fresh_schema(&url)) else { return };
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let open = || {
            let ledger = Ledger::open_at(&LedgerPlace::Server(url.clone()), Clock::system()).expect("a ledger");
            ledger.message_key().expect("a key")
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "one key for all");
}

#[test]
fn an_encrypted_line_needs_a_certificate_that_is_trusted() {
    let Ok(url) = std::env::var("SCOREPOST_TEST_POSTGRES_TLS") else { return };
    let authority = std::env::var("SCOREPOST_TEST_POSTGRES_CA").expect("the certificate of the server");
    let line = |url: &str| Session::open(&Place::parse(url).expect("a place"));
    let session = line(&format!("{url}&sslrootcert={authority}")).expect("a line");
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(session.query(sql, &[]).expect("an answer").rows, [[Value::Integer(1)]]);
    let error = line(&url).err().expect("nobody vouches for this server");
    assert!(format!("{error:#}").to_lowercase().contains("certificate"), "{error:#}");
}
