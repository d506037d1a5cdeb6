//! Everything that the page, the gauges and the troubles are made from: a snapshot of the service.

use crate::postgres::overview::Overview;
use crate::providers::{Condition, Webhooks};
use crate::telegram::PollHealth;
use actors::spending::SpendingLimits;
use actors::supervisor::{Node, NodeState};
use actors::timing::Policy;
use chrono::{DateTime, Utc};
use std::time::Duration;

pub(super) type At = DateTime<Utc>;

/// A snapshot of the service, as this instance sees it.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// When it was taken, by the database's clock.
    pub(super) at: At,
    /// The rows, from the last reading that succeeded.
    pub(super) rows: Option<Overview>,
    /// Since when the rows cannot be read, and why.
    pub(super) rows_away: Option<(At, String)>,
    /// Connections in use.
    pub(super) pool: usize,
    /// The supervision tree; `None` if its root does not answer.
    pub(super) tree: Option<Node>,
    /// FAL's queue and storage.
    pub(super) fal: Condition,
    /// Polling is paused because FAL counts as down.
    pub(super) breaker_open: bool,
    /// Telegram's answers to what we send.
    pub(super) telegram: Condition,
    /// How updates come in, if this instance receives them.
    pub(super) polling: Option<PollHealth>,
    /// The object store.
    pub(super) store: Condition,
    /// Since when FAL's platform refuses our key, and in which words.
    pub(super) platform: Option<(At, String)>,
    /// FAL's calls.
    pub(super) webhooks: Webhooks,
    /// The age of FAL's keys.
    pub(super) keys_age: Option<Duration>,
    /// The waits of a training.
    pub(super) policy: Policy,
    /// The daily spending limit.
    pub(super) spending: SpendingLimits,
}

impl Facts {
    /// The fixed actors.
    pub(super) fn actors(&self) -> &[Node] {
        self.tree.as_ref().map_or(&[], |root| &root.children)
    }

    /// Trainings whose actor crashed too often.
    pub(super) fn parked(&self) -> usize {
        let trainings = self.actors().iter().flat_map(|actor| &actor.children);
        trainings.filter(|training| training.state == NodeState::Parked).count()
    }
}
