//! A training, from the summary before it to the question before it is cancelled.

use super::{button, start_label};
use crate::bot::dialogue::of_kind;
use crate::bot::texts::{Arg, say};
use crate::bot::world::Limits;
use crate::language::Language;
use crate::ports::{AvatarCard, Button, Message, Stage, Standing, TypicalDuration};
use crate::progress::{Outlook, outlook};
use std::time::Duration;

/// The summary before a start, which costs this many credits.
#[must_use]
pub fn summary(language: Language, avatar: &AvatarCard, price: Option<i64>) -> Message {
    let kind = of_kind(language, "type", avatar.kind);
    let args = [
        ("name", Arg::Foreign(avatar.name.as_str())),
        ("type", Arg::Ours(&kind)),
        ("count", Arg::Number(i64::from(avatar.photos))),
    ];
    let key = if price.is_some() { "button-start-priced" } else { "button-start" };
    let start = start_label(say(language, key, &[]), language, price);
    Message {
        html: say(language, "summary", &args),
        buttons: vec![
            vec![Button { label: start, data: format!("start_training_{}", avatar.id) }],
            vec![button(language, "button-back", "start_photo_upload")],
        ],
    }
}

/// A start needs this many more photos.
#[must_use]
pub fn too_few(language: Language, have: u32, limits: &Limits) -> Message {
    let missing = Arg::Number(i64::from(limits.min_photos.saturating_sub(have)));
    Message {
        html: say(language, "too-few", &[("missing", missing)]),
        buttons: vec![vec![button(language, "button-upload", "start_photo_upload")]],
    }
}

/// The state of a training, or its outcome: then there are no buttons, and the news is a message of
/// its own.
#[must_use]
pub fn training(
    standing: &Standing,
    stage: Stage,
    typical: Option<TypicalDuration>,
    delayed_after: Duration,
) -> Message {
    let language = standing.language;
    let name = ("name", Arg::Foreign(standing.name.as_str()));
    let ended = match stage {
        Stage::Completed => Some("training-over"),
        Stage::Provisional => Some("training-provisional"),
        Stage::Error => Some("training-failed"),
        Stage::Cancelled if standing.name.is_empty() => Some("training-deleted"),
        Stage::Cancelled => Some("training-cancelled"),
        Stage::Submitting
        | Stage::Checking
        | Stage::Accepted
        | Stage::Queue
        | Stage::Working
        | Stage::Fetching => None,
    };
    if let Some(key) = ended {
        return Message { html: say(language, key, &[name]), buttons: Vec::new() };
    }
    let delayed = standing.fetching.is_some_and(|since| since >= delayed_after);
    let mut lines = vec![say(language, "training", &[name])];
    lines.push(step(language, stage, standing.number, delayed));
    // While we check, it is unknown whether it is running at all.
    if !matches!(stage, Stage::Fetching | Stage::Checking) {
        lines.push(left(language, outlook(typical, standing.elapsed)));
    }
    lines.push(say(language, "training-promise", &[]));
    let id = standing.job;
    Message {
        html: lines.join("\n\n"),
        buttons: vec![
            vec![button(language, "button-refresh", format!("refresh_training_{id}"))],
            vec![button(language, "button-cancel", format!("cancel_training_{id}"))],
        ],
    }
}

/// The message that showed a training until its owner opened another.
#[must_use]
pub fn training_elsewhere(language: Language, standing: &Standing) -> Message {
    let name = [("name", Arg::Foreign(standing.name.as_str()))];
    Message { html: say(language, "training-elsewhere", &name), buttons: Vec::new() }
}

fn step(language: Language, stage: Stage, number: Option<i32>, delayed: bool) -> String {
    let with = |key: &str, name: &'static str, number: i32| {
        say(language, key, &[(name, Arg::Number(i64::from(number)))])
    };
    match (stage, number) {
        (Stage::Fetching, _) if delayed => say(language, "training-delayed", &[]),
        (Stage::Fetching, _) => say(language, "training-fetching", &[]),
        (Stage::Submitting, _) => say(language, "training-submitting", &[]),
        (Stage::Checking, _) => say(language, "training-checking", &[]),
        (Stage::Queue, Some(place)) => with("training-queue", "position", place),
        (Stage::Working, Some(percent)) => with("training-percent", "percent", percent),
        (Stage::Working, None) => say(language, "training-working", &[]),
        (Stage::Accepted | Stage::Queue, _) => say(language, "training-accepted", &[]),
        (Stage::Completed | Stage::Provisional | Stage::Error | Stage::Cancelled, _) => {
            String::new() // Over: there is no step any more.
        }
    }
}

