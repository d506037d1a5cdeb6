//! What people see. Pure: from facts to a message.

use super::dialogue::of_kind;
use super::texts::{Arg, Language, say};
use crate::avatar::{Status, TrainingType};
use crate::ports::{AvatarCard, Button, Message, PhotoCard, PhotoRefusal};
use crate::world::Limits;

/// Longest label of a button that carries a person's words, in characters.
const LONGEST_LABEL: usize = 40;

/// Buttons with photos in one row.
const PHOTOS_IN_ROW: usize = 4;

/// A button with a text of ours.
#[must_use]
pub fn button(language: Language, key: &str, data: impl Into<String>) -> Button {
    Button { label: say(language, key, &[]), data: data.into() }
}

/// A text of ours without anything to press but the menu.
#[must_use]
pub fn plain(language: Language, key: &str) -> Message {
    Message {
        html: say(language, key, &[]),
        buttons: vec![vec![button(language, "button-menu", "main_menu")]],
    }
}

/// The main menu.
#[must_use]
pub fn main_menu(language: Language, first_name: &str) -> Message {
    Message {
        html: say(language, "main-menu", &[("first_name", Arg::Foreign(first_name))]),
        buttons: vec![
            vec![button(language, "button-create", "create_avatar")],
            vec![button(language, "button-avatars", "avatar_gallery")],
            vec![button(language, "button-help", "avatar_help")],
        ],
    }
}

