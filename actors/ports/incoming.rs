//! What people send, in our words.

use super::{FileRef, MessageId, Who};

/// What somebody sent, as far as we understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Who, where.
    pub who: Who,
    /// What.
    pub input: Input,
    /// It is one of several that were sent as one album.
    pub in_album: bool,
}

impl Incoming {
    /// The message under which a button was pressed, if Telegram still has it.
    #[must_use]
    pub fn pressed(&self) -> Option<MessageId> {
        match &self.input {
            Input::Button { message, .. } => *message,
            Input::Command(_)
            | Input::Link(_)
            | Input::Text(_)
            | Input::Photo(_)
            | Input::Payment
            | Input::Inline { .. }
            | Input::Membership { .. }
            | Input::Other => None,
        }
    }
}

/// What a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// `/word`, lower case, without the slash and what follows it.
    Command(String),
    /// `/start` by a link, with the word that the link carries; may be made up.
    Link(String),
    /// Any other text.
    Text(String),
    /// A photo, or a picture sent as a file.
    Photo(FileRef),
    /// A pressed button.
    Button {
        /// Telegram's id of the press, to be answered.
        callback: String,
        /// What the button carries; may be old, forwarded or made up.
        data: String,
        /// The message it was under, if Telegram still has it.
        message: Option<MessageId>,
    },
    /// In another chat they wrote the word of a picture that they share.
    Inline {
        /// Telegram's id of the query, to be answered.
        query: String,
        /// What they wrote; may be made up.
        word: String,
    },
    /// They blocked the bot, or let it in again; nothing is answered.
    Membership {
        /// The bot may not write to them.
        blocked: bool,
    },
    /// Something about money. Nothing is sold yet; whatever comes of it waits behind no album and is
    /// no flood.
    Payment,
    /// Something that we have no use for.
    Other,
}
