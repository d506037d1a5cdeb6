//! Texts shown with the counter of photos.

use super::number;
use crate::bot::dialogue::Untold;
use crate::bot::texts::{Arg, say};
use crate::bot::world::Limits;
use crate::language::Language;
use crate::ports::Message;

/// Adds to a screen which of the photos that came together were not accepted.
#[must_use]
pub fn remarked(
    language: Language,
    mut message: Message,
    untold: Untold,
    limits: &Limits,
) -> Message {
    let Untold { over, same, unusable } = untold;
    let max = ("max_photos", Arg::Number(i64::from(limits.max_photos)));
    for (key, count) in [("photos-over", over), ("photos-same", same), ("no-photos", unusable)] {
        if count > 0 {
            let count = ("count", number(usize::try_from(count).unwrap_or(usize::MAX)));
            let remark = say(language, key, &[count, max.clone()]);
            message.html = format!("{}\n\n{remark}", message.html);
        }
    }
    message
}

/// A screen below a sentence.
#[must_use]
pub fn led(language: Language, key: &str, mut message: Message) -> Message {
    message.html = format!("{}\n\n{}", say(language, key, &[]), message.html);
    message
}
