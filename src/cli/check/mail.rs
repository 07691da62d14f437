//! Whether letters could go out and come back: what the settings say, and with `--online` the relays themselves.

use crate::deliver::bounces::Inbox;
use crate::deliver::{Address, Limits, MailUrl, Postman};
use crate::diag::{Diagnostic, Diagnostics};
use crate::settings::Settings;

/// What is wrong with the addresses in the settings.
pub(super) fn written(settings: &Settings) -> Diagnostics {
    let (mail, mut found) = (&settings.mail, Diagnostics::new());
    MailUrl::parse(&settings.mail_url).err().into_iter().for_each(|wrong| found.push(wrong));
    let inbox = mail.bounces_url.as_deref().map(Inbox::parse);
    inbox.and_then(Result::err).into_iter().for_each(|wrong| found.push(wrong));
    // A token in place of the one that each letter has.
    let return_path = mail.return_path.as_ref().map(|path| path.replace("{letter}", &"0".repeat(32)));
    for (name, address) in [("test-to", mail.test_to.clone()), ("return-path", return_path)] {
        if let Some(Err(fault)) = address.map(|address| Address::parse(&address)) {
            found.push(
                Diagnostic::error(format!("`{name}` in `[mail]` cannot be used: {}", fault.text().en))
                    .hint("write one bare mail address"),
            );
        }
    }
    if mail.test_to.is_some() {
        found.push(Diagnostic::note("test mode: every letter goes to one address, and nothing counts as sent"));
    }
    found
}

/// What the relays say when they are asked without a letter.
pub(super) async fn online(settings: &Settings) -> Diagnostics {
    let mut found = Diagnostics::new();
    let Ok(url) = MailUrl::parse(&settings.mail_url) else { return found };
    let probed = match Postman::open(&url, Limits::default()) {
        Ok(mut postman) => postman.probe().await,
        Err(error) => Err(error),
    };
    match probed {
        Ok(answer) => found.push(Diagnostic::note(format!("the mail relay answers: {answer}"))),
        Err(error) => found.push(
            Diagnostic::error(format!("the mail relay cannot be used: {error:#}")).hint("check `SCOREPOST_MAIL_URL`"),
        ),
    }
    found
}
