//! The world as recovery sees it.

use crate::job::Kinds;
use crate::lanes::Lanes;
use crate::ports::{Chores, Inbox, Leases, UpdateInbox};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Waits of recovery.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Between two sweeps that compare rows with living actors. `RECOVERY_INTERVAL`.
    pub interval: Duration,
    /// Length of a lease; renewed at a third of it. `LEASE_SECONDS`.
    pub lease: Duration,
}

/// What recovery is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct RecoveryWorld {
    pub process: Arc<Process>,
    pub leases: Arc<dyn Leases>,
    /// Whose rows are read.
    pub kinds: Kinds,
    /// The budget of calls to Telegram, shared by the leases that are held.
    pub lanes: Arc<Lanes>,
    /// Swept of what is a month old, as the next two.
    pub inbox: Arc<dyn Inbox>,
    pub updates: Arc<dyn UpdateInbox>,
    pub chores: Arc<dyn Chores>,
    pub limits: Limits,
}

impl fmt::Debug for RecoveryWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryWorld").finish_non_exhaustive()
    }
}
