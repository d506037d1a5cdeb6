//! One request and its bounded answer.

use crate::redaction::redacted;
use actors::error_chain::in_full;
use actors::ports::without_nul;
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Longest body that we read: the longest answer that we ask for has some kilobytes, a list of
/// models some hundred.
const LONGEST_BODY: usize = 1 << 20;

/// Longest wait that a server may wish for; with a longer one it is not asked again.
const LONGEST_WISH: Duration = Duration::from_mins(2);

/// Most characters of a server's words that we repeat.
const MOST_WORDS: usize = 200;

/// An answer of any status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Its body, if that is JSON.
    pub(super) json: Option<Value>,
    /// Its beginning otherwise: a gateway's page.
    text: String,
    /// Whether to ask again, if the server says so.
    pub(super) again: Option<bool>,
    /// When to ask again, if the server says so.
    pub(super) wait: Option<Duration>,
    /// The server's name of the request, for its operator.
    id: Option<String>,
}

/// Sends a request and reads its answer within bounds.
pub(super) async fn ask(request: RequestBuilder) -> Result<Answer, String> {
    let mut response = request.send().await.map_err(words)?;
    let bytes = body(&mut response).await?;
    let headers = response.headers();
    let json = serde_json::from_slice(&bytes).ok().map(|mut value| {
        without_nul(&mut value);
        value
    });
    let text = if json.is_none() { String::from_utf8_lossy(&bytes) } else { "".into() };
    let wait = wished(headers, Utc::now());
    let again = match said(headers, "x-should-retry") {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => wait.filter(|wait| *wait > LONGEST_WISH).map(|_| false),
    };
    Ok(Answer {
        status: response.status(),
        json,
        text: text.chars().take(MOST_WORDS).collect(),
        again,
        wait,
        id: said(headers, "x-request-id").map(|id| id.chars().take(MOST_WORDS).collect()),
    })
}

async fn body(response: &mut Response) -> Result<BytesMut, String> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(words)? {
        if bytes.len() + chunk.len() > LONGEST_BODY {
            return Err(format!("an answer of more than {LONGEST_BODY} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

impl Answer {
    /// The server's own words about an error: in OpenAI's form, as a plain text, or as a page.
    pub(super) fn message(&self) -> &str {
        let Some(json) = &self.json else { return &self.text };
        let error = json.get("error").unwrap_or(json);
        let places = [Some(error), error.get("message"), error.get("detail"), json.get("message")];
        places.into_iter().flatten().find_map(Value::as_str).unwrap_or_default()
    }

    /// A field of the error: its `type`, `code` or `param`.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.json.as_ref()?.get("error")?.get(name)?.as_str()
    }

    /// For operators.
    pub(super) fn words(&self) -> String {
        let message: String = self.message().split_whitespace().collect::<Vec<_>>().join(" ");
        let message: String = message.chars().take(MOST_WORDS).collect();
        let kind = self.field("code").or_else(|| self.field("type")).unwrap_or_default();
        let kind: String = kind.chars().take(MOST_WORDS).collect();
        let id = self.id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        redacted(&format!("HTTP {} {kind}: {message}{id}", self.status.as_u16()))
    }
}

/// The whole error chain in one line, without the address.
fn words(error: reqwest::Error) -> String {
    in_full(&error.without_url())
}

fn said<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The wait that a server wishes for: in milliseconds, in seconds, or until a date.
fn wished(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|wish| wish.is_finite());
    if let Some(wish) = said(headers, "retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(wish.max(0.0) / 1000.0).ok();
    }
    let wish = said(headers, RETRY_AFTER.as_str())?;
    if let Some(wish) = number(wish) {
        return Duration::try_from_secs_f64(wish.max(0.0)).ok();
    }
    let until = DateTime::parse_from_rfc2822(wish).ok()?;
    // A date in the past means «now».
    Some((until.to_utc() - now).to_std().unwrap_or_default())
}
