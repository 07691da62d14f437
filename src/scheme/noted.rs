//! What a person writes down so that a recorded event of a kind counts, read off the kind's own condition.

use super::formula::{Formula, Function, Name, Node, Operator, Scope, Value};
use super::line::{Judged, Occurrence, OccurrencePoints};
use super::{Indicator, Scheme};
use crate::exact::Exact;
use crate::words::Bilingual;

/// The table of events that people write down.
const EVENTS: &str = "events";
/// How many such an event stands for.
const COUNT: &str = "COALESCE(count, 1)";

/// A kind of event that can be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The word in the column `type`.
    pub kind: String,
    /// The word in the column `cause`, where the rule asks for one.
    pub cause: Option<String>,
    /// What happened, as each line says that counts it.
    pub what: Bilingual,
    /// The lines that count it.
    pub lines: Vec<Bilingual>,
    /// The least and the most points that may be written, where the rule takes them from the event.
    pub points: Option<(Exact, Exact)>,
}

/// What a condition asks of an event.
#[derive(Default)]
struct Wanted {
    kind: Option<String>,
    cause: Option<String>,
}

impl Scheme {
    /// The kinds of events that people can write down, in the order of the card; those that follow from other tables, or
    /// whose condition asks for more than a person is asked, are not among them.
    pub fn noted(&self) -> Vec<Noted> {
        let mut all: Vec<Noted> = Vec::new();
        for indicator in &self.indicators {
            let Judged::Occurrences { kinds, .. } = &indicator.judged else { continue };
            for one in kinds.iter().filter_map(|kind| noted(indicator, kind)) {
                match all.iter_mut().find(|known| (&known.kind, &known.cause) == (&one.kind, &one.cause)) {
                    Some(known) => known.join(one),
                    None => all.push(one),
                }
            }
        }
        all
    }
}

impl Noted {
    /// Takes in what another line says of the same kind.
    fn join(&mut self, other: Self) {
        self.points = self.points.take().or(other.points);
        self.lines.extend(other.lines.into_iter().filter(|line| !self.lines.contains(line)).collect::<Vec<_>>());
    }
}

fn noted(indicator: &Indicator, kind: &Occurrence) -> Option<Noted> {
    if kind.table != EVENTS || !is_asked_for(kind) {
        return None;
    }
    let mut wanted = Wanted::default();
    wanted.take_in(&Formula::parse(kind.keep.as_deref()?).ok()?.root)?;
    let points = match &kind.points {
        OccurrencePoints::Column { column, between } => Some(written_points(column, between)?),
        _ => None,
    };
    let lines = vec![indicator.label.clone()];
    Some(Noted { kind: wanted.kind?, cause: wanted.cause, what: kind.what.clone(), lines, points })
}

/// Whether a rule takes from an event only what a person is asked: about whom, how often, what shows it.
fn is_asked_for(kind: &Occurrence) -> bool {
    kind.agents == ["agent_id"] && kind.count.as_deref() == Some(COUNT) && kind.note.as_deref() == Some("note")
}

impl Wanted {
    /// Reads a condition that an event fulfils which a named person wrote down; `None` where it asks for anything else.
    fn take_in(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Binary(Operator::And, one, other) => {
                self.take_in(one)?;
                self.take_in(other)
            }
            Node::Binary(Operator::Equal, name, value) => self.equal(column(name)?, text(value)?),
            // Whoever writes it down vouches for it, and writes down no exception.
            Node::Not(inner) => (column(or_else(inner))? == "approved-exception").then_some(()),
            other => (column(or_else(other))? == "verified").then_some(()),
        }
    }

    fn equal(&mut self, column: &str, text: &str) -> Option<()> {
        let place = match column {
            "type" => &mut self.kind,
            "cause" => &mut self.cause,
            _ => return None,
        };
        let before = place.replace(text.to_owned());
        before.is_none_or(|before| before == text).then_some(())
    }
}

/// The value itself, where another one stands in for an empty cell.
fn or_else(node: &Node) -> &Node {
    match node {
        Node::Call(Function::Coalesce, parts) if parts.len() == 2 && matches!(parts[1], Node::Constant(_)) => &parts[0],
        other => other,
    }
}

