//! The gallery of pictures: pages, one picture with its card, and the questions about one.

use super::button;
use crate::bot::button::suffix;
use crate::bot::name::shortened;
use crate::bot::texts::{Arg, date, escaped, say};
use crate::generation::styles::Catalogue;
use crate::language::Language;
use crate::ports::{Button, Filter, GalleryImage, GalleryPage, ImageId, Message, PICTURES_HELD};

/// Pictures per page: three rows of three, each large enough to tell faces apart on a phone.
pub const PAGE: u32 = 9;

/// Number buttons per row, as the pictures lie on the page.
pub const IN_ROW: usize = 3;

/// Letters of a person's words that serve as the title of their picture: one line on a phone.
const TITLE: usize = 40;

/// Letters of the words of a picture, and of what was sent, that are shown: together with our own
/// words they stay below the 4096 of a message, even if each is escaped.
const WORDS: usize = 1200;

/// A page: the numbers open a picture.
#[must_use]
pub fn gallery(language: Language, filter: Filter, page: &GalleryPage) -> Message {
    let size = i64::from(PAGE);
    let first = page.images.first().map_or(0, |image| image.index);
    let (here, pages) = (first / size + 1, (page.total + size - 1) / size);
    let name = page.images.first().map_or("", |image| image.name.as_str());
    let args = [
        ("count", Arg::Number(page.total)),
        ("page", Arg::Number(here)),
        ("pages", Arg::Number(pages)),
        ("name", Arg::Foreign(name)),
    ];
    let title = match filter {
        Filter::All => "pictures-gallery",
        Filter::Favorites => "pictures-gallery-favorites",
        Filter::Avatar => "pictures-gallery-avatar",
    };
    let open = |(n, image): (usize, &GalleryImage)| Button {
        label: (n + 1).to_string(),
        data: format!("gallery_view:{}{}", image.card.id, suffix(filter)),
    };
    let numbers: Vec<Button> = page.images.iter().enumerate().map(open).collect();
    let mut buttons: Vec<Vec<Button>> = numbers.chunks(IN_ROW).map(<[Button]>::to_vec).collect();
    buttons.extend(steps(here, pages, filter));
    buttons.push(filters(language, filter));
    let mut last = vec![button(language, "button-menu", "main_menu")];
    if filter == Filter::All {
        last.insert(0, button(language, "pictures-button-export", "gallery_export"));
    }
    buttons.push(last);
    Message { html: say(language, title, &args), buttons }
}

/// To the pages around this one; wraps around at both ends.
fn steps(here: i64, pages: i64, filter: Filter) -> Option<Vec<Button>> {
    let to = |label: &str, page: i64| Button {
        label: label.to_owned(),
        data: format!("gallery_page:{}{}", (page - 1).rem_euclid(pages) + 1, suffix(filter)),
    };
    let label = format!("{here} / {pages}");
    (pages > 1).then(|| vec![to("◀️", here - 1), to(&label, here), to("▶️", here + 1)])
}

/// What else can be shown.
fn filters(language: Language, filter: Filter) -> Vec<Button> {
    [
        (Filter::All, "pictures-button-all", "gallery_filter:all"),
        (Filter::Favorites, "pictures-button-favorites", "gallery_filter:favorites"),
        (Filter::Avatar, "pictures-button-by-avatar", "gallery_filter:avatar"),
    ]
    .into_iter()
    .filter(|(other, ..)| *other != filter)
    .map(|(_, key, data)| button(language, key, data))
    .collect()
}

/// No picture with this filter; `avatar` is the name of the main one.
#[must_use]
pub fn gallery_empty(language: Language, filter: Filter, avatar: &str) -> Message {
    let key = match filter {
        Filter::All => "pictures-gallery-empty",
        Filter::Favorites => "pictures-gallery-empty-favorites",
        Filter::Avatar => "pictures-gallery-empty-avatar",
    };
    let mut buttons = vec![vec![button(language, "pictures-button-menu", "generation_menu")]];
    if filter != Filter::All {
        buttons.push(vec![button(language, "pictures-button-all", "gallery_filter:all")]);
    }
    buttons.push(vec![button(language, "button-menu", "main_menu")]);
    Message { html: say(language, key, &[("name", Arg::Foreign(avatar))]), buttons }
}

/// An order was refused because they hold [`PICTURES_HELD`] pictures; `again` orders it once there is
/// room.
#[must_use]
pub fn gallery_full(language: Language, again: String) -> Message {
    let buttons = vec![
        vec![button(language, "pictures-button-export", "gallery_export")],
        vec![button(language, "pictures-button-gallery", "my_gallery")],
        vec![button(language, "button-retry", again)],
    ];
    let most = [("most", Arg::Number(PICTURES_HELD))];
    Message { html: say(language, "pictures-full", &most), buttons }
}

