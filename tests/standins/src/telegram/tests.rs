//! The stand-in against a bare HTTP client: the rules that a complete bot would hide.

mod delivery;
mod talking;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Options, Telegram};

/// A bot that is only an HTTP client.
struct Bot {
    client: reqwest::Client,
    base: String,
}

impl Bot {
    fn of(telegram: &Telegram) -> Self {
        let base = format!("{}/bot{}", telegram.url(), telegram.token());
        Self { client: reqwest::Client::new(), base }
    }

    /// Status and body of a call; an error means the connection was cut.
    async fn call(&self, method: &str, params: Value) -> Result<(u16, Value), reqwest::Error> {
        let address = format!("{}/{method}", self.base);
        let answer = self.client.post(address).json(&params).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// The result of a call that must succeed.
    async fn done(&self, method: &str, params: Value) -> Value {
        let (status, mut body) = self.call(method, params).await.unwrap();
        assert_eq!(status, 200, "{method}: {body}");
        body["result"].take()
    }

    /// Status and description of a call that must be refused.
    async fn refused(&self, method: &str, params: Value) -> (u16, String) {
        let (status, body) = self.call(method, params).await.unwrap();
        assert_eq!((&body["ok"], &body["error_code"]), (&json!(false), &json!(status)));
        (status, body["description"].as_str().unwrap_or_default().to_owned())
    }

    async fn says(&self, chat: i64, text: &str) -> Value {
        self.done("sendMessage", json!({ "chat_id": chat, "text": text })).await
    }
}

/// A stand-in with short waits, so that a failing test ends soon.
async fn telegram(options: Options) -> (Telegram, Bot) {
    let patience = Duration::from_secs(5);
    let telegram = Telegram::start(Options { patience, ..options }).await.unwrap();
    let bot = Bot::of(&telegram);
    (telegram, bot)
}
