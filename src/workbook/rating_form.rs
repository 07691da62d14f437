//! A rating form: one item after the other, each with everybody who is rated on it, scores and choices in cells of their own.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    DataValidation, DataValidationRule, Formula, Workbook, XlsxError, utility::row_col_to_cell_absolute,
};

use super::paper::{Column, Paper};
use super::text::{plain, width};
use super::{face, workbook};
use crate::scheme::rater;
use crate::score::forms::{Block, Heading, RatedItem, RatingForm, shown};
use crate::words::{Bilingual, Locale};

/// The sheet that is filled in; its name is the same in both languages, since a source looks for it.
pub(super) const SHEET: &str = "评分 Ratings";
/// The hidden sheet with the levels to choose from.
const LISTS: &str = "lists";

/// The places of columns.
const GIVEN: u16 = 11;
const COMMENT: u16 = 12;

/// What is filled in already, by item and staff number: the score or the level's id, and the comment.
pub type Filled = BTreeMap<(String, String), (String, String)>;

/// The bytes of one rating form, for the period in these words, with what is filled in already.
///
/// # Errors
/// When it does not fit into a workbook.
pub fn rating_form(
    heading: &Heading,
    form: &RatingForm,
    filled: &Filled,
    (period, company): (&str, &str),
    locale: Locale,
) -> anyhow::Result<Vec<u8>> {
    let mut book = workbook(heading.title.get(locale), company, heading.period.last_day())?;
    fill(&mut book, heading, form, filled, period, locale)?;
    Ok(book.save_to_buffer()?)
}

fn fill(
    book: &mut Workbook,
    heading: &Heading,
    form: &RatingForm,
    filled: &Filled,
    period: &str,
    locale: Locale,
) -> Result<(), XlsxError> {
    let say = |zh: &str, en: &str| Bilingual::new(zh, en).get(locale).to_owned();
    let (number, name, staff) = (say("序号", "No."), say("姓名", "Name"), say("工号", "Staff no."));
    let (given, comment) = (say("评分", "Rating"), say("评语", "Comment"));
    let hidden = ["agent_id", "item_id", "rater_role", "rater_id", "date", "least", "most", "levels"];
    let seen = [("no", &number, 6.0), ("name", &name, 20.0), ("staff_number", &staff, 14.0), ("given", &given, 16.0)];
    let columns: Vec<Column<'_>> = hidden
        .iter()
        .map(|name| Column { name, head: "", width: 0.0 })
        .chain(seen.iter().map(|(name, head, width)| Column { name, head, width: *width }))
        .chain([Column { name: "comment", head: &comment, width: 36.0 }])
        .collect();
    let lists = Lists::of(form, locale);
    let mut paper = Paper::begin(book, SHEET, &columns)?;
    let team = if form.team_name.is_empty() { &form.team_id } else { &form.team_name };
    paper.across(
        &format!("{} {}", say("评分表", "Rating form"), heading.title.get(locale)),
        &face::title(),
        Some(26.0),
    )?;
    let role = rater(&form.role);
    let facts = [period, team, &format!("{}{}", say("评分人身份：", "rated by: "), role.get(locale))];
    paper.across(&facts.join(&say("　", "   ")), &face::line(), Some(18.0))?;
    let asked = paper.blank(&say("评分人姓名", "Name of the rater"))?;
    if let Some(one) = &form.rater {
        paper.sheet.write_string_with_format(asked.0, asked.1, plain(&one.name), &face::words())?;
    }
    paper.across(&instructions(heading, locale), &face::instructions(), Some(54.0))?;
    paper.heads(&columns)?;
    let day = heading.period.last_day().format("%Y-%m-%d").to_string();
    for (place, block) in form.blocks.iter().enumerate() {
        let rows = Rows { form, block, filled, day: &day, asked, lists: &lists, locale };
        rows.write(&mut paper, place + 1)?;
    }
    let footer = [heading.title.get(locale), &heading.version, period, team, role.get(locale)].join("  ");
    paper.finish(&footer)?;
    lists.write(book)
}

