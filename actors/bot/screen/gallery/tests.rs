//! The gallery in both languages.

use super::*;
use crate::ports::{ImageCard, ImageId, JobId, ObjectKey};
use chrono::DateTime;
use uuid::Uuid;

fn image(index: i64) -> GalleryImage {
    let card = ImageCard {
        id: ImageId(Uuid::from_u128(u128::MAX)),
        job: JobId::generation(Uuid::nil()),
        avatar: None,
        position: 1,
        key: ObjectKey("images/1.jpg".to_owned()),
        thumbnail: None,
        byte_size: 400_000,
        width: 864,
        height: 1152,
        content_type: "image/jpeg".to_owned(),
        is_favorite: index % 2 == 1,
        telegram_file_id: None,
        telegram_document_id: None,
        created_at: DateTime::UNIX_EPOCH,
    };
    GalleryImage {
        card,
        index,
        name: "A<b".to_owned(),
        style: None,
        words: Some(format!("<&\"\n  {}", "word ".repeat(200))),
        prompt: format!("TOK, {}", "&".repeat(5000)),
        share_token: None,
    }
}

fn page(first: i64, total: i64) -> GalleryPage {
    let last = (first + i64::from(PAGE)).min(total);
    GalleryPage { images: (first..last).map(image).collect(), total }
}

fn styles() -> Catalogue {
    Catalogue::shipped().unwrap()
}

fn data(message: &Message) -> Vec<&str> {
    message.buttons.iter().flatten().map(|button| button.data.as_str()).collect()
}

#[test]
fn a_page_says_where_it_is_and_leads_around() {
    let middle = gallery(Language::Ru, Filter::All, &page(9, 21));
    assert!(middle.html.contains("21 картинка"), "{}", middle.html);
    assert!(middle.html.contains("Страница 2 из 3"), "{}", middle.html);
    let first = gallery(Language::En, Filter::Favorites, &page(0, 20));
    for to in ["gallery_page:3:f", "gallery_page:1:f", "gallery_page:2:f", "gallery_filter:all"] {
        assert!(data(&first).contains(&to), "{to}: {first:?}");
    }
    let single = gallery(Language::En, Filter::Avatar, &page(0, 2));
    assert!(!data(&single).iter().any(|data| data.starts_with("gallery_page")), "{single:?}");
    assert!(single.html.contains("A&lt;b"), "{}", single.html);
}

#[test]
fn a_card_shows_what_was_made_and_every_button_fits() {
    for (filter, language) in [(Filter::All, Language::Ru), (Filter::Favorites, Language::En)] {
        let shown = image(1);
        let card = picture(language, &styles(), filter, (&shown, 12));
        assert!(card.html.starts_with("<b>&lt;&amp;&quot; word"), "{}", card.html);
        assert!(card.html.contains("864×1152") && card.html.contains("1970"), "{}", card.html);
        assert!(card.html.chars().count() <= 1024, "a caption");
        let asked = ask_delete_picture(language, filter, &shown);
        for data in data(&card).into_iter().chain(data(&asked)) {
            assert!(data.len() <= 64, "{data}");
        }
    }
    let style = styles();
    let known = style.styles("business").next().unwrap();
    let styled = GalleryImage { style: Some(known.id.clone()), name: String::new(), ..image(0) };
    let card = picture(Language::En, &style, Filter::All, (&styled, 1));
    assert!(card.html.starts_with(&format!("<b>{}</b>\n", known.title.of(Language::En))));
    let bare = GalleryImage { words: None, prompt: String::new(), ..image(0) };
    assert!(picture(Language::Ru, &style, Filter::All, (&bare, 1)).html.contains("Картинка"));
    assert!(picture_words(Language::Ru, &bare).html.contains("нет"));
}

#[test]
fn the_words_of_a_picture_are_whole_as_far_as_a_message_has_room() {
    let words = picture_words(Language::En, &image(0)).html;
    assert!(words.contains(&"word ".repeat(199)), "{words}");
    let plain = words.replace("&amp;", "&").replace("&lt;", "<");
    assert!(plain.chars().count() <= 4096, "Telegram counts after it has read the entities");
}
