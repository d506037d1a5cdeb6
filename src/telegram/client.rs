//! The client: one JSON POST per call, and an error that says whether the call was done.

mod answer;

use super::body::{self, BodyError};
use super::errors::ApiError;
use actors::error_chain::in_full;
use bytes::Bytes;
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use slog::{Logger, o, warn};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use url::Url;

/// Longest wait for a connection: name, address and TLS together.
const CONNECT: Duration = Duration::from_secs(5);

/// Longest wait for an ordinary call. Telegram answers within a second or not at all.
const CALL: Duration = Duration::from_secs(15);

/// Longest wait for a call with files of ours, beside the time that their bytes take.
const UPLOAD: Duration = Duration::from_secs(30);

/// Bytes a second of the slowest line that uploads are for: two Mbit.
const SLOWEST_UPLOAD: u64 = 256 << 10;

/// Longest time for downloading a file: 20 MB at 3 Mbit/s.
const FETCH: Duration = Duration::from_mins(1);

/// Bytes of an answer that we hold. A hundred updates of the longest kind take less than a tenth of
/// it.
const ANSWER_LIMIT: u64 = 16 << 20;

/// Where Telegram is, and our credentials.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Bot API server. `TELEGRAM_API_URL`.
    pub api_url: Url,
    /// The bot's token. It is in every address, so addresses are never shown. `TELEGRAM_BOT_TOKEN`.
    pub token: SecretString,
    /// Whether the commands about credits are offered. `CREDITS`.
    pub credits: bool,
}

/// Why there is no client.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The address itself cannot be used.
    #[error("TELEGRAM_API_URL must be an http or https address such as https://api.telegram.org")]
    Address,
    /// TLS could not be set up.
    #[error("no HTTP client: {0}")]
    Http(String),
}

/// A client of the Bot API. Cheap to clone: all clones share one pool of connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    settings: Arc<Settings>,
    pub(super) log: Logger,
}

impl Client {
    /// Whether the commands about credits are offered.
    pub(super) fn offers_credits(&self) -> bool {
        self.settings.credits
    }

    /// A client; it does not connect yet.
    ///
    /// # Errors
    /// [`SettingsError`] for an invalid address.
    pub fn new(settings: Settings, log: &Logger) -> Result<Self, SettingsError> {
        let log = log.new(o!("client" => "telegram"));
        let url = &settings.api_url;
        let host = url.host_str().ok_or(SettingsError::Address)?;
        match url.scheme() {
            "https" => {}
            "http" if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => {}
            "http" => warn!(log, "the bot's token travels in the clear: TELEGRAM_API_URL is http"),
            _ => return Err(SettingsError::Address),
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            // The token is in the path: it must go to the configured server and nowhere else.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("aisha/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| SettingsError::Http(in_full(&error.without_url())))?;
        Ok(Self { http, settings: Arc::new(settings), log })
    }

    /// Calls a method.
    ///
    /// # Errors
    /// [`ApiError`]: answered, certainly not sent, or unknown. Nothing is retried here.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &(impl Serialize + Sync),
    ) -> Result<T, ApiError> {
        self.call_within(CALL, method, params).await
    }

    /// Calls a method with this time limit.
    pub(super) async fn call_within<T: DeserializeOwned>(
        &self,
        longest: Duration,
        method: &str,
        params: &(impl Serialize + Sync),
    ) -> Result<T, ApiError> {
        self.ask(self.http.post(self.address(None, method)).timeout(longest).json(params)).await
    }

    /// Calls a method with files in it, of this many bytes.
    pub(super) async fn upload<T: DeserializeOwned>(
        &self,
        method: &str,
        form: Form,
        bytes: u64,
    ) -> Result<T, ApiError> {
        let longest = UPLOAD + Duration::from_secs(bytes / SLOWEST_UPLOAD);
        self.ask(self.http.post(self.address(None, method)).timeout(longest).multipart(form)).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ApiError> {
        let response = request.send().await.map_err(|error| self.failed(error))?;
        let (status, wait) = (response.status(), answer::wait_of(&response));
        let body = self.read_answer(response).await?;
        self.shown(answer::decode(status, wait, &body))
    }

    /// Downloads a file from the path that `getFile` gave, or reports that it is larger than
    /// `limit`.
    pub(super) async fn fetch(&self, path: &str, limit: u64) -> Result<Option<Bytes>, ApiError> {
        let request = self.http.get(self.address(Some("file"), path)).timeout(FETCH);
        let response = request.send().await.map_err(|error| self.failed(error))?;
        let (status, wait) = (response.status(), answer::wait_of(&response));
        if status != StatusCode::OK {
            let body = self.read_answer(response).await?;
            return self.shown(answer::decode(status, wait, &body).map(|()| None));
        }
        match body::read(response, limit).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(BodyError::TooLarge) => Ok(None),
            Err(BodyError::Broken(error)) => Err(self.failed(error)),
        }
    }

    async fn read_answer(&self, response: Response) -> Result<Bytes, ApiError> {
        let status = response.status();
        match body::read(response, ANSWER_LIMIT).await {
            Ok(body) => Ok(body),
            // A 4xx is a refusal by its status alone.
            Err(_) if status.is_client_error() => Ok(Bytes::new()),
            Err(BodyError::TooLarge) => {
                Err(ApiError::Unknown(format!("more than {ANSWER_LIMIT} bytes")))
            }
            Err(BodyError::Broken(error)) => Err(self.failed(error)),
        }
    }

    /// `{api_url}[/folder]/bot{token}/{rest}`, each part percent-encoded and none of them `..`.
    fn address(&self, folder: Option<&str>, rest: &str) -> Url {
        let mut url = self.settings.api_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let bot = format!("bot{}", self.settings.token.expose_secret());
        // An address without segments has no host and does not get past `new`.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(folder).push(&bot).extend(rest.split('/'));
        }
        url
    }

    /// What a connection error means.
    fn failed(&self, error: reqwest::Error) -> ApiError {
        // If the server closed a kept connection before a byte was written, hyper itself retries on
        // a new one. We treat every other failure after connecting as a lost answer.
        let before_sending = error.is_connect() || error.is_builder();
        let why = self.clean(&in_full(&error.without_url()));
        if before_sending { ApiError::NotSent(why) } else { ApiError::Unknown(why) }
    }

    /// Removes the token from foreign text too.
    fn shown<T>(&self, result: Result<T, ApiError>) -> Result<T, ApiError> {
        result.map_err(|error| match error {
            ApiError::Answered(mut refusal) => {
                refusal.description = self.clean(&refusal.description);
                ApiError::Answered(refusal)
            }
            ApiError::NotSent(why) => ApiError::NotSent(self.clean(&why)),
            ApiError::Unknown(why) => ApiError::Unknown(self.clean(&why)),
            ApiError::Unreadable(why) => ApiError::Unreadable(self.clean(&why)),
        })
    }

    fn clean(&self, text: &str) -> String {
        let token = self.settings.token.expose_secret();
        // The number before the colon is public: it is the bot's id.
        let secret = token.split_once(':').map_or(token, |(_, secret)| secret);
        if secret.is_empty() { text.to_owned() } else { text.replace(secret, "[token]") }
    }
}