fn column(node: &Node) -> Option<&str> {
    match node {
        Node::Name(Name { scope: Scope::Own, id }) => Some(id),
        _ => None,
    }
}

fn text(node: &Node) -> Option<&str> {
    match node {
        Node::Constant(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// The limits of what is written into `points_override`; `None` where the points are made of anything else.
fn written_points(sql: &str, (least, most): &(Exact, Exact)) -> Option<(Exact, Exact)> {
    let (own, nought) = ("points-override", Exact::zero());
    match &Formula::parse(sql).ok()?.root {
        name @ Node::Name(_) if column(name)? == own => Some((least.clone(), most.clone())),
        // A deduction that is written with or without its sign counts as one; it is asked for with it.
        Node::Binary(Operator::Subtract, zero, call) => match (&**zero, &**call) {
            (Node::Constant(Value::Number(zero)), Node::Call(Function::Abs, parts))
                if zero.is_zero() && column(parts.first()?)? == own =>
            {
                Some((least.clone(), most.clone().min(nought)))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(condition: &str) -> Option<(Option<String>, Option<String>)> {
        let mut wanted = Wanted::default();
        wanted.take_in(&Formula::parse(condition).expect("a condition").root)?;
        Some((wanted.kind, wanted.cause))
    }

    #[test]
    fn conditions_say_what_is_to_be_written_down() {
        let some = |kind: &str, cause: Option<&str>| Some((Some(kind.to_owned()), cause.map(str::to_owned)));
        assert_eq!(wanted("type = 'quarrel'"), some("quarrel", None));
        assert_eq!(
            wanted("(COALESCE(verified, TRUE) AND NOT COALESCE(approved_exception, FALSE)) AND (type = 'passive')"),
            some("passive", None)
        );
        assert_eq!(
            wanted("type = 'complaint' AND verified AND cause = 'subjective'"),
            some("complaint", Some("subjective"))
        );
        for other in ["type = 'a' OR type = 'b'", "magnitude > 3", "NOT verified", "type = 'a' AND type = 'b'", "TRUE"]
        {
            assert_eq!(wanted(other), None, "{other}");
        }
    }

    #[test]
    fn no_shipped_scheme_offers_a_kind_of_which_a_rule_asks_more_than_the_form() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
        let (schemes, _) = crate::scheme::Registry::review(&folder);
        let (mut offered, mut left_out) = (0, 0);
        for scheme in schemes.all() {
            let kinds = scheme.indicators.iter().filter_map(|one| match &one.judged {
                Judged::Occurrences { kinds, .. } => Some(kinds),
                _ => None,
            });
            let by_hand = |kind: &&Occurrence| kind.table == EVENTS && !is_asked_for(kind);
            left_out += kinds.flatten().filter(by_hand).count();
            offered += scheme.noted().len();
        }
        assert!(offered > 20, "{offered}");
        assert!(left_out > 0, "a shipped scheme charges others than the agent of the row, or counts otherwise");
        let (indicator, kind) = schemes
            .all()
            .iter()
            .flat_map(|scheme| &scheme.indicators)
            .find_map(|one| match &one.judged {
                Judged::Occurrences { kinds, .. } => {
                    kinds.iter().find(|kind| noted(one, kind).is_some()).map(|kind| (one, kind.clone()))
                }
                _ => None,
            })
            .expect("a kind that is offered");
        for other in [
            Occurrence { agents: vec!["other_id".to_owned()], ..kind.clone() },
            Occurrence { count: Some("magnitude".to_owned()), ..kind.clone() },
            Occurrence { note: Some("evidence".to_owned()), ..kind.clone() },
        ] {
            assert_eq!(noted(indicator, &other), None, "{other:?}");
        }
    }

    #[test]
    fn points_are_asked_for_where_the_rule_takes_them_from_the_event() {
        let between = (Exact::whole(-10), Exact::whole(2));
        assert_eq!(written_points("points_override", &between), Some(between.clone()));
        assert_eq!(written_points("0 - ABS(points_override)", &between), Some((Exact::whole(-10), Exact::zero())));
        assert_eq!(written_points("magnitude * 2", &between), None);
    }
}
