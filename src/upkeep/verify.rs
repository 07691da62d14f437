//! The proof that everything still is what it was: ledger, archive, sealed letters, manifests, pages, audit chain.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::deliver::Address;
use crate::extract::RawStore;
use crate::ledger::{Delivery, DeliveryState, Document, Removed, Run};
use crate::pipeline::{self, Pipeline};
use crate::words::Bilingual;

/// So many rows are looked at before the next are read.
const AT_ONCE: u32 = 200;

/// Something that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The file or the row.
    pub place: String,
    /// What is the matter.
    pub what: Bilingual,
    /// What to do.
    pub next: Bilingual,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Runs whose record of what they read was looked at.
    pub runs: u64,
    /// Editions.
    pub documents: u64,
    /// Letters.
    pub letters: u64,
    /// Pages as the sources gave them; all of them, unless one run was asked for.
    pub pages: u64,
    /// Files that are not there because they were removed on purpose.
    pub removed: u64,
    /// What is not what it was.
    pub found: Vec<Disagreement>,
}

/// Looks at everything, or at what one run stands on.
///
/// # Errors
/// When the ledger or a folder cannot be read; what is damaged is found and no error.
pub fn verify(pipeline: &Pipeline, run: Option<&str>) -> anyhow::Result<Proof> {
    let ledger = &pipeline.ledger;
    let mut proof = Prover {
        pipeline,
        pdfs: ledger.removed(Removed::Pdf)?,
        letters: ledger.removed(Removed::Letter)?,
        proof: Proof::default(),
    };
    proof.ledger()?;
    match run {
        Some(id) => {
            for head in ledger.run_heads(id)? {
                let document = ledger.document(head.id)?.context("an edition is gone from the ledger")?;
                let row_hash = ledger.row_hash(document.id)?;
                proof.document(&document, row_hash.as_deref());
            }
            ledger.deliveries(id)?.iter().for_each(|delivery| proof.letter(delivery));
            ledger.run(id)?.iter().for_each(|run| proof.manifest(run));
        }
        None => proof.everything()?,
    }
    Ok(proof.proof)
}

struct Prover<'a> {
    pipeline: &'a Pipeline,
    pdfs: BTreeSet<String>,
    letters: BTreeSet<String>,
    proof: Proof,
}

