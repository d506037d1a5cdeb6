//! How those answer on whom we depend: noted on the way through their ports, so that no adapter
//! has to remember it.

mod health;
mod messenger;
mod objects;
mod signatures;
mod trainer;
mod weights;

pub use health::{Condition, Provider, ProviderHealth, Webhooks};

use std::sync::Arc;

/// A port behind which every answer is noted.
#[derive(Debug)]
pub struct Noted<T: ?Sized> {
    port: Arc<T>,
    health: Arc<ProviderHealth>,
}

impl<T: ?Sized> Noted<T> {
    /// The same port, noted down in this ledger.
    pub fn new(port: Arc<T>, health: &Arc<ProviderHealth>) -> Self {
        Self { port, health: Arc::clone(health) }
    }
}
