//! An operator's questions: does FAL know our key, can we get its own keys, does our webhook
//! address lead to us? Buys nothing and changes nothing.

use super::signatures::keyring::keys;
use super::wire::{Body, ask};
use super::{Fal, client};
use reqwest::{Method, StatusCode};
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// Longest wait for one answer; a person is waiting.
const PATIENCE: Duration = Duration::from_secs(8);

/// FAL's answer about our key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyCheck {
    /// It is one of FAL's.
    Known,
    /// FAL refuses it or its account, in these words.
    Refused(String),
    /// No answer.
    Unreachable(String),
}

/// The FAL platform's answer about our key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformCheck {
    /// It may read the request history.
    Open,
    /// It may not, in these words.
    Refused(String),
    /// No answer.
    Unreachable(String),
}

/// What answers at our webhook address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookCheck {
    /// An Aisha: it refused the unsigned call in our words.
    Ours,
    /// Another server or something on the way, in these words.
    Foreign(String),
    /// Nothing.
    Unreachable(String),
}

impl Fal {
    /// Asks for a job that cannot exist: FAL says so only to callers with a valid key.
    pub async fn check_key(&self) -> KeyCheck {
        let Some(endpoint) = self.catalogue.endpoints().first().map(|name| (*name).to_owned())
        else {
            return KeyCheck::Unreachable("the catalogue is empty".to_owned());
        };
        let nobody = actors::avatar::RequestId(Uuid::nil().to_string().into());
        let Some(url) = self.of_request(&endpoint, &nobody, &["status"]) else {
            return KeyCheck::Unreachable(format!("{endpoint} has no address"));
        };
        match ask(self.request(Method::GET, url).timeout(PATIENCE)).await {
            Ok(answer) => match answer.status {
                StatusCode::UNAUTHORIZED | StatusCode::PAYMENT_REQUIRED | StatusCode::FORBIDDEN => {
                    KeyCheck::Refused(answer.words())
                }
                status
                    if answer.of_fal()
                        && (status.is_success() || status == StatusCode::NOT_FOUND) =>
                {
                    KeyCheck::Known
                }
                _ => KeyCheck::Unreachable(answer.words()),
            },
            Err(none) => KeyCheck::Unreachable(none.words()),
        }
    }
}

impl Fal {
    /// Asks for one line of the request history.
    pub async fn check_platform(&self) -> PlatformCheck {
        match self.ask_history(PATIENCE).await {
            None => PlatformCheck::Unreachable("there is no address to ask at".to_owned()),
            Some(Err(why)) => PlatformCheck::Unreachable(why),
            Some(Ok(answer)) => match answer.status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    PlatformCheck::Refused(answer.words())
                }
                status if status.is_success() && answer.json().is_some() => PlatformCheck::Open,
                _ => PlatformCheck::Unreachable(answer.words()),
            },
        }
    }
}

/// How many keys FAL publishes for its signatures.
///
/// # Errors
/// Why we cannot get them, in one line.
pub async fn published_keys(rest: &Url) -> Result<usize, String> {
    let mut url = rest.clone();
    url.set_path(&format!("{}/.well-known/jwks.json", rest.path().trim_end_matches('/')));
    let http = client(PATIENCE).build().map_err(|error| error.to_string())?;
    match ask(http.get(url)).await {
        Ok(answer) if answer.status.is_success() => {
            Ok(answer.json().map(keys).unwrap_or_default().len())
        }
        Ok(answer) => Err(answer.words()),
        Err(none) => Err(none.words()),
    }
}

/// Calls our own webhook address as a stranger would: unsigned and about nothing.
pub async fn check_webhook(address: &Url) -> WebhookCheck {
    let http = match client(PATIENCE).build() {
        Ok(http) => http,
        Err(error) => return WebhookCheck::Unreachable(error.to_string()),
    };
    match ask(http.post(address.clone()).json(&serde_json::json!({}))).await {
        Ok(answer) => {
            let ours = match &answer.body {
                Body::Json(body) => body["status"] == "refused" && body["reason"].is_string(),
                Body::Text(_) | Body::Broken(_) => false,
            };
            let refused =
                matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST);
            if ours && refused { WebhookCheck::Ours } else { WebhookCheck::Foreign(answer.words()) }
        }
        Err(none) => WebhookCheck::Unreachable(none.words()),
    }
}
