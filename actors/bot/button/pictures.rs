//! Buttons about pictures, with the words of the older Aisha.

use super::id;
use crate::avatar::AvatarId;
use crate::bot::dialogue::{Action, PictureAction};
use crate::generation::prompt::Subject;
use uuid::Uuid;

/// Makes the meaning of a button that carries an avatar.
type OfAvatar = fn(AvatarId) -> PictureAction;

/// Makes the meaning of a button that carries an order.
type OfOrder = fn(Uuid) -> PictureAction;

const AVATARS: [(&str, OfAvatar); 7] = [
    ("avatar_generate:", |avatar| PictureAction::Menu(Some(avatar))),
    ("generate_image_", |avatar| PictureAction::Menu(Some(avatar))),
    ("gen_menu:", PictureAction::Back),
    ("gen_custom:", |avatar| PictureAction::AskWords(Some(avatar))),
    ("gen_photo:", PictureAction::AskPhoto),
    ("gen_surprise:", PictureAction::Surprise),
    ("gen_consent:", PictureAction::Agree),
];

const ORDERS: [(&str, OfOrder); 3] = [
    ("gen_start:", PictureAction::Start),
    ("gen_cancel:", PictureAction::Cancel),
    ("gen_again:", PictureAction::Again),
];

/// What a press asks for; `None` if it is not about pictures.
pub(super) fn pictures(data: &str) -> Option<Action> {
    if matches!(data, "generation_menu" | "main_generation") {
        return Some(Action::Picture(PictureAction::Menu(None)));
    }
    let of_avatar =
        || AVATARS.iter().find_map(|(prefix, make)| id(data, prefix).map(|id| make(AvatarId(id))));
    let of_order = || ORDERS.iter().find_map(|(prefix, make)| id(data, prefix).map(make));
    of_avatar().or_else(of_order).or_else(|| choice(data)).map(Action::Picture)
}

/// A button that carries a word.
fn choice(data: &str) -> Option<PictureAction> {
    let (what, word) = data.split_once(':')?;
    match what {
        "gen_pack" => Some(PictureAction::Pack(word.to_owned())),
        "gen_style" => Some(PictureAction::Style(word.to_owned())),
        "aspect_ratio" => word.parse().ok().map(PictureAction::Shape),
        "gen_count" => word.parse().ok().map(PictureAction::Count),
        "gen_subject" => word.parse::<Subject>().ok().map(PictureAction::Subject),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GONE, meaning};
    use super::*;
    use crate::ports::Shape;

    #[test]
    fn a_button_about_pictures_says_what_it_carries() {
        let id = Uuid::from_u128(7);
        let avatar = AvatarId(id);
        for (data, expected) in [
            ("generation_menu".to_owned(), PictureAction::Menu(None)),
            ("main_generation".to_owned(), PictureAction::Menu(None)),
            (format!("avatar_generate:{id}"), PictureAction::Menu(Some(avatar))),
            (format!("generate_image_{id}"), PictureAction::Menu(Some(avatar))),
            (format!("gen_menu:{id}"), PictureAction::Back(avatar)),
            ("gen_pack:travel".to_owned(), PictureAction::Pack("travel".to_owned())),
            ("gen_style:headshot".to_owned(), PictureAction::Style("headshot".to_owned())),
            (format!("gen_custom:{id}"), PictureAction::AskWords(Some(avatar))),
            (format!("gen_photo:{id}"), PictureAction::AskPhoto(avatar)),
            (format!("gen_surprise:{id}"), PictureAction::Surprise(avatar)),
            ("aspect_ratio:9:16".to_owned(), PictureAction::Shape(Shape::Tall)),
            ("aspect_ratio:4:3".to_owned(), PictureAction::Shape(Shape::Landscape)),
            ("gen_count:4".to_owned(), PictureAction::Count(4)),
            (format!("gen_start:{id}"), PictureAction::Start(id)),
            (format!("gen_cancel:{id}"), PictureAction::Cancel(id)),
            (format!("gen_again:{id}"), PictureAction::Again(id)),
            ("gen_subject:woman".to_owned(), PictureAction::Subject(Subject::Woman)),
            (format!("gen_consent:{id}"), PictureAction::Agree(avatar)),
        ] {
            assert!(data.len() <= 64, "{data}");
            assert_eq!(meaning(&data), Action::Picture(expected), "{data}");
        }
    }

    #[test]
    fn a_button_that_carries_nonsense_is_gone() {
        for data in [
            "aspect_ratio:2:1",
            "gen_count:many",
            "gen_count:300",
            "gen_start:7",
            "gen_subject:robot",
            "gen_custom:",
            "gen_",
        ] {
            assert_eq!(meaning(data), GONE, "{data}");
        }
    }
}
