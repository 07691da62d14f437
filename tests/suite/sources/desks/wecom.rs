//! WeCom: days, punches, months, and the service statistics.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn days_are_asked_by_midnights_and_nothing_is_lost() {
    let month = Month::new().await;
    let pulled = month.pull("wecom-checkin").await;
    let owners = month.owners(|agent| &agent.wecom);
    let days = frame(&pulled, "attendance_days");
    let sum = |value: Expr| owned(sums(days, "account", value), &owners);
    assert_eq!(sum(lit(1)), month.truth(|row| row.days as i64));
    assert_eq!(sum(col("planned")), month.truth(|row| row.planned as i64));
    let came = is(col("present").and(col("planned")));
    assert_eq!(sum(came), month.truth(|row| (row.present + row.absent) as i64));
    assert_eq!(sum(col("late")), month.truth(|row| row.late as i64));
    let unknown = col("late").is_null().or(col("absent").is_null()).or(col("late_minutes").is_null());
    assert_eq!(sum(is(unknown)), ByAgent::new(), "what is not in the list did not happen, which is known");
    assert_eq!(sum(col("late_minutes")), month.truth(|row| row.late_minutes));
    assert_eq!(sum(col("early_minutes")), month.truth(|row| row.early_minutes));
    assert_eq!(sum(col("absent")), month.truth(|row| row.absent as i64));
    assert_eq!(sum(col("work_minutes")), month.truth(|row| row.worked_minutes));
    assert_eq!(sum(col("leave_hours")), month.truth(|row| row.leave_minutes / 60));
    assert_eq!(sum(is(col("leave_kind").is_not_null())), month.truth(|row| row.leaves as i64));
    // The line of a day of absence is one of its own: a missing punch on it is told by that.
    assert_eq!(sum(col("missed")), month.truth(|row| row.missed as i64 - row.absent as i64));
    assert!(month.waited_for("45009"), "{:?}", month.waits);
    let built = month.built(&[&pulled]).whole("attendance_days").expect("days").expect("days");
    assert_eq!(sums(&built, "agent_id", col("late_minutes")), month.truth(|row| row.late_minutes));
}

#[tokio::test(flavor = "multi_thread")]
async fn punches_are_of_everybody_whom_the_app_sees() {
    let month = Month::new().await;
    let pulled = month.pull("wecom-punches").await;
    let owners = month.owners(|agent| &agent.wecom);
    let punches = frame(&pulled, "punches");
    let count = |condition: Expr| owned(sums(punches, "account", is(condition)), &owners);
    let truth = |of: fn(&AttendedRow) -> i64| without(month.truth(of), "A013");
    let unsigned = || col("result").eq(lit("NotSigned"));
    assert_eq!(count(unsigned().not()), truth(|row| row.punches as i64));
    assert_eq!(count(unsigned()), truth(|row| row.missed as i64));
    assert_eq!(count(unsigned().and(col("actual_at").is_not_null())), ByAgent::new(), "nobody punched");
    let days = month.built(&[&pulled]).whole("attendance_days").expect("days").expect("days");
    let came = col("late_minutes").filter(col("absent").not());
    // Who came hours late is late here: the platform says of a punch only that it is out of time.
    let late = sums(&days, "agent_id", came);
    assert!(
        truth(|row| row.late_minutes)
            .into_iter()
            .filter(|(agent, _)| agent != "A016")
            .all(|(agent, minutes)| late[&agent] == minutes)
    );
    assert_eq!(sums(&days, "agent_id", col("early_minutes")), truth(|row| row.early_minutes));
}

#[tokio::test(flavor = "multi_thread")]
async fn months_are_the_sums_of_days() {
    let month = Month::new().await;
    let pulled = month.pull("wecom-months").await;
    let owners = month.owners(|agent| &agent.wecom);
    let months = frame(&pulled, "attendance_months");
    let sum = |column: &str| owned(sums(months, "account", col(column)), &owners);
    assert_eq!(sum("planned_days"), month.truth(|row| row.planned as i64));
    assert_eq!(sum("rest_days"), month.truth(|row| (row.days - row.planned) as i64));
    assert_eq!(sum("late_count"), month.truth(|row| row.late as i64));
    assert_eq!(sum("late_minutes"), month.truth(|row| row.late_minutes));
    assert_eq!(sum("early_minutes"), month.truth(|row| row.early_minutes));
    assert_eq!(sum("absent_count"), month.truth(|row| row.absent as i64));
    assert_eq!(sum("work_minutes"), month.truth(|row| row.worked_minutes));
    assert_eq!(sum("planned_minutes"), month.truth(|row| row.planned_minutes));
    assert_eq!(sum("leave_hours"), month.truth(|row| row.leave_minutes / 60));
    assert!(super::super::texts(months, "month").iter().all(|month| month == "2026-10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn service_statistics_are_one_servicer_a_call() {
    let month = Month::new().await;
    let pulled = month.pull("wecom-kf").await;
    let owners = month.owners(|agent| &agent.wecom);
    let days = frame(&pulled, "chats_daily");
    assert_eq!(days.height(), 21 * 31);
    let sum = |value: Expr| owned(sums(days, "account", value), &owners);
    let october = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
    let service = month.shop.service(october);
    let truth = |of: &dyn Fn(&scorepost::demo::ServiceRow) -> u64| {
        without_zeros(service.iter().filter(|row| !row.agent.is_empty()).map(|row| (row.agent.clone(), of(row) as i64)))
    };
    assert_eq!(sum(col("sessions")), truth(&|row| row.sessions));
    assert_eq!(sum(col("surveys_sent")), truth(&|row| row.answered));
    let without_sessions = is(col("reply_rate").is_null().and(col("sessions").gt(lit(0))));
    assert_eq!(sum(without_sessions), ByAgent::new(), "a share is absent only where there is nothing to share");
    let meaningless = is(col("reply_rate").is_not_null().and(col("sessions").eq(lit(0))));
    assert_eq!(sum(meaningless), ByAgent::new());
    let answered = (col("reply_rate") * col("sessions").cast(DataType::Decimal(38, 6)))
        .cast(DataType::Float64)
        .round(0, RoundMode::HalfAwayFromZero);
    assert_eq!(sum(answered), truth(&|row| row.answered));
}
