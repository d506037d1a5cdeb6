//! Inline mode: what is offered where a person wrote the bot's name.

use super::client::Client;
use super::errors::ApiError;
use actors::ports::{InlinePicture, SendError};
use serde::de::IgnoredAny;
use serde_json::json;

/// The person has gone on writing, or has given up.
const TOO_LATE: [&str; 2] = ["query is too old", "QUERY_ID_INVALID"];

pub(super) async fn answer(
    client: &Client,
    query: &str,
    picture: Option<&InlinePicture>,
) -> Result<(), SendError> {
    let results = picture.map(|picture| {
        json!({
            "type": "photo",
            "id": picture.id,
            "photo_file_id": picture.file,
            "caption": picture.caption,
            "parse_mode": "HTML",
        })
    });
    let params = json!({
        "inline_query_id": query,
        "results": Vec::from_iter(results),
        // What is shared no more must not come from Telegram's cache, nor to anybody else.
        "cache_time": 0,
        "is_personal": true,
    });
    match client.call::<IgnoredAny>("answerInlineQuery", &params).await {
        Err(ApiError::Answered(refusal)) if refusal.says_any(&TOO_LATE) => Ok(()),
        answered => Ok(answered.map(|_| ())?),
    }
}
