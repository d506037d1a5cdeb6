//! Where a conversation stands, and what an input means there. Pure.

use super::button::Pressed;
use super::texts::Language;
use super::{Input, texts};
use crate::avatar::{AvatarId, PhotoId, TrainingType};
use crate::ports::{FileRef, MessageId};
use serde::{Deserialize, Serialize};

/// Shortest name of an avatar, in characters.
const SHORTEST_NAME: usize = 2;

/// Longest name of an avatar, in characters.
const LONGEST_NAME: usize = 50;

/// Where a conversation stands. Stored as `dialogues.state`; survives restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Dialogue {
    /// Nowhere in particular.
    #[default]
    Idle,
    /// A kind is chosen, the name is awaited.
    Naming {
        /// What is to be trained.
        kind: TrainingType,
    },
    /// A draft is made, photos are awaited.
    Collecting {
        /// The draft.
        avatar: AvatarId,
        /// The message that counts the photos.
        counter: Option<MessageId>,
        /// The message with the picture of all photos.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<MessageId>,
    },
}

impl Dialogue {
    /// The message with the picture of the draft's photos.
    #[must_use]
    pub fn sheet(&self) -> Option<MessageId> {
        match self {
            Self::Collecting { sheet, .. } => *sheet,
            Self::Idle | Self::Naming { .. } => None,
        }
    }

    /// The same with another sheet, where there can be one.
    #[must_use]
    pub fn with_sheet(self, sheet: Option<MessageId>) -> Self {
        match self {
            Self::Collecting { avatar, counter, .. } => Self::Collecting { avatar, counter, sheet },
            Self::Idle | Self::Naming { .. } => self,
        }
    }

    /// The draft that the conversation is about.
    #[must_use]
    pub fn draft(&self) -> Option<AvatarId> {
        match self {
            Self::Collecting { avatar, .. } => Some(*avatar),
            Self::Idle | Self::Naming { .. } => None,
        }
    }
}

