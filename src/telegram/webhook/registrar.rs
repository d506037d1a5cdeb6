//! The webhook registrar: makes sure that Telegram knows our address while we hold the lease for
//! updates.

use super::Hook;
use crate::telegram::client::Client;
use crate::telegram::errors::{ApiError, Refusal};
use crate::telegram::health::{PollHealth, Reporter};
use crate::telegram::polling::pace::backoff;
use crate::telegram::polling::trouble::BAD_TOKEN_WAIT;
use crate::telegram::polling::{Lease, RECHECK};
use crate::telegram::update::wanted;
use actors::backoff::Backoff;
use chrono::{DateTime, TimeDelta, Utc};
use frankenstein::methods::SetWebhookParams;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use slog::{Logger, info, o};
use std::fmt;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Most calls that Telegram keeps open at once: its own default. They are stored together, so more
/// would gain nothing.
const CALLS: u32 = 40;

/// How often to check what Telegram knows about us.
const LOOK: Duration = Duration::from_secs(30);

/// Older failed deliveries no longer matter.
const RECENT: TimeDelta = TimeDelta::seconds(2 * 30);

/// The loop and its state.
pub struct Registrar {
    client: Client,
    hook: Hook,
    lease: Lease,
    reporter: Reporter,
    log: Logger,
    backoff: Backoff,
    /// When Telegram last confirmed our address; `None` if it must be told.
    known: Option<Instant>,
}

impl Registrar {
    /// A loop over just what it needs.
    #[must_use]
    pub fn new(
        client: Client,
        hook: Hook,
        lease: Lease,
        health: watch::Sender<PollHealth>,
    ) -> Self {
        let log = client.log.new(o!("loop" => "telegram webhook"));
        let reporter = Reporter::new(health, log.clone());
        Self { client, hook, lease, reporter, log, backoff: backoff(), known: None }
    }

    /// Keeps the webhook set while the lease is held, until it is told to stop. The webhook stays set:
    /// Telegram keeps what it cannot deliver, and our successor takes it.
    pub async fn run(mut self, stop: CancellationToken) {
        if stop.run_until_cancelled(self.turn_forever()).await.is_none() {
            info!(self.log, "the webhook is left as it is");
        }
    }

    async fn turn_forever(&mut self) {
        loop {
            let wait = self.turn().await;
            tokio::time::sleep(wait).await;
        }
    }

    /// One check; returns how long to wait before the next.
    async fn turn(&mut self) -> Duration {
        if (self.lease)().is_none() {
            self.reporter.tell(PollHealth::NotMine);
            self.known = None;
            return RECHECK;
        }
        let done = match self.known {
            None => self.set().await,
            Some(at) if at.elapsed() >= LOOK => self.look().await,
            Some(_) => return RECHECK,
        };
        match done {
            Ok(()) => {
                self.backoff.worked();
                RECHECK
            }
            Err(error) => self.meet(error),
        }
    }

    async fn set(&mut self) -> Result<(), ApiError> {
        let params = SetWebhookParams::builder()
            .url(self.hook.url.as_str())
            .secret_token(self.hook.secret.expose())
            .max_connections(CALLS)
            .allowed_updates(wanted())
            .drop_pending_updates(false)
            .build();
        self.client.call::<IgnoredAny>("setWebhook", &params).await?;
        self.known = Some(Instant::now());
        self.reporter.tell(PollHealth::Ok);
        Ok(())
    }

    async fn look(&mut self) -> Result<(), ApiError> {
        let info: Info = self.client.call("getWebhookInfo", &json!({})).await?;
        let health = info.health(self.hook.url.as_str(), Utc::now());
        // If it was removed, set it again: a poller deletes it only once and says so.
        let ours = !matches!(health, PollHealth::Conflict { .. });
        self.known = ours.then(Instant::now);
        self.reporter.tell(health);
        Ok(())
    }

    /// What a failed call means, and how long to wait.
    fn meet(&mut self, error: ApiError) -> Duration {
        match error {
            ApiError::Answered(refusal) => self.refused(&refusal),
            ApiError::NotSent(_) | ApiError::Unknown(_) | ApiError::Unreadable(_) => {
                self.reporter.unreachable(error.to_string());
                self.backoff.failed()
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal) -> Duration {
        if refusal.is_about_the_token() {
            self.reporter.tell(PollHealth::bad_token(refusal));
            return BAD_TOKEN_WAIT;
        }
        match refusal.code {
            429 => {
                let told = refusal.retry_after.filter(|wait| !wait.is_zero());
                told.unwrap_or_else(|| self.backoff.failed())
            }
            400 => {
                let why = format!(
                    "Telegram does not take our address ({refusal}); check TELEGRAM_WEBHOOK_URL, \
                     or unset it: updates are asked for then"
                );
                self.reporter.tell(PollHealth::BadWebhook { why });
                self.backoff.failed()
            }
            _ => {
                self.reporter.unreachable(refusal.to_string());
                self.backoff.failed()
            }
        }
    }
}

impl fmt::Debug for Registrar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registrar").field("known", &self.known).finish_non_exhaustive()
    }
}

/// The fields that we read of `getWebhookInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Info {
    url: String,
    pending_update_count: u64,
    /// Unix time.
    last_error_date: Option<i64>,
    last_error_message: Option<String>,
}

impl Info {
    fn health(&self, ours: &str, now: DateTime<Utc>) -> PollHealth {
        if self.url != ours {
            let why = "somebody else took the webhook of this bot away, and it is set again; stop \
                       the other process that has this token, or give it a bot of its own";
            return PollHealth::Conflict { why: why.to_owned() };
        }
        let failed = self.last_error_date.and_then(|at| DateTime::from_timestamp(at, 0));
        match failed.filter(|at| now - at < RECENT && self.pending_update_count > 0) {
            Some(since) => {
                let what = self.last_error_message.as_deref().unwrap_or("it does not say why");
                let waiting = self.pending_update_count;
                let why = format!(
                    "Telegram cannot bring {waiting} of them: {what}; check TELEGRAM_WEBHOOK_URL \
                     and the way from there to AISHA_LISTEN"
                );
                PollHealth::Unreachable { since, why }
            }
            None => PollHealth::Ok,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_telegram_knows_of_us_tells_how_updates_come_in() {
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let info = |url: &str, pending_update_count, last_error_date| Info {
            url: url.to_owned(),
            pending_update_count,
            last_error_date,
            last_error_message: Some("Connection refused".to_owned()),
        };
        let ours = "https://a.example/webhooks/telegram";
        assert_eq!(info(ours, 5, None).health(ours, now), PollHealth::Ok);
        assert_eq!(info(ours, 5, Some(999_000)).health(ours, now), PollHealth::Ok, "long ago");
        assert_eq!(info(ours, 0, Some(999_999)).health(ours, now), PollHealth::Ok, "made up for");
        let failing = info(ours, 5, Some(999_999)).health(ours, now).reason().unwrap();
        assert!(failing.contains("Connection refused"), "{failing}");
        for url in ["", "https://b.example/"] {
            assert!(matches!(info(url, 0, None).health(ours, now), PollHealth::Conflict { .. }));
        }
    }
}
