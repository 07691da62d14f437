//! How cells look: readable on a screen, and in grey on paper.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The grey of lines between cells.
const LINE: Color = Color::RGB(0xA0_A0_A0);
/// The shade of headings.
const SHADE: Color = Color::RGB(0xE4_E4_E4);
/// The shade of cells that nobody fills in here.
const CLOSED: Color = Color::RGB(0xF2_F2_F2);

fn base() -> Format {
    Format::new().set_font_name("Microsoft YaHei").set_font_size(10).set_align(FormatAlign::VerticalCenter)
}

fn framed() -> Format {
    base().set_border(FormatBorder::Thin).set_border_color(LINE)
}

/// The title of a sheet.
pub(super) fn title() -> Format {
    base().set_font_size(15).set_bold()
}

/// A line below the title.
pub(super) fn line() -> Format {
    base()
}

/// Instructions, over several lines.
pub(super) fn instructions() -> Format {
    base().set_font_size(9).set_text_wrap().set_align(FormatAlign::Top)
}

/// The head of a column.
pub(super) fn head() -> Format {
    base()
        .set_bold()
        .set_text_wrap()
        .set_background_color(SHADE)
        .set_border_bottom(FormatBorder::Medium)
        .set_border_top(FormatBorder::Thin)
}

/// The heading of an item or a chapter.
pub(super) fn heading() -> Format {
    base().set_bold().set_font_size(11).set_text_wrap().set_background_color(SHADE).set_border_top(FormatBorder::Thin)
}

/// What a rater should know about an item.
pub(super) fn rubric() -> Format {
    base().set_font_size(9).set_text_wrap().set_italic()
}

/// A cell with a text that stands.
pub(super) fn text() -> Format {
    framed().set_text_wrap()
}

/// A cell with an id or a number of order that stands.
pub(super) fn id() -> Format {
    framed().set_align(FormatAlign::Center)
}

/// A cell to fill with a score or a choice.
pub(super) fn answer() -> Format {
    framed()
        .set_bold()
        .set_font_size(11)
        .set_align(FormatAlign::Center)
        .set_border(FormatBorder::Medium)
        .set_border_color(Color::Black)
        .set_unlocked()
}

/// A cell to fill with words.
pub(super) fn words() -> Format {
    framed().set_text_wrap().set_unlocked()
}

/// A cell that nobody fills in here.
pub(super) fn closed() -> Format {
    framed().set_align(FormatAlign::Center).set_background_color(CLOSED).set_font_color(Color::RGB(0x60_60_60))
}

/// A cell of a list.
pub(super) fn cell() -> Format {
    base()
}

/// A number of a list with so many decimals.
pub(super) fn number(decimals: u32) -> Format {
    let places = "0".repeat(decimals as usize);
    base().set_num_format(if decimals == 0 { "0".to_owned() } else { format!("0.{places}") })
}

/// The same in a row of sums.
pub(super) fn sum(format: Format) -> Format {
    format.set_bold().set_background_color(SHADE).set_border_top(FormatBorder::Thin)
}
