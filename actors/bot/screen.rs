//! What people see. Pure: from facts to a message.

mod avatars;
mod coach;
mod collecting;
mod credits;
mod forget;
mod gallery;
mod limits;
mod menus;
mod order;
mod photos;
mod pictures;
mod training;

pub use avatars::{again, ask_delete, ask_new_name, deleted, no_avatars, page, reopened};
pub use coach::{advised, refused_by_coach, reviewed, shot};
pub use collecting::{led, remarked};
pub use credits::{balance, gift, price_changed, short_of_credits, start_label, top_up};
pub use forget::{ask_forget, forgotten};
pub use gallery::{
    IN_ROW, PAGE, ask_delete_picture, gallery, gallery_empty, gallery_full, original, picture,
    picture_deleted, picture_words, shared_picture,
};
pub use limits::{
    Limit, invitation_gone, limited, no_room, not_admitted, pictures_limited, too_many_drafts,
};
pub use menus::{ask_name, avatar_menu, choose_type, help, languages, main_menu, privacy};
pub use order::order;
pub use photos::{counter, draft_made, photos, refused, send_photos};
pub use pictures::{
    COUNTS, Card, Offer, Title, ask_consent, ask_subject, ask_words, awaited, card, most_offered,
    no_generator, no_sitter, pack, pictures_menu, refused_words, unfinished_sitter, wrong_words,
};
pub use training::{ask_cancel, summary, too_few, training, training_elsewhere};

use super::texts::{Arg, say};
use crate::bot::world::Limits;
use crate::language::Language;
use crate::ports::{Button, Kind, Message, Stage, Standing, TypicalDuration};
use std::time::Duration;

/// The state of a job, whatever its kind, in its status message.
#[must_use]
pub fn standing(
    standing: &Standing,
    stage: Stage,
    typical: Option<TypicalDuration>,
    delayed_after: Duration,
) -> Message {
    if standing.job.kind == Kind::GENERATION {
        order(standing, stage, typical)
    } else {
        training(standing, stage, typical, delayed_after)
    }
}

/// The message that showed a job until its owner opened another.
#[must_use]
pub fn elsewhere(language: Language, standing: &Standing) -> Message {
    if standing.job.kind == Kind::GENERATION {
        Message { html: say(language, "pictures-elsewhere", &[]), buttons: Vec::new() }
    } else {
        training_elsewhere(language, standing)
    }
}

/// A button with one of our texts.
#[must_use]
pub fn button(language: Language, key: &str, data: impl Into<String>) -> Button {
    Button { label: say(language, key, &[]), data: data.into() }
}

/// One of our texts, with no button but the menu.
#[must_use]
pub fn plain(language: Language, key: &str) -> Message {
    Message {
        html: say(language, key, &[]),
        buttons: vec![vec![button(language, "button-menu", "main_menu")]],
    }
}

fn photo_bounds(limits: &Limits) -> [(&'static str, Arg<'static>); 2] {
    [
        ("min_photos", Arg::Number(i64::from(limits.min_photos))),
        ("max_photos", Arg::Number(i64::from(limits.max_photos))),
    ]
}

fn number(count: usize) -> Arg<'static> {
    Arg::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
