//! What an agent gets of pools and pay, each amount with how it came about. What is the same for everybody, or for everybody
//! of a group, is put into words once.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::scheme::consequence::{Pay, Pool};
use crate::scheme::formula::Value;
use crate::scheme::{Amount, Split, Unit};
use crate::tables::Member;
use crate::words::Bilingual;

use super::appraisal::MoneyLine;
use super::desk::Desk;
use super::groups::group_of;
use super::reason::{self, Reason};

/// The components of everybody's money, ready to be told of one agent after the other.
pub(super) struct Slip<'d> {
    desk: &'d Desk<'d>,
    pools: Vec<Shared<'d>>,
    pays: Vec<Paid<'d>>,
}

/// A pool and its pots.
struct Shared<'d> {
    pool: &'d Pool,
    /// How the pot of each group came about.
    pots: BTreeMap<&'d str, Bilingual>,
    /// The score by which it is split, if it is.
    score: Option<Reason<'d>>,
}

/// A component of pay.
struct Paid<'d> {
    pay: &'d Pay,
    amount: Reason<'d>,
    when: Option<Reason<'d>>,
    limits: Bilingual,
}

impl<'d> Slip<'d> {
    /// Prepares the pools and the pay of a scheme.
    pub(super) fn of(desk: &'d Desk<'d>) -> Self {
        let scheme = desk.facts.scheme;
        let pools = scheme.pools.iter().map(|pool| Shared::of(desk, pool)).collect();
        let paid = |pay: &'d Pay| Paid {
            pay,
            amount: Reason::of(scheme, &pay.amount),
            when: pay.when.as_ref().map(|when| Reason::of(scheme, when)),
            limits: limits(pay),
        };
        Self { desk, pools, pays: scheme.pays.iter().map(paid).collect() }
    }

    /// The components of an agent; those of nought are left out.
    pub(super) fn lines(&self, member: &Member) -> Vec<MoneyLine> {
        let results = self.desk.results;
        let is_paid = |value: Value| value.number().filter(|amount| !amount.is_zero()).cloned();
        let of_pool = |shared: &Shared<'_>| {
            let pool = shared.pool;
            Some(MoneyLine {
                id: pool.id.clone(),
                label: pool.label.clone(),
                amount: is_paid(results.pool(&member.id, &pool.id))?,
                rule: pool.base.text.clone(),
                worked: shared.worked(self.desk, member),
                needs_approval: false,
            })
        };
        let of_pay = |paid: &Paid<'_>| {
            let pay = paid.pay;
            Some(MoneyLine {
                id: pay.id.clone(),
                label: pay.label.clone(),
                amount: is_paid(results.pay(&member.id, &pay.id))?,
                rule: pay.amount.text.clone(),
                worked: paid.worked(self.desk, member),
                needs_approval: pay.approval.is_some(),
            })
        };
        self.pools.iter().filter_map(of_pool).chain(self.pays.iter().filter_map(of_pay)).collect()
    }
}

impl<'d> Shared<'d> {
    fn of(desk: &'d Desk<'d>, pool: &'d Pool) -> Self {
        let scheme = desk.facts.scheme;
        let mut pots: BTreeMap<&str, Bilingual> = BTreeMap::new();
        for group in desk.facts.roster.agents().map(|member| group_of(member, pool.of)) {
            pots.entry(group).or_insert_with(|| pot(desk, pool, group));
        }
        let score = match &pool.split {
            Split::Rank { .. } => None,
            Split::Score { score, .. } => Some(Reason::of(scheme, score)),
        };
        Self { pool, pots, score }
    }

