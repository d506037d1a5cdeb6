//! PostgreSQL: is it there, new enough and close, does its clock agree, is the schema ours?

use super::Finding;
use crate::config::Config;
use crate::postgres::{Pool, contents, ping, planned};
use crate::service::{NoRows, Rows};
use chrono::Utc;
use slog::{Discard, Logger, o};
use std::time::{Duration, Instant};

const NAME: &str = "PostgreSQL";

/// Older servers lack `gen_random_uuid()`.
const OLDEST: i32 = 130_000;

/// Slower round trips delay every press of a button: a screen takes several statements.
const SLOW: Duration = Duration::from_millis(20);

/// Leases use only the server's clock, but ages shown to people use ours.
const SKEW: Duration = Duration::from_secs(5);

/// How many round trips are measured; the best one counts.
const TRIPS: u32 = 5;

pub(super) async fn ask(config: &Config) -> Vec<Finding> {
    match Rows::there(config, &Logger::root(Discard, o!())).await {
        Ok(rows) => {
            let findings = look(&rows.pool, config).await;
            rows.close().await;
            findings
        }
        Err(NoRows::Never(path)) => vec![Finding::note(
            NAME,
            format!("there is none under {} yet", path.display()),
            "`aisha serve` makes one there; set DATABASE_URL to use another",
        )],
        Err(error) => {
            // Each of these sentences has its remedy after a semicolon.
            let words = error.to_string();
            let (said, remedy) = words.split_once(';').unwrap_or((&words, "see above"));
            vec![Finding::problem(NAME, said, remedy.trim())]
        }
    }
}

async fn look(pool: &Pool, config: &Config) -> Vec<Finding> {
    let server = match contents::server(pool).await {
        Ok(server) => server,
        Err(error) => {
            return vec![Finding::problem(NAME, error.to_string(), "check the server's log")];
        }
    };
    let skew = (server.now - Utc::now()).abs();
    let mut findings = vec![version(&server.version, server.version_number)];
    if server.standby {
        findings.push(Finding::problem(
            NAME,
            "this server is a standby and accepts no writes",
            "name the primary in DATABASE_URL, or all servers: host1,host2",
        ));
    }
    findings.push(latency(pool).await);
    if skew.to_std().unwrap_or_default() > SKEW {
        findings.push(Finding::note(
            "clocks",
            format!("the database's clock is {} s away from ours", skew.num_seconds()),
            "synchronize both machines with a time server; FAL's signatures are stale after 300 s",
        ));
    } else {
        findings.push(Finding::ok("clocks", "our clock and the database's agree"));
    }
    let wanted = config.database.pool_size;
    if usize::try_from(server.connections).is_ok_and(|most| most < wanted + 10) {
        findings.push(Finding::problem(
            NAME,
            format!("max_connections is {}, DB_POOL_SIZE {wanted}", server.connections),
            "raise max_connections, or lower DB_POOL_SIZE; leave ten for other programs and for operators",
        ));
    }
    findings.push(schema(pool).await);
    findings
}

fn version(words: &str, number: i32) -> Finding {
    if number < OLDEST {
        return Finding::problem(NAME, format!("it is {words}"), "use PostgreSQL 13 or newer");
    }
    Finding::ok(NAME, words)
}

async fn latency(pool: &Pool) -> Finding {
    let mut best = Duration::MAX;
    for _ in 0..TRIPS {
        let asked = Instant::now();
        if ping(pool).await.is_ok() {
            best = best.min(asked.elapsed());
        }
    }
    let said = format!("a round trip takes {:.1} ms", best.as_secs_f64() * 1000.0);
    if best > SLOW {
        return Finding::note("latency", said, "run the database closer to the service");
    }
    Finding::ok("latency", said)
}

async fn schema(pool: &Pool) -> Finding {
    match planned(pool).await {
        Ok(planned) if planned.missing.is_empty() => {
            let version = planned.applied.last().map_or(0, |(version, _)| *version);
            Finding::ok("schema", format!("current, version {version}"))
        }
        Ok(planned) => Finding::note(
            "schema",
            format!("{} migrations are missing", planned.missing.len()),
            "run `aisha migrate`, or start `aisha serve`, which applies them",
        ),
        Err(error) => {
            let words = error.to_string();
            let (said, remedy) = words.split_once(';').unwrap_or((&words, "see above"));
            Finding::problem("schema", said, remedy.trim())
        }
    }
}
