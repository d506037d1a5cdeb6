//! Both languages have the same texts.

use super::*;
use crate::coach::Remark;
use crate::ports::FailureKind;
use std::collections::{BTreeMap, BTreeSet};
use strum::IntoEnumIterator as _;

/// Key → the placeholders in its text.
fn messages(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in files {
        assert!(FluentResource::try_new((*file).to_owned()).is_ok(), "does not parse: {file}");
        for (key, placeholders) in messages_of(file) {
            let first = found.insert(key.clone(), placeholders);
            assert!(first.is_none(), "said twice: {key}");
        }
    }
    found
}

fn messages_of(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            current = Some(key.to_owned());
            found.insert(key.to_owned(), BTreeSet::new());
        }
        let Some(key) = &current else { continue };
        for part in line.split('$').skip(1) {
            let name: String =
                part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.entry(key.clone()).or_default().insert(name);
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    assert_eq!(messages(RU_FILES), messages(EN_FILES));
}

#[test]
fn every_key_that_the_code_names_has_a_text() {
    let known = messages(EN_FILES);
    for source in [
        include_str!("../screen.rs"),
        include_str!("../screen/avatars.rs"),
        include_str!("../screen/forget.rs"),
        include_str!("../screen/gallery.rs"),
        include_str!("../action/gallery.rs"),
        include_str!("../visual.rs"),
        include_str!("../export.rs"),
        include_str!("../screen/limits.rs"),
        include_str!("local.rs"),
        include_str!("../screen/coach.rs"),
        include_str!("../screen/menus.rs"),
        include_str!("../screen/photos.rs"),
        include_str!("../screen/training.rs"),
        include_str!("notice.rs"),
        include_str!("told_pictures.rs"),
        include_str!("../dialogue.rs"),
        include_str!("../show.rs"),
        include_str!("../talk.rs"),
        include_str!("../button/former.rs"),
        include_str!("../screen/collecting.rs"),
        include_str!("../action.rs"),
        include_str!("../action/collecting.rs"),
        include_str!("../action/access.rs"),
        include_str!("../action/avatars.rs"),
        include_str!("../action/creating.rs"),
        include_str!("../action/credits.rs"),
        include_str!("../screen/credits.rs"),
        include_str!("../action/forget.rs"),
        include_str!("../action/photos.rs"),
        include_str!("../action/pictures.rs"),
        include_str!("../action/pictures/offering.rs"),
        include_str!("../action/pictures/ordering.rs"),
        include_str!("../action/pictures/seeing.rs"),
        include_str!("../action/pictures/wording.rs"),
        include_str!("../screen/order.rs"),
        include_str!("../screen/pictures.rs"),
        include_str!("../screen/pictures/card.rs"),
        include_str!("../action/training.rs"),
    ] {
        for key in source.split('"').skip(1).step_by(2) {
            let prefixed = [
                "access-",
                "avatar-",
                "button-",
                "coach-",
                "coming-",
                "credits-",
                "forget-",
                "limit-",
                "notice-",
                "photo-",
                "pictures-",
                "span-",
                "status-",
                "toast-",
                "training",
            ]
            .iter()
            .any(|prefix| key.starts_with(prefix));
            let whole =
                key.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !key.ends_with('-');
            if prefixed && whole {
                assert!(known.contains_key(key), "no text for {key}");
            }
        }
    }
}

#[test]
fn every_failure_has_a_sentence_with_a_next_step() {
    let known = messages(EN_FILES);
    for kind in FailureKind::iter() {
        let key = format!("reason-{}", kind.word());
        assert!(known.contains_key(&key), "no text for {key}");
    }
}

#[test]
fn every_remark_of_the_coach_has_its_words() {
    let known = messages(EN_FILES);
    for remark in Remark::iter() {
        let advice = if remark == Remark::Twin { "alike" } else { remark.word() };
        for key in [format!("coach-{advice}"), format!("coach-refused-{}", remark.word())] {
            assert!(known.contains_key(&key), "no text for {key}");
        }
    }
}

#[test]
fn russian_counts_in_all_its_forms() {
    let count = |n| say(Language::Ru, "avatar-menu", &[("count", Arg::Number(n))]);
    assert_eq!(count(0), "У вас пока нет аватаров.");
    for (n, word) in [
        (1, "аватар"),
        (2, "аватара"),
        (5, "аватаров"),
        (11, "аватаров"),
        (21, "аватар"),
        (104, "аватара"),
    ] {
        assert_eq!(count(n), format!("У вас {n} {word}."));
    }
}

#[test]
fn a_foreign_name_is_shown_as_it_was_written() {
    let text = say(Language::En, "training", &[("name", Arg::Foreign("A_b*[c<&"))]);
    assert_eq!(text, "<b>A_b*[c&lt;&amp;</b> is being trained.");
}

#[test]
fn the_language_is_chosen_else_telegrams_else_russian() {
    for (chosen, code, expected) in [
        (None, None, Language::Ru),
        (None, Some("en-GB"), Language::En),
        (None, Some("de"), Language::Ru),
        (Some("ru"), Some("en"), Language::Ru),
        (Some("en"), Some("ru"), Language::En),
    ] {
        assert_eq!(Language::of(chosen, code), expected, "{chosen:?} {code:?}");
    }
}
