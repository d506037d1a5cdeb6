//! Stops the demo on a signal.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that mean «stop». The service is in a process group of its own, so that a Ctrl-C
/// reaches only the demo, which then stops the service cleanly.
pub(crate) struct Interrupt {
    ctrl_c: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Interrupt {
    /// Catches them from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            ctrl_c: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one and returns which.
    pub(crate) async fn comes(&mut self) -> &'static str {
        tokio::select! {
            _ = self.ctrl_c.recv() => "Ctrl-C",
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.hang_up.recv() => "SIGHUP",
        }
    }
}
