//! One line a route: who is answered, whose run or card it is about, and what the form says.

use scorepost::console::Method::{self, Get, Post};

use super::bench::PASSWORD;

use At::{Busy, Partly, Questioned, Ready, Sent, Waiting};
use Rule::{
    Commands, Decides, Everybody, Looks, Operators, OperatorsOf, Overseers, OverseersOf, Public, Runners, Speaks,
    Supervises,
};

/// Who is answered; everybody else gets a 404, and strangers are led to the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody, signed in or not.
    Public,
    /// Everybody who signed in.
    Everybody,
    /// Operators, HR and managers.
    Runners,
    /// Operators and HR.
    Overseers,
    /// Operators and HR, for a thing that is there.
    OverseersOf,
    /// Operators.
    Operators,
    /// Operators, for a thing that is there.
    OperatorsOf,
    /// Operators and HR; managers who lead or led the team; the agent whose it is.
    Looks,
    /// Operators and HR; managers who lead or led the team.
    Supervises,
    /// Operators and HR; the manager who acts for the team, also within a run of the whole shop.
    Decides,
    /// Operators and HR; the manager who acts for the team, for runs of that team alone.
    Commands,
    /// The agent whose card it is, and nobody in their place.
    Speaks,
}

/// How far the run behind the thing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Sent,
    Ready,
    Busy,
    Partly,
    /// Its cards can be questioned.
    Questioned,
    /// Ready, with letters that wait.
    Waiting,
}

/// What is expected of one route. `{run}`, `{card}`, `{team}` and the like are filled in for each kind of thing.
pub struct Row {
    pub method: Method,
    pub path: &'static str,
    pub rule: Rule,
    pub at: At,
    pub form: &'static [(&'static str, &'static str)],
}

