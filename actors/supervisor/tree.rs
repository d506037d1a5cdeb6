//! The supervision tree as anybody may read it.

use super::LastError;
use actix::Message;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Asks a supervisor for its part of the tree.
#[derive(Clone, Copy, Debug)]
pub struct Census {
    /// Trainings that are named at most; those that something is wrong with come first.
    pub trainings: usize,
}

impl Census {
    /// Everybody.
    pub const WHOLE: Self = Self { trainings: usize::MAX };
}

impl Message for Census {
    type Result = Vec<Node>;
}

/// State of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// Working.
    Running,
    /// Lives, and answers no question in time.
    Silent,
    /// Died; waits for its restart.
    Restarting,
    /// Died too often; stays down until somebody looks, or for the time of the limit.
    Parked,
}

/// One child. The names of the fields are part of the outside: `/admin/api/tree`.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
    /// How it is.
    pub state: NodeState,
    /// Restarts since the supervisor lives.
    pub restarts: u32,
    /// Messages waiting, where the child counts them.
    pub mailbox: usize,
    /// The last thing that went wrong.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<DateTime<Utc>>,
    /// Children that are not named here.
    pub unnamed: usize,
    /// Whom it supervises.
    pub children: Vec<Node>,
}

impl Node {
    /// A running child without children.
    #[must_use]
    pub fn running(name: impl Into<String>, kind: &'static str) -> Self {
        Self {
            name: name.into(),
            kind,
            state: NodeState::Running,
            restarts: 0,
            mailbox: 0,
            last_error: None,
            last_error_at: None,
            unnamed: 0,
            children: Vec::new(),
        }
    }

    /// With what it last complained of.
    pub(crate) fn failing_with(mut self, last_error: Option<LastError>) -> Self {
        self.last_error_at = last_error.as_ref().map(|last_error| last_error.at);
        self.last_error = last_error.map(|last_error| last_error.words);
        self
    }
}
