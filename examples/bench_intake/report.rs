//! The results: a table for people, a file for programs, a picture.

mod chart;

use crate::round::{Round, Run};
use anyhow::Context;
use std::io::Write;
use std::path::PathBuf;

/// One line.
pub(crate) fn say(line: &str) {
    // A closed pipe means that the reader has seen enough.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}

/// The load of this machine, from the kernel.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// From the smallest to the largest.
pub(crate) fn ordered(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// The median.
pub(crate) fn middle(numbers: impl Iterator<Item = f64>) -> f64 {
    let numbers = ordered(numbers);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The results of a round in numbers: medians, and the range of its ratios.
pub(crate) struct Line {
    pub(crate) ratio: f64,
    pub(crate) range: (f64, f64),
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// pgbench's.
    pub(crate) base: (f64, f64, f64, f64),
    pub(crate) postgres: f64,
    pub(crate) server: f64,
    pub(crate) resident: f64,
}

impl Line {
    pub(crate) fn of(round: &Round) -> Self {
        let ratios = round.ratios();
        let end = |n: Option<&f64>| n.copied().unwrap_or_default();
        let of = |pick: fn(&Run) -> f64| middle(round.runs.iter().map(pick));
        let base = (
            middle(round.pgbench.iter().map(|run| run.rate)),
            middle(round.pgbench.iter().map(|run| run.p50.as_secs_f64() * 1e3)),
            middle(round.pgbench.iter().map(|run| run.p99.as_secs_f64() * 1e3)),
            middle(round.pgbench.iter().map(|run| run.postgres)),
        );
        Self {
            ratio: middle(ratios.iter().copied()),
            range: (end(ratios.first()), end(ratios.last())),
            rate: of(|run| run.rate),
            p50: of(|run| run.p50.as_secs_f64() * 1e3),
            p99: of(|run| run.p99.as_secs_f64() * 1e3),
            base,
            postgres: of(|run| run.postgres),
            server: of(|run| run.server),
            // A process's memory, far below what a double represents exactly.
            resident: of(|run| f64::from(u32::try_from(run.resident / 1024).unwrap_or(u32::MAX)))
                / 1024.0,
        }
    }
}

/// Printed as soon as a round is over.
pub(crate) fn tell(round: &Round) {
    let line = Line::of(round);
    let (rate, p50, p99, postgres) = line.base;
    say(&format!(
        "{:24} {:3} connections: ratio {:.2} ({:.2}–{:.2}); {:.0}/s, p50 {:.1} ms, p99 {:.1} ms; \
         PostgreSQL {:.0} µs, server {:.0} µs each, {:.1} MiB; pgbench {rate:.0}/s, p50 {p50:.1}, \
         p99 {p99:.1} ms, {postgres:.0} µs; load {}",
        round.name,
        round.connections,
        line.ratio,
        line.range.0,
        line.range.1,
        line.rate,
        line.p50,
        line.p99,
        line.postgres,
        line.server,
        line.resident,
        round.load,
    ));
}

/// The table, the file and the picture.
pub(crate) fn publish(rounds: &[Round]) -> anyhow::Result<()> {
    let example = std::env::current_exe()?;
    let folder = example.ancestors().nth(3).context("the benchmark lies nowhere")?.join("bench");
    std::fs::create_dir_all(&folder)?;
    say(
        "\n| | connections | ratio to pgbench | range | webhooks/s | p50, p99 ms | µs each: PostgreSQL, server |",
    );
    say("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for round in rounds {
        let line = Line::of(round);
        say(&format!(
            "| {} {} | {} | **{:.2}** | {:.2}–{:.2} | {:.0} | {:.1}, {:.1} | {:.0}, {:.0} |",
            round.name,
            round.version,
            round.connections,
            line.ratio,
            line.range.0,
            line.range.1,
            line.rate,
            line.p50,
            line.p99,
            line.postgres,
            line.server
        ));
    }
    let files = [("intake.csv", table(rounds)), ("intake.svg", chart::draw(rounds))];
    for (name, text) in files {
        let path: PathBuf = folder.join(name);
        std::fs::write(&path, text)?;
        say(&format!("written: {}", path.display()));
    }
    Ok(())
}

/// Every single run, for further computation.
fn table(rounds: &[Round]) -> String {
    let mut text = "contender,version,way,connections,run,webhooks_per_second,p50_ms,p99_ms,\
        postgres_us,server_us,resident_bytes,pgbench_before,pgbench_after,pgbench_p99_ms,load\n"
        .to_owned();
    for round in rounds {
        for (n, (run, around)) in round.runs.iter().zip(round.pgbench.windows(2)).enumerate() {
            let line = format!(
                "{},{},\"{}\",{},{},{:.1},{:.3},{:.3},{:.1},{:.1},{},{:.1},{:.1},{:.3},{}\n",
                round.name,
                round.version,
                round.way,
                round.connections,
                n + 1,
                run.rate,
                run.p50.as_secs_f64() * 1e3,
                run.p99.as_secs_f64() * 1e3,
                run.postgres,
                run.server,
                run.resident,
                around[0].rate,
                around[1].rate,
                around[0].p99.as_secs_f64() * 1e3,
                round.load
            );
            text.push_str(&line);
        }
    }
    text
}
