//! Orders by their last change, while orders move.

use std::collections::BTreeSet;

use crate::sources::stage::{Stage, frame, in_october};
use crate::sources::{holds, texts};

#[tokio::test]
async fn no_order_is_lost_or_doubled_while_the_list_moves() {
    let mut stage = Stage::new(21);
    let pulled = stage.pull("taobao-increment", "SHOP_URL").await;
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let orders = frame(&pulled, "orders");
    let inside = in_october(orders, "order_at");
    let numbers: Vec<String> =
        texts(orders, "order_id").into_iter().zip(&inside).filter(|(_, inside)| **inside).map(|(id, _)| id).collect();
    let truth = stage.shop.sold(stage.bench.period.start);
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "each once");
    assert_eq!(numbers.len() as u64, truth.orders);
    let fen: i64 = fen(orders).into_iter().zip(inside).filter(|(_, inside)| *inside).map(|(fen, _)| fen).sum();
    assert_eq!(fen, truth.fen);
}

/// Amounts in hundredths, exactly.
fn fen(orders: &polars::prelude::DataFrame) -> Vec<i64> {
    let amounts = orders.column("order_amount").expect("a column");
    (0..orders.height())
        .map(|row| {
            let text = amounts.get(row).expect("a cell").to_string();
            let (whole, part) = text.split_once('.').unwrap_or((&text, "00"));
            let part = format!("{part:0<4}");
            whole.parse::<i64>().expect("yuan") * 100 + part[..2].parse::<i64>().expect("fen")
        })
        .collect()
}
