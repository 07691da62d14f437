//! People of a month out of files, each with sales that nobody else has, by which a card is known.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use axum::response::IntoResponse;
use serde_json::Value;

use super::Dice;
use super::program::executable;
use crate::sources::double::{Double, status};

/// So many agents in teams of one size.
pub struct Crowd {
    pub agents: usize,
    pub team: usize,
}

impl Crowd {
    /// The team of the n-th agent.
    pub fn team_of(&self, number: usize) -> String {
        format!("T{:04}", number / self.team)
    }

    /// A name of letters, so that no number can be read out of it.
    pub fn name(number: usize) -> String {
        let letter = |place: u32| char::from(b'a' + (number / 26_usize.pow(place) % 26) as u8);
        (0..5).map(letter).collect()
    }

    /// What the agent sold.
    pub fn sales(number: usize) -> usize {
        200_000 + number
    }

    /// The agent of a staff number.
    pub fn number_of(id: &str) -> usize {
        id.strip_prefix('A').and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("`{id}` is nobody's"))
    }

    /// A card shows the name, number and sales of the person who got it, and no other number.
    pub fn check_card(to: &str, pdf: &[u8]) {
        let digits = to.strip_prefix("agent").and_then(|rest| rest.strip_suffix("@example.test"));
        let number: usize =
            digits.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("`{to}` is nobody's"));
        let text = text_of(pdf);
        let numbers = text.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| is_a_number(word));
        let mut own = 0;
        for id in numbers {
            assert_eq!(id, format!("A{number:06}"), "the card of {to} shows another's number");
            own += 1;
        }
        assert!(own > 0, "the card of {to} shows no number:\n{text}");
        assert!(text.contains(&Self::name(number)), "the card of {to} shows another name:\n{text}");
        assert!(text.replace(',', "").contains(&Self::sales(number).to_string()), "other sales than of {to}:\n{text}");
    }

    /// The files of a month, in the order of the people.
    pub fn files_of(&self, month: &str) -> BTreeMap<String, String> {
        let moved = |(path, text): (String, String)| (path.replace("2026-10", month), text.replace("2026-10", month));
        self.files(1, 1).into_iter().map(moved).collect()
    }

    /// The files of October, their rows in any order; the first `sharing` people have one address.
    fn files(&self, seed: u64, sharing: usize) -> BTreeMap<String, String> {
        let mut dice = Dice::of("crowd", seed as usize);
        let mut file = |head: &str, row: &dyn Fn(usize) -> String| {
            let mut rows: Vec<String> = (0..self.agents).map(row).collect();
            dice.shuffle(&mut rows);
            format!("{head}\n{}\n", rows.join("\n"))
        };
        let agents = file("agent_id,name,team_id,team_name,role,email", &|number| {
            let (team, name) = (self.team_of(number), Self::name(number));
            let mailbox = if number < sharing { 0 } else { number };
            format!("A{number:06},{name},{team},{team},presale,agent{mailbox}@example.test")
        });
        let funnel = file("agent_id,date,inquiries,paid_customers,paid_amount", &|number| {
            format!("A{number:06},2026-10-05,100,50,{}", Self::sales(number))
        });
        let chats = file("agent_id,date,received_customers,replied_customers,resp_seconds_sum,resp_count", &|number| {
            format!("A{number:06},2026-10-05,100,100,1400,100")
        });
        let plans = file("agent_id,month,sales_target", &|number| format!("A{number:06},2026-10,{}", 200_000));
        let named = [("agents", agents), ("funnel_daily", funnel), ("chats_daily", chats), ("plans", plans)];
        named.into_iter().map(|(name, text)| (format!("/2026-10/{name}.csv"), text)).collect()
    }
}

fn is_a_number(word: &str) -> bool {
    word.len() == 7 && word.starts_with('A') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// What a PDF shows, on all its pages.
fn text_of(pdf: &[u8]) -> String {
    let file = lopdf::Document::load_mem(pdf).expect("a PDF");
    let pages: Vec<u32> = file.get_pages().into_keys().collect();
    file.extract_text(&pages).expect("text")
}

/// The monthly job over the files of a crowd, which are served until this is dropped.
pub struct Desk {
    pub folder: tempfile::TempDir,
    served: Double,
    seed: u64,
    mail: Option<String>,
}

impl Desk {
    /// Everybody has an address of their own.
    pub async fn of(crowd: &Crowd, seed: u64) -> Self {
        Self::with(crowd, seed, 1).await
    }

    /// The first two people have one address.
    pub async fn sharing(crowd: &Crowd, seed: u64) -> Self {
        Self::with(crowd, seed, 2).await
    }

    async fn with(crowd: &Crowd, seed: u64, sharing: usize) -> Self {
        let files = crowd.files(seed, sharing);
        let served = Double::new(move |asked| match files.get(&asked.path) {
            Some(text) => text.clone().into_response(),
            None => status(404, "not found"),
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder");
        jobs(&folder.path().join("jobs"));
        Self { folder, served, seed, mail: None }
    }

    /// The same with a relay instead of an outbox.
    pub fn mailing(self, url: String) -> Self {
        Self { mail: Some(url), ..self }
    }

    /// The settings of the program.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let text = |path: &str| self.folder.path().join(path).display().to_string();
        let mut environment = BTreeMap::from([
            ("SCOREPOST_DATA".to_owned(), text("data")),
            ("SCOREPOST_JOBS".to_owned(), text("jobs")),
            ("SCOREPOST_NOW".to_owned(), "2026-11-09T09:00:00+08:00".to_owned()),
            ("SCOREPOST_SHUFFLE".to_owned(), self.seed.to_string()),
            ("TABLES_URL".to_owned(), self.served.base.clone()),
        ]);
        environment.extend(self.mail.clone().map(|url| ("SCOREPOST_MAIL_URL".to_owned(), url)));
        environment
    }

    /// What a verb says to a program.
    pub fn ask(&self, arguments: &[&str]) -> Value {
        let mut command = Command::new(executable());
        let output = command.args(arguments).arg("--json").envs(self.environment()).output().expect("the program");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// The shipped job and scheme, without the gates of a shop, over files.
pub fn jobs(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    let keep = |part: &str, change: &dyn Fn(String) -> String| {
        let target = folder.join(part);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        std::fs::write(target, change(std::fs::read_to_string(root.join(part)).expect("a shipped file")))
            .expect("a file");
    };
    keep("monthly-scorecard.toml", &|text| {
        let text =
            text.replace("sources = [\"shop-roster\", \"taobao-top\", \"dingtalk\"]", "sources = [\"csv-tables\"]");
        text.split("[[gate]]").next().expect("a job").to_owned()
    });
    keep("schemes/presale-weighted.toml", &|text| text);
    keep("sources/csv-tables.toml", &|text| text);
}
