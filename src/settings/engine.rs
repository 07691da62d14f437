//! `[engine]`: who counts the rows of kept tables.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Variables;
use crate::source::variable::Secret;

/// Who counts.
#[derive(Clone, Debug, Default)]
pub enum Engine {
    /// This process.
    #[default]
    Here,
    /// A cluster of Apache Spark.
    Spark(Spark),
}

/// An installation of Apache Spark.
#[derive(Clone, Debug)]
pub struct Spark {
    /// The folder of the installation, in which `bin/spark-sql` is.
    pub home: PathBuf,
    /// The address of the cluster, such as `spark://HOST:7077` or `yarn`.
    pub master: String,
    /// How long a job may take.
    pub limit: Duration,
    /// Tables with fewer rows than this, all together, are counted here.
    pub from_rows: u64,
    /// What is done about what Spark cannot count.
    pub fall_back: FallBack,
    /// Further properties of a job; may be secrets.
    pub conf: BTreeMap<String, Secret>,
}

/// What is done where Spark cannot count or does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FallBack {
    /// The run fails.
    #[default]
    Never,
    /// It is counted here, and said so.
    Here,
}

impl Spark {
    /// The program that takes a script.
    pub fn program(&self) -> PathBuf {
        self.home.join("bin").join("spark-sql")
    }

    #[cfg(test)]
    pub(crate) fn local_for_tests() -> Self {
        Self {
            home: PathBuf::new(),
            master: "local[1]".to_owned(),
            limit: Duration::from_secs(60),
            from_rows: 0,
            fall_back: FallBack::Never,
            conf: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Written {
    kind: String,
    home: Option<PathBuf>,
    master: Option<String>,
    minutes: u64,
    from_rows: u64,
    fall_back: FallBack,
    conf: BTreeMap<String, String>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            kind: "here".to_owned(),
            home: None,
            master: None,
            minutes: 60,
            from_rows: 0,
            fall_back: FallBack::default(),
            conf: BTreeMap::new(),
        }
    }
}

impl Written {
    pub(super) fn check(self, variables: &Variables, found: &mut Diagnostics) -> Engine {
        let kind = variables.get("SCOREPOST_ENGINE").unwrap_or(&self.kind).to_owned();
        match kind.as_str() {
            "here" => Engine::Here,
            "spark" => self.spark(variables, found).map_or(Engine::Here, Engine::Spark),
            other => {
                let wrong = Diagnostic::error(format!("there is no engine `{other}`"));
                found.push(wrong.hint("`kind` in `[engine]`, or `SCOREPOST_ENGINE`, is \"here\" or \"spark\""));
                Engine::Here
            }
        }
    }

    fn spark(self, variables: &Variables, found: &mut Diagnostics) -> Option<Spark> {
        let named = |variable| variables.get(variable).map(PathBuf::from);
        let home = named("SCOREPOST_SPARK_HOME").or(self.home).or_else(|| named("SPARK_HOME"));
        let master = variables.get("SCOREPOST_SPARK_MASTER").map(str::to_owned).or(self.master);
        let mut lacking = |what: &str, hint: &str| found.push(Diagnostic::error(what).hint(hint));
        if home.is_none() {
            lacking("`[engine]` names no installation of Spark", "write `home`, or set `SPARK_HOME`");
        }
        let is_address = |text: &&String| !text.is_empty() && text.chars().all(|one| one.is_ascii_graphic());
        if master.as_ref().filter(is_address).is_none() {
            lacking("`[engine]` names no cluster", "write `master`, such as \"spark://HOST:7077\" or \"yarn\"");
        }
        let conf = self.conf.into_iter().filter_map(|(name, value)| property(name, &value, variables, found)).collect();
        let spark = Spark {
            home: home?,
            master: master?,
            limit: Duration::from_secs(self.minutes.saturating_mul(60)),
            from_rows: self.from_rows,
            fall_back: self.fall_back,
            conf,
        };
        if !spark.program().is_file() {
            let wrong = Diagnostic::error(format!("there is no `{}`", spark.program().display()));
            found.push(wrong.hint("`home` in `[engine]` is the folder of an installation of Spark 4"));
        }
        Some(spark)
    }
}

/// A property and its value, which may be a variable such as `${SPARK_SECRET}`.
fn property(name: String, value: &str, variables: &Variables, found: &mut Diagnostics) -> Option<(String, Secret)> {
    let is_plain = |one: u8| one.is_ascii_alphanumeric() || b"._-".contains(&one);
    if !name.starts_with("spark.") || !name.bytes().all(is_plain) {
        let wrong = Diagnostic::error(format!("`{name}` is no property of Spark"));
        found.push(wrong.hint("names in `[engine.conf]` are such as \"spark.executor.memory\""));
        return None;
    }
    let Some(variable) = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
        return Some((name, Secret::new(value)));
    };
    match variables.get(variable) {
        Some(value) => Some((name, Secret::new(value))),
        None => {
            let wrong = Diagnostic::error(format!("`{name}` needs `{variable}`, which has no value"));
            found.push(wrong.hint("set it in the environment or in the secrets file"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Engine, Diagnostics> {
        let written: Written = toml::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let variables: Variables =
            environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let mut found = Diagnostics::new();
        let engine = written.check(&variables, &mut found);
        found.into_result(engine)
    }

    #[test]
    fn an_installation_is_named_by_the_file_or_the_environment() {
        assert!(matches!(read("", &[]), Ok(Engine::Here)));
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join("bin")).expect("a folder");
        std::fs::write(home.path().join("bin/spark-sql"), "").expect("a program");
        let home = home.path().to_str().expect("UTF-8");
        let text = "kind = \"spark\"\nmaster = \"yarn\"\nminutes = 5\nfall-back = \"here\"\n\
                    [conf]\n\"spark.authenticate.secret\" = \"${WORD}\"\n";
        let Ok(Engine::Spark(spark)) = read(text, &[("SPARK_HOME", home), ("WORD", "s3cret")]) else {
            panic!("a cluster")
        };
        assert_eq!((spark.master.as_str(), spark.limit), ("yarn", Duration::from_secs(300)));
        assert_eq!((spark.from_rows, spark.fall_back), (0, FallBack::Here));
        assert!(!format!("{spark:?}").contains("s3cret"));
        assert_eq!(spark.conf["spark.authenticate.secret"].expose(), "s3cret");
    }

    #[test]
    fn what_is_wrong_is_said_together_with_what_to_do() {
        let wrong = read("kind = \"spark\"\n[conf]\n\"x y\" = \"1\"\n\"spark.a\" = \"${NOBODY}\"\n", &[]);
        let wrong = wrong.expect_err("four faults").to_string();
        for part in ["SPARK_HOME", "spark://HOST:7077", "`x y` is no property", "NOBODY"] {
            assert!(wrong.contains(part), "{part}: {wrong}");
        }
        assert!(read("kind = \"duckdb\"", &[]).is_err());
        assert!(read("kind = \"spark\"\nhome = \"/nowhere\"\nmaster = \"yarn\"", &[]).is_err());
    }
}
