//! A person's avatars: a gallery of cards, one at a time, and the questions about one.

use super::{button, send_photos};
use crate::avatar::{AvatarId, Status};
use crate::bot::dialogue::of_kind;
use crate::bot::texts::{Arg, date, reason, say};
use crate::bot::world::Limits;
use crate::language::Language;
use crate::ports::{AvatarCard, Button, Message, Page};

/// With this many avatars there are buttons for jumping.
const MANY: i64 = 10;

/// How far a jump goes.
const JUMP: i64 = 5;

/// There is nothing to show.
#[must_use]
pub fn no_avatars(language: Language) -> Message {
    Message {
        html: say(language, "gallery-empty", &[]),
        buttons: vec![
            vec![button(language, "button-create", "create_avatar")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// One avatar of the gallery.
#[must_use]
pub fn page(language: Language, page: &Page) -> Message {
    let card = &page.card;
    let mut buttons = leads_on(language, card);
    let id = card.id;
    buttons.push(vec![
        button(language, "button-rename", format!("avatar_rename:{id}")),
        button(language, "button-delete", format!("avatar_delete:{id}")),
    ]);
    buttons.extend(pages(page));
    buttons.push(vec![
        button(language, "button-create", "create_avatar"),
        button(language, "button-menu", "main_menu"),
    ]);
    Message { html: about(language, page), buttons }
}

/// The buttons for its current state.
fn leads_on(language: Language, card: &AvatarCard) -> Vec<Vec<Button>> {
    let id = card.id;
    let row = |key, data: &str| vec![button(language, key, format!("{data}{id}"))];
    match card.status {
        Status::Draft | Status::Uploading | Status::Ready => {
            vec![row("button-continue", "avatar_continue_creation:")]
        }
        Status::Training => vec![
            row("button-refresh", "refresh_training_"),
            row("button-cancel", "cancel_training_"),
        ],
        Status::Completed => {
            let mut rows = vec![row("button-generate", "avatar_generate:")];
            if !card.is_main && !card.provisional {
                rows.push(row("button-set-main", "avatar_set_main:"));
            }
            rows
        }
        Status::Error | Status::Cancelled => again(language, id),
    }
}

/// The buttons after an end without weights.
#[must_use]
pub fn again(language: Language, avatar: AvatarId) -> Vec<Vec<Button>> {
    vec![
        vec![button(language, "button-retry", format!("retry_training_{avatar}"))],
        vec![button(language, "button-other-photos", format!("avatar_photos:{avatar}"))],
    ]
}

fn pages(page: &Page) -> Option<Vec<Button>> {
    let (number, total) = (page.number, page.total);
    let to = |label: String, number: i64| Button {
        label,
        data: format!("avatar_card:{}", (number - 1).rem_euclid(total) + 1),
    };
    let step = |label: &str, by: i64| to(label.to_owned(), number + by);
    let here = to(format!("{number} / {total}"), number);
    Some(match total {
        ..=1 => return None,
        2..=MANY => vec![step("◀️", -1), here, step("▶️", 1)],
        _ => vec![step("⏪", -JUMP), step("◀️", -1), here, step("▶️", 1), step("⏩", JUMP)],
    })
}

fn about(language: Language, page: &Page) -> String {
    let card = &page.card;
    let kind = of_kind(language, "type", card.kind);
    let status = say(language, status(card), &[]);
    let args = [
        ("name", Arg::Foreign(card.name.as_str())),
        ("type", Arg::Ours(&kind)),
        ("status", Arg::Ours(&status)),
    ];
    let mut lines = vec![say(language, "avatar-card", &args)];
    if card.is_main {
        lines.push(say(language, "avatar-main", &[]));
    }
    lines.push(say(language, "avatar-photos", &[("count", Arg::Number(card.photos.into()))]));
    let created = date(language, page.created_at);
    lines.push(say(language, "avatar-created", &[("date", Arg::Ours(&created))]));
    match (card.status, page.completed_at) {
        (Status::Completed, _) if card.provisional => {
            lines.push(say(language, "generate-later", &[]));
        }
        (Status::Completed, Some(at)) => {
            let completed = date(language, at);
            lines.push(say(language, "avatar-completed", &[("date", Arg::Ours(&completed))]));
        }
        (Status::Error, _) => {
            let why = reason(language, why(page));
            lines.push(format!("\n{why}"));
        }
        (
            Status::Draft
            | Status::Uploading
            | Status::Ready
            | Status::Training
            | Status::Completed
            | Status::Cancelled,
            _,
        ) => {}
    }
    lines.join("\n")
}

/// The reason of the failure: from its notice, otherwise from the row, which an operator may have
/// written.
fn why(page: &Page) -> &str {
    let stored = page.card.error.as_deref().unwrap_or_default();
    page.reason.as_deref().filter(|reason| !reason.is_empty()).unwrap_or(stored)
}

fn status(card: &AvatarCard) -> &'static str {
    match card.status {
        Status::Draft | Status::Uploading | Status::Ready => "status-draft",
        Status::Training => "status-training",
        Status::Completed => "status-completed",
        Status::Error => "status-error",
        Status::Cancelled => "status-cancelled",
    }
}

/// The question for another name.
#[must_use]
pub fn ask_new_name(language: Language, card: &AvatarCard) -> Message {
    Message {
        html: say(language, "avatar-ask-name", &[("name", Arg::Foreign(&card.name))]),
        buttons: vec![vec![button(
            language,
            "button-back",
            format!("avatar_rename_cancel:{}", card.id),
        )]],
    }
}

/// The question before a deletion.
#[must_use]
pub fn ask_delete(language: Language, card: &AvatarCard) -> Message {
    let id = card.id;
    let mut html = say(language, "avatar-ask-delete", &[("name", Arg::Foreign(&card.name))]);
    if card.status == Status::Training {
        html = format!("{html}\n\n{}", say(language, "avatar-ask-delete-training", &[]));
    }
    Message {
        html,
        buttons: vec![
            vec![button(language, "button-delete-yes", format!("avatar_delete_confirm:{id}"))],
            vec![button(language, "button-delete-no", format!("avatar_delete_cancel:{id}"))],
        ],
    }
}

/// It is deleted.
#[must_use]
pub fn deleted(language: Language) -> Message {
    Message {
        html: say(language, "avatar-deleted", &[]),
        buttons: vec![
            vec![button(language, "button-avatars", "avatar_gallery")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// It accepts photos again.
#[must_use]
pub fn reopened(language: Language, card: &AvatarCard, limits: &Limits) -> Message {
    let title = say(language, "avatar-reopened", &[("name", Arg::Foreign(&card.name))]);
    let request = send_photos(language, card, limits);
    Message { html: format!("{title}\n\n{}", request.html), ..request }
}

#[cfg(test)]
mod tests;
