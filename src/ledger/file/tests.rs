//! The file: private, synced, whole, refused when damaged, copied, and recognised when it is an old copy.

use std::io::{Seek, SeekFrom, Write};

use super::*;
use crate::clock::Clock;
use crate::ledger::bench::{new_run, planned};
use crate::ledger::store;

fn open_at(path: &Path) -> Result<Ledger> {
    Ledger::open(path, Clock::system())
}

/// A closed ledger with some content.
fn closed_ledger(folder: &Path) -> PathBuf {
    let path = folder.join("ledger.sqlite");
    let ledger = open_at(&path).expect("a ledger");
    let agents: Vec<String> = (0..40).map(|number| format!("A{number:03}")).collect();
    planned(&ledger, &agents.iter().map(String::as_str).collect::<Vec<_>>());
    path
}

#[test]
fn every_commit_is_synced_and_references_are_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = open_at(&folder.path().join("ledger.sqlite")).expect("a ledger");
    let pragma = |name: &str| -> String {
        let value = ledger.on_the_line(|connection| {
            Ok(connection.file()?.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))?)
        });
        format!("{:?}", value.expect(name))
    };
    assert_eq!(pragma("synchronous"), "Integer(2)", "FULL");
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("foreign_keys"), "Integer(1)");
    assert_eq!(pragma("busy_timeout"), "Integer(5000)");
}

#[test]
fn every_table_is_strict() {
    let ledger = Ledger::open_in_memory(Clock::system()).expect("a ledger");
    let loose: Vec<String> = ledger
        .read(|connection| {
            let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 \
                       AND name NOT LIKE 'sqlite%'";
            let mut statement = connection.file()?.prepare(sql)?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })
        .expect("tables");
    assert_eq!(loose, Vec::<String>::new());
}

#[test]
fn opening_twice_keeps_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = closed_ledger(folder.path());
    let ledger = open_at(&path).expect("a ledger");
    assert_eq!(ledger.runs(None, 9).expect("runs").len(), 1);
    ledger.integrity().expect("whole");
}

#[test]
fn many_can_open_a_new_ledger_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let open = || open_at(&path).expect("a ledger").message_key().expect("a key");
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "one key for all");
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::*;

    const FOLDER: &str = "SCOREPOST_TEST_FOLDER";

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("a file").permissions().mode() & 0o777
    }

    #[test]
    #[ignore = "the test below starts it under several umasks"]
    fn under_this_umask() {
        let Some(folder) = std::env::var_os(FOLDER) else { return };
        let folder = PathBuf::from(folder).join("data");
        let path = folder.join("ledger.sqlite");
        let ledger = open_at(&path).expect("a ledger");
        planned(&ledger, &["A001"]);
        assert_eq!(mode(&folder), 0o700);
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.sqlite.send-marks"] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
        let backup = folder.join("backup.sqlite");
        ledger.backup(&backup).expect("a backup");
        assert_eq!(mode(&backup), 0o600);
    }

    #[test]
    fn files_are_private_whatever_the_umask() {
        let program = std::env::current_exe().expect("this program");
        let test = "ledger::file::tests::permissions::under_this_umask";
        for umask in ["000", "022", "077", "0377"] {
            let folder = tempfile::tempdir().expect("a folder");
            let output = Command::new("sh")
                .args(["-c", &format!("umask {umask}; exec \"$0\" --ignored --exact {test}")])
                .arg(&program)
                .env(FOLDER, folder.path())
                .output()
                .expect("a shell");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "umask {umask}: {said}");
        }
    }

    #[test]
    fn a_file_that_was_opened_up_is_closed_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = closed_ledger(folder.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("permissions");
        let _ledger = open_at(&path).expect("a ledger");
        assert_eq!(mode(&path), 0o600);
    }
}

#[test]
fn a_damaged_file_is_refused_with_its_path_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = closed_ledger(folder.path());
    let whole = fs::read(&path).expect("bytes");
    let zeroed = |from: usize, to: usize| {
        let mut bytes = whole.clone();
        bytes[from..to].fill(0);
        bytes
    };
    let damages = [
        ("cut in half", whole[..whole.len() / 2].to_vec()),
        ("no header", zeroed(0, 100)),
        ("no schema", zeroed(100, 4096)),
        ("no second page", zeroed(4096, 8192)),
        ("another kind of file", b"PK\x03\x04 this is not a database ".repeat(500)),
    ];
    for (what, bytes) in damages {
        fs::write(&path, &bytes).expect("damage");
        let error = open_at(&path).err().unwrap_or_else(|| panic!("{what} was opened"));
        let text = format!("{error:#}");
        assert!(text.contains(&format!("`{}`", path.display())), "{what}: {text}");
        assert!(text.contains("damaged") && text.contains("scorepost ledger backup"), "{what}: {text}");
        assert_eq!(fs::read(&path).expect("bytes"), bytes, "{what}: the file was touched");
    }
}

