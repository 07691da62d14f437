//! An open value filled in by a person: dated, authored, audited; it counts from the next run on.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::{as_fill, path, version_of};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::diag::Diagnostics;
use crate::exact::Exact;
use crate::ledger::NewSchemeValue;
use crate::scheme::{Fill, Scheme};
use crate::words::Bilingual;

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;
/// Letters of a number at most.
const LONGEST_NUMBER: usize = 40;

/// `POST /policy/schemes/{scheme}/values` with `version`, `name`, `value`, `reason`.
pub fn fill(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (person, form) = (visit.person()?, &visit.form);
    let registry = desk.console.policies.schemes();
    let scheme = version_of(&registry, visit.params.get("scheme"), Some(form.get("version")))?;
    let name = form.get("name");
    if !scheme.unset().iter().any(|known| known == name) {
        return Err(Refusal::NotFound);
    }
    let number = form.given("value").filter(|text| text.len() <= LONGEST_NUMBER).and_then(Exact::parse);
    let number = number.ok_or_else(|| Refusal::Conflict(say_number()))?;
    let reason = form.given("reason").filter(|reason| reason.chars().count() <= LONGEST_REASON);
    let reason = reason.ok_or_else(|| Refusal::Conflict(say_why()))?;
    let fill = Fill {
        name: name.to_owned(),
        value: number.clone(),
        who: person.user.name.clone(),
        day: desk.console.clock.now().date_naive(),
        reason: reason.to_owned(),
    };
    refuse_broken_rules(desk, scheme, fill)?;
    let (id, version) = (&scheme.id, &scheme.version);
    let new = NewSchemeValue { scheme: id, version, name, value: &number, reason, who: &person.user.name };
    desk.console.ledger.fill_scheme_value(&new)?;
    Ok(Redirect::to(&path(scheme)).into_response())
}

/// A number under which the rules do not hold is not written down.
fn refuse_broken_rules(desk: &Desk, scheme: &Scheme, fill: Fill) -> Result<(), Refusal> {
    let mut fills: Vec<Fill> =
        desk.console.ledger.scheme_values(&scheme.id, &scheme.version)?.iter().map(as_fill).collect();
    fills.push(fill);
    scheme.filled(&fills).map(drop).map_err(|found| Refusal::Conflict(say_wrong(&found)))
}

fn say_wrong(found: &Diagnostics) -> Bilingual {
    let why = found.sorted().iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; ");
    Bilingual::new(
        format!("填入这个数后方案不再成立：{why}。请返回修改。"),
        format!("The rules of the scheme do not hold with this number: {why}. Go back and change it."),
    )
}

fn say_number() -> Bilingual {
    Bilingual::new("请填写一个数，例如 45、0.5 或 2%。", "Write a number, such as 45, 0.5 or 2%.")
}

fn say_why() -> Bilingual {
    Bilingual::new("请写明依据（不超过 500 字）。", "Say why, in at most 500 letters.")
}
