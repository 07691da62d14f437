//! Templates shown to whoever writes them: invented and issued data, faults with their place, and watching.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::bench::{Bench, copy};

/// A copy of the shipped templates, and the program over it.
struct Author {
    folder: tempfile::TempDir,
}

impl Author {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates"), &folder.path().join("templates"));
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
        command
            .args(["preview"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("SCOREPOST_DATA", self.file("data"))
            .env("SCOREPOST_JOBS", Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"))
            .env("SCOREPOST_TEMPLATES", self.file("templates"));
        command
    }

    fn preview(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("a run of the program")
    }
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn every_template_is_shown_with_invented_data_and_no_data_folder_is_made() {
    let author = Author::new();
    for (template, files) in [
        ("card", ["card.preview.pdf", ""]),
        ("templates/pack.typ", ["pack.preview.pdf", ""]),
        ("ranking", ["ranking.preview.pdf", ""]),
        ("letters/card.en.html.j2", ["letter-card.en.preview.html", "letter-card.en.preview.eml"]),
    ] {
        let output = author.preview(&[template, "--fixture", "usual", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{template}: {output:?}");
        let told = document(&output);
        assert_eq!(told["of"], "编造的数据：常见");
        for file in files.iter().filter(|file| !file.is_empty()) {
            assert!(author.file(file).metadata().expect("a file").len() > 1000, "{file}");
            assert!(told["files"].as_array().is_some_and(|files| files.contains(&Value::from(*file))), "{told}");
        }
    }
    assert!(std::fs::read(author.file("card.preview.pdf")).expect("a PDF").starts_with(b"%PDF-1.7"));
    assert!(!author.file("data").exists());
}

#[test]
fn a_broken_template_is_placed_with_its_data() {
    let author = Author::new();
    let card = author.file("templates/card.typ");
    let text = std::fs::read_to_string(&card).expect("the template");
    std::fs::write(&card, format!("{text}\n#for line in body.lines [#line.valeu]\n")).expect("a change");
    let output = author.preview(&["card", "--fixture", "minimal", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told = document(&output);
    let found = &told["diagnostics"][0];
    assert_eq!(found["place"]["line"], text.lines().count() + 2, "{told}");
    assert!(found["hints"].to_string().contains("`body.lines[0].valeu` is not there"), "{told}");
    assert!(!author.file("card.preview.pdf").exists());
}

#[test]
fn what_is_not_there_is_said() {
    let author = Author::new();
    let unknown = author.preview(&["crad", "--fixture", "usual"]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("card.typ"), "{unknown:?}");
    let nobody = author.preview(&["card", "--agent", "A9999"]);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("no card of `A9999`"), "{nobody:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_issued_card_is_shown_to_the_byte_and_its_letter_too() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october()).await.run;
    let documents = bench.documents(&run.id);
    let card = documents.values().find(|one| one.kind.word() == "card").expect("a card").clone();
    let issued = bench.pdf(&card);
    let (place, pipeline) = bench.give();
    drop(pipeline);
    let author = Author::new();
    let show = |arguments: &[&str]| {
        let mut command = author.command(arguments);
        command.env("SCOREPOST_DATA", place.folder.path()).output().expect("a run of the program")
    };
    let output = show(&["card", "--agent", &card.subject, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(document(&output)["of"].as_str().is_some_and(|of| of.contains(&card.name)), "{output:?}");
    assert_eq!(std::fs::read(author.file("card.preview.pdf")).expect("a PDF"), issued);
    let output = show(&["letters/card.zh-CN.txt.j2", "--agent", &card.subject, "--out", "l.html"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(std::fs::read_to_string(author.file("l.html")).expect("a letter").contains(&card.name));
}

/// Reads what the program says until a line contains `part`.
fn until(said: &mut impl BufRead, part: &str) {
    let mut line = String::new();
    while !line.contains(part) {
        line.clear();
        assert!(said.read_line(&mut line).expect("a line") > 0, "the program ended before it said `{part}`");
    }
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

#[test]
fn a_watch_renders_at_each_change_until_interrupted() {
    let author = Author::new();
    let arguments = ["card", "--fixture", "minimal", "--watch"];
    let mut child =
        author.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a program");
    let mut results = BufReader::new(child.stdout.take().expect("its results"));
    let mut words = BufReader::new(child.stderr.take().expect("its words"));
    until(&mut results, "card.preview.pdf");
    until(&mut words, "watching");
    let card = author.file("templates/card.typ");
    let text = std::fs::read_to_string(&card).expect("the template");
    let shown = std::fs::read(author.file("card.preview.pdf")).expect("a PDF");
    std::fs::write(&card, "#nobody").expect("a fault");
    until(&mut words, "unknown variable: nobody");
    until(&mut results, "未写出文件");
    std::fs::write(&card, format!("{text}\nmore\n")).expect("mended");
    until(&mut results, "card.preview.pdf");
    assert_ne!(std::fs::read(author.file("card.preview.pdf")).expect("a PDF"), shown);
    interrupt(&child);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}
