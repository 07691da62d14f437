//! Values that an author left unset, filled in later by a person: a dated, authored patch over the file.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::diag::Diagnostics;
use crate::exact::Exact;
use crate::words::Bilingual;

use super::{Scheme, check};

/// A value that a person filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The name under which `check` lists it.
    pub name: String,
    /// The number.
    pub value: Exact,
    /// Who filled it in.
    pub who: String,
    /// On which day.
    pub day: NaiveDate,
    /// Why this number.
    pub reason: String,
}

impl Scheme {
    /// The scheme with the values that its file still leaves unset; of several for one name the last counts.
    ///
    /// The patch is part of the hash and printed among the remarks of every card. Errors when the rules do not hold with
    /// these numbers, such as weights that no longer sum to the whole.
    pub fn filled(&self, fills: &[Fill]) -> Result<Self, Diagnostics> {
        let last: BTreeMap<&str, &Fill> = fills.iter().map(|fill| (fill.name.as_str(), fill)).collect();
        let unset = self.unset();
        let used: Vec<&Fill> = unset.iter().filter_map(|name| last.get(name.as_str()).copied()).collect();
        if used.is_empty() {
            return Ok(self.clone());
        }
        let values = used.iter().map(|fill| (fill.name.clone(), fill.value.clone())).collect();
        let (scheme, found) = check::check(&self.file, &BTreeMap::new(), &values);
        let Some(mut scheme) = scheme else { return Err(found) };
        scheme.remarks.extend(used.iter().map(|fill| remark(self, fill)));
        scheme.hash = hash(&self.file.text, &used);
        found.into_result(scheme)
    }
}

fn remark(scheme: &Scheme, fill: &Fill) -> Bilingual {
    let label = scheme.label(&fill.name).unwrap_or_else(|| Bilingual::same(&fill.name));
    let (value, Fill { who, day, .. }) = (fill.value.trimmed(6), fill);
    Bilingual::new(
        format!("方案未设定的“{}”由 {who} 于 {day} 填为 {value}", label.zh),
        format!("“{}”, which the scheme leaves unset, was set to {value} by {who} on {day}", label.en),
    )
}

/// The hash of the file with the patch behind it.
fn hash(text: &str, used: &[&Fill]) -> String {
    let mut hash = Sha256::new();
    hash.update(text.as_bytes());
    for Fill { name, value, who, day, .. } in used {
        hash.update(format!("\n{name} = {} # {who} {day}", value.notation()).as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::AuthoredFile;

    const OPEN: &str = r#"
id = "open"
title = "开放"
version = "1"
effective-from = 2020-01-01
cycle = "month"
[[parameter]]
id = "threshold"
label = { zh = "门槛", en = "Threshold" }
value = "unset"
[[metric]]
id = "paid"
label = "付款"
table = "funnel_daily"
expression = "SUM(paid_customers)"
unit = "count"
[[indicator]]
id = "paid"
metric = "paid"
weight = 100
bands = [{ at-least = "threshold", points = 100 }, { at-least = 1, points = "unset" }]
otherwise = 0
"#;

    fn scheme() -> Scheme {
        Scheme::parse(&AuthoredFile::from_text("open.toml", OPEN)).unwrap_or_else(|found| panic!("{found}"))
    }

    fn fill(name: &str, value: i64) -> Fill {
        Fill {
            name: name.to_owned(),
            value: Exact::whole(value),
            who: "hr".to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day"),
            reason: "the board said so".to_owned(),
        }
    }

    #[test]
    fn every_unset_value_can_be_filled_under_the_name_that_check_gives_it() {
        let scheme = scheme();
        let names = scheme.unset();
        assert_eq!(names.len(), 2, "{names:?}");
        let fills: Vec<Fill> = names.iter().zip([10, 60]).map(|(name, value)| fill(name, value)).collect();
        let filled = scheme.filled(&fills).unwrap_or_else(|found| panic!("{found}"));
        assert_eq!(filled.unset(), Vec::<String>::new());
        assert_eq!(filled.remarks.len(), 2);
        assert!(filled.remarks[0].zh.contains("“门槛”由 hr 于 2026-11-09 填为 10"), "{:?}", filled.remarks);
        assert!(filled.remarks[0].en.contains("was set to 10 by hr on 2026-11-09"), "{:?}", filled.remarks);
    }

    #[test]
    fn the_last_word_counts_and_is_in_the_hash() {
        let scheme = scheme();
        let once = scheme.filled(&[fill("threshold", 10)]).expect("a scheme");
        let twice = scheme.filled(&[fill("threshold", 9), fill("threshold", 10)]).expect("a scheme");
        let other = scheme.filled(&[fill("threshold", 9)]).expect("a scheme");
        assert_eq!(once.hash, twice.hash);
        assert!(once.hash != other.hash && once.hash != scheme.hash);
        assert_eq!(once.unset().len(), 1);
    }

    #[test]
    fn what_the_file_says_goes_before_what_was_filled_in() {
        let scheme = scheme();
        assert_eq!(scheme.filled(&[fill("nothing", 1)]).expect("a scheme").hash, scheme.hash);
    }

    #[test]
    fn numbers_under_which_the_rules_do_not_hold_are_refused() {
        let found = scheme().filled(&[fill("threshold", 0)]).expect_err("the first band would be below the second");
        assert!(found.has_errors(), "{found}");
    }
}
