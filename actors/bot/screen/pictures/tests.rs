//! The screens of pictures: for the tests of all screens, and what they must offer.

use super::*;
use crate::avatar::Status;
use crate::bot::screen::{Limit, led, order, pictures_limited};
use crate::generation::interpreting::MOST_ENGLISH;
use crate::generation::styles::Catalogue;
use crate::ports::{ChatId, JobId, PictureOrder, Shape, Stage, Standing, Told};
use std::time::Duration;
use strum::IntoEnumIterator as _;

const AVATAR: AvatarId = AvatarId(Uuid::from_u128(u128::MAX));
const ORDER: Uuid = Uuid::from_u128(u128::MAX);

fn sitter(kind: TrainingType, name: &str) -> Sitter {
    Sitter {
        avatar: AVATAR,
        name: name.to_owned(),
        kind,
        status: Status::Completed,
        trigger: "TOK".to_owned(),
        subject: None,
        trainer: String::new(),
        has_weights: true,
        consent: None,
        shape: None,
        count: None,
        banned: false,
    }
}

fn an_order(style: Option<&Style>, words: &str) -> PictureOrder {
    PictureOrder {
        style: style.map(|style| style.id.clone()),
        words: style.is_none().then(|| words.to_owned()),
        english: None,
        prompt: String::new(),
        shape: Shape::Tall,
        count: 2,
        seed: 1,
        scale: 1.0,
        guidance: None,
        portrait: true,
        source: None,
    }
}

fn standing(language: Language, name: &str) -> Standing {
    Standing {
        job: JobId::generation(ORDER),
        attempt: 1,
        turn: 1,
        stage: None,
        number: Some(2),
        message: None,
        name: name.to_owned(),
        chat: ChatId(1),
        language,
        blocked: false,
        endpoint: String::new(),
        steps: 0,
        elapsed: Duration::from_secs(9),
        fetching: None,
        told: Told::Over,
    }
}

/// Everything that people can see of pictures, with these words wherever theirs are shown.
pub(in crate::bot::screen) fn screens(language: Language, words: &str) -> Vec<Message> {
    let styles = Catalogue::shipped().unwrap();
    let mut all = vec![no_sitter(language)];
    for key in [
        "pictures-ask-photo",
        "pictures-photo-off",
        "pictures-photo-away",
        "pictures-photo-blind",
        "pictures-photo-many",
        "pictures-declined",
    ] {
        all.push(awaited(language, AVATAR, key));
    }
    for kind in TrainingType::iter() {
        let sitter = sitter(kind, words);
        all.extend([
            unfinished_sitter(language, &sitter),
            no_generator(language, &sitter),
            ask_consent(language, &sitter),
            ask_words(language, AVATAR, kind),
        ]);
        if kind != TrainingType::Style {
            all.push(ask_subject(language, &sitter));
        }
        for found in styles.packs(kind) {
            let of_pack: Vec<&Style> = styles.styles(&found.id).collect();
            all.push(pack(language, AVATAR, found, &of_pack));
            for style in of_pack {
                let order = an_order(Some(style), words);
                for title in [Title::Style(style), Title::Surprise(style)] {
                    all.push(card(language, &a_card(&order, words, title)));
                }
                let at_once = Some((ORDER, style.title.of(language), 4));
                all.push(pictures_menu(language, &an_offer(&styles, kind, words, at_once)));
            }
        }
    }
    let english = words.chars().take(MOST_ENGLISH).collect();
    let translated = PictureOrder { english: Some(english), ..an_order(None, words) };
    for order in [translated, an_order(None, words)] {
        let card = card(language, &a_card(&order, words, Title::Words));
        all.push(led(language, "pictures-words-away", card.clone()));
        all.push(led(language, "pictures-words-many", card));
    }
    for refusal in Refusal::iter() {
        all.push(refused_words(language, AVATAR, refusal));
    }
    for why in [WordsError::TooShort, WordsError::TooLong] {
        all.push(wrong_words(language, AVATAR, why));
    }
    let wait = Duration::from_hours(5);
    for limit in [
        Limit::Paused,
        Limit::Person { most: 100, wait: Some(wait) },
        Limit::Person { most: 3, wait: None },
        Limit::All { wait: Some(wait) },
        Limit::All { wait: None },
    ] {
        all.push(pictures_limited(language, &limit, format!("gen_start:{ORDER}")));
    }
    for stage in Stage::iter() {
        all.push(order(&standing(language, words), stage, None));
    }
    all
}

