//! nginx, over a folder of CSV files, behind a password and a limit of requests.

use std::fs;
use std::path::Path;

use super::super::{Bench, holds};
use super::server::Server;
use super::{rows, source, table};

const PASSWORD: &str = "desk-password-4711";

/// Files of a month whose names need care in an address.
fn files() -> Vec<(String, Vec<(String, String)>)> {
    let file = |number: usize| {
        let rows = (0..200).map(|row| (format!("A{:03}", row % 40), format!("2026-10-{:02}", 1 + (row + number) % 31)));
        (format!("成绩 {number:02} #{number}%.csv"), rows.collect())
    };
    (1..=40).map(file).collect()
}

fn lay_out(folder: &Path) {
    let month = folder.join("files/exports/2026-10");
    fs::create_dir_all(month.join("old.csv")).expect("a folder with the name of a file");
    fs::write(month.join("README.txt"), "nothing to read").expect("a file");
    for (name, rows) in files() {
        let lines: String = rows.iter().map(|(agent, day)| format!("{agent},{day},88.50\n")).collect();
        fs::write(month.join(name), format!("agent_id,date,score\n{lines}")).expect("a file");
    }
    fs::write(folder.join("users"), format!("desk:{{PLAIN}}{PASSWORD}\n")).expect("a file");
}

fn configuration(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nuser root;\nevents {{}}\n\
         http {{\n  access_log off;\n  default_type text/csv;\n  charset utf-8;\n  gzip on;\n  gzip_types text/csv application/json;\n\
         client_body_temp_path {folder}/a;\n  proxy_temp_path {folder}/b;\n  fastcgi_temp_path {folder}/c;\n\
         uwsgi_temp_path {folder}/d;\n  scgi_temp_path {folder}/e;\n\
         limit_req_zone $binary_remote_addr zone=desk:1m rate=10r/s;\n\
         server {{\n    listen 127.0.0.1:{port};\n    root {folder}/files;\n    auth_basic desk;\n    auth_basic_user_file {folder}/users;\n\
         location /exports/ {{ autoindex on; autoindex_format json; limit_req zone=desk burst=3 nodelay; limit_req_status 429; }}\n\
         }}\n}}\n"
    )
}

#[tokio::test]
#[ignore = "needs nginx; `.ci/third-party` installs it"]
async fn the_files_of_a_listing_are_pulled_whole_although_the_server_limits_requests() {
    let folder = tempfile::tempdir().expect("a folder");
    lay_out(folder.path());
    let start = |command: &mut std::process::Command, port: u16| {
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration(folder.path(), port)).expect("a file");
        command.arg("-c").arg(file);
    };
    let server = Server::start(start, "SCOREPOST_NGINX");
    let with = |password: &str| {
        source("nginx", &[("NGINX_URL", &server.base()), ("NGINX_USER", "desk"), ("NGINX_PASSWORD", password)])
    };
    let bench = Bench::new();
    let told = format!("{:#}", bench.pull(&with("another-password")).await.expect_err("refused"));
    assert!(
        told.contains("resource `listing`") && told.contains("401") && !told.contains("another-password"),
        "{told}"
    );
    let pulled = bench.pull(&with(PASSWORD)).await.expect("pulled");
    assert_eq!(holds(&pulled), Vec::<&str>::new());
    let mut expected: Vec<Vec<String>> =
        files().into_iter().flat_map(|(_, rows)| rows).map(|(agent, day)| vec![agent, day]).collect();
    expected.sort();
    assert_eq!(rows(table(&pulled, "exams"), &["agent_id", "date"]), expected);
    assert!(!bench.everything().contains(PASSWORD));
}
