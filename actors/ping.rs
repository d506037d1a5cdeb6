//! What a fixed actor is asked to learn whether it still works, and how long to wait for it.
//!
//! An actor that hangs inside a handler keeps its mailbox and its address; only a question shows
//! it. Each fixed actor answers for itself; [`crate::root`] asks all of them.

use actix::Message;
use std::time::Duration;

/// Longest wait for one answer to a [`Ping`]. Handlers take microseconds; a mailbox full of
/// webhooks is empty again within a second.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for a [`Backlog`]: a person looks at a page.
pub(crate) const GLANCE: Duration = Duration::from_secs(2);

/// Asks an actor, or the root for all of them, whether it still takes messages.
#[derive(Clone, Copy, Debug)]
pub struct Ping;

impl Message for Ping {
    type Result = bool;
}

/// Asks an actor how many wait in it: for their turn, their batch, their answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backlog;

impl Message for Backlog {
    type Result = usize;
}

/// Answers a [`Ping`]: who gets to it, works.
macro_rules! answers_pings {
    ($actor:ty) => {
        impl ::actix::Handler<$crate::ping::Ping> for $actor {
            type Result = bool;

            fn handle(&mut self, _: $crate::ping::Ping, _: &mut Self::Context) -> bool {
                true
            }
        }
    };
}

/// Answers a [`Backlog`] for an actor that sweeps rows: what waits, waits there.
macro_rules! nothing_waits_in {
    ($actor:ty) => {
        impl ::actix::Handler<$crate::ping::Backlog> for $actor {
            type Result = usize;

            fn handle(&mut self, _: $crate::ping::Backlog, _: &mut Self::Context) -> usize {
                0
            }
        }
    };
}

pub(crate) use {answers_pings, nothing_waits_in};
