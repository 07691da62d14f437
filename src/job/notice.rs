//! `[[notice]]`: a robot that tells managers in their chat that there is something to look at.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned};

/// A robot in a chat, and whom it tells of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name in the ledger, of its own in the job.
    pub channel: String,
    /// Whose robot it is.
    pub robot: Robot,
    /// The variable that holds its address, which is as good as a password.
    pub url: String,
    /// The variable that holds the key of its signature, where it wants one.
    pub secret: Option<String>,
    /// The only team that it tells of; all of them where none is named.
    pub team: Option<String>,
}

/// Whose robot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Robot {
    /// DingTalk (钉钉).
    Dingtalk,
    /// WeCom (企业微信).
    Wecom,
    /// Feishu (飞书).
    Feishu,
    /// A program of one's own: signed JSON.
    Webhook,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NoticeTable {
    /// The robot's name in the ledger.
    channel: Spanned<String>,
    /// Whose robot it is.
    robot: Robot,
    /// The name of the environment variable or secret that holds its address.
    url: Spanned<String>,
    /// The name of the one that holds the key of its signature; WeCom has none.
    secret: Option<Spanned<String>>,
    /// The only team that it tells of.
    team: Option<String>,
}

/// Checks all of a job.
pub(super) fn check(written: Vec<NoticeTable>, file: &AuthoredFile, found: &mut Diagnostics) -> Vec<Notice> {
    let mut notices: Vec<Notice> = Vec::new();
    for one in written {
        let wrong = |span: std::ops::Range<usize>, message: String, hint: &str| {
            Diagnostic::error(message).at(file.place(span)).hint(hint)
        };
        let channel: &String = one.channel.as_ref();
        if notices.iter().any(|notice| notice.channel == *channel) || channel.is_empty() {
            let message = format!("the channel `{channel}` is not a name of its own");
            found.push(wrong(one.channel.span(), message, "give each `[[notice]]` another `channel`"));
        }
        for name in
            [Some(&one.url), one.secret.as_ref()].into_iter().flatten().filter(|name| !is_variable(name.as_ref()))
        {
            let hint = "the address and the key of a robot are secrets: write the name of a variable, such as `TEAM_ROBOT_URL`";
            found.push(wrong(name.span(), "this is not the name of a variable".to_owned(), hint));
        }
        if let (Robot::Wecom, Some(secret)) = (one.robot, &one.secret) {
            let message = "a robot of WeCom signs nothing".to_owned();
            found.push(wrong(secret.span(), message, "remove `secret`; its address alone lets one in"));
        }
        notices.push(Notice {
            channel: one.channel.into_inner(),
            robot: one.robot,
            url: one.url.into_inner(),
            secret: one.secret.map(Spanned::into_inner),
            team: one.team,
        });
    }
    notices
}

fn is_variable(text: &str) -> bool {
    let plain = |one: char| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_';
    !text.is_empty() && text.chars().all(plain) && !text.starts_with(|one: char| one.is_ascii_digit())
}
