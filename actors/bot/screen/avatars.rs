//! What a person has.

use super::button;
use crate::avatar::Status;
use crate::bot::texts::{Language, say};
use crate::ports::{AvatarCard, Button, Message};

/// Longest label of a button that carries a person's words, in characters.
const LONGEST_LABEL: usize = 40;

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
