//! What scoring says of awkward rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::diag::AuthoredFile;
use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::Scheme;
use crate::score::appraisal::{Appraisal, Status};
use crate::score::{Input, appraise, compile};
use crate::tables;

const AGENTS: &str =
    "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,agent\nA2,乙,T1,一组,agent\nA3,丙,T1,一组,agent\n";

const HEAD: &str = "\
id = \"test\"
title = \"测试\"
version = \"1\"
effective-from = 2020-01-01
cycle = \"month\"
";

const CONVERSION: &str = "
[[metric]]
id = \"conversion\"
label = { zh = \"转化率\", en = \"Conversion\" }
table = \"funnel_daily\"
expression = \"SUM(paid_customers) / SUM(inquiries)\"
unit = \"percent\"
zero-denominator = \"full\"
[[indicator]]
id = \"conversion\"
metric = \"conversion\"
weight = 100
bands = [{ at-least = \"50%\", points = 100 }]
otherwise = 60
";

fn scored(scheme: &str, files: &[(&str, &str)]) -> Appraisal {
    let folder = tempfile::tempdir().expect("a folder");
    for (table, rows) in [("agents", AGENTS)].iter().chain(files) {
        std::fs::write(folder.path().join(format!("{table}.csv")), rows).expect("a file");
    }
    let period = Period::parse("2026-10").expect("a month");
    let frames = tables::read_story(folder.path()).unwrap_or_else(|found| panic!("{found}"));
    let (tables, _) = tables::build(frames, &period, period.end, None).expect("tables");
    let file = AuthoredFile::from_text("test.toml", &format!("{HEAD}{scheme}"));
    let scheme = Scheme::parse(&file).unwrap_or_else(|found| panic!("{found}"));
    let compiled = compile(&scheme).unwrap_or_else(|found| panic!("{found}"));
    let (past, earlier, adjustments) = (&[], &BTreeMap::new(), &[]);
    let (cut_off, as_of) = (DateTime::<Utc>::UNIX_EPOCH, period.end);
    appraise(&compiled, &Input { tables: &tables, period, cut_off, as_of, past, earlier, adjustments }).expect("cards")
}

fn told(appraisal: &Appraisal, code: &str) -> Vec<String> {
    appraisal.findings.iter().filter(|one| one.code == code).map(|one| one.text.en.clone()).collect()
}

#[test]
fn rows_that_give_one_side_of_a_ratio_are_told() {
    let rows = "\
agent_id,date,inquiries,paid_customers
A1,2026-10-01,10,6
A1,2026-10-02,,2
A1,2026-10-03,,
A1,2026-10-04,,0
A2,2026-10-01,4,
A3,2026-10-05,4,4
";
    let appraisal = scored(CONVERSION, &[("funnel_daily", rows)]);
    assert_eq!(
        told(&appraisal, "one-sided-rows"),
        ["\"Conversion\" (funnel_daily: SUM(paid_customers) / SUM(inquiries)): rows that give one side of the ratio \
          and leave the other blank: 2, such as A1 2026-10-02, A2 2026-10-01; they count on the side that they give"]
    );
    // Sides that lie in rows of their own are no oversight.
    let apart = "agent_id,date,inquiries,paid_customers\nA1,2026-10-01,10,\nA1,2026-10-02,,6\nA2,2026-10-01,4,\nA2,2026-10-02,,1\n";
    assert_eq!(told(&scored(CONVERSION, &[("funnel_daily", apart)]), "one-sided-rows"), [""; 0]);
}

/// The scheme gives full marks where nobody asked; of whom nobody wrote down how many asked has no data.
#[test]
fn a_blank_denominator_is_not_nought() {
    let rows = "agent_id,date,inquiries,paid_customers\nA1,2026-10-01,0,0\nA2,2026-10-01,,3\nA3,2026-10-01,4,4\n";
    let appraisal = scored(CONVERSION, &[("funnel_daily", rows)]);
    let line = |agent: &str| {
        let card = appraisal.cards.iter().find(|card| card.agent.id == agent).expect("a card");
        (card.lines[0].points.clone(), card.lines[0].status)
    };
    assert_eq!(line("A1"), (Some(Exact::whole(100)), Status::Final));
    assert_eq!(line("A2"), (None, Status::Missing));
    assert_eq!(line("A3"), (Some(Exact::whole(100)), Status::Final));
}

#[test]
fn types_of_events_that_no_rule_names_are_told() {
    let scheme = "
[[indicator]]
id = \"conduct\"
label = \"行为\"
[[indicator.occurrence]]
what = \"迟到\"
where = \"type = 'late' AND verified\"
points = -5
[[indicator.occurrence]]
what = \"表扬\"
where = \"type LIKE 'praise%'\"
points = 1
";
    let rows = "\
event_id,agent_id,type,date,verified
1,A1,late,2026-10-01,true
2,A1,late,2026-10-02,false
3,A2,lateness,2026-10-02,true
4,A2,lateness,2026-10-03,true
5,A3,it's odd,2026-10-03,true
6,Z9,elsewhere,2026-10-03,true
7,A3,praise_in_chat,2026-10-03,true
";
    let appraisal = scored(scheme, &[("events", rows)]);
    let text = "`events` has types that no rule of the scheme names; they count for nobody: it's odd × 1, lateness × 2";
    assert_eq!(told(&appraisal, "events-not-counted"), [text]);
}

#[test]
fn lines_whose_events_nobody_records_are_told() {
    let scheme = format!(
        "{}
[[indicator]]
id = \"conduct\"
label = {{ zh = \"行为\", en = \"Conduct\" }}
weight = 40
start = 100
[[indicator.occurrence]]
what = \"迟到\"
where = \"type = 'late'\"
points = -5
",
        CONVERSION.replace("weight = 100", "weight = 60")
    );
    let rows = "agent_id,date,inquiries,paid_customers\nA1,2026-10-01,10,6\nA2,2026-10-01,4,4\nA3,2026-10-01,4,4\n";
    let text = "no source records events, so these lines count as if nothing had happened: Conduct";
    assert_eq!(told(&scored(&scheme, &[("funnel_daily", rows)]), "nothing-recorded"), [text]);
    let recorded = "event_id,agent_id,type,date\n1,A1,late,2026-10-01\n";
    let appraisal = scored(&scheme, &[("funnel_daily", rows), ("events", recorded)]);
    assert_eq!(told(&appraisal, "nothing-recorded"), [""; 0]);
}
