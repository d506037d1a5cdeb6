//! What is said, and which goals were missed.

use anyhow::bail;
use chrono::{DateTime, Utc};
use std::io::Write;
use std::time::Duration;

/// The goals that were missed.
#[derive(Debug, Default)]
pub(crate) struct Aims(Vec<String>);

impl Aims {
    /// Notes a goal, and returns how it stands.
    pub(crate) fn check(&mut self, met: bool, aim: &str) -> String {
        if met {
            return format!("aim {aim}: met");
        }
        self.0.push(aim.to_owned());
        format!("aim {aim}: MISSED")
    }

    /// Notes a goal for the time within which this percentage is to come.
    pub(crate) fn within(&mut self, times: &mut [Duration], percent: usize, most: Duration) {
        let (what, most_of) = (percentile(times, percent), millis(most));
        let aim = format!("p{percent} within {most_of}");
        let stands = self.check(what <= most, &aim);
        say(&format!("    p{percent} {}; {stands}", millis(what)));
    }

    /// # Errors
    /// If a goal was missed.
    pub(crate) fn end(&self) -> anyhow::Result<()> {
        if self.0.is_empty() {
            say("every aim is met");
            return Ok(());
        }
        bail!("missed: {}", self.0.join("; "))
    }
}

pub(crate) fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

/// The time within which this percentage came.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(index).copied().unwrap_or_default()
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// The load of this machine, from the kernel.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// One line.
pub(crate) fn say(line: &str) {
    // A closed pipe means that the reader has seen enough.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}
