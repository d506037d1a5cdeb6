//! What the coach says: two or three lines under a count, and a button that removes the weakest.

use super::number;
use crate::avatar::TrainingType;
use crate::bot::texts::{Arg, say};
use crate::bot::world::Limits;
use crate::coach::{self, Remark, Review, Rules, Shot};
use crate::language::Language;
use crate::ports::{AvatarCard, Button, Message, PhotoCard};
use std::fmt::Write as _;
use strum::IntoEnumIterator as _;

/// Most remarks shown at once; more would not be read.
const MOST_LINES: usize = 2;

/// Most photo numbers in one line.
const MOST_NUMBERS: usize = 6;

/// The photos as the coach sees them.
#[must_use]
pub fn reviewed(kind: TrainingType, photos: &[PhotoCard], rules: &Rules) -> Review {
    let shots: Vec<Shot<'_>> = photos.iter().map(shot).collect();
    coach::review(kind, &shots, rules)
}

/// One photo as the coach sees it.
#[must_use]
pub fn shot(photo: &PhotoCard) -> Shot<'_> {
    Shot { verdict: &photo.verdict, hash: photo.perceptual_hash }
}

/// Adds the coach's advice to the message, and a button that removes the weakest photo.
#[must_use]
pub fn advised(
    language: Language,
    message: Message,
    avatar: &AvatarCard,
    photos: &[PhotoCard],
    rules: &Rules,
    limits: &Limits,
) -> Message {
    let review = reviewed(avatar.kind, photos, rules);
    let advice = advice(language, &review, limits);
    let mut message = message;
    if !advice.is_empty() {
        message.html = format!("{}\n\n{advice}", message.html);
    }
    let weakest = review.weakest.and_then(|weakest| Some((weakest, photos.get(weakest)?)));
    if let Some((place, photo)) = weakest {
        let label = say(language, "button-delete-weakest", &[("number", number(place + 1))]);
        let data = format!("delete_photo_{}", photo.id.0);
        message.buttons.push(vec![Button { label, data }]);
    }
    message
}

/// The most serious remarks, one per line, and what would help most; praise if there are enough
/// photos and nothing to remark.
#[must_use]
fn advice(language: Language, review: &Review, limits: &Limits) -> String {
    let mut lines: Vec<String> =
        Remark::iter().filter_map(|remark| line(language, review, remark)).collect();
    if review.one_distance {
        lines.push(say(language, "coach-one-distance", &[]));
    }
    let enough = usize::try_from(limits.min_photos).unwrap_or(usize::MAX);
    if lines.is_empty() {
        let praise = review.good >= enough;
        return if praise { say(language, "coach-all-good", &[]) } else { String::new() };
    }
    lines.truncate(MOST_LINES);
    // Until there are enough photos, the counter itself asks for more.
    let missing = enough.saturating_sub(review.good);
    if missing > 0 && review.remarks.len() >= enough {
        lines.push(say(language, "coach-more-good", &[("missing", number(missing))]));
    }
    lines.join("\n")
}

/// The line about all photos with this remark; for almost equal ones, about the largest group.
fn line(language: Language, review: &Review, remark: Remark) -> Option<String> {
    let (key, photos) = if remark == Remark::Twin {
        ("coach-alike".to_owned(), review.alike.iter().max_by_key(|group| group.len())?.clone())
    } else {
        (format!("coach-{}", remark.word()), review.with(remark))
    };
    if photos.is_empty() {
        return None;
    }
    let numbers = numbers(&photos);
    let args = [("count", number(photos.len())), ("numbers", Arg::Ours(&numbers))];
    Some(say(language, &key, &args))
}

/// «2, 3, 5», counting from one.
fn numbers(photos: &[usize]) -> String {
    let mut text = String::new();
    for (place, photo) in photos.iter().take(MOST_NUMBERS).enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        if write!(text, "{comma}{}", photo + 1).is_err() {
            break;
        }
    }
    if photos.len() > MOST_NUMBERS {
        text.push_str(", …");
    }
    text
}

/// Why a photo was not accepted, if the operator made the remark a refusal.
#[must_use]
pub fn refused_by_coach(language: Language, remark: Remark, twin: Option<usize>) -> Message {
    let key = format!("coach-refused-{}", remark.word());
    let place = twin.map_or(0, |place| place + 1);
    Message { html: say(language, &key, &[("number", number(place))]), buttons: Vec::new() }
}
