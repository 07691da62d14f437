//! What operators and HR do to the people who may sign in; every act is in the audit chain.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::sign_in::LONGEST_NAME;
use super::list;
use crate::ledger::{Grant, Role, User};
use crate::words::Bilingual;

/// Letters that a staff number, a team or an address has at most.
const LONGEST_WORD: usize = 254;

/// `POST /people/add`: somebody without a password; they come in by a link, a proxy or a provider.
pub fn add(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let wish = match read(visit)? {
        Ok(wish) => wish,
        Err(wrong) => return again(desk, visit, wrong),
    };
    let name = visit.form.given("name").filter(|name| is_name(name));
    let Some(name) = name else { return again(desk, visit, say_name()) };
    if let Some(there) = ledger.user(name)? {
        // The same form sent twice.
        let same = there.role == wish.role && there.staff_number == wish.staff_number;
        return if same { Ok(to(name)) } else { again(desk, visit, say_taken()) };
    }
    let user = User {
        name: name.to_owned(),
        role: wish.role,
        staff_number: wish.staff_number,
        teams: Vec::new(),
        disabled: false,
        password_hash: None,
        created_at: desk.console.clock.now(),
    };
    ledger.put_user(&user)?;
    ledger.set_address(name, wish.address.as_deref())?;
    ledger.audit(&person.user.name, "user-add", name, user.role.word())?;
    Ok(to(name))
}

/// `POST /people/{person}/change`: another role, staff number or mail address; a new role ends their sessions.
pub fn change(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, user) = (&desk.console.ledger, administered(desk, visit)?);
    let wish = read(visit)?.map_err(Refusal::Conflict)?;
    let changed = User { role: wish.role, staff_number: wish.staff_number, ..user };
    ledger.put_user(&changed)?;
    if ledger.address_of(&changed.name)? != wish.address {
        ledger.set_address(&changed.name, wish.address.as_deref())?;
    }
    noted(desk, visit, "user-change", &changed.name, changed.role.word())
}

/// `POST /people/{person}/disable`: they are out at once.
pub fn disable(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let user = administered(desk, visit)?;
    desk.console.ledger.disable_user(&user.name)?;
    noted(desk, visit, "user-disable", &user.name, "")
}

/// `POST /people/{person}/enable`
pub fn enable(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let user = administered(desk, visit)?;
    desk.console.ledger.enable_user(&user.name)?;
    noted(desk, visit, "user-enable", &user.name, "")
}

/// `POST /people/{person}/sessions/end`
pub fn end_sessions(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let user = administered(desk, visit)?;
    desk.console.ledger.close_sessions_of(&user.name)?;
    noted(desk, visit, "end-sessions", &user.name, "")
}

/// `POST /people/{person}/grant`: a team beside what the roster says, for a time or for good.
pub fn grant(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let user = administered(desk, visit)?;
    let grant =
        read_grant(visit).filter(|_| user.role == Role::Manager).ok_or_else(|| Refusal::Conflict(say_grant()))?;
    desk.console.ledger.grant_team(&user.name, &grant, &visit.person()?.user.name)?;
    Ok(to(&user.name))
}

/// `POST /people/{person}/revoke`: takes every grant of a team away; one that is gone already is fine.
pub fn revoke(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, user) = (&desk.console.ledger, administered(desk, visit)?);
    let (who, team) = (&visit.person()?.user.name, visit.form.get("team"));
    if ledger.grants_of(&user.name)?.iter().any(|grant| grant.team == team) {
        ledger.revoke_team(&user.name, team, who)?;
    }
    if user.teams.iter().any(|one| one == team) {
        let teams = user.teams.iter().filter(|one| *one != team).cloned().collect();
        ledger.put_user(&User { teams, ..user.clone() })?;
        ledger.audit(who, "revoke-team", &user.name, team)?;
    }
    Ok(to(&user.name))
}

/// What a form says of a person.
struct Wish {
    role: Role,
    staff_number: Option<String>,
    address: Option<String>,
}

