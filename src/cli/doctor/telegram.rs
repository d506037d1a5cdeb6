//! Telegram: who are we there, and does another program receive our updates?

use super::Finding;
use crate::config::Config;
use crate::telegram::{ApiError, Client};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use slog::{Discard, Logger, o};

const NAME: &str = "Telegram";

/// The fields of `getMe` that we report.
#[derive(Deserialize)]
struct Me {
    username: Option<String>,
    /// Whether pictures can be shared.
    #[serde(default)]
    supports_inline_queries: bool,
}

/// The fields of `getWebhookInfo` that matter when polling.
#[derive(Deserialize)]
struct WebhookInfo {
    url: String,
    pending_update_count: i64,
}

pub(super) async fn ask(config: &Config) -> Vec<Finding> {
    if config.telegram.token.expose_secret().is_empty() {
        let remedy =
            "get a token from @BotFather and set it; without one Aisha cannot talk to anybody";
        return vec![Finding::problem(NAME, "TELEGRAM_BOT_TOKEN is missing", remedy)];
    }
    let client = match Client::new(config.telegram.clone(), &Logger::root(Discard, o!())) {
        Ok(client) => client,
        Err(error) => {
            return vec![Finding::problem(NAME, error.to_string(), "correct TELEGRAM_API_URL")];
        }
    };
    let me = match client.call::<Me>("getMe", &json!({})).await {
        Ok(me) => me,
        Err(error) => return vec![failed(&error)],
    };
    let name = me.username.unwrap_or_default();
    let mut findings = vec![Finding::ok(NAME, format!("we are @{name}"))];
    findings.push(if me.supports_inline_queries {
        Finding::ok("sharing", "inline mode is on, so people can share pictures")
    } else {
        let remedy =
            format!("tell @BotFather /setinline, choose @{name}, and give any placeholder");
        Finding::note("sharing", "inline mode is off, so people cannot share pictures", remedy)
    });
    match client.call::<WebhookInfo>("getWebhookInfo", &json!({})).await {
        Ok(info) if !info.url.is_empty() => findings.push(Finding::problem(
            "updates",
            "a webhook is set for this bot, so its updates cannot be polled",
            "stop the program that uses it, then call deleteWebhook; `aisha serve` cannot know whose it is",
        )),
        Ok(info) => findings.push(Finding::ok(
            "updates",
            format!("no webhook is set, {} updates wait", info.pending_update_count),
        )),
        Err(error) => findings.push(failed(&error)),
    }
    findings
}

fn failed(error: &ApiError) -> Finding {
    let remedy = match error {
        ApiError::Answered(refusal) if refusal.is_about_the_token() => {
            "set TELEGRAM_BOT_TOKEN to the token that @BotFather shows; a revoked token stays invalid"
        }
        ApiError::Answered(_) | ApiError::Unreadable(_) => "check TELEGRAM_API_URL",
        ApiError::NotSent(_) | ApiError::Unknown(_) => {
            "check TELEGRAM_API_URL and that this machine can reach it; some networks block it"
        }
    };
    Finding::problem(NAME, error.to_string(), remedy)
}
