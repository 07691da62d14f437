//! The families of money: pools, pay, titles.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Expression, Written};
use crate::diag::Spanned;
use crate::exact::Exact;
use crate::scheme::{Above, Level, Negative, Rest};
use crate::words::Bilingual;

/// `[[pool]]`: a pot and how it is split.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct PoolTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// Whose pot it is.
    pub(in crate::scheme) of: Spanned<Level>,
    /// Yuan in it.
    pub(in crate::scheme) base: Spanned<Expression>,
    /// What a pot below nought becomes.
    #[serde(default)]
    pub(in crate::scheme) negative: Negative,
    /// Who may be chosen.
    pub(in crate::scheme) among: Option<Spanned<Expression>>,
    /// How.
    pub(in crate::scheme) split: Spanned<SplitTable>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `split`: by places, or by a score.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) enum SplitTable {
    /// The first places have shares and fixed prizes of their own.
    Rank {
        shares: Vec<Written>,
        #[serde(default)]
        fixed: Vec<Written>,
        #[serde(default)]
        rest: Rest,
    },
    /// In proportion to a score.
    Score {
        score: Expression,
        over: Over,
        #[serde(default)]
        above: Above,
    },
}

/// What a score is divided by.
#[derive(Debug)]
pub(in crate::scheme) enum Over {
    /// The sum of everybody's.
    Sum,
    /// A fixed number.
    Constant(Written),
}

impl<'de> Deserialize<'de> for Over {
    fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Named(word) if word == "sum" => Self::Sum,
            number => Self::Constant(number),
        })
    }
}

/// `[[pay]]`: one component of pay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct PayTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// Yuan.
    pub(in crate::scheme) amount: Spanned<Expression>,
    /// When it is paid; always without.
    pub(in crate::scheme) when: Option<Spanned<Expression>>,
    /// Whether a person must approve it first.
    #[serde(default)]
    pub(in crate::scheme) needs_approval: bool,
    /// Its kind, a word of the author's such as `promote`.
    pub(in crate::scheme) kind: Option<String>,
    /// It is never less.
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    /// It is never more.
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[title-level]]`: one step of the ladder of titles, lowest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct TitleTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The base wage in yuan.
    pub(in crate::scheme) base_wage: Option<Written>,
    /// What it takes to be proposed for it.
    pub(in crate::scheme) requires: Option<Spanned<Expression>>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}
