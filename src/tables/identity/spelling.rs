//! How platforms spell accounts: the one place where two spellings become one account.

/// How a platform spells its accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Manner {
    /// What its interfaces put before an account.
    prefixes: &'static [&'static str],
    /// Whether an account may be written with its shop before a colon, or without it.
    shop: Shop,
    /// Whether upper and lower case are the same.
    case: Case,
}

/// Whether accounts belong to a shop that may be named before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shop {
    /// `店铺:昵称` and `昵称` may be the same account.
    Named,
    /// A colon is a sign like any other.
    Unnamed,
}

/// Whether upper and lower case are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// They are: the platform keeps no two accounts that differ in nothing else.
    Same,
    /// They are not.
    Apart,
}

/// What is not known of a platform is taken as it is written.
const AS_WRITTEN: Manner = Manner { prefixes: &[], shop: Shop::Unnamed, case: Case::Apart };

/// Accounts of Taobao are nicks of a shop; its interfaces put the domain of the chat network before them.
const TAOBAO: Manner = Manner { prefixes: &["cntaobao", "cnalichn"], shop: Shop::Named, case: Case::Apart };

/// Exports of these shops name the agent with or without the shop.
const SHOP_EXPORT: Manner = Manner { prefixes: &[], shop: Shop::Named, case: Case::Apart };

/// Ids of WeCom differ never in case alone, and those of help desks are mail addresses.
const WITHOUT_CASE: Manner = Manner { prefixes: &[], shop: Shop::Unnamed, case: Case::Same };

fn manner(platform: &str) -> Manner {
    match platform {
        "taobao" | "tmall" | "qianniu" | "chitu" => TAOBAO,
        "pdd" | "douyin" | "feige" => SHOP_EXPORT,
        "wecom" | "wecom-kf" | "zendesk" | "chatwoot" => WITHOUT_CASE,
        _ => AS_WRITTEN,
    }
}

/// An account in one spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spelt {
    /// The shop before the colon, where it is written.
    pub shop: Option<String>,
    /// The rest.
    pub nick: String,
}

/// The one spelling of an account of a platform.
pub fn spell(platform: &str, account: &str) -> Spelt {
    let manner = manner(platform);
    let text = manner.prefixes.iter().find_map(|prefix| account.strip_prefix(prefix)).unwrap_or(account);
    let text = match manner.case {
        Case::Same => text.to_lowercase(),
        Case::Apart => text.to_owned(),
    };
    match (manner.shop, text.split_once([':', '：'])) {
        (Shop::Named, Some((shop, nick))) if !shop.is_empty() && !nick.is_empty() => {
            Spelt { shop: Some(shop.trim().to_owned()), nick: nick.trim().to_owned() }
        }
        _ => Spelt { shop: None, nick: text },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(platform: &str, account: &str) -> String {
        let Spelt { shop, nick } = spell(platform, account);
        format!("{}|{nick}", shop.as_deref().unwrap_or("-"))
    }

    #[test]
    fn one_account_has_one_spelling() {
        assert_eq!(spelt("taobao", "cntaobao示例店:小满"), "示例店|小满");
        assert_eq!(spelt("taobao", "示例店：小满"), "示例店|小满");
        assert_eq!(spelt("taobao", "小满"), "-|小满");
        assert_eq!(spelt("wecom", "LiLei"), spelt("wecom", "lilei"));
    }

    #[test]
    fn what_a_platform_keeps_apart_stays_apart() {
        assert_ne!(spelt("dingtalk", "d001"), spelt("dingtalk", "D001"));
        assert_ne!(spelt("taobao", "Amy"), spelt("taobao", "amy"));
        assert_eq!(spelt("jd", "a:b"), "-|a:b");
        assert_eq!(spelt("taobao", "cntaobao:小满"), "-|:小满", "no shop is no shop");
    }
}
