//! `serve` as a person starts and stops it: one for each data folder, never in the open, and gone within seconds.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::peers::smtp::{certificate, key};

/// The program on a folder of its own, far from any schedule.
fn program(folder: &Path, more: &[(&str, &str)]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    command
        .arg("serve")
        .env("SCOREPOST_DATA", folder)
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_LISTEN", "127.0.0.1:0")
        .env("SHOP_URL", "http://127.0.0.1:9")
        .env("SCOREPOST_NOW", "2026-11-20T09:00:30+08:00")
        .envs(more.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts it and waits for the address that it prints.
fn start(folder: &Path, more: &[(&str, &str)]) -> (Child, String) {
    let mut child = program(folder, more).spawn().expect("the program");
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut address).expect("a line");
    (child, address.trim().to_owned())
}

fn stop(mut child: Child) -> (Option<i32>, String) {
    let start = Instant::now();
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let status = child.wait().expect("an end");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let mut told = String::new();
    child.stderr.take().expect("its messages").read_to_string(&mut told).expect("text");
    (status.code(), told)
}

fn refused(folder: &Path, more: &[(&str, &str)]) -> String {
    let Output { status, stderr, .. } = program(folder, more).output().expect("an end");
    assert_eq!(status.code(), Some(1));
    String::from_utf8_lossy(&stderr).into_owned()
}

#[test]
fn a_folder_is_served_by_one_process_until_its_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, address) = start(folder.path(), &[]);
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let told = refused(folder.path(), &[]);
    assert!(told.contains(&format!("pid {}", first.id())) && told.contains("SCOREPOST_DATA"), "{told}");
    let (code, told) = stop(first);
    assert_eq!(code, Some(0), "{told}");
    let (next, _) = start(folder.path(), &[]);
    assert_eq!(stop(next).0, Some(0), "its place is free again");
}

#[test]
fn the_console_is_not_offered_in_the_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = ("SCOREPOST_LISTEN", "0.0.0.0:0");
    for plain in [None, Some(("SCOREPOST_CONSOLE_URL", "http://scorepost.example.com"))] {
        let told = refused(folder.path(), &[&[open], plain.as_slice()].concat());
        assert!(told.contains("SCOREPOST_CONSOLE_URL=https://"), "{told}");
    }
    let behind_proxy = [open, ("SCOREPOST_CONSOLE_URL", "https://scorepost.example.com")];
    let (child, address) = start(folder.path(), &behind_proxy);
    assert_eq!(address, "https://scorepost.example.com");
    assert_eq!(stop(child).0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_speaks_tls_itself_where_it_has_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let encoded = STANDARD.encode(key());
    let lines = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    let pem: String = lines.collect();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, format!("-----BEGIN PRIVATE KEY-----\n{pem}-----END PRIVATE KEY-----\n")).expect("a key");
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("permissions");
    let shown = certificate();
    let (shown, file) = (shown.to_str().expect("a path"), file.to_str().expect("a path"));
    let alone = program(folder.path(), &[("SCOREPOST_CONSOLE_CERTIFICATE", shown)]).output().expect("an end");
    let told = String::from_utf8_lossy(&alone.stderr);
    assert!(alone.status.code() == Some(2) && told.contains("go together"), "{told}");
    let swapped = [("SCOREPOST_CONSOLE_CERTIFICATE", file), ("SCOREPOST_CONSOLE_KEY", shown)];
    assert!(refused(folder.path(), &swapped).contains("no certificate"), "a key is no certificate");

    let both = [("SCOREPOST_CONSOLE_CERTIFICATE", shown), ("SCOREPOST_CONSOLE_KEY", file)];
    let told = refused(folder.path(), &[&both[..], &[("SCOREPOST_LISTEN", "0.0.0.0:0")]].concat());
    assert!(told.contains("SCOREPOST_CONSOLE_URL=https://"), "{told}");
    let plain = [&both[..], &[("SCOREPOST_CONSOLE_URL", "http://scores.example.com")]].concat();
    let plain = program(folder.path(), &plain).output().expect("an end");
    let told = String::from_utf8_lossy(&plain.stderr);
    assert!(plain.status.code() == Some(2) && told.contains("the console speaks TLS"), "{told}");
    std::fs::set_permissions(file, Permissions::from_mode(0o644)).expect("permissions");
    let told = refused(folder.path(), &both);
    assert!(told.contains("chmod 600") && !told.contains("no user yet"), "{told}");
    let checked = Command::new(env!("CARGO_BIN_EXE_scorepost")).arg("check").envs(both).output().expect("an end");
    assert!(
        String::from_utf8_lossy(&checked.stdout).contains("chmod 600")
            || String::from_utf8_lossy(&checked.stderr).contains("chmod 600")
    );
    std::fs::set_permissions(file, Permissions::from_mode(0o600)).expect("permissions");
    let (child, address) = start(folder.path(), &both);
    assert!(address.starts_with("https://127.0.0.1:"), "{address}");
    // Those who say nothing hold up nobody, however many they are: the oldest of them give way.
    let port = address.rsplit_once(':').expect("a port").1.to_owned();
    let line = |_| std::net::TcpStream::connect(format!("127.0.0.1:{port}")).expect("a line");
    let mut silent: Vec<std::net::TcpStream> = (0..300).map(line).collect();
    silent[0].set_read_timeout(Some(Duration::from_secs(6))).expect("a limit");
    assert_eq!(silent[0].read(&mut [0]).ok(), Some(0), "it is closed long before its handshake takes too long");
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).build().expect("a client");
    let answer = client.get(format!("{address}/sign-in")).send().await.expect("an answer");
    assert!(answer.status().is_success());
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert!(
        client.get(format!("http://127.0.0.1:{port}/sign-in")).send().await.is_err(),
        "nothing is said in the clear"
    );
    drop(silent);
    assert_eq!(stop(child).0, Some(0));
}
