use super::*;
use crate::diag::AuthoredFile;
use crate::job::Job;
use crate::tables::build;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The gates of a job with these written ones, of which those that stand by themselves are not meant.
fn gates(written: &str) -> Vec<Gate> {
    let text = format!(
        "id = \"j\"\ntitle = \"j\"\ncycle = \"month\"\ntime-zone = \"Asia/Shanghai\"\nsources = [\"desk\", \"shop\"]\n\
         scheme = \"s\"\n[letters]\nfrom = \"a@example.test\"\nfrom-name = \"a\"\nto = []\n{written}"
    );
    Job::parse(&AuthoredFile::from_text("j.toml", &text)).unwrap_or_else(|found| panic!("{found}")).gates
}

fn texts(name: &str, cells: &[&str]) -> Column {
    Column::new(name.into(), cells.iter().map(|cell| Some(*cell).filter(|cell| *cell != "-")).collect::<Vec<_>>())
}

fn days(cells: &[&str]) -> Column {
    DateChunked::from_naive_date("date".into(), cells.iter().map(|cell| day(cell))).into_series().into()
}

fn frame(columns: Vec<Column>) -> DataFrame {
    DataFrame::new(columns[0].len(), columns).expect("a table")
}

fn money(name: &str, fen: &[i64]) -> Column {
    let whole = Column::new(name.into(), fen.to_vec()).cast(&DataType::Decimal(38, 4)).expect("money");
    let hundredth = frame(vec![whole]).lazy().select([col(name) / lit(100)]).collect().expect("a column");
    hundredth.column(name).expect("a column").cast(&DataType::Decimal(38, 4)).expect("money")
}

fn agents() -> (&'static str, DataFrame) {
    let same = |name: &str, cell: &'static str| texts(name, &[cell, cell]);
    let columns = vec![
        texts("agent_id", &["A1", "A2"]),
        texts("name", &["林一", "周二"]),
        same("team_id", "T1"),
        same("team_name", "一组"),
        same("role", "agent"),
    ];
    ("agents", frame(columns))
}

