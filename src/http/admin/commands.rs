//! Operator commands on the page: confirmed first, then done by the same statements as the CLI
//! commands, each with its event.

use super::desk::Sources;
use crate::postgres::StartRules;
use crate::postgres::histories;
use crate::postgres::operator::{self, Renotice};
use crate::story::outlook::state;
use actors::avatar::{AvatarId, TrainingType};
use actors::job::machine::State;
use actors::ports::{Cancellation, Start, StoreError};
use strum::{EnumIter, EnumString, IntoStaticStr};

/// Something to do about an avatar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Act {
    Recheck,
    Renotify,
    Retry,
    Cancel,
}

impl Act {
    /// As its address says it.
    pub(super) fn word(self) -> &'static str {
        self.into()
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// Runs it and returns the word of [`Texts::told`](super::texts::Texts::told) for the outcome;
/// `None` if there is no such avatar.
pub(super) async fn act(
    sources: &Sources,
    act: Act,
    id: AvatarId,
) -> Result<Option<&'static str>, StoreError> {
    let pool = &sources.pool;
    let Some(avatar) = histories::avatar(pool, id).await? else { return Ok(None) };
    let told = match act {
        Act::Recheck if matches!(state(&avatar), State::SubmitUnknown(_)) && !avatar.searchable => {
            "lost-submit"
        }
        Act::Recheck if !operator::recheck(pool, id).await? => "no-look",
        Act::Recheck => return nudged(sources, id, "looked").await,
        Act::Renotify => match operator::renotify(pool, id).await? {
            Renotice::Again { .. } => "again",
            Renotice::Sending(_) => "sending",
            Renotice::Nothing { .. } => "no-notice",
            Renotice::Unknown => return Ok(None),
        },
        Act::Cancel => match operator::cancel(pool, id).await? {
            Cancellation::Cancelled => {
                // The instance that watches it also finds this in the row.
                return nudged(sources, id, "cancelled").await.map(|_| Some("cancelled"));
            }
            Cancellation::NotRunning | Cancellation::Refused => "not-running",
        },
        Act::Retry => {
            let Some(kind) = TrainingType::of_word(&avatar.training_type) else {
                return Ok(Some("refused"));
            };
            let bot = &sources.world.bot;
            let plan = bot.trainer.plan(kind, id);
            let Some(price) = bot.trainer.price(&plan) else { return Ok(Some("refused")) };
            let rules = StartRules {
                min_photos: bot.limits.min_photos,
                access: bot.access.clone(),
                limits: bot.spending,
                prices: bot.prices,
            };
            match operator::retry(pool, id, &plan, price, &rules).await? {
                Start::Started => {
                    return nudged(sources, id, "started").await.map(|_| Some("started"));
                }
                Start::Running => "running",
                Start::TooFew { .. } => "too-few",
                Start::Leaving => "leaving",
                Start::Paused => "paused",
                // No limit applies to an operator.
                Start::Refused
                | Start::NotAdmitted
                | Start::Banned
                | Start::PersonLimit { .. }
                | Start::PriceChanged { .. }
                | Start::NoCredits(_)
                | Start::SpendLimit { .. } => "refused",
            }
        }
    };
    Ok(Some(told))
}

/// Wakes the instance that watches it.
async fn nudged(
    sources: &Sources,
    id: AvatarId,
    told: &'static str,
) -> Result<Option<&'static str>, StoreError> {
    Ok(Some(if operator::nudge(&sources.pool, id).await? { told } else { "unwatched" }))
}
