//! `aisha import`: imports a database of the older Aisha, and its pictures.

mod sources;
mod teller;

use super::reading::wait_for;
use super::{FAILED, WRONG, complain, database, failed};
use crate::config::{Config, TrainerChoice};
use crate::fal::{self, Catalogue, CatalogueError};
use crate::postgres::import::{self, Older, Porter, Rules};
use crate::service::{OlderPictures, Rows};
use chrono::Utc;
use clap::Args;
use slog::{Discard, Logger, o};
use sources::Database;
use std::process::ExitCode;
use teller::Teller;

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
Transcripts, balances and the rest are counted and stay where they are.

Generated pictures come with --objects-from, which names the older object store: a folder with the
buckets in it, or an S3 address. The address holds the keys, so it is read from a file:

  install -m 600 /dev/stdin older.s3        paste http://ACCESS_KEY:SECRET_KEY@old-host:9000, Ctrl-D
  aisha import --from @older.url --objects-from @older.s3 --dry-run
  aisha import --from @older.url --objects-from /srv/older-minio

Every completed order comes with each picture that is there and can be read, byte for byte, with its
date, avatar and favorite mark. What is missing or no picture gets a line; a later run brings what is
there by then. Nobody is told, nothing is bought: orders that were being made stay there. The older store
is only read. In its address, write a / of a key as %2F. A folder must hold the pictures as plain files;
if it holds MinIO's own form (xl.meta), start that MinIO and name its address.

What was deleted here, or belonged to people who were forgotten here, does not come back.

Exit code 0: every row was imported, or refused with its reason. 1: the run was interrupted; run it
again. 2: --from is not the database of an older Aisha, or --objects-from is no store.")]
pub(super) struct Import {
    /// The older database: @FILE, a file that holds its address and keeps the password out of the
    /// process list; or the address itself, `postgresql://user@host/name`, also with +asyncpg.
    #[arg(long, value_name = "@FILE|DATABASE_URL", value_parser = sources::database)]
    from: Database,
    /// The older object store, for the generated pictures: a folder of buckets; or @FILE, a file that
    /// holds `http(s)://ACCESS_KEY:SECRET_KEY@host:port`; or `http(s)://host:port` if anybody may read.
    #[arg(long, value_name = "FOLDER|@FILE|URL")]
    objects_from: Option<String>,
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
    let objects = match import.objects_from.as_deref().map(sources::objects).transpose() {
        Ok(objects) => objects,
        Err(why) => {
            complain(&format!("--objects-from: {why}"));
            return ExitCode::from(WRONG);
        }
    };
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
    let porter = match objects {
        Some(from) => {
            OlderPictures::open(config, &rows, from, import.dry_run, &log).await.map(Some)
        }
        None => Ok(None),
    };
    let porter = match porter {
        Ok(porter) => porter,
        Err(error) => {
            complain(&format!("{error:#}"));
            rows.close().await;
            return failed(error.as_ref());
        }
    };
    let porter = porter.as_ref().map(|porter| porter as &dyn Porter);
    let mut teller = Teller::new(import);
    let done = import::run(&rows.pool, &older, &rules, porter, import.dry_run, &mut teller).await;
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