/// Shop-days: date, service sales in fen, source.
fn shop_daily(rows: &[(&str, i64, &str)]) -> (&'static str, DataFrame) {
    let columns = vec![
        texts("shop_id", &vec!["S"; rows.len()]),
        days(&rows.iter().map(|row| row.0).collect::<Vec<_>>()),
        money("service_sales", &rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        texts("source", &rows.iter().map(|row| row.2).collect::<Vec<_>>()),
    ];
    ("shop_daily", frame(columns))
}

/// Days of conversations: agent or `-`, account, date, customers, source.
fn chats_daily(rows: &[(&str, &str, &str, i64, &str)]) -> (&'static str, DataFrame) {
    let columns = vec![
        texts("agent_id", &rows.iter().map(|row| row.0).collect::<Vec<_>>()),
        texts("account", &rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        days(&rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        Column::new("received_customers".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
        texts("source", &rows.iter().map(|row| row.4).collect::<Vec<_>>()),
    ];
    ("chats_daily", frame(columns))
}

/// What the gates make of the tables of October, pulled on the 9th of November.
fn judged(written: &str, frames: Vec<(&str, DataFrame)>, given: &[Given]) -> Judged {
    judged_on("2026-11-09T01:00:00Z", written, frames, given)
}

fn judged_on(now: &str, written: &str, frames: Vec<(&str, DataFrame)>, given: &[Given]) -> Judged {
    let now: DateTime<Utc> = now.parse().expect("an instant");
    let period = Period::parse("2026-10").expect("a period");
    let mut frames: Vec<(String, DataFrame)> =
        frames.into_iter().map(|(name, frame)| (name.to_owned(), frame)).collect();
    frames.push((agents().0.to_owned(), agents().1));
    let (tables, _) = build(frames, &period, now.date_naive(), None).expect("tables");
    let look = Look { tables: &tables, given, period: &period, until: now.date_naive(), now };
    judge(&gates(written), &look, Vec::new()).expect("judged")
}

fn told<'a>(judged: &'a Judged, code: &str) -> Vec<(Weight, &'a str)> {
    let of_code = judged.findings.iter().filter(|one| one.code == code);
    of_code.map(|one| (one.weight, one.text.en.as_str())).collect()
}

fn all_of_october() -> Vec<String> {
    (1..=31).map(|day| format!("2026-10-{day:02}")).collect()
}

fn sales_without(gone: &[u32]) -> (&'static str, DataFrame) {
    let october = all_of_october();
    let there = october.iter().enumerate().filter(|(at, _)| !gone.contains(&(*at as u32 + 1)));
    shop_daily(&there.map(|(_, day)| (day.as_str(), 100, "shop")).collect::<Vec<_>>())
}

const EMPTY_DAYS: &str = "[[gate]]\nkind = \"empty-days\"\ntable = \"shop_daily\"\n";

#[test]
fn days_without_rows_are_named_with_their_number() {
    let judged = judged(EMPTY_DAYS, vec![sales_without(&[3, 5, 6, 7])], &[]);
    let text = "shop_daily: 4 of 31 days have no row (12.9%, 0 allowed): 2026-10-03, 2026-10-05 to 2026-10-07";
    assert_eq!(told(&judged, "empty-days"), [(Weight::Hold, text)]);
    assert!(judged.fatal.is_empty());
    assert!(told(&self::judged(EMPTY_DAYS, vec![sales_without(&[])], &[]), "empty-days").is_empty());
}

#[test]
fn what_is_borne_and_how_much_it_weighs_is_the_gates_word() {
    let borne = format!("{EMPTY_DAYS}tolerance = 4\n");
    assert!(told(&judged(&borne, vec![sales_without(&[3, 5, 6, 7])], &[]), "empty-days").is_empty());
    let note = format!("{EMPTY_DAYS}severity = \"note\"\n");
    assert_eq!(told(&judged(&note, vec![sales_without(&[3])], &[]), "empty-days")[0].0, Weight::Note);
    let fail = format!("{EMPTY_DAYS}severity = \"fail\"\ntolerance = \"1%\"\n");
    let judged = judged(&fail, vec![sales_without(&[3])], &[]);
    assert_eq!((judged.fatal.len(), told(&judged, "empty-days")[0].0), (1, Weight::Hold));
}

#[test]
fn free_days_of_the_calendar_and_days_without_a_shift_may_be_empty() {
    let calendar = frame(vec![days(&["2026-10-03", "2026-10-04"]), Column::new("is_workday".into(), [false, true])]);
    let tables = vec![sales_without(&[3, 4]), ("calendar", calendar)];
    let found = judged(&format!("{EMPTY_DAYS}days = \"calendar\"\n"), tables, &[]);
    assert!(told(&found, "empty-days")[0].1.contains("1 of 30 days have no row (3.33%, 0 allowed): 2026-10-04"));
    let shifts = frame(vec![texts("agent_id", &["A1", "A1"]), days(&["2026-10-04", "2026-10-05"])]);
    let tables = vec![sales_without(&[3, 4]), ("shifts", shifts)];
    let found = judged(&format!("{EMPTY_DAYS}days = \"rota\"\n"), tables, &[]);
    assert!(told(&found, "empty-days")[0].1.contains("1 of 2 days"), "{:?}", found.findings);
}

#[test]
fn days_that_were_not_over_are_not_asked_for_and_a_missing_table_is_all_empty() {
    let found = judged_on("2026-10-03T04:00:00Z", EMPTY_DAYS, vec![sales_without(&[2])], &[]);
    assert!(told(&found, "empty-days")[0].1.contains("1 of 2 days"));
    let found = judged(EMPTY_DAYS, Vec::new(), &[]);
    assert!(told(&found, "empty-days")[0].1.contains("31 of 31 days"));
    assert!(told(&judged("", Vec::new(), &[]), "empty-days").is_empty(), "nobody wrote that there must be any");
}

#[test]
fn two_totals_may_be_so_far_apart() {
    let gate = "[[gate]]\nkind = \"totals\"\nsum = { table = \"shop_daily\", column = \"service_sales\", source = \"desk\" }\n\
                with = { table = \"shop_daily\", column = \"service_sales\", source = \"shop\" }\n";
    let rows = [
        ("2026-10-01", 10_000, "shop"),
        ("2026-10-02", 10_000, "shop"),
        ("2026-10-01", 10_000, "desk"),
        ("2026-10-02", 9_799, "desk"),
    ];
    let found = judged(&format!("{gate}tolerance = \"1%\"\n"), vec![shop_daily(&rows)], &[]);
    let text = "the sum of service_sales in shop_daily of source desk is 197.99, the sum of service_sales in shop_daily \
                of source shop is 200: 2.01 apart (1.01%, 1% allowed); most on 2026-10-02 -2.01";
    assert_eq!(told(&found, "totals-apart"), [(Weight::Hold, text)]);
    assert!(
        told(&judged(&format!("{gate}tolerance = 2.01\n"), vec![shop_daily(&rows)], &[]), "totals-apart").is_empty()
    );
    let found = judged(gate, vec![shop_daily(&rows[..2])], &[]);
    assert!(told(&found, "totals-apart")[0].1.contains("source desk cannot be compared"), "{:?}", found.findings);
}

#[test]
fn bounds_are_exact_decimals() {
    let gate = "[[gate]]\nkind = \"range\"\ntable = \"shop_daily\"\ncolumn = \"service_sales\"\nat-least = \"0.01\"\nat-most = \"99.99\"\n";
    let rows = [
        ("2026-10-01", 1, "shop"),
        ("2026-10-02", 9_999, "shop"),
        ("2026-10-03", 10_000, "desk"),
        ("2026-10-04", 0, "desk"),
    ];
    let found = judged(gate, vec![shop_daily(&rows)], &[]);
    let text = "service_sales of shop_daily must be at least 0.01 and at most 99.99: 2 of 4 values are not (50%, 0 \
                allowed), from 0 to 100; on 2026-10-03 to 2026-10-04; from desk";
    assert_eq!(told(&found, "out-of-range"), [(Weight::Hold, text)]);
    assert!(told(&judged(gate, vec![shop_daily(&rows[..2])], &[]), "out-of-range").is_empty());
}

#[test]
fn rows_without_an_owner_hold_beyond_their_share() {
    let mut rows = vec![("A1", "-", "2026-10-01", 1, "desk"); 19];
    rows.push(("-", "lost", "2026-10-01", 1, "desk"));
    assert!(
        told(&judged("", vec![("chats", chats_daily(&rows).1)], &[]), "unmapped-rows").is_empty(),
        "5% are told one by one"
    );
    rows.push(("-", "lost", "2026-10-02", 1, "shop"));
    let found = judged("", vec![("chats", chats_daily(&rows).1)], &[]);
    let text = "chats: 2 of 21 rows are of 1 accounts whose owner is not known (9.52%, 5% allowed)";
    assert_eq!(told(&found, "unmapped-rows"), [(Weight::Hold, text)]);
    let loose = "[[gate]]\nkind = \"unmapped-accounts\"\ntable = \"chats\"\ntolerance = 2\n";
    assert!(
        told(&judged(loose, vec![("chats", chats_daily(&rows).1)], &[]), "unmapped-rows").is_empty(),
        "the table's own gate"
    );
    let of_shop = "[[gate]]\nkind = \"unmapped-accounts\"\nsource = \"shop\"\n[[gate]]\nkind = \"unmapped-accounts\"\ntolerance = 9\n";
    let found = judged(of_shop, vec![("chats", chats_daily(&rows).1)], &[]);
    assert!(told(&found, "unmapped-rows")[0].1.starts_with("chats of source shop: 1 of 1 rows"));
}

#[test]
fn orders_without_a_conversation_are_told_by_agent() {
    let funnel = frame(vec![
        texts("agent_id", &["A1", "A2", "A2"]),
        days(&["2026-10-01", "2026-10-01", "2026-10-02"]),
        Column::new("ordered_total".into(), [1i64, 2, 0]),
        money("order_amount", &[100, 500, 0]),
    ]);
    let tables = || vec![("funnel_daily", funnel.clone()), chats_daily(&[("A1", "-", "2026-10-01", 1, "desk")])];
    let found = judged("", tables(), &[]);
    let text = "周二 A2 has 1 rows of funnel_daily (order_amount 5 in all) and not one conversation (50%, 0 allowed)";
    assert_eq!(told(&found, "orders-without-chats"), [(Weight::Note, text)]);
    let sharper = "[[gate]]\nkind = \"orders-without-chats\"\nseverity = \"hold\"\n";
    assert_eq!(told(&judged(sharper, tables(), &[]), "orders-without-chats")[0].0, Weight::Hold);
    assert!(
        told(&judged("", vec![("funnel_daily", funnel)], &[]), "orders-without-chats").is_empty(),
        "nobody counts chats"
    );
}

fn given(source: &str, missing: u64, twice: u64) -> Given {
    let count = Count { resource: "list".to_owned(), declared: Some(1000), missing, ..Count::default() };
    Given {
        source: source.to_owned(),
        cut_off: "2026-11-05T01:00:00Z".parse().expect("an instant"),
        counts: vec![count],
        duplicates: vec![(Table::CHATS, Duplicates { identical: twice, conflicting: 0 }, 100 - twice)],
    }
}

/// What the gates make of a finding of the pull.
fn weighed(written: &str, code: &str, subject: &str, given: Given) -> (Weight, usize) {
    let (tables, _) = build(
        vec![("agents".to_owned(), agents().1)],
        &Period::parse("2026-10").expect("a period"),
        day("2026-11-09"),
        None,
    )
    .expect("tables");
    let period = Period::parse("2026-10").expect("a period");
    let now = "2026-11-09T01:00:00Z".parse().expect("an instant");
    let look = Look { tables: &tables, given: &[given], period: &period, until: day("2026-11-09"), now };
    let noticed = Finding::hold(code, Bilingual::same("text"), Bilingual::same("next")).about(subject);
    let judged = judge(&gates(written), &look, vec![noticed]).expect("judged");
    (judged.findings[0].weight, judged.fatal.len())
}

#[test]
fn a_short_pull_holds_unless_a_gate_bears_the_share() {
    let short = |written: &str, missing| weighed(written, "short-pull", "desk/list", given("desk", missing, 0));
    assert_eq!(short("", 1), (Weight::Hold, 0));
    let one_percent = "[[gate]]\nkind = \"declared\"\ntolerance = \"1%\"\n";
    assert_eq!(short(one_percent, 10), (Weight::Note, 0));
    assert_eq!(short(one_percent, 11), (Weight::Hold, 0));
    let of_other = "[[gate]]\nkind = \"declared\"\nsource = \"shop\"\nseverity = \"note\"\n";
    assert_eq!(short(of_other, 1), (Weight::Hold, 0), "the other source's gate");
    assert_eq!(short("[[gate]]\nkind = \"declared\"\nseverity = \"fail\"\n", 1), (Weight::Hold, 1));
}

#[test]
fn duplicates_are_a_note_unless_a_gate_minds_them() {
    let twice = |written: &str| weighed(written, "duplicates-dropped", "desk/chats", given("desk", 0, 3)).0;
    assert_eq!(twice(""), Weight::Note);
    let held = "[[gate]]\nkind = \"duplicates\"\nseverity = \"hold\"\n";
    assert_eq!(twice(held), Weight::Hold);
    assert_eq!(twice(&format!("{held}tolerance = \"3%\"\n")), Weight::Note);
    assert_eq!(twice(&format!("{held}[[gate]]\nkind = \"duplicates\"\ntable = \"chats\"\n")), Weight::Note);
}

#[test]
fn data_may_be_so_old() {
    let gate = |max: &str| format!("[[gate]]\nkind = \"age\"\nmax-age = \"{max}\"\n");
    let all = [given("desk", 0, 0)];
    let found = judged(&gate("3d"), Vec::new(), &all);
    let text = "the data of source desk is of 2026-11-05 01:00Z, 4 days before this run; 3 days are allowed";
    assert_eq!(told(&found, "old-data"), [(Weight::Hold, text)]);
    assert!(told(&judged(&gate("4d"), Vec::new(), &all), "old-data").is_empty());
}

#[test]
fn accounts_of_two_people_weigh_what_the_job_says() {
    let shared = |written: &str| weighed(written, "shared-account", "desk-1", given("desk", 0, 0)).0;
    assert_eq!(shared(""), Weight::Hold);
    assert_eq!(shared("[[gate]]\nkind = \"shared-accounts\"\nseverity = \"note\"\n"), Weight::Note);
}

#[test]
fn what_a_gate_does_not_weigh_stays_as_it_was() {
    let (weight, fatal) = weighed("", "conflicting-rows", "desk/chats", given("desk", 0, 0));
    assert_eq!((weight, fatal), (Weight::Hold, 0));
}
