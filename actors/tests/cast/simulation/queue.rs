//! What may be due: the moments of an instance, and what happens outside.

use super::calls::Hook;
use super::sending::Effect;
use actors::avatar::Shard;
use actors::ports::JobId;
use actors::ports::Notice;
use std::time::Duration;

/// What an instance does next.
#[derive(Debug)]
pub(crate) enum Due {
    /// The actor's next moment.
    Actor(JobId, u64),
    /// Read the row and start its actor.
    Revive(JobId),
    /// Renew, as asked at.
    Renew(Duration),
    /// Read the rows of these shards.
    Read(Vec<(Shard, i64)>),
    /// Look into the outbox; the sweep comes again.
    Drain(bool),
    Clear(i64),
    Claim(i64),
    Notice(Box<Notice>, Effect),
}

/// What happens outside.
#[derive(Debug)]
pub(crate) enum Outside {
    /// FAL calls.
    Hook(Box<Hook>),
    /// Somebody buys a job of the second kind.
    Buy(JobId, i64),
    /// An owner presses; true cancels.
    Press(JobId, bool),
    Born(usize),
    /// Something is done to a process.
    Die(usize),
    Leave(usize),
    Stop(usize, Duration),
    /// The database's clock jumps ahead by this much.
    Jump(Duration),
    /// From here on nothing goes wrong any more.
    Calm,
}

#[derive(Debug)]
pub(crate) enum What {
    /// Of an instance, in its slot.
    Of(usize, u64, Due),
    Outside(Outside),
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) at: Duration,
    pub(crate) number: u64,
    pub(crate) what: What,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}
