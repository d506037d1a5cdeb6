//! Cards, as people see them.

use super::*;
use crate::avatar::TrainingType;
use chrono::{TimeZone, Utc};
use uuid::Uuid;

fn leaf_of(status: Status, number: i64, total: i64) -> Page {
    let card = AvatarCard {
        id: AvatarId(Uuid::from_u128(7)),
        name: "A_b*[c<&".to_owned(),
        kind: TrainingType::Style,
        status,
        is_main: false,
        photos: 12,
        progress: 0,
        fetching: false,
        provisional: false,
        queue_position: None,
        error: None,
    };
    Page {
        card,
        number,
        total,
        created_at: Utc.with_ymd_and_hms(2026, 5, 1, 23, 59, 0).unwrap(),
        completed_at: Some(Utc.with_ymd_and_hms(2026, 12, 31, 0, 0, 0).unwrap()),
        reason: None,
    }
}

fn data(message: &Message) -> Vec<Vec<&str>> {
    let row = |row: &Vec<Button>| row.iter().map(|button| button.data.len()).collect::<Vec<_>>();
    assert!(message.buttons.iter().flat_map(row).all(|bytes| bytes <= 64), "Telegram's limit");
    message
        .buttons
        .iter()
        .map(|row| {
            let word = |button: &'_ Button| button.data.find([':']).unwrap_or(button.data.len());
            row.iter().map(|button| &button.data[..word(button)]).collect()
        })
        .collect()
}

#[test]
fn every_state_leads_on() {
    for (status, first) in [
        (Status::Draft, "avatar_continue_creation"),
        (Status::Ready, "avatar_continue_creation"),
        (Status::Training, "refresh_training_00000000-0000-0000-0000-000000000007"),
        (Status::Completed, "avatar_generate"),
        (Status::Error, "retry_training_00000000-0000-0000-0000-000000000007"),
        (Status::Cancelled, "retry_training_00000000-0000-0000-0000-000000000007"),
    ] {
        let message = page(Language::En, &leaf_of(status, 1, 1));
        let buttons = data(&message);
        assert_eq!(buttons[0], [first], "{status:?}");
        assert!(buttons.contains(&vec!["avatar_rename", "avatar_delete"]), "{status:?}");
        assert!(message.html.contains("A_b*[c&lt;&amp;"), "{}", message.html);
    }
}

#[test]
fn only_another_usable_avatar_can_become_the_main_one() {
    let offers = |page: &Page| {
        let message = super::page(Language::Ru, page);
        message.buttons.iter().flatten().any(|button| button.data.starts_with("avatar_set_main:"))
    };
    let plain = leaf_of(Status::Completed, 1, 1);
    let with = |is_main, provisional| Page {
        card: AvatarCard { is_main, provisional, ..plain.card.clone() },
        ..plain.clone()
    };
    assert!(offers(&plain));
    assert!(!offers(&with(true, false)));
    assert!(!offers(&with(false, true)));
}

#[test]
fn pages_go_round_and_jump_when_there_are_many() {
    let row = |number, total| {
        let found = pages(&leaf_of(Status::Draft, number, total)).unwrap_or_default();
        found.into_iter().map(|button| button.data).collect::<Vec<_>>()
    };
    assert!(row(1, 1).is_empty());
    assert_eq!(row(1, 2), ["avatar_card:2", "avatar_card:1", "avatar_card:2"]);
    assert_eq!(
        row(50, 50),
        ["avatar_card:45", "avatar_card:49", "avatar_card:50", "avatar_card:1", "avatar_card:5"]
    );
}

#[test]
fn a_card_speaks_its_readers_language() {
    let page = leaf_of(Status::Completed, 1, 1);
    let (ru, en) = (about(Language::Ru, &page), about(Language::En, &page));
    assert!(ru.contains("1 мая 2026") && ru.contains("31 декабря 2026"), "{ru}");
    assert!(en.contains("1 May 2026") && en.contains("31 December 2026"), "{en}");
    assert!(en.contains("12 photos") && ru.contains("12 фотографий"), "{en}\n{ru}");
}

#[test]
fn a_failed_one_says_why_as_a_sentence() {
    let mut page = leaf_of(Status::Error, 1, 1);
    page.card.error = Some("fal_error: x: a machine's words".to_owned());
    assert!(about(Language::En, &page).contains("Something went wrong at the trainer"));
    page.reason = Some("no_face".to_owned());
    assert!(about(Language::En, &page).contains("No face was found"));
    page.reason = None;
    page.card.error = Some("training_timeout".to_owned());
    assert!(about(Language::En, &page).contains("longer than a day"));
}
