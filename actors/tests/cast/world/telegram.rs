//! Telegram: counts what really arrived, even if the sender never learnt it.

use actors::ports::{Message, MessageId};
use std::time::Duration;

/// A message that a person has.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) html: String,
    pub(crate) buttons: Vec<String>,
}

/// Telegram.
#[derive(Debug, Default)]
pub(crate) struct Telegram {
    /// Every message that was sent, in the state that it was last edited to.
    pub(crate) messages: Vec<Shown>,
    /// Until this moment of the database's clock nobody can connect.
    pub(crate) away_until: Duration,
    /// Messages that were sent while it was away.
    pub(crate) in_vain: u32,
}

impl Telegram {
    pub(crate) fn send(&mut self, message: &Message) -> MessageId {
        self.messages.push(Shown { html: message.html.clone(), buttons: buttons(message) });
        MessageId(i64::try_from(self.messages.len()).unwrap())
    }

    /// Returns whether there is such a message.
    pub(crate) fn edit(&mut self, id: MessageId, message: &Message) -> bool {
        let index = usize::try_from(id.0 - 1).unwrap();
        let Some(shown) = self.messages.get_mut(index) else { return false };
        shown.html.clone_from(&message.html);
        shown.buttons = buttons(message);
        true
    }
}

/// What its buttons carry.
fn buttons(message: &Message) -> Vec<String> {
    message.buttons.iter().flatten().map(|button| button.data.clone()).collect()
}
