//! The states of a conversation, and what an input means in each. Pure.

mod pictures;

pub use pictures::{PictureAction, Wish};

use super::button::{self, Browse};
use super::{name, texts};
use crate::avatar::{AvatarId, PhotoId, TrainingType};
use crate::language::Language;
use crate::ports::{FileRef, Input, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The state of a conversation. Stored as `dialogues.state`; survives restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Dialogue {
    /// Nowhere in particular.
    #[default]
    Idle,
    /// A kind is chosen, waiting for the name.
    Naming {
        /// What is to be trained.
        kind: TrainingType,
    },
    /// A draft exists, waiting for photos.
    Collecting {
        /// The draft.
        avatar: AvatarId,
        /// The message that counts the photos.
        counter: Option<MessageId>,
        /// Photos that came after it was posted.
        #[serde(default)]
        below: u32,
        /// Things that came with the photos and are not answered yet.
        #[serde(default)]
        untold: Untold,
        /// The message with the picture of all photos.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact_sheet: Option<MessageId>,
    },
    /// Waiting for another name.
    Renaming {
        /// The avatar.
        avatar: AvatarId,
    },
    /// Choosing pictures.
    Picturing {
        /// With which avatar.
        avatar: AvatarId,
        /// The draft that was shown last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Uuid>,
        /// What comes after the question that was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wish: Option<Wish>,
    },
    /// Waiting for the words of a picture.
    Wording {
        /// With which avatar.
        avatar: AvatarId,
    },
}

/// What was not accepted and has yet to be reported, once for all photos that came together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Untold {
    /// Photos beyond the limit.
    pub over: u32,
    /// Photos that were already there.
    pub same: u32,
    /// Videos, stickers and anything else that is not a photo.
    pub unusable: u32,
}

impl Dialogue {
    /// From what was saved. A state that this version does not know starts afresh: nobody is stuck
    /// in an old one.
    #[must_use]
    pub fn recalled(saved: Option<&Value>) -> Self {
        saved.and_then(|saved| Self::deserialize(saved).ok()).unwrap_or_default()
    }

    /// Photos of this draft are awaited, and nothing was counted yet.
    #[must_use]
    pub fn collecting(avatar: AvatarId) -> Self {
        let untold = Untold::default();
        Self::Collecting { avatar, counter: None, below: 0, untold, contact_sheet: None }
    }

    /// The message with the picture of the draft's photos.
    #[must_use]
    pub fn contact_sheet(&self) -> Option<MessageId> {
        match self {
            Self::Collecting { contact_sheet, .. } => *contact_sheet,
            Self::Idle
            | Self::Naming { .. }
            | Self::Renaming { .. }
            | Self::Picturing { .. }
            | Self::Wording { .. } => None,
        }
    }

    /// The same with another contact sheet, if the state can have one.
    #[must_use]
    pub fn with_sheet(mut self, to: Option<MessageId>) -> Self {
        if let Self::Collecting { contact_sheet, .. } = &mut self {
            *contact_sheet = to;
        }
        self
    }

    /// Pictures are chosen, and nothing is asked.
    #[must_use]
    pub fn picturing(avatar: AvatarId, order: Option<Uuid>) -> Self {
        Self::Picturing { avatar, order, wish: None }
    }

    /// The avatar that pictures are made with.
    #[must_use]
    pub fn sitter(&self) -> Option<AvatarId> {
        match self {
            Self::Picturing { avatar, .. } | Self::Wording { avatar } => Some(*avatar),
            Self::Idle | Self::Naming { .. } | Self::Renaming { .. } | Self::Collecting { .. } => {
                None
            }
        }
    }

    /// The draft that the conversation is about.
    #[must_use]
    pub fn draft(&self) -> Option<AvatarId> {
        match self {
            Self::Collecting { avatar, .. } => Some(*avatar),
            Self::Idle
            | Self::Naming { .. }
            | Self::Renaming { .. }
            | Self::Picturing { .. }
            | Self::Wording { .. } => None,
        }
    }
}

