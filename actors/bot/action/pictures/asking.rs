//! A question for the chat model, while its person waits.

use super::Context;
use crate::bot::interpreter::{CALLS_A_DAY, Meant};
use crate::ports::{ChatAction, ChatQuestion, StoreError};
use std::time::Duration;

/// How often to show again that the bot is writing: Telegram shows it for five seconds.
const TYPING_LASTS: Duration = Duration::from_millis(4500);

/// Asks the chat model for this person.
pub(super) async fn ask_model(
    context: &Context<'_>,
    question: &ChatQuestion,
) -> Result<Meant, StoreError> {
    let world = context.world;
    let unlimited = world.access.operators().contains(&context.who.telegram_id);
    let most = if unlimited { u32::MAX } else { CALLS_A_DAY };
    world.interpreter.ask(context.person.user, most, question).await
}

/// Does it, and shows meanwhile that the bot is writing, if there is a model to wait for.
pub(super) async fn while_typing<T>(context: &Context<'_>, work: impl Future<Output = T>) -> T {
    let world = context.world;
    if !world.interpreter.is_there() {
        return work.await;
    }
    let typing = async {
        loop {
            let shown = world.messenger.show_action(context.who.chat, ChatAction::Typing).await;
            if let Err(error) = shown {
                slog::debug!(world.process.log, "nobody sees that we write: {}", error);
            }
            tokio::time::sleep(TYPING_LASTS).await;
        }
    };
    tokio::select! {
        done = work => done,
        done = typing => done,
    }
}
