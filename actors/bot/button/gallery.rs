//! Buttons of the gallery of pictures.
//!
//! A button of a filtered gallery carries the filter as one more letter, so that a page or a card is
//! complete by itself: an old message goes on working, and nothing has to be remembered.

use crate::ports::{At, Filter, ImageId};
use uuid::Uuid;

/// What a person does in their gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browse {
    /// Show the newest pictures, below.
    Newest,
    /// Show a page, by number from 1.
    Page(i64, Filter),
    /// Show one picture.
    Image(At, Filter),
    /// Mark a picture as a favorite, or remove the mark.
    ToggleFavorite(ImageId, Filter),
    /// Send the stored bytes as a file.
    Original(ImageId),
    /// Show the words of a picture.
    Words(ImageId),
    /// Order the same once more.
    Again(ImageId),
    /// Order pictures like this one.
    Like(ImageId),
    /// Ask before a picture is deleted.
    AskDelete(ImageId, Filter),
    /// Do not delete it.
    Keep(ImageId, Filter),
    /// Delete it.
    Delete(ImageId, Filter),
    /// Let others see a picture.
    Share(ImageId),
    /// Let nobody see it any more.
    Unshare(ImageId),
    /// Send all pictures as files.
    Export,
}

impl Browse {
    /// Whether it is allowed even for people who may not use the bot: what they own is theirs.
    #[must_use]
    pub fn is_for_all(self) -> bool {
        !matches!(self, Self::Again(_) | Self::Like(_))
    }
}

/// What follows the rest of a button's data.
#[must_use]
pub fn suffix(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "",
        Filter::Favorites => ":f",
        Filter::Avatar => ":a",
    }
}

/// Makes the meaning of a button that carries a picture.
type Make = fn(ImageId, Filter) -> Browse;

/// What each word with a picture asks for; the second of two names is the older Aisha's.
const IMAGES: [(&str, Make); 14] = [
    ("gallery_view:", |image, filter| Browse::Image(At::Image(image), filter)),
    ("gallery_toggle_favorite:", Browse::ToggleFavorite),
    ("gallery_favorite:", Browse::ToggleFavorite),
    ("gallery_original:", |image, _| Browse::Original(image)),
    ("gallery_full_prompt:", |image, _| Browse::Words(image)),
    ("show_prompt:", |image, _| Browse::Words(image)),
    ("gallery_regenerate:", |image, _| Browse::Again(image)),
    ("gen_like:", |image, _| Browse::Like(image)),
    ("gallery_delete:", Browse::AskDelete),
    ("gallery_delete_confirm:", Browse::Delete),
    ("gallery_delete_cancel:", Browse::Keep),
    ("gallery_keep:", Browse::Keep),
    ("gallery_share:", |image, _| Browse::Share(image)),
    ("gallery_unshare:", |image, _| Browse::Unshare(image)),
];

/// What a press in the gallery asks for, by its callback data.
pub(super) fn meaning(data: &str) -> Option<Browse> {
    match data {
        "my_gallery" => return Some(Browse::Newest),
        "gallery_export" => return Some(Browse::Export),
        "gallery_filter:all" => return Some(Browse::Page(1, Filter::All)),
        "gallery_filter:favorites" => return Some(Browse::Page(1, Filter::Favorites)),
        "gallery_filter:avatar" => return Some(Browse::Page(1, Filter::Avatar)),
        _ => {}
    }
    let (data, filter) = [Filter::Favorites, Filter::Avatar]
        .into_iter()
        .find_map(|filter| Some((data.strip_suffix(suffix(filter))?, filter)))
        .unwrap_or((data, Filter::All));
    let number = |prefix: &str| {
        let number: i32 = data.strip_prefix(prefix)?.parse().ok()?;
        Some(i64::from(number))
    };
    if let Some(page) = number("gallery_page:") {
        return Some(Browse::Page(page, filter));
    }
    // Both carry the number of the picture that is shown, from 0.
    let step = |prefix: &str, by: i64| number(prefix).map(|shown| At::Index(shown + by));
    if let Some(at) = step("gallery_image_prev:", -1).or_else(|| step("gallery_image_next:", 1)) {
        return Some(Browse::Image(at, filter));
    }
    IMAGES.iter().find_map(|(prefix, make)| {
        let image = Uuid::try_parse(data.strip_prefix(prefix)?).ok()?;
        Some(make(ImageId(image), filter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_carries_its_filter_and_fits() {
        let id = ImageId(Uuid::from_u128(7));
        for (data, expected) in [
            ("my_gallery".to_owned(), Browse::Newest),
            ("gallery_export".to_owned(), Browse::Export),
            ("gallery_filter:favorites".to_owned(), Browse::Page(1, Filter::Favorites)),
            ("gallery_page:3".to_owned(), Browse::Page(3, Filter::All)),
            ("gallery_page:3:a".to_owned(), Browse::Page(3, Filter::Avatar)),
            ("gallery_image_prev:0".to_owned(), Browse::Image(At::Index(-1), Filter::All)),
            ("gallery_image_next:4:f".to_owned(), Browse::Image(At::Index(5), Filter::Favorites)),
            (format!("gallery_favorite:{id}"), Browse::ToggleFavorite(id, Filter::All)),
            (
                format!("gallery_toggle_favorite:{id}:f"),
                Browse::ToggleFavorite(id, Filter::Favorites),
            ),
            (format!("show_prompt:{id}"), Browse::Words(id)),
            (format!("gallery_delete:{id}"), Browse::AskDelete(id, Filter::All)),
            (format!("gallery_delete_confirm:{id}:a"), Browse::Delete(id, Filter::Avatar)),
        ] {
            assert_eq!(meaning(&data), Some(expected), "{data}");
            assert!(data.len() <= 64, "{data}");
        }
        for data in ["gallery_page:", "gallery_page:x", "gallery_delete:7", "gallery_stats", ""] {
            assert_eq!(meaning(data), None, "{data}");
        }
    }
}