fn read(visit: &Visit) -> Result<Result<Wish, Bilingual>, Refusal> {
    let person = visit.person()?;
    let role = Role::from_word(visit.form.get("role")).filter(|role| super::gives(person, *role));
    let Some(role) = role else { return Ok(Err(say_role())) };
    let word = |name: &str| visit.form.given(name).filter(|text| is_word(text)).map(str::to_owned);
    let address = word("address");
    if address.as_deref().is_some_and(|address| !is_address(address)) {
        return Ok(Err(say_address()));
    }
    Ok(Ok(Wish { role, staff_number: word("staff_number"), address }))
}

fn read_grant(visit: &Visit) -> Option<Grant> {
    let day = |name: &str| -> Option<Option<NaiveDate>> {
        visit.form.given(name).map_or(Some(None), |text| text.parse().ok().map(Some))
    };
    let team = visit.form.given("team").filter(|team| is_word(team))?.to_owned();
    let grant = Grant { team, from: day("from")?, until: day("until")? };
    grant.from.zip(grant.until).is_none_or(|(from, until)| from <= until).then_some(grant)
}

/// The person that the path names, if whoever asks may administer them; nobody else learns that they are there.
fn administered(desk: &Desk, visit: &Visit) -> Result<User, Refusal> {
    let user = super::named(desk, visit)?;
    if super::administers(visit.person()?, &user) { Ok(user) } else { Err(Refusal::NotFound) }
}

fn noted(desk: &Desk, visit: &Visit, action: &str, name: &str, detail: &str) -> Result<Response, Refusal> {
    desk.console.ledger.audit(&visit.person()?.user.name, action, name, detail)?;
    Ok(to(name))
}

fn to(name: &str) -> Response {
    Redirect::to(&super::path(name)).into_response()
}

fn again(desk: &Arc<Desk>, visit: &Visit, wrong: Bilingual) -> Result<Response, Refusal> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, list::compose(desk, visit, Some(wrong))?).into_response())
}

/// A name has a letter or digit, so that it can stand in a path.
fn is_name(name: &str) -> bool {
    name.chars().count() <= LONGEST_NAME && is_word(name) && name.chars().any(char::is_alphanumeric)
}

/// The mail system has the last word; this only finds slips.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains(char::is_whitespace)
    })
}

fn is_word(text: &str) -> bool {
    text.chars().count() <= LONGEST_WORD && !text.chars().any(char::is_control)
}

fn say_name() -> Bilingual {
    Bilingual::new(
        "请填写用户名，最多 64 个字，至少含一个字母或数字。",
        "Give a name of at most 64 characters, with a letter or digit.",
    )
}

fn say_taken() -> Bilingual {
    Bilingual::new(
        "已有同名用户。请换一个用户名，或打开那个用户修改。",
        "There is somebody of that name. Choose another, or open that person to change them.",
    )
}

fn say_role() -> Bilingual {
    Bilingual::new("请选择一个您可以授予的角色。", "Choose a role that you may give.")
}

fn say_address() -> Bilingual {
    Bilingual::new("邮箱地址无法使用，请检查。", "The mail address cannot be used; look at it again.")
}

fn say_grant() -> Bilingual {
    Bilingual::new(
        "请为主管填写团队编号；日期写作 2026-10-01，结束不早于开始。",
        "Name a team for a manager; days are written 2026-10-01, and the last is not before the first.",
    )
}

#[cfg(test)]
mod tests {
    use super::{is_name, is_word};

    #[test]
    fn a_name_can_stand_in_a_path() {
        for good in ["lead1", "王 主管", "a.b@shop.example", "../x"] {
            assert!(is_name(good), "{good}");
        }
        for wrong in ["", "..", ".", "--", "a\nb"] {
            assert!(!is_name(wrong), "{wrong:?}");
        }
        assert!(!is_name(&"a".repeat(65)) && !is_word(&"a".repeat(255)));
        assert_eq!(super::super::path("a/b ?"), "/people/a%2Fb%20%3F");
    }
}
