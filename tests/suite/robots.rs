//! Managers are told in their chats: each team once, signed, with a link and no number, and never twice in doubt.

use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use scorepost::deliver::Outcome;
use scorepost::deliver::robot::{Dialect, Message as Said, Robot};
use scorepost::ledger::DeliveryState;
use scorepost::pipeline;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::AsyncWriteExt;

use crate::bench::Bench;
use crate::peers::http::{Message, Task, listen};

const SECRET: &str = "SEC-of-a-test";

/// A chat that answers as it is told and keeps what it heard.
struct Chat {
    port: u16,
    heard: Arc<Mutex<Vec<Message>>>,
    _task: Task,
}

impl Chat {
    /// Answers everything so; an empty answer closes the connection instead.
    async fn answering(answer: Message) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keep = heard.clone();
        let (port, task) = listen(move |mut stream| {
            let (keep, answer) = (keep.clone(), answer.clone());
            async move {
                let message = Message::read(&mut stream).await?;
                keep.lock().expect("what was heard").push(message);
                if answer.first.is_empty() {
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
                stream.write_all(&answer.bytes()).await?;
                stream.shutdown().await
            }
        })
        .await;
        Self { port, heard, _task: task }
    }

    async fn saying(body: &Value) -> Self {
        Self::answering(Message::answer("200 OK", "application/json", &body.to_string())).await
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/robot?access_token=t", self.port)
    }

    fn heard(&self) -> Vec<Message> {
        self.heard.lock().expect("what was heard").clone()
    }
}

fn said() -> Said {
    Said {
        text: "月度绩效 2026-10：售前一组 的结果已发出".to_owned(),
        link: "https://console.example/runs/r-1".to_owned(),
        id: "r-1.chat.1".to_owned(),
        run: "r-1".to_owned(),
        team: "T1".to_owned(),
    }
}

async fn say(dialect: Dialect, chat: &Chat) -> Outcome {
    Robot::new(dialect, &chat.url(), Some(SECRET)).expect("a robot").say(&said(), 1_793_000_000).await
}