/// What to do about an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Show the main menu; leaves whatever was in progress.
    MainMenu,
    /// Get in with the code of an invitation, and show the main menu.
    Redeem(String),
    /// Show the menu of avatars.
    AvatarMenu,
    /// Show the person's avatars.
    Gallery,
    /// Show the one with this number.
    Card(i64),
    /// Show this one.
    View(AvatarId),
    /// Make it the main one.
    SetMain(AvatarId),
    /// Ask for another name.
    AskRename(AvatarId),
    /// Give it this name.
    Rename(AvatarId, String),
    /// Ask for confirmation before deleting it.
    AskDelete(AvatarId),
    /// Delete it for good.
    Delete(AvatarId),
    /// Let a failed or cancelled one accept other photos.
    Reopen(AvatarId),
    /// Ask for confirmation before erasing everything.
    AskForget,
    /// Erase everything about the person.
    Forget,
    /// Leave the question for another name.
    KeepName,
    /// Explain.
    Help,
    /// Ask what to train.
    ChooseType,
    /// Ask for a name.
    AskName(TrainingType),
    /// Ask for the language.
    AskLanguage,
    /// Switch to this one.
    Speak(Language),
    /// Create a draft with this name.
    Open(TrainingType, String),
    /// Ask for photos of the current draft, or of this one.
    AskPhotos(Option<AvatarId>),
    /// Add a photo to the draft.
    TakePhoto(AvatarId, FileRef),
    /// Say that something is not a photo, and that photos of this draft are expected.
    MissPhoto(AvatarId),
    /// Say that no text is needed, and that photos of this draft are expected.
    AwaitPhotos(AvatarId),
    /// Show the photos of the draft.
    ListPhotos,
    /// Remove one.
    RemovePhoto(PhotoId),
    /// Show what would be started.
    Summary,
    /// Start, and show it here.
    Start(AvatarId),
    /// Start once more, from a notice that stays as it is.
    StartAgain(AvatarId),
    /// Show the progress of a training.
    Refresh(AvatarId),
    /// Ask for confirmation before cancelling.
    AskCancel(AvatarId),
    /// Cancel.
    Cancel(AvatarId),
    /// Something about pictures with an avatar.
    Picture(PictureAction),
    /// Say what is kept, where, and for how long.
    Privacy,
    /// Show the credits.
    Balance,
    /// Show how to get more of them.
    TopUp,
    /// Look through the pictures, or do something with one.
    Browse(Browse),
    /// Leave what was in progress.
    Leave,
    /// Say this and change nothing.
    Say(&'static str),
    /// Answer a press with this and change nothing.
    Toast(&'static str),
    /// Neither change nor say anything.
    Nothing,
}

impl Action {
    /// Whether it is allowed even for people who may not use the bot: explanations, endings, and
    /// what they already own. Everything else creates something, or leads there.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        match self {
            Self::Browse(browse) => browse.is_for_all(),
            Self::Redeem(_)
            | Self::Help
            | Self::Privacy
            | Self::Balance
            | Self::AskLanguage
            | Self::Speak(_)
            | Self::AskForget
            | Self::Forget
            | Self::Gallery
            | Self::Card(_)
            | Self::View(_)
            | Self::AskDelete(_)
            | Self::Delete(_)
            | Self::Refresh(_)
            | Self::AskCancel(_)
            | Self::Cancel(_)
            | Self::Toast(_)
            | Self::Picture(PictureAction::Cancel(_))
            | Self::Nothing => true,
            Self::MainMenu
            | Self::AvatarMenu
            | Self::SetMain(_)
            | Self::AskRename(_)
            | Self::Rename(..)
            | Self::Reopen(_)
            | Self::KeepName
            | Self::ChooseType
            | Self::AskName(_)
            | Self::Open(..)
            | Self::AskPhotos(_)
            | Self::TakePhoto(..)
            | Self::MissPhoto(_)
            | Self::AwaitPhotos(_)
            | Self::ListPhotos
            | Self::RemovePhoto(_)
            | Self::Summary
            | Self::Start(_)
            | Self::StartAgain(_)
            | Self::Picture(_)
            | Self::TopUp
            | Self::Leave
            | Self::Say(_) => false,
        }
    }
}

/// What an input means in this state.
#[must_use]
pub fn decide(dialogue: &Dialogue, input: &Input) -> Action {
    match input {
        Input::Command(word) => command(dialogue, word),
        Input::Link(code) => Action::Redeem(code.clone()),
        Input::Button { data, .. } => button::meaning(data),
        Input::Text(text) => match dialogue {
            Dialogue::Naming { kind } => match name::name(text) {
                Some(name) => Action::Open(*kind, name),
                None => Action::Say("name-wrong"),
            },
            Dialogue::Renaming { avatar } => match name::name(text) {
                Some(name) => Action::Rename(*avatar, name),
                None => Action::Say("name-wrong"),
            },
            Dialogue::Collecting { avatar, .. } => Action::AwaitPhotos(*avatar),
            Dialogue::Picturing { .. } | Dialogue::Wording { .. } => {
                Action::Picture(PictureAction::Words(text.clone()))
            }
            Dialogue::Idle => Action::Say("unexpected-text"),
        },
        Input::Photo(file) => match dialogue {
            Dialogue::Collecting { avatar, .. } => Action::TakePhoto(*avatar, file.clone()),
            Dialogue::Naming { .. } | Dialogue::Renaming { .. } => Action::Say("name-expected"),
            Dialogue::Picturing { .. } | Dialogue::Wording { .. } => {
                Action::Picture(PictureAction::Photo(file.clone()))
            }
            Dialogue::Idle => Action::Say("unexpected-photo"),
        },
        Input::Membership { .. } | Input::Inline { .. } => Action::Nothing,
        Input::Payment => Action::Say("unexpected-kind"),
        Input::Other => match dialogue {
            Dialogue::Naming { .. } | Dialogue::Renaming { .. } => Action::Say("name-expected"),
            Dialogue::Collecting { avatar, .. } => Action::MissPhoto(*avatar),
            Dialogue::Wording { .. } => Action::Say("pictures-words-expected"),
            Dialogue::Idle | Dialogue::Picturing { .. } => Action::Say("unexpected-kind"),
        },
    }
}

fn command(dialogue: &Dialogue, word: &str) -> Action {
    match word {
        "start" => Action::MainMenu,
        "avatars" => Action::Gallery,
        "new" => Action::ChooseType,
        "help" => Action::Help,
        "language" => Action::AskLanguage,
        "cancel" if *dialogue == Dialogue::Idle => Action::Say("nothing-to-cancel"),
        "cancel" if matches!(dialogue, Dialogue::Renaming { .. }) => Action::KeepName,
        "cancel" if dialogue.sitter().is_some() => Action::Picture(PictureAction::Leave),
        "cancel" => Action::Leave,
        "generate" => Action::Picture(PictureAction::Menu(None)),
        "privacy" => Action::Privacy,
        "balance" => Action::Balance,
        "gallery" => Action::Browse(Browse::Newest),
        "transcribe" => Action::Say("coming-transcribe"),
        "forget" => Action::AskForget,
        _ => Action::Say("unknown-command"),
    }
}

/// The key of a kind's own text, «prefix-kind».
#[must_use]
pub fn of_kind(language: Language, prefix: &str, kind: TrainingType) -> String {
    texts::say(language, &format!("{prefix}-{}", kind.word()), &[])
}

#[cfg(test)]
mod tests;
