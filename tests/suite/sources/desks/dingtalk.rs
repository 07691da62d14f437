//! DingTalk: check results, every punch, the smart report, leave, and the directory.

use super::*;

/// Who left in the month; reports and directories of DingTalk know nothing of this agent any more.
const LEAVER: &str = "A013";

#[tokio::test(flavor = "multi_thread")]
async fn check_results_are_the_rota() {
    let month = Month::new().await;
    let pulled = month.pull("dingtalk").await;
    let owners = month.owners(|agent| &agent.dingtalk);
    let punches = frame(&pulled, "punches");
    let count = |condition: Expr| owned(sums(punches, "account", is(condition)), &owners);
    let result = |word: &str| col("result").eq(lit(word.to_owned()));
    assert_eq!(count(lit(true)), month.truth(|row| 2 * row.planned as i64));
    assert_eq!(count(result("Late")), month.truth(|row| row.late as i64));
    assert_eq!(count(result("Early")), month.truth(|row| row.early as i64));
    assert_eq!(count(result("Absenteeism")), month.truth(|row| row.absent as i64));
    let missed = result("NotSigned").and(col("approved").not());
    assert_eq!(count(missed), month.truth(|row| row.missed as i64));
    assert!(month.waited_for("1111"), "the ban was met");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_punch_comes_and_those_that_do_not_count_are_left_out() {
    let month = Month::new().await;
    let pulled = month.pull("dingtalk-records").await;
    let owners = month.owners(|agent| &agent.dingtalk);
    let punches = frame(&pulled, "punches");
    assert_eq!(owned(sums(punches, "account", lit(1)), &owners), month.truth(|row| row.punches as i64));
    let total = |numbers: ByAgent| numbers.values().sum::<i64>();
    assert_eq!(skipped(&pulled, "illegal-punch"), total(month.truth(|row| row.illegal as i64)));
    assert_eq!(skipped(&pulled, "free-day"), total(month.truth(|row| row.unplanned as i64)));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ways_make_the_same_days() {
    let month = Month::new().await;
    let (results, records) = (month.pull("dingtalk").await, month.pull("dingtalk-records").await);
    for pulled in [&results, &records] {
        let days = month.built(&[pulled]).whole("attendance_days").expect("days").expect("days");
        let sum = |column: &str| sums(&days, "agent_id", col(column));
        assert_eq!(sum("late_minutes"), month.truth(|row| row.late_minutes), "{}", pulled.source);
        assert_eq!(sum("early_minutes"), month.truth(|row| row.early_minutes));
        assert_eq!(sum("late"), month.truth(|row| row.late as i64));
        assert_eq!(sum("present"), month.truth(|row| (row.present + row.absent) as i64), "who came late did come");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smart_report_is_asked_column_by_column() {
    let month = Month::new().await;
    let pulled = month.pull("dingtalk-report").await;
    let owners = month.owners(|agent| &agent.dingtalk);
    let items = frame(&pulled, "attendance_items");
    let item = |name: &str| {
        let value = when(col("item").eq(lit(name.to_owned()))).then(col("value")).otherwise(lit(0));
        owned(sums(items, "account", value), &owners)
    };
    let truth = |of: fn(&AttendedRow) -> i64| without(month.truth(of), LEAVER);
    assert_eq!(item("present"), truth(|row| row.present as i64));
    assert_eq!(item("work_minutes"), truth(|row| row.worked_minutes));
    assert_eq!(item("late_minutes"), truth(|row| row.late_minutes));
    assert_eq!(item("early_minutes"), truth(|row| row.early_minutes));
    assert_eq!(item("absent"), truth(|row| row.absent as i64));
    assert_eq!(item("missed"), truth(|row| row.missed as i64));
    assert!(month.waited_for("1111") && month.waited_for("90018"), "{:?}", month.waits);
    assert!(month.waited_for("html"), "the ban as a web page was met: {:?}", month.waits);

    let days = month.built(&[&pulled]).whole("attendance_days").expect("days").expect("days");
    assert_eq!(sums(&days, "agent_id", col("work_minutes")), truth(|row| row.worked_minutes));
    assert_eq!(sums(&days, "agent_id", col("missed")), truth(|row| row.missed as i64));
    check_leave(&month, &pulled);
}

fn check_leave(month: &Month, pulled: &Pulled) {
    let owners = month.owners(|agent| &agent.dingtalk);
    let leaves = frame(pulled, "leaves");
    assert_eq!(owned(sums(leaves, "account", lit(1)), &owners), month.truth(|row| row.leaves as i64));
    let hours = col("leave_days").fill_null(lit(0)) * lit(8) + col("leave_hours").fill_null(lit(0));
    assert_eq!(owned(sums(leaves, "account", hours), &owners), month.truth(|row| row.leave_minutes / 60));
    let known = |column: &str| leaves.height() - leaves.column(column).expect("a column").null_count();
    assert_eq!(known("leave_days") + known("leave_hours"), leaves.height(), "each is of days or of hours");
    assert!(known("leave_days") > 0 && known("leave_hours") > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_gives_each_account_once() {
    let month = Month::new().await;
    let pulled = month.pull("dingtalk-staff").await;
    let accounts = frame(&pulled, "accounts");
    let pairs: BTreeMap<String, String> =
        super::super::texts(accounts, "account").into_iter().zip(super::super::texts(accounts, "agent_id")).collect();
    let mut wanted = month.owners(|agent| &agent.dingtalk);
    wanted.retain(|_, agent| agent != LEAVER);
    assert_eq!((pairs, accounts.height()), (wanted, 20));
    assert_eq!(skipped(&pulled, "no-staff-number"), 1);
}