/// One picture with its card.
#[must_use]
pub fn picture(
    language: Language,
    styles: &Catalogue,
    filter: Filter,
    (image, total): (&GalleryImage, i64),
) -> Message {
    let card = &image.card;
    let (id, more) = (card.id, suffix(filter));
    let of = |key, data: &str| button(language, key, format!("{data}:{id}"));
    let star = if card.is_favorite { "pictures-button-unstar" } else { "pictures-button-favorite" };
    let mut buttons = Vec::new();
    if total > 1 {
        let step = |label: &str, way: &str| Button {
            label: label.to_owned(),
            data: format!("gallery_image_{way}:{}{more}", image.index),
        };
        let here = Button {
            label: format!("{} / {total}", image.index + 1),
            data: format!("gallery_view:{id}{more}"),
        };
        buttons.push(vec![step("◀️", "prev"), here, step("▶️", "next")]);
    }
    let page = image.index / i64::from(PAGE) + 1;
    buttons.extend([
        vec![
            button(language, star, format!("gallery_toggle_favorite:{id}{more}")),
            of("pictures-button-original", "gallery_original"),
        ],
        vec![
            of("pictures-button-like", "gen_like"),
            of("pictures-button-again", "gallery_regenerate"),
        ],
        vec![
            of("pictures-button-words", "gallery_full_prompt"),
            of("pictures-button-share", "gallery_share"),
        ],
        vec![button(language, "pictures-button-delete", format!("gallery_delete:{id}{more}"))],
        vec![button(
            language,
            "pictures-button-back-to-page",
            format!("gallery_page:{page}{more}"),
        )],
    ]);
    Message { html: about(language, styles, image), buttons }
}

fn about(language: Language, styles: &Catalogue, image: &GalleryImage) -> String {
    let card = &image.card;
    let mut title = format!("<b>{}</b>", escaped(&title(language, styles, image)));
    if !image.name.is_empty() {
        title = format!("{title} · {}", escaped(&shortened(&image.name, TITLE)));
    }
    let mut facts = date(language, card.created_at);
    if card.width > 0 && card.height > 0 {
        facts = format!("{facts} · {}×{}", card.width, card.height);
    }
    let mut lines = vec![title, facts];
    if card.is_favorite {
        lines.push(say(language, "pictures-card-favorite", &[]));
    }
    lines.push(say(language, "pictures-made-by-machine", &[]));
    lines.join("\n")
}

/// The style's, otherwise the first of the person's own words.
fn title(language: Language, styles: &Catalogue, image: &GalleryImage) -> String {
    let style = image.style.as_deref().and_then(|style| styles.style(style));
    let words = || image.words.as_deref().map(one_line).filter(|words| !words.is_empty());
    match style {
        Some(style) => style.title.of(language).to_owned(),
        None => words().map_or_else(
            || say(language, "pictures-card-untitled", &[]),
            |words| shortened(&words, TITLE),
        ),
    }
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a picture: the person's own, and what was sent.
#[must_use]
pub fn picture_words(language: Language, image: &GalleryImage) -> Message {
    let said = |key, words: &str| {
        let words = escaped(&shortened(words.trim(), WORDS));
        say(language, key, &[("words", Arg::Ours(&words))])
    };
    let own = image.words.as_deref().filter(|words| !words.trim().is_empty());
    let sent = Some(image.prompt.as_str()).filter(|sent| !sent.is_empty() && Some(*sent) != own);
    let parts: Vec<String> = own
        .map(|own| said("pictures-full-words", own))
        .into_iter()
        .chain(sent.map(|sent| said("pictures-sent-words", sent)))
        .collect();
    let html = match parts.as_slice() {
        [] => say(language, "pictures-no-words", &[]),
        parts => parts.join("\n\n"),
    };
    Message { html, buttons: Vec::new() }
}

/// What stands below the file of a picture.
#[must_use]
pub fn original(language: Language) -> Message {
    let (original, made) =
        (say(language, "pictures-original", &[]), say(language, "pictures-made-by-machine", &[]));
    Message { html: format!("{original} {made}"), buttons: Vec::new() }
}

/// A picture that its owner may send to others, by this word.
#[must_use]
pub fn shared_picture(language: Language, image: ImageId, word: &str) -> Message {
    let choose = say(language, "pictures-button-share-choose", &[]);
    let revoke = format!("gallery_unshare:{image}");
    Message {
        html: say(language, "pictures-share", &[]),
        buttons: vec![
            vec![Button::choosing_chat(choose, word)],
            vec![button(language, "pictures-button-share-revoke", revoke)],
        ],
    }
}

/// The question before a picture is deleted.
#[must_use]
pub fn ask_delete_picture(language: Language, filter: Filter, image: &GalleryImage) -> Message {
    let data = |word: &str| format!("{word}:{}{}", image.card.id, suffix(filter));
    Message {
        html: say(language, "pictures-ask-delete", &[]),
        buttons: vec![
            vec![button(language, "pictures-button-delete-yes", data("gallery_delete_confirm"))],
            vec![button(language, "pictures-button-delete-no", data("gallery_keep"))],
        ],
    }
}

/// A picture that was told of is deleted, and the others of its order too.
#[must_use]
pub fn picture_deleted(language: Language) -> Message {
    Message {
        html: say(language, "pictures-deleted", &[]),
        buttons: vec![
            vec![button(language, "pictures-button-gallery", "my_gallery")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

#[cfg(test)]
mod tests;
