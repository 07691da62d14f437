//! How long before the run the data was pulled.

use chrono::TimeDelta;

use crate::finding::Finding;
use crate::job::Gate;
use crate::words::Bilingual;

use super::{Given, Look};

/// One finding for each source whose data is older than the gate allows.
pub fn seen(gate: &Gate, max: TimeDelta, look: &Look<'_>) -> Vec<Finding> {
    let asked = |given: &&Given| gate.source.as_ref().is_none_or(|source| *source == given.source);
    let old = look.given.iter().filter(asked).filter(|given| look.now - given.cut_off > max);
    old.map(|given| finding(given, look.now - given.cut_off, max)).collect()
}

fn finding(given: &Given, age: TimeDelta, max: TimeDelta) -> Finding {
    let (source, at) = (&given.source, given.cut_off.format("%Y-%m-%d %H:%MZ"));
    let (age, max) = (length(age), length(max));
    Finding::hold(
        "old-data",
        Bilingual::new(
            format!("数据源 {source} 的数据取于 {at}，距本次运行 {}，超过容许的 {}", age.zh, max.zh),
            format!("the data of source {source} is of {at}, {} before this run; {} are allowed", age.en, max.en),
        ),
        Bilingual::new("用 --refresh 重新运行", "run again with `--refresh`"),
    )
    .about(source)
}

/// Days and hours, or minutes.
fn length(time: TimeDelta) -> Bilingual {
    match (time.num_days(), time.num_hours() % 24, time.num_minutes()) {
        (0, 0, minutes) => Bilingual::new(format!("{minutes} 分钟"), format!("{minutes} minutes")),
        (0, hours, _) => Bilingual::new(format!("{hours} 小时"), format!("{hours} hours")),
        (days, 0, _) => Bilingual::new(format!("{days} 天"), format!("{days} days")),
        (days, hours, _) => Bilingual::new(format!("{days} 天 {hours} 小时"), format!("{days} days {hours} hours")),
    }
}