const fn row(
    method: Method,
    path: &'static str,
    rule: Rule,
    at: At,
    form: &'static [(&'static str, &'static str)],
) -> Row {
    Row { method, path, rule, at, form }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row(Get, "/healthz", Public, Sent, &[]),
    row(Get, "/cards/{card}/appeals", Speaks, Questioned, &[]),
    row(Post, "/cards/{card}/question", Speaks, Questioned, &[("line", "reply"), ("reason", "10月5日请假")]),
    row(Post, "/cards/{card}/withdraw", Speaks, Questioned, &[("appeal", "{second}")]),
    row(Post, "/cards/{card}/acknowledge", Speaks, Questioned, &[]),
    row(Get, "/runs/{run}/desk", Supervises, Sent, &[]),
    row(Post, "/runs/{run}/hold", Commands, Waiting, &[("card", "{card}"), ("reason", "looks wrong")]),
    row(Get, "/runs/{run}/letters", Supervises, Sent, &[]),
    row(Post, "/runs/{run}/letters/send", Commands, Waiting, &[("which", "all"), ("key", "k")]),
    row(Get, "/runs/{run}/letters/{delivery}", Supervises, Partly, &[]),
    row(Get, "/runs/{run}/letters/{delivery}/html", Supervises, Partly, &[]),
    row(Get, "/policy", Overseers, Sent, &[]),
    row(Get, "/policy/schemes/{scheme}", OverseersOf, Sent, &[]),
    row(Post, "/policy/schemes/{scheme}/values", OverseersOf, Sent, &[("version", "2"), ("name", "threshold"), ("value", "12"), ("reason", "agreed")]),
    row(Get, "/policy/compare", Overseers, Sent, &[]),
    row(Get, "/policy/simulate", Overseers, Sent, &[]),
    row(Post, "/policy/simulate/ask", OverseersOf, Sent, &[("job", "monthly"), ("draft", "{draft}"), ("key", "k")]),
    row(Get, "/policy/simulations/{simulation}", OverseersOf, Sent, &[]),
    row(Get, "/policy/simulations/{simulation}/csv", OverseersOf, Sent, &[]),
    row(Get, "/policy/calendar", Overseers, Sent, &[]),
    row(Get, "/insight", Runners, Sent, &[]),
    row(Get, "/insight/heat", Runners, Sent, &[]),
    row(Get, "/insight/correlation", Runners, Sent, &[]),
    row(Get, "/operator", Operators, Sent, &[]),
    row(Post, "/operator/jobs/{job}/pause", OperatorsOf, Sent, &[("reason", "stocktaking")]),
    row(Post, "/operator/jobs/{job}/resume", OperatorsOf, Sent, &[]),
    row(Get, "/operator/runs", Operators, Sent, &[]),
    row(Get, "/operator/runs/{run}/log", OperatorsOf, Sent, &[]),
    row(Get, "/operator/holds", Operators, Sent, &[]),
    row(Get, "/operator/sources", Operators, Sent, &[]),
    row(Get, "/operator/settings", Operators, Sent, &[]),
    row(Post, "/operator/settings/check", Operators, Sent, &[]),
    row(Get, "/forms", Everybody, Sent, &[]),
    row(Get, "/forms/{job}/{period}/{form}", Decides, Sent, &[]),
    row(Get, "/forms/{job}/{period}/{form}/items/{item}", Decides, Sent, &[]),
    row(Post, "/forms/{job}/{period}/{form}/items/{item}/save", Decides, Sent, &[("g1", "9")]),
    row(Post, "/forms/{job}/{period}/{form}/hand-in", Decides, Sent, &[]),
    row(Get, "/forms/{job}/{period}/{form}/workbook", Decides, Sent, &[]),
    row(Post, "/forms/{job}/{period}/{form}/upload", Decides, Sent, &[]),
    row(Get, "/forms/{job}/{period}/{form}/preview", Decides, Sent, &[]),
    row(Post, "/forms/{job}/{period}/{form}/take", Decides, Sent, &[]),
    row(Get, "/appeals", Runners, Sent, &[]),
    row(Get, "/appeals/rates", Overseers, Sent, &[]),
    row(Get, "/appeals/{appeal}", Decides, Sent, &[]),
    row(Post, "/appeals/{appeal}/answer", Decides, Sent, &[("ruling", "refuse"), ("reason", "已核对")]),
    row(Get, "/my/{link}", Public, Sent, &[]),
    row(Post, "/my/{link}/question", Public, Sent, &[]),
    row(Post, "/my/{link}/withdraw", Public, Sent, &[]),
    row(Post, "/my/{link}/acknowledge", Public, Sent, &[]),
    row(Get, "/api/v1/openapi.json", Public, Sent, &[]),
    row(Get, "/readyz", Public, Sent, &[]),
    row(Get, "/metrics", Public, Sent, &[]),
    row(Get, "/assets/{file}", Public, Sent, &[]),
    row(Get, "/setup", Public, Sent, &[]),
    row(Post, "/setup", Public, Sent, &[]),
    row(Get, "/sign-in", Public, Sent, &[]),
    row(Post, "/sign-in", Public, Sent, &[]),
    row(Post, "/sign-in/link", Public, Sent, &[("name", "nobody")]),
    row(Get, "/sign-in/link", Public, Sent, &[]),
    row(Post, "/sign-in/link/open", Public, Sent, &[]),
    row(Get, "/sign-in/identity", Public, Sent, &[]),
    row(Get, "/sign-in/identity/back", Public, Sent, &[]),
    row(Post, "/sign-out", Everybody, Sent, &[]),
    row(Get, "/me", Everybody, Sent, &[]),
    row(Post, "/me/password", Everybody, Sent, &[("present", PASSWORD), ("password", PASSWORD), ("again", PASSWORD)]),
    row(Post, "/me/sessions/end", Everybody, Sent, &[]),
    row(Get, "/people", Overseers, Sent, &[]),
    row(Post, "/people/add", Overseers, Sent, &[("name", "new"), ("role", "agent")]),
    row(Get, "/people/{person}", OverseersOf, Sent, &[]),
    row(Post, "/people/{person}/change", OverseersOf, Sent, &[("role", "manager")]),
    row(Post, "/people/{person}/disable", OverseersOf, Sent, &[]),
    row(Post, "/people/{person}/enable", OverseersOf, Sent, &[]),
    row(Post, "/people/{person}/sessions/end", OverseersOf, Sent, &[]),
    row(Post, "/people/{person}/grant", OverseersOf, Sent, &[("team", "T1")]),
    row(Post, "/people/{person}/revoke", OverseersOf, Sent, &[("team", "T1")]),
    row(Get, "/audit", Overseers, Sent, &[]),
    row(Get, "/", Everybody, Sent, &[]),
    row(Get, "/runs/{run}", Looks, Sent, &[]),
    row(Get, "/runs/{run}/events", Looks, Sent, &[]),
    row(Get, "/runs/{run}/documents/{document}/pdf", Looks, Sent, &[]),
    row(Post, "/runs/{run}/release", Commands, Ready, &[]),
    row(Post, "/runs/{run}/cancel", Commands, Busy, &[]),
    row(Post, "/runs/{run}/resend", Commands, Partly, &[]),
    row(Post, "/runs/{run}/deliveries/{delivery}/resolve", Decides, Partly, &[("verdict", "arrived"), ("reason", "asked by phone")]),
    row(Get, "/cards", Everybody, Sent, &[]),
    row(Get, "/cards/{card}", Looks, Sent, &[]),
    row(Get, "/cards/{card}/pdf", Looks, Sent, &[]),
    row(Get, "/cards/{card}/editions", Looks, Sent, &[]),
    row(Get, "/cards/{card}/explanation", Decides, Sent, &[]),
    row(Post, "/cards/{card}/resend", Decides, Partly, &[]),
    row(Get, "/recorded", Runners, Sent, &[]),
    row(Get, "/recorded/{job}/{period}/{team_id}", Decides, Sent, &[]),
    row(Post, "/recorded/{job}/{period}/{team_id}/add", Decides, Sent, &[("key", "{agent}"), ("agent", "{agent}"), ("kind", "quarrel"), ("day", "2026-10-05"), ("evidence", "会话 77")]),
    row(Post, "/recorded/{job}/{period}/{team_id}/withdraw", Decides, Sent, &[("event", "{event}"), ("reason", "记错了")]),
    row(Get, "/unknowns", Runners, Sent, &[]),
    row(Get, "/proposals", Runners, Sent, &[]),
    row(Post, "/proposals/{proposal}/decide", Decides, Sent, &[("verdict", "approve"), ("reason", "seen with HR")]),
    row(Get, "/rerun", Runners, Sent, &[]),
    row(Post, "/rerun/plan", Commands, Sent, &[("job", "{job}"), ("team", "{team}"), ("period", "2026-10"), ("key", "k")]),
    row(Post, "/rerun/run", Commands, Sent, &[("plan", "{plan}")]),
    row(Get, "/preview", Overseers, Sent, &[]),
    row(Get, "/preview/file", Overseers, Sent, &[]),
    row(Get, "/requests/{request}", Commands, Sent, &[]),
];
