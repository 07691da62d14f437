//! What of a scheme Spark cannot count, known before anything is pulled.

use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::scheme::{Metric, Scheme};
use crate::score::Keep;
use crate::source::Table;

use super::sql;

/// What to do about it.
pub(super) const HINT: &str = "write it with sums, counts and comparisons of columns, or let it be counted here: `fall-back = \"here\"` in `[engine]`";

/// Everything of a scheme that cannot be said in Spark's SQL.
pub fn untranslatable(scheme: &Scheme) -> Diagnostics {
    let mut found = Diagnostics::new();
    for filter in &scheme.filters {
        let Some(table) = Table::from_name(&filter.table) else { continue };
        let keep = Keep::Written(filter.keep.clone(), filter.place.clone());
        if let Err(wrong) = sql::condition(&keep, table) {
            found.push(wrong.hint(HINT));
        }
    }
    for (index, metric) in scheme.metrics.iter().enumerate() {
        let Some(table) = table_of(scheme, metric) else { continue };
        for (sql, place) in written(scheme, index, metric) {
            if let Err(why) = sql::wanted(sql, table, None) {
                found.push(refused(&metric.id, place, &why));
            }
        }
    }
    found
}

/// A metric that Spark cannot count.
pub(super) fn refused(metric: &str, place: &Place, why: &str) -> Diagnostic {
    Diagnostic::error(format!("Spark cannot count `{metric}`: {why}")).at(place.clone()).hint(HINT)
}

fn table_of(scheme: &Scheme, metric: &Metric) -> Option<Table> {
    let filter = scheme.filters.iter().find(|filter| filter.id == metric.table);
    Table::from_name(filter.map_or(&metric.table, |filter| &filter.table))
}

/// Every expression of a metric: as a rule, for young rows, on special days.
fn written<'s>(scheme: &'s Scheme, index: usize, metric: &'s Metric) -> impl Iterator<Item = (&'s str, &'s Place)> {
    let young = metric.maturity.iter().filter_map(|maturity| maturity.provisional.as_ref());
    let special = scheme.overrides.iter().flat_map(|one| &one.expressions);
    let special = special.filter(move |(of, ..)| *of == index).map(|(_, sql, place)| (sql.as_str(), place));
    let young = young.map(|(sql, place)| (sql.as_str(), place));
    [(metric.expression.as_str(), &metric.place)].into_iter().chain(young).chain(special)
}
