//! Signing in at a real provider of identities, through the program as it is shipped; `.ci/oidc` runs this.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::Url;

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _end = self.0.wait();
    }
}

/// Starts a program and waits for its first line.
fn started(command: &mut Command) -> (Running, String) {
    let mut running = Running(command.stdout(Stdio::piped()).spawn().expect("the program"));
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    (running, line.trim().to_owned())
}

/// A port that was free a moment ago.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

/// A browser that keeps cookies by site and follows nothing by itself.
struct Browser {
    client: Client,
    cookies: BTreeMap<(u16, String), String>,
}

impl Browser {
    fn new() -> Self {
        // The provider closes what rests for some seconds, so nothing is kept open.
        let builder = Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([]);
        let client = builder.pool_max_idle_per_host(0).build().expect("a client");
        Self { client, cookies: BTreeMap::new() }
    }

    async fn send(&mut self, url: &Url, form: Option<&[(&str, &str)]>) -> Response {
        let site = url.port().expect("a port");
        let mine = self.cookies.iter().filter(|((port, _), _)| *port == site);
        let cookies: Vec<String> = mine.map(|((_, name), value)| format!("{name}={value}")).collect();
        let request = match form {
            None => self.client.get(url.clone()),
            Some(form) => self.client.post(url.clone()).form(form),
        };
        let answer = request.header(COOKIE, cookies.join("; ")).send().await.expect("an answer");
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert((site, name.to_owned()), value.to_owned());
        }
        answer
    }

    /// Goes from `url` through the provider's pages under a name, and tells where the console lets them.
    async fn sign_in(&mut self, console: &Url, name: &str) -> Response {
        let mut url = console.join("/sign-in/identity?next=%2Fcards").expect("an address");
        for _ in 0..20 {
            let answer = self.send(&url, None).await;
            let is_end = url.port() == console.port() && url.path().ends_with("/back");
            let led = answer.headers().get(LOCATION).map(|to| to.to_str().expect("text").to_owned());
            match led {
                _ if is_end => return answer,
                Some(to) => url = url.join(&to).expect("an address"),
                None => url = self.answer_page(&url, answer, name).await,
            }
        }
        panic!("the provider never leads back");
    }

    /// Fills the provider's form in: who it is, then that the console may know.
    async fn answer_page(&mut self, url: &Url, page: Response, name: &str) -> Url {
        let text = page.text().await.expect("a page");
        let prompt = if text.contains("value=\"login\"") { "login" } else { "consent" };
        let form = [("prompt", prompt), ("login", name), ("password", "any")];
        let answer = self.send(url, Some(&form)).await;
        let to = answer.headers().get(LOCATION).unwrap_or_else(|| panic!("no way on from {url}: {text}"));
        url.join(to.to_str().expect("text")).expect("an address")
    }
}

/// A console in a folder of its own that knows `lead1` and the provider.
fn console(folder: &Path, port: u16, provider: u16) -> (Running, Url) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settings = folder.join("scorepost.toml");
    let text = format!(
        "[sign-in.identity]\nissuer = \"http://127.0.0.1:{provider}\"\nclient-id = \"scorepost\"\ntitle = \"House\"\n"
    );
    std::fs::write(&settings, text).expect("settings");
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
        command
            .env("SCOREPOST_DATA", folder.join("data"))
            .env("SCOREPOST_JOBS", root.join("jobs"))
            .env("SCOREPOST_LISTEN", format!("127.0.0.1:{port}"))
            .env("SCOREPOST_IDENTITY_SECRET", "a test's secret & more")
            .env("SHOP_URL", "http://127.0.0.1:9")
            .arg("--settings")
            .arg(&settings);
        command
    };
    let added = program()
        .args(["user", "add", "lead1", "--role", "manager", "--no-password"])
        .stdin(Stdio::null())
        .output()
        .expect("an end");
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let (running, address) = started(program().arg("serve"));
    (running, Url::parse(&address).expect("its address"))
}

#[tokio::test]
#[ignore = "needs a provider of identities from a registry; `.ci/oidc` installs and names one"]
async fn people_of_a_real_provider_sign_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let installed =
        std::env::var("SCOREPOST_OIDC_PROVIDER").expect("SCOREPOST_OIDC_PROVIDER names the provider's folder");
    let folder = tempfile::tempdir().expect("a folder");
    let (console_port, provider_port) = (port(), port());
    let back = format!("http://127.0.0.1:{console_port}/sign-in/identity/back");
    let mut node = Command::new("node");
    node.arg(root.join(".ci/oidc-provider.mjs")).args([&installed, &provider_port.to_string(), &back]);
    let (_provider, told) = started(node.stderr(Stdio::null()));
    assert_eq!(told, "listening");
    let (_console, address) = console(folder.path(), console_port, provider_port);

    let page = Browser::new().send(&address.join("/sign-in").expect("an address"), None).await;
    assert!(page.text().await.expect("text").contains("House"), "the button names the provider");

    let mut known = Browser::new();
    let answer = known.sign_in(&address, "lead1").await;
    assert_eq!(
        (answer.status(), answer.headers()[LOCATION].to_str().expect("text")),
        (StatusCode::SEE_OTHER, "/cards")
    );
    let back = answer.url().clone();
    let home = known.send(&address.join("/").expect("an address"), None).await;
    assert!(home.text().await.expect("a page").contains("lead1"));

    // The same answer a second time, with its code, opens nothing.
    assert_eq!(known.send(&back, None).await.status(), StatusCode::FORBIDDEN);
    // Somebody whom the provider knows and the console does not.
    let mut stranger = Browser::new();
    assert_eq!(stranger.sign_in(&address, "stranger").await.status(), StatusCode::FORBIDDEN);
}
