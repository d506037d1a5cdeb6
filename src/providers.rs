//! Provider health: recorded while calls pass through their ports, so that no adapter has to
//! remember it.

mod generator;
mod health;
mod meaning;
mod messenger;
mod objects;
mod signatures;
mod trainer;
mod weights;

pub use health::{Condition, Provider, ProviderHealth, Webhooks};

use std::sync::Arc;

/// A port that records every answer.
#[derive(Debug)]
pub struct Noted<T: ?Sized> {
    port: Arc<T>,
    health: Arc<ProviderHealth>,
}

impl<T: ?Sized> Noted<T> {
    /// The same port, recording into this health.
    pub fn new(port: Arc<T>, health: &Arc<ProviderHealth>) -> Self {
        Self { port, health: Arc::clone(health) }
    }
}