/// How it works.
#[must_use]
pub fn help(language: Language, limits: &Limits) -> Message {
    Message {
        html: say(language, "help", &photo_bounds(limits)),
        buttons: vec![
            vec![button(language, "button-create", "create_avatar")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// The menu of avatars.
#[must_use]
pub fn avatar_menu(language: Language, count: usize) -> Message {
    Message {
        html: say(language, "avatar-menu", &[("count", number(count))]),
        buttons: vec![
            vec![button(language, "button-create", "create_avatar")],
            vec![button(language, "button-avatars", "avatar_gallery")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// A person's avatars, each with the button that leads on.
#[must_use]
pub fn gallery(language: Language, avatars: &[AvatarCard]) -> Message {
    let key = if avatars.is_empty() { "gallery-empty" } else { "gallery-title" };
    let mut buttons: Vec<Vec<Button>> =
        avatars.iter().take(20).map(|avatar| vec![leads_on(language, avatar)]).collect();
    buttons.push(vec![button(language, "button-create", "create_avatar")]);
    buttons.push(vec![button(language, "button-menu", "main_menu")]);
    Message { html: say(language, key, &[]), buttons }
}

fn leads_on(language: Language, avatar: &AvatarCard) -> Button {
    let id = avatar.id;
    let (data, status) = match avatar.status {
        Status::Draft | Status::Uploading | Status::Ready => {
            (format!("avatar_continue_creation:{id}"), "status-draft")
        }
        Status::Training => (format!("refresh_training_{id}"), "status-training"),
        Status::Completed => (format!("avatar_generate:{id}"), "status-completed"),
        Status::Error => (format!("retry_training_{id}"), "status-error"),
        Status::Cancelled => (format!("retry_training_{id}"), "status-cancelled"),
    };
    let mark = if avatar.is_main { "⭐ " } else { "" };
    let name: String = avatar.name.chars().take(LONGEST_LABEL).collect();
    Button { label: format!("{mark}{name} · {}", say(language, status, &[])), data }
}

/// The choice of what to train.
#[must_use]
pub fn choose_type(language: Language, limits: &Limits) -> Message {
    let mut buttons: Vec<Vec<Button>> = TrainingType::ALL
        .into_iter()
        .map(|kind| {
            let data = format!("training_type_{}", kind.word());
            vec![Button { label: of_kind(language, "button", kind), data }]
        })
        .collect();
    buttons.push(vec![button(language, "button-back", "main_menu")]);
    Message { html: say(language, "choose-type", &photo_bounds(limits)), buttons }
}

/// The question for a name.
#[must_use]
pub fn ask_name(language: Language, kind: TrainingType) -> Message {
    Message {
        html: of_kind(language, "ask-name", kind),
        buttons: vec![vec![button(language, "button-back", "create_avatar")]],
    }
}

/// The choice of language: each in its own.
#[must_use]
pub fn languages(language: Language) -> Message {
    let choice =
        |label: &str, data: &str| Button { label: label.to_owned(), data: data.to_owned() };
    Message {
        html: say(language, "choose-language", &[]),
        buttons: vec![vec![choice("Русский", "language_ru"), choice("English", "language_en")]],
    }
}

/// A draft was just made.
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

/// Why a photo was not taken, with what to do instead.
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
            let megabytes = i64::try_from(limit / (1 << 20)).unwrap_or(i64::MAX);
            say(language, "photo-large", &[("megabytes", Arg::Number(megabytes))])
        }
    };
    Message { html, buttons: Vec::new() }
}

/// There is room for no more photos.
#[must_use]
pub fn photo_over(language: Language, limits: &Limits) -> Message {
    let max = Arg::Number(i64::from(limits.max_photos));
    Message { html: say(language, "photo-over", &[("max_photos", max)]), buttons: Vec::new() }
}

/// The photos of a draft; a press removes one.
#[must_use]
pub fn photos(language: Language, avatar: &AvatarCard, photos: &[PhotoCard]) -> Message {
    let remove = |(n, photo): (usize, &PhotoCard)| Button {
        label: say(language, "button-delete-photo", &[("number", number(n + 1))]),
        data: format!("delete_photo_{}", photo.id.0),
    };
    let all: Vec<Button> = photos.iter().enumerate().map(remove).collect();
    let mut buttons: Vec<Vec<Button>> = all.chunks(PHOTOS_IN_ROW).map(<[Button]>::to_vec).collect();
    buttons.push(vec![button(language, "button-back", "start_photo_upload")]);
    Message {
        html: say(language, "photos-title", &[("name", Arg::Foreign(&avatar.name))]),
        buttons,
    }
}

/// What would be started.
#[must_use]
pub fn summary(language: Language, avatar: &AvatarCard) -> Message {
    let kind = of_kind(language, "type", avatar.kind);
    let args = [
        ("name", Arg::Foreign(avatar.name.as_str())),
        ("type", Arg::Ours(&kind)),
        ("count", Arg::Number(i64::from(avatar.photos))),
    ];
    Message {
        html: say(language, "summary", &args),
        buttons: vec![
            vec![button(language, "button-start", format!("start_training_{}", avatar.id))],
            vec![button(language, "button-back", "start_photo_upload")],
        ],
    }
}

/// So many photos are missing for a start.
#[must_use]
pub fn too_few(language: Language, have: u32, limits: &Limits) -> Message {
    let missing = Arg::Number(i64::from(limits.min_photos.saturating_sub(have)));
    Message {
        html: say(language, "too-few", &[("missing", missing)]),
        buttons: vec![vec![button(language, "button-upload", "start_photo_upload")]],
    }
}

/// A running training.
#[must_use]
pub fn training(language: Language, avatar: &AvatarCard) -> Message {
    let mut lines = vec![say(language, "training", &[("name", Arg::Foreign(&avatar.name))])];
    lines.push(match (avatar.queue_position, avatar.progress) {
        _ if avatar.fetching => say(language, "training-fetching", &[]),
        (Some(position), _) => {
            say(language, "training-queue", &[("position", Arg::Number(i64::from(position)))])
        }
        (None, percent @ 1..) => {
            say(language, "training-percent", &[("percent", Arg::Number(i64::from(percent)))])
        }
        (None, _) => say(language, "training-working", &[]),
    });
    lines.push(say(language, "training-promise", &[]));
    let id = avatar.id;
    Message {
        html: lines.join("\n\n"),
        buttons: vec![
            vec![button(language, "button-refresh", format!("refresh_training_{id}"))],
            vec![button(language, "button-cancel", format!("cancel_training_{id}"))],
        ],
    }
}

/// The question before a cancellation.
#[must_use]
pub fn ask_cancel(language: Language, avatar: &AvatarCard) -> Message {
    let id = avatar.id;
    Message {
        html: say(language, "ask-cancel", &[("name", Arg::Foreign(&avatar.name))]),
        buttons: vec![
            vec![button(language, "button-cancel-yes", format!("confirm_cancel_training_{id}"))],
            vec![button(language, "button-cancel-no", format!("refresh_training_{id}"))],
        ],
    }
}

fn photo_bounds(limits: &Limits) -> [(&'static str, Arg<'static>); 2] {
    [
        ("min_photos", Arg::Number(i64::from(limits.min_photos))),
        ("max_photos", Arg::Number(i64::from(limits.max_photos))),
    ]
}

fn number(count: usize) -> Arg<'static> {
    Arg::Number(i64::try_from(count).unwrap_or(i64::MAX))
}
