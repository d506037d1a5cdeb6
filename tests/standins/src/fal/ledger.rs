//! What cannot be seen at the real service: which jobs were started, and the outcome of each.

use std::time::Instant;

use serde_json::Value;

use super::{
    faults::Kind,
    record::{Job, State},
};

/// Everything that happened since the stand-in started.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The jobs in the order of acceptance; each is one paid job.
    pub jobs: Vec<Job>,
    /// All requests in order of arrival, including refused ones.
    pub requests: Vec<Request>,
    /// The files that clients uploaded.
    pub uploads: Vec<Upload>,
}

impl Ledger {
    /// The job with this id.
    #[must_use]
    pub fn job(&self, request_id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.request_id == request_id)
    }

    /// The jobs of one endpoint, as named in the submit.
    pub fn jobs_of<'a>(&'a self, endpoint: &'a str) -> impl Iterator<Item = &'a Job> {
        self.jobs.iter().filter(move |job| job.endpoint == endpoint)
    }

    /// The jobs whose webhook carries this nonce: all that was bought under one intent.
    pub fn bought<'a>(&'a self, nonce: &'a str) -> impl Iterator<Item = &'a Job> {
        let carries = move |job: &&Job| {
            !nonce.is_empty() && job.webhook.as_deref().is_some_and(|url| url.contains(nonce))
        };
        self.jobs.iter().filter(carries)
    }

    /// How many requests of this kind came, whatever the answers.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.requests.iter().filter(|request| request.kind == Some(kind)).count()
    }

    /// Moves a job to a state.
    pub(super) fn enter(&mut self, request_id: &str, state: State) -> Option<&mut Job> {
        let job = self.job_mut(request_id)?;
        job.state = state;
        job.history.push((Instant::now(), state));
        Some(job)
    }

    pub(super) fn job_mut(&mut self, request_id: &str) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.request_id == request_id)
    }
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// When it came.
    pub at: Instant,
    /// Its kind, if faults can be ordered for it.
    pub kind: Option<Kind>,
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub target: String,
    /// Whether a fault was applied to it.
    pub spoiled: bool,
}

/// One uploaded file.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// Where it is served.
    pub url: String,
    /// Its type, as the client named it.
    pub content_type: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// Its SHA-256 in lower-case hex.
    pub sha256: String,
    /// The lifetime and access that the client asked for; without them, the file stays for ever.
    pub lifecycle: Option<Value>,
}