#[test]
fn a_large_file_is_opened_without_being_read_through() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = closed_ledger(folder.path());
    let root: u32 = Connection::open(&path)
        .expect("a database")
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'documents'", [], |row| row.get(0))
        .expect("the page");
    let mut file = File::options().write(true).open(&path).expect("the file");
    file.seek(SeekFrom::Start(u64::from(root - 1) * 4096)).expect("the page of documents");
    file.write_all(&[0; 4096]).expect("damage");
    assert!(open_at(&path).is_err(), "a small one is");
    // Pages that no head counts change nothing but the size.
    file.set_len(READ_THROUGH + 4096).expect("a large file");
    let ledger = open_at(&path).expect("a ledger");
    for error in [ledger.integrity().err(), ledger.team_names("monthly").err()] {
        let error = format!("{:#}", error.expect("damaged"));
        assert!(error.contains("damaged") && error.contains("scorepost ledger backup"), "{error}");
    }
}

#[test]
fn a_flipped_byte_is_survived_or_refused_by_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = closed_ledger(folder.path());
    let whole = fs::read(&path).expect("bytes");
    let mut refused = 0;
    for step in 0..200 {
        let mut bytes = whole.clone();
        let at = step * (whole.len() / 200);
        bytes[at] ^= 0xff;
        fs::write(&path, &bytes).expect("damage");
        if let Err(error) = open_at(&path) {
            assert!(format!("{error:#}").contains(&format!("`{}`", path.display())), "byte {at}: {error:#}");
            refused += 1;
        }
        for left in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
            let _ = fs::remove_file(folder.path().join(left));
        }
    }
    assert!(refused > 0, "no damage was noticed");
}

#[test]
fn another_programs_database_and_a_newer_ledger_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.sqlite");
    Connection::open(&other).expect("a database").execute_batch("CREATE TABLE theirs (n)").expect("a table");
    let before = fs::read(&other).expect("bytes");
    let error = open_at(&other).err().expect("refused").to_string();
    assert!(error.contains("another program"), "{error}");
    assert_eq!(fs::read(&other).expect("bytes"), before);

    let path = closed_ledger(folder.path());
    Connection::open(&path).expect("a database").pragma_update(None, "user_version", 99).expect("a version");
    let error = open_at(&path).err().expect("refused").to_string();
    assert!(error.contains("newer") && error.contains(&path.display().to_string()), "{error}");
}

#[test]
fn a_dangling_reference_is_found() {
    let ledger = Ledger::open_in_memory(Clock::system()).expect("a ledger");
    planned(&ledger, &["A001"]);
    ledger.integrity().expect("whole");
    ledger
        .read(|connection| {
            connection.file()?.pragma_update(None, "foreign_keys", false)?;
            connection.execute("DELETE FROM documents", [])?;
            Ok(())
        })
        .expect("damage");
    let error = ledger.integrity().expect_err("damaged").to_string();
    assert!(error.contains("`deliveries`") && error.contains("restore"), "{error}");
}

#[test]
fn a_backup_is_a_whole_ledger_and_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = closed_ledger(folder.path());
    let ledger = open_at(&path).expect("a ledger");
    let target = folder.path().join("backup.sqlite");
    ledger.backup(&target).expect("a backup");
    assert!(ledger.backup(&target).is_err(), "a backup is never overwritten");
    assert!(ledger.backup(&folder.path().join("nowhere/backup.sqlite")).is_err());
    let copy = open_at(&target).expect("a ledger");
    copy.integrity().expect("whole");
    assert_eq!(copy.runs(None, 9).expect("runs"), ledger.runs(None, 9).expect("runs"));
    assert_eq!(copy.message_key().expect("a key"), ledger.message_key().expect("a key"));
}

#[test]
fn a_ledger_put_back_from_an_old_backup_does_not_send() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let backup = folder.path().join("backup.sqlite");
    let ledger = open_at(&path).expect("a ledger");
    let run = planned(&ledger, &["A001", "A002"]);
    ledger.backup(&backup).expect("a backup");
    let mail = ledger.claim_delivery(&run, "w1").expect("a claim").expect("a mail");
    ledger.mark_in_doubt(mail.id, "w1").expect("in doubt");
    ledger.mark_sent(mail.id, "250").expect("sent");
    ledger.claim_delivery(&run, "w1").expect("a ledger that knows all its mails goes on").expect("a mail");
    drop(ledger);
    fs::copy(&backup, &path).expect("put back");
    let ledger = open_at(&path).expect("it can be looked at");
    let error = ledger.claim_delivery(&run, "w2").expect_err("refused").to_string();
    assert!(error.contains("1 missing") && error.contains("ledger.sqlite.send-marks"), "{error}");
    fs::remove_file(folder.path().join("ledger.sqlite.send-marks")).expect("a person decides");
    ledger.claim_delivery(&run, "w2").expect("goes on").expect("a mail");
}

