//! Telegram's Bot API.

use super::Noted;
use super::health::{Answer, Provider::Telegram};
use actors::language::Language;
use actors::ports::{
    Attachment, ChatAction, ChatId, FileRef, InlinePicture, Message, MessageId, Messenger,
    SendError, SentFile,
};
use async_trait::async_trait;
use bytes::Bytes;

fn meaning<T>(answer: &Result<T, SendError>) -> Answer {
    match answer {
        Ok(_) => Answer::Ok,
        Err(SendError::NotSent(why) | SendError::Unknown(why)) => Answer::Failed(why.clone()),
        Err(
            SendError::RetryAfter(_)
            | SendError::NoPermit
            | SendError::Moved(_)
            | SendError::Blocked(_)
            | SendError::MessageGone(_)
            | SendError::Refused(_)
            | SendError::FileGone(_)
            | SendError::NotAPhoto(_)
            | SendError::TooLarge { .. },
        ) => Answer::Refused,
    }
}

#[async_trait]
impl Messenger for Noted<dyn Messenger> {
    async fn send(&self, chat: ChatId, message: &Message) -> Result<MessageId, SendError> {
        let asked = self.port.send(chat, message);
        self.health.asks((Telegram, "send"), asked, meaning).await
    }

    async fn edit(&self, chat: ChatId, id: MessageId, message: &Message) -> Result<(), SendError> {
        let asked = self.port.edit(chat, id, message);
        self.health.asks((Telegram, "edit"), asked, meaning).await
    }

    async fn send_files(
        &self,
        chat: ChatId,
        files: &[Attachment],
        message: &Message,
    ) -> Result<Vec<SentFile>, SendError> {
        let asked = self.port.send_files(chat, files, message);
        self.health.asks((Telegram, "send_files"), asked, meaning).await
    }

    async fn edit_file(
        &self,
        chat: ChatId,
        id: MessageId,
        file: &Attachment,
        message: &Message,
    ) -> Result<SentFile, SendError> {
        let asked = self.port.edit_file(chat, id, file, message);
        self.health.asks((Telegram, "edit_file"), asked, meaning).await
    }

    async fn edit_buttons(
        &self,
        chat: ChatId,
        id: MessageId,
        message: &Message,
    ) -> Result<(), SendError> {
        let asked = self.port.edit_buttons(chat, id, message);
        self.health.asks((Telegram, "edit_buttons"), asked, meaning).await
    }

    async fn show_action(&self, chat: ChatId, action: ChatAction) -> Result<(), SendError> {
        let asked = self.port.show_action(chat, action);
        self.health.asks((Telegram, "show_action"), asked, meaning).await
    }

    async fn delete(&self, chat: ChatId, id: MessageId) -> Result<(), SendError> {
        let asked = self.port.delete(chat, id);
        self.health.asks((Telegram, "delete"), asked, meaning).await
    }

    async fn answer(&self, callback: &str, text: Option<&str>) -> Result<(), SendError> {
        let asked = self.port.answer(callback, text);
        self.health.asks((Telegram, "answer"), asked, meaning).await
    }

    async fn answer_inline(
        &self,
        query: &str,
        picture: Option<&InlinePicture>,
    ) -> Result<(), SendError> {
        let asked = self.port.answer_inline(query, picture);
        self.health.asks((Telegram, "answer_inline"), asked, meaning).await
    }

    async fn list_commands(&self, chat: ChatId, language: Language) -> Result<(), SendError> {
        let asked = self.port.list_commands(chat, language);
        self.health.asks((Telegram, "list_commands"), asked, meaning).await
    }

    async fn download(&self, file: &FileRef, limit: u64) -> Result<Bytes, SendError> {
        let asked = self.port.download(file, limit);
        self.health.asks((Telegram, "download"), asked, meaning).await
    }
}
