//! What the roster says of a person, for expressions.

use chrono::{Datelike, NaiveDate};

use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::formula::Value;
use crate::tables::Member;

/// A column of the roster; months are whole ones at the period's last day.
pub(super) fn column(member: &Member, id: &str, period: &Period) -> Value {
    let last = period.last_day();
    match id {
        "id" => Value::Text(member.id.clone()),
        "role" => Value::Text(member.role_word.clone()),
        "team" => Value::Text(member.team_id.clone()),
        "department" => Value::text(member.dept_id.as_deref()),
        "department-class" | "class" => Value::text(member.dept_class.as_deref()),
        "shop" => Value::text(member.shop_id.as_deref()),
        "employment-status" => Value::text(member.employment_status.as_deref()),
        "title" => Value::text(member.title.as_deref()),
        "gender" => Value::text(member.gender.as_deref()),
        "is-reception-staff" => member.is_reception_staff.map_or(Value::Missing, Value::Truth),
        "tenure-months" => whole_months(member.hired_on, last),
        "title-months" => whole_months(member.title_since, last),
        "days-employed" => days_employed(member, period),
        _ => Value::Missing,
    }
}

fn whole_months(since: Option<NaiveDate>, day: NaiveDate) -> Value {
    let Some(since) = since else { return Value::Missing };
    // The month is full on the same day of a later month, or on the last day of a shorter one.
    let next = day + chrono::Days::new(1);
    let complete = day.day() >= since.day() || (next.day() == 1 && since.day() > day.day());
    let months = (day.year() - since.year()) * 12 + day.month0() as i32 - since.month0() as i32;
    Value::Number(Exact::whole(i64::from(months - i32::from(!complete)).max(0)))
}

/// Days of the period between the first and the last day of work.
fn days_employed(member: &Member, period: &Period) -> Value {
    let first = member.hired_on.map_or(period.start, |day| day.max(period.start));
    let last = member.left_on.map_or(period.last_day(), |day| day.min(period.last_day()));
    Value::Number(Exact::whole(((last - first).num_days() + 1).max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(since: &str, day: &str) -> Value {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a day");
        whole_months(Some(date(since)), date(day))
    }

    #[test]
    fn months_are_whole() {
        let number = |months| Value::Number(Exact::whole(months));
        assert_eq!(months("2026-01-15", "2026-02-14"), number(0));
        assert_eq!(months("2026-01-15", "2026-02-15"), number(1));
        assert_eq!(months("2026-01-31", "2026-02-28"), number(1));
        assert_eq!(months("2025-10-31", "2026-10-31"), number(12));
        assert_eq!(months("2026-11-05", "2026-10-31"), number(0));
    }
}
