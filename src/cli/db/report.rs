//! `aisha db report`.

use crate::cli::reading::json;
use crate::cli::say;
use crate::postgres::contents::{self, Contents, Rows, Server};
use crate::postgres::schema::{Verified, verify};
use crate::story::moment::{both, span};
use serde::Serialize;
use std::process::ExitCode;

#[derive(Debug, Serialize)]
struct Report {
    aisha: &'static str,
    server: Server,
    /// `None` if it could not be compared; `why` says why.
    schema: Option<Verified>,
    why: Option<String>,
    tables: Contents,
    /// `None` unless the schema is the one that this binary knows.
    rows: Option<Rows>,
}

pub(super) fn run(as_json: bool) -> Result<ExitCode, ExitCode> {
    let report = super::with(async |pool, _| {
        let server = contents::server(pool).await?;
        let tables = contents::count(pool).await?;
        let (schema, why) = match verify(pool).await {
            Ok(verified) => (Some(verified), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let known = schema.as_ref().is_some_and(|schema| schema.missing.is_empty());
        let rows = if known { contents::rows(pool).await.ok() } else { None };
        Ok(Report { aisha: env!("CARGO_PKG_VERSION"), server, schema, why, tables, rows })
    })?;
    if as_json {
        say(&json(&report));
    } else {
        for line in lines(&report) {
            say(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(report: &Report) -> Vec<String> {
    let server = &report.server;
    let mut lines = vec![
        format!("aisha       {}", report.aisha),
        format!(
            "PostgreSQL  {}, database {}, {}, up {}",
            server.version,
            server.database,
            size(server.bytes),
            span((server.now - server.started_at).to_std().unwrap_or_default())
        ),
        format!("schema      {}", schema(report)),
        String::new(),
    ];
    for table in &report.tables.tables {
        lines.push(format!("{:>12} rows {:>10}  {}", table.rows, size(table.bytes), table.name));
    }
    let Some(rows) = &report.rows else { return lines };
    let counted = |counts: &std::collections::BTreeMap<String, i64>| {
        let words: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
        if words.is_empty() { "none".to_owned() } else { words.join(", ") }
    };
    lines.push(String::new());
    lines.push(format!("avatars     {}", counted(&rows.avatars)));
    lines.push(format!("other jobs  {}", counted(&rows.jobs)));
    lines.push(format!("notices     {}", counted(&rows.outbox)));
    lines.push(format!("leases      {} held, {} free", rows.leases_held, rows.leases_free));
    for instance in &rows.instances {
        lines.push(format!(
            "instance    {}, {}, aisha {}, {} leases, started {}, last heard {}",
            instance.id,
            instance.roles,
            instance.version,
            instance.leases,
            both(instance.started_at, server.now),
            both(instance.heartbeat_at, server.now)
        ));
    }
    lines.push(String::new());
    for waiting in &rows.waiting {
        let since =
            waiting.since.map(|since| format!(", the oldest since {}", both(since, server.now)));
        lines.push(format!("{:>12} {}{}", waiting.rows, waiting.what, since.unwrap_or_default()));
    }
    lines
}

fn schema(report: &Report) -> String {
    match (&report.schema, &report.why) {
        (Some(schema), _) if schema.is_clean() => {
            format!("current, {} migrations, as they made it", schema.applied)
        }
        (Some(schema), _) => format!(
            "{} migrations applied, {} missing, {} differences; see `aisha db verify`",
            schema.applied,
            schema.missing.len(),
            schema.differences.len()
        ),
        (None, why) => why.clone().unwrap_or_default(),
    }
}

/// Bytes in a readable form.
fn size(bytes: i64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut rest, mut unit) = (bytes, 0);
    while rest >= 10_240 && unit + 1 < units.len() {
        rest /= 1024;
        unit += 1;
    }
    format!("{rest} {}", units[unit])
}
