//! What the machine allows the program: files that may not grow, and few that may be open.

use std::process::Command;

use super::oracle::check;
use super::program::{Started, is_our_panic};
use super::{Dice, Ending, Mailboxes, Program, Weather, small};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_grow_is_told_and_mails_nobody_twice() {
    let (prepared, mailboxes) = (small().await, Mailboxes::open().await);
    mailboxes.begin(Weather::Fair, &mut Dice::of("limits", 0));
    let (folder, url) = (prepared.copy(), mailboxes.url());
    let mut program = Program { folder: folder.path(), prepared, mail: &url, hour: 0 };
    let run = prepared.runs[0].as_str();
    // In kilobytes: from a log that cannot begin to one that cannot go on after some letters.
    for kilobytes in [1, 40, 80, 120, 200] {
        let mut limited = Command::new("bash");
        limited.args(["-c", &format!("ulimit -f {kilobytes}; exec \"$0\" \"$@\"")]);
        let ending = Started::of(program.under(limited, &["release", run])).end();
        let Ending::Exit(code, text) = ending else { panic!("a limit killed it") };
        assert!(code != 2 || text.contains("error: "), "{code}: {text}");
        let standing = check(folder.path(), &prepared.runs, &mailboxes.copies());
        assert!(standing.open == 0 || code != 0, "{} letters wait after exit code 0", standing.open);
        program.hour += 1;
    }
    assert!(matches!(program.run(&["release", run]), Ending::Exit(0 | 1, _)));
    let standing = check(folder.path(), &prepared.runs, &mailboxes.copies());
    assert_eq!((standing.letters(), standing.open), (prepared.letters, 0));
    assert!(standing.unknown.len() <= 5, "{} unknown after five limits", standing.unknown.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_open_files_are_told_and_mail_nobody_twice() {
    let (prepared, mailboxes) = (small().await, Mailboxes::open().await);
    mailboxes.begin(Weather::Fair, &mut Dice::of("limits", 1));
    let (folder, url) = (prepared.copy(), mailboxes.url());
    let mut program = Program { folder: folder.path(), prepared, mail: &url, hour: 0 };
    let run = prepared.runs[0].as_str();
    let mut told = 0;
    // From too few for its own libraries, over just enough to begin, to as many as it wants.
    for files in (6..16).step_by(3).chain(16..60) {
        let mut limited = Command::new("bash");
        limited.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]);
        let ending = Started::of(program.under(limited, &["release", run])).any_end();
        let Ending::Exit(code, text) = ending else { panic!("a limit killed it") };
        let standing = check(folder.path(), &prepared.runs, &mailboxes.copies());
        let is_told = text.contains("error: ")
            || text.contains("error while loading shared libraries")
            // Letters that could not go yet are told among what was done.
            || code == 1 && standing.open > 0;
        assert!((code == 0 || is_told) && !is_our_panic(&text), "{files} files: {code}: {text}");
        told += usize::from(is_told);
        assert!(standing.unknown.is_empty(), "{files} files: {} unknown", standing.unknown.len());
        assert_eq!(standing.failed, 0, "{files} files: no letter is to blame for it");
        if standing.open == 0 {
            break;
        }
        program.hour += 1;
    }
    assert!(told >= 3, "only {told} limits were felt");
    let standing = check(folder.path(), &prepared.runs, &mailboxes.copies());
    assert_eq!((standing.sent, standing.open), (prepared.letters, 0), "some limit is no hindrance");
}
