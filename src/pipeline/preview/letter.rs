//! Letters: the whole letter as a reader gets it, without its attachment.

use serde_json::Value;

use super::super::documents::changes_of;
use super::super::letters::sample_report_letter;
use super::document::{body_of, invented, issued, named};
use super::{Preview, Previewer, Shown, Subject};
use crate::deliver::letters::{Kind, Texts, compose};
use crate::deliver::{self, Address, Letter, Sender};
use crate::diag::Diagnostics;
use crate::job::Calendar;
use crate::ledger::Document;
use crate::render::{self, Covering, Shape};
use crate::words::Locale;

pub(super) fn show(
    previewer: &Previewer<'_>,
    kind: Kind,
    locale: Locale,
    subject: &Subject,
) -> anyhow::Result<Preview> {
    let (data, of) = data(previewer, kind, locale, subject)?;
    match compose(kind, locale, &data, previewer.templates()) {
        Ok(texts) => Ok(Preview { files: files(previewer, texts)?, of, found: Diagnostics::new() }),
        Err(error) => Ok(Preview { files: Vec::new(), of, found: error.downcast::<Diagnostics>()? }),
    }
}

/// What the letter is given, and whose it is.
fn data(previewer: &Previewer<'_>, kind: Kind, locale: Locale, subject: &Subject) -> anyhow::Result<(Value, String)> {
    let shape = match subject {
        Subject::Invented(shape) => *shape,
        Subject::Issued(which) => match issued(previewer, kind.word(), which)? {
            Some(document) => return Ok((letter_of(kind, &document)?, named(&document))),
            None => Shape::Usual,
        },
    };
    Ok((sample_letter(kind, shape, locale).unwrap_or_default(), invented(shape, previewer.settings.locale)))
}

/// What the templates of a letter are given, invented; `None` where this shape has no such letter.
pub fn sample_letter(kind: Kind, shape: Shape, locale: Locale) -> Option<Value> {
    match kind {
        Kind::Report => (shape == Shape::Usual).then(sample_report_letter),
        Kind::Card | Kind::Pack | Kind::Alert => render::sample_letter(kind.word(), shape, locale),
    }
}

fn letter_of(kind: Kind, document: &Document) -> anyhow::Result<Value> {
    let body = body_of(document)?;
    let changed = changes_of(document.changed.as_deref());
    let appeal = render::appeal_of(&body, document.created_at, chrono_tz::UTC, &Calendar::default());
    let covering = Covering {
        edition: document.edition,
        changed: &changed,
        answered_by: None,
        appeal: &appeal,
        link: None,
        lock: None,
    };
    Ok(match kind {
        Kind::Card => render::card_letter(&body, covering),
        // Documents of these letters are kinds of report, each with its own word.
        Kind::Report => sample_report_letter(),
        Kind::Alert => render::alert_letter(&body, covering, body["manager"].as_str()),
        Kind::Pack => {
            let manager = body["team"]["manager"].as_str().unwrap_or_default();
            render::pack_letter(&body, covering, ("", manager))
        }
    })
}

/// The page to look at, and the same as a mail that any program of mails opens.
fn files(previewer: &Previewer<'_>, texts: Texts) -> anyhow::Result<Vec<Shown>> {
    let nobody = Address::parse("preview@example.test").map_err(|fault| anyhow::anyhow!("{}", fault.text().en))?;
    let letter = Letter {
        from: Sender { name: String::new(), address: nobody.clone() },
        to_name: String::new(),
        to: nobody,
        reply_to: None,
        subject: texts.subject,
        text: texts.text,
        html: texts.html.clone(),
        attachments: Vec::new(),
        message_id: "preview@example.test".to_owned(),
        date: previewer.settings.clock.now(),
        run: "preview".to_owned(),
        edition: 1,
        list_id: None,
    };
    let sealed = deliver::seal(&letter)?;
    Ok(vec![
        Shown { extension: "html", bytes: texts.html.into_bytes() },
        Shown { extension: "eml", bytes: sealed.bytes },
    ])
}
