//! An order before its start: what, in which shape, how many.

use super::back;
use crate::avatar::AvatarId;
use crate::bot::screen::{button, start_label};
use crate::bot::texts::{Arg, say};
use crate::generation::prompt::mostly_english;
use crate::generation::styles::Style;
use crate::language::Language;
use crate::ports::{Button, Message, PictureOrder, Shape};
use strum::IntoEnumIterator as _;
use uuid::Uuid;

/// How many pictures people choose from.
pub const COUNTS: [u8; 3] = [1, 2, 4];

/// How many are made unless a person chooses: the largest of [`COUNTS`] that is allowed, or their
/// last choice if that still is.
#[must_use]
pub fn most_offered(most: u8, chosen: Option<u8>) -> u8 {
    let allowed = |count: &u8| *count <= most;
    let chosen = chosen.filter(|count| COUNTS.contains(count)).filter(allowed);
    chosen.or_else(|| COUNTS.into_iter().filter(allowed).max()).unwrap_or(1)
}

/// What an order is called.
#[derive(Clone, Copy, Debug)]
pub enum Title<'a> {
    /// By the style that was chosen.
    Style(&'a Style),
    /// By a style that nobody chose.
    Surprise(&'a Style),
    /// By the person's own words, which are in the order.
    Words,
}

/// A draft of an order.
#[derive(Clone, Copy, Debug)]
pub struct Card<'a> {
    /// Which draft.
    pub id: Uuid,
    /// With which avatar.
    pub avatar: AvatarId,
    /// The avatar's name; foreign text.
    pub name: &'a str,
    /// What would be made.
    pub order: &'a PictureOrder,
    /// What it is called.
    pub title: Title<'a>,
    /// Most pictures of an order.
    pub most: u8,
    /// What it costs, in credits.
    pub price: Option<i64>,
}

/// A draft, with the button that makes it.
#[must_use]
pub fn card(language: Language, card: &Card<'_>) -> Message {
    let order = card.order;
    let count = Arg::Number(order.count.into());
    let start = say(language, "pictures-button-start", &[("count", count)]);
    let start = start_label(start, language, card.price);
    let shapes = Shape::iter().map(|shape| {
        let word = shape.word();
        chosen(word, shape == order.shape, format!("aspect_ratio:{word}"))
    });
    let counts = COUNTS.into_iter().filter(|count| *count <= card.most).map(|count| {
        chosen(&format!("× {count}"), count == order.count, format!("gen_count:{count}"))
    });
    let buttons = vec![
        shapes.collect(),
        counts.collect(),
        vec![Button { label: start, data: format!("gen_start:{}", card.id) }],
        ways_back(language, card),
    ];
    Message { html: about(language, card), buttons }
}

fn chosen(label: &str, is_chosen: bool, data: String) -> Button {
    let label = if is_chosen { format!("• {label}") } else { label.to_owned() };
    Button { label, data }
}

fn ways_back(language: Language, card: &Card<'_>) -> Vec<Button> {
    let id = card.avatar;
    let first = match card.title {
        Title::Style(style) => button(language, "button-back", format!("gen_pack:{}", style.pack)),
        Title::Surprise(_) => {
            button(language, "pictures-button-other-surprise", format!("gen_surprise:{id}"))
        }
        Title::Words => button(language, "pictures-button-edit-words", format!("gen_custom:{id}")),
    };
    vec![first, back(language, id)]
}

fn about(language: Language, card: &Card<'_>) -> String {
    let (key, title) = match card.title {
        Title::Style(style) => ("pictures-style", Arg::Ours(style.title.of(language))),
        Title::Surprise(style) => ("pictures-surprise", Arg::Ours(style.title.of(language))),
        Title::Words => {
            ("pictures-words", Arg::Quoted(card.order.words.as_deref().unwrap_or_default()))
        }
    };
    let args = [
        ("title", title),
        ("name", Arg::Foreign(card.name)),
        ("shape", Arg::Ours(card.order.shape.word())),
        ("count", Arg::Number(card.order.count.into())),
    ];
    let html = say(language, key, &args);
    let (words, english) = (card.order.words.as_deref(), card.order.english.as_deref());
    match (card.title, words, english) {
        (Title::Words, _, Some(english)) => {
            let told = say(language, "pictures-words-told", &[("words", Arg::Quoted(english))]);
            format!("{html}\n\n{told}")
        }
        (Title::Words, Some(words), None) if !mostly_english(words) => {
            format!("{html}\n\n{}", say(language, "pictures-words-english", &[]))
        }
        _ => html,
    }
}
