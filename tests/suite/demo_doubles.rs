//! The embedded shop's doubles are as strict, and as restless, as the platforms that they stand for.

mod attendance;
mod caller;
mod chatwoot;
mod dingtalk;
mod feishu;
mod files;
mod gateway;
mod generator;
mod increment;
mod jd;
mod service;
mod truth;
mod wangwang;
mod wecom;
mod zendesk;