/// What is to be done about an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Show the main menu; leaves whatever was going on.
    MainMenu,
    /// Show the menu of avatars.
    AvatarMenu,
    /// Show the person's avatars.
    Gallery,
    /// Explain.
    Help,
    /// Ask what to train.
    ChooseType,
    /// Ask for a name.
    AskName(TrainingType),
    /// Ask for the language.
    AskLanguage,
    /// Speak this one.
    Speak(Language),
    /// Make a draft of this name.
    Open(TrainingType, String),
    /// Ask for photos of the current draft, or of this one.
    AskPhotos(Option<AvatarId>),
    /// Take a photo into the draft.
    TakePhoto(AvatarId, FileRef),
    /// Show the photos of the draft.
    ListPhotos,
    /// Take one out again.
    RemovePhoto(PhotoId),
    /// Show what would be started.
    Summary,
    /// Start, or start again.
    Start(AvatarId),
    /// Show how far a training is.
    Refresh(AvatarId),
    /// Ask back before cancelling.
    AskCancel(AvatarId),
    /// Cancel.
    Cancel(AvatarId),
    /// Use the avatar.
    Generate(AvatarId),
    /// Leave what was going on.
    Leave,
    /// Say this and change nothing.
    Say(&'static str),
    /// Answer a press with this and change nothing.
    Toast(&'static str),
}

/// What an input means where the conversation stands.
#[must_use]
pub fn decide(dialogue: &Dialogue, input: &Input) -> Deed {
    match input {
        Input::Command(word) => command(dialogue, word),
        Input::Button { data, .. } => press(Pressed::of(data)),
        Input::Text(text) => match dialogue {
            Dialogue::Naming { kind } => match name(text) {
                Some(name) => Deed::Open(*kind, name),
                None => Deed::Say("name-wrong"),
            },
            Dialogue::Idle | Dialogue::Collecting { .. } => Deed::Say("unexpected-text"),
        },
        Input::Photo(file) => match dialogue {
            Dialogue::Collecting { avatar, .. } => Deed::TakePhoto(*avatar, file.clone()),
            Dialogue::Naming { .. } => Deed::Say("name-expected"),
            Dialogue::Idle => Deed::Say("unexpected-photo"),
        },
        Input::Other => match dialogue {
            Dialogue::Naming { .. } => Deed::Say("name-expected"),
            Dialogue::Idle | Dialogue::Collecting { .. } => Deed::Say("unexpected-kind"),
        },
    }
}

fn command(dialogue: &Dialogue, word: &str) -> Deed {
    match word {
        "start" => Deed::MainMenu,
        "avatars" => Deed::Gallery,
        "new" => Deed::ChooseType,
        "help" => Deed::Help,
        "language" => Deed::AskLanguage,
        "cancel" if *dialogue == Dialogue::Idle => Deed::Say("nothing-to-cancel"),
        "cancel" => Deed::Leave,
        "gallery" => Deed::Say("coming-gallery"),
        "transcribe" => Deed::Say("coming-transcribe"),
        "forget" => Deed::Say("coming-forget"),
        _ => Deed::Say("unknown-command"),
    }
}

fn press(pressed: Pressed) -> Deed {
    match pressed {
        Pressed::MainMenu => Deed::MainMenu,
        Pressed::AvatarMenu => Deed::AvatarMenu,
        Pressed::Gallery => Deed::Gallery,
        Pressed::Help => Deed::Help,
        Pressed::Create => Deed::ChooseType,
        Pressed::Type(kind) => Deed::AskName(kind),
        Pressed::Upload => Deed::AskPhotos(None),
        Pressed::Continue(avatar) => Deed::AskPhotos(Some(avatar)),
        Pressed::Photos => Deed::ListPhotos,
        Pressed::DeletePhoto(photo) => Deed::RemovePhoto(photo),
        Pressed::Confirm => Deed::Summary,
        Pressed::Start(avatar) | Pressed::Retry(avatar) => Deed::Start(avatar),
        Pressed::Refresh(avatar) => Deed::Refresh(avatar),
        Pressed::AskCancel(avatar) => Deed::AskCancel(avatar),
        Pressed::Cancel(avatar) => Deed::Cancel(avatar),
        Pressed::Generate(avatar) => Deed::Generate(avatar),
        Pressed::Language(language) => Deed::Speak(language),
        Pressed::Unknown => Deed::Toast("toast-gone"),
    }
}

/// A usable name: trimmed, on one line, any script. Control characters would break the layout of
/// every screen that shows it; invisible ones alone are no name.
fn name(text: &str) -> Option<String> {
    let name: String = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let length = name.chars().count();
    (SHORTEST_NAME..=LONGEST_NAME).contains(&length).then_some(name)
}

/// The key of a kind's own text, «prefix-kind».
#[must_use]
pub fn of_kind(language: Language, prefix: &str, kind: TrainingType) -> String {
    texts::say(language, &format!("{prefix}-{}", kind.word()), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn text(text: &str) -> Input {
        Input::Text(text.to_owned())
    }

    #[test]
    fn a_name_is_taken_as_written_within_its_bounds() {
        let naming = Dialogue::Naming { kind: TrainingType::Portrait };
        let open = |name: &str| Deed::Open(TrainingType::Portrait, name.to_owned());
        for name in ["Я", " ", "", &"x".repeat(51), "\u{7}\u{8}a"] {
            assert_eq!(decide(&naming, &text(name)), Deed::Say("name-wrong"), "{name:?}");
        }
        for (written, kept) in
            [("A_b*[c<&", "A_b*[c<&"), ("  Анна \n Мария ", "Анна Мария"), ("👩‍🎤🎸", "👩‍🎤🎸")]
        {
            assert_eq!(decide(&naming, &text(written)), open(kept));
        }
    }

    #[test]
    fn a_photo_needs_a_draft() {
        let photo = Input::Photo(FileRef { id: "f".into(), unique_id: "u".into(), size: None });
        let avatar = AvatarId(Uuid::from_u128(1));
        let collecting = Dialogue::Collecting { avatar, counter: None, sheet: None };
        assert!(matches!(decide(&collecting, &photo), Deed::TakePhoto(to, _) if to == avatar));
        assert_eq!(decide(&Dialogue::Idle, &photo), Deed::Say("unexpected-photo"));
    }

    #[test]
    fn a_conversation_survives_its_storage() {
        for dialogue in [
            Dialogue::Idle,
            Dialogue::Naming { kind: TrainingType::Style },
            Dialogue::Collecting {
                avatar: AvatarId(Uuid::from_u128(1)),
                counter: Some(MessageId(3)),
                sheet: Some(MessageId(4)),
            },
        ] {
            let stored = serde_json::to_value(&dialogue).unwrap();
            assert_eq!(serde_json::from_value::<Dialogue>(stored).unwrap(), dialogue);
        }
    }
}
