//! What is known about one job.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::settings::Failure;

/// The states of a job; failed and cancelled jobs are completed too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waiting for a runner.
    InQueue,
    /// Running.
    InProgress,
    /// Ended, well or badly.
    Completed,
}

impl State {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InQueue => "IN_QUEUE",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
        }
    }
}

/// One accepted job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id, a UUID of version 7.
    pub request_id: String,
    /// The id of its last attempt, which webhooks carry beside the first.
    pub gateway_request_id: String,
    /// The full endpoint id it was submitted to.
    pub endpoint: String,
    /// Owner and alias, its address after the submit.
    pub app: String,
    /// The input as received, including fields that FAL ignores.
    pub input: Value,
    /// Where to report its end.
    pub webhook: Option<String>,
    /// The request headers that start with `x-fal-`, in lower case.
    pub headers: Vec<(String, String)>,
    /// When it was accepted.
    pub submitted_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The requested lifetime of what it makes; without one it stays for ever.
    pub lifecycle: Option<Value>,
    /// When its stored data was deleted, at a client's request.
    pub payloads_deleted: Option<Instant>,
    /// Its current state.
    pub state: State,
    /// Every state that it has been in, including the first.
    pub history: Vec<(Instant, State)>,
    /// Fields of the input that FAL does not know and ignores, where its schema is published. A
    /// misspelt one is a paid job that does not do what was asked.
    pub unknown_fields: Vec<String>,
    /// The contents of the training archive, once read.
    pub archive: Option<Archive>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The weights it made.
    pub weights: Option<Weights>,
    /// SHA-256 in lower-case hex of the picture that it varied, once read.
    pub source: Option<String>,
    /// The pictures it made.
    pub pictures: Vec<Picture>,
    /// Every status poll that reached it.
    pub polls: Vec<Poll>,
    /// Every request for its result, with the HTTP status of the answer.
    pub results: Vec<(Instant, u16)>,
    /// Every request to cancel it, with the HTTP status of the answer.
    pub cancels: Vec<(Instant, u16)>,
    /// Every attempt to deliver its webhook.
    pub deliveries: Vec<Delivery>,
    pub(super) plan: Plan,
}

impl Job {
    /// Whether it ended well.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.status == 200)
    }
}

/// What was decided about a job at acceptance, and its progress.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) queue: Duration,
    pub(super) queue_depth: u64,
    pub(super) running: Duration,
    pub(super) thrown_back: u32,
    pub(super) failure: Option<Failure>,
    /// `X-Fal-Request-Timeout`: the deadline to start.
    pub(super) start_timeout: Option<Duration>,
    /// When it entered the current state.
    pub(super) since: (Instant, DateTime<Utc>),
    /// When it ended, for logs read later.
    pub(super) ended: Option<Instant>,
    /// Whether it has been in progress.
    pub(super) ran: bool,
    pub(super) cancelled: bool,
    pub(super) hurried: bool,
}

/// The contents of a training archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Its size in bytes.
    pub bytes: usize,
    /// Its SHA-256 in lower-case hex.
    pub sha256: String,
    /// Files with the extension of an image.
    pub images: usize,
    /// Images with a caption of the same stem beside them.
    pub captions: usize,
    /// All file names, in the order of the archive.
    pub names: Vec<String>,
}

/// How a job ended: what its result says.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// HTTP status of the result.
    pub status: u16,
    /// Body of the result.
    pub body: Value,
    /// `error_type`, if it is a request error.
    pub error_type: Option<String>,
    /// Whether the status poll contains `error` too.
    pub in_status: bool,
}

/// The weights that a training made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// Where they are served.
    pub url: String,
    /// Where the config file is served.
    pub config_url: String,
    /// Their size in bytes.
    pub bytes: usize,
    /// Their SHA-256 in lower-case hex.
    pub sha256: String,
}

/// A picture that a generation made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Where it is served.
    pub url: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// Its SHA-256 in lower-case hex.
    pub sha256: String,
    /// Whether the safety checker blacked it out.
    pub flagged: bool,
}

/// One status poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// When it came.
    pub at: Instant,
    /// Whether logs were asked for.
    pub logs: bool,
    /// The state in the answer.
    pub told: State,
}

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When it was sent.
    pub at: Instant,
    /// HTTP status of the answer; `None` if there was none.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
}

impl Delivery {
    pub(super) fn unsent(why: &str) -> Self {
        Self { at: Instant::now(), status: None, error: Some(why.to_owned()) }
    }

    /// Whether it was answered with 2xx.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}
