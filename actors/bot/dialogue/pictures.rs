//! What a conversation about pictures can be about.

use crate::avatar::AvatarId;
use crate::generation::prompt::Subject;
use crate::ports::{FileRef, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a person was about to do when something had to be asked first. Stored with the conversation,
/// so that the answer leads there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Choose.
    Menu,
    /// Look at the styles of a pack.
    Pack(String),
    /// Take a style.
    Style(String),
    /// Be surprised.
    Surprise,
    /// Describe a picture.
    Words,
    /// Show a photo that is to become words.
    Photo,
    /// Have a picture of this description.
    Said(String),
}

/// What to do about pictures. An avatar that is not named is the one of the conversation, otherwise
/// the person's main one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureAction {
    /// Show what can be made, in a new message: what has the button stays.
    Menu(Option<AvatarId>),
    /// Show it again in the same message.
    Back(AvatarId),
    /// Show the styles of a pack.
    Pack(String),
    /// Show a style, ready to be made.
    Style(String),
    /// Show a style that nobody chose.
    Surprise(AvatarId),
    /// Ask for words.
    AskWords(Option<AvatarId>),
    /// Show these words, ready to be made.
    Words(String),
    /// Ask for a photo that is to become words.
    AskPhoto(AvatarId),
    /// Show what this photo says in words, ready to be made.
    Photo(FileRef),
    /// Change the shape of what is shown.
    Shape(Shape),
    /// Change how many.
    Count(u8),
    /// Make them.
    Start(Uuid),
    /// Stop making them.
    Cancel(Uuid),
    /// Make the same once more.
    Again(Uuid),
    /// Note of what the avatar is, and go on.
    Subject(Subject),
    /// Note that its owner agreed, and go on.
    Agree(AvatarId),
    /// Leave it.
    Leave,
}
