//! The menus, and the questions before a draft.

use super::{button, number, photo_bounds, plain};
use crate::avatar::TrainingType;
use crate::bot::dialogue::of_kind;
use crate::bot::texts::{Arg, say};
use crate::bot::world::Limits;
use crate::language::Language;
use crate::ports::{Button, Message};
use strum::IntoEnumIterator as _;

/// The main menu; with the balance where things cost credits.
#[must_use]
pub fn main_menu(language: Language, first_name: &str, credits: bool) -> Message {
    let mut menu = Message {
        html: say(language, "main-menu", &[("first_name", Arg::Foreign(first_name))]),
        buttons: vec![
            vec![button(language, "button-create", "create_avatar")],
            vec![button(language, "pictures-button-menu", "generation_menu")],
            vec![button(language, "button-avatars", "avatar_gallery")],
            vec![button(language, "button-help", "avatar_help")],
        ],
    };
    if credits {
        let before_help = menu.buttons.len() - 1;
        menu.buttons
            .insert(before_help, vec![button(language, "credits-button-balance", "balance_menu")]);
    }
    menu
}

/// What is kept, where, and for how long. `chat`: words also go to a chat model.
#[must_use]
pub fn privacy(language: Language, chat: bool) -> Message {
    let chat =
        if chat { format!("\n{}", say(language, "privacy-chat", &[])) } else { String::new() };
    let html = say(language, "privacy", &[("chat", Arg::Ours(&chat))]);
    Message { html, ..plain(language, "privacy") }
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

/// The choice of what to train.
#[must_use]
pub fn choose_type(language: Language, limits: &Limits) -> Message {
    let mut buttons: Vec<Vec<Button>> = TrainingType::iter()
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
