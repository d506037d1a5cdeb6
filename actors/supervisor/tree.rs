//! The supervision tree as anybody may read it.

use actix::Message;
use serde::Serialize;

/// Asks a supervisor for its part of the tree.
#[derive(Clone, Copy, Debug)]
pub struct Census;

impl Message for Census {
    type Result = Vec<Node>;
}

/// State of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// Working.
    Running,
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
            children: Vec::new(),
        }
    }
}
