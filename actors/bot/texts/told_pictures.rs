//! What is said with pictures, and in place of those that did not come.

use super::{Arg, say};
use crate::bot::screen::button;
use crate::language::Language;
use crate::ports::{Button, ImageCard, JobId, Message, Notice, ToldIn};

/// What stands below the pictures of an order, with the buttons of a single one; an album has its
/// own below it, see [`pictures_control`].
#[must_use]
pub fn pictures(notice: &Notice, cards: &[ImageCard]) -> Message {
    let buttons = match cards {
        [card] => keyboard_of_one(notice.language, notice.job, card),
        _ => Vec::new(),
    };
    let title = if notice.pictures.first { "pictures-first" } else { "pictures-ready" };
    let html = with_missing(notice, said(notice.language, title, cards.len()));
    Message { html, buttons }
}

fn said(language: Language, title: &str, count: usize) -> String {
    let ready = say(language, title, &[number("count", count)]);
    format!("{ready} {}", say(language, "pictures-made-by-machine", &[]))
}

/// What can be done with the pictures of an album, by their numbers.
#[must_use]
pub fn pictures_control(notice: &Notice, cards: &[ImageCard]) -> Message {
    control(notice.language, notice.job, cards)
}

/// A message that told of an order, as it is now that something about its pictures has changed.
#[must_use]
pub fn pictures_now(
    language: Language,
    told_in: ToldIn,
    job: JobId,
    cards: &[ImageCard],
) -> Message {
    match (told_in, cards) {
        (ToldIn::Single, [card]) => {
            let buttons = keyboard_of_one(language, Some(job), card);
            Message { html: said(language, "pictures-ready", 1), buttons }
        }
        (ToldIn::Single | ToldIn::Control, cards) => control(language, Some(job), cards),
    }
}

fn control(language: Language, job: Option<JobId>, cards: &[ImageCard]) -> Message {
    let mut buttons: Vec<Vec<Button>> = cards.iter().map(row_of_one).collect();
    let mut last = again(language, job);
    last.extend(cards.first().map(|card| words(language, card)));
    buttons.extend([last, gallery(language)]);
    Message { html: say(language, "pictures-control", &[]), buttons }
}

/// In place of pictures that may not have arrived.
pub(super) fn in_gallery(notice: &Notice) -> Message {
    let language = notice.language;
    let html = say(language, "pictures-in-gallery", &[]);
    Message { html: with_missing(notice, html), buttons: vec![gallery(language)] }
}

/// For an order without a single picture that may be shown.
pub(super) fn withheld(notice: &Notice) -> Message {
    let count = ("count", Arg::Number(notice.pictures.withheld.into()));
    let html = say(notice.language, "pictures-all-withheld", &[count]);
    Message { html, buttons: next_steps(notice) }
}

/// For an order that failed, or whose time was up.
pub(super) fn failed(notice: &Notice) -> Message {
    let language = notice.language;
    let key = format!("pictures-reason-{}", notice.reason);
    let mut reason = say(language, &key, &[]);
    if reason == key {
        // People never read machine words.
        reason = say(language, "pictures-reason-other", &[]);
    }
    let html = say(language, "pictures-failed", &[("reason", Arg::Ours(&reason))]);
    Message { html, buttons: next_steps(notice) }
}

/// Adds what became of the other pictures of the order.
fn with_missing(notice: &Notice, mut html: String) -> String {
    let told = notice.pictures;
    for (key, count) in [("pictures-again", told.again), ("pictures-withheld", told.withheld)] {
        if count > 0 {
            html.push_str("\n\n");
            html.push_str(&say(notice.language, key, &[("count", Arg::Number(count.into()))]));
        }
    }
    html
}

fn keyboard_of_one(language: Language, job: Option<JobId>, card: &ImageCard) -> Vec<Vec<Button>> {
    let of = |key, data: &str| button(language, key, format!("{data}:{}", card.id));
    let star = if card.is_favorite { "pictures-button-unstar" } else { "pictures-button-favorite" };
    let mut again = again(language, job);
    again.insert(0, of("pictures-button-like", "gen_like"));
    vec![
        vec![
            of(star, "gallery_toggle_favorite"),
            of("pictures-button-original", "gallery_original"),
        ],
        again,
        vec![words(language, card), of("pictures-button-share", "gallery_share")],
        vec![of("pictures-button-delete", "gallery_delete")]
            .into_iter()
            .chain(gallery(language))
            .collect(),
    ]
}

/// The buttons of one picture of an album: signs with its number, the same in every language.
fn row_of_one(card: &ImageCard) -> Vec<Button> {
    let star = if card.is_favorite { "🌟" } else { "⭐" };
    let signs = [
        (star, "gallery_toggle_favorite"),
        ("📄", "gallery_original"),
        ("✨", "gen_like"),
        ("📤", "gallery_share"),
        ("🗑", "gallery_delete"),
    ];
    let of = |(sign, data)| Button {
        label: format!("{} {sign}", card.position),
        data: format!("{data}:{}", card.id),
    };
    signs.map(of).to_vec()
}

fn again(language: Language, job: Option<JobId>) -> Vec<Button> {
    let again = |job| button(language, "pictures-button-again", format!("gen_again:{job}"));
    job.map(again).into_iter().collect()
}

fn words(language: Language, card: &ImageCard) -> Button {
    button(language, "pictures-button-words", format!("gallery_full_prompt:{}", card.id))
}

fn gallery(language: Language) -> Vec<Button> {
    vec![button(language, "pictures-button-gallery", "my_gallery")]
}

/// After an order that brought nothing: the same again, or another.
fn next_steps(notice: &Notice) -> Vec<Vec<Button>> {
    let other = vec![button(notice.language, "pictures-button-other", "generation_menu")];
    vec![again(notice.language, notice.job), other]
}

fn number(name: &'static str, count: usize) -> (&'static str, Arg<'static>) {
    (name, Arg::Number(i64::try_from(count).unwrap_or(i64::MAX)))
}