fn instructions(heading: &Heading, locale: Locale) -> String {
    let mut said = Bilingual::new(
        "请按项目评：一次把所有人的同一项评完，再评下一项，不要一个人一个人地评。只填粗框内的格子；没有依据的留空，空格不算零分。\
         填完保存为 .xlsx，放回收表的文件夹；不要改动其他格子和工作表的名字。",
        "Rate item by item: everybody on one item, then on the next; not person by person. Fill only the cells in bold \
         frames; leave a cell empty where you cannot judge: empty is not nought. Save as .xlsx and put it back into the \
         folder where forms are collected; leave other cells and the name of the sheet as they are.",
    )
    .get(locale)
    .to_owned();
    for remark in &heading.remarks {
        said.push_str(match locale {
            Locale::Zh => " 方案提示：",
            Locale::En => " The scheme says: ",
        });
        said.push_str(remark.get(locale));
        said.push_str(match locale {
            Locale::Zh => "。",
            Locale::En => ".",
        });
    }
    said
}

/// What a rater should know: the range, or the levels with their scores, and what the scheme says of the item.
fn rubric(item: &RatedItem, locale: Locale) -> String {
    let level = |level: &crate::score::forms::RatingLevel| match &level.points {
        Some(points) => format!("{} = {}", level.label.get(locale), shown(points)),
        None => level.label.get(locale).to_owned(),
    };
    let range = match item.levels.is_empty() {
        true => {
            let most = shown(&item.max);
            Bilingual::new(
                format!("评 0 至 {most} 分，可有小数"),
                format!("a score from 0 to {most}, decimals allowed"),
            )
        }
        false => {
            let levels: Vec<String> = item.levels.iter().map(level).collect();
            Bilingual::new(
                format!("选一个等次：{}", levels.join("，")),
                format!("choose a level: {}", levels.join(", ")),
            )
        }
    };
    let parts = [item.about.as_ref().map(|about| about.get(locale)), Some(range.get(locale))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(match locale {
        Locale::Zh => "；",
        Locale::En => "; ",
    })
}

/// The rows of one item.
struct Rows<'a> {
    form: &'a RatingForm,
    block: &'a Block,
    filled: &'a Filled,
    day: &'a str,
    /// The cell with the rater's name.
    asked: (u32, u16),
    lists: &'a Lists,
    locale: Locale,
}

