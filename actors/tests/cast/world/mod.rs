//! A world in memory: rows, FAL, Telegram and objects, without a clock or a socket of its own.
//!
//! Everything here is a plain value that its caller moves. The crash matrix puts it behind the real
//! cast's ports, in virtual time; the simulation moves it step by step.

pub(crate) mod blow;
pub(crate) mod fal;
pub(crate) mod ports;
pub(crate) mod second_kind;
pub(crate) mod store;
pub(crate) mod telegram;

use actors::clock::Clock;
use actors::ports::{ObjectKey, Received};
use blow::Blows;
use fal::{Fal, Outcome};
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;
use store::Rows;
use telegram::Telegram;

/// Everything that outlives a process.
#[derive(Debug)]
pub(crate) struct Model {
    /// When the world began, on the paused clock.
    pub(crate) began: Clock,
    pub(crate) rows: Rows,
    pub(crate) fal: Fal,
    pub(crate) telegram: Telegram,
    /// Weights that lie in our own store.
    pub(crate) objects: HashSet<ObjectKey>,
    pub(crate) updates: Vec<Update>,
    pub(crate) dialogue: Option<Value>,
    /// What goes wrong at the border between the cast and the world.
    pub(crate) blows: Blows,
    /// How long a job takes at FAL, and how it ends.
    pub(crate) jobs: (Duration, Outcome),
    /// How many submits of the second kind are still to come that FAL cannot read.
    pub(crate) unread: usize,
    /// How many submits lose their answers although FAL has the job.
    pub(crate) submits_unheard: u32,
    /// The network submits the one with the lost answer once more.
    pub(crate) road_repeats: bool,
    /// Archives that were uploaded.
    pub(crate) uploads: u32,
}

/// `telegram_updates`.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    pub(crate) received: Received,
    pub(crate) tries: i32,
    pub(crate) handled: bool,
}

impl Model {
    /// Brings the database's clock to the present.
    pub(crate) fn tick(&mut self) -> Duration {
        self.rows.now = Duration::from_secs(1) + self.began.uptime();
        self.rows.now
    }
}
