//! The words that are sent: a style or the person's own, with the trigger once. Pure.

mod subject;
mod words;

pub use subject::Subject;

use crate::avatar::TrainingType;
use thiserror::Error;
use words::{cleaned, without};

/// Stands for the subject in the words of a style.
pub(super) const SUBJECT: &str = "{subject}";

/// Longest prompt, in characters: what a generator reads is 512 tokens of its text encoder
/// (facts: generation 1d).
pub const LONGEST_PROMPT: usize = 1500;

/// Fewest characters of a person's own words.
pub const FEWEST_OWN: usize = 3;

/// Most characters of a person's own words: room for the subject is left, and for a translation
/// that is longer.
pub const MOST_OWN: usize = 1000;

/// Largest share of letters that are not Latin in a text that counts as English, in percent: a
/// name or a word in another script may be among them.
const FOREIGN_PERCENT: usize = 20;

/// Why a person's own words cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WordsError {
    /// They have to say more.
    #[error("fewer than {} characters that say something", FEWEST_OWN)]
    TooShort,
    /// They have to be shortened by the person, who knows what matters.
    #[error("more than {} characters", MOST_OWN)]
    TooLong,
}

/// The words of a style for this avatar: the trigger as it was trained, once, then what it is.
/// Where words of the style are the trigger themselves, they give way to it.
#[must_use]
pub fn fill(template: &str, trigger: &str, subject: Subject, kind: TrainingType) -> String {
    let (before, after) = template.split_once(SUBJECT).unwrap_or(("", template));
    let prompt = join(before, &phrase(trigger, subject, kind), after, trigger);
    shortened(&prompt, trigger)
}

/// A person's own words for this avatar. Where they name the trigger themselves, they stay as they
/// are, but it is there once; elsewhere they follow the subject.
///
/// Weights of words and models, which these generators do not know, lose their signs.
///
/// # Errors
/// By remedy, see [`WordsError`].
pub fn own_words(
    text: &str,
    trigger: &str,
    subject: Subject,
    kind: TrainingType,
) -> Result<String, WordsError> {
    let text = text.trim();
    if text.chars().count() > MOST_OWN {
        return Err(WordsError::TooLong);
    }
    let words = cleaned(text);
    let rest = without(&words, trigger);
    if rest.chars().filter(|c| c.is_alphanumeric()).count() < FEWEST_OWN {
        return Err(WordsError::TooShort);
    }
    let prompt = match words::find(&words, trigger) {
        Some(at) => {
            let after = words.get(at.end..).unwrap_or_default();
            let before = words.get(..at.start).unwrap_or_default();
            join(before, trigger, after, trigger)
        }
        None => join("", &phrase(trigger, subject, kind), &format!(", {words}"), trigger),
    };
    Ok(shortened(&prompt, trigger))
}

/// A person's words as a chat model gets them: on one line, without signs and without the trigger,
/// which is nobody's word and which we put in ourselves.
#[must_use]
pub fn without_trigger(text: &str, trigger: &str) -> String {
    without(&cleaned(text), trigger)
}

/// Whether a text is in letters that the generators read well. Text without letters is.
#[must_use]
pub fn mostly_english(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let foreign = letters().filter(|c| !words::is_latin(*c)).count();
    foreign * 100 <= letters().count() * FOREIGN_PERCENT
}

/// What is shown, in the words of a prompt. A style has no class: nothing of it is a thing.
fn phrase(trigger: &str, subject: Subject, kind: TrainingType) -> String {
    let noun = subject.noun(kind);
    let is_style = kind == TrainingType::Style;
    match (is_style, trigger.trim().is_empty()) {
        (true, true) => "in a style of its own".to_owned(),
        (true, false) => format!("in the style of {trigger}"),
        (false, true) => noun.to_owned(),
        // Somebody may have trained on the very word for what it is.
        (false, false) if trigger.eq_ignore_ascii_case(noun) => trigger.to_owned(),
        (false, false) => format!("{trigger} {noun}"),
    }
}

/// Words around the phrase that holds the trigger. The trigger is taken out of them.
fn join(before: &str, phrase: &str, after: &str, trigger: &str) -> String {
    let (before, after) = (without(before, trigger), without(after, trigger));
    let gap = if after.is_empty() || after.starts_with([',', '.', ';', ':', '!', '?']) {
        ""
    } else {
        " "
    };
    let space = if before.is_empty() { "" } else { " " };
    format!("{before}{space}{phrase}{gap}{after}")
}

/// At most [`LONGEST_PROMPT`] characters, and never less than up to the end of the trigger.
fn shortened(prompt: &str, trigger: &str) -> String {
    let needed = prompt.find(trigger).map_or(0, |at| at + trigger.len());
    let end = prompt.char_indices().nth(LONGEST_PROMPT).map_or(prompt.len(), |(at, _)| at);
    let kept = prompt.get(..end.max(needed)).unwrap_or(prompt);
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests;