#[test]
fn a_full_disk_stops_cleanly_and_goes_on_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = open_at(&folder.path().join("ledger.sqlite")).expect("a ledger");
    let limit_pages = |pages: u32| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        ledger
            .on_the_line(|connection| Ok(connection.file()?.query_row(&sql, [], |row| row.get::<_, u32>(0))?))
            .expect("a limit")
    };
    limit_pages(1);
    let failed = (0..5000).find_map(|_| ledger.start_run(&new_run("2026-10")).err()).expect("no room in the end");
    assert!(format!("{failed:#}").contains("free some space"), "{failed:#}");
    let before = ledger.runs(None, 9999).expect("what is there stays readable").len();
    limit_pages(1_000_000);
    ledger.start_run(&new_run("2026-10")).expect("room again");
    assert_eq!(ledger.runs(None, 9999).expect("runs").len(), before + 1);
}

#[test]
fn a_locked_ledger_is_named_and_works_again_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let ledger = open_at(&path).expect("a ledger");
    ledger.on_the_line(|connection| Ok(connection.file()?.busy_timeout(Duration::from_millis(1))?)).expect("a timeout");
    let other = Connection::open(&path).expect("a second connection");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    let error = ledger.start_run(&new_run("2026-10")).expect_err("locked");
    assert!(format!("{error:#}").contains("locked by another process"), "{error:#}");
    other.execute_batch("ROLLBACK").expect("unlocked");
    ledger.start_run(&new_run("2026-10")).expect("free again");
}

#[test]
fn nothing_is_tried_again_after_a_failed_sync() {
    let ledger = Ledger::open_in_memory(Clock::system()).expect("a ledger");
    let failed_sync = rusqlite::ffi::Error::new(1034);
    let error = ledger
        .write::<()>(|_| Err(store::Error::Sqlite(rusqlite::Error::SqliteFailure(failed_sync, None)).into()))
        .expect_err("the sync failed");
    assert!(format!("{error:#}").contains("could not be synced"), "{error:#}");
    let later = ledger.runs(None, 1).expect_err("closed");
    assert!(later.to_string().contains("start scorepost again"), "{later}");
}

#[test]
fn an_older_ledger_is_copied_before_it_is_changed_and_keeps_all_it_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let mut connection = Connection::open(&path).expect("a database");
    prepare(&connection).expect("prepared");
    schema::migrate(&mut connection, &path, &schema::MIGRATIONS[..3]).expect("version 3");
    let rows = "INSERT INTO runs (id, job, period, trigger_word, requested_by, refresh, send, state, created_at) \
                    VALUES ('r1', 'monthly', '2026-10', 'ad-hoc', 'test', 0, 0, 'sent', '2026-11-09T01:00:00.000Z'); \
                INSERT INTO documents (id, job, period, kind, subject, edition, run_id, name, team, content_hash, data, \
                    created_at, marks) VALUES (7, 'monthly', '2026-10', 'card', 'A001', 1, 'r1', '小满', 'T1', 'h', '{}', \
                    '2026-11-09T01:00:00.000Z', 'star'); \
                INSERT INTO run_documents VALUES ('r1', 'card', 'A001', 7); \
                INSERT INTO deliveries (id, document_id, recipient, run_id, role, address, message_id, mime_hash, state) \
                    VALUES (9, 7, 'A001', 'r1', 'agent', 'a@example.test', 'm', 'x', 'sent');";
    connection.execute_batch(rows).expect("rows of version 3");
    drop(connection);
    let ledger = open_at(&path).expect("an older ledger");
    ledger.integrity().expect("whole");
    let document = ledger.document(7).expect("a read").expect("the card");
    assert_eq!((document.subject.as_str(), document.edition), ("A001", 1));
    assert_eq!(ledger.deliveries("r1").expect("deliveries").len(), 1);
    let copy = folder.path().join("ledger.version-3.sqlite");
    let older = Connection::open(&copy).expect("a copy");
    assert_eq!(schema::version(&older).expect("a version"), 3);
    assert_eq!(older.query_row("SELECT count(*) FROM deliveries", [], |row| row.get::<_, i64>(0)).expect("rows"), 1);
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copy).expect("a copy").permissions()) & 0o777,
        0o600
    );
}
