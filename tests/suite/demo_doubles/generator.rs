//! The generator is a function of its plan, and what it tells is plausible.

use scorepost::demo::{Shop, ShopPlan, Story, TruthRow};

use super::caller::{day, plan};

#[test]
fn the_same_seed_gives_the_same_shop_and_another_another() {
    let truth = |seed| Shop::generate(ShopPlan { seed, ..plan(21) }).truth(day(10, 1));
    assert_eq!(truth(1), truth(1));
    assert_ne!(truth(1), truth(2));
}

#[test]
fn an_agents_rows_do_not_depend_on_the_size_of_the_shop() {
    let small = Shop::generate(plan(8)).truth(day(10, 1));
    let large = Shop::generate(ShopPlan { months: 1, ..plan(64) }).truth(day(10, 1));
    for (few, many) in small.iter().zip(&large).take(7) {
        assert_eq!(
            (few.received, few.inquiries, few.response_seconds),
            (many.received, many.inquiries, many.response_seconds)
        );
    }
}

#[test]
fn stories_are_told() {
    let shop = Shop::generate(plan(21));
    let (september, october) = (shop.truth(day(9, 1)), shop.truth(day(10, 1)));
    for agent in shop.agents() {
        let index = agent.number as usize - 1;
        match agent.story {
            Story::LongLeave => assert_eq!(
                october[index],
                TruthRow { agent: agent.id.clone(), ..TruthRow::default() },
                "no rows and no target"
            ),
            Story::Joiner => {
                assert_eq!((september[index].received, september[index].target_fen), (0, None));
                assert!(october[index].received > 0);
            }
            _ => assert!(october[index].received > 0, "{}", agent.id),
        }
    }
    let stories = |story| shop.agents().iter().filter(|agent| agent.story == story).count();
    for story in [Story::LongLeave, Story::Joiner, Story::Leaver, Story::Absentee, Story::NoMail] {
        assert_eq!(stories(story), 1, "{story:?}");
    }
}

#[test]
fn a_month_of_the_default_shop_is_of_moderate_size() {
    let rows = Shop::generate(plan(21)).truth(day(10, 1));
    let chats: u64 = rows.iter().map(|row| row.received).sum();
    assert!((7_000..10_000).contains(&chats), "{chats}");
}

/// The two heavy indicators of the weighted scheme for pre-sales, without the three light ones.
fn heavy_points(row: &TruthRow) -> Option<f64> {
    let attained = row.paid_amount as f64 / row.target_fen? as f64;
    let conversion = row.paid_buyers as f64 / row.inquiries as f64;
    let amount = if attained >= 1.0 { 100.0 } else { 2.0 * (50.0 * attained).floor() };
    let amount = if attained < 0.5 { 0.0 } else { amount };
    let rate = (100.0 - 2.0 * (64.0 - 100.0 * conversion).ceil()).clamp(0.0, 100.0);
    Some((45.0 * amount + 40.0 * rate) / 85.0)
}

#[test]
fn most_agents_are_good_some_excellent_and_some_poor() {
    let shop = Shop::generate(ShopPlan { months: 6, ..plan(21) });
    for month in 5..=10 {
        let rows = shop.truth(day(month, 1));
        let points: Vec<f64> = rows.iter().filter_map(heavy_points).collect();
        let excellent = points.iter().filter(|points| **points >= 90.0).count();
        let poor = points.iter().filter(|points| **points < 65.0).count();
        assert!((2..=9).contains(&excellent), "month {month}: {points:?}");
        assert!((1..=4).contains(&poor), "month {month}: {points:?}");
    }
}