fn a_card<'a>(order: &'a PictureOrder, name: &'a str, title: Title<'a>) -> Card<'a> {
    Card { id: ORDER, avatar: AVATAR, name, order, title, most: 4, price: Some(20) }
}

fn an_offer<'a>(
    styles: &'a Catalogue,
    kind: TrainingType,
    name: &'a str,
    at_once: Option<(Uuid, &'a str, u8)>,
) -> Offer<'a> {
    let packs = styles.packs(kind).collect();
    Offer { avatar: AVATAR, name, packs, at_once, price: Some(20), others: true }
}

fn data(message: &Message) -> Vec<&str> {
    message.buttons.iter().flatten().map(|button| &*button.data).collect()
}

#[test]
fn no_text_of_pictures_is_missing() {
    for language in [Language::Ru, Language::En] {
        for message in screens(language, "123") {
            let labels = message.buttons.iter().flatten().map(|button| &button.label);
            for text in labels.chain([&message.html]) {
                assert!(!text.contains("pictures-") && !text.contains("order-"), "{text}");
            }
        }
    }
}

#[test]
fn the_menu_starts_with_one_press_and_leads_everywhere() {
    let styles = Catalogue::shipped().unwrap();
    let offer = an_offer(&styles, TrainingType::Portrait, "Anna", Some((ORDER, "Studio", 4)));
    let menu = pictures_menu(Language::En, &offer);
    assert_eq!(menu.buttons[0][0].data, format!("gen_start:{ORDER}"));
    let all = data(&menu);
    for wanted in ["gen_pack:business".to_owned(), format!("gen_custom:{AVATAR}")] {
        assert!(all.contains(&&*wanted), "{all:?}");
    }
    assert!(menu.buttons.iter().all(|row| row.len() <= IN_A_ROW));
}

#[test]
fn a_card_marks_what_is_chosen_beside_the_start() {
    let order = an_order(None, "in a red coat");
    let message = card(Language::En, &a_card(&order, "Anna", Title::Words));
    let marked = message.buttons.iter().flatten().filter(|button| button.label.starts_with('•'));
    let marked: Vec<&str> = marked.map(|button| &*button.data).collect();
    assert_eq!(marked, ["aspect_ratio:9:16", "gen_count:2"]);
    assert!(data(&message).contains(&&*format!("gen_start:{ORDER}")));
    assert!(message.html.contains("in a red coat"), "{}", message.html);
}

#[test]
fn no_more_are_offered_than_are_allowed() {
    for (most, chosen, expected) in [
        (4, None, 4),
        (3, None, 2),
        (1, None, 1),
        (4, Some(1), 1),
        (2, Some(4), 2),
        (4, Some(3), 4),
        (0, None, 1),
    ] {
        assert_eq!(most_offered(most, chosen), expected, "{most} {chosen:?}");
    }
    let order = PictureOrder { count: 1, ..an_order(None, "in a red coat") };
    let two = Card { most: 2, ..a_card(&order, "Anna", Title::Words) };
    assert!(!data(&card(Language::En, &two)).contains(&"gen_count:4"));
}

#[test]
fn words_that_are_not_english_come_with_a_hint() {
    let hinted = |words: &str| {
        let message = card(Language::En, &a_card(&an_order(None, words), "Anna", Title::Words));
        message.html.contains("work best")
    };
    assert!(hinted("в красном пальто"));
    assert!(!hinted("in a red coat"));
}
