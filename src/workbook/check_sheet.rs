//! A check sheet: a sheet of the workbook for each inspected person or site, an item a row, chapter by chapter.

use rust_xlsxwriter::{DataValidation, Workbook, XlsxError};

use super::paper::{Column, Paper};
use super::rating_form::Filled;
use super::text::{plain, sheet_name, width};
use super::{face, workbook};
use crate::score::appraisal::Person;
use crate::score::forms::{CheckSheet, Heading, Inspected, Line};
use crate::words::Locale;

/// How the names of the sheets begin, the same in both languages, since a source looks for them.
pub(super) const SHEET: &str = "检查 Check";

/// The verdicts as they are kept: met, not met, does not apply.
pub const VERDICTS: [&str; 3] = ["pass", "fail", "not-applicable"];

/// The verdicts to choose from: met, not met, does not apply.
pub fn verdicts(locale: Locale) -> [&'static str; 3] {
    match locale {
        Locale::Zh => ["合格", "不合格", "不适用"],
        Locale::En => ["Pass", "Fail", "N/A"],
    }
}

/// The bytes of one check sheet, for the period in these words, with what is filled in already and by whom.
///
/// # Errors
/// When it does not fit into a workbook.
pub fn check_sheet(
    heading: &Heading,
    sheet: &CheckSheet,
    (inspector, filled): (Option<&Person>, &Filled),
    (period, company): (&str, &str),
    locale: Locale,
) -> anyhow::Result<Vec<u8>> {
    let mut book = workbook(heading.title.get(locale), company, heading.period.last_day())?;
    let width = sheet.inspected.len().to_string().len().max(2);
    for (place, inspected) in sheet.inspected.iter().enumerate() {
        let name = sheet_name(&format!("{SHEET} {:0width$} {}", place + 1, inspected.who.name));
        let list = List { heading, sheet, inspected, inspector, filled, period, locale };
        list.write(&mut book, &name)?;
    }
    Ok(book.save_to_buffer()?)
}

/// The list of one person or site.
struct List<'a> {
    heading: &'a Heading,
    sheet: &'a CheckSheet,
    inspected: &'a Inspected,
    inspector: Option<&'a Person>,
    filled: &'a Filled,
    period: &'a str,
    locale: Locale,
}

/// The places of columns.
const ITEM: u16 = 4;
const ASKED: u16 = 5;
const VERDICT: u16 = 6;
const NOTE: u16 = 7;

