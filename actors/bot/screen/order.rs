//! An order of pictures while it is made.

use super::button;
use crate::bot::texts::{Arg, say};
use crate::language::Language;
use crate::ports::{Button, Message, Stage, Standing, TypicalDuration};
use std::time::Duration;

/// Used until we have a history of our own: others' experience with these generators (facts:
/// generation 1c).
const SAID: TypicalDuration =
    TypicalDuration { low: Duration::from_secs(15), high: Duration::from_mins(1) };

/// Past this many times the usual duration it takes longer than usual.
const LONGER: u32 = 2;

/// The state of an order, or its outcome: pictures and failures are messages of their own, with
/// their own buttons.
#[must_use]
pub fn order(standing: &Standing, stage: Stage, typical: Option<TypicalDuration>) -> Message {
    let language = standing.language;
    let name = ("name", Arg::Foreign(standing.name.as_str()));
    let ended = match stage {
        Stage::Completed | Stage::Provisional => Some("order-over"),
        Stage::Error => Some("order-failed"),
        Stage::Cancelled if standing.name.is_empty() => Some("order-deleted"),
        Stage::Cancelled => Some("order-cancelled"),
        Stage::Submitting
        | Stage::Checking
        | Stage::Accepted
        | Stage::Queue
        | Stage::Working
        | Stage::Fetching => None,
    };
    if let Some(key) = ended {
        let buttons = if key == "order-cancelled" { again(language, standing) } else { Vec::new() };
        return Message { html: say(language, key, &[name]), buttons };
    }
    let mut lines = vec![say(language, "order", &[name])];
    lines.push(step(language, stage, standing.number));
    if !matches!(stage, Stage::Fetching | Stage::Checking) {
        lines.push(duration(language, typical.unwrap_or(SAID), standing.elapsed));
    }
    lines.push(say(language, "order-promise", &[]));
    let cancel = format!("gen_cancel:{}", standing.job);
    Message {
        html: lines.join("\n\n"),
        buttons: vec![vec![button(language, "button-order-cancel", cancel)]],
    }
}

/// What leads on after a person has cancelled it.
fn again(language: Language, standing: &Standing) -> Vec<Vec<Button>> {
    let again = format!("gen_again:{}", standing.job);
    vec![vec![
        button(language, "pictures-button-again", again),
        button(language, "pictures-button-menu", "generation_menu"),
    ]]
}

fn step(language: Language, stage: Stage, number: Option<i32>) -> String {
    let plain = |key| say(language, key, &[]);
    match (stage, number) {
        (Stage::Fetching, _) => plain("order-fetching"),
        (Stage::Submitting, _) => plain("order-submitting"),
        (Stage::Checking, _) => plain("order-checking"),
        (Stage::Queue, Some(place)) => {
            say(language, "order-queue", &[("position", Arg::Number(i64::from(place)))])
        }
        (Stage::Working, _) => plain("order-working"),
        (Stage::Accepted | Stage::Queue, _) => plain("order-accepted"),
        (Stage::Completed | Stage::Provisional | Stage::Error | Stage::Cancelled, _) => {
            String::new() // Over: there is no step any more.
        }
    }
}

/// How long it usually takes. A rest of seconds would be wrong before it is read.
fn duration(language: Language, typical: TypicalDuration, elapsed: Duration) -> String {
    if elapsed > typical.high * LONGER {
        return say(language, "order-longer", &[]);
    }
    let seconds = |time: Duration| Arg::Number(i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    let args = [
        ("low", seconds(typical.low)),
        ("high", seconds(typical.high.max(Duration::from_secs(1)))),
    ];
    say(language, "order-usual", &args)
}
