//! The terminal: lines that stay, and one live line.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the live line is redrawn.
const TICK: Duration = Duration::from_millis(100);

/// Width of the time, to align what follows.
const SECONDS: usize = 7;

/// One line that stays.
pub(crate) fn say(line: &str) {
    // A reader that has gone away (`make demo | head`) must not make us leave a service behind.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}

/// Seconds with a tenth.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// A tick or a cross, coloured on a terminal unless the user has turned colours off.
pub(crate) fn mark(well: bool) -> String {
    let (mark, colour) = if well { ("✔", 32) } else { ("✘", 31) };
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !std::io::stdout().is_terminal() {
        return mark.to_owned();
    }
    format!("\x1b[{colour}m{mark}\x1b[0m")
}

/// Does some work while a line shows its progress; returns its outcome and the time it took.
///
/// On a terminal this is one line, redrawn. Elsewhere each new stage is a line of its own, so that
/// a log file tells the same story.
pub(crate) async fn follow<T>(
    who: &str,
    mut stage: impl FnMut() -> String,
    work: impl Future<Output = anyhow::Result<T>>,
) -> (anyhow::Result<T>, Duration) {
    let mut line = Line::begin(who);
    let mut tick = tokio::time::interval(TICK);
    let mut work = std::pin::pin!(work);
    let outcome = loop {
        tokio::select! {
            outcome = &mut work => break outcome,
            _ = tick.tick() => line.show(&stage()),
        }
    };
    line.show(&stage());
    let took = line.end(outcome.is_ok());
    (outcome, took)
}

/// The live line.
struct Line {
    who: String,
    started: Instant,
    /// `None` if there is no terminal to draw on.
    bar: Option<ProgressBar>,
    shown: String,
}

impl Line {
    fn begin(who: &str) -> Self {
        let bar = std::io::stdout().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
            // Our own template; if it did not parse, the line would only look different.
            let style = ProgressStyle::with_template("  {spinner:.cyan} {wide_msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self { who: who.to_owned(), started: Instant::now(), bar, shown: String::new() }
    }

    fn show(&mut self, stage: &str) {
        let line = format!("{} {:>SECONDS$}  {stage}", self.who, seconds(self.started.elapsed()));
        if let Some(bar) = &self.bar {
            bar.set_message(line);
            bar.tick();
        } else if self.shown != stage {
            stage.clone_into(&mut self.shown);
            say(&format!("    {line}"));
        }
    }

    fn end(self, well: bool) -> Duration {
        let took = self.started.elapsed();
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        let how = if well { "done" } else { "failed" };
        say(&format!("  {} {} {:>SECONDS$}  {how}", mark(well), self.who, seconds(took)));
        took
    }
}
