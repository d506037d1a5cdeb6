//! What a button carries. The words are part of the outside world: they stay in old chats for ever.

mod former;

use crate::avatar::{AvatarId, PhotoId, TrainingType};
use crate::bot::texts::Language;
use uuid::Uuid;

/// A button that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words beside each variant's parser say it")]
pub enum Pressed {
    MainMenu,
    AvatarMenu,
    Gallery,
    Help,
    Create,
    Type(TrainingType),
    Upload,
    Photos,
    DeletePhoto(PhotoId),
    Confirm,
    Start(AvatarId),
    Refresh(AvatarId),
    AskCancel(AvatarId),
    Cancel(AvatarId),
    Retry(AvatarId),
    Generate(AvatarId),
    Continue(AvatarId),
    Card(i64),
    View(AvatarId),
    SetMain(AvatarId),
    AskRename(AvatarId),
    AskDelete(AvatarId),
    Delete(AvatarId),
    OtherPhotos(AvatarId),
    Forget,
    Language(Language),
    /// Leave what was in progress.
    Leave,
    /// Something planned, with the key of its text.
    Coming(&'static str),
    /// Old, from another version, or made up.
    Unknown,
}

impl Pressed {
    /// Reads callback data.
    #[must_use]
    pub fn of(data: &str) -> Self {
        match data {
            "main_menu" | "back_to_main" => Self::MainMenu,
            "avatar_menu" | "back_to_avatar_menu" | "business_avatar" => Self::AvatarMenu,
            "avatar_gallery" => Self::Gallery,
            "avatar_help" => Self::Help,
            "create_avatar" => Self::Create,
            "start_photo_upload" | "back_to_upload" => Self::Upload,
            "show_photo_gallery" => Self::Photos,
            "confirm_training_current" => Self::Confirm,
            "forget_confirm" => Self::Forget,
            "language_ru" => Self::Language(Language::Ru),
            "language_en" => Self::Language(Language::En),
            _ => Self::with_id(data),
        }
    }

    fn with_id(data: &str) -> Self {
        if let Some(kind) = data.strip_prefix("training_type_").and_then(TrainingType::of_word) {
            return Self::Type(kind);
        }
        if let Some(photo) = id(data, "delete_photo_") {
            return Self::DeletePhoto(PhotoId(photo));
        }
        if let Some(card) = card(data) {
            return card;
        }
        let avatars: [(&str, Make); 16] = [
            ("start_training_", Self::Start),
            ("refresh_training_", Self::Refresh),
            ("confirm_cancel_training_", Self::Cancel),
            ("cancel_training_", Self::AskCancel),
            ("retry_training_", Self::Retry),
            ("avatar_generate:", Self::Generate),
            ("generate_image_", Self::Generate),
            ("avatar_continue_creation:", Self::Continue),
            ("avatar_view_card:", Self::View),
            ("avatar_set_main:", Self::SetMain),
            ("avatar_rename:", Self::AskRename),
            ("avatar_rename_cancel:", Self::View),
            ("avatar_delete:", Self::AskDelete),
            ("avatar_delete_confirm:", Self::Delete),
            ("avatar_delete_cancel:", Self::View),
            ("avatar_photos:", Self::OtherPhotos),
        ];
        avatars
            .into_iter()
            .find_map(|(prefix, make)| id(data, prefix).map(|avatar| make(AvatarId(avatar))))
            .unwrap_or_else(|| former::former(data))
    }
}

/// A page of the gallery. The older Aisha counted from 0 and named the page that was shown.
fn card(data: &str) -> Option<Pressed> {
    let to = |prefix: &str, offset: i64| {
        let number: i32 = data.strip_prefix(prefix)?.parse().ok()?;
        Some(Pressed::Card(i64::from(number) + offset))
    };
    to("avatar_card:", 0)
        .or_else(|| to("avatar_card_prev:", 0))
        .or_else(|| to("avatar_card_next:", 2))
}

/// Makes the meaning of a button that carries an avatar.
type Make = fn(AvatarId) -> Pressed;

fn id(data: &str, prefix: &str) -> Option<Uuid> {
    data.strip_prefix(prefix).and_then(|id| Uuid::try_parse(id).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_known_and_others_are_not() {
        let avatar = AvatarId(Uuid::from_u128(7));
        for (data, expected) in [
            ("main_menu".to_owned(), Pressed::MainMenu),
            ("training_type_style".to_owned(), Pressed::Type(TrainingType::Style)),
            (format!("start_training_{avatar}"), Pressed::Start(avatar)),
            (format!("cancel_training_{avatar}"), Pressed::AskCancel(avatar)),
            (format!("confirm_cancel_training_{avatar}"), Pressed::Cancel(avatar)),
            (format!("avatar_generate:{avatar}"), Pressed::Generate(avatar)),
            (format!("avatar_delete:{avatar}"), Pressed::AskDelete(avatar)),
            (format!("avatar_delete_confirm:{avatar}"), Pressed::Delete(avatar)),
            ("avatar_card:51".to_owned(), Pressed::Card(51)),
            ("avatar_card_prev:0".to_owned(), Pressed::Card(0)),
            ("avatar_card_next:0".to_owned(), Pressed::Card(2)),
            ("avatar_card:99999999999999999999".to_owned(), Pressed::Unknown),
            ("training_type_movie".to_owned(), Pressed::Unknown),
            ("start_training_1".to_owned(), Pressed::Unknown),
            ("balance_topup".to_owned(), Pressed::Unknown),
            (String::new(), Pressed::Unknown),
        ] {
            assert_eq!(Pressed::of(&data), expected, "{data}");
        }
    }
}
