//! Photos of a draft: requested, counted, refused, removed.

use super::{button, number, photo_bounds};
use crate::bot::texts::{Arg, megabytes, say};
use crate::bot::world::Limits;
use crate::language::Language;
use crate::ports::{AvatarCard, Button, Message, PhotoCard, PhotoRefusal};

/// Photo buttons per row.
const PHOTOS_IN_ROW: usize = 4;

/// Most photos with a button: Telegram allows a hundred buttons under a message, including others.
const MOST_BUTTONS: usize = 96;

/// A draft was just created.
#[must_use]
pub fn draft_made(language: Language, name: &str, limits: &Limits) -> Message {
    let mut args = photo_bounds(limits).to_vec();
    args.push(("name", Arg::Foreign(name)));
    Message {
        html: say(language, "draft-made", &args),
        buttons: vec![vec![button(language, "button-upload", "start_photo_upload")]],
    }
}

/// The request for photos.
#[must_use]
pub fn send_photos(language: Language, avatar: &AvatarCard, limits: &Limits) -> Message {
    let mut args = photo_bounds(limits).to_vec();
    args.push(("name", Arg::Foreign(&avatar.name)));
    args.push(("resolution", Arg::Number(i64::from(limits.photo_pixels))));
    Message {
        html: say(language, "send-photos", &args),
        buttons: collecting_buttons(language, avatar, limits),
    }
}

/// The counter of photos, edited in place.
#[must_use]
pub fn counter(language: Language, avatar: &AvatarCard, limits: &Limits) -> Message {
    let counts = [
        ("count", Arg::Number(i64::from(avatar.photos))),
        ("max_photos", Arg::Number(i64::from(limits.max_photos))),
        ("name", Arg::Foreign(&avatar.name)),
    ];
    let count = say(language, "photo-count", &counts);
    let rest = if avatar.photos >= limits.max_photos {
        say(language, "photo-full", &[])
    } else if avatar.photos >= limits.min_photos {
        say(language, "photo-enough", &[])
    } else {
        let missing = i64::from(limits.min_photos - avatar.photos);
        say(language, "photo-need", &[("missing", Arg::Number(missing))])
    };
    let buttons = collecting_buttons(language, avatar, limits);
    Message { html: format!("{count}\n{rest}"), buttons }
}

fn collecting_buttons(
    language: Language,
    avatar: &AvatarCard,
    limits: &Limits,
) -> Vec<Vec<Button>> {
    let mut buttons = Vec::new();
    if avatar.photos > 0 {
        let count = [("count", Arg::Number(i64::from(avatar.photos)))];
        let label = say(language, "button-photos", &count);
        buttons.push(vec![Button { label, data: "show_photo_gallery".to_owned() }]);
    }
    if avatar.photos >= limits.min_photos {
        buttons.push(vec![button(language, "button-confirm", "confirm_training_current")]);
    }
    buttons
}

/// Why a photo was not accepted, and what to do instead.
#[must_use]
pub fn refused(language: Language, refusal: &PhotoRefusal) -> Message {
    let html = match refusal {
        PhotoRefusal::Unreadable => say(language, "photo-unreadable", &[]),
        PhotoRefusal::Heic => say(language, "photo-heic", &[]),
        PhotoRefusal::TooSmall { have, want } => say(
            language,
            "photo-small",
            &[("have", Arg::Number(i64::from(*have))), ("want", Arg::Number(i64::from(*want)))],
        ),
        PhotoRefusal::TooManyPixels => say(language, "photo-pixels", &[]),
        PhotoRefusal::TooLarge { limit } => {
            let size = megabytes(language, *limit);
            say(language, "photo-large", &[("size", Arg::Ours(&size))])
        }
    };
    Message { html, buttons: Vec::new() }
}

/// The photos of a draft; a press removes one.
#[must_use]
pub fn photos(language: Language, avatar: &AvatarCard, photos: &[PhotoCard]) -> Message {
    let remove = |(n, photo): (usize, &PhotoCard)| Button {
        label: say(language, "button-delete-photo", &[("number", number(n + 1))]),
        data: format!("delete_photo_{}", photo.id.0),
    };
    let all: Vec<Button> = photos.iter().enumerate().take(MOST_BUTTONS).map(remove).collect();
    let mut buttons: Vec<Vec<Button>> = all.chunks(PHOTOS_IN_ROW).map(<[Button]>::to_vec).collect();
    buttons.push(vec![button(language, "button-back", "start_photo_upload")]);
    Message {
        html: say(language, "photos-title", &[("name", Arg::Foreign(&avatar.name))]),
        buttons,
    }
}