    /// How an agent's part came about: the pot, the place or the score, and by what it was divided.
    fn worked(&self, desk: &Desk<'_>, member: &Member) -> Bilingual {
        let pot = self.pots.get(group_of(member, self.pool.of)).cloned().unwrap_or_default();
        let part = match (&self.pool.split, &self.score) {
            (Split::Rank { shares, fixed, .. }, _) => part_by_place(desk, member, shares, fixed),
            (Split::Score { over, .. }, Some(score)) => part_by_score(&score.of_agent(desk, member), over.as_ref()),
            (Split::Score { .. }, None) => Bilingual::default(),
        };
        Bilingual::new(format!("{}；{}", pot.zh, part.zh), format!("{}; {}", pot.en, part.en))
    }
}

/// How the pot of a group came about.
fn pot(desk: &Desk<'_>, pool: &Pool, group: &str) -> Bilingual {
    let pot = reason::of_group(desk, &pool.base, pool.of, group);
    let base = match desk.of_group(&pool.base, pool.of, group) {
        Value::Number(base) => Unit::Yuan.print(&base, 2),
        _ => "-".to_owned(),
    };
    Bilingual::new(format!("池 {base} = {}", pot.zh), format!("pool {base} = {}", pot.en))
}

fn part_by_place(desk: &Desk<'_>, member: &Member, shares: &[Amount], fixed: &[Amount]) -> Bilingual {
    let place = desk.results.places.get(&member.id).map_or(0, |place| place.0);
    let percent = |share: &Exact| Unit::Percent.print(share, 2);
    let yuan = |amount: &Exact| Unit::Yuan.print(amount, 2);
    let listed = |amounts: &[Amount], print: &dyn Fn(&Exact) -> String| {
        let texts: Vec<String> = amounts.iter().map(|one| one.known().map_or("?".to_owned(), print)).collect();
        texts.join(" / ")
    };
    let (mut zh, mut en) = (format!("第 {place} 名"), format!("place {place}"));
    if !shares.is_empty() {
        zh += &format!("，各名次占 {}", listed(shares, &percent));
        en += &format!(", places take {}", listed(shares, &percent));
    }
    if !fixed.is_empty() {
        zh += &format!("，各名次另加 {}", listed(fixed, &yuan));
        en += &format!(", places get {} on top", listed(fixed, &yuan));
    }
    Bilingual::new(zh + "，同名次平分", en + ", equal places share equally")
}

fn part_by_score(score: &Bilingual, over: Option<&Amount>) -> Bilingual {
    match over.and_then(Amount::known) {
        Some(over) => {
            let over = over.trimmed(4);
            Bilingual::new(format!("本人占比 {} ÷ {over}", score.zh), format!("own part {} ÷ {over}", score.en))
        }
        None => Bilingual::new(
            format!("本人占比 {} ÷ 全组合计", score.zh),
            format!("own part {} ÷ the sum of all", score.en),
        ),
    }
}

impl Paid<'_> {
    /// The rule of a component with the numbers that stood in it, its condition first.
    fn worked(&self, desk: &Desk<'_>, member: &Member) -> Bilingual {
        let amount = self.amount.of_agent(desk, member);
        let limits = &self.limits;
        let amount = Bilingual::new(format!("{}{}", amount.zh, limits.zh), format!("{}{}", amount.en, limits.en));
        let Some(when) = self.when.as_ref().map(|when| when.of_agent(desk, member)) else { return amount };
        Bilingual::new(format!("因 {} → {}", when.zh, amount.zh), format!("as {} → {}", when.en, amount.en))
    }
}

fn limits(pay: &Pay) -> Bilingual {
    let yuan = |amount: &Option<Exact>| amount.as_ref().map(|amount| Unit::Yuan.print(amount, 2));
    match (yuan(&pay.at_least), yuan(&pay.at_most)) {
        (None, None) => Bilingual::default(),
        (Some(least), None) => Bilingual::new(format!("，不低于 {least}"), format!(", at least {least}")),
        (None, Some(most)) => Bilingual::new(format!("，不超过 {most}"), format!(", at most {most}")),
        (Some(least), Some(most)) => {
            Bilingual::new(format!("，不低于 {least}，不超过 {most}"), format!(", at least {least}, at most {most}"))
        }
    }
}
