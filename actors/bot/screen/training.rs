//! A training, from the summary before it to the question before it is cancelled.

use super::button;
use crate::bot::dialogue::of_kind;
use crate::bot::texts::{Arg, Language, say};
use crate::ports::{AvatarCard, Message};
use crate::world::Limits;

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
