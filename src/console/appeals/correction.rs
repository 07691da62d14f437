//! What a person types to set a line, read as an exact number beside what the card says.

use std::fmt;

use super::super::cards::{Body, Line};
use crate::exact::Exact;
use crate::ledger::{Correction, Document, Sets};
use crate::words::Bilingual;

/// Points of a line without full marks at most, either way.
const MOST_POINTS: i64 = 1000;

/// Why what was typed does not fit the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit(pub Bilingual);

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.en)
    }
}

impl std::error::Error for Misfit {}

/// The correction of a card's line, from what was typed as its points, its value or its count.
///
/// Errors with a [`Misfit`] that says what is allowed.
pub fn read_correction(card: &Document, line: &str, sets: Sets, typed: &str) -> anyhow::Result<Correction> {
    let body = Body::of(card)?;
    let line = body
        .lines
        .iter()
        .find(|one| one.id == line)
        .ok_or_else(|| misfit("卡上没有这一项", "the card has no such line"))?;
    let amount = match sets {
        Sets::Points => points(line, typed)?,
        Sets::Value => value(line, typed)?,
        Sets::Numerator => count(line, typed)?,
    };
    Ok(Correction { sets, amount })
}

/// What can be set on a line.
pub fn settable(line: &Line) -> Vec<Sets> {
    let is_judged_whole = line.weeks.is_empty() && line.occurrences.is_empty();
    let mut all = vec![Sets::Points];
    if is_judged_whole && line.value.is_some() {
        all.push(Sets::Value);
    }
    if is_judged_whole && line.parts.is_some() {
        all.push(Sets::Numerator);
    }
    all
}

fn points(line: &Line, typed: &str) -> Result<Exact, Misfit> {
    let full = line.full_marks.as_deref().and_then(number);
    let (least, most) = match full {
        Some(full) => (Exact::zero(), full),
        None => (-Exact::whole(MOST_POINTS), Exact::whole(MOST_POINTS)),
    };
    let range = format!("{} – {}", least.trimmed(4), most.trimmed(4));
    let allowed = || misfit(format!("得分请填 {range} 之间的数"), format!("points are a number from {range}"));
    let points = number(typed).filter(|_| !typed.contains(['%', '‰'])).ok_or_else(allowed)?;
    if points < least || points > most { Err(allowed()) } else { Ok(points) }
}

/// In the unit in which the card prints it: a share with its sign, anything else without one.
fn value(line: &Line, typed: &str) -> Result<Exact, Misfit> {
    let shown = line.value.as_deref().unwrap_or_default();
    if !settable(line).contains(&Sets::Value) {
        return Err(misfit(
            "这一项不按单一指标值计分，请改定得分",
            "this line is not judged by one value: set its points",
        ));
    }
    let like = || {
        misfit(
            format!("指标值请按卡上的写法填写，例如 {shown}"),
            format!("write the value as the card does, such as {shown}"),
        )
    };
    if shown.contains('%') != typed.contains('%') {
        return Err(like());
    }
    number(typed).ok_or_else(like)
}

fn count(line: &Line, typed: &str) -> Result<Exact, Misfit> {
    if !settable(line).contains(&Sets::Numerator) {
        return Err(misfit(
            "这一项没有分子分母，请改定得分",
            "this line has no numerator and denominator: set its points",
        ));
    }
    let counted = number(typed).filter(|count| !count.is_negative() && !typed.contains(['%', '‰']));
    counted.ok_or_else(|| misfit("分子请填不小于 0 的数", "the numerator is a number not below nought"))
}

/// A number as cards print it, without its unit.
fn number(text: &str) -> Option<Exact> {
    let bare = text
        .trim()
        .trim_start_matches('¥')
        .trim_end_matches("分钟")
        .trim_end_matches("min")
        .trim_end_matches(['s', '秒', '分']);
    let plain: String =
        bare.trim().chars().filter(|sign| *sign != ',').map(|sign| if sign == '−' { '-' } else { sign }).collect();
    Exact::parse(&plain).filter(|_| plain.len() <= 20)
}

fn misfit(zh: impl Into<String>, en: impl Into<String>) -> Misfit {
    Misfit(Bilingual::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(value: &str, parts: Option<&str>) -> Line {
        Line {
            id: "reply".to_owned(),
            value: Some(value.to_owned()),
            parts: parts.map(str::to_owned),
            full_marks: Some("20".to_owned()),
            ..Line::default()
        }
    }

    #[test]
    fn points_lie_between_nought_and_full_marks() {
        let line = line("90.0%", None);
        assert_eq!(points(&line, " 18.5 "), Ok(Exact::scaled(185, 1)));
        assert_eq!(points(&line, "0"), Ok(Exact::zero()));
        for wrong in ["20.01", "-1", "18%", "", "x", "=1+1", "1e3", "NaN", "9".repeat(40).as_str()] {
            assert!(points(&line, wrong).is_err(), "{wrong}");
        }
        let free = Line { full_marks: None, ..line };
        assert_eq!(points(&free, "−5"), Ok(-Exact::whole(5)));
        assert!(points(&free, "1000.5").is_err());
    }

    #[test]
    fn values_are_written_as_the_card_prints_them() {
        let share = line("90.0%", Some("9 / 10"));
        assert_eq!(value(&share, "95.3%"), Ok(Exact::scaled(953, 3)));
        assert!(value(&share, "95.3").is_err(), "a share without its sign would be a hundred times as much");
        let money = line("¥1,234.50", None);
        assert_eq!(value(&money, "¥2,000"), Ok(Exact::whole(2000)));
        assert_eq!(value(&line("21.5s", None), "30s"), Ok(Exact::whole(30)));
        assert_eq!(count(&share, "10"), Ok(Exact::whole(10)));
        assert!(count(&share, "-1").is_err() && count(&money, "1").is_err());
    }

    #[test]
    fn what_is_summed_from_parts_takes_points_only() {
        let weekly = Line { weeks: vec![serde_json::Value::Null], ..line("90.0%", Some("9 / 10")) };
        assert_eq!(settable(&weekly), [Sets::Points]);
        assert_eq!(settable(&line("90.0%", Some("9 / 10"))), [Sets::Points, Sets::Value, Sets::Numerator]);
    }
}