impl Prover<'_> {
    fn everything(&mut self) -> anyhow::Result<()> {
        let ledger = &self.pipeline.ledger;
        ledger.runs(None, u32::MAX)?.iter().for_each(|run| self.manifest(run));
        let mut last = 0;
        loop {
            let batch = ledger.documents_after(last, AT_ONCE)?;
            let Some(newest) = batch.last() else { break };
            last = newest.document.id;
            batch.iter().for_each(|one| self.document(&one.document, one.row_hash.as_deref()));
        }
        let mut last = 0;
        loop {
            let batch = ledger.deliveries_after(last, AT_ONCE)?;
            let Some(newest) = batch.last() else { break };
            last = newest.id;
            batch.iter().for_each(|delivery| self.letter(delivery));
        }
        let (pages, damaged) = RawStore::new(self.pipeline.folders.root()).prove_pages()?;
        self.proof.pages = pages;
        for path in damaged {
            let next = Bilingual::new(
                "用 scorepost run … --refresh 重取，或从备份恢复此文件",
                "pull it again with scorepost run … --refresh, or restore the file from a backup",
            );
            self.found(path.display(), Bilingual::new("原始页已损坏", "this page is damaged"), next);
        }
        Ok(())
    }

    fn found(&mut self, place: impl ToString, what: Bilingual, next: Bilingual) {
        self.proof.found.push(Disagreement { place: place.to_string(), what, next });
    }

    fn ledger(&mut self) -> anyhow::Result<()> {
        let ledger = &self.pipeline.ledger;
        let backup =
            || Bilingual::new("与 ledger backup 的备份比对", "compare with a copy made by scorepost ledger backup");
        if let Err(error) = ledger.integrity() {
            self.found("ledger", Bilingual::same(format!("{error:#}")), backup());
        }
        if let Some(entry) = ledger.first_broken_audit()? {
            let what = Bilingual::new("审计链从此处断开", "the audit chain does not hold from here on");
            self.found(format!("audit entry {entry}"), what, backup());
        }
        Ok(())
    }

    fn document(&mut self, document: &Document, row_hash: Option<&str>) {
        self.proof.documents += 1;
        let place =
            format!("document {} ({} {}, edition {})", document.id, document.kind, document.subject, document.edition);
        let is_whole = row_hash.is_none_or(|hash| hash == document.fingerprint());
        if !is_whole {
            let next = Bilingual::new(
                "从备份恢复台账；PDF 仍是发出的原样",
                "restore the ledger from a backup; the PDF still is what was issued",
            );
            self.found(place, Bilingual::new("台账中的内容已被改动", "what the ledger says of it was changed"), next);
        }
        let Some(hash) = &document.pdf_hash else { return };
        let path = self.pipeline.folders.pdf(hash);
        let next = Bilingual::new(
            "从备份恢复此文件；或删除它并重跑同一周期，会按同样的字节重新生成",
            "restore the file from a backup; or delete it and run that period again, which makes the same bytes",
        );
        match read(&path, hash) {
            Ok(_) => {}
            Err(Unfit::Gone) if self.pdfs.contains(hash) => self.proof.removed += 1,
            Err(unfit) => self.found(path.display(), unfit.text(), next),
        }
    }

    fn letter(&mut self, delivery: &Delivery) {
        self.proof.letters += 1;
        let place = format!("delivery {}", delivery.id);
        let went = matches!(delivery.state, DeliveryState::Sent);
        if went != delivery.sent_at.is_some() && delivery.state != DeliveryState::ResolvedSent {
            let what = Bilingual::new("状态与发出时间不一致", "its state and the instant of its sending do not agree");
            let next = Bilingual::new(
                "在邮件服务器日志中查找后，从备份恢复台账",
                "look into the relay's log, then restore the ledger from a backup",
            );
            self.found(&place, what, next);
        }
        let path = self.pipeline.folders.letter(&delivery.mime_hash);
        let next = Bilingual::new(
            "从备份恢复此文件；已发出的那份在收件人处",
            "restore the file from a backup; what was sent is with its recipient",
        );
        match read(&path, &delivery.mime_hash) {
            Ok(bytes) if !is_of(&bytes, delivery) => {
                let what = Bilingual::new(
                    "封存的邮件与台账中的收件人或编号不符",
                    "the sealed letter is to another address or of another Message-ID than the ledger says",
                );
                let next = Bilingual::new("从备份恢复台账", "restore the ledger from a backup");
                self.found(&place, what, next);
            }
            Ok(_) => {}
            Err(Unfit::Gone) if self.letters.contains(&delivery.mime_hash) => self.proof.removed += 1,
            Err(unfit) => self.found(path.display(), unfit.text(), next),
        }
    }

    fn manifest(&mut self, run: &Run) {
        let Some(raw) = &run.pins.raw else { return };
        self.proof.runs += 1;
        let path = self.pipeline.folders.manifest(&run.id);
        let agrees = match pipeline::manifest(self.pipeline, &run.id) {
            Ok(Some(manifests)) => {
                let mut hash = Sha256::new();
                manifests.iter().for_each(|one| hash.update(one.raw_hash.as_bytes()));
                hex::encode(hash.finalize()) == *raw
            }
            Ok(None) | Err(_) => false,
        };
        if !agrees {
            let what = Bilingual::new(
                format!("与台账中 {} 所用数据的哈希不符", run.id),
                format!("it does not agree with what the ledger says that {} read", run.id),
            );
            self.found(path.display(), what, Bilingual::new("从备份恢复此文件", "restore the file from a backup"));
        }
    }
}

/// Why a file is not what it was.
enum Unfit {
    Gone,
    Changed,
}

impl Unfit {
    fn text(&self) -> Bilingual {
        match self {
            Self::Gone => Bilingual::new("文件不见了", "the file is gone"),
            Self::Changed => Bilingual::new("文件已被改动", "the file was changed"),
        }
    }
}

fn read(path: &Path, sha256: &str) -> Result<Vec<u8>, Unfit> {
    let bytes = std::fs::read(path).map_err(|_| Unfit::Gone)?;
    if hex::encode(Sha256::digest(&bytes)) == sha256 { Ok(bytes) } else { Err(Unfit::Changed) }
}

/// Whether a sealed letter has the address and the Message-ID of its delivery.
fn is_of(letter: &[u8], delivery: &Delivery) -> bool {
    let end = letter.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(letter.len());
    let head = String::from_utf8_lossy(&letter[..end]);
    let id = format!("<{}>", delivery.message_id.trim_matches(['<', '>']));
    let address = Address::parse(&delivery.address).map(|address| address.to_string()).unwrap_or_default();
    !address.is_empty() && head.contains(&id) && head.contains(&address)
}