impl Rows<'_> {
    fn write(&self, paper: &mut Paper<'_>, number: usize) -> Result<(), XlsxError> {
        let item = &self.block.item;
        paper.across(&format!("{number}. {}", item.label.get(self.locale)), &face::heading(), Some(22.0))?;
        let rubric = rubric(item, self.locale);
        let lines = width(&rubric).div_ceil(92).max(1);
        paper.across(&rubric, &face::rubric(), Some(6.0 + 12.0 * lines as f64))?;
        let first = paper.row;
        for (place, person) in self.block.people.iter().enumerate() {
            self.hide(paper, &person.id)?;
            paper.text(8, &(place + 1).to_string(), &face::id())?;
            paper.text(9, &person.name, &face::text())?;
            paper.text(10, &person.id, &face::id())?;
            self.answer(paper, &person.id)?;
            let lines = width(&person.name).div_ceil(18).clamp(1, 12);
            paper.sheet.set_row_height(paper.row, 7.0 + 13.0 * lines as f64)?;
            paper.row += 1;
        }
        paper.sheet.add_data_validation(first, GIVEN, paper.row - 1, GIVEN, &self.validation()?)?;
        Ok(())
    }

    /// The cells to fill in, with what is there already: a score as a number, a level as its label.
    fn answer(&self, paper: &mut Paper<'_>, agent: &str) -> Result<(), XlsxError> {
        let item = &self.block.item;
        let nothing = (String::new(), String::new());
        let (given, comment) = self.filled.get(&(item.id.clone(), agent.to_owned())).unwrap_or(&nothing);
        let level = item.levels.iter().find(|level| level.id == *given);
        match (level, given.parse::<f64>()) {
            (Some(level), _) => paper.text(GIVEN, level.label.get(self.locale), &face::answer())?,
            (None, Ok(score)) if item.levels.is_empty() => {
                paper.sheet.write_number_with_format(paper.row, GIVEN, score, &face::answer()).map(drop)?
            }
            _ => paper.sheet.write_blank(paper.row, GIVEN, &face::answer()).map(drop)?,
        }
        match comment.is_empty() {
            true => paper.sheet.write_blank(paper.row, COMMENT, &face::words()).map(drop),
            false => paper.text(COMMENT, comment, &face::words()),
        }
    }

    /// What an answer is about, and what it may be.
    fn hide(&self, paper: &mut Paper<'_>, agent: &str) -> Result<(), XlsxError> {
        let item = &self.block.item;
        let (least, most) = if item.levels.is_empty() { ("0", shown(&item.max)) } else { ("", String::new()) };
        let words = self.lists.words(item);
        paper.hidden(&[agent, &item.id, &self.form.role, "", self.day, least, &most, &words])?;
        match &self.form.rater {
            Some(rater) => drop(paper.sheet.write_string(paper.row, 3, rater.id.as_str())?),
            None => {
                let cell = row_col_to_cell_absolute(self.asked.0, self.asked.1);
                // The one formula of a form: who rates, said once at the top, beside every answer.
                let name = Formula::new(format!("=IF({cell}=\"\",\"\",{cell})")).set_result("");
                paper.sheet.write_formula(paper.row, 3, name)?;
            }
        }
        Ok(())
    }

    fn validation(&self) -> Result<DataValidation, XlsxError> {
        let item = &self.block.item;
        let say = |zh: String, en: String| Bilingual::new(zh, en).get(self.locale).to_owned();
        match self.lists.range(item) {
            Some(range) => DataValidation::new()
                .allow_list_formula(Formula::new(range))
                .set_error_title(say("没有这个等次".into(), "No such level".into()))?
                .set_error_message(say("请从列表里选。".into(), "Choose one of the list.".into())),
            None => {
                let most = shown(&item.max);
                DataValidation::new()
                    .allow_decimal_number(DataValidationRule::Between(0.0, item.max.to_f64()))
                    .set_error_title(say("超出范围".into(), "Out of range".into()))?
                    .set_error_message(say(
                        format!("请填 0 至 {most} 的数；没有依据的留空。"),
                        format!("Give a number from 0 to {most}, or leave the cell empty."),
                    ))
            }
        }
    }
}

/// The levels of each item with any, which lie in a hidden sheet, an item a column.
struct Lists {
    items: Vec<(String, Vec<(String, String)>)>,
}

impl Lists {
    fn of(form: &RatingForm, locale: Locale) -> Self {
        let level = |level: &crate::score::forms::RatingLevel| (plain(level.label.get(locale)), level.id.clone());
        let items = form.blocks.iter().map(|block| &block.item).filter(|item| !item.levels.is_empty());
        Self { items: items.map(|item| (item.id.clone(), item.levels.iter().map(level).collect())).collect() }
    }

    fn place(&self, item: &RatedItem) -> Option<usize> {
        self.items.iter().position(|(id, _)| *id == item.id)
    }

    /// The words of an item's levels, as a row carries them: what is shown, and the level's id.
    fn words(&self, item: &RatedItem) -> String {
        let Some(place) = self.place(item) else { return String::new() };
        let pairs = self.items[place].1.iter();
        let words: serde_json::Map<String, serde_json::Value> =
            pairs.map(|(label, id)| (label.clone(), id.as_str().into())).collect();
        serde_json::Value::Object(words).to_string()
    }

    fn range(&self, item: &RatedItem) -> Option<String> {
        let place = self.place(item)?;
        let (column, last) = (place as u16, self.items[place].1.len() as u32 - 1);
        let (first, last) = (row_col_to_cell_absolute(0, column), row_col_to_cell_absolute(last, column));
        Some(format!("={LISTS}!{first}:{last}"))
    }

    fn write(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        if self.items.is_empty() {
            return Ok(());
        }
        let sheet = book.add_worksheet().set_name(LISTS)?;
        for (column, (_, levels)) in (0u16..).zip(&self.items) {
            for (row, (label, _)) in (0u32..).zip(levels) {
                sheet.write_string(row, column, label)?;
            }
        }
        sheet.set_hidden(true).protect();
        Ok(())
    }
}
