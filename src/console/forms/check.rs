//! What may stand in a cell of a form.

use super::Item;
use crate::exact::Exact;
use crate::words::Bilingual;

/// Letters of a comment at most.
pub const LONGEST_COMMENT: usize = 500;

/// What was typed as it is kept: a score as it was written, a level by its id; nothing stays nothing.
///
/// Errors with what is allowed.
pub fn read(item: &Item, typed: &str) -> Result<String, Bilingual> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(String::new());
    }
    if item.levels.is_empty() { score(item, typed) } else { level(item, typed) }
}

/// What is allowed, in words.
pub fn allowed(item: &Item) -> Bilingual {
    if item.levels.is_empty() {
        return Bilingual::new(format!("0 至 {} 的数", item.most), format!("a number from 0 to {}", item.most));
    }
    let labels: Vec<&str> = item.levels.iter().map(|(_, label)| label.as_str()).collect();
    Bilingual::new(format!("{} 之一", labels.join("、")), format!("one of {}", labels.join(", ")))
}

/// A comment on one line without signs that steer how it is shown; `None` when it is too long.
pub fn comment(typed: &str) -> Option<String> {
    let steers = |sign: char| sign.is_control() || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = typed.chars().map(|sign| if steers(sign) { ' ' } else { sign }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    (plain.chars().count() <= LONGEST_COMMENT).then_some(plain)
}

/// Why a level cannot stand without a word beside it; `None` where it may.
pub fn lacks_reason(item: &Item, given: &str, comment: &str) -> Option<Bilingual> {
    let lacks = item.reasoned.as_deref() == Some(given) && comment.is_empty();
    lacks.then(|| Bilingual::new("选此项须写说明", "this one needs a word beside it"))
}

fn score(item: &Item, typed: &str) -> Result<String, Bilingual> {
    let fits = |score: &Exact| {
        let most = Exact::parse(&item.most);
        !score.is_negative() && most.is_some_and(|most| *score <= most)
    };
    let score = Exact::parse(typed).filter(|_| typed.len() <= 20 && !typed.contains(['%', '‰']));
    score.filter(fits).map(|_| typed.trim_start_matches('+').to_owned()).ok_or_else(|| allowed(item))
}

fn level(item: &Item, typed: &str) -> Result<String, Bilingual> {
    let found = item.levels.iter().find(|(id, label)| id == typed || label == typed);
    found.map(|(id, _)| id.clone()).ok_or_else(|| allowed(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_lie_in_their_range_and_levels_on_their_list() {
        let scored = Item { most: "10".to_owned(), ..Item::default() };
        assert_eq!(read(&scored, " 9.5 "), Ok("9.5".to_owned()));
        assert_eq!(read(&scored, ""), Ok(String::new()), "empty is no rating, never nought");
        for wrong in ["10.01", "-1", "1e1", "50%", "=1", "nine"] {
            assert_eq!(read(&scored, wrong), Err(allowed(&scored)), "{wrong}");
        }
        let levels = vec![("good".to_owned(), "良好".to_owned()), ("fair".to_owned(), "一般".to_owned())];
        let chosen = Item { levels, ..scored };
        assert_eq!(read(&chosen, "良好"), Ok("good".to_owned()));
        assert_eq!(read(&chosen, "fair"), Ok("fair".to_owned()));
        assert!(read(&chosen, "9").is_err());
    }

    #[test]
    fn a_verdict_of_not_met_needs_a_word() {
        let item = Item { reasoned: Some("fail".to_owned()), ..Item::default() };
        assert!(lacks_reason(&item, "fail", "").is_some());
        assert!(lacks_reason(&item, "fail", "no headset").is_none() && lacks_reason(&item, "pass", "").is_none());
        assert!(lacks_reason(&Item::default(), "", "").is_none());
    }

    #[test]
    fn comments_are_one_plain_line() {
        assert_eq!(comment(" a\n\u{202e}b ").as_deref(), Some("a b"));
        assert_eq!(comment(&"长".repeat(LONGEST_COMMENT + 1)), None);
    }
}
