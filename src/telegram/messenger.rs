//! The messenger on top of the client.

use super::client::Client;
use super::errors::{ApiError, Refusal};
use super::plain::plain;
use actors::language::Language;
use actors::ports::{
    Attachment, ChatAction, ChatId, FileRef, InlinePicture, Message, MessageId, Messenger,
    SendError, SentFile,
};
use async_trait::async_trait;
use bytes::Bytes;
use frankenstein::ParseMode;
use frankenstein::methods::{
    AnswerCallbackQueryParams, DeleteMessageParams, EditMessageReplyMarkupParams,
    EditMessageTextParams, SendChatActionParams, SendMessageParams,
};
use frankenstein::types::{
    InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyMarkup,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use slog::error;
use std::time::Duration;

/// The message no longer exists, or we can no longer change it.
const GONE: [&str; 5] = [
    "message to edit not found",
    "message can't be edited",
    "MESSAGE_ID_INVALID",
    "there is no text in the message to edit", // it is a picture: words cannot take its place
    "message identifier is not specified",     // a number that none has
];

/// There is nothing to delete, or it is past the 48 hours in which deletion is possible.
const NOT_THERE: [&str; 3] =
    ["message to delete not found", "message can't be deleted", "message identifier is not"];
/// Telegram accepts about one message a second per chat.
const CHATS_SECOND: Duration = Duration::from_secs(1);

/// The spinner has stopped by itself.
const TOO_LATE: [&str; 2] = ["query is too old", "QUERY_ID_INVALID"];

/// All that we need from the answer to a sent message.
#[derive(Deserialize)]
struct Posted {
    message_id: i64,
}

#[async_trait]
impl Messenger for Client {
    async fn send(&self, chat: ChatId, message: &Message) -> Result<MessageId, SendError> {
        let posted: Posted = self
            .write("sendMessage", chat, message, |writing| {
                SendMessageParams::builder()
                    .chat_id(writing.chat)
                    .text(writing.text)
                    .maybe_parse_mode(writing.parse_mode)
                    .link_preview_options(LinkPreviewOptions::DISABLED)
                    .maybe_reply_markup(keyboard(message).map(ReplyMarkup::InlineKeyboardMarkup))
                    .build()
            })
            .await?;
        Ok(MessageId(posted.message_id))
    }

    async fn edit(&self, chat: ChatId, id: MessageId, message: &Message) -> Result<(), SendError> {
        let number = numbered(id)?;
        // The result is the message or `true`; neither tells us anything new. An edit without a
        // keyboard removes the old one.
        let answer: Result<IgnoredAny, _> = self
            .write("editMessageText", chat, message, |writing| {
                EditMessageTextParams::builder()
                    .chat_id(writing.chat)
                    .message_id(number)
                    .text(writing.text)
                    .maybe_parse_mode(writing.parse_mode)
                    .link_preview_options(LinkPreviewOptions::DISABLED)
                    .maybe_reply_markup(keyboard(message))
                    .build()
            })
            .await;
        edited(answer, IgnoredAny).map(|_| ())
    }

    async fn send_files(
        &self,
        chat: ChatId,
        files: &[Attachment],
        message: &Message,
    ) -> Result<Vec<SentFile>, SendError> {
        super::attachments::send(self, chat, files, message).await
    }

    async fn edit_file(
        &self,
        chat: ChatId,
        id: MessageId,
        file: &Attachment,
        message: &Message,
    ) -> Result<SentFile, SendError> {
        super::attachments::edit(self, (chat, id), file, message).await
    }

    async fn edit_buttons(
        &self,
        chat: ChatId,
        id: MessageId,
        message: &Message,
    ) -> Result<(), SendError> {
        let params = EditMessageReplyMarkupParams::builder()
            .chat_id(chat.0)
            .message_id(numbered(id)?)
            .maybe_reply_markup(keyboard(message))
            .build();
        edited(self.call::<IgnoredAny>("editMessageReplyMarkup", &params).await, IgnoredAny)
            .map(|_| ())
    }

    async fn show_action(&self, chat: ChatId, action: ChatAction) -> Result<(), SendError> {
        let action = match action {
            ChatAction::Typing => frankenstein::types::ChatAction::Typing,
            ChatAction::UploadPhoto => frankenstein::types::ChatAction::UploadPhoto,
            ChatAction::UploadDocument => frankenstein::types::ChatAction::UploadDocument,
        };
        let params = SendChatActionParams::builder().chat_id(chat.0).action(action).build();
        Ok(self.call::<IgnoredAny>("sendChatAction", &params).await.map(|_| ())?)
    }

    async fn delete(&self, chat: ChatId, id: MessageId) -> Result<(), SendError> {
        let Ok(number) = i32::try_from(id.0) else { return Ok(()) }; // a number that none has
        let params = DeleteMessageParams::builder().chat_id(chat.0).message_id(number).build();
        match self.call::<IgnoredAny>("deleteMessage", &params).await {
            Err(ApiError::Answered(refusal)) if refusal.says_any(&NOT_THERE) => Ok(()),
            deleted => Ok(deleted.map(|_| ())?),
        }
    }

    async fn answer(&self, callback: &str, text: Option<&str>) -> Result<(), SendError> {
        let params = AnswerCallbackQueryParams::builder()
            .callback_query_id(callback)
            .maybe_text(text)
            .build();
        match self.call::<IgnoredAny>("answerCallbackQuery", &params).await {
            Err(ApiError::Answered(refusal)) if refusal.says_any(&TOO_LATE) => Ok(()),
            answered => Ok(answered.map(|_| ())?),
        }
    }

    async fn answer_inline(
        &self,
        query: &str,
        picture: Option<&InlinePicture>,
    ) -> Result<(), SendError> {
        super::inline::answer(self, query, picture).await
    }

    async fn list_commands(&self, chat: ChatId, language: Language) -> Result<(), SendError> {
        Ok(super::commands::list(self, chat, language).await?)
    }

    async fn download(&self, file: &FileRef, limit: u64) -> Result<Bytes, SendError> {
        super::download::download(self, file, limit).await
    }
}

/// One attempt at a text: the chat, the words and the markup.
struct Writing {
    chat: i64,
    text: String,
    parse_mode: Option<ParseMode>,
}

impl Client {
    /// Sends a text, and again without markup if Telegram cannot parse it. The first attempt was
    /// refused, so nothing is said twice.
    async fn write<T: DeserializeOwned, P: Serialize + Send + Sync>(
        &self,
        method: &str,
        chat: ChatId,
        message: &Message,
        params: impl Fn(Writing) -> P + Send + Sync,
    ) -> Result<T, ApiError> {
        let mut markup = true;
        loop {
            let (text, parse_mode) = if markup {
                (message.html.clone(), Some(ParseMode::Html))
            } else {
                (plain(&message.html), None)
            };
            let params = params(Writing { chat: chat.0, text, parse_mode });
            match self.call(method, &params).await {
                Err(ApiError::Answered(refusal))
                    if markup && refusal.says("can't parse entities") =>
                {
                    error!(self.log, "a text of ours is not the HTML that Telegram takes; it goes \
                        out without markup: {}", refusal; "method" => method);
                    markup = false;
                    // The refused one may have counted against the rate limit.
                    tokio::time::sleep(CHATS_SECOND).await;
                }
                done => return done,
            }
        }
    }
}

/// The number of a message that Telegram may have.
pub(super) fn numbered(id: MessageId) -> Result<i32, SendError> {
    let why = |_| SendError::MessageGone(format!("{} is no number of a message", id.0));
    i32::try_from(id.0).map_err(why)
}

/// What the answer to an edit means; `same` if the message was as it should be.
pub(super) fn edited<T>(answer: Result<T, ApiError>, same: T) -> Result<T, SendError> {
    match answer {
        Err(ApiError::Answered(refusal)) if refusal.says("message is not modified") => Ok(same),
        Err(ApiError::Answered(refusal)) if is_gone(&refusal) => {
            Err(SendError::MessageGone(refusal.to_string()))
        }
        answer => Ok(answer?),
    }
}

fn is_gone(refusal: &Refusal) -> bool {
    refusal.code == 400 && refusal.says_any(&GONE)
}

/// The buttons under a message, if it has any.
pub(super) fn keyboard(message: &Message) -> Option<InlineKeyboardMarkup> {
    let rows = message.buttons.iter().filter(|row| !row.is_empty());
    let rows: Vec<Vec<InlineKeyboardButton>> = rows
        .map(|row| {
            let button = |button: &actors::ports::Button| {
                let chooses_chat = button.chooses_chat().map(str::to_owned);
                let data = chooses_chat.is_none().then(|| button.data.clone());
                InlineKeyboardButton::builder()
                    .text(&button.label)
                    .maybe_callback_data(data)
                    .maybe_switch_inline_query(chooses_chat)
                    .build()
            };
            row.iter().map(button).collect()
        })
        .collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::builder().inline_keyboard(rows).build())
}
