//! The two files that a person keeps: the roster, and the targets of a month.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;

use super::people::{Agent, Manager};
use super::rows::yuan;
use super::server::Stand;
use super::shop::Shop;

/// The folder of files.
pub(super) fn routes(stand: &Stand) -> Router {
    Router::new().route("/files/{name}", get(file)).with_state(stand.clone())
}

/// Answers `GET /files/{name}`.
async fn file(State(stand): State<Stand>, Path(name): Path<String>) -> Response {
    match text_of(&stand.shop, &name) {
        Some(text) => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response(),
        None => (StatusCode::NOT_FOUND, format!("there is no file `{name}`\n")).into_response(),
    }
}

fn text_of(shop: &Shop, name: &str) -> Option<String> {
    if name == "roster.csv" {
        return Some(roster(shop));
    }
    let month = name.strip_prefix("targets-")?.strip_suffix(".csv").filter(|month| month.len() == 7)?;
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok()?;
    shop.has_month(first).then(|| targets(shop, first))
}

/// The roster as a spreadsheet program saves it: UTF-8 with a byte order mark.
fn roster(shop: &Shop) -> String {
    let head = "\u{feff}工号,姓名,小组编号,小组,角色,邮箱,旺旺账号,钉钉账号,企业微信账号,入职日期,离职日期\n";
    let agents = shop.agents().iter().map(|agent| agent_line(shop, agent));
    let managers = shop.managers().iter().map(|manager| manager_line(shop, manager));
    std::iter::once(head.to_owned()).chain(agents).chain(managers).collect()
}

fn agent_line(shop: &Shop, agent: &Agent) -> String {
    let Agent { id, name, mail, account, dingtalk, wecom, hired, .. } = agent;
    let team = &shop.teams()[agent.team as usize - 1];
    let left = agent.left.map(|day| day.to_string()).unwrap_or_default();
    format!("{id},{name},{},{},客服,{mail},{account},{dingtalk},{wecom},{hired},{left}\n", team.id(), team.name)
}

fn manager_line(shop: &Shop, manager: &Manager) -> String {
    let Manager { id, name, mail, hired, .. } = manager;
    let team = &shop.teams()[manager.team as usize - 1];
    format!("{id},{name},{},{},主管,{mail},,,,{hired},\n", team.id(), team.name)
}

fn targets(shop: &Shop, first: NaiveDate) -> String {
    let month = first.format("%Y-%m");
    let lines = shop.agents().iter().filter_map(|agent| {
        let target = yuan(shop.target(agent, first)?);
        Some(format!("{},{month},{target}\n", agent.id))
    });
    std::iter::once("工号,月份,成交额目标\n".to_owned()).chain(lines).collect()
}
