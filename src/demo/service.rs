//! The oracle for tests of service platforms: what truly happened in a month at every account, and what was sold.

use chrono::{Days, Months, NaiveDate};

use super::beijing::{days_between, days_of, month_of};
use super::cases::Case;
use super::people::SHARED_ACCOUNT;
use super::shop::Shop;
use super::talk::Talk;

/// What truly happened at one account in a month or some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRow {
    /// The 工号; empty for the shared account.
    pub agent: String,
    /// The chat account.
    pub account: String,
    /// Sessions that began in the month.
    pub sessions: u64,
    /// How many of them somebody answered.
    pub answered: u64,
    /// How many are messages that a buyer left while nobody was there.
    pub left_messages: u64,
    /// The sum of the waits for the first answer, in seconds.
    pub first_reply_seconds: i64,
    /// How many buyers gave one star, two, up to five.
    pub stars: [u64; 5],
    /// For how long the account was online and not on a break, in seconds.
    pub online_seconds: i64,
    /// Cases after the sale that were opened in the month.
    pub cases: u64,
    /// How many of them were solved.
    pub solved: u64,
    /// How many were opened again.
    pub reopened: u64,
    /// Whole minutes from opening to solving, in sum.
    pub solve_minutes: i64,
    /// How many buyers called the help good, and how many bad.
    pub verdicts: [u64; 2],
}

/// What was sold in one month, and what buyers wrote in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoldRow {
    /// Orders placed in the month.
    pub orders: u64,
    /// What they came to, paid or not, in fen.
    pub fen: i64,
    /// Reviews written in the month: good, neutral, bad.
    pub reviews: [u64; 3],
}

impl Shop {
    /// The service of the month in which `month` lies: the shared account first, then the agents by number.
    pub fn service(&self, month: NaiveDate) -> Vec<ServiceRow> {
        let first = month_of(month);
        self.service_between(first, first + Months::new(1) - Days::new(1))
    }

    /// The service of the days from `first` to `last`, both included.
    pub fn service_between(&self, first: NaiveDate, last: NaiveDate) -> Vec<ServiceRow> {
        let shared = ServiceRow { account: SHARED_ACCOUNT.to_owned(), ..ServiceRow::default() };
        let agents = self.agents().iter().map(|agent| ServiceRow {
            agent: agent.id.clone(),
            account: agent.account.clone(),
            online_seconds: days_between(first, last).map(|day| self.online_seconds(agent, day)).sum(),
            ..ServiceRow::default()
        });
        let mut rows: Vec<ServiceRow> = std::iter::once(shared).chain(agents).collect();
        for day in days_between(first, last) {
            self.talks_of(day).for_each(|talk| rows[talk.chat.agent as usize].count_talk(&talk));
            self.cases(day).for_each(|case| rows[case.agent as usize].count_case(&case));
        }
        rows
    }

    /// The sales of the month in which `month` lies.
    pub fn sold(&self, month: NaiveDate) -> SoldRow {
        let mut row = SoldRow::default();
        for day in days_of(month_of(month)) {
            let orders = &self.orders(day).rows;
            row.orders += orders.len() as u64;
            row.fen += orders.iter().map(|order| order.fen).sum::<i64>();
            for review in self.reviews(day) {
                let place = ["good", "neutral", "bad"].iter().position(|word| *word == review.result);
                place.into_iter().for_each(|place| row.reviews[place] += 1);
            }
        }
        row
    }
}

impl ServiceRow {
    fn count_talk(&mut self, talk: &Talk) {
        self.sessions += 1;
        self.answered += u64::from(talk.first_reply.is_some());
        self.left_messages += u64::from(talk.left_message);
        let waited = talk.first_reply.map(|at| (at - talk.chat.start).num_seconds());
        self.first_reply_seconds += waited.unwrap_or_default();
        if let Some(rating) = talk.rating {
            self.stars[usize::from(rating.stars) - 1] += 1;
        }
    }

    fn count_case(&mut self, case: &Case) {
        self.cases += 1;
        self.solved += u64::from(case.solve_minutes.is_some());
        self.reopened += u64::from(case.reopens > 0);
        self.solve_minutes += case.solve_minutes.unwrap_or_default();
        if let Some((good, _)) = case.verdict {
            self.verdicts[usize::from(!good)] += 1;
        }
    }
}
