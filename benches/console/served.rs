//! The program as people start it, and a caller that keeps its lines open.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;

use crate::fill::Person;
use crate::program;

/// The embedded shop, which answers what a run asks.
pub struct Shop {
    child: Child,
    /// Its address.
    pub base: String,
}

impl Shop {
    /// Opens one with so many agents.
    pub fn open(agents: usize) -> Self {
        let mut command = Command::new(program());
        command.args(["shop", "--listen", "127.0.0.1:0", "--months", "1", "--agents", &agents.to_string()]);
        let (child, base) = started(command);
        Self { child, base }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// The console, with its scheduler beside it.
pub struct Served {
    child: Child,
    base: String,
    client: Client,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How large it is.
    pub bytes: usize,
    /// How long it took to the last byte.
    pub took: Duration,
    /// Whether it is a page, and no document.
    pub is_page: bool,
}

impl Served {
    /// Serves this data folder with the shipped jobs.
    pub fn start(folder: &Path, shop: &str) -> Self {
        let mut command = Command::new(program());
        command
            .arg("serve")
            .env("SCOREPOST_DATA", folder)
            .env("SCOREPOST_JOBS", Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"))
            .env("SCOREPOST_LISTEN", "127.0.0.1:0")
            .env("SHOP_URL", shop);
        let (child, base) = started(command);
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self { child, base, client: client.unwrap_or_else(|error| panic!("{error}")) }
    }

    /// Asks for a page.
    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request, who).await
    }

    /// Sends a form.
    pub async fn post(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<(&str, &str)> =
            [("csrf", who.csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let request = self.client.post(format!("{}{path}", self.base)).header("origin", &self.base).form(&fields);
        self.send(request, who).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, who: &Person) -> Answer {
        let begun = Instant::now();
        let request = request.header("cookie", format!("scorepost={}", who.token));
        let answer = request.send().await.unwrap_or_else(|error| panic!("{error}"));
        let status = answer.status().as_u16();
        let is_page =
            answer.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let body = answer.bytes().await.unwrap_or_else(|error| panic!("{error}"));
        Answer { status, bytes: body.len(), took: begun.elapsed(), is_page }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Starts a program that prints its address first.
fn started(mut command: Command) -> (Child, String) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{error}"));
    let mut address = String::new();
    let output = child.stdout.take().unwrap_or_else(|| panic!("its output"));
    BufReader::new(output).read_line(&mut address).unwrap_or_else(|error| panic!("{error}"));
    (child, address.trim().to_owned())
}

fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
