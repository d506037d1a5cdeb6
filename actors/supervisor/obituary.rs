//! The value whose drop reports the end of a child.

use actix::{Message, Recipient};
use std::fmt;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// On purpose: its work is done, or it was told to stand down.
    Finished,
    /// It gave up in good order and wants to be started afresh from its row.
    Failed,
    /// A panic, or its thread died.
    Crashed,
}

/// A child has ended. Sent exactly once for every child.
#[derive(Clone, Debug)]
pub struct Ended<K> {
    /// Which child.
    pub child: K,
    /// Which start of it; a late obituary of an older start must not end the newer one.
    pub generation: u64,
    /// How it ended.
    pub how: How,
}

impl<K: Send + 'static> Message for Ended<K> {
    type Result = ();
}

/// Tells the supervisor about the end of the child that owns it.
pub struct Obituary<K: Send + Clone + 'static> {
    child: K,
    generation: u64,
    to: Recipient<Ended<K>>,
    how: Option<How>,
}

impl<K: Send + Clone + 'static> Obituary<K> {
    /// An obituary to be dropped with the child.
    #[must_use]
    pub fn new(child: K, generation: u64, to: Recipient<Ended<K>>) -> Self {
        Self { child, generation, to, how: None }
    }

    /// Notes how the child is about to end; without it an end counts as a crash.
    pub fn write(&mut self, how: How) {
        self.how = Some(how);
    }
}

impl<K: Send + Clone + 'static> Drop for Obituary<K> {
    fn drop(&mut self) {
        let how =
            if std::thread::panicking() { How::Crashed } else { self.how.unwrap_or(How::Crashed) };
        let ended = Ended { child: self.child.clone(), generation: self.generation, how };
        #[expect(
            clippy::disallowed_methods,
            reason = "an obituary must reach a full mailbox too; a closed one has nobody left to tell"
        )]
        self.to.do_send(ended);
    }
}

impl<K: Send + Clone + fmt::Debug + 'static> fmt::Debug for Obituary<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Obituary")
            .field("child", &self.child)
            .field("how", &self.how)
            .finish_non_exhaustive()
    }
}
