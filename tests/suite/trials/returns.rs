//! Letters that come back: they come to whoever answers for the job, not into the void.

use super::oracle::check;
use super::{Dice, Ending, Mailboxes, Program, Weather, small};

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_comes_to_the_sender_of_the_job() {
    let (prepared, mailboxes) = (small().await, Mailboxes::open().await);
    mailboxes.begin(Weather::Fair, &mut Dice::of("returns", 0));
    let (folder, url) = (prepared.copy(), mailboxes.url());
    let program = Program { folder: folder.path(), prepared, mail: &url, hour: 0 };
    assert!(matches!(program.run(&["release", &prepared.runs[0]]), Ending::Exit(0, _)));
    let senders = mailboxes.senders();
    assert_eq!(senders.len(), prepared.letters);
    for sender in senders {
        assert!(sender.starts_with("scorecards") && sender.ends_with("@example.test"), "{sender}");
    }
    assert_eq!(check(folder.path(), &prepared.runs, &mailboxes.copies()).sent, prepared.letters);
}
