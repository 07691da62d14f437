use super::*;
use crate::source::Table;

fn numerator(sql: &str) -> String {
    wanted(sql, table("reviews"), None).unwrap_or_else(|why| panic!("{sql}: {why}")).numerator.sql
}

fn table(name: &str) -> Table {
    Table::from_name(name).expect("a table")
}

fn refusal(sql: &str) -> String {
    wanted(sql, table("reviews"), None).map(|one| one.numerator.sql).expect_err("refused")
}

#[test]
fn names_and_values_are_written_anew() {
    assert_eq!(
        numerator("COUNT(*) FILTER (WHERE kind IN ('praise', 'it''s') AND NOT COALESCE(verified, FALSE))"),
        "CAST(COUNT(*) FILTER (WHERE ((`kind` IN ('praise', 'it\\u0027s')) AND (NOT COALESCE(`verified`, FALSE)))) AS BIGINT)"
    );
    assert!(refusal("COUNT(`kind; DROP TABLE x`)").contains("has no column"));
    assert!(refusal("COUNT((SELECT 1))").contains("no exact counterpart"));
}

#[test]
fn a_division_keeps_both_its_sides_and_a_condition_is_in_each() {
    let both = wanted("SUM(score) / COUNT(DISTINCT order_id)", table("reviews"), Some("(`verified`)")).expect("said");
    assert_eq!(both.numerator.sql, "CAST(SUM(`score`) FILTER (WHERE (`verified`)) AS DECIMAL(38,4))");
    let denominator = both.denominator.expect("a division").sql;
    assert_eq!(denominator, "CAST(COUNT(DISTINCT `order_id`) FILTER (WHERE (`verified`)) AS BIGINT)");
}

#[test]
fn numbers_are_of_types_that_do_not_round() {
    let sums = wanted("SUM(CASE scale WHEN 5 THEN score * 20 ELSE score END)", table("surveys"), None).expect("said");
    assert_eq!(
        sums.numerator.sql,
        "CAST(SUM(CASE WHEN (`scale` = 5L) THEN (`score` * 20L) ELSE `score` END) AS DECIMAL(38,4))"
    );
    assert_eq!(numerator("SUM(verified)"), "CAST(SUM(CAST(`verified` AS BIGINT)) AS BIGINT)");
    assert_eq!(
        numerator("COALESCE(SUM(score), 0) + MAX(score)"),
        "CAST((COALESCE(SUM(`score`), 0L) + MAX(`score`)) AS DECIMAL(38,4))"
    );
    assert_eq!(
        numerator("COUNT(*) FILTER (WHERE score >= 4.5)"),
        "CAST(COUNT(*) FILTER (WHERE (`score` >= 4.5BD)) AS BIGINT)"
    );
    assert!(refusal("SUM(score * 0.5)").contains("a written fraction"));
    assert!(refusal("COUNT(*) FILTER (WHERE score > 0.00001)").contains("cannot be compared exactly"));
    assert!(refusal("CAST(SUM(score) AS DECIMAL(20, 2))").contains("rounds"));
}

#[test]
fn what_does_not_belong_together_is_refused() {
    for (sql, why) in [
        ("kind", "outside an aggregate"),
        ("SUM(COUNT(*))", "rows are not added up"),
        ("MAX(kind)", "`MAX` of a text"),
        ("COUNT(*) FILTER (WHERE kind)", "a text stands where a condition must"),
        ("COUNT(*) FILTER (WHERE kind > 3)", "cannot be compared exactly"),
        ("COUNT(*) FILTER (WHERE kind IN ('a', NULL))", "NULL in a list"),
        ("SUM(score) OVER ()", "OVER"),
        ("COUNT(*); DROP TABLE x", "too much"),
    ] {
        assert!(refusal(sql).contains(why), "{sql}: {}", refusal(sql));
    }
}
