//! Erasing everything about a person: the question and the confirmation.

use super::button;
use crate::bot::texts::{Arg, say};
use crate::language::Language;
use crate::ports::{Count, Message};

/// The question before everything is erased.
#[must_use]
pub fn ask_forget(language: Language, count: &Count) -> Message {
    let collection = listed(language, count, "forget-credits");
    Message {
        html: say(language, "forget-ask", &[("belongings", Arg::Ours(&collection))]),
        buttons: vec![
            vec![button(language, "button-forget-yes", "forget_confirm")],
            vec![button(language, "button-forget-no", "main_menu")],
        ],
    }
}

/// It is done; the only way on is to start again.
#[must_use]
pub fn forgotten(language: Language, count: &Count) -> Message {
    let collection = listed(language, count, "forget-credits-gone");
    let html = say(language, "forget-done", &[("belongings", Arg::Ours(&collection))]);
    Message { html, buttons: Vec::new() }
}

fn listed(language: Language, count: &Count, credits: &str) -> String {
    let line = |key, number| say(language, key, &[("count", Arg::Number(number))]);
    let mut lines =
        vec![line("forget-avatars", count.avatars), line("forget-photos", count.photos)];
    if count.trainings > 0 {
        lines.push(line("forget-trainings", count.trainings));
    }
    if count.credits > 0 {
        lines.push(line(credits, count.credits));
    }
    lines.push(say(language, "forget-talk", &[]));
    lines.join("\n")
}
