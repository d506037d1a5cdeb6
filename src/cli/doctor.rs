//! `aisha doctor`: checks everything that the service depends on, all at the same time.

mod chat;
mod database;
mod fal;
mod machine;
mod objects;
mod telegram;

use super::reading::wait_for;
use super::{FAILED, database as configured, say};
use crate::config::Config;
use clap::Args;
use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;

/// Time limit of one check. All run at once, so it is the limit for all.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Args)]
#[command(after_help = "\
Run it as the service's user and with its configuration, because permissions and limits are those of
the user who runs it. It puts, reads and deletes one small object; nothing else is changed and
nothing is bought.

  aisha doctor
  aisha doctor --json | jq '.checks[] | select(.state == \"problem\")'

Exit code 0: nothing to do. 1: there are problems, each with its remedy. 2: the configuration cannot
be read; see `aisha check-config`.")]
pub(super) struct Doctor {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The state of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Worth knowing; nothing to do.
    Note,
    Problem,
}

/// The result of one check.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    name: &'static str,
    state: State,
    /// What was seen.
    said: String,
    /// What to do.
    remedy: Option<String>,
}

impl Finding {
    fn ok(name: &'static str, said: impl Into<String>) -> Self {
        Self { name, state: State::Ok, said: said.into(), remedy: None }
    }

    fn note(name: &'static str, said: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, state: State::Note, said: said.into(), remedy: Some(remedy.into()) }
    }

    fn problem(name: &'static str, said: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, state: State::Problem, said: said.into(), remedy: Some(remedy.into()) }
    }
}

pub(super) fn run(doctor: &Doctor) -> ExitCode {
    let config = match configured() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let findings = match wait_for(all(&config)) {
        Ok(findings) => findings,
        Err(code) => return code,
    };
    let fine = findings.iter().all(|finding| finding.state != State::Problem);
    if doctor.json {
        say(&json!({ "ok": fine, "checks": findings }).to_string());
    } else {
        print(&findings);
    }
    if fine { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

async fn all(config: &Config) -> Vec<Finding> {
    let questions: Vec<(&'static str, BoxFuture<'_, Vec<Finding>>)> = vec![
        ("PostgreSQL", Box::pin(database::ask(config))),
        ("object store", Box::pin(objects::ask(config))),
        ("FAL", Box::pin(fal::key(config))),
        ("FAL's signatures", Box::pin(fal::signatures(config))),
        ("webhook address", Box::pin(fal::webhook(config))),
        ("chat model", Box::pin(chat::ask(config))),
        ("Telegram", Box::pin(telegram::ask(config))),
        ("machine", Box::pin(machine::ask(config))),
    ];
    let bounded = questions.into_iter().map(async |(name, question)| {
        match tokio::time::timeout(PATIENCE, question).await {
            Ok(findings) => findings,
            Err(_) => vec![Finding::problem(
                name,
                format!("no answer within {} s", PATIENCE.as_secs()),
                "check the network in between: name server, firewall, proxy",
            )],
        }
    });
    let mut findings: Vec<Finding> = join_all(bounded).await.into_iter().flatten().collect();
    let about_file = config.remarks.iter().filter(|remark| remark.starts_with("AISHA_CONFIG"));
    findings.extend(about_file.map(|remark| {
        let (said, remedy) = remark.split_once(';').unwrap_or((remark, "see above"));
        Finding::note("configuration", said, remedy.trim())
    }));
    findings
}

fn print(findings: &[Finding]) {
    for finding in findings {
        let word = match finding.state {
            State::Ok => "ok",
            State::Note => "note",
            State::Problem => "PROBLEM",
        };
        super::group::print(&format!("{word:8} {:17} {}", finding.name, finding.said));
        if let Some(remedy) = &finding.remedy {
            super::group::print(&format!("{:8} {:17} → {remedy}", "", ""));
        }
    }
}
