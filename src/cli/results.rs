//! What a run came to: who got what, what was held and why, where it lies, what to do next.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::finding::{Finding, Weight};
use crate::ledger::{Delivery, DeliveryState, DocumentHead, DocumentKind, Run, RunState};
use crate::pipeline::{Outcome, Pipeline, Tally};
use crate::words::Locale;

use super::printer::Printer;

/// Rows of the table that stands under a run; nobody reads ten thousand there.
const MOST_CARDS: usize = 300;

/// Prints the whole result, and what one may do next.
pub(super) fn print(
    pipeline: &Pipeline,
    outcome: &Outcome,
    timings: Option<Value>,
    printer: &Printer,
) -> anyhow::Result<()> {
    let documents = tell(pipeline, outcome, timings, printer)?;
    let view = View::of(pipeline.settings.locale, &documents, &[]);
    view.next(outcome).iter().for_each(|next| printer.line(&format!("  {next}")));
    Ok(())
}

/// Prints the whole result; a program is told where the time went too, where that was asked for. Gives what the run stands
/// on.
pub(super) fn tell(
    pipeline: &Pipeline,
    outcome: &Outcome,
    timings: Option<Value>,
    printer: &Printer,
) -> anyhow::Result<Vec<DocumentHead>> {
    let documents = pipeline.ledger.run_heads(&outcome.run.id)?;
    let deliveries = pipeline.ledger.deliveries(&outcome.run.id)?;
    let view = View::of(pipeline.settings.locale, &documents, &deliveries);
    let left_out = view.cards(printer, MOST_CARDS);
    view.left_out(&outcome.run, left_out, printer);
    view.reports(printer);
    view.findings(&outcome.findings, printer);
    view.ending(pipeline, outcome, printer);
    view.first_word(outcome.first_word.as_deref(), printer);
    let waiting = pipeline.ledger.waiting_proposals(&outcome.run.id)?.len();
    view.waiting(&outcome.run, waiting, printer);
    printer.document_of(|| {
        let mut facts = json!({
            "run": outcome.run.id,
            "state": outcome.run.state.word(),
            "new_editions": outcome.new_editions,
            "documents": documents.iter().map(|one| view.document(one)).collect::<Vec<_>>(),
            "findings": ordered(&outcome.findings).into_iter().map(finding).collect::<Vec<_>>(),
            "first_word": outcome.first_word,
            "letters": tally(&outcome.tally),
            "proposals_pending": waiting,
        });
        if let Some(timings) = timings {
            facts["timings"] = timings;
        }
        facts
    });
    Ok(documents)
}

/// Numbers of letters for a program.
pub(super) fn tally(tally: &Tally) -> Value {
    json!({
        "sent": tally.sent, "sent_now": tally.sent_now, "pending": tally.pending, "deferred": tally.deferred,
        "left": tally.left, "withdrawn": tally.withdrawn, "failed": tally.failed, "bounced": tally.bounced, "unknown": tally.unknown,
        "tested": tally.tested, "stopped": tally.stopped,
    })
}

/// One finding for a program.
pub(super) fn finding(one: &Finding) -> Value {
    json!({ "weight": one.weight.word(), "code": one.code, "subject": one.subject, "text": one.text, "next": one.next })
}

/// What holds comes first, then what stands out, then the rest.
pub(super) fn ordered(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|one| (one.weight, !one.is_outlier()));
    sorted
}

/// Documents and their letters in one language.
pub(super) struct View<'a> {
    pub(super) locale: Locale,
    documents: &'a [DocumentHead],
    /// By the document that they carry.
    letters: HashMap<i64, Vec<&'a Delivery>>,
}

impl<'a> View<'a> {
    /// A run's documents and letters.
    pub(super) fn of(locale: Locale, documents: &'a [DocumentHead], deliveries: &'a [Delivery]) -> Self {
        let mut letters: HashMap<i64, Vec<&Delivery>> = HashMap::new();
        for one in deliveries {
            letters.entry(one.document_id).or_default().push(one);
        }
        Self { locale, documents, letters }
    }

