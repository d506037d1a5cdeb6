//! `aisha import`: imports a database of the older Aisha.

use super::reading::wait_for;
use super::{FAILED, WRONG, complain, database, say};
use crate::config::{Config, TrainerChoice};
use crate::fal::{self, Catalogue, CatalogueError};
use crate::postgres::Address as Server;
use crate::postgres::import::{self, Audience, Note, Older, Rules, STAGES, Summary, TOTALS};
use crate::service::Rows;
use chrono::Utc;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use slog::{Discard, Logger, o};
use std::process::ExitCode;

#[derive(Debug, Args)]
#[command(after_help = "\
Stop the older Aisha first. Start with --dry-run, which does everything and keeps nothing, and read its
output. The older database is only read. Ids stay the same, so you can run the import again: rows that
are already here stay as they are, and an interrupted run continues where it stopped.

  install -m 600 /dev/stdin older.url       paste postgresql://aisha:password@old-host/aisha, Ctrl-D
  aisha import --from @older.url --dry-run
  aisha import --from @older.url

What becomes of the rows:
  in training          watched here under FAL's own request id, never bought again
  completed at FAL     in training until the weights are fetched and verified
  invented results     checked with FAL; if FAL has no result, an error, and the owner is told
  drafts               drafts here too; photos stay in the older store and must be sent again
Transcripts, generated pictures, balances and the rest are counted and stay where they are.

Exit code 0: every row was imported, or refused with its reason. 1: the run was interrupted; run it
again. 2: --from is not the database of an older Aisha.")]
pub(super) struct Import {
    /// The older database: @FILE, a file that holds its address and keeps the password out of the
    /// process list; or the address itself, `postgresql://user@host/name`, also with +asyncpg.
    #[arg(long, value_name = "@FILE|DATABASE_URL", value_parser = address)]
    from: Source,
    /// Do everything but keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print only the summary, not every row that was changed or refused.
    #[arg(long)]
    quiet: bool,
    /// Print JSON: one object, with the rows in it.
    #[arg(long)]
    json: bool,
}

/// Where the older database is.
#[derive(Clone, Debug)]
struct Source {
    server: Server,
    /// Its password is in the command line, which every user of this machine can read.
    is_exposed: bool,
}

fn address(given: &str) -> Result<Source, String> {
    let text = match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?,
        None => given.to_owned(),
    };
    let parsed = Server::parse(&text.trim().replacen("+asyncpg", "", 1));
    let server = parsed.map_err(|wrong| wrong.to_string())?;
    let is_exposed = !given.starts_with('@') && server.has_password();
    Ok(Source { server, is_exposed })
}

pub(super) fn run(import: &Import) -> ExitCode {
    let config = match database() {
        Ok(config) => config,
        Err(code) => return code,
    };
    match wait_for(take_over(import, &config)) {
        Ok(code) | Err(code) => code,
    }
}

async fn take_over(import: &Import, config: &Config) -> ExitCode {
    if import.from.is_exposed {
        complain(
            "warning: --from: the password is in the process list, where every user of this machine \
             can read it; put the address into a file of mode 600 and use --from @FILE",
        );
    }
    let rules = match rules(config) {
        Ok(rules) => rules,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(FAILED);
        }
    };
    let older = match Older::open(import.from.server.clone()).await {
        Ok(older) => older,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(if error.may_pass() { FAILED } else { WRONG });
        }
    };
    let log = Logger::root(Discard, o!());
    // A dry run changes nothing. Migrating an older schema and rolling back would lock the tables of
    // a running service; an empty database has none.
    let rows = if import.dry_run {
        Rows::existing_or_empty(config, &log).await
    } else {
        Rows::open(config, &log).await
    };
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(FAILED);
        }
    };
    let mut teller = Teller::new(import, older.size().await.unwrap_or_default());
    let done = import::run(&rows.pool, &older, &rules, import.dry_run, &mut teller).await;
    teller.ends(done.as_ref().ok());
    rows.close().await;
    match done {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(FAILED)
        }
    }
}

fn rules(config: &Config) -> Result<Rules, CatalogueError> {
    let hosts = match &config.trainer {
        TrainerChoice::Fal(settings) => vec![&settings.queue, &settings.rest],
        TrainerChoice::Rehearsal { .. } => Vec::new(),
    };
    let fal_hosts = hosts.into_iter().filter_map(|url| url.host_str().map(str::to_owned)).collect();
    let endpoints = Catalogue::shipped()?.older();
    Ok(Rules { fal_hosts, endpoints, finetune: fal::finetune_id, now: Utc::now() })
}

/// Reports row by row, so that nothing has to be kept in memory.
struct Teller {
    quiet: bool,
    as_json: bool,
    told: u64,
    /// On a terminal only.
    bar: ProgressBar,
}

impl Teller {
    fn new(import: &Import, size: u64) -> Self {
        let bar = ProgressBar::new(size);
        // The template is a constant of ours; the default will do as well.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {eta} left") {
            bar.set_style(style);
        }
        if import.json {
            say(r#"{"rows":["#);
        }
        Self { quiet: import.quiet, as_json: import.json, told: 0, bar }
    }

    fn ends(&mut self, summary: Option<&Summary>) {
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

    fn moves(&mut self, rows: u64) {
        self.bar.inc(rows);
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
    if summary.dry_run {
        lines.push("this was a dry run: nothing was written".to_owned());
    }
    lines
}
