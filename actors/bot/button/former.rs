//! Buttons of the older Aisha, which are still in people's chats.
//!
//! Those with an equivalent here lead to it; those for planned features say so; the rest say that
//! they are gone. Only the words are old: the same statements decide whose avatar it is.

use super::{Browse, GONE, Make};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::dialogue::Action;
use uuid::Uuid;

/// Words that stand alone.
static WORDS: [(&str, Action); 20] = [
    ("explain_gender_choice", Action::Help),
    ("photo_tips", Action::Help),
    ("photo_requirements", Action::Help),
    ("photo_quality_tips", Action::Help),
    ("photo_avoid_tips", Action::Help),
    // It asked for a gender where we ask what it is of.
    ("avatar_gender_male", Action::AskName(TrainingType::Portrait)),
    ("avatar_gender_female", Action::AskName(TrainingType::Portrait)),
    ("confirm_training_portrait", Action::AskName(TrainingType::Portrait)),
    ("confirm_training_style", Action::AskName(TrainingType::Style)),
    ("select_training_type", Action::ChooseType),
    ("detailed_comparison", Action::ChooseType),
    ("compare_training_types", Action::ChooseType),
    // The draft is kept in both cases; who wants it gone finds it among their avatars.
    ("cancel_avatar_creation", Action::Leave),
    ("cancel_avatar_draft", Action::Leave),
    ("continue_photo_upload", Action::AskPhotos(None)),
    ("gallery_nav_prev", Action::ListPhotos),
    ("gallery_nav_next", Action::ListPhotos),
    ("photo_counter", Action::ListPhotos),
    ("gallery_main", Action::Browse(Browse::Newest)),
    ("noop", Action::Gallery),
];

/// Words with something behind them, by how they begin.
static BEGINNINGS: [(&str, Action); 11] = [
    ("avatar_photo_prev:", Action::Gallery),
    ("avatar_photo_next:", Action::Gallery),
    ("avatar_page_", Action::Gallery),
    ("page_info", Action::Gallery),
    ("edit_avatar_", Action::Gallery),
    ("delete_avatar_", Action::Gallery),
    ("gallery_", Action::Browse(Browse::Newest)),
    ("business_gallery", Action::Browse(Browse::Newest)),
    ("filter_", Action::Browse(Browse::Newest)),
    ("transcribe_", Action::Toast("coming-transcribe")),
    ("transcript_", Action::Toast("coming-transcribe")),
];

/// Words followed by an avatar.
const AVATARS: [(&str, Make); 2] = [
    ("continue_upload_", |avatar| Action::AskPhotos(Some(avatar))),
    ("training_progress_", Action::Refresh),
];

/// The meaning of a button of the older Aisha here; those about money, statistics and settings are
/// gone.
pub(super) fn former(data: &str) -> Action {
    let word = WORDS.iter().find(|(word, _)| *word == data).map(|(_, action)| action.clone());
    let avatar = || {
        AVATARS.iter().find_map(|(prefix, make)| {
            let id = Uuid::try_parse(data.strip_prefix(prefix)?).ok()?;
            Some(make(AvatarId(id)))
        })
    };
    let beginning = || {
        let begins = BEGINNINGS.iter().find(|(beginning, _)| data.starts_with(beginning));
        begins.map(|(_, action)| action.clone())
    };
    word.or_else(avatar).or_else(beginning).unwrap_or(GONE)
}

#[cfg(test)]
mod tests {
    use super::super::meaning;
    use super::*;

    #[test]
    fn what_has_a_place_here_leads_there() {
        let id = Uuid::from_u128(7);
        for (data, expected) in [
            ("avatar_gender_male".to_owned(), Action::AskName(TrainingType::Portrait)),
            ("confirm_training_style".to_owned(), Action::AskName(TrainingType::Style)),
            ("avatar_photo_next:3".to_owned(), Action::Gallery),
            ("gallery_nav_next".to_owned(), Action::ListPhotos),
            ("gallery_stats".to_owned(), Action::Browse(Browse::Newest)),
            ("transcribe_history_page_2".to_owned(), Action::Toast("coming-transcribe")),
            (format!("transcript_todo_{id}"), Action::Toast("coming-transcribe")),
            ("gen_custom:7".to_owned(), GONE),
            ("balance_topup".to_owned(), GONE),
            ("change_timezone".to_owned(), GONE),
            ("confirm_cancel_training_final".to_owned(), GONE),
        ] {
            assert_eq!(meaning(&data), expected, "{data}");
        }
    }
}
