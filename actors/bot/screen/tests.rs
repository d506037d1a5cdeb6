//! Every screen, in both languages, with hostile names: within Telegram's limits, and in one
//! language only.

use super::*;
use crate::avatar::{AvatarId, PhotoId, Status, TrainingType};
use crate::bot::dialogue::Untold;
use crate::bot::texts::{notice, pictures, pictures_control};
use crate::ports::{
    AvatarCard, Count, FailureKind, ImageCard, ImageId, JobId, Notice, NoticeId, NoticeKind,
    ObjectKey, Page, PhotoCard, PhotoRefusal, Stage, Standing, Tally, Told, TypicalDuration,
};
use crate::spending::Usd;
use proptest::prelude::*;
use std::time::Duration;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

/// Telegram's limits: UTF-16 units of a text without markup, bytes of a button's data, buttons in a
/// row and in a message. The length of a label is our own limit: what phones show of it.
const TEXT: usize = 4096;
const DATA: usize = 64;
const LABEL: usize = 64;
const ROW: usize = 8;
const BUTTONS: usize = 100;

const LIMITS: Limits = Limits {
    min_photos: 10,
    max_photos: 20,
    photo_pixels: 512,
    photo_bytes: (5 << 20) / 2,
    updates_sweep: None,
};

const STATUSES: [Status; 7] = [
    Status::Draft,
    Status::Uploading,
    Status::Ready,
    Status::Training,
    Status::Completed,
    Status::Error,
    Status::Cancelled,
];

fn card(name: &str, kind: TrainingType, status: Status, count: u32) -> AvatarCard {
    AvatarCard {
        id: AvatarId(Uuid::from_u128(u128::MAX)),
        name: name.to_owned(),
        kind,
        status,
        is_main: true,
        photos: count,
        progress: i32::try_from(count).unwrap() % 100,
        fetching: count == 3,
        provisional: false,
        queue_position: (count == 2).then_some(7),
        error: Some("fal_error: <b>".to_owned()),
    }
}

fn notices(language: Language, name: &str) -> Vec<Message> {
    let kinds = [
        NoticeKind::Ready,
        NoticeKind::Failed,
        NoticeKind::Delayed,
        NoticeKind::Placeholder,
        NoticeKind::Cancelled,
        NoticeKind::Pictures,
        NoticeKind::PicturesControl,
        NoticeKind::PicturesWithheld,
        NoticeKind::PicturesFailed,
        NoticeKind::SpendNear,
        NoticeKind::SpendReached,
    ];
    let reasons = FailureKind::iter().map(FailureKind::word).chain(["nobody knows"]);
    let made = |kind, reason: &str| Notice {
        id: NoticeId(1),
        chat: crate::ports::ChatId(1),
        kind: Some(kind),
        language,
        job: Some(JobId::training(AvatarId(Uuid::from_u128(u128::MAX)))),
        name: name.to_owned(),
        reason: reason.to_owned(),
        pictures: Tally { held: 4, again: 1, withheld: 2, first: false },
        gift: 0,
        spent: Some((Usd(81_600_000), Usd(100_000_000))),
        until: chrono::DateTime::from_timestamp(1_800_000_000, 0),
        tries: 0,
        status_message: None,
        uncertain: false,
        repeats: 0,
        edits: 0,
        last_error: None,
        age: Duration::ZERO,
        failing_for: Duration::ZERO,
        superseded: false,
    };
    let told = made(NoticeKind::Pictures, "");
    let drawn = [1, 2, 3, 4].map(drawn);
    let albums = [1, 2, 4].map(|count| pictures(&told, &drawn[..count]));
    let gift = Notice { pictures: Tally { first: true, ..told.pictures }, ..told.clone() };
    let gifts = [1, 4].map(|count| pictures(&gift, &drawn[..count]));
    let waiting = [1, 4].map(|gift| Notice { gift, ..made(NoticeKind::Ready, "") });
    let waiting = waiting.iter().filter_map(notice);
    let controls = [2, 4].map(|count| pictures_control(&told, &drawn[..count]));
    let of = |kind| reasons.clone().filter_map(move |reason| notice(&made(kind, reason)));
    let words = kinds.into_iter().flat_map(of);
    words.chain(albums).chain(gifts).chain(waiting).chain(controls).collect()
}

