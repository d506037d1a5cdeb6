//! SIGTERM and SIGINT: both mean «stop in good order». SIGHUP: read the configuration again.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first signal to stop.
///
/// # Errors
/// When the process may not listen to signals.
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

/// The signals to read the configuration again. Listened to from the start: its default action
/// would end the process.
///
/// # Errors
/// As [`stops`].
pub(super) fn reloads() -> std::io::Result<Signal> {
    signal(SignalKind::hangup())
}
