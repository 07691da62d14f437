//! What a job is configured with: the installation's own defaults, what the settings add, and what exactness needs. It
//! goes into a file that only its owner can read, because arguments of a process can be read by everybody.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use crate::settings::Spark;

use super::folder::Folder;

/// What exactness and reading back need; settings may not say otherwise.
const OURS: [(&str, &str); 11] = [
    ("spark.submit.deployMode", "client"),
    ("spark.ui.showConsoleProgress", "false"),
    // A number that does not fit is an error and never another number.
    ("spark.sql.ansi.enabled", "true"),
    ("spark.sql.decimalOperations.allowPrecisionLoss", "true"),
    ("spark.sql.caseSensitive", "true"),
    ("spark.sql.session.timeZone", "UTC"),
    ("spark.sql.parquet.inferTimestampNTZ.enabled", "true"),
    ("spark.sql.parser.escapedStringLiterals", "false"),
    ("spark.sql.variable.substitute", "false"),
    ("spark.sql.catalogImplementation", "in-memory"),
    ("spark.sql.parquet.compression.codec", "uncompressed"),
];

/// Writes the properties of a job.
pub(super) fn write(folder: &Folder, spark: &Spark) -> anyhow::Result<()> {
    let mut text = defaults(spark)?;
    let scratch = folder.scratch();
    let scratch = scratch.to_str().context("the data folder's path is not UTF-8")?;
    let own = [("spark.app.name", "scorepost"), ("spark.master", spark.master.as_str()), ("spark.local.dir", scratch)];
    let written = spark.conf.iter().map(|(name, value)| (name.as_str(), value.expose()));
    // Of two lines with one name the last counts.
    for (name, value) in written.chain(own).chain(OURS) {
        writeln!(text, "{name}={}", escaped(value))?;
    }
    folder.write("spark.properties", &text)
}

/// The file with which the installation configures every job, which Spark itself leaves out when it is given another.
fn defaults(spark: &Spark) -> anyhow::Result<String> {
    let folder = std::env::var_os("SPARK_CONF_DIR").map_or_else(|| spark.home.join("conf"), PathBuf::from);
    let path = folder.join("spark-defaults.conf");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(format!("{text}\n")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// A value as a Java properties file holds it.
fn escaped(value: &str) -> String {
    let mut text = String::new();
    for one in value.chars() {
        match one {
            '\\' => text.push_str("\\\\"),
            ' ' if text.is_empty() => text.push_str("\\ "),
            one if one.is_ascii_graphic() || one == ' ' => text.push(one),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::variable::Secret;

    #[test]
    fn settings_stand_over_defaults_and_exactness_over_both() {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir(home.path().join("conf")).expect("a folder");
        fs::write(home.path().join("conf/spark-defaults.conf"), "spark.executor.memory 512m").expect("a file");
        let secret = BTreeMap::from([("spark.authenticate.secret".to_owned(), Secret::new("a\\b\nspark.x=y"))]);
        let spark = Spark { home: home.path().to_owned(), conf: secret, ..Spark::local_for_tests() };
        let folder = Folder::make(&home.path().join("engine")).expect("a folder");
        write(&folder, &spark).expect("written");
        let text = fs::read_to_string(folder.properties()).expect("read");
        assert!(text.starts_with("spark.executor.memory 512m\n"), "{text}");
        assert!(text.contains("spark.authenticate.secret=a\\\\b\\u000aspark.x=y\n"), "{text}");
        assert!(text.ends_with("spark.sql.parquet.compression.codec=uncompressed\n"), "{text}");
    }
}
