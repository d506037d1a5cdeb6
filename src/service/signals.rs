//! SIGTERM and SIGINT mean «stop cleanly». SIGHUP means «read the configuration again».

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first signal to stop.
///
/// # Errors
/// If the process cannot listen for signals.
pub(super) fn stops() -> std::io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}

/// The signals for a reload. We listen from the start, because the default action would end the
/// process.
///
/// # Errors
/// As [`stops`].
pub(super) fn reloads() -> std::io::Result<Signal> {
    signal(SignalKind::hangup())
}
