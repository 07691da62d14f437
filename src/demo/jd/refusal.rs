//! Why JD refuses a call, with its codes, which are texts.

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The platform was too slow; try again.
    TimedOut,
    MissingMethod,
    InvalidMethod,
    MissingVersion,
    InvalidVersion,
    MissingAppKey,
    InvalidAppKey,
    MissingTimestamp,
    /// Malformed, or more than six minutes off, in GMT+8.
    InvalidTimestamp,
    MissingSignature,
    InvalidSignature,
    MissingToken,
    InvalidToken,
    /// The business parameters are no JSON object.
    InvalidJson,
    /// A business parameter is missing, malformed or over its limit, which the second text names.
    Parameter(&'static str, &'static str),
}

impl Refusal {
    /// The code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TimedOut => "65",
            Self::MissingMethod => "14",
            Self::InvalidMethod => "15",
            Self::MissingVersion => "4",
            Self::InvalidVersion => "5",
            Self::MissingAppKey => "20",
            Self::InvalidAppKey => "21",
            Self::MissingTimestamp => "7",
            Self::InvalidTimestamp => "8",
            Self::MissingSignature => "11",
            Self::InvalidSignature => "12",
            Self::MissingToken => "18",
            Self::InvalidToken => "19",
            Self::InvalidJson => "71",
            Self::Parameter(..) => "67",
        }
    }

    /// What it says in Chinese.
    pub fn chinese(&self) -> String {
        let text = match self {
            Self::TimedOut => "系统处理超时",
            Self::MissingMethod => "缺少方法名参数",
            Self::InvalidMethod => "不存在的方法名",
            Self::MissingVersion => "缺少版本参数",
            Self::InvalidVersion => "不支持的版本号",
            Self::MissingAppKey => "缺少应用键参数",
            Self::InvalidAppKey => "无效应用键",
            Self::MissingTimestamp => "缺少时间戳参数",
            Self::InvalidTimestamp => "非法的时间戳参数",
            Self::MissingSignature => "缺少签名参数",
            Self::InvalidSignature => "无效签名",
            Self::MissingToken => "缺少令牌参数",
            Self::InvalidToken => "无效令牌",
            Self::InvalidJson => "业务参数不是合法的 JSON",
            Self::Parameter(name, why) => return format!("参数 {name} 错误：{why}"),
        };
        text.to_owned()
    }

    /// What it says in English.
    pub fn english(&self) -> &'static str {
        match self {
            Self::TimedOut => "Service processing timeout",
            Self::MissingMethod => "Missing Method",
            Self::InvalidMethod => "Invalid Method",
            Self::MissingVersion => "Missing Version",
            Self::InvalidVersion => "Unsupported Version",
            Self::MissingAppKey => "Missing App Key",
            Self::InvalidAppKey => "Invalid App Key",
            Self::MissingTimestamp => "Missing Timestamp",
            Self::InvalidTimestamp => "Invalid Timestamp",
            Self::MissingSignature => "Missing Signature",
            Self::InvalidSignature => "Invalid Signature",
            Self::MissingToken => "Missing Access Token",
            Self::InvalidToken => "Invalid Access Token",
            Self::InvalidJson => "Invalid JSON",
            Self::Parameter(..) => "Invalid Arguments",
        }
    }
}