    /// The letters that carry a document.
    fn letters(&self, document: &DocumentHead) -> impl Iterator<Item = &'a Delivery> {
        self.letters.get(&document.id).into_iter().flatten().copied()
    }

    /// One text of the two.
    pub(super) fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.locale.say(zh, en)
    }

    /// The table of cards, by team and place; gives how many there are beyond `most`.
    pub(super) fn cards(&self, printer: &Printer, most: usize) -> usize {
        let head = match self.locale {
            Locale::Zh => ["小组", "名次", "工号", "姓名", "总分", "等级", "版次", "邮件"],
            Locale::En => ["team", "rank", "staff no.", "name", "total", "grade", "edition", "letter"],
        };
        let mut cards: Vec<&DocumentHead> =
            self.documents.iter().filter(|one| one.kind == DocumentKind::Card).collect();
        cards.sort_by_key(|&one| (&one.team, one.rank.unwrap_or(u32::MAX), &one.subject));
        let left_out = cards.len().saturating_sub(most);
        let rows = cards.into_iter().take(most).map(|one| {
            let rank = one.rank.zip(one.of).map(|(rank, of)| format!("{rank}/{of}"));
            vec![
                one.team.clone(),
                rank.unwrap_or_else(|| "-".to_owned()),
                one.subject.clone(),
                one.name.clone(),
                one.total.as_ref().map_or_else(|| "-".to_owned(), |total| total.fixed(2)),
                one.grade.clone().unwrap_or_else(|| self.say("未评分", "not scored").to_owned()),
                one.edition.to_string(),
                self.letter(one),
            ]
        });
        printer.table(&head, rows.collect());
        left_out
    }

    /// How many cards are not in the table, and what shows them.
    fn left_out(&self, run: &Run, count: usize, printer: &Printer) {
        if count > 0 {
            printer.line(&match self.locale {
                Locale::Zh => format!("另有 {count} 张绩效卡未列出：scorepost show {}", run.id),
                Locale::En => format!("{count} more cards: scorepost show {}", run.id),
            });
        }
    }

    /// The table of reports, where there are any.
    pub(super) fn reports(&self, printer: &Printer) {
        let is_report = |one: &&DocumentHead| !matches!(one.kind, DocumentKind::Card | DocumentKind::Pack);
        let rows: Vec<Vec<String>> = self.documents.iter().filter(is_report).map(|one| self.report(one)).collect();
        if !rows.is_empty() {
            let head = match self.locale {
                Locale::Zh => ["报表", "对象", "名称", "版次", "邮件"],
                Locale::En => ["report", "about", "name", "edition", "letters"],
            };
            printer.table(&head, rows);
        }
    }

    fn report(&self, one: &DocumentHead) -> Vec<String> {
        let mut states: Vec<(&str, usize)> = Vec::new();
        for sent in self.letters(one) {
            let word = self.delivery(sent.state);
            match states.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => states.push((word, 1)),
            }
        }
        let letters: Vec<String> = states.iter().map(|(word, count)| format!("{word} {count}")).collect();
        let letters = if letters.is_empty() { self.say("无", "none").to_owned() } else { letters.join(" ") };
        let title = one.kind.title().get(self.locale).to_owned();
        vec![title, one.subject.clone(), one.name.clone(), one.edition.to_string(), letters]
    }

    fn letter(&self, document: &DocumentHead) -> String {
        match self.letters(document).next() {
            Some(delivery) => self.delivery(delivery.state).to_owned(),
            None => self.say("无", "none").to_owned(),
        }
    }

    /// A delivery's state in words.
    fn delivery(&self, state: DeliveryState) -> &'static str {
        let zh = match state {
            DeliveryState::Pending | DeliveryState::Claimed => "待发",
            DeliveryState::InDoubt | DeliveryState::Unknown => "不明",
            DeliveryState::Sent => "已发",
            DeliveryState::Deferred => "稍后再试",
            DeliveryState::Failed => "失败",
            DeliveryState::ResolvedSent => "已确认",
            DeliveryState::ResolvedResend => "将重发",
            DeliveryState::Withdrawn => "已撤回",
            DeliveryState::Bounced => "退信",
        };
        if self.locale == Locale::Zh { zh } else { state.word() }
    }

    /// The findings, heaviest first, each with what to do.
    pub(super) fn findings(&self, findings: &[Finding], printer: &Printer) {
        for one in ordered(findings) {
            let mark = match one.weight {
                _ if one.is_outlier() => self.say("异常", "outlier"),
                Weight::Hold => self.say("挂起", "held"),
                Weight::HoldSubject => self.say("此人挂起", "one held"),
                Weight::Note => self.say("提示", "note"),
            };
            let next = one.next.get(self.locale);
            let next = if next.is_empty() { String::new() } else { format!(" → {next}") };
            printer.line(&format!("{mark}: {}{next}", one.text.get(self.locale)));
        }
    }

    fn document(&self, one: &DocumentHead) -> Value {
        let mut letters: BTreeMap<&str, usize> = BTreeMap::new();
        for sent in self.letters(one) {
            *letters.entry(sent.state.word()).or_default() += 1;
        }
        json!({
            "kind": one.kind.word(), "subject": one.subject, "name": one.name, "team": one.team, "edition": one.edition,
            "total": one.total.as_ref().map(|total| total.fixed(2)), "rank": one.rank, "of": one.of, "grade": one.grade,
            "pdf": one.pdf_hash,
            "letter": letters.keys().next().filter(|_| letters.len() == 1),
            "letters": letters,
        })
    }

    fn ending(&self, pipeline: &Pipeline, outcome: &Outcome, printer: &Printer) {
        let run = &outcome.run;
        let count = |kind| self.documents.iter().filter(|one| one.kind == kind).count();
        let (cards, packs) = (count(DocumentKind::Card), count(DocumentKind::Pack));
        let reports = match (self.documents.len() - cards - packs, self.locale) {
            (0, _) => String::new(),
            (reports, Locale::Zh) => format!("，{reports} 份报表"),
            (reports, Locale::En) => format!(", {reports} reports"),
        };
        let letters = &outcome.tally;
        printer.line(&match self.locale {
            Locale::Zh => format!(
                "{}：{cards} 张绩效卡，{packs} 份团队汇总{reports}，{} 个新版次；{}",
                run.id,
                outcome.new_editions,
                self.state(run.state)
            ),
            Locale::En => format!(
                "{}: {cards} cards, {packs} packs{reports}, {} new editions; {}",
                run.id,
                outcome.new_editions,
                self.state(run.state)
            ),
        });
        if !letters_are_none(letters) {
            printer.line(&match self.locale {
                Locale::Zh => format!(
                    "邮件：已发 {}（本次 {}），待发 {}，稍后再试 {}，失败 {}，不明 {}",
                    letters.sent, letters.sent_now, letters.pending, letters.deferred, letters.failed, letters.unknown
                ),
                Locale::En => format!(
                    "letters: {} sent ({} now), {} pending, {} deferred, {} failed, {} unknown",
                    letters.sent, letters.sent_now, letters.pending, letters.deferred, letters.failed, letters.unknown
                ),
            });
        }
        if letters.left > 0 {
            printer.line(&format!(
                "{}: {}",
                self.say("未选中，等待下次发布", "not chosen, for another release"),
                letters.left
            ));
        }
        if letters.bounced > 0 {
            printer.line(&format!("{}: {}", self.say("退信", "bounced"), letters.bounced));
        }
        if letters.tested > 0 {
            printer.line(&format!(
                "{}: {}",
                self.say("测试邮件（未发给本人）", "test letters, nobody else was mailed"),
                letters.tested
            ));
        }
        if let Some(reason) = &letters.stopped {
            printer.line(&format!("{}: {reason}", self.say("发送中止", "sending stopped")));
        }
        if let Ok(Some(due)) = pipeline.ledger.next_due(&run.id) {
            let due = due.format("%Y-%m-%d %H:%M:%SZ");
            printer.line(&match self.locale {
                Locale::Zh => {
                    format!("稍后再试的邮件最早 {due} 再发：`scorepost serve` 会自动继续，或届时执行下面的 release")
                }
                Locale::En => {
                    format!("deferred letters are due from {due}: `scorepost serve` goes on by itself, or release then")
                }
            });
        }
        printer.line(&format!("PDF: {}", pipeline.folders.archive().display()));
    }

    /// Who released the run first, while another person still must.
    pub(super) fn first_word(&self, first: Option<&str>, printer: &Printer) {
        if let Some(first) = first {
            printer.line(&match self.locale {
                Locale::Zh => format!("{first} 已放行，还需另一人放行"),
                Locale::En => format!("released by {first}; another person must release it too"),
            });
        }
    }

    /// How many proposals wait for a person's word, and where they are.
    pub(super) fn waiting(&self, run: &Run, count: usize, printer: &Printer) {
        let list = format!("scorepost proposals --job {} --period {} --state pending", run.job, run.period);
        if count > 0 {
            printer.line(&match self.locale {
                Locale::Zh => format!("{count} 项建议待批准，批准前均不生效：{list}"),
                Locale::En => format!("{count} proposals wait for a person, none takes effect before: {list}"),
            });
        }
    }

    /// A state in words.
    pub(super) fn state(&self, state: RunState) -> &'static str {
        let (zh, en) = match state {
            RunState::Planned => ("已计划", "planned"),
            RunState::Pulling => ("正在拉取", "pulling"),
            RunState::Scoring => ("正在评分", "scoring"),
            RunState::Rendering => ("正在生成", "rendering"),
            RunState::Held => ("已挂起，不会发送", "held, nothing goes out"),
            RunState::Ready => ("已就绪，未发送", "ready, nobody was mailed"),
            RunState::Releasing => ("邮件尚未发完", "not all letters are sent yet"),
            RunState::Sent => ("已全部发送", "all letters sent"),
            RunState::PartlySent => ("部分发送", "partly sent"),
            RunState::Failed => ("失败", "failed"),
            RunState::Cancelled => ("已取消", "cancelled"),
            RunState::Done => ("完成，无需发送", "done, nobody is to be mailed"),
        };
        match self.locale {
            Locale::Zh => zh,
            Locale::En => en,
        }
    }

    fn next(&self, outcome: &Outcome) -> Vec<String> {
        let run = &outcome.run;
        let mut next = vec![format!("scorepost show {}", run.id)];
        if let Some(card) = self.documents.iter().find(|one| one.kind == DocumentKind::Card && one.total.is_some()) {
            next.push(format!("scorepost explain {} --job {} --period {}", card.subject, run.job, run.period));
        }
        match run.state {
            RunState::Ready => {
                next.push(format!("scorepost release {} --look", run.id));
                next.push(format!("scorepost release {}", run.id));
            }
            RunState::Held => next.push(format!(
                "scorepost run {} --period {} --refresh    # {}",
                run.job,
                run.period,
                self.say("原因消除后重新运行", "once what holds it is mended")
            )),
            RunState::Releasing => {
                next.push(format!("scorepost release {}    # {}", run.id, self.say("继续发送", "goes on sending")))
            }
            _ if outcome.tally.failed + outcome.tally.bounced > 0 => {
                next.push(format!("scorepost resend {} --failed", run.id))
            }
            _ => {}
        }
        next
    }
}

fn letters_are_none(tally: &Tally) -> bool {
    tally.sent + tally.pending + tally.deferred + tally.failed + tally.unknown == 0
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::period::{Cycle, Period};

    fn card(number: u32) -> DocumentHead {
        let created_at = DateTime::UNIX_EPOCH;
        DocumentHead {
            id: number.into(),
            edition: 1,
            run_id: "r1".to_owned(),
            pdf_hash: None,
            kind: DocumentKind::Card,
            job: "monthly".to_owned(),
            period: Period::last_before(Cycle::Month, created_at.date_naive()),
            subject: format!("A{number:03}"),
            name: "白露".to_owned(),
            team: "T1".to_owned(),
            content_hash: String::new(),
            total: None,
            rank: None,
            of: None,
            grade: None,
            created_at,
            changed: None,
        }
    }

    #[test]
    fn a_long_table_says_how_much_of_it_is_not_there() {
        let cards: Vec<DocumentHead> = (0..5).map(card).collect();
        let view = View::of(Locale::En, &cards, &[]);
        let left_out = [0, 4, 5, MOST_CARDS].map(|most| view.cards(&Printer::new(true), most));
        assert_eq!(left_out, [5, 1, 0, 0]);
    }
}
