//! The results, for people.

use crate::ground::Ran;
use crate::measure::{BUDGETS, Polls, Run};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

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

/// The whole table: one column per size.
pub(crate) fn print(runs: &[Run]) {
    let Some(base) = runs.first().map(|run| run.resident) else { return };
    row("trainings in flight", runs, |run| run.trainings.to_string());
    row("process start → first look", runs, |run| millis(run.looked));
    row("first look → all watched", runs, |run| millis(run.watched));
    row("  of it in PostgreSQL", runs, |run| reading(&run.reading));
    row("resident", runs, |run| format!("{:.1} MiB", mib(run.resident)));
    row("  for each training", runs, |run| match run.trainings {
        0 => "—".to_owned(),
        n => format!("{} B", run.resident.saturating_sub(base) / u64::from(n)),
    });
    let typical: fn(&Run) -> &Polls = |run| &run.polls.0;
    let high: fn(&Run) -> &Polls = |run| &run.polls.1;
    for (budget, polls) in [(BUDGETS.0, typical), (BUDGETS.1, high)] {
        let label = format!("polls/s at a budget of {budget}");
        row(&label, runs, |run| format!("{:.1}", polls(run).per_second));
        row("  in the busiest second", runs, |run| polls(run).busiest.to_string());
    }
    row("computed for each poll", runs, |run| format!("{} µs", run.polls.1.each.as_micros()));
    row("computed for each sweep", runs, |run| millis(run.sweep));
    row("warnings in the log", runs, |run| {
        (run.polls.0.warnings + run.polls.1.warnings).to_string()
    });
    row("statements a renewal", runs, per_renewal);
    row("stop", runs, |run| millis(run.stop));
}

fn row(label: &str, runs: &[Run], cell: impl Fn(&Run) -> String) {
    let cells: Vec<_> = runs.iter().map(|run| format!("{:>14}", cell(run))).collect();
    say(&format!("{label:28}{}", cells.join("")));
}

fn millis(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

fn mib(bytes: u64) -> f64 {
    // A process's megabytes are far below what a double represents exactly.
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}

fn reading(ran: &BTreeMap<&'static str, Ran>) -> String {
    let of = |name| ran.get(name).map(|ran: &Ran| ran.millis);
    match (of("trainings_in_flight"), of("reports_unprocessed")) {
        (None, None) => "—".to_owned(),
        (rows, reports) => {
            format!("{:.0} + {:.0} ms", rows.unwrap_or_default(), reports.unwrap_or_default())
        }
    }
}

fn per_renewal(run: &Run) -> String {
    if run.leases.is_empty() {
        return "—".to_owned();
    }
    let calls: i64 = run.leases.values().map(|ran| ran.calls).sum();
    let calls = f64::from(u32::try_from(calls).unwrap_or(u32::MAX));
    format!("{:.2}", calls / run.renewals)
}
