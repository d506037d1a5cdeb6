//! Buttons of the older Aisha, which are still in people's chats.
//!
//! Those with an equivalent here lead to it; those for planned features say so; the rest say that
//! they are gone. Only the words are old: the same statements decide whose avatar it is.

use super::{Make, Pressed};
use crate::avatar::{AvatarId, TrainingType};
use uuid::Uuid;

/// Words on their own.
const WORDS: [(&str, Pressed); 20] = [
    ("explain_gender_choice", Pressed::Help),
    ("photo_tips", Pressed::Help),
    ("photo_requirements", Pressed::Help),
    ("photo_quality_tips", Pressed::Help),
    ("photo_avoid_tips", Pressed::Help),
    // It asked for a gender where we ask for the kind.
    ("avatar_gender_male", Pressed::Type(TrainingType::Portrait)),
    ("avatar_gender_female", Pressed::Type(TrainingType::Portrait)),
    ("confirm_training_portrait", Pressed::Type(TrainingType::Portrait)),
    ("confirm_training_style", Pressed::Type(TrainingType::Style)),
    ("select_training_type", Pressed::Create),
    ("detailed_comparison", Pressed::Create),
    ("compare_training_types", Pressed::Create),
    // The draft is kept in both cases; a person who wants to delete it finds it among their
    // avatars.
    ("cancel_avatar_creation", Pressed::Leave),
    ("cancel_avatar_draft", Pressed::Leave),
    ("continue_photo_upload", Pressed::Upload),
    ("gallery_nav_prev", Pressed::Photos),
    ("gallery_nav_next", Pressed::Photos),
    ("photo_counter", Pressed::Photos),
    ("my_gallery", Pressed::Coming("coming-gallery")),
    ("noop", Pressed::Gallery),
];

/// Words followed by something, by prefix.
const BEGINNINGS: [(&str, Pressed); 15] = [
    ("avatar_photo_prev:", Pressed::Gallery),
    ("avatar_photo_next:", Pressed::Gallery),
    ("avatar_page_", Pressed::Gallery),
    ("page_info", Pressed::Gallery),
    ("edit_avatar_", Pressed::Gallery),
    ("delete_avatar_", Pressed::Gallery),
    ("gallery_", Pressed::Coming("coming-gallery")),
    ("business_gallery", Pressed::Coming("coming-gallery")),
    ("filter_", Pressed::Coming("coming-gallery")),
    ("show_prompt:", Pressed::Coming("coming-gallery")),
    ("transcribe_", Pressed::Coming("coming-transcribe")),
    ("transcript_", Pressed::Coming("coming-transcribe")),
    ("aspect_ratio:", Pressed::Coming("coming-generation")),
    ("generation_menu", Pressed::Coming("coming-generation")),
    ("main_generation", Pressed::Coming("coming-generation")),
];

/// Words followed by an avatar.
const AVATARS: [(&str, Make); 4] = [
    ("gen_custom:", Pressed::Generate),
    ("gen_photo:", Pressed::Generate),
    ("continue_upload_", Pressed::Continue),
    ("training_progress_", Pressed::Refresh),
];

/// The meaning of a button of the older Aisha here; those about money, statistics and settings are
/// gone.
pub(super) fn former(data: &str) -> Pressed {
    let word = WORDS.iter().find(|(word, _)| *word == data).map(|(_, pressed)| *pressed);
    let avatar = || {
        AVATARS.iter().find_map(|(prefix, make)| {
            let id = Uuid::try_parse(data.strip_prefix(prefix)?).ok()?;
            Some(make(AvatarId(id)))
        })
    };
    let beginning = || {
        let begins = BEGINNINGS.iter().find(|(beginning, _)| data.starts_with(beginning));
        begins.map(|(_, pressed)| *pressed)
    };
    word.or_else(avatar).or_else(beginning).unwrap_or(Pressed::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_place_here_leads_there() {
        let id = Uuid::from_u128(7);
        for (data, expected) in [
            ("avatar_gender_male".to_owned(), Pressed::Type(TrainingType::Portrait)),
            ("confirm_training_style".to_owned(), Pressed::Type(TrainingType::Style)),
            ("avatar_photo_next:3".to_owned(), Pressed::Gallery),
            ("gallery_nav_next".to_owned(), Pressed::Photos),
            ("gallery_image_next:4".to_owned(), Pressed::Coming("coming-gallery")),
            ("transcribe_history_page_2".to_owned(), Pressed::Coming("coming-transcribe")),
            (format!("transcript_todo_{id}"), Pressed::Coming("coming-transcribe")),
            (format!("gen_custom:{id}"), Pressed::Generate(AvatarId(id))),
            ("gen_custom:7".to_owned(), Pressed::Unknown),
            ("aspect_ratio:9:16".to_owned(), Pressed::Coming("coming-generation")),
            ("balance_topup".to_owned(), Pressed::Unknown),
            ("change_timezone".to_owned(), Pressed::Unknown),
            ("confirm_cancel_training_final".to_owned(), Pressed::Unknown),
        ] {
            assert_eq!(Pressed::of(&data), expected, "{data}");
        }
    }
}
