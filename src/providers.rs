//! How those answer on whom we depend: noted on the way through their ports, so that no adapter
//! has to remember it.

mod ledger;
mod messenger;
mod objects;
mod signatures;
mod trainer;
mod weights;

pub use ledger::{Ledger, Provider, Standing, Webhooks};

use std::sync::Arc;

/// A port behind which every answer is noted.
#[derive(Debug)]
pub struct Noted<T: ?Sized> {
    port: Arc<T>,
    ledger: Arc<Ledger>,
}

impl<T: ?Sized> Noted<T> {
    /// The same port, noted down in this ledger.
    pub fn new(port: Arc<T>, ledger: &Arc<Ledger>) -> Self {
        Self { port, ledger: Arc::clone(ledger) }
    }
}
