//! What buyers wrote about their orders (评价), days after they paid.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

use super::beijing;
use super::chance::{Chance, Stream};
use super::rows::{Buyer, Order};
use super::shop::Shop;

/// How many days after its payment an order may be reviewed; a payment may follow its order by a day.
const REACH: u64 = 9;

/// One review.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Review {
    pub tid: u64,
    pub buyer: Buyer,
    pub fen: i64,
    pub at: NaiveDateTime,
    /// The platform's word: `good`, `neutral` or `bad`.
    pub result: &'static str,
    pub content: &'static str,
}

impl Review {
    /// Three in ten finished orders are reviewed, most of them well.
    fn of(seed: u64, order: &Order) -> Option<Self> {
        let mut chance = Chance::of(seed, Stream::Review, &[order.tid]);
        let paid = order.paid.filter(|_| order.status == "TRADE_FINISHED" && chance.happens(0.3))?;
        let at = paid + TimeDelta::seconds(chance.between(86_400, 8 * 86_400));
        let (result, content) = match chance.unit() {
            x if x < 0.90 => ("good", "示例：不错"),
            x if x < 0.96 => ("neutral", "示例：一般"),
            _ => ("bad", "示例：不满意"),
        };
        Some(Self { tid: order.tid, buyer: order.buyer, fen: order.fen, at, result, content })
    }
}

impl Shop {
    /// The reviews written on a day, newest first.
    pub(super) fn reviews(&self, day: NaiveDate) -> Vec<Review> {
        let earlier = beijing::days_between(day - Days::new(REACH), day);
        let orders = earlier.flat_map(|from| &self.orders(from).rows);
        let mut rows: Vec<Review> = orders.filter_map(|order| Review::of(self.plan().seed, order)).collect();
        rows.retain(|review| review.at.date() == day);
        rows.sort_by_key(|review| std::cmp::Reverse((review.at, review.tid)));
        rows
    }
}
