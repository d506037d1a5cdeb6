//! A chat model behind OpenAI's API, at OpenAI or at any server that speaks it.
//!
//! Servers differ in what they know of that API. What one does not know is left out from then on, see
//! [`dialect`]; answers are read by what they contain, and nothing but their form is believed.

mod answer;
mod dialect;
mod errors;
mod models;
mod question;
#[cfg(test)]
mod tests;
mod wire;

pub use models::ModelsCheck;

use actors::ports::{Chat, ChatError, ChatQuestion};
use async_trait::async_trait;
use dialect::Dialect;
use errors::Meaning;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// From the configuration.
#[derive(Clone, Debug)]
pub struct OpenAiSettings {
    /// `OPENAI_API_URL`, with or without `/v1` at its end.
    pub base: Url,
    /// `OPENAI_API_KEY`; a server of one's own may need none.
    pub key: Option<SecretString>,
}

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Repetitions after an error that passes, as many as the official client makes.
const MOST_REPEATS: u32 = 2;

/// First wait before a repetition if the server names none; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Longest wait between two tries if the server names none.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A server's client. Makes no request by itself.
#[derive(Clone)]
pub struct OpenAi {
    http: reqwest::Client,
    settings: Arc<OpenAiSettings>,
}

impl OpenAi {
    /// A client of this server.
    ///
    /// # Errors
    /// If TLS could not be set up.
    pub fn new(settings: OpenAiSettings) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("aisha/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, settings: Arc::new(settings) })
    }

    /// One of the server's models, to chat with.
    #[must_use]
    pub fn model(&self, name: &str) -> ChatModel {
        ChatModel { server: self.clone(), name: name.to_owned(), dialect: Arc::default() }
    }

    /// An address of the API, whether or not the configured one ends in `/v1`.
    fn address(&self, path: &str) -> String {
        let base = self.settings.base.as_str().trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        format!("{base}/v1/{path}")
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.settings.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    /// The server's words, without our key should it repeat it.
    fn tame(&self, words: &str) -> String {
        let key = self.settings.key.as_ref().map(ExposeSecret::expose_secret);
        match key.filter(|key| !key.is_empty()) {
            Some(key) => words.replace(key, "…"),
            None => words.to_owned(),
        }
    }
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A model of a server.
#[derive(Clone, Debug)]
pub struct ChatModel {
    server: OpenAi,
    /// `CHAT_MODEL`.
    name: String,
    dialect: Arc<Dialect>,
}

#[async_trait]
impl Chat for ChatModel {
    async fn ask(&self, question: &ChatQuestion) -> Result<Value, ChatError> {
        let late = || {
            let seconds = question.within.as_secs_f32();
            Err(ChatError::Unavailable(format!("not within {seconds} s")))
        };
        let until = Instant::now() + question.within;
        tokio::time::timeout(question.within, self.repeat(question, until))
            .await
            .unwrap_or_else(|_| late())
    }
}

impl ChatModel {
    /// Asks until there is an answer, an error that stays, or no time for another try.
    async fn repeat(&self, question: &ChatQuestion, until: Instant) -> Result<Value, ChatError> {
        let mut repeats = 0;
        loop {
            let (form, limit) = (self.dialect.form(), self.dialect.limit());
            let body = question::body(&self.name, question, form, limit);
            let request = self.server.http.post(self.server.address("chat/completions"));
            let (why, wait) = match wire::ask(self.server.signed(request).json(&body)).await {
                Ok(answer) if answer.status.is_success() => return answer::read(&answer),
                Ok(answer) => match errors::meaning(&answer, question.picture.is_some()) {
                    Meaning::Unknown(what) if self.dialect.leave_out(what, form, limit) => continue,
                    Meaning::Unknown(_) => {
                        return Err(ChatError::Refused(self.server.tame(&answer.words())));
                    }
                    Meaning::Final(error) => return Err(error(self.server.tame(&answer.words()))),
                    Meaning::Passes => (self.server.tame(&answer.words()), answer.wait),
                },
                Err(why) => (why, None),
            };
            let wait = wait.unwrap_or_else(|| usual_wait(repeats));
            if repeats >= MOST_REPEATS || Instant::now() + wait >= until {
                return Err(ChatError::Unavailable(why));
            }
            tokio::time::sleep(wait).await;
            repeats += 1;
        }
    }
}

/// The wait before the next try, up to a quarter shorter by chance.
fn usual_wait(repeats: u32) -> Duration {
    let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(repeats)).min(LONGEST_WAIT);
    wait.mul_f64(1.0 - 0.25 * rand::random::<f64>())
}
