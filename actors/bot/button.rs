//! What a button carries. The words are part of the outside world: they stay in old chats for ever.

mod former;
mod gallery;
mod pictures;

pub use gallery::{Browse, suffix};

use super::dialogue::Action;
use crate::avatar::{AvatarId, PhotoId, TrainingType};
use crate::language::Language;
use uuid::Uuid;

/// For a button that is old, of another version, or made up.
const GONE: Action = Action::Toast("toast-gone");

/// What a press asks for, by its callback data.
#[must_use]
pub fn meaning(data: &str) -> Action {
    match data {
        "main_menu" | "back_to_main" => Action::MainMenu,
        "avatar_menu" | "back_to_avatar_menu" | "business_avatar" => Action::AvatarMenu,
        "avatar_gallery" => Action::Gallery,
        "avatar_help" => Action::Help,
        "create_avatar" => Action::ChooseType,
        "start_photo_upload" | "back_to_upload" => Action::AskPhotos(None),
        "show_photo_gallery" => Action::ListPhotos,
        "confirm_training_current" => Action::Summary,
        "forget_confirm" => Action::Forget,
        "balance_menu" => Action::Balance,
        "topup_menu" => Action::TopUp,
        "language_ru" => Action::Speak(Language::Ru),
        "language_en" => Action::Speak(Language::En),
        _ => with_id(data),
    }
}

fn with_id(data: &str) -> Action {
    if let Some(kind) = data.strip_prefix("training_type_").and_then(TrainingType::of_word) {
        return Action::AskName(kind);
    }
    if let Some(photo) = id(data, "delete_photo_") {
        return Action::RemovePhoto(PhotoId(photo));
    }
    if let Some(action) = card(data).or_else(|| pictures::pictures(data)) {
        return action;
    }
    if let Some(browse) = gallery::meaning(data) {
        return Action::Browse(browse);
    }
    let avatars: [(&str, Make); 14] = [
        ("start_training_", Action::Start),
        ("refresh_training_", Action::Refresh),
        ("confirm_cancel_training_", Action::Cancel),
        ("cancel_training_", Action::AskCancel),
        ("retry_training_", Action::StartAgain),
        ("avatar_continue_creation:", |avatar| Action::AskPhotos(Some(avatar))),
        ("avatar_view_card:", Action::View),
        ("avatar_set_main:", Action::SetMain),
        ("avatar_rename:", Action::AskRename),
        ("avatar_rename_cancel:", Action::View),
        ("avatar_delete:", Action::AskDelete),
        ("avatar_delete_confirm:", Action::Delete),
        ("avatar_delete_cancel:", Action::View),
        ("avatar_photos:", Action::Reopen),
    ];
    avatars
        .into_iter()
        .find_map(|(prefix, make)| id(data, prefix).map(|avatar| make(AvatarId(avatar))))
        .unwrap_or_else(|| former::former(data))
}

/// A page of the gallery. The older Aisha counted from 0 and named the page that was shown.
fn card(data: &str) -> Option<Action> {
    let to = |prefix: &str, offset: i64| {
        let number: i32 = data.strip_prefix(prefix)?.parse().ok()?;
        Some(Action::Card(i64::from(number) + offset))
    };
    to("avatar_card:", 0)
        .or_else(|| to("avatar_card_prev:", 0))
        .or_else(|| to("avatar_card_next:", 2))
}

/// Makes the meaning of a button that carries an avatar.
type Make = fn(AvatarId) -> Action;

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
            ("main_menu".to_owned(), Action::MainMenu),
            ("training_type_style".to_owned(), Action::AskName(TrainingType::Style)),
            (format!("start_training_{avatar}"), Action::Start(avatar)),
            (format!("cancel_training_{avatar}"), Action::AskCancel(avatar)),
            (format!("confirm_cancel_training_{avatar}"), Action::Cancel(avatar)),
            (format!("avatar_delete:{avatar}"), Action::AskDelete(avatar)),
            (format!("avatar_delete_confirm:{avatar}"), Action::Delete(avatar)),
            ("avatar_card:51".to_owned(), Action::Card(51)),
            ("avatar_card_prev:0".to_owned(), Action::Card(0)),
            ("avatar_card_next:0".to_owned(), Action::Card(2)),
            ("avatar_card:99999999999999999999".to_owned(), GONE),
            ("training_type_movie".to_owned(), GONE),
            ("start_training_1".to_owned(), GONE),
            ("balance_menu".to_owned(), Action::Balance),
            ("topup_menu".to_owned(), Action::TopUp),
            ("balance_topup".to_owned(), GONE),
            (String::new(), GONE),
        ] {
            assert_eq!(meaning(&data), expected, "{data}");
        }
    }
}
