//! The log: JSON for machines, lines for people. It goes to standard error, so that commands keep
//! standard output for their answers.

use slog::{Drain, Level, Logger, o};
use slog_async::{Async, OverflowStrategy};
use std::fmt;
use std::io::IsTerminal;
use std::panic;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Lines that may wait for a slow reader of the log. When the buffer is full, writing waits, so
/// that no line about a paid training is dropped.
const BUFFER: usize = 4096;

/// `LOG_LEVEL` and `LOG_FORMAT`.
#[derive(Clone, Copy, Debug)]
pub struct LogSettings {
    /// The least important level that is written.
    pub level: Level,
    /// Lines for people instead of JSON; `None` means if standard error is a terminal.
    pub term: Option<bool>,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: Level::Info, term: None }
    }
}

impl LogSettings {
    /// Settings from the values of the two variables.
    ///
    /// # Errors
    /// Every wrong variable, and its remedy.
    pub fn of(
        level: &str,
        format: Option<&str>,
    ) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let level = Level::from_str(level)
            .map_err(|()| ("LOG_LEVEL", "write trace, debug, info, warning, error or critical"));
        let term = match format {
            None => Ok(None),
            Some("json") => Ok(Some(false)),
            Some("term") => Ok(Some(true)),
            Some(_) => Err(("LOG_FORMAT", "write json or term")),
        };
        match (level, term) {
            (Ok(level), Ok(term)) => Ok(Self { level, term }),
            (level, term) => Err(level.err().into_iter().chain(term.err()).collect()),
        }
    }
}

/// The least important level that is written; can change while the service runs.
#[derive(Clone, Debug)]
pub struct LogLevel(Arc<AtomicUsize>);

impl LogLevel {
    fn of(level: Level) -> Self {
        Self(Arc::new(AtomicUsize::new(level.as_usize())))
    }

    /// Writes from this level on.
    pub fn set(&self, level: Level) {
        self.0.store(level.as_usize(), Ordering::Relaxed);
    }

    fn lets_through(&self, level: Level) -> bool {
        level.as_usize() <= self.0.load(Ordering::Relaxed)
    }
}

/// Keeps the log alive; dropping it flushes what was written before.
#[must_use]
pub struct LogGuard {
    _async: slog_async::AsyncGuard,
    _scope: slog_scope::GlobalLoggerGuard,
}

impl fmt::Debug for LogGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogGuard").finish_non_exhaustive()
    }
}

/// Starts the log, and sends the libraries' `log` and panics to it too.
pub fn start(settings: LogSettings) -> (Logger, LogLevel, LogGuard) {
    let term = settings.term.unwrap_or_else(|| std::io::stderr().is_terminal());
    let (drain, guard) = if term {
        let decorator = slog_term::TermDecorator::new().stderr().build();
        let lines = slog_term::FullFormat::new(decorator).use_utc_timestamp().build().fuse();
        waiting(Async::new(lines))
    } else {
        let lines = Mutex::new(slog_json::Json::default(std::io::stderr())).fuse();
        waiting(Async::new(lines))
    };
    let level = LogLevel::of(settings.level);
    let asked = level.clone();
    let drain = drain.filter(move |record| asked.lets_through(record.level())).fuse();
    let log = Logger::root(drain, o!());
    let scope = slog_scope::set_global_logger(log.clone());
    // Libraries are logged from «warning» up: their «info» is about connections, not trainings.
    if slog_stdlog::init_with_level(log::Level::Warn).is_err() {
        slog::warn!(log, "the log of the libraries is not heard: another one was there first");
    }
    tell_panics(log.clone());
    (log, level, LogGuard { _async: guard, _scope: scope })
}

/// A drain that writes on a thread of its own and makes writers wait rather than drop a line.
fn waiting<D>(builder: slog_async::AsyncBuilder<D>) -> (Async, slog_async::AsyncGuard)
where
    D: Drain<Err = slog::Never, Ok = ()> + Send + 'static,
{
    builder.chan_size(BUFFER).overflow_strategy(OverflowStrategy::Block).build_with_guard()
}

/// A panic is a defect of ours: logs one line with its location.
fn tell_panics(log: Logger) {
    panic::set_hook(Box::new(move |panic| {
        let payload = panic.payload();
        let words = payload
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no words".to_owned());
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        slog::error!(log, "a defect ended what was being done: {}", words; "place" => place);
    }));
}
