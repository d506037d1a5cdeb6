//! A reload: applies what can change while the service runs, and names what cannot.

use crate::config::{Config, Fingerprint, Source};
use crate::logging::LogLevel;
use crate::systemd;
use actors::process::Roles;
use slog::{Logger, error, info, warn};
use tokio::signal::unix::Signal;

/// What a reload changes: the log level. Everything else is read once, at start, in one place, so
/// that no two parts of the service ever disagree about it.
const RELOADED: &[&str] = &["LOG_LEVEL"];

/// What a reload starts from.
#[derive(Debug)]
pub(super) struct Reload {
    pub(super) started_with: Fingerprint,
    pub(super) roles: Roles,
    pub(super) level: LogLevel,
    pub(super) log: Logger,
}

impl Reload {
    /// Reads the configuration again at every signal, for ever. If it has mistakes, nothing
    /// changes.
    pub(super) async fn at_each(self, mut signals: Signal) {
        while signals.recv().await.is_some() {
            systemd::reloading(&self.log);
            match Config::read(&Source::of_process(), self.roles) {
                Ok(config) => self.take(&config),
                Err(mistakes) => {
                    for mistake in mistakes {
                        error!(self.log, "the configuration is not taken: {}", mistake);
                    }
                }
            }
            systemd::ready(&self.log);
        }
    }

    fn take(&self, config: &Config) {
        self.level.set(config.log.level);
        info!(self.log, "🔄 the configuration is read again"; "LOG_LEVEL" => config.log.level.as_str());
        let mut waiting = self.started_with.differing(&config.fingerprint);
        waiting.retain(|name| !RELOADED.contains(name));
        if !waiting.is_empty() {
            warn!(self.log, "changed, and waiting for a restart: {}", waiting.join(", "));
        }
    }
}
