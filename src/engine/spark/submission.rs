//! A job on its way: submitted, watched, and ended when it is given up or takes too long.

use std::fs::{self, File};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::settings::Spark;

use super::folder::Folder;
use super::plan::Plan;
use super::{GRACE, Step, Watcher};

/// How often a job is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Ends the whole job when the other end of its standard input is closed, whatever closes it: we do when the job is given
/// up, the system does when we are killed. The job itself takes the place of the shell.
const LEASH: &str = r#"exec 3<&0; (read -r _ <&3; kill -s TERM -- "-$$") & exec "$@" 3<&- </dev/null"#;

/// The environment that an installation of Spark may need; nothing else of ours is passed on.
const PASSED_ON: [&str; 7] = ["PATH", "HOME", "USER", "LANG", "TZ", "JAVA_HOME", "LD_LIBRARY_PATH"];
const PASSED_ON_ALL: [&str; 4] = ["SPARK_", "HADOOP_", "YARN_", "KRB5"];

/// What a script says before each of its statements.
pub(super) fn mark(number: usize, total: usize) -> String {
    format!("scorepost {} of {total}", number + 1)
}

/// Submits the script of a folder and waits for its end.
pub(super) fn carry_out(spark: &Spark, folder: &Folder, plan: &Plan, watcher: &Watcher<'_>) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut job = Job { child: submitted(spark, folder)?, told: 0 };
    loop {
        let status = job.child.try_wait().context("the job is lost")?;
        job.tell(folder, plan, watcher);
        if let Some(status) = status {
            return ended(status, folder);
        }
        if (watcher.given_up)() {
            job.end()?;
            bail!("the job was given up, because its run was cancelled");
        }
        if begun.elapsed() > spark.limit {
            job.end()?;
            let minutes = spark.limit.as_secs().div_ceil(60);
            bail!(
                "the job took longer than {minutes} minutes; raise `minutes` in `[engine]`, or give Spark more to work with"
            );
        }
        std::thread::sleep(LOOK);
    }
}

fn submitted(spark: &Spark, folder: &Folder) -> anyhow::Result<Child> {
    let program = spark.program();
    fs::create_dir(folder.scratch()).context("cannot make a folder for the job")?;
    let file = |name: &str| File::create(folder.path().join(name)).with_context(|| format!("cannot write `{name}`"));
    let environment = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        PASSED_ON.contains(&name.as_ref()) || PASSED_ON_ALL.iter().any(|begin| name.starts_with(begin))
    });
    let child = Command::new("sh")
        .args(["-c", LEASH, "sh"])
        .arg(&program)
        .arg("--properties-file")
        .arg(folder.properties())
        .arg("-f")
        .arg(folder.path().join("plan.sql"))
        .env_clear()
        .envs(environment)
        .env("SPARK_HOME", &spark.home)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(file("marks.txt")?)
        .stderr(File::create(folder.log()).context("cannot write the job's log")?)
        .process_group(0)
        .spawn();
    child.with_context(|| format!("cannot start `{}`; check `home` in `[engine]`", program.display()))
}

fn ended(status: ExitStatus, folder: &Folder) -> anyhow::Result<()> {
    if status.success() {
        return Ok(());
    }
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("code {code}"),
        (None, signal) => format!("signal {}", signal.unwrap_or_default()),
    };
    let log = fs::read_to_string(folder.log()).unwrap_or_default();
    let why = condition(&log).map(|condition| format!(": {condition}")).unwrap_or_default();
    bail!("the job ended with {how}{why}; its log says why")
}

/// The name of the error that a log tells of first, such as `PARSE_SYNTAX_ERROR`; never a value of the data.
fn condition(log: &str) -> Option<&str> {
    let is_name =
        |text: &&str| text.len() > 3 && text.bytes().all(|one| one.is_ascii_uppercase() || b"_.".contains(&one));
    log.split('[').skip(1).filter_map(|rest| rest.split_once(']').map(|(name, _)| name)).find(is_name)
}

/// A job that runs.
struct Job {
    child: Child,
    /// How many of its marks were told.
    told: usize,
}

impl Job {
    fn tell(&mut self, folder: &Folder, plan: &Plan, watcher: &Watcher<'_>) {
        let said = fs::read_to_string(folder.path().join("marks.txt")).unwrap_or_default();
        let total = plan.statements.len();
        while self.told < total && said.lines().any(|line| line == mark(self.told, total)) {
            let table = plan.statements[self.told].table.name().to_owned();
            (watcher.tell)(Step { done: self.told, total, table });
            self.told += 1;
        }
    }

    /// Asks the job to end, so that the cluster is told, and ends it when it does not.
    fn end(&mut self) -> anyhow::Result<()> {
        drop(self.child.stdin.take());
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if self.child.try_wait().context("the job is lost")?.is_some() {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
        self.child.kill().context("the job cannot be ended")?;
        self.child.wait().map(drop).context("the job cannot be ended")
    }
}

/// Whatever ends us ends the job.
impl Drop for Job {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.try_wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_named_without_the_values_of_its_rows() {
        let log = "26/11/22 WARN [main] x\n[CAST_INVALID_INPUT] The value 'Agent 001' of the type \"STRING\" [A1]";
        assert_eq!(condition(log), Some("CAST_INVALID_INPUT"));
        assert_eq!(condition("java.lang.OutOfMemoryError"), None);
    }
}