fn hmac(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

fn body(message: &Message) -> Value {
    serde_json::from_slice(&message.body).expect("JSON")
}

#[tokio::test]
async fn dingtalk_gets_a_signed_address_and_a_link() {
    let chat = Chat::saying(&json!({ "errcode": 0, "errmsg": "ok" })).await;
    assert_eq!(say(Dialect::Dingtalk, &chat).await, Outcome::Sent { reply: "0 ok".to_owned() });
    let heard = chat.heard().remove(0);
    let path = heard.first.split(' ').nth(1).expect("a path");
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(path.split_once('?').expect("a query").1.as_bytes()).into_owned().collect();
    let sign = hmac(SECRET, &format!("1793000000000\n{SECRET}"));
    let wanted = [("access_token", "t"), ("timestamp", "1793000000000"), ("sign", sign.as_str())];
    assert_eq!(query, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let body = body(&heard);
    assert_eq!(body["msgtype"], "markdown");
    assert_eq!(body["markdown"]["text"], format!("[{}]({})", said().text, said().link));
}

#[tokio::test]
async fn feishu_gets_the_signature_in_the_body_and_wecom_none() {
    let chat = Chat::saying(&json!({ "code": 0, "msg": "success" })).await;
    assert!(matches!(say(Dialect::Feishu, &chat).await, Outcome::Sent { .. }));
    let body_of_feishu = body(&chat.heard()[0]);
    assert_eq!(body_of_feishu["sign"], hmac(&format!("1793000000\n{SECRET}"), ""));
    assert_eq!((&body_of_feishu["timestamp"], &body_of_feishu["msg_type"]), (&json!("1793000000"), &json!("post")));
    assert_eq!(body_of_feishu["content"]["post"]["zh_cn"]["content"][0][0]["href"], said().link);
    let chat = Chat::saying(&json!({ "errcode": 0, "errmsg": "ok" })).await;
    assert!(matches!(say(Dialect::Wecom, &chat).await, Outcome::Sent { .. }));
    let heard = chat.heard().remove(0);
    assert!(heard.first.contains("/robot?access_token=t ") && body(&heard)["msgtype"] == "markdown", "{}", heard.first);
}

#[tokio::test]
async fn a_program_gets_json_that_it_can_prove() {
    let chat = Chat::answering(Message::answer("204 No Content", "text/plain", "")).await;
    assert!(matches!(say(Dialect::Webhook, &chat).await, Outcome::Sent { .. }));
    let heard = chat.heard().remove(0);
    assert_eq!(heard.header("webhook-id"), Some("r-1.chat.1"));
    assert_eq!(heard.header("webhook-timestamp"), Some("1793000000"));
    let text = String::from_utf8(heard.body.clone()).expect("text");
    let signed = format!("v1,{}", hmac(SECRET, &format!("r-1.chat.1.1793000000.{text}")));
    assert_eq!(heard.header("webhook-signature"), Some(signed.as_str()));
    let body = body(&heard);
    assert_eq!(
        (&body["type"], &body["data"]["run"], &body["data"]["team"]),
        (&json!("results.sent"), &json!("r-1"), &json!("T1"))
    );
}

#[tokio::test]
async fn every_answer_has_its_outcome() {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::TryLater { .. } | Outcome::Away { .. } => "later",
        Outcome::Refused { .. } => "refused",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Halt { .. } => "halt",
    };
    let json = |text: &str| Message::answer("200 OK", "application/json", text);
    let cases = [
        (Dialect::Dingtalk, json(r#"{"errcode":130101,"errmsg":"send too fast"}"#), "later"),
        (Dialect::Dingtalk, json(r#"{"errcode":310000,"errmsg":"sign not match"}"#), "refused"),
        (Dialect::Wecom, json(r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#), "later"),
        (Dialect::Wecom, json(r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#), "refused"),
        (Dialect::Feishu, json(r#"{"code":9499,"msg":"too many request"}"#), "later"),
        (Dialect::Feishu, json(r#"{"code":19021,"msg":"sign match fail"}"#), "refused"),
        (Dialect::Feishu, json(r#"{"ok":true}"#), "unknown"),
        (Dialect::Wecom, json("<html>"), "unknown"),
        (Dialect::Webhook, json("anything"), "sent"),
        (Dialect::Webhook, Message::answer("410 Gone", "text/plain", ""), "refused"),
        (Dialect::Webhook, Message::answer("503 Service Unavailable", "text/plain", ""), "unknown"),
        (Dialect::Wecom, Message::answer("429 Too Many Requests", "text/plain", ""), "later"),
        (Dialect::Wecom, Message::answer("404 Not Found", "text/plain", ""), "refused"),
        (Dialect::Wecom, Message::answer("502 Bad Gateway", "text/plain", ""), "unknown"),
        (Dialect::Wecom, Message::answer("302 Found", "text/plain", "").with("location", "/elsewhere"), "unknown"),
        (Dialect::Wecom, json("{}").with("content-length", "100"), "unknown"),
        (Dialect::Wecom, Message::default(), "unknown"),
    ];
    for (dialect, answer, expected) in cases {
        let told = format!("{dialect:?} {answer:?}");
        let chat = Chat::answering(answer).await;
        let outcome = say(dialect, &chat).await;
        assert_eq!((word(&outcome), chat.heard().len()), (expected, 1), "{told}: {outcome:?}");
        assert!(!format!("{outcome:?}").contains("access_token"), "the address is a secret: {outcome:?}");
    }
    let nobody = Robot::new(Dialect::Wecom, "http://127.0.0.1:1/", None).expect("a robot");
    assert_eq!(word(&nobody.say(&said(), 0).await), "later");
    assert!(Robot::new(Dialect::Wecom, "http://chat.example/", None).is_err(), "the key would go in the clear");
}

const NOTICE: &str =
    "[[notice]]\nchannel = \"leads\"\nrobot = \"dingtalk\"\nurl = \"LEADS_URL\"\nsecret = \"LEADS_SECRET\"\n";

/// A bench whose monthly job tells a chat, and the variables that the robot needs.
fn telling(chat: &Chat) -> Bench {
    let url = chat.url();
    let bench = Bench::on(9).with_monthly(NOTICE);
    let own = bench.folder.path().join("own-jobs").display().to_string();
    bench.reopen(move |environment| {
        let set = [
            ("SCOREPOST_JOBS", own.as_str()),
            ("LEADS_URL", url.as_str()),
            ("LEADS_SECRET", SECRET),
            ("SCOREPOST_CONSOLE_URL", "https://console.example"),
        ];
        set.iter().for_each(|(name, value)| drop(environment.insert(name.to_string(), value.to_string())));
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_team_is_told_once_with_a_link_and_neither_a_number_nor_an_agent() {
    let chat = Chat::saying(&json!({ "errcode": 0, "errmsg": "ok" })).await;
    let bench = telling(&chat);
    let run = bench.run(bench.october()).await.run;
    assert!(chat.heard().is_empty(), "nobody is told of what nobody got");
    pipeline::release(&bench.pipeline, &run.id, "hr", &|_| {}).await.expect("released");
    let notices = bench.pipeline.ledger.notices(&run.id).expect("notices");
    assert!(notices.len() >= 2 && notices.iter().all(|one| one.state == DeliveryState::Sent), "{notices:?}");
    assert_eq!(chat.heard().len(), notices.len());
    for message in chat.heard() {
        let text = body(&message)["markdown"]["text"].as_str().expect("a text").to_owned();
        assert!(text.contains(&format!("https://console.example/runs/{}", run.id)), "{text}");
        for document in bench.documents(&run.id).into_values().filter(|one| one.total.is_some()) {
            assert!(
                !text.contains(&document.name) && !text.contains(&document.total.expect("a total").fixed(2)),
                "{text}"
            );
        }
    }
    // Nothing changed: neither another run nor another minute says anything again.
    bench.run(bench.october().send()).await;
    assert_eq!(pipeline::notify(&bench.pipeline).await.expect("nothing due"), 0);
    assert_eq!(chat.heard().len(), notices.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_robot_is_asked_again_later_and_a_lost_answer_never() {
    let busy = Chat::saying(&json!({ "errcode": 130101, "errmsg": "send too fast" })).await;
    let bench = telling(&busy);
    let run = bench.run(bench.october().send()).await.run;
    let states = |run: &str| -> Vec<DeliveryState> {
        bench.pipeline.ledger.notices(run).expect("notices").into_iter().map(|one| one.state).collect()
    };
    assert!(states(&run.id).iter().all(|state| *state == DeliveryState::Deferred));
    let count = busy.heard().len();
    pipeline::notify(&bench.pipeline).await.expect("nothing is due yet");
    assert_eq!(busy.heard().len(), count);
    bench.clock.set(bench.pipeline.ledger.next_notice_due().expect("a read").expect("a time"));
    pipeline::notify(&bench.pipeline).await.expect("asked again");
    assert_eq!(busy.heard().len(), 2 * count);
    let lost = Chat::answering(Message::default()).await;
    let bench = telling(&lost);
    let run = bench.run(bench.october().send()).await.run;
    let notices = bench.pipeline.ledger.notices(&run.id).expect("notices");
    assert!(notices.iter().all(|one| one.state == DeliveryState::Unknown), "{notices:?}");
    bench.clock.set(crate::bench::morning(12));
    pipeline::notify(&bench.pipeline).await.expect("nothing is due");
    assert_eq!(lost.heard().len(), notices.len(), "what may have been said is not said again");
}
