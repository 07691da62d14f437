//! The last look at a letter before it goes: it is the one that was sealed, about whom it says, to whom the roster names.
//!
//! Planning checked all of it. Between planning and sending lie a release, days, other runs and whoever can write to the
//! data folder, so all of it is checked again, on the bytes that go out.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use anyhow::{Context, ensure};
use mail_parser::{MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::deliver::{self, Address, Envelope, Sealed};
use crate::job::{Job, PdfPassword};
use crate::ledger::{Delivery, DocumentKind, RecipientRole, Run};
use crate::pipeline::{Folders, Pipeline, addresses, build};
use crate::render;
use crate::tables::Roster;

/// What every letter of a round is checked against; it borrows nothing, so that letters are checked on any thread.
pub(super) struct Guard {
    folders: Folders,
    return_path: Option<String>,
    job: Job,
    key: [u8; 32],
    /// The hash of each document's PDF, where it has one.
    pdfs: HashMap<i64, Option<String>>,
    roster: Option<Roster>,
}

impl Guard {
    /// Reads the roster that was pulled last for the run's period.
    pub(super) fn new(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Self> {
        Ok(Self {
            folders: pipeline.folders.clone(),
            return_path: pipeline.settings.mail.return_path.clone(),
            job: job.clone(),
            key: pipeline.ledger.message_key()?,
            pdfs: pipeline.ledger.run_pdfs(&run.id)?.into_iter().collect(),
            roster: build::roster_now(pipeline, job, run)?,
        })
    }

    /// The same as [`Self::sealed`] beside the connections, which go on talking meanwhile.
    pub(super) async fn sealed_beside(self: &Arc<Self>, delivery: &Delivery) -> anyhow::Result<Sealed> {
        let (guard, delivery) = (self.clone(), delivery.clone());
        spawn_blocking(move || guard.sealed(&delivery)).await.context("the last look at a letter broke")?
    }

    /// The exact bytes that were sealed; errors say what does not fit, and then nothing may go.
    pub(super) fn sealed(&self, delivery: &Delivery) -> anyhow::Result<Sealed> {
        let path = self.folders.letter(&delivery.mime_hash);
        let bytes = std::fs::read(&path).with_context(|| format!("reading the sealed letter `{}`", path.display()))?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        ensure!(sha256 == delivery.mime_hash, "the sealed letter `{}` was changed", path.display());
        let to = address(&delivery.address)?;
        ensure!(addresses::allows(&self.job, &to), "the recipient's domain is not allowed by the job");
        self.check_reader(delivery, &to)?;
        self.check_inside(delivery, &bytes)?;
        Ok(Sealed {
            envelope: Envelope { from: self.return_path(delivery)?, to },
            message_id: delivery.message_id.clone(),
            bytes,
            sha256,
        })
    }

    /// Where it goes back to if it cannot be delivered: the sender, or the mailbox for that, with the letter's token.
    fn return_path(&self, delivery: &Delivery) -> anyhow::Result<Address> {
        let Some(path) = &self.return_path else { return address(&self.job.letters.from) };
        let token = delivery.message_id.split('@').next().unwrap_or_default();
        let path = path.replace("{letter}", token);
        Address::parse(&path).map_err(|fault| anyhow::anyhow!("`return-path` cannot be used: {}", fault.text().en))
    }

    /// The roster of now must name the reader, at this address, and a card's reader must be its agent.
    fn check_reader(&self, delivery: &Delivery, to: &Address) -> anyhow::Result<()> {
        if delivery.kind == DocumentKind::Card && delivery.role == RecipientRole::Agent {
            ensure!(delivery.recipient == delivery.subject, "the card is about another agent than its reader");
        }
        if delivery.role == RecipientRole::Reader {
            return Ok(());
        }
        let roster = self.roster.as_ref().context(
            "the roster of its period is not kept any more, so nobody can tell whose address it is; \
             run the job for the period again",
        )?;
        let mut rows = roster.rows_of(&delivery.recipient).peekable();
        ensure!(
            rows.peek().is_some(),
            "the roster does not name its reader any more; run the job for the period again"
        );
        let is_there = rows.filter_map(|member| Address::parse(member.email.as_deref()?).ok()).any(|one| one == *to);
        ensure!(is_there, "the roster names another address for its reader now; run the job for the period again");
        if delivery.kind == DocumentKind::Pack {
            let leads = roster.manager_of(&delivery.subject).is_some_and(|manager| manager.id == delivery.recipient);
            ensure!(leads, "the team has another manager now; run the job for the period again");
        }
        Ok(())
    }

    /// The mail must name this one reader, and carry the very PDF of the archive, whose own metadata name its subject.
    fn check_inside(&self, delivery: &Delivery, bytes: &[u8]) -> anyhow::Result<()> {
        let mail = MessageParser::default().parse(bytes).context("the sealed letter cannot be read")?;
        let named: Vec<&str> = mail.to().into_iter().flat_map(|to| to.iter()).filter_map(|one| one.address()).collect();
        ensure!(named == [delivery.address.as_str()], "the sealed letter names another reader than its envelope");
        ensure!(mail.cc().is_none() && mail.bcc().is_none(), "the sealed letter names further readers");
        ensure!(mail.message_id() == Some(&delivery.message_id), "the sealed letter has another Message-ID");
        let hash = self.pdfs.get(&delivery.document_id).context("its document is gone from the run")?;
        let hash = hash.as_deref().context("its document has no PDF")?;
        let pdf = std::fs::read(self.folders.pdf(hash)).context("reading its PDF from the archive")?;
        ensure!(hex::encode(Sha256::digest(&pdf)) == hash, "its PDF in the archive was changed");
        let about = render::subject_of(&pdf);
        ensure!(about.as_deref() == Some(&delivery.subject), "its PDF is about somebody else");
        let attached = mail.attachment(0).filter(|_| mail.attachment_count() == 1);
        let attached = attached.context("the sealed letter does not carry exactly one file")?;
        let is_it = attached.content_type().is_some() && self.is_copy(delivery, hash, &pdf, attached.contents())?;
        ensure!(is_it, "the sealed letter carries another PDF than the archive's");
        Ok(())
    }

    /// Whether a file is the PDF, or the copy of it that its reader's password locks.
    fn is_copy(&self, delivery: &Delivery, hash: &str, pdf: &[u8], attached: &[u8]) -> anyhow::Result<bool> {
        if attached == pdf {
            return Ok(true);
        }
        for rule in &PdfPassword::ALL {
            let name = deliver::lock_name(&self.key, hash, &rule.of(&delivery.recipient));
            match std::fs::read(self.folders.locked(&name)) {
                Ok(locked) if locked == attached => return Ok(true),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error).context("reading a locked copy of its PDF"),
            }
        }
        Ok(false)
    }
}

/// Whether the machine could not read what there is to look at, such as for want of open files: this says nothing
/// against a letter, as a file that is missing does.
pub(super) fn could_not_look(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() != ErrorKind::NotFound)
}

fn address(text: &str) -> anyhow::Result<Address> {
    Address::parse(text).map_err(|fault| anyhow::anyhow!("an address cannot be used: {}", fault.text().en))
}
