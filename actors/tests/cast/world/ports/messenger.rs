//! Telegram.

use super::super::blow::Blow;
use super::Port;
use actors::language::Language;
use actors::ports::{
    Attachment, ChatAction, ChatId, FileRef, InlinePicture, Message, MessageId, Messenger,
    SendError, SentFile,
};
use async_trait::async_trait;
use bytes::Bytes;

fn struck(blow: Blow) -> SendError {
    let why = "connection reset".to_owned();
    if blow == Blow::FailBefore { SendError::NotSent(why) } else { SendError::Unknown(why) }
}

#[async_trait]
impl Messenger for Port {
    async fn send(&self, _: ChatId, message: &Message) -> Result<MessageId, SendError> {
        let send = |model: &mut super::Model| {
            if model.rows.now < model.telegram.away_until {
                model.telegram.in_vain += 1;
                return Err(SendError::NotSent("no connection".to_owned()));
            }
            Ok(model.telegram.send(message))
        };
        self.call("send", send, |blow| Err(struck(blow))).await
    }

    async fn edit(&self, _: ChatId, id: MessageId, message: &Message) -> Result<(), SendError> {
        let edit = |model: &mut super::Model| {
            let known = model.telegram.edit(id, message);
            known.then_some(()).ok_or_else(|| SendError::MessageGone("no such message".to_owned()))
        };
        self.call("edit", edit, |blow| Err(struck(blow))).await
    }

    async fn send_files(
        &self,
        chat: ChatId,
        _: &[Attachment],
        message: &Message,
    ) -> Result<Vec<SentFile>, SendError> {
        Ok(vec![SentFile { message: self.send(chat, message).await?, file: None }])
    }

    async fn edit_file(
        &self,
        chat: ChatId,
        id: MessageId,
        _: &Attachment,
        message: &Message,
    ) -> Result<SentFile, SendError> {
        self.edit(chat, id, message).await.map(|()| SentFile { message: id, file: None })
    }

    async fn edit_buttons(&self, _: ChatId, _: MessageId, _: &Message) -> Result<(), SendError> {
        Ok(())
    }

    async fn show_action(&self, _: ChatId, _: ChatAction) -> Result<(), SendError> {
        Ok(())
    }

    async fn delete(&self, _: ChatId, _: MessageId) -> Result<(), SendError> {
        self.call("delete", |_| Ok(()), |blow| Err(struck(blow))).await
    }

    async fn answer(&self, _: &str, _: Option<&str>) -> Result<(), SendError> {
        self.call("answer", |_| Ok(()), |blow| Err(struck(blow))).await
    }

    async fn answer_inline(&self, _: &str, _: Option<&InlinePicture>) -> Result<(), SendError> {
        Ok(())
    }

    async fn list_commands(&self, _: ChatId, _: Language) -> Result<(), SendError> {
        Ok(())
    }

    async fn download(&self, _: &FileRef, _: u64) -> Result<Bytes, SendError> {
        Err(SendError::Refused("nobody sends files in these stories".to_owned()))
    }
}
