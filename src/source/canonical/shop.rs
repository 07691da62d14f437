//! Shops and departments by day and month, and the calendar.

use super::column::{day, decimal, fine, flag, int, text};
use super::{Description, Grain, Table};

pub(super) const TABLES: &[Table] = &[
    Table(&SHOPS),
    Table(&SHOP_DAILY),
    Table(&DSR_SNAPSHOTS),
    Table(&DEPARTMENTS),
    Table(&DEPT_MONTHS),
    Table(&CALENDAR),
];

/// One shop.
const SHOPS: Description = Description {
    name: "shops",
    grain: Grain::Timeless,
    key: &["shop_id"],
    one_of: &[],
    columns: &[text("shop_id").must(), text("name").must(), text("platform"), text("industry")],
};

/// A shop's day.
const SHOP_DAILY: Description = Description {
    name: "shop_daily",
    grain: Grain::Day,
    key: &["shop_id", "date"],
    one_of: &[],
    columns: &[
        text("shop_id").must(),
        day("date").must(),
        int("pv"),
        decimal("sales"),
        decimal("silent_sales"),
        decimal("service_sales"),
    ],
};

/// The platform's ratings of a shop as they stood on a day.
const DSR_SNAPSHOTS: Description = Description {
    name: "dsr_snapshots",
    grain: Grain::Day,
    key: &["shop_id", "date"],
    one_of: &[],
    columns: &[
        text("shop_id").must(),
        day("date").must(),
        fine("attitude_score"),
        int("raters"),
        fine("industry_avg"),
        fine("vs_industry_pct"),
    ],
};

/// One department; a row without `month` holds for every month.
const DEPARTMENTS: Description = Description {
    name: "departments",
    grain: Grain::Month,
    key: &["dept_id", "month"],
    one_of: &[],
    columns: &[
        text("dept_id").must(),
        text("month"),
        text("name").must(),
        text("class"),
        text("head_agent_id"),
        text("manager_email"),
        int("headcount"),
        decimal("bonus_base"),
    ],
};

/// A department's month.
const DEPT_MONTHS: Description = Description {
    name: "dept_months",
    grain: Grain::Month,
    key: &["dept_id", "month"],
    one_of: &[],
    columns: &[
        text("dept_id").must(),
        text("month").must(),
        decimal("sales"),
        decimal("target"),
        decimal("completion"),
        int("pv"),
        decimal("conversion_num"),
        decimal("conversion_den"),
        decimal("aov_num"),
        decimal("aov_den"),
        decimal("mean_completion"),
        decimal("dsr_delta"),
        decimal("bonus_base"),
        decimal("support_ratio"),
        int("headcount"),
    ],
};

/// What is special about a day: `tag` promotion, holiday, special_activity; a day with two has two rows.
const CALENDAR: Description = Description {
    name: "calendar",
    grain: Grain::Day,
    key: &["date", "tag"],
    one_of: &[],
    columns: &[day("date").must(), text("tag"), flag("is_workday"), text("note")],
};
