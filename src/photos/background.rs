//! Threads for pixels, which give way to everything else.

use std::fmt;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{self, JoinHandle};

/// How far these threads step back, of 19: while they keep every core busy, all the others still get
/// three quarters of the time that they ask for, so whoever presses a button does not wait for
/// somebody else's album. An album alone is as fast as ever, and no program on the machine can starve
/// it.
const NICENESS: i32 = 5;

/// Threads of their own, started when they are needed, and ended with this.
pub(super) struct Background(Option<Runtime>);

impl Background {
    pub(super) fn new() -> Self {
        let runtime =
            Builder::new_current_thread().thread_name("pixels").on_thread_start(step_back).build();
        Self(runtime.ok())
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        match &self.0 {
            Some(runtime) => runtime.spawn_blocking(work),
            None => task::spawn_blocking(work),
        }
    }
}

/// Where the system forbids it, this thread stays one like all others.
fn step_back() {
    let _has_stepped_back = rustix::process::nice(NICENESS).is_ok();
}

impl Drop for Background {
    /// Waits for nobody: work that is under way ends by itself, its caller is gone.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background").finish_non_exhaustive()
    }
}
