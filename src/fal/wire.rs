//! One request and its bounded answer.

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Longest body that is read. Results and statuses are some kilobytes; log windows stay below
/// this too.
const LONGEST_BODY: usize = 4 << 20;

/// FAL's mark that an answer is the job's own, not the road's.
const JOB_HEADER: &str = "x-fal-request-id";

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// The job itself answered, not something on the road to it.
    pub(super) from_job: bool,
    pub(super) retry_after: Option<Duration>,
    /// The body, if it is JSON.
    pub(super) body: Option<Value>,
    /// The first words of a body that is not.
    pub(super) text: String,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// No connection was made: nothing can have been received.
    NotSent(String),
    /// Anything may have happened.
    Lost(String),
}

impl NoAnswer {
    pub(super) fn words(self) -> String {
        match self {
            Self::NotSent(why) | Self::Lost(why) => why,
        }
    }
}

/// Sends a request and reads its answer within bounds.
pub(super) async fn ask(request: RequestBuilder) -> Result<Answer, NoAnswer> {
    let mut response = request.send().await.map_err(|error| {
        let not_sent = error.is_connect() || error.is_builder();
        let why = words(error);
        if not_sent { NoAnswer::NotSent(why) } else { NoAnswer::Lost(why) }
    })?;
    let status = response.status();
    let from_job = response.headers().contains_key(JOB_HEADER);
    let retry_after = retry_after(response.headers());
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| NoAnswer::Lost(words(error)))? {
        if bytes.len() + chunk.len() > LONGEST_BODY {
            return Err(NoAnswer::Lost(format!("an answer of more than {LONGEST_BODY} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(read(status, from_job, retry_after, &bytes.freeze()))
}

fn read(
    status: StatusCode,
    from_job: bool,
    retry_after: Option<Duration>,
    bytes: &Bytes,
) -> Answer {
    let body = serde_json::from_slice(bytes).ok();
    let text = if body.is_some() {
        String::new()
    } else {
        String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(200).collect()
    };
    Answer { status, from_job, retry_after, body, text }
}

impl Answer {
    /// For operators: what came instead of what was hoped for.
    pub(super) fn words(&self) -> String {
        let detail = self.body.as_ref().and_then(|body| body.get("detail"));
        let detail = match detail {
            Some(Value::String(detail)) => detail.clone(),
            Some(other) => other.to_string().chars().take(200).collect(),
            None => self.text.clone(),
        };
        format!("HTTP {}: {detail}", self.status.as_u16())
    }
}

/// The whole chain in one line, without the address: a query may carry our nonce.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<u64>().ok()?;
    // An hour is the longest that anybody means.
    Some(Duration::from_secs(seconds.min(3600)))
}
