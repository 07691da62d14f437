//! The shop platforms and help desks that ship, against their doubles: a month's rows and sums are those that truly were.

mod chatwoot;
mod jd;
mod rest_example;
mod taobao_increment;
mod taobao_service;
mod taobao_wangwang;
mod zendesk;
