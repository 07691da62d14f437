//! Files that went wrong in any way: read as a scheme or refused with places inside the file, and never a panic.
//!
//! The shipped schemes are mangled again and again from a fixed seed, so that a failure can be repeated.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use scorepost::diag::{AuthoredFile, Diagnostics, toml_files};
use scorepost::scheme::Scheme;
use scorepost::scheme::formula::Formula;
use scorepost::score;

/// How long each test mangles.
const LONG: Duration = Duration::from_secs(4);

/// A small generator of numbers (xorshift64*), the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides.max(1)
    }

    /// A stretch of so many at most.
    fn range(&mut self, length: usize, most: usize) -> Range<usize> {
        let start = self.roll(length + 1);
        start..(start + self.roll(most + 1)).min(length)
    }

    fn pick<'t>(&mut self, from: &'t [String]) -> &'t str {
        let place = self.roll(from.len());
        from.get(place).map_or("", String::as_str)
    }
}

fn shipped() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
    let files = toml_files(&folder).expect("the shipped schemes");
    files.iter().map(|path| fs::read_to_string(path).expect("a scheme")).collect()
}

/// Values that nobody should write.
fn monsters() -> Vec<String> {
    let mut monsters: Vec<String> = [
        "-1",
        "0",
        "1e308",
        "-1e308",
        "nan",
        "inf",
        "99999999999999999999",
        "9223372036854775807",
        "4294967296",
        "\"unset\"",
        "\"\"",
        "\"equal\"",
        "\"%\"",
        "\"1%%%%\"",
        "\"‰\"",
        "\"-\"",
        "\"0.\"",
        "[]",
        "{}",
        "[[]]",
        "true",
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "1979-05-27T07:32:00Z",
        "\"total\"",
        "\"team\"",
        "\"rank / 0\"",
        "\"NULL\"",
        "\"SUM(total)\"",
        "\"\\u0000\"",
        "\"COUNT(*)\"",
        "\"1 / 0\"",
        "\"AVG(x)\"",
        "\"'a' || 'b'\"",
        "\"CAST(1 AS INT)\"",
        "\"x[1]\"",
        "\"(SELECT 1)\"",
    ]
    .map(str::to_owned)
    .to_vec();
    monsters.push(format!("\"{}total{}\"", "(".repeat(700), ")".repeat(700)));
    monsters.push(format!("\"{}total\"", "NOT ".repeat(450)));
    monsters.push(format!("\"{}1\"", "- ".repeat(900)));
    monsters.push(format!("\"1{}\"", "+1".repeat(149)));
    monsters.push(format!("\"SUM(amount){}\"", "+1".repeat(30)));
    monsters.push(format!("\"1{}\"", "+1".repeat(50_000)));
    monsters.push(format!("\"{}1{}\"", "ABS(".repeat(350), ")".repeat(350)));
    monsters.push(format!("\"{}1{}\"", "CASE WHEN TRUE THEN ".repeat(60), " END".repeat(60)));
    monsters.push(format!("\"{}\"", "%".repeat(100_000)));
    monsters.push(format!("\"{}\"", "9".repeat(100_000)));
    monsters.push("[".repeat(50_000));
    monsters.push(format!("{}1{}", "[".repeat(60), "]".repeat(60)));
    monsters.push(format!("{}1{}", "{ a = ".repeat(60), " }".repeat(60)));
    monsters.push(format!("[{}]", "{ at-least = 1, points = 1 },".repeat(3000)));
    monsters
}

/// The text with one thing gone wrong.
fn mangled(text: &str, others: &[String], monsters: &[String], dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    match dice.roll(7) {
        0 => return flipped(text, dice),
        1 => drop(lines.drain(dice.range(lines.len(), 3))),
        2 => {
            let (one, other) = (dice.roll(lines.len()), dice.roll(lines.len()));
            lines.swap(one, other);
        }
        3 => {
            let twice = dice.roll(lines.len());
            lines.insert(twice, lines[twice]);
        }
        4 => return with_value(&lines, dice.pick(monsters), dice),
        5 => {
            let stranger: Vec<&str> = dice.pick(others).lines().collect();
            let taken = stranger[dice.range(stranger.len(), 8)].to_vec();
            let place = dice.roll(lines.len());
            lines.splice(place..place, taken);
        }
        _ => {
            let value = value_of(lines[dice.roll(lines.len())]).unwrap_or("1").to_owned();
            return with_value(&lines, &value, dice);
        }
    }
    lines.join("\n")
}

