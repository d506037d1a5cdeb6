//! Pictures: what can be made, and what is asked before.

mod card;

pub use card::{COUNTS, Card, Title, card, most_offered};

use super::{button, number, start_label};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::texts::{Arg, say};
use crate::generation::policy::Refusal;
use crate::generation::prompt::{FEWEST_OWN, MOST_OWN, Subject, WordsError};
use crate::generation::styles::{Pack, Style};
use crate::language::Language;
use crate::ports::{Button, Message, Sitter};
use uuid::Uuid;

/// Packs and styles in a row of buttons: as many as a phone shows whole.
const IN_A_ROW: usize = 2;

/// What can be made with an avatar.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// Which avatar.
    pub avatar: AvatarId,
    /// Its name; foreign text.
    pub name: &'a str,
    /// The packs for its kind.
    pub packs: Vec<&'a Pack>,
    /// A draft that needs no further choice: its id, the title of its style, and how many pictures.
    pub at_once: Option<(Uuid, &'a str, u8)>,
    /// What that costs, in credits.
    pub price: Option<i64>,
    /// The person has other finished avatars.
    pub others: bool,
}

/// What can be made.
#[must_use]
pub fn pictures_menu(language: Language, offer: &Offer<'_>) -> Message {
    let id = offer.avatar;
    let mut buttons = Vec::new();
    if let Some((order, title, count)) = offer.at_once {
        let args = [("title", Arg::Ours(title)), ("count", Arg::Number(count.into()))];
        let label = say(language, "pictures-button-now", &args);
        let label = start_label(label, language, offer.price);
        buttons.push(vec![Button { label, data: format!("gen_start:{order}") }]);
    }
    buttons.extend(in_rows(offer.packs.iter().map(|pack| Button {
        label: format!("{} {}", pack.emoji, pack.title.of(language)),
        data: format!("gen_pack:{}", pack.id),
    })));
    let words = button(language, "pictures-button-own-words", format!("gen_custom:{id}"));
    let photo = button(language, "pictures-button-photo", format!("gen_photo:{id}"));
    buttons.push(vec![words, photo]);
    buttons.push(vec![button(language, "pictures-button-surprise", format!("gen_surprise:{id}"))]);
    let mut last = vec![button(language, "button-menu", "main_menu")];
    if offer.others {
        last.insert(0, button(language, "pictures-button-other-avatar", "avatar_gallery"));
    }
    buttons.push(last);
    Message { html: say(language, "pictures-menu", &[("name", Arg::Foreign(offer.name))]), buttons }
}

/// The styles of a pack.
#[must_use]
pub fn pack(language: Language, avatar: AvatarId, pack: &Pack, styles: &[&Style]) -> Message {
    let args = [("emoji", Arg::Ours(&pack.emoji)), ("title", Arg::Ours(pack.title.of(language)))];
    let mut buttons = in_rows(styles.iter().map(|style| Button {
        label: style.title.of(language).to_owned(),
        data: format!("gen_style:{}", style.id),
    }));
    buttons.push(vec![back(language, avatar)]);
    Message { html: say(language, "pictures-pack", &args), buttons }
}

fn in_rows(all: impl Iterator<Item = Button>) -> Vec<Vec<Button>> {
    let all: Vec<Button> = all.collect();
    all.chunks(IN_A_ROW).map(<[Button]>::to_vec).collect()
}

/// To what can be made, in the same message.
fn back(language: Language, avatar: AvatarId) -> Button {
    button(language, "pictures-button-packs", format!("gen_menu:{avatar}"))
}

/// There is no finished avatar.
#[must_use]
pub fn no_sitter(language: Language) -> Message {
    Message {
        html: say(language, "pictures-no-avatar", &[]),
        buttons: vec![
            vec![button(language, "button-create", "create_avatar")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// This avatar is not finished.
#[must_use]
pub fn unfinished_sitter(language: Language, sitter: &Sitter) -> Message {
    Message {
        html: say(language, "pictures-unfinished", &[("name", Arg::Foreign(&sitter.name))]),
        buttons: vec![
            vec![button(
                language,
                "pictures-button-show-avatar",
                format!("avatar_view_card:{}", sitter.avatar),
            )],
            vec![button(language, "button-create", "create_avatar")],
        ],
    }
}

/// No generator that we know reads the weights of this avatar.
#[must_use]
pub fn no_generator(language: Language, sitter: &Sitter) -> Message {
    Message {
        html: say(language, "pictures-no-generator", &[("name", Arg::Foreign(&sitter.name))]),
        buttons: vec![
            vec![button(language, "pictures-button-other-avatar", "avatar_gallery")],
            vec![button(language, "button-create", "create_avatar")],
        ],
    }
}

/// A question or an answer about words and photos that are awaited, by the key of its text.
#[must_use]
pub fn awaited(language: Language, avatar: AvatarId, key: &str) -> Message {
    Message { html: say(language, key, &[]), buttons: vec![vec![back(language, avatar)]] }
}

/// The question whose face it is.
#[must_use]
pub fn ask_consent(language: Language, sitter: &Sitter) -> Message {
    let id = sitter.avatar;
    Message {
        html: say(language, "pictures-consent-ask", &[("name", Arg::Foreign(&sitter.name))]),
        buttons: vec![
            vec![button(language, "pictures-button-consent", format!("gen_consent:{id}"))],
            vec![button(language, "button-back", format!("avatar_view_card:{id}"))],
        ],
    }
}

/// The question of what the avatar shows.
#[must_use]
pub fn ask_subject(language: Language, sitter: &Sitter) -> Message {
    let key = match sitter.kind {
        TrainingType::Object => "pictures-ask-subject-object",
        TrainingType::Portrait | TrainingType::Style => "pictures-ask-subject",
    };
    let choices = Subject::choices(sitter.kind).iter().map(|subject| {
        let word = subject.word();
        let label = say(language, &format!("pictures-subject-{word}"), &[]);
        Button { label, data: format!("gen_subject:{word}") }
    });
    Message {
        html: say(language, key, &[("name", Arg::Foreign(&sitter.name))]),
        buttons: in_rows(choices),
    }
}

/// The question for a person's own words.
#[must_use]
pub fn ask_words(language: Language, avatar: AvatarId, kind: TrainingType) -> Message {
    let key = match kind {
        TrainingType::Portrait => "pictures-ask-words",
        TrainingType::Style => "pictures-ask-words-style",
        TrainingType::Object => "pictures-ask-words-object",
    };
    let bounds = [("fewest", number(FEWEST_OWN)), ("most", number(MOST_OWN))];
    Message { html: say(language, key, &bounds), buttons: vec![vec![back(language, avatar)]] }
}

/// Words that cannot be used; others are awaited.
#[must_use]
pub fn wrong_words(language: Language, avatar: AvatarId, why: WordsError) -> Message {
    let html = match why {
        WordsError::TooShort => say(language, "pictures-words-short", &[]),
        WordsError::TooLong => say(language, "pictures-words-long", &[("most", number(MOST_OWN))]),
    };
    Message { html, buttons: vec![vec![back(language, avatar)]] }
}

/// Words that are refused; others are awaited.
#[must_use]
pub fn refused_words(language: Language, avatar: AvatarId, refusal: Refusal) -> Message {
    let why = say(language, &format!("pictures-refused-{}", refusal.word()), &[]);
    let again = say(language, "pictures-refused-again", &[]);
    Message { html: format!("{why}\n\n{again}"), buttons: vec![vec![back(language, avatar)]] }
}

#[cfg(test)]
pub(super) mod tests;
