//! One request and its bounded answer.

use super::answers::tame;
use actors::error_chain::in_full;
use actors::ports::without_nul;
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Longest body that we read. Results and statuses have some kilobytes; log windows stay below this
/// too.
const LONGEST_BODY: usize = 4 << 20;

/// FAL's mark that the job itself answered, not something on the way.
const JOB_HEADER: &str = "x-fal-request-id";

/// The type of an error, repeated outside the body.
const ERROR_HEADER: &str = "x-fal-error-type";

/// Nobody seriously asks for a longer wait than an hour.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// An answer of any status. The status is known once it has arrived, even if the body breaks off.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Whether the job itself answered, not something on the way to it.
    pub(super) from_job: bool,
    /// FAL's type of the error, if a header gives it.
    pub(super) error_type: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Body,
}

/// What came after the headers.
#[derive(Debug)]
pub(super) enum Body {
    /// JSON, as FAL sends it.
    Json(Value),
    /// The beginning of something else: a gateway's page, or a captive portal's.
    Text(String),
    /// It broke off, was too slow or did not end, for this reason.
    Broken(String),
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// No connection was made, so nothing can have been received.
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
    let headers = response.headers();
    let error_type = headers.get(ERROR_HEADER).and_then(|kind| kind.to_str().ok());
    Ok(Answer {
        status: response.status(),
        from_job: headers.contains_key(JOB_HEADER),
        error_type: error_type.map(|kind| tame(kind, 100)).filter(|kind| !kind.is_empty()),
        retry_after: retry_after(headers, Utc::now()),
        body: body(&mut response).await,
    })
}

async fn body(response: &mut Response) -> Body {
    let mut bytes = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > LONGEST_BODY => {
                return Body::Broken(format!("a body of more than {LONGEST_BODY} bytes"));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return read(&bytes),
            Err(error) => return Body::Broken(words(error)),
        }
    }
}

/// Reads a complete body.
pub(super) fn read(bytes: &[u8]) -> Body {
    match serde_json::from_slice(bytes) {
        Ok(mut value) => {
            without_nul(&mut value);
            Body::Json(value)
        }
        Err(_) => Body::Text(tame(&String::from_utf8_lossy(bytes), 200)),
    }
}

impl Answer {
    pub(super) fn json(&self) -> Option<&Value> {
        match &self.body {
            Body::Json(value) => Some(value),
            Body::Text(_) | Body::Broken(_) => None,
        }
    }

    /// Whether FAL itself answered. A page without FAL's mark comes from a gateway or a portal,
    /// whatever its status, and a body that broke off tells nothing.
    pub(super) fn of_fal(&self) -> bool {
        match self.body {
            Body::Json(_) => true,
            Body::Text(_) => self.from_job,
            Body::Broken(_) => false,
        }
    }

    /// For operators: what came instead of the expected answer. FAL repeats our input in its list
    /// of details, so we only quote FAL's own words.
    pub(super) fn words(&self) -> String {
        let said = |value: &Value, field: &str| {
            value.get(field).and_then(Value::as_str).map(str::to_owned)
        };
        let text = match &self.body {
            Body::Json(body) => {
                let first = body.get("detail").and_then(|detail| detail.get(0));
                let own = said(body, "detail").or_else(|| said(body, "status"));
                own.or_else(|| first.and_then(|first| said(first, "msg"))).unwrap_or_default()
            }
            Body::Text(text) => text.clone(),
            Body::Broken(why) => format!("the body broke off: {why}"),
        };
        format!("HTTP {}: {}", self.status.as_u16(), tame(&text, 200))
    }
}

/// The whole error chain in one line, without the address: a query may carry our nonce.
fn words(error: reqwest::Error) -> String {
    in_full(&error.without_url())
}

/// A wait in seconds or until a date (RFC 9110, section 10.2.3), at most an hour.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let wish = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match wish.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) if !wish.is_empty() && wish.bytes().all(|byte| byte.is_ascii_digit()) => {
            LONGEST_WAIT // more seconds than can be counted
        }
        Err(_) => {
            let until = DateTime::parse_from_rfc2822(wish).ok()?;
            // A date in the past means «now».
            (until.to_utc() - now).to_std().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}
