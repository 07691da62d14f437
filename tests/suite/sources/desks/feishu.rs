//! Feishu: days with two punches each, leave in two zones, statistics as text.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn tasks_become_punches_and_leave_is_no_absence() {
    let month = Month::new().await;
    let pulled = month.pull("feishu").await;
    let punches = frame(&pulled, "punches");
    let count = |condition: Expr| sums(punches, "agent_id", is(condition));
    let result = |word: &str| col("result").eq(lit(word.to_owned()));
    assert_eq!(count(lit(true)), month.truth(|row| 2 * row.planned as i64));
    assert_eq!(count(result("Late")), month.truth(|row| row.late as i64));
    assert_eq!(count(result("Early")), month.truth(|row| row.early as i64));
    assert_eq!(count(result("SeriousLate")), month.truth(|row| row.absent as i64));
    let unsigned = || result("NotSigned");
    assert_eq!(count(unsigned().and(col("approved").not())), month.truth(|row| row.missed as i64));
    assert_eq!(count(unsigned().and(col("approved"))), month.truth(|row| 2 * row.leaves as i64));
    assert_eq!(count(unsigned().and(col("actual_at").is_not_null())), ByAgent::new());
    for trouble in ["99991400", "1228000"] {
        assert!(month.waited_for(trouble), "{trouble} was met: {:?}", month.waits);
    }
    let days = month.built(&[&pulled]).whole("attendance_days").expect("days").expect("days");
    assert_eq!(sums(&days, "agent_id", col("missed")), month.truth(|row| row.missed as i64));
    check_leave(&month, &pulled);
}

fn check_leave(month: &Month, pulled: &Pulled) {
    let leaves = frame(pulled, "leaves");
    assert_eq!(sums(leaves, "agent_id", lit(1)), month.truth(|row| row.leaves as i64));
    assert_eq!(sums(leaves, "agent_id", col("leave_hours")), month.truth(|row| row.leave_minutes / 60));
    let hours = leaves.clone().lazy().select([col("started_at").dt().hour().cast(DataType::Int64)]).collect();
    let hours = hours.expect("hours");
    let hours: Vec<Option<i64>> = hours.columns()[0].i64().expect("numbers").to_vec();
    assert!(hours.iter().all(|hour| [Some(9), Some(13)].contains(hour)), "on the clocks of Beijing: {hours:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_come_day_by_day_and_a_dash_is_no_number() {
    let month = Month::new().await;
    let pulled = month.pull("feishu-report").await;
    let days = frame(&pulled, "attendance_days");
    let truth = |of: fn(&AttendedRow) -> i64| without(month.truth(of), "A013");
    let sum = |column: &str| sums(days, "agent_id", col(column));
    assert_eq!(sums(days, "agent_id", lit(1)), truth(|row| row.days as i64));
    assert_eq!(sum("planned"), truth(|row| row.planned as i64));
    assert_eq!(sum("present"), truth(|row| row.present as i64));
    assert_eq!(sum("work_minutes"), truth(|row| row.worked_minutes));
    assert_eq!(sum("late"), truth(|row| row.late as i64));
    assert_eq!(sum("early"), truth(|row| row.early as i64));
    assert_eq!(sum("missed"), truth(|row| row.missed as i64));
    let unknown = sums(days, "agent_id", is(col("late").is_null()));
    assert_eq!(unknown, truth(|row| (row.days - row.planned) as i64), "free days have no number of late arrivals");
}
