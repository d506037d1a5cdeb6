//! The envelope around every result. Pure.

use crate::telegram::errors::{ApiError, Refusal};
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::time::Duration;

/// Characters that we keep of a foreign description; Telegram's are shorter.
const DESCRIPTION: usize = 500;

/// `{"ok":true,"result":…}` or `{"ok":false,"error_code":N,"description":"…","parameters":{…}}`.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Envelope<T> {
    ok: bool,
    #[serde(default = "Option::default")]
    result: Option<T>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

/// The wait that a 429 asks for in its header, which is there even if a proxy answered.
pub(super) fn wait_of(response: &Response) -> Option<u64> {
    response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// Tells the result from the refusal.
///
/// A 4xx is a refusal, no matter who sent it: nothing was done. A 5xx may come after the call was
/// carried out.
pub(super) fn decode<T: DeserializeOwned>(
    status: StatusCode,
    wait: Option<u64>,
    body: &[u8],
) -> Result<T, ApiError> {
    let foreign = || format!("HTTP {status}, not in the words of a Bot API");
    match serde_json::from_slice::<Envelope<T>>(body) {
        Ok(Envelope { ok: true, result: Some(result), .. }) if status.is_success() => Ok(result),
        Ok(Envelope { ok: false, error_code, description, parameters, .. }) => {
            let code = error_code.unwrap_or(status.as_u16());
            let description = description.unwrap_or_else(foreign);
            let description = description.chars().take(DESCRIPTION).collect();
            if code >= 500 {
                return Err(ApiError::Unknown(format!("{code} {description}")));
            }
            let Parameters { retry_after, migrate_to_chat_id } = parameters.unwrap_or_default();
            let retry_after = retry_after.or(wait).map(Duration::from_secs);
            Err(ApiError::Answered(Refusal { code, description, retry_after, migrate_to_chat_id }))
        }
        _ if status.is_client_error() => Err(ApiError::Answered(Refusal {
            code: status.as_u16(),
            description: foreign(),
            retry_after: wait.map(Duration::from_secs),
            migrate_to_chat_id: None,
        })),
        Err(error) if status.is_success() && is_done(body) => {
            Err(ApiError::Unreadable(format!("line {}, {:?}", error.line(), error.classify())))
        }
        _ => Err(ApiError::Unknown(foreign())),
    }
}

/// Whether this is Telegram's `"ok":true` around something that we cannot read.
fn is_done(body: &[u8]) -> bool {
    let envelope = serde_json::from_slice::<Envelope<IgnoredAny>>(body);
    envelope.is_ok_and(|envelope| envelope.ok && envelope.result.is_some())
}
