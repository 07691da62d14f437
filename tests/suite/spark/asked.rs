//! What Spark would be asked.

use scorepost::diag::AuthoredFile;
use scorepost::engine::spark;
use scorepost::scheme::Scheme;
use scorepost::score;

use super::month::{Month, schemes};

/// A scheme with one metric.
fn scheme(expression: &str) -> Scheme {
    let text = format!(
        r#"
id = "one"
title = "一"
version = "1"
effective-from = 2020-01-01
cycle = "month"
[[metric]]
id = "one"
label = "一"
table = "surveys"
expression = "{expression}"
unit = "ratio"
[[indicator]]
id = "one"
metric = "one"
weight = 100
bands = [{{ at-least = 1, points = 100 }}]
otherwise = 0
"#
    );
    Scheme::parse(&AuthoredFile::from_text("one.toml", &text)).unwrap_or_else(|found| panic!("{found}"))
}

#[test]
fn every_metric_of_every_shipped_scheme_can_be_counted_by_spark() {
    let schemes = schemes();
    assert!(schemes.len() >= 37, "{}", schemes.len());
    let mut metrics = 0;
    for scheme in &schemes {
        let found = spark::untranslatable(scheme);
        assert!(!found.has_errors(), "{}: {found}", scheme.id);
        metrics += scheme.metrics.len();
    }
    assert!(metrics > 200, "{metrics}");
}

#[test]
fn all_that_is_asked_of_a_month_is_one_reading_a_table_subject_and_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let month = Month::thrown(folder.path(), 3);
    for scheme in schemes() {
        let compiled = score::compile(&scheme).unwrap_or_else(|found| panic!("{found}"));
        let questions = score::questions(&compiled, &month.input()).unwrap_or_else(|error| panic!("{error:#}"));
        let plan = spark::plan(&questions).unwrap_or_else(|found| panic!("{}: {found}", scheme.id));
        assert!(plan.statements.len() <= questions.len());
        let script = plan.script(folder.path()).expect("a script");
        let writes = script.matches("INSERT OVERWRITE DIRECTORY").count();
        assert_eq!(writes, plan.statements.len(), "{}", scheme.id);
        assert!(script.is_ascii(), "{}: no text depends on how a file is read", scheme.id);
    }
}

#[test]
fn what_engines_count_differently_is_refused_with_its_place_and_what_to_do() {
    for (expression, why) in [
        ("SUM(score / scale)", "a division that is not the outermost"),
        ("SUM(score % 3)", "the operator `%`"),
        ("SUM(score * scale * score)", "the product of two decimals"),
        ("MEDIAN(score)", "the function `MEDIAN`"),
        ("COUNT(1)", "the same in every row"),
        ("COUNT(*) FILTER (WHERE type LIKE 'a%')", "has no exact counterpart"),
        ("SUM(nothing)", "has no column `nothing`"),
    ] {
        let found = spark::untranslatable(&scheme(expression));
        assert!(found.to_string().contains(why), "{expression}: {found}");
        assert!(found.to_string().contains("fall-back"), "{found}");
        assert!(found.sorted()[0].place.is_some(), "{found}");
    }
}

#[test]
fn an_order_is_planned_for_spark_without_any_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = env!("CARGO_MANIFEST_DIR");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(["plan", "monthly-scorecard", "--period", "2026-10", "--engine", "spark"])
        .env("SCOREPOST_DATA", folder.path())
        .env("SCOREPOST_JOBS", format!("{root}/jobs"))
        .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
        .env("SHOP_URL", "http://127.0.0.1:9")
        .output()
        .expect("the program");
    let script = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(script.contains("CREATE TEMPORARY VIEW `funnel_daily_"), "{script}");
    assert!(script.contains("`month` IN ('2026\\u002d10')"), "{script}");
    assert!(script.contains("GROUP BY `the_subject`, `the_part`"), "{script}");
}
