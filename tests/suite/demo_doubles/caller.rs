//! A caller of the doubles that signs by its own code, so that both sides cannot be wrong together.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use md5::{Digest, Md5};
use reqwest::header::HeaderMap;
use scorepost::clock::Clock;
use scorepost::demo::{Served, Shop, ShopPlan, start};
use serde_json::{Value, json};

/// All trade types; who leaves `type` out gets less.
pub const ALL_TYPES: &str = "guarantee_trade,auto_delivery,ec,cod,step,fixed";

/// A day of 2026.
pub fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

/// 2026-11-09 12:00 in Beijing.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 9, 4, 0, 0).single().expect("an instant")
}

/// The shop of these tests: months up to October 2026.
pub fn plan(agents: u32) -> ShopPlan {
    ShopPlan { seed: 2026, agents, months: 3, last_month: day(10, 1) }
}

/// A served shop and somebody who calls it.
pub struct Caller {
    pub shop: Arc<Shop>,
    pub served: Served,
    http: reqwest::Client,
    /// What is sent as `timestamp`.
    pub stamp: String,
}

impl Caller {
    /// A shop with this many agents at noon of 2026-11-09.
    pub fn of(agents: u32) -> Self {
        let shop = Arc::new(Shop::generate(plan(agents)));
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let served = start(shop.clone(), Clock::fixed(noon()), anywhere).expect("a free port");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { shop, served, http, stamp: "2026-11-09 12:00:00".to_owned() }
    }

    /// The parameters of a right call.
    pub fn params(&self, method: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let common = [
            ("method", method),
            ("app_key", "shop"),
            ("session", "sandbox"),
            ("timestamp", &self.stamp),
            ("format", "json"),
            ("v", "2.0"),
            ("sign_method", "md5"),
        ];
        common.iter().chain(more).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    /// Posts parameters as they are and gives the body.
    pub async fn post(&self, params: &BTreeMap<String, String>) -> String {
        let answer = self.http.post(format!("{}/router/rest", self.served.base)).form(params).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "the gateway always says 200");
        answer.text().await.expect("a body")
    }

    /// Signs and posts, once.
    pub async fn once(&self, mut params: BTreeMap<String, String>) -> Value {
        params.insert("sign".to_owned(), sign(&params));
        serde_json::from_str(&self.post(&params).await).expect("JSON")
    }

    /// Signs and posts until the platform's own trouble is over; gives what is under the root key or under `error_response`.
    pub async fn patient(&self, method: &str, more: &[(&str, &str)]) -> Value {
        loop {
            let answer = self.once(self.params(method, more)).await;
            let inside = answer.as_object().and_then(|whole| whole.values().next()).expect("a root key").clone();
            let sub = inside["sub_code"].as_str().unwrap_or("");
            if inside["code"] != 7 && !sub.starts_with("isp.") {
                return inside;
            }
        }
    }

    /// All pages of a list, each row once, with `use_has_next`.
    pub async fn all(&self, method: &str, list: [&str; 2], more: &[(&str, &str)]) -> Vec<Value> {
        let mut rows = Vec::new();
        for page in 1.. {
            let page = page.to_string();
            let paging = [("page_no", page.as_str()), ("page_size", "100"), ("use_has_next", "true")];
            let answer = self.patient(method, &[more, &paging].concat()).await;
            match &answer[list[0]][list[1]] {
                Value::Array(some) => rows.extend(some.clone()),
                Value::Null => (),
                one => rows.push(one.clone()),
            }
            match answer["has_next"].as_bool() {
                Some(true) => (),
                Some(false) => break,
                None => panic!("neither a page nor its end: {answer}"),
            }
        }
        rows
    }

    /// Gets a path; status and body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.served.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    /// Posts JSON to a path, with a bearer token if one is given; status and body.
    pub async fn post_json(&self, path: &str, bearer: Option<&str>, body: &Value) -> (u16, String) {
        let request = self.http.post(format!("{}{path}", self.served.base)).json(body);
        let request = bearer.into_iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    /// Gets a path with one header; status, headers and body.
    pub async fn ask(&self, path: &str, header: (&str, &str)) -> (u16, HeaderMap, String) {
        let request = self.http.get(format!("{}{path}", self.served.base)).header(header.0, header.1);
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.expect("a body"))
    }

    /// Calls JD's gateway, once, with parameters that a test may spoil before they are signed.
    pub async fn jd_once(
        &self,
        method: &str,
        business: &Value,
        spoil: impl Fn(&mut BTreeMap<String, String>),
    ) -> Value {
        let mut params = BTreeMap::from([
            ("method".to_owned(), method.to_owned()),
            ("app_key".to_owned(), "shop".to_owned()),
            ("access_token".to_owned(), "sandbox".to_owned()),
            ("timestamp".to_owned(), self.stamp.clone()),
            ("v".to_owned(), "2.0".to_owned()),
            ("360buy_param_json".to_owned(), business.to_string()),
        ]);
        spoil(&mut params);
        params.insert("sign".to_owned(), sign(&params));
        let answer = self.http.post(format!("{}/routerjson", self.served.base)).form(&params).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "the gateway always says 200");
        answer.json().await.expect("JSON")
    }

    /// Calls JD's gateway until it is not too slow; gives what is under the root key.
    pub async fn jd(&self, method: &str, business: &Value) -> Value {
        loop {
            let answer = self.jd_once(method, business, |_| {}).await;
            match &answer["error_response"]["code"] {
                Value::Null => return answer[format!("{}_responce", method.replace('.', "_"))].clone(),
                code => assert_eq!(code, "65", "{answer}"),
            }
        }
    }

    /// A good token.
    pub async fn token(&self) -> String {
        let (_, body) = self.get("/gettoken?appkey=shop&appsecret=sandbox").await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        body["access_token"].as_str().expect("a token").to_owned()
    }

    /// One page of check results with a given token, once.
    pub async fn punches(&self, token: &str, body: &Value) -> Value {
        let url = format!("{}/attendance/list?access_token={token}", self.served.base);
        let answer = self.http.post(url).json(body).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "the attendance API always says 200");
        answer.json().await.expect("JSON")
    }

    /// All check results of a window, through bans, limits and the death of tokens.
    pub async fn all_punches(&self, users: &[&str], from: NaiveDate, to: NaiveDate) -> Vec<Value> {
        let (mut rows, mut token) = (Vec::new(), self.token().await);
        loop {
            let body = window(users, from, to, rows.len());
            let answer = self.punches(&token, &body).await;
            match answer["errcode"].as_i64() {
                Some(0) => rows.extend(answer["recordresult"].as_array().expect("rows").clone()),
                Some(42001) => token = self.token().await,
                Some(90018) | None => (),
                Some(_) => panic!("{answer}"),
            }
            if answer["hasMore"] == false {
                return rows;
            }
        }
    }
}

/// The body of a call for check results.
pub fn window(users: &[&str], from: NaiveDate, to: NaiveDate, offset: usize) -> Value {
    json!({
        "workDateFrom": format!("{from} 00:00:00"), "workDateTo": format!("{to} 00:00:00"),
        "userIdList": users, "offset": offset, "limit": 50, "isI18n": false,
    })
}

fn sign(params: &BTreeMap<String, String>) -> String {
    let mut text = "sandbox".to_owned();
    for (key, value) in params.iter().filter(|(key, value)| *key != "sign" && !value.is_empty()) {
        text.push_str(key);
        text.push_str(value);
    }
    text.push_str("sandbox");
    hex::encode_upper(Md5::digest(text))
}
