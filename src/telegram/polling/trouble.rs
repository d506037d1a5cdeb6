//! What a failed poll means, and how long to wait after it.

use super::Poller;
use crate::telegram::errors::{ApiError, Refusal};
use crate::telegram::health::PollHealth;
use frankenstein::methods::DeleteWebhookParams;
use serde::de::IgnoredAny;
use slog::{info, warn};
use std::time::Duration;

/// How often to retry with a token that Telegram does not know. Only a person can change that.
pub(in crate::telegram) const BAD_TOKEN_WAIT: Duration = Duration::from_secs(30);

impl Poller {
    /// What to do about a failed poll, and how long to wait.
    pub(super) async fn meet(&mut self, error: ApiError) -> Duration {
        match error {
            ApiError::Answered(refusal) => self.refused(refusal).await,
            ApiError::Unreadable(_) => {
                self.portion = self.portion.smaller();
                self.reporter.unreachable(error.to_string());
                self.backoff.failed()
            }
            ApiError::NotSent(_) | ApiError::Unknown(_) => {
                self.reporter.unreachable(error.to_string());
                self.backoff.failed()
            }
        }
    }

    async fn refused(&mut self, refusal: Refusal) -> Duration {
        match refusal.code {
            409 => self.conflict(&refusal).await,
            429 => {
                let told = refusal.retry_after.filter(|wait| !wait.is_zero());
                let wait = told.unwrap_or_else(|| self.backoff.failed());
                info!(self.log, "Telegram asks to wait"; "wait_ms" => wait.as_millis());
                wait
            }
            _ if refusal.is_about_the_token() => {
                self.reporter.tell(PollHealth::bad_token(&refusal));
                BAD_TOKEN_WAIT
            }
            _ => {
                self.reporter.unreachable(refusal.to_string());
                self.backoff.failed()
            }
        }
    }

    /// Deletes a webhook once, because we are configured to poll. If it is set again, another bot
    /// process has set it, and fighting it would lose updates on both sides.
    async fn conflict(&mut self, refusal: &Refusal) -> Duration {
        if refusal.says("webhook is active") && !self.webhook_deleted {
            let params = DeleteWebhookParams::builder().drop_pending_updates(false).build();
            match self.client.call::<IgnoredAny>("deleteWebhook", &params).await {
                Ok(_) => {
                    info!(self.log, "a webhook was set; it is deleted, because we poll");
                    self.webhook_deleted = true;
                    return Duration::ZERO;
                }
                Err(error) => warn!(self.log, "the webhook could not be deleted: {}", error),
            }
        }
        self.reporter.tell(PollHealth::Conflict {
            why: format!(
                "somebody else takes this bot's updates ({refusal}); stop the other process that \
                 has this token, or give it a bot of its own"
            ),
        });
        self.backoff.failed()
    }
}