fn drawn(position: i32) -> ImageCard {
    ImageCard {
        id: ImageId(Uuid::from_u128(u128::MAX)),
        job: JobId::generation(Uuid::from_u128(u128::MAX)),
        avatar: None,
        position,
        key: ObjectKey(String::new()),
        thumbnail: None,
        byte_size: 400_000,
        width: 864,
        height: 1152,
        content_type: "image/jpeg".to_owned(),
        is_favorite: position == 2,
        telegram_file_id: None,
        telegram_document_id: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
    }
}

/// One of many pages of a gallery.
fn leafed(card: &AvatarCard) -> Page {
    let at = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    Page {
        card: card.clone(),
        number: 17,
        total: 99,
        created_at: at,
        completed_at: Some(at),
        reason: Some("no_face".to_owned()),
    }
}

/// A training that has been running for a while.
fn stands(language: Language, name: &str) -> Standing {
    Standing {
        job: JobId::training(AvatarId(Uuid::from_u128(u128::MAX))),
        attempt: 1,
        turn: 1,
        stage: None,
        number: Some(42),
        message: None,
        name: name.to_owned(),
        chat: crate::ports::ChatId(1),
        language,
        blocked: false,
        endpoint: String::new(),
        steps: 0,
        elapsed: Duration::from_mins(9),
        fetching: Some(Duration::from_mins(9)),
        told: Told::Over,
    }
}

fn had(count: u32) -> Count {
    let count = i64::from(count);
    Count { avatars: count, photos: count * 20, trainings: count, credits: count * 100 }
}

/// Everything that people can see, with this name wherever a name is shown.
fn screens(language: Language, name: &str, count: u32) -> Vec<Message> {
    let mut all = vec![
        main_menu(language, name, count.is_multiple_of(2)),
        help(language, &LIMITS),
        avatar_menu(language, usize::try_from(count).unwrap()),
        choose_type(language, &LIMITS),
        draft_made(language, name, &LIMITS),
        too_few(language, count, &LIMITS),
        no_avatars(language),
        ask_cancel(&stands(language, name)),
        training_elsewhere(language, &stands(language, name)),
        deleted(language),
        ask_forget(language, &had(count)),
        forgotten(language, &had(count)),
    ];
    for key in [
        "left",
        "no-draft",
        "failed",
        "flooded",
        "name-wrong",
        "name-expected",
        "nothing-to-cancel",
        "unknown-command",
        "unexpected-text",
        "unexpected-photo",
        "unexpected-kind",
        "pictures-paused",
        "pictures-left",
        "pictures-words-expected",
        "coming-transcribe",
        "generate-later",
        "photo-later",
    ] {
        all.push(plain(language, key));
    }
    for stage in Stage::iter() {
        for typical in [
            None,
            Some(TypicalDuration { low: Duration::from_mins(20), high: Duration::from_mins(31) }),
        ] {
            all.push(training(&stands(language, name), stage, typical, Duration::from_mins(10)));
        }
    }
    all.extend(of_kinds(language, name, count));
    for refusal in [
        PhotoRefusal::Unreadable,
        PhotoRefusal::Heic,
        PhotoRefusal::TooSmall { have: 1, want: 512 },
        PhotoRefusal::TooManyPixels,
        PhotoRefusal::TooLarge { limit: LIMITS.photo_bytes },
    ] {
        all.push(refused(language, &refusal));
    }
    all.extend([privacy(language, false), privacy(language, true)]);
    all.extend(notices(language, name));
    all.extend(pictures::tests::screens(language, name));
    all.extend(credits::tests::screens(language, count));
    all
}

/// The screens that depend on the kind.
fn of_kinds(language: Language, name: &str, count: u32) -> Vec<Message> {
    let mut all = Vec::new();
    for kind in TrainingType::iter() {
        all.push(ask_name(language, kind));
        let cards: Vec<AvatarCard> =
            STATUSES.iter().map(|status| card(name, kind, *status, count)).collect();
        for card in &cards {
            all.push(page(language, &leafed(card)));
            all.extend([ask_delete(language, card), ask_new_name(language, card)]);
        }
        let card = &cards[0];
        let photo = PhotoCard {
            id: PhotoId(Uuid::from_u128(u128::MAX)),
            key: crate::ports::ObjectKey(String::new()),
            width: 1,
            height: 1,
            perceptual_hash: Some(7),
            verdict: crate::coach::Measurements::default(),
        };
        all.push(photos(language, card, &vec![photo; 20]));
        all.push(summary(language, card, None));
        all.push(summary(language, card, Some(i64::from(count) * 100)));
        all.push(send_photos(language, card, &LIMITS));
        all.push(reopened(language, card, &LIMITS));
        let untold = Untold { over: count, same: 1, unusable: 2 };
        let counter = remarked(language, counter(language, card, &LIMITS), untold, &LIMITS);
        all.push(led(language, "awaiting-photos", counter));
    }
    all
}

