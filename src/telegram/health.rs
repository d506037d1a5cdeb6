//! How the updates come in, for `/health` and the operator.

use super::errors::Refusal;
use chrono::{DateTime, Utc};
use slog::{Logger, error, info, warn};
use std::mem;
use tokio::sync::watch;

/// How updates come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollHealth {
    /// Nothing has been requested yet.
    Starting,
    /// The last answer came, and its updates are stored.
    Ok,
    /// No updates come in; we keep trying.
    Unreachable {
        /// Of the first failure.
        since: DateTime<Utc>,
        /// Of the last failure.
        why: String,
    },
    /// Another program receives this bot's updates.
    Conflict {
        /// Who, and what to do.
        why: String,
    },
    /// Telegram does not know this bot.
    BadToken {
        /// What to do.
        why: String,
    },
    /// Telegram rejects our address.
    BadWebhook {
        /// What to do.
        why: String,
    },
    /// Another instance of ours receives the updates.
    NotMine,
}

impl PollHealth {
    /// Telegram does not know this bot.
    pub(super) fn bad_token(refusal: &Refusal) -> Self {
        let why = format!(
            "Telegram does not know this bot ({refusal}); check TELEGRAM_BOT_TOKEN with \
             @BotFather, and TELEGRAM_API_URL"
        );
        Self::BadToken { why }
    }

    /// Why people's messages do not reach us right now; `None` if they do, or reach another
    /// instance.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Ok | Self::NotMine => None,
            Self::Starting => Some("Telegram was not asked yet".to_owned()),
            Self::Unreachable { since, why } => {
                Some(format!("no updates come in since {}: {why}", since.to_rfc3339()))
            }
            Self::Conflict { why } | Self::BadToken { why } | Self::BadWebhook { why } => {
                Some(why.clone())
            }
        }
    }
}

impl PollHealth {
    /// Like [`PollHealth::reason`], in fixed words that are safe for strangers.
    #[must_use]
    pub fn short_reason(&self) -> Option<&'static str> {
        match self {
            Self::Ok | Self::NotMine => None,
            Self::Starting => Some("Telegram was not asked yet"),
            Self::Unreachable { .. } => Some("no updates come in from Telegram"),
            Self::Conflict { .. } => Some("another program takes this bot's updates"),
            Self::BadToken { .. } => Some("Telegram does not accept TELEGRAM_BOT_TOKEN"),
            Self::BadWebhook { .. } => Some("Telegram does not accept TELEGRAM_WEBHOOK_URL"),
        }
    }
}

/// Publishes the health, and logs every change of it once.
#[derive(Debug)]
pub(super) struct Reporter {
    to: watch::Sender<PollHealth>,
    log: Logger,
}

impl Reporter {
    pub(super) fn new(to: watch::Sender<PollHealth>, log: Logger) -> Self {
        Self { to, log }
    }

    /// No updates come in, for this reason.
    pub(super) fn unreachable(&self, why: String) {
        self.tell(PollHealth::Unreachable { since: Utc::now(), why });
    }

    /// Records the health; an outage keeps its start.
    pub(super) fn tell(&self, mut health: PollHealth) {
        self.to.send_if_modified(|now| {
            let is_news = mem::discriminant(now) != mem::discriminant(&health);
            if is_news {
                self.log_change(now, &health);
            }
            if let (
                PollHealth::Unreachable { since: first, .. },
                PollHealth::Unreachable { since, .. },
            ) = (&*now, &mut health)
            {
                *since = *first;
            }
            let is_modified = *now != health;
            *now = health;
            is_modified
        });
    }

    fn log_change(&self, before: &PollHealth, now: &PollHealth) {
        match now {
            PollHealth::Starting => {}
            PollHealth::Ok => match before {
                PollHealth::Unreachable { since, .. } => {
                    let outage = Utc::now().signed_duration_since(since).num_seconds();
                    info!(self.log, "updates come in again"; "outage_seconds" => outage);
                }
                PollHealth::Starting
                | PollHealth::Ok
                | PollHealth::Conflict { .. }
                | PollHealth::BadToken { .. }
                | PollHealth::BadWebhook { .. }
                | PollHealth::NotMine => info!(self.log, "updates come in"),
            },
            PollHealth::Unreachable { why, .. } => {
                warn!(self.log, "no updates come in, trying until they do: {}", why);
            }
            PollHealth::Conflict { why } => warn!(self.log, "{}", why),
            PollHealth::BadToken { why } | PollHealth::BadWebhook { why } => {
                error!(self.log, "{}", why);
            }
            PollHealth::NotMine => {
                info!(self.log, "the updates are taken by whoever holds their lease");
            }
        }
    }
}