/// One to four bytes are others.
fn flipped(text: &str, dice: &mut Dice) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.is_empty() {
        return String::new();
    }
    for _ in 0..=dice.roll(4) {
        let place = dice.roll(bytes.len());
        bytes[place] = match dice.roll(2) {
            0 => bytes[place] ^ (1 << dice.roll(7)),
            _ => b"\"'[]{}()=.,-_#0 \n"[dice.roll(17)],
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn value_of(line: &str) -> Option<&str> {
    line.split_once(" = ").map(|(_, value)| value)
}

/// Some line's value replaced.
fn with_value(lines: &[&str], value: &str, dice: &mut Dice) -> String {
    let places: Vec<usize> = (0..lines.len()).filter(|place| value_of(lines[*place]).is_some()).collect();
    let place = places.get(dice.roll(places.len())).copied().unwrap_or_default();
    let key = lines[place].split(" = ").next().unwrap_or_default();
    let changed = format!("{key} = {value}");
    let lines: Vec<&str> =
        lines.iter().enumerate().map(|(at, line)| if at == place { &*changed } else { line }).collect();
    lines.join("\n")
}

/// Every diagnostic is about this file and points into it.
fn inside(text: &str, found: &Diagnostics) {
    for one in found.sorted() {
        let place = one.place.as_ref().unwrap_or_else(|| panic!("no place: {}\n{text}", one.message));
        let span = place.span.clone();
        assert!(span.start <= span.end && span.end <= text.len(), "{span:?} is outside: {}\n{text}", one.message);
        assert!(text.is_char_boundary(span.start), "{span:?} is inside a character: {}\n{text}", one.message);
    }
    assert!(!found.is_empty() && !found.render(false).is_empty());
}

/// Reads a text as `check` does.
fn read(text: &str) -> bool {
    let (scheme, found) = Scheme::review(&AuthoredFile::from_text("mangled.toml", text));
    assert_eq!(scheme.is_none(), found.has_errors());
    if !found.is_empty() {
        inside(text, &found);
    }
    match scheme.as_ref().map(score::compile) {
        Some(Err(found)) => {
            inside(text, &found);
            false
        }
        Some(Ok(_)) => true,
        None => false,
    }
}

#[test]
fn a_mangled_scheme_is_read_or_refused() {
    let (texts, monsters) = (shipped(), monsters());
    let mut dice = Dice(0x5EED_0001);
    let (mut taken, mut refused) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        let mut text = dice.pick(&texts).to_owned();
        for _ in 0..=dice.roll(3) {
            text = mangled(&text, &texts, &monsters, &mut dice);
        }
        match read(&text) {
            true => taken += 1,
            false => refused += 1,
        }
    }
    assert!(taken > 0 && refused > 10, "{taken} were taken, {refused} refused: nothing was tried");
}

#[test]
fn every_monstrous_value_is_read_or_refused() {
    let text = shipped().into_iter().min_by_key(String::len).expect("a scheme");
    let lines: Vec<&str> = text.lines().collect();
    for monster in monsters() {
        let mut dice = Dice(0x5EED_0002);
        for _ in 0..6 {
            read(&with_value(&lines, &monster, &mut dice));
        }
    }
}

#[test]
fn a_mangled_expression_is_read_or_refused() {
    let texts = shipped();
    let values = texts.iter().flat_map(|text| text.lines()).filter_map(value_of);
    let mut expressions: Vec<String> = values.map(|value| value.trim_matches('"').to_owned()).collect();
    expressions.extend(monsters().iter().map(|monster| monster.trim_matches('"').to_owned()));
    let mut dice = Dice(0x5EED_0003);
    let (mut taken, mut refused) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        let one = flipped(dice.pick(&expressions), &mut dice);
        let other = dice.pick(&expressions);
        let place = one.char_indices().map(|(at, _)| at).nth(dice.roll(one.chars().count())).unwrap_or_default();
        for text in
            [one.clone(), format!("{}{other}{}", &one[..place], &one[place..]), format!("({one}) AND ({other})")]
        {
            match Formula::parse(&text) {
                Ok(formula) => {
                    formula.names();
                    taken += 1;
                }
                Err(why) => {
                    assert!(!why.is_empty(), "refused without a word: {text}");
                    refused += 1;
                }
            }
        }
    }
    assert!(taken > 100 && refused > 100, "{taken} were taken, {refused} refused: nothing was tried");
}