impl List<'_> {
    fn say(&self, zh: &str, en: &str) -> String {
        self.locale.say(zh, en).to_owned()
    }

    fn write(&self, book: &mut Workbook, name: &str) -> Result<(), XlsxError> {
        let heads = [
            self.say("编号", "Item"),
            self.say("检查内容", "What is asked"),
            self.say("结果", "Verdict"),
            self.say("说明（不合格必填）", "Note (needed for a fail)"),
        ];
        let hidden = ["agent_id", "shop_id", "item_id", "date"].map(|name| Column { name, head: "", width: 0.0 });
        let seen = [("item", 8.0), ("asked", 52.0), ("verdict", 12.0), ("note", 26.0)];
        let seen = seen.iter().zip(&heads).map(|((name, width), head)| Column { name, head, width: *width });
        let columns: Vec<Column<'_>> = hidden.into_iter().chain(seen).collect();
        let mut paper = Paper::begin(book, name, &columns)?;
        self.head(&mut paper)?;
        paper.heads(&columns)?;
        let mut chapter = None;
        for line in &self.inspected.lines {
            if chapter.as_ref() != Some(&line.item.chapter) {
                if let Some(label) = chapter_of(line, self.locale) {
                    paper.across(&label, &face::heading(), Some(20.0))?;
                }
                chapter = Some(line.item.chapter.clone());
            }
            self.line(&mut paper, line)?;
        }
        paper.finish(
            &[self.heading.title.get(self.locale), &self.heading.version, self.period, &self.called()].join("  "),
        )
    }

    /// Who or what is inspected, name and number.
    fn called(&self) -> String {
        self.inspected.who.called().get(self.locale).to_owned()
    }

    fn head(&self, paper: &mut Paper<'_>) -> Result<(), XlsxError> {
        let title = format!("{} {}", self.say("检查表", "Check sheet"), self.heading.title.get(self.locale));
        paper.across(&title, &face::title(), Some(26.0))?;
        let team = if self.sheet.of_site { String::new() } else { self.sheet.name.clone() };
        let whom = match self.sheet.of_site {
            true => self.say("受检门店：", "Site: "),
            false => self.say("受检人：", "Inspected: "),
        };
        let facts = [self.period.to_owned(), format!("{whom}{}", self.called()), team];
        paper.across(facts.join(&self.say("　", "   ")).trim(), &face::line(), Some(18.0))?;
        let asked = paper.blank(&self.say("检查人", "Inspector"))?;
        if let Some(one) = self.inspector {
            paper.sheet.write_string_with_format(asked.0, asked.1, plain(&one.name), &face::words())?;
        }
        let instructions = self.say(
            "逐条看，在粗框里选“合格”“不合格”或“不适用”；没有看到的留空，空格不算不合格。灰格由数据算出或不适用，不用填。填完保存为 .xlsx，\
             放回收表的文件夹；同一人再查一次，就复制一份文件。",
            "Go through the items and choose Pass, Fail or N/A in the bold frames; leave empty what you did not see: empty \
             is no fail. Grey cells follow from data or do not apply. Save as .xlsx and put it back into the folder where \
             forms are collected; for a second check of the same people copy the file.",
        );
        paper.across(&instructions, &face::instructions(), Some(42.0))
    }

    fn line(&self, paper: &mut Paper<'_>, line: &Line) -> Result<(), XlsxError> {
        let item = &line.item;
        let day = self.heading.period.last_day().format("%Y-%m-%d").to_string();
        let id = self.inspected.who.id.as_str();
        let (agent, shop) = if self.sheet.of_site { ("", id) } else { (id, "") };
        let critical = if item.critical { self.say("【关键】", "[critical] ") } else { String::new() };
        let asked = format!("{critical}{}", item.text.get(self.locale));
        paper.text(ITEM, &item.id, &face::id())?;
        paper.text(ASKED, &asked, &face::text())?;
        let (row, applies) = (paper.row, verdicts(self.locale)[2]);
        match (item.computed, line.applies) {
            (true, _) => {
                paper.text(VERDICT, "", &face::closed())?;
                paper.text(NOTE, &self.say("由数据算出，不用填", "follows from data, leave empty"), &face::closed())?;
            }
            (false, false) => {
                paper.hidden(&[agent, shop, &item.id, &day])?;
                paper.text(VERDICT, applies, &face::closed())?;
                paper.text(NOTE, "", &face::closed())?;
            }
            (false, true) => {
                paper.hidden(&[agent, shop, &item.id, &day])?;
                self.answer(paper, &item.id)?;
                paper.sheet.add_data_validation(row, VERDICT, row, VERDICT, &self.choices()?)?;
            }
        }
        let lines = width(&asked).div_ceil(50).max(1);
        paper.sheet.set_row_height(row, 7.0 + 13.0 * lines as f64)?;
        paper.row += 1;
        Ok(())
    }

    /// The cells to fill in, with what is there already.
    fn answer(&self, paper: &mut Paper<'_>, item: &str) -> Result<(), XlsxError> {
        let nothing = (String::new(), String::new());
        let (given, note) = self.filled.get(&(item.to_owned(), self.inspected.who.id.clone())).unwrap_or(&nothing);
        let words = VERDICTS.iter().position(|verdict| verdict == given).map(|at| verdicts(self.locale)[at]);
        match words {
            Some(words) => paper.text(VERDICT, words, &face::answer())?,
            None => paper.sheet.write_blank(paper.row, VERDICT, &face::answer()).map(drop)?,
        }
        match note.is_empty() {
            true => paper.sheet.write_blank(paper.row, NOTE, &face::words()).map(drop),
            false => paper.text(NOTE, note, &face::words()),
        }
    }

    fn choices(&self) -> Result<DataValidation, XlsxError> {
        let words = verdicts(self.locale);
        DataValidation::new()
            .allow_list_strings(&words)?
            .set_error_title(self.say("没有这个结果", "No such verdict"))?
            .set_error_message(
                self.say("请从列表里选；没有看到的留空。", "Choose one of the list, or leave the cell empty."),
            )
    }
}

/// The heading of a line's chapter; sheets without chapters have none.
fn chapter_of(line: &Line, locale: Locale) -> Option<String> {
    let label = line.item.chapter_label.as_ref().map(|label| label.get(locale).to_owned());
    label.or_else(|| line.item.chapter.clone())
}
