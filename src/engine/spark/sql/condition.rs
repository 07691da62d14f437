//! Conditions on rows.

use chrono::NaiveDate;

use crate::diag::Diagnostic;
use crate::score::Keep;
use crate::source::Table;

use super::aggregate::parsed;
use super::expression::{Place, said};
use super::literal;

/// Says a condition in Spark's SQL, in brackets of its own.
pub fn condition(keep: &Keep, table: Table) -> Result<String, Diagnostic> {
    Ok(match keep {
        Keep::Written(sql, place) => {
            let read = parsed(sql).and_then(|read| said(&read, Place::Row(table))?.truth());
            let wrong = |why| Diagnostic::error(format!("Spark cannot take `{}`: {why}", sql.trim())).at(place.clone());
            format!("({})", read.map_err(wrong)?.sql)
        }
        Keep::On(days) => format!("(`date` IN ({}))", list(days, |day: &NaiveDate| literal::day(*day))),
        Keep::After(day) => format!("(`date` > {})", literal::day(*day)),
        Keep::Months(months) => format!("(`month` IN ({}))", list(months, |month| literal::text(month))),
        Keep::Not(inner) => format!("(NOT {})", condition(inner, table)?),
    })
}

fn list<T>(all: &[T], literal: impl Fn(&T) -> String) -> String {
    all.iter().map(literal).collect::<Vec<String>>().join(", ")
}
