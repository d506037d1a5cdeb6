//! `aisha fal`: what FAL itself says.

use super::reading::wait_for;
use super::{FAILED, WRONG, complain, configured, say};
use crate::config::{Config, TrainerChoice};
use crate::fal::{Catalogue, Fal, FalSettings};
use actors::avatar::RequestId;
use actors::ports::{ResultAnswer, StatusAnswer, Trainer};
use actors::process::Roles;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Debug, Args)]
#[command(after_help = "\
Needs FAL_API_KEY. Uses no database and changes nothing.

  aisha fal status 0199f3a0-7c3e-7e5c-b9a4-0f1d2c3b4a59")]
pub(super) struct FalCommands {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask FAL for the state of one request.
    ///
    /// Exit code 0: queued, running, or finished with weights. 1: failed, unknown to FAL, or FAL
    /// could not be reached. 2: `FAL_API_KEY` is missing, or test mode is on.
    Status(Status),
}

#[derive(Debug, Args)]
struct Status {
    /// FAL's request id, as `aisha avatars show` prints it.
    #[arg(value_parser = request_id)]
    request_id: String,
    /// FAL's name of the trainer. Without it, every trainer in the catalogue is asked.
    #[arg(long, value_name = "OWNER/ALIAS", value_parser = endpoint)]
    endpoint: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(commands: &FalCommands) -> ExitCode {
    let Command::Status(asked) = &commands.command;
    let settings = match settings() {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    match wait_for(ask(settings, &asked.request_id, asked.endpoint.as_deref())) {
        Ok(Ok((answer, fine))) => {
            say(&if asked.json { answer.to_string() } else { words(&answer) });
            if fine { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
        }
        Ok(Err(error)) => {
            complain(&format!("{error:#}"));
            ExitCode::from(FAILED)
        }
        Err(code) => code,
    }
}

fn settings() -> Result<FalSettings, ExitCode> {
    let config = configured(Roles { api: false, bot: false, trainer: false })?;
    usable(&config).ok_or_else(|| {
        complain(match config.trainer {
            TrainerChoice::Rehearsal { .. } => {
                "FAL_TRAINING_TEST_MODE is on: FAL knows nothing about rehearsals"
            }
            TrainerChoice::Fal(_) => "FAL_API_KEY is missing; set your FAL key",
        });
        ExitCode::from(WRONG)
    })
}

/// The settings for asking FAL; `None` in test mode or without a key.
pub(super) fn usable(config: &Config) -> Option<FalSettings> {
    match &config.trainer {
        TrainerChoice::Fal(settings) if !settings.key.expose_secret().is_empty() => {
            Some((**settings).clone())
        }
        TrainerChoice::Fal(_) | TrainerChoice::Rehearsal { .. } => None,
    }
}

/// FAL's answer about one request, and whether it is a good one.
pub(super) async fn ask(
    settings: FalSettings,
    request_id: &str,
    endpoint: Option<&str>,
) -> anyhow::Result<(Value, bool)> {
    let catalogue = Catalogue::shipped()?;
    let endpoints = match endpoint {
        Some(endpoint) => vec![endpoint.to_owned()],
        None => catalogue.endpoints().into_iter().map(str::to_owned).collect(),
    };
    let fal = Fal::new(settings, catalogue)?;
    let request = RequestId(request_id.into());
    for endpoint in &endpoints {
        let answer = fal.status(endpoint, &request).await;
        if answer != StatusAnswer::Gone {
            let (mut answer, fine) = told(&fal, endpoint, &request, answer).await;
            answer["request_id"] = json!(request_id);
            answer["endpoint"] = json!(endpoint);
            return Ok((answer, fine));
        }
    }
    let answer = json!({
        "request_id": request_id, "endpoint": null, "answer": "unknown",
        "why": format!("FAL knows no such request at {}", endpoints.join(", ")),
    });
    Ok((answer, false))
}

async fn told(fal: &Fal, endpoint: &str, id: &RequestId, answer: StatusAnswer) -> (Value, bool) {
    match answer {
        StatusAnswer::Running(progress) => {
            let (place, percent) = (progress.queue_position, progress.percent);
            let word = progress.word;
            let answer = json!({
                "answer": "running", "status": word, "queue_position": place, "percent": percent,
            });
            (answer, true)
        }
        StatusAnswer::Finished => match fal.result(endpoint, id).await {
            ResultAnswer::Files { files, .. } => {
                (json!({ "answer": "finished", "weights": files.is_some() }), files.is_some())
            }
            ResultAnswer::Failed(failure) | ResultAnswer::Suspect(failure) => {
                (failed(&failure.code, &failure.message), false)
            }
            ResultAnswer::Gone => {
                (unreachable("FAL has finished but no longer has the result"), false)
            }
            ResultAnswer::Unreachable { why } => (
                unreachable(&format!("FAL has finished, but its result cannot be fetched: {why}")),
                false,
            ),
        },
        StatusAnswer::Failed(failure) => (failed(&failure.code, &failure.message), false),
        StatusAnswer::Gone => (unreachable("FAL knows no such request"), false),
        StatusAnswer::Unreachable { why } => (unreachable(&why), false),
    }
}

fn failed(code: &str, message: &str) -> Value {
    json!({ "answer": "failed", "code": code, "why": message })
}

fn unreachable(why: &str) -> Value {
    json!({ "answer": "unreachable", "why": why })
}

pub(super) fn words(answer: &Value) -> String {
    let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
    match answer["answer"].as_str() {
        Some("running") => {
            let place = answer["queue_position"].as_i64();
            let place =
                place.map(|place| format!(", place {place} in the queue")).unwrap_or_default();
            let percent = answer["percent"].as_i64();
            let percent = percent.map(|percent| format!(", about {percent} %")).unwrap_or_default();
            format!("{}: {}{place}{percent}", text("endpoint"), text("status"))
        }
        Some("finished") if answer["weights"] == json!(true) => {
            format!("{}: COMPLETED, the result names weights", text("endpoint"))
        }
        Some("finished") => {
            format!("{}: COMPLETED, but the result names no weights", text("endpoint"))
        }
        Some("failed") => {
            format!("{}: failed: {}: {}", text("endpoint"), text("code"), text("why"))
        }
        _ => text("why"),
    }
}

/// Only a name may become part of an address.
pub(super) fn request_id(text: &str) -> Result<String, String> {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !text.is_empty() && text.chars().all(name) {
        Ok(text.to_owned())
    } else {
        Err("a request id has only letters, digits, - and _".to_owned())
    }
}

fn endpoint(text: &str) -> Result<String, String> {
    let part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && part != ".."
    };
    if text.contains('/') && text.split('/').all(part) {
        Ok(text.to_owned())
    } else {
        Err("an endpoint looks like owner/alias".to_owned())
    }
}
