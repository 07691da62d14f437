//! A small shop in memory: generated months behind HTTP doubles of the real platforms.
//!
//! [`Shop::generate`] makes the rows, purely and from a seed; [`start`] serves them on an address.
//! The doubles are strict where the platforms are strict, and fail where the platforms fail, so that whoever can pull
//! from the shop can pull from them.
//!
//! | endpoint | behaves as | credentials |
//! |---|---|---|
//! | `POST` or `GET /router/rest`, `method=taobao.trades.sold.get` | the order list of TOP (淘宝开放平台) | `app_key` `shop`, secret `sandbox`, `session` `sandbox`, signed |
//! | the same, `method=taobao.refunds.receive.get` | the refund list of TOP | the same |
//! | the same, `method=taobao.trades.sold.increment.get` | TOP's orders by their last change; a list moves while it is read | the same |
//! | the same, `method=taobao.traderates.get` | TOP's reviews, 1500 a window | the same |
//! | the same, `method=taobao.airisland.kefueval.get` | TOP's ratings of chats, upside down | the same |
//! | the same, `method=taobao.qianniu.cloudkefu.onlinestatuslog.get` | TOP's events of presence, for thirty days | the same |
//! | the same, `method=taobao.sellercenter.subusers.page`, `taobao.subuser.fullinfo.get` | TOP's sub-accounts and their 工号 | the same |
//! | the same, `method=taobao.wangwang.eservice.*.get`: `receivenum`, `noreplynum`, `avgwaittime`, `onlinetime`, `evaluation` | TOP's retired statistics by account and day | the same |
//! | the same, `method=shop.chats.get` | the shop's own: TOP publishes no method that lists inquiries per chat | the same |
//! | `POST /routerjson`, `method=jingdong.im.pop.*.get`: `groupinfo`, `sessionlist`, `chatlog`, `replystat`, `unreplystat`, `waiter.onlinetime.stat`, `evaluationstat`, `evaluationlist` | the customer service of JD (京东宙斯) | `app_key` `shop`, secret `sandbox`, `access_token` `sandbox`, signed |
//! | `GET /api/v1/accounts/1/agents`, `/conversations`, `/csat_survey_responses`, `/csat_survey_responses/metrics` | Chatwoot | header `api_access_token` `sandbox` |
//! | `GET /api/v2/accounts/1/summary_reports/agent` | Chatwoot's report by agent | the same; the bot's `sandbox-bot` is refused |
//! | `GET /api/v2/incremental/tickets/cursor.json`, `/api/v2/users.json`, `/api/v2/satisfaction_ratings.json` | Zendesk | Basic: `sandbox@example.test/token`, `sandbox` |
//! | `GET /gettoken` | the token of DingTalk (钉钉) | `appkey` `shop`, `appsecret` `sandbox` |
//! | `POST /attendance/list` | the check results of DingTalk | `access_token` |
//! | `POST /v1.0/oauth2/accessToken` | the same token, the newer way | `appKey` `shop`, `appSecret` `sandbox` |
//! | `POST /attendance/listRecord` | every punch, also those that do not count | `access_token` |
//! | `POST /topapi/attendance/getattcolumns`, `getcolumnval`, `getleavestatus` | the smart report and the leave of DingTalk | `access_token` |
//! | `POST /topapi/v2/department/listsubid`, `/topapi/v2/user/list` | the directory of DingTalk | `access_token` |
//! | `POST /open-apis/auth/v3/tenant_access_token/internal` | the token of Feishu (飞书) | `app_id` `shop`, `app_secret` `sandbox` |
//! | `POST /open-apis/attendance/v1/user_tasks/query`, `user_stats_datas/query`, `user_approvals/query` | days, statistics and leave of Feishu | bearer token |
//! | `GET /cgi-bin/gettoken` | the token of WeCom (企业微信) | `corpid` `shop`, `corpsecret` `sandbox` |
//! | `POST /cgi-bin/checkin/getcheckindata`, `getcheckin_daydata`, `getcheckin_monthdata` | punches, days and months of WeCom | `access_token` |
//! | `POST /cgi-bin/hardware/get_hardware_checkin_data`, `/cgi-bin/user/list_id` | the clock at the door, the directory of WeCom | `access_token` |
//! | `POST /cgi-bin/kf/get_servicer_statistic` | a servicer's days in WeCom's customer service, `open_kfid` `kf-shop` | `access_token` |
//! | `GET /files/roster.csv` | a file that a person keeps: who works here | none |
//! | `GET /files/targets-2026-10.csv` | a file that a person keeps: the sales targets of a month | none |
//! | `GET /healthz` | – | none |
//!
//! All times are on the clocks of Beijing. Days after the [`Clock`](crate::clock::Clock) are hidden. Besides the months of
//! the plan the shop has the month after the last full one, so that a job of this week finds something as well.
//!
//! The sandbox of the gateway answers only signed requests stamped within ten minutes of the clock; it limits the 5th call and
//! every 400th after it (code 7), and loses one call in 300 (`isp.top-remote-connection-timeout`). The attendance double
//! bans the 9th call for a second without an `errcode` and the 77th by a web page, slows every 50th (90018), and lets its
//! first token die after 15 calls (42001). Feishu slows the 2nd call (99991400), fails the 5th and every 60th after it with
//! status 500, and cuts statistics at 1,000 rows; WeCom slows the 2nd and every 40th after it (45009). The first token of
//! both dies after three calls.
//! JD takes too long at its 6th call and every 50th (65). Chatwoot's proxy fails at the 5th call with a page of HTML (502) and
//! asks the 12th and every 200th after it to wait (429); Zendesk does so at its 2nd call and every 10th after it.

mod attended;
mod beijing;
mod cases;
mod chance;
mod chatwoot;
mod clockings;
mod desk;
mod dingtalk;
mod door;
mod feishu;
mod files;
mod gateway;
mod jd;
mod names;
mod people;
mod presence;
mod quiet;
mod reviews;
mod rota;
mod rows;
mod server;
mod service;
mod shop;
mod skill;
mod talk;
mod targets;
mod truth;
mod wecom;
mod workday;
mod zendesk;

pub use attended::AttendedRow;
pub use people::{Agent, Manager, Story, Team};
pub use server::{Served, serve, start};
pub use service::{ServiceRow, SoldRow};
pub use shop::{Shop, ShopPlan};
pub use truth::TruthRow;
