//! What an import prints.

use super::Import;
use crate::cli::say;
use crate::postgres::import::{Audience, Note, STAGES, Summary, TOTALS};
use indicatif::{ProgressBar, ProgressStyle};

/// Reports row by row, so that nothing has to be kept in memory.
pub(super) struct Teller {
    quiet: bool,
    as_json: bool,
    told: u64,
    /// On a terminal only.
    bar: ProgressBar,
}

impl Teller {
    pub(super) fn new(import: &Import) -> Self {
        let bar = ProgressBar::new(0);
        // The template is a constant of ours; the default will do as well.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}, {eta} left") {
            bar.set_style(style);
        }
        if import.json {
            say(r#"{"rows":["#);
        }
        Self { quiet: import.quiet, as_json: import.json, told: 0, bar }
    }

    pub(super) fn ends(&mut self, summary: Option<&Summary>) {
        self.bar.finish_and_clear();
        if self.as_json {
            let summary = serde_json::to_string(&summary).unwrap_or_default();
            say(&format!(r#"],"summary":{summary}}}"#));
        } else if let Some(summary) = summary {
            for line in lines(summary) {
                say(&line);
            }
        }
    }
}

impl Audience for Teller {
    fn hears(&mut self, note: &Note) {
        if self.quiet {
            return;
        }
        let comma = if self.told == 0 { "" } else { "," };
        self.told += 1;
        let line = if self.as_json {
            format!("{comma}{}", serde_json::to_string(note).unwrap_or_default())
        } else {
            note.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
        };
        self.bar.suspend(|| say(&line));
    }

    fn begins(&mut self, what: &'static str, size: u64) {
        self.bar.reset();
        self.bar.set_length(size);
        self.bar.set_message(what);
    }

    fn moves(&mut self, finished: u64) {
        self.bar.inc(finished);
    }
}

fn lines(summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    for stage in STAGES {
        let Some(counts) = summary.stages.get(stage) else { continue };
        let totals = TOTALS
            .map(|total| format!("{} {total}", counts.get(total).copied().unwrap_or_default()));
        lines.push(format!("{stage}: {}", totals.join(", ")));
        for (reason, rows) in counts.iter().filter(|(what, _)| !TOTALS.contains(&what.as_str())) {
            lines.push(format!("  {rows:>8} {reason}"));
        }
    }
    for (table, rows) in &summary.left {
        lines.push(format!("left where they are: {rows} rows of {table}"));
    }
    let photos = summary.left.contains_key("avatar_photos");
    if photos {
        lines.push(
            "photos are not imported: their owners must send them again for another training"
                .to_owned(),
        );
    }
    if summary.left.contains_key("image_generations") {
        lines.push(
            "generated pictures are imported with --objects-from, which names the older object store; \
             see aisha import --help"
                .to_owned(),
        );
    }
    if summary.dry_run {
        lines.push("this was a dry run: nothing was written".to_owned());
    }
    lines
}
