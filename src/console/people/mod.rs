//! Who may sign in: looked up and administered by operators and HR, and by everybody for themself.

mod changes;
mod list;
mod own;
mod person;

pub use changes::{add, change, disable, enable, end_sessions, grant, revoke};
pub use list::show as list;
pub use own::{change_password, end_others, show as own};
pub use person::show as person;

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::sessions::SignedIn;
use crate::ledger::{Role, User};

/// Where a person is shown; a name may hold any character.
pub fn path(name: &str) -> String {
    let mut url = url::Url::parse("http://console/people").ok();
    if let Some(mut segments) = url.as_mut().and_then(|url| url.path_segments_mut().ok()) {
        segments.push(name);
    }
    url.map(|url| url.path().to_owned()).unwrap_or_default()
}

/// The person that the path names.
fn named(desk: &Desk, visit: &Visit) -> Result<User, Refusal> {
    desk.console.ledger.user(visit.params.get("person"))?.ok_or(Refusal::NotFound)
}

/// Whether one person may administer another: nobody themself, and operators only by operators.
fn administers(who: &SignedIn, other: &User) -> bool {
    who.user.name != other.name && gives(who, other.role)
}

/// Whether a person may give this role.
fn gives(who: &SignedIn, role: Role) -> bool {
    who.user.role == Role::Operator || role != Role::Operator
}
