//! Why the gateway refuses a call, with TOP's codes.

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Too many calls; wait and try again.
    CallLimited,
    /// The platform lost the call; try again.
    RemoteTimeout,
    /// `method` is missing.
    MissingMethod,
    /// There is no such method.
    InvalidMethod,
    /// `format` is not `json`, the only one that the shop speaks; the platform's default is XML.
    InvalidFormat,
    /// `sign` is missing.
    MissingSignature,
    /// `sign` or `sign_method` is wrong.
    InvalidSignature,
    /// `session` is missing.
    MissingSession,
    /// `session` is wrong.
    InvalidSession,
    /// `app_key` is missing.
    MissingAppKey,
    /// `app_key` is wrong.
    InvalidAppKey,
    /// `timestamp` is missing.
    MissingTimestamp,
    /// `timestamp` is malformed or more than ten minutes off, in GMT+8.
    InvalidTimestamp,
    /// `v` is missing.
    MissingVersion,
    /// `v` is not `2.0`.
    InvalidVersion,
    /// A parameter of the method is missing.
    Missing(&'static str),
    /// A parameter of the method cannot be read.
    Malformed(&'static str),
    /// A parameter of the method breaks a limit, which the second text names.
    OverLimit(&'static str, &'static str),
}

impl Refusal {
    /// TOP's `code`.
    pub fn code(&self) -> u32 {
        match self {
            Self::CallLimited => 7,
            Self::RemoteTimeout | Self::OverLimit(..) => 15,
            Self::MissingMethod => 21,
            Self::InvalidMethod => 22,
            Self::InvalidFormat => 23,
            Self::MissingSignature => 24,
            Self::InvalidSignature => 25,
            Self::MissingSession => 26,
            Self::InvalidSession => 27,
            Self::MissingAppKey => 28,
            Self::InvalidAppKey => 29,
            Self::MissingTimestamp => 30,
            Self::InvalidTimestamp => 31,
            Self::MissingVersion => 32,
            Self::InvalidVersion => 33,
            Self::Missing(_) => 40,
            Self::Malformed(_) => 41,
        }
    }

    /// TOP's `msg`.
    pub fn message(&self) -> String {
        match self {
            Self::CallLimited => "App Call Limited".to_owned(),
            Self::RemoteTimeout | Self::OverLimit(..) => "Remote service error".to_owned(),
            Self::MissingMethod => "Missing Method".to_owned(),
            Self::InvalidMethod => "Invalid Method".to_owned(),
            Self::InvalidFormat => "Invalid Format".to_owned(),
            Self::MissingSignature => "Missing Signature".to_owned(),
            Self::InvalidSignature => "Invalid Signature".to_owned(),
            Self::MissingSession => "Missing Session".to_owned(),
            Self::InvalidSession => "Invalid Session".to_owned(),
            Self::MissingAppKey => "Missing App Key".to_owned(),
            Self::InvalidAppKey => "Invalid App Key".to_owned(),
            Self::MissingTimestamp => "Missing Timestamp".to_owned(),
            Self::InvalidTimestamp => "Invalid Timestamp".to_owned(),
            Self::MissingVersion => "Missing Version".to_owned(),
            Self::InvalidVersion => "Invalid Version".to_owned(),
            Self::Missing(name) => format!("Missing Required Arguments:{name}"),
            Self::Malformed(name) => format!("Invalid Arguments:{name}"),
        }
    }

    /// TOP's `sub_code` and `sub_msg`, when there is more to say; `isp.` is the platform's fault, `isv.` the caller's.
    pub fn detail(&self) -> Option<(String, String)> {
        match self {
            Self::CallLimited => Some((
                "accesscontrol.limited-by-api-access-count".to_owned(),
                "This ban will last for 1 more seconds".to_owned(),
            )),
            Self::RemoteTimeout => Some(("isp.top-remote-connection-timeout".to_owned(), "服务连接超时".to_owned())),
            Self::Missing(name) => Some((format!("isv.missing-parameter:{name}"), format!("缺少参数 {name}"))),
            Self::Malformed(name) => Some((format!("isv.invalid-parameter:{name}"), format!("参数 {name} 格式错误"))),
            Self::OverLimit(name, why) => Some((format!("isv.invalid-parameter:{name}"), (*why).to_owned())),
            _ => None,
        }
    }
}
