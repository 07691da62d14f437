//! From which rows a line's value came, so that they can be shown.

use crate::scheme::line::{Checklist, Occurrence, Rating};
use crate::scheme::{Indicator, Judged, Level, Metric, Scheme};

use super::super::appraisal::Origin;
use super::super::facts::metrics_behind;

/// The tables behind a line: those of every metric on the way, the ratings, the check sheet, or the recorded events.
pub(super) fn of(scheme: &Scheme, indicator: &Indicator) -> Vec<Origin> {
    let metrics =
        || metrics_behind(scheme, indicator).into_iter().map(|place| of_metric(scheme, &scheme.metrics[place]));
    match &indicator.judged {
        Judged::Value { .. } | Judged::Points(_) | Judged::Met(_) => metrics().collect(),
        Judged::Rating(rating) => vec![of_rating(indicator, rating)],
        Judged::Checklist(checklist) => {
            of_checklist(scheme, indicator, checklist).into_iter().chain(metrics()).collect()
        }
        Judged::Occurrences { kinds, .. } => kinds.iter().map(of_kind).collect(),
    }
}

fn of_metric(scheme: &Scheme, metric: &Metric) -> Origin {
    let filter = scheme.filters.iter().find(|filter| filter.id == metric.table);
    Origin {
        label: metric.label.clone(),
        table: filter.map_or(&metric.table, |filter| &filter.table).clone(),
        expression: metric.expression.clone(),
        filter: filter.map(|filter| filter.keep.clone()),
        agents: if metric.of == Level::Agent { metric.agents.clone() } else { Vec::new() },
    }
}

fn of_rating(indicator: &Indicator, rating: &Rating) -> Origin {
    Origin {
        label: indicator.label.clone(),
        table: "ratings".to_owned(),
        expression: "score".to_owned(),
        filter: Some(format!("item_id = {}", quoted(&rating.item))),
        agents: Vec::new(),
    }
}

/// The ticked items; those whose verdict is computed have no rows of their own.
fn of_checklist(scheme: &Scheme, indicator: &Indicator, checklist: &Checklist) -> Option<Origin> {
    let items = checklist.items.iter().map(|place| &scheme.items[*place]);
    let ticked: Vec<String> = items.filter(|item| item.met_when.is_none()).map(|item| quoted(&item.id)).collect();
    (!ticked.is_empty()).then(|| Origin {
        label: indicator.label.clone(),
        table: "checklist_results".to_owned(),
        expression: "passed".to_owned(),
        filter: Some(format!("item_id IN ({})", ticked.join(", "))),
        agents: Vec::new(),
    })
}

fn of_kind(kind: &Occurrence) -> Origin {
    Origin {
        label: kind.what.clone(),
        table: kind.table.clone(),
        expression: kind.count.as_ref().map_or_else(|| "COUNT(*)".to_owned(), |count| format!("SUM({count})")),
        filter: kind.keep.clone(),
        agents: kind.agents.clone(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
