//! The house keeps its rule: modules import only from the layers before them, and each heavy crate has one home.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules by layer; inside a layer a module may use those that stand before it.
const LAYERS: [(u8, &[&str]); 9] = [
    (0, &["clock", "diag", "exact", "failpoint", "words", "finding", "period", "side_by_side", "unfinished"]),
    (1, &["source", "scheme", "job", "settings"]),
    (2, &["ledger", "extract", "identity"]),
    (3, &["tables"]),
    (4, &["score"]),
    (5, &["engine", "render", "workbook", "deliver"]),
    (7, &["pipeline"]),
    (8, &["scheduler", "upkeep", "console", "demo"]),
    (9, &["cli"]),
];

/// Crates that may be used in these modules only.
const HOMES: [(&str, &[&str]); 11] = [
    ("typst", &["render"]),
    ("typst_pdf", &["render"]),
    ("typst_layout", &["render"]),
    ("rust_xlsxwriter", &["workbook"]),
    ("lettre", &["deliver"]),
    ("rusqlite", &["ledger"]),
    ("tokio_postgres", &["ledger"]),
    ("axum", &["console", "demo"]),
    ("clap", &["cli"]),
    ("reqwest", &["extract", "deliver", "identity"]),
    ("polars", &["extract", "tables", "score", "engine", "pipeline"]),
];

/// What the console and the demo must not know, although it stands before them.
const STAGES: [&str; 6] = ["extract", "tables", "score", "render", "deliver", "pipeline"];

fn place(module: &str) -> Option<(u8, usize)> {
    LAYERS.iter().find_map(|(layer, names)| Some((*layer, names.iter().position(|name| *name == module)?)))
}

/// Every source file with the module at the top of its path.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).expect("inside the sources");
                let top = inside.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((top, path, text));
            }
        }
    }
    found
}

/// The modules of our own that a text names as `crate::…`.
fn imports(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let names = code.flat_map(|line| line.split("crate::").skip(1).map(str::to_owned).collect::<Vec<_>>());
    let word = |rest: String| rest.chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect::<String>();
    names.map(word).filter(|name| place(name).is_some()).collect()
}

#[test]
fn modules_import_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, path, text) in sources() {
        let Some((layer, _)) = place(&module) else { continue };
        for import in imports(&text) {
            let Some((other, _)) = place(&import) else { continue };
            seen += 1;
            let peers = other == layer && (layer < 2 || import == module);
            if !(other < layer || peers) {
                wrong.push(format!("{}: {module} imports {import}", path.display()));
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were found; the reader of `use` lines is broken");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_console_and_the_demo_know_no_stage() {
    for (module, path, text) in sources().into_iter().filter(|(module, ..)| module == "console" || module == "demo") {
        for import in imports(&text) {
            assert!(!STAGES.contains(&import.as_str()), "{}: {module} imports {import}", path.display());
        }
    }
}

#[test]
fn every_heavy_crate_has_one_home() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        for (name, homes) in HOMES {
            let used = text.lines().any(|line| {
                let line = line.trim_start();
                line.starts_with(&format!("use {name}::"))
                    || line.contains(&format!(" {name}::")) && !line.starts_with("//")
            });
            if used && !homes.contains(&module.as_str()) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_clock_asks_the_machine_for_the_time() {
    for (module, path, text) in sources() {
        let asks = text.lines().any(|line| {
            !line.trim_start().starts_with("//")
                && ["Utc::now()", "Local::now()", "SystemTime::now()"].iter().any(|now| line.contains(now))
        });
        assert!(!asks || module == "clock", "{}", path.display());
    }
}