/// A text without its markup.
fn seen(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn fits(message: &Message) {
    let text = seen(&message.html);
    assert!(!text.trim().is_empty() && text.encode_utf16().count() <= TEXT, "{}", message.html);
    assert!(!message.html.contains("{ $"), "a placeholder is left: {}", message.html);
    for tag in ["b", "i"] {
        let opens = message.html.matches(&format!("<{tag}>")).count();
        assert_eq!(opens, message.html.matches(&format!("</{tag}>")).count(), "{}", message.html);
    }
    assert!(message.buttons.iter().map(Vec::len).sum::<usize>() <= BUTTONS);
    for row in &message.buttons {
        assert!((1..=ROW).contains(&row.len()));
        for button in row {
            assert!((1..=DATA).contains(&button.data.len()), "{button:?}");
            let length = button.label.chars().count();
            assert!((1..=LABEL).contains(&length), "{button:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_name_breaks_a_screen(
        name in prop_oneof![".{0,60}", "[<>&\"a]{1,9999}", "(👨‍👩‍👧‍👦|🏴󠁧󠁢󠁳󠁣󠁴󠁿|\u{301}|\u{202e}|\n){0,400}"],
        count in 0..25_u32,
    ) {
        for language in [Language::Ru, Language::En] {
            for message in screens(language, &name, count) {
                fits(&message);
                let text = seen(&message.html);
                prop_assert!(!text.contains(['\u{202e}', '\u{2067}']), "turned around: {text:?}");
            }
        }
    }
}

/// Latin words that belong in Russian texts: names of formats, of FAL, of commands.
const LATIN_IN_RUSSIAN: [&str; 7] = ["JPEG", "PNG", "WebP", "HEIC", "FAL", "UTC", "Telegram"];

#[test]
fn nobody_reads_the_other_alphabet() {
    let words = |message: &Message| {
        let labels = message.buttons.iter().flatten().map(|button| button.label.clone());
        let all: Vec<String> = std::iter::once(seen(&message.html)).chain(labels).collect();
        all.join("\n")
    };
    let cyrillic = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    for message in screens(Language::En, "123", 5) {
        let text = words(&message);
        assert!(!text.contains(cyrillic), "{text}");
    }
    for message in screens(Language::Ru, "123", 5) {
        // Text for an operator to copy.
        let text = message.html.split("<code>").map(|part| part.rsplit("</code>").next());
        let html = text.flatten().collect();
        let text = words(&Message { html, ..message });
        let foreign = text
            .split(|c: char| !c.is_alphanumeric() && c != '/')
            .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
            .find(|word| !word.starts_with('/') && !LATIN_IN_RUSSIAN.contains(word));
        assert_eq!(foreign, None, "{text}");
    }
}

#[test]
fn a_toast_is_short_enough() {
    for source in [
        include_str!("../action.rs"),
        include_str!("../action/avatars.rs"),
        include_str!("../action/creating.rs"),
        include_str!("../action/credits.rs"),
        include_str!("../action/forget.rs"),
        include_str!("../action/photos.rs"),
        include_str!("../action/pictures.rs"),
        include_str!("../action/pictures/offering.rs"),
        include_str!("../action/pictures/ordering.rs"),
        include_str!("../action/pictures/wording.rs"),
        include_str!("../action/training.rs"),
        include_str!("../dialogue.rs"),
        include_str!("../button/former.rs"),
        include_str!("../talk.rs"),
    ] {
        for marker in ["toast(\"", "Toast(\"", "Some(\"", "Coming(\""] {
            for key in source.split(marker).skip(1).filter_map(|rest| rest.split('"').next()) {
                for language in [Language::Ru, Language::En] {
                    let text = say(language, key, &[]);
                    assert!(text != key, "no text for {key}");
                    assert!(text.encode_utf16().count() <= 200, "{key}: {text}");
                }
            }
        }
    }
}