fn left(language: Language, outlook: Outlook) -> String {
    let range = |key: &str, low, high| {
        say(language, key, &[("low", Arg::Number(low)), ("high", Arg::Number(high))])
    };
    let most = |key: &str, high| say(language, key, &[("high", Arg::Number(high))]);
    match outlook {
        Outlook::Said(low, high) => range("training-usual", low, high),
        Outlook::Minutes(low, high) if low > 0 && low < high => {
            range("training-left-minutes", low, high)
        }
        Outlook::Minutes(_, high) => most("training-left-at-most-minutes", high),
        Outlook::Hours(low, high) if low > 0 && low < high => {
            range("training-left-hours", low, high)
        }
        Outlook::Hours(_, high) => most("training-left-at-most-hours", high),
        Outlook::Longer => say(language, "training-longer", &[]),
    }
}

/// The question before a cancellation.
#[must_use]
pub fn ask_cancel(standing: &Standing) -> Message {
    let (language, id) = (standing.language, standing.job);
    Message {
        html: say(language, "ask-cancel", &[("name", Arg::Foreign(&standing.name))]),
        buttons: vec![
            vec![button(language, "button-cancel-yes", format!("confirm_cancel_training_{id}"))],
            vec![button(language, "button-cancel-no", format!("refresh_training_{id}"))],
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::avatar::AvatarId;
    use crate::ports::{ChatId, JobId, Told};
    use strum::IntoEnumIterator as _;
    use uuid::Uuid;

    const MINUTE: Duration = Duration::from_mins(1);

    fn standing(language: Language, number: Option<i32>, minutes: u32) -> Standing {
        Standing {
            job: JobId::training(AvatarId(Uuid::nil())),
            attempt: 1,
            turn: 1,
            stage: None,
            number,
            message: None,
            name: "A<b".to_owned(),
            chat: ChatId(1),
            language,
            blocked: false,
            endpoint: String::new(),
            steps: 0,
            elapsed: MINUTE * minutes,
            fetching: Some(MINUTE * minutes),
            told: Told::Over,
        }
    }

    fn read(language: Language, stage: Stage, number: Option<i32>, minutes: u32) -> String {
        let typical = Some(TypicalDuration { low: MINUTE * 20, high: MINUTE * 31 });
        training(&standing(language, number, minutes), stage, typical, MINUTE * 10).html
    }

    #[test]
    fn every_stage_says_where_it_stands_and_what_is_left() {
        for (stage, number, minutes, ru, en) in [
            (Stage::Submitting, None, 0, "на пути", "on their way"),
            (Stage::Accepted, None, 0, "20–31 минута", "About 20–31 minutes left"),
            (Stage::Queue, Some(2), 0, "перед ним 2", "2 before it"),
            (Stage::Queue, None, 0, "скоро начнёт", "begin soon"),
            (Stage::Working, Some(40), 9, "примерно 40 %", "About 40 % done"),
            (Stage::Working, Some(40), 9, "11–22 минуты", "11–22 minutes left"),
            (Stage::Working, None, 25, "не больше 6 минут", "6 minutes left at most"),
            (Stage::Working, None, 30, "не больше 1 минуты", "A minute left at most"),
            (Stage::Working, Some(99), 40, "дольше обычного", "longer than usual"),
            (Stage::Fetching, None, 3, "забираю результат", "being fetched"),
            (Stage::Fetching, None, 30, "задерживается", "slow to come"),
        ] {
            for (language, words) in [(Language::Ru, ru), (Language::En, en)] {
                let text = read(language, stage, number, minutes);
                assert!(text.contains(words), "{stage:?}: {text}");
                assert!(text.contains("A&lt;b"), "{text}");
            }
        }
    }

    #[test]
    fn what_has_ended_has_no_button() {
        for stage in Stage::iter() {
            let message = training(&standing(Language::En, None, 0), stage, None, MINUTE);
            assert_eq!(message.buttons.is_empty(), stage.ended(), "{stage:?}");
            assert!(!message.html.contains("training-"), "{stage:?}: {}", message.html);
        }
    }
}
